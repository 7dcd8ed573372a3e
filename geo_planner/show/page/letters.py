"""Bytes as letters of a page and back: five letters for four bytes, where base64 takes more than five and a third.

The letters are those from `(` to `}` without `<`: none can close a script element, begin a comment or be changed by a
program that rewrites line ends.
"""

from __future__ import annotations

import json
import zlib
from typing import Any

import numpy as np

_FIRST, _SKIPPED = 40, 60
_POWERS = 85 ** np.arange(4, -1, -1, dtype=np.uint64)


def to_letters(content: bytes) -> str:
    """Bytes as letters; the last group is shorter where the bytes do not fill it."""
    rest = -len(content) % 4
    words = np.frombuffer(content + bytes(rest), ">u4").astype(np.uint64)
    values = (words[:, None] // _POWERS % 85).astype(np.uint8).ravel() + _FIRST
    values += values >= _SKIPPED
    return values[: len(values) - rest].tobytes().decode("ascii")


def from_letters(text: str) -> bytes:
    """The bytes again."""
    letters = np.frombuffer(text.encode("ascii"), np.uint8)
    rest = -len(letters) % 5
    values = np.concatenate([letters - _FIRST - (letters > _SKIPPED), np.full(rest, 84, np.uint8)])
    words = (values.reshape(-1, 5).astype(np.uint64) * _POWERS).sum(axis=1)
    content: bytes = words.astype(">u4").tobytes()
    return content[: len(words) * 4 - rest]


def packed_json(value: Any) -> str:
    """A value as letters of zipped JSON."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    return to_letters(squeeze.compress(text) + squeeze.flush())


def json_of(letters: str) -> Any:
    """The value again."""
    return json.loads(zlib.decompress(from_letters(letters), 47))
