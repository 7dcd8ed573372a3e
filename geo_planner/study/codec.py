"""Results as bytes and back: a digest, then an Arrow file of parts under a tree in JSON; no code that could run."""

from __future__ import annotations

import hashlib
import io
import json
import sys
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

Parts = list[bytes]
_PLAIN_TYPES = ("float", "int", "Int", "uint", "datetime64", "bool", "str", "object", "geometry", "arguments")


def encode(value: object) -> bytes:
    """Return a value as bytes: the digest of the rest on a line of its own, then an Arrow file.

    Raises
    ------
    TypeError
        The value holds something that is neither a number, a text, a date, a shape, an array, a table nor a dataclass
        of this package.
    """
    parts: Parts = []
    tree = json.dumps(_tree(value, parts), ensure_ascii=False).encode("utf-8", "surrogatepass")
    table = pa.table({"parts": pa.array(parts, pa.large_binary())}).replace_schema_metadata({"tree": tree})
    stream = io.BytesIO()
    with pa.ipc.new_file(stream, table.schema) as file:
        file.write_table(table)
    content = stream.getvalue()
    return hashlib.sha256(content).hexdigest().encode() + b"\n" + content


def decode(content: bytes) -> Any:
    """Return the value behind the bytes that `encode` gave.

    Raises
    ------
    ValueError
        The bytes are damaged, or of another hand.
    """
    digest, _, body = content.partition(b"\n")
    if digest.decode("ascii", "replace") != hashlib.sha256(body).hexdigest():  # Arrow itself may crash on damaged bytes
        msg = "its digest is another"
        raise ValueError(msg)
    try:
        with pa.ipc.open_file(io.BytesIO(body)) as file:
            table = file.read_all()
        tree = table.schema.metadata[b"tree"].decode("utf-8", "surrogatepass")
        return _value(json.loads(tree), table["parts"].to_pylist())
    except (pa.ArrowException, OSError, KeyError, TypeError, AttributeError, IndexError) as fault:
        raise ValueError(str(fault)) from fault


def _tree(value: Any, parts: Parts) -> Any:
    if value is None or type(value) in {str, bool, int, float}:
        return value
    if isinstance(value, tuple) and type(value) is not tuple:
        msg = f"a {type(value).__name__} cannot be kept in a file."
        raise TypeError(msg)
    for kind, write in _WRITE:
        if isinstance(value, kind):
            return write(value, parts)
    if is_dataclass(value) and type(value).__module__.startswith("geo_planner."):
        of = {f.name: _tree(getattr(value, f.name), parts) for f in fields(value)}
        return ["data", type(value).__module__, type(value).__qualname__, of]
    msg = f"a {type(value).__name__} cannot be kept in a file."
    raise TypeError(msg)


def _part(content: bytes, parts: Parts) -> int:
    parts.append(content)
    return len(parts) - 1


def _array(array: np.ndarray[Any, Any], parts: Parts) -> Any:
    if array.dtype != object:
        whole = np.ascontiguousarray(array)
        return ["array", array.dtype.str, list(array.shape), _part(whole.tobytes(), parts)]
    flat = array.ravel()
    if len(flat) and all(isinstance(v, shapely.Geometry) or v is None for v in flat):
        wkb = [b"" if v is None else shapely.to_wkb(v) for v in flat]
        sizes = [len(w) for w in wkb]
        return ["shapes", list(array.shape), sizes, _part(b"".join(wkb), parts)]
    return ["objects", list(array.shape), [_tree(v, parts) for v in flat.tolist()]]


def _series(series: pd.Series, parts: Parts) -> Any:
    kind = str(series.dtype)
    if not kind.startswith(_PLAIN_TYPES):
        msg = f"a column of {kind} cannot be kept in a file."
        raise TypeError(msg)
    plain = series.to_numpy() if kind.startswith(("float", "int", "uint", "datetime64")) or kind == "bool" else None
    cells = _array(plain if plain is not None else series.to_numpy(dtype=object), parts)
    return ["series", "object" if kind == "geometry" else kind, series.name, cells, _index(series.index, parts)]


def _index(index: pd.Index, parts: Parts) -> Any:
    if isinstance(index, pd.RangeIndex):
        return ["range", index.start, index.stop, index.step]
    return ["index", str(index.dtype), index.name, _array(index.to_numpy(dtype=object), parts)]


