"""Whole numbers, floats and texts as bytes that zip well, and back; `packed` puts layers together of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


def deltas(x: NDArray[np.int64], y: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Steps from corner to corner; the first corner of a part is told from the first corner of the part before."""
    first = np.cumsum(counts) - counts
    first = first[counts > 0]
    out = np.empty((len(x), 2), np.int64)
    for axis, values in enumerate((x, y)):
        steps = np.diff(values, prepend=0)
        steps[first] = np.diff(values[first], prepend=0)
        out[:, axis] = steps
    return out.ravel()


def running(steps: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return corners from their steps; the twin of `deltas`."""
    first = (np.cumsum(counts) - counts)[counts > 0]
    starts = np.cumsum(steps[first], axis=0)
    inner = steps.copy()
    inner[first] = 0
    along = np.cumsum(inner, axis=0)
    part = np.repeat(np.arange(len(first)), counts[counts > 0])
    return np.asarray(along - along[first][part] + starts[part], np.int64)


def zigzag(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return whole numbers as such of no sign: small ones of either sign stay small."""
    return np.asarray((values << 1) ^ (values >> 63), np.int64)


def planes(values: NDArray[np.int64]) -> list[bytes]:
    """Of each axis the lowest byte of all numbers, then the next: like bytes side by side zip better."""
    wide = max(1, (int(values.max()).bit_length() + 7) // 8) if len(values) else 1
    return [((values[axis::2] >> (8 * k)) & 255).astype(np.uint8).tobytes() for axis in (0, 1) for k in range(wide)]


def from_planes(content: bytes, at: int, count: int, wide: int) -> NDArray[np.int64]:
    """Return numbers from their bytes; the twin of `planes`."""
    bytewise = np.frombuffer(content, np.uint8, 2 * wide * count, at).reshape(2, wide, count).astype(np.int64)
    return np.asarray((bytewise << (8 * np.arange(wide))[None, :, None]).sum(axis=1).T, np.int64)


def varint(values: NDArray[Any]) -> bytes:
    """Whole numbers below 2^32 as LEB128, seven bits a byte."""
    u = values.astype(np.uint32)
    size = np.ones(len(u), np.uint8)
    for shift in (7, 14, 21, 28):
        size += (u >> np.uint32(shift)) > 0
    end = np.cumsum(size, dtype=np.int64)
    out = np.empty(int(end[-1]) if len(end) else 0, np.uint8)
    start = end - size
    for k in range(5):
        has = size > k
        more = np.where(size[has] > k + 1, 128, 0)
        out[start[has] + k] = ((u[has] >> np.uint32(7 * k)) & 127) | more
    return out.tobytes()


class Reader:
    """Reads the numbers that `varint` wrote, from a place in a block on."""

    def __init__(self, content: bytes, at: int) -> None:
        self.content = np.frombuffer(content, np.uint8)
        self.at = at

    def take(self, count: int) -> NDArray[np.int64]:
        """The next `count` numbers."""
        if count == 0:
            return np.zeros(0, np.int64)
        window = self.content[self.at : self.at + 5 * count]
        end = np.flatnonzero(window < 128)[:count]
        start = np.concatenate([[0], end[:-1] + 1])
        values = np.zeros(count, np.int64)
        for k in range(5):
            has = end - start >= k
            values[has] |= (window[start[has] + k].astype(np.int64) & 127) << (7 * k)
        self.at += int(end[-1]) + 1
        return values


def shuffled(values: NDArray[Any]) -> bytes:
    """The first byte of all values, then the second: like bytes side by side zip better."""
    return np.ascontiguousarray(values).view(np.uint8).reshape(len(values), values.itemsize).T.tobytes()


def unshuffled(content: bytes, kind: str) -> NDArray[Any]:
    """Return numbers of a kind from their bytes; the twin of `shuffled`."""
    wide = np.dtype(kind).itemsize
    return np.frombuffer(content, np.uint8).reshape(wide, -1).T.copy().view(kind).ravel()


def utf8(column: pd.Series[Any]) -> tuple[bytes, NDArray[np.int64]]:
    """All texts of a column as one run of UTF-8, and the bytes of each; a null has none."""
    words = pa.array(column.astype("str"), type=pa.large_string())
    if isinstance(words, pa.ChunkedArray):
        words = words.combine_chunks()
    words = pc.fill_null(words, "")
    _, offsets, content = words.buffers()
    ends = np.frombuffer(offsets, np.int64)[words.offset : words.offset + len(words) + 1]
    text = memoryview(content)[ends[0] : ends[-1]].tobytes() if content is not None and len(words) else b""
    return text, np.diff(ends)


def texts(raw: bytes, count: int) -> list[str | None]:
    """Return `count` texts from their bytes, None for a null; the twin of `utf8` behind the sizes."""
    reader = Reader(raw, 0)
    sizes = reader.take(count)
    out: list[str | None] = []
    at = reader.at
    for size in sizes.tolist():
        out.append(raw[at : at + size - 1].decode() if size else None)
        at += max(size - 1, 0)
    return out
