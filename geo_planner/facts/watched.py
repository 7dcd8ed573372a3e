"""A plan that notes what is read of it, so that a result can say what it depends on.

What is noted is at least what was read: a way to look into a frame that is not foreseen here reads the whole layer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd

from ..plan import Plan
from ..plan.digests import digest_of
from ..plan.layer import GEOMETRY, Layers, alike
from ..work import Work
from .standing import stands, undated

Read = tuple[str, ...]
"""What was read: ("column", layer, name), ("layer", layer), ("has", layer, names…), ("all", layer), ("plan", name) …"""
Note = Callable[[Read], None]


def seen(plan: Plan, read: Read) -> str:
    """What a plan answers to one read, as a digest: two plans with the same answers give the same result."""
    known = answers(plan)
    if read not in known:
        known[read] = _seen(plan, read)
    return known[read]


def answers(plan: Plan) -> dict[Any, str]:
    """What a plan has answered so far; a plan never changes, so it is kept beside its values."""
    known: dict[Any, str] = plan.__dict__.setdefault("_answers", {})
    return known


def _seen(plan: Plan, read: Read) -> str:
    kind, *what = read
    held = Layers(plan.layers).held
    if kind == "column":
        return held[what[0]].column_digest(what[1]) if what[0] in held else "absent"
    if kind == "layer":
        return str(len(held[what[0]].frame)) if what[0] in held else "absent"
    if kind == "has":
        return str(plan.has(*what))
    if kind == "all":
        return _whole(plan, what[0])
    if kind == "raster":
        return plan.rasters[what[0]].digest if what[0] in plan.rasters else "absent"
    if kind == "stands":
        return digest_of(stands(held[what[0]].frame, plan.as_of)) if what[0] in held else "absent"
    if kind == "undated":
        return digest_of(undated(held[what[0]].frame, plan.as_of)) if what[0] in held else "absent"
    if kind == "layers":
        return "|".join(sorted(held))
    if kind == "rasters":
        return "|".join(plan.rasters)
    value = getattr(plan, what[0])
    return digest_of({k: v.digest for k, v in value.items()} if what[0] == "schemes" else value)


def _whole(plan: Plan, name: str) -> str:
    held = Layers(plan.layers).held.get(name)
    if held is None:
        return "absent"
    columns = [(str(c), held.column_digest(GEOMETRY if c == held.frame.geometry.name else c)) for c in held.frame]
    return hashlib.sha256(repr(columns).encode()).hexdigest()


class Watched(Plan):
    """A plan that calls `note` with whatever is read of it, and knows how work is spread and facts are kept.

    `own` are layers that the reader made himself, of which nothing is noted.
    """

    _plan: Plan
    _note: Note
    _work: Work
    _own: frozenset[str]

    def __init__(self, plan: Plan, note: Note, work: Work, own: frozenset[str] = frozenset()) -> None:
        for name, value in (("_plan", plan), ("_note", note), ("_work", work), ("_own", own)):
            object.__setattr__(self, name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        return self._plan.__reduce__()

    def __getattribute__(self, name: str) -> Any:
        if name in _FIELDS:
            return _FIELDS[name](self)
        return super().__getattribute__(name)

    def __getitem__(self, layer: str) -> gpd.GeoDataFrame:
        return self.frame(layer)

    def __contains__(self, layer: str) -> bool:
        self.note(("layer", layer))
        return layer in self._plan

    def has(self, layer: str, *columns: str) -> bool:
        """As `Plan.has`; only the answer is noted."""
        self.note(("has", layer, *columns))
        return self._plan.has(layer, *columns)

    def is_complete(self, layer: str) -> bool:
        """As `Plan.is_complete`: a part of a plan answers for the whole."""
        self.note(("plan", "complete"))
        if layer in self._plan.complete:
            self.note(("layer", layer))
        return self._plan.is_complete(layer)

    def with_layer(self, layer: str, frame: gpd.GeoDataFrame) -> Plan:
        """As `Plan.with_layer`; a frame that was not read yet depends on the whole of the layer it replaces."""
        if isinstance(frame, WatchedFrame):
            frame._tell_of("all")
        self.note(("layer", layer))
        made = self._plan.with_layer(layer, unwatched(frame))
        return Watched(made, self._note, self._work, self._own | {layer})

    def note(self, read: Read) -> None:
        """Note a read, unless it is of a layer that the reader made himself."""
        if len(read) < 2 or read[0] in {"plan", "raster"} or read[1] not in self._own:
            self._note(read)

    def standing(self, layer: str) -> Any:
        """Which features of a layer stand on the as-of day; only the answer is noted."""
        self.note(("stands", layer))
        return stands(self._plan.layers[layer], self._plan.as_of)

    def undated(self, layer: str) -> Any:
        """Which features are taken as standing on the as-of day for want of a date; only the answer is noted."""
        self.note(("undated", layer))
        return undated(self._plan.layers[layer], self._plan.as_of)

    def frame(self, layer: str) -> gpd.GeoDataFrame:
        """Return a copy of a layer that notes which of its columns are read."""
        self.note(("layer", layer))
        return self._plan[layer] if layer in self._own else watched(self._plan.layers[layer], layer, self.note)


def _field(name: str) -> Callable[[Watched], Any]:
    def value(plan: Watched) -> Any:
        plan.note(("plan", name))
        return getattr(plan._plan, name)

    return value


_FIELDS: Mapping[str, Callable[[Watched], Any]] = {
    **{f.name: _field(f.name) for f in fields(Plan)},
    "digest": _field("digest"),
    "layers": lambda plan: _Layers(plan),  # noqa: PLW0108  (the class stands below)
    "rasters": lambda plan: _Rasters(plan),  # noqa: PLW0108
}


class _Layers(Mapping[str, gpd.GeoDataFrame]):
    def __init__(self, plan: Watched) -> None:
        self._of = plan

    def __getitem__(self, name: str) -> gpd.GeoDataFrame:
        self._of.note(("layer", name))
        if name not in self._of._plan:
            raise KeyError(name)
        return self._of.frame(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._of

    def __iter__(self) -> Iterator[str]:
        self._of.note(("layers",))
        return iter(self._of._plan.layers)

    def __len__(self) -> int:
        self._of.note(("layers",))
        return len(self._of._plan.layers)


class _Rasters(Mapping[str, Any]):
    def __init__(self, plan: Watched) -> None:
        self._of = plan

    def __getitem__(self, name: str) -> Any:
        self._of.note(("raster", name))
        return self._of._plan.rasters[name]

    def __iter__(self) -> Iterator[str]:
        self._of.note(("rasters",))
        return iter(self._of._plan.rasters)

    def __len__(self) -> int:
        self._of.note(("rasters",))
        return len(self._of._plan.rasters)


def watched(frame: gpd.GeoDataFrame, layer: str, note: Note) -> gpd.GeoDataFrame:
    """Return the frame as one that notes which columns are read."""
    out = alike(frame) if type(frame) is gpd.GeoDataFrame else frame
    out.__class__ = WatchedFrame
    out.__dict__.update(_layer=layer, _tell=note, _quiet=0)
    return out


def unwatched(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the frame as one that notes nothing."""
    if not isinstance(frame, WatchedFrame):
        return frame
    out = frame.quietly(lambda: gpd.GeoDataFrame.copy(frame, deep=False))
    out.__class__ = gpd.GeoDataFrame
    return cast("gpd.GeoDataFrame", out)