def _frame(frame: pd.DataFrame, parts: Parts) -> Any:
    shapes = frame.geometry.name if isinstance(frame, gpd.GeoDataFrame) else None
    crs = frame.crs.to_wkt() if shapes is not None and frame.crs is not None else None
    columns = [_series(pd.Series(frame[name], name=name), parts) for name in frame.columns]
    return ["frame", shapes, crs, columns, _index(frame.index, parts)]


_WRITE: tuple[tuple[Any, Callable[[Any, Parts], Any]], ...] = (
    (pd.Timestamp, lambda v, _: ["stamp", v.isoformat()]),
    (type(pd.NaT), lambda _, __: ["nat"]),
    (type(pd.NA), lambda _, __: ["na"]),
    (date, lambda v, _: ["day", v.isoformat()]),
    (np.generic, lambda v, parts: ["scalar", _array(np.asarray(v), parts)]),
    (shapely.Geometry, lambda v, _: ["shape", shapely.to_wkb(v, hex=True)]),
    (np.ndarray, _array),
    (pd.DataFrame, _frame),
    (pd.Series, _series),
    (tuple, lambda v, parts: ["tuple", [_tree(x, parts) for x in v]]),
    (list, lambda v, parts: ["list", [_tree(x, parts) for x in v]]),
    (dict, lambda v, parts: ["dict", [[_tree(k, parts), _tree(x, parts)] for k, x in v.items()]]),
    (frozenset, lambda v, parts: ["set", [_tree(x, parts) for x in sorted(v)]]),
)


def _value(tree: Any, parts: Parts) -> Any:
    if not isinstance(tree, list):
        return tree
    read = partial(_value, parts=parts)
    return _READ[tree[0]](tree[1:], parts, read)


def _read_series(of: Any, parts: Parts, read: Any) -> Any:
    kind, name, cells, index = of
    return pd.Series(read(cells), index=_read_index(index, parts), name=name, dtype=kind)


def _read_index(of: Any, parts: Parts) -> pd.Index:
    if of[0] == "range":
        return pd.RangeIndex(*of[1:])
    return pd.Index(_value(of[3], parts), dtype=of[1], name=of[2])


def _read_frame(of: Any, parts: Parts, read: Any) -> Any:
    shapes, crs, columns, index = of
    made = {series[2]: read(series) for series in columns}
    frame = pd.DataFrame(made, index=_read_index(index, parts), columns=list(made))
    return frame if shapes is None else gpd.GeoDataFrame(frame, geometry=shapes, crs=crs)


def _read_shapes(of: Any, parts: Parts, _: Any) -> Any:
    shape, sizes, at = of
    ends = np.cumsum(sizes)
    wkb = [parts[at][end - size : end] or None for size, end in zip(sizes, ends.tolist(), strict=True)]
    return shapely.from_wkb(np.array([*wkb, None], dtype=object))[:-1].reshape(shape)


def _read_objects(of: Any, _: Parts, read: Any) -> Any:
    shape, values = of
    out = np.empty(len(values), dtype=object)
    out[:] = [read(v) for v in values]
    return out.reshape(shape)


def _read_data(of: Any, _: Parts, read: Any) -> Any:
    module, name, values = of
    kind: type = getattr(sys.modules[module], name) if module.startswith("geo_planner.") else object
    if not is_dataclass(kind):
        msg = f"{module}.{name} is no value of this package"
        raise ValueError(msg)
    made: Any = object.__new__(kind)
    for key, value in values.items():
        object.__setattr__(made, key, read(value))
    return made


_READ: dict[str, Callable[[Any, Parts, Any], Any]] = {
    "stamp": lambda of, _, __: pd.Timestamp(of[0]),
    "nat": lambda _, __, ___: pd.NaT,
    "na": lambda _, __, ___: pd.NA,
    "day": lambda of, _, __: date.fromisoformat(of[0]),
    "scalar": lambda of, _, read: read(of[0])[()],
    "shape": lambda of, _, __: shapely.from_wkb(of[0]),
    "array": lambda of, parts, _: np.frombuffer(parts[of[2]], np.dtype(of[0])).reshape(of[1]).copy(),
    "shapes": _read_shapes,
    "objects": _read_objects,
    "series": _read_series,
    "frame": _read_frame,
    "tuple": lambda of, _, read: tuple(read(v) for v in of[0]),
    "list": lambda of, _, read: [read(v) for v in of[0]],
    "dict": lambda of, _, read: {read(k): read(v) for k, v in of[0]},
    "set": lambda of, _, read: frozenset(read(v) for v in of[0]),
    "data": _read_data,
}