class WatchedFrame(gpd.GeoDataFrame):  # type: ignore[misc]
    """A frame that tells which of its columns are read; choosing rows reads none."""

    @property
    def _mgr(self) -> Any:  # every way into a frame leads through this attribute of pandas
        if not self.__dict__.get("_quiet"):
            self._tell_of("all")
        return self.__dict__["_mgr"]

    @_mgr.setter
    def _mgr(self, manager: Any) -> None:
        self.__dict__["_mgr"] = manager

    def quietly(self, call: Callable[[], Any]) -> Any:
        """Return what `call` returns, without noting what it reads."""
        self.__dict__["_quiet"] = self.__dict__.get("_quiet", 0) + 1
        try:
            out = call()
        finally:
            self.__dict__["_quiet"] -= 1
        if type(out) is WatchedFrame and "_tell" not in out.__dict__:  # made by pandas in the likeness of this one
            out.__class__ = gpd.GeoDataFrame
        return out

    def _rows(self, call: Callable[[], Any]) -> Any:
        """Return rows as a frame that goes on telling; anything else has been read as a whole."""
        out = self.quietly(call)
        state = self.__dict__
        if state.get("_quiet") or "_tell" not in state:  # inside a method of pandas, whose caller tells
            return out
        if isinstance(out, gpd.GeoDataFrame):
            return watched(out, state["_layer"], state["_tell"])
        self._tell_of("all")
        return out

    def _tell_of(self, kind: str, *name: str) -> None:
        state = self.__dict__
        if "_tell" in state and not state.get("_quiet"):
            state["_tell"]((kind, state["_layer"], *name))

    def _tell_column(self, name: str) -> None:
        self._tell_of("column", GEOMETRY if name == self.__dict__.get("_geometry_column_name") else name)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            self._tell_column(key)
            return self.quietly(lambda: super(WatchedFrame, self).__getitem__(key))
        if isinstance(key, list) and key and all(isinstance(k, str) for k in key):
            for name in key:
                self._tell_column(name)
            return self.quietly(lambda: super(WatchedFrame, self).__getitem__(key))
        if isinstance(key, slice | np.ndarray | pd.Series | list):
            return self._rows(lambda: super(WatchedFrame, self).__getitem__(key))
        return super().__getitem__(key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.quietly(lambda: super(WatchedFrame, self).__setitem__(key, value))

    def copy(self, deep: bool = True) -> Any:
        """Return a copy that tells as well."""
        return self._rows(lambda: super(WatchedFrame, self).copy(deep=deep))

    def assign(self, **columns: Any) -> Any:
        """Return a copy with more columns that tells as well; a function of the frame is given this one."""
        out = self.copy(deep=False)
        for name, value in columns.items():
            out[name] = value(out) if callable(value) else value
        return out

    @property
    def iloc(self) -> Any:
        """Rows by position."""
        return super().iloc if self.__dict__.get("_quiet") else _Rows(self, "iloc")

    @property
    def loc(self) -> Any:
        """Rows by label."""
        return super().loc if self.__dict__.get("_quiet") else _Rows(self, "loc")

    @property
    def index(self) -> Any:
        """Labels of the rows; their number is noted with the layer."""
        return self.quietly(lambda: gpd.GeoDataFrame.index.__get__(self, type(self)))

    @index.setter
    def index(self, labels: Any) -> None:
        self.quietly(lambda: gpd.GeoDataFrame.index.__set__(self, labels))

    @property
    def columns(self) -> Any:
        """Names of the columns."""
        return self.quietly(lambda: gpd.GeoDataFrame.columns.__get__(self, type(self)))

    @columns.setter
    def columns(self, names: Any) -> None:
        self.quietly(lambda: gpd.GeoDataFrame.columns.__set__(self, names))

    @property
    def crs(self) -> Any:
        """The CRS, which is that of the plan."""
        return self.quietly(lambda: gpd.GeoDataFrame.crs.__get__(self, type(self)))


class _Rows:
    """`loc` and `iloc` of a frame that tells: rows read nothing, a cell reads its column."""

    def __init__(self, frame: WatchedFrame, way: str) -> None:
        self._frame, self._way = frame, way

    def _real(self) -> Any:
        return getattr(super(WatchedFrame, self._frame), self._way)

    def __getitem__(self, key: Any) -> Any:
        if not isinstance(key, tuple):
            return self._frame._rows(lambda: self._real()[key])
        names = key[1] if len(key) == 2 and self._way == "loc" else None
        if isinstance(names, str) or (isinstance(names, list) and all(isinstance(n, str) for n in names)):
            return self._frame[names].loc[key[0]]
        return self._real()[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        def write() -> None:
            self._real()[key] = value

        self._frame.quietly(write)
