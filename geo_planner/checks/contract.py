"""What a check is made of: words, parameters with their source, one function, two examples.

The contract itself is a test (`geo_planner.testing`), for our own checks and for other people's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..facts.around import Bond
from ..plan import Findings, Plan, Raster, Rule, Threshold
from ..plan.editions import is_dated, latest
from ..plan.layers import LAYERS as SPECS
from ..plan.profile import Profile
from ..plan.report import Severity
from .grouping import Anchors

CRS = "EPSG:4527"


@dataclass(frozen=True, kw_only=True)
class Text:
    """The words of a check in one language; `message` has slots for columns of the finding and parameters.

    `about` is what `explain` prints in Chinese; the English is the docstring of the file, ours in Chinese is in `lang`.
    """

    title: str
    message: str
    advice: str
    trap: str = ""
    about: str = ""


def param(  # noqa: PLR0913  (one argument for each thing a reviewer asks of a number)
    default: Any,
    *,
    unit: str,
    source: str,
    zh: str,
    clause: str = "",
    verified: bool = False,
    shared: str = "",
    table: str = "",
) -> Any:
    """Return a parameter default that cannot be written without its unit, its source and its Chinese name.

    `shared` is the check under whose code a profile sets the number for all checks that have it; `table` the table
    whose cells it sets ("row.column = number").
    """
    meta = {"unit": unit, "source": source, "zh": zh, "clause": clause, "verified": verified, "shared": shared} | (
        {"table": table} if table else {}
    )
    return field(default=default, metadata=meta)


@dataclass(frozen=True)
class Mini:
    """A plan so small that it can be drawn by hand, built when it is asked for."""

    layers: Mapping[str, Sequence[Mapping[str, Any]]]
    rasters: Mapping[str, Raster]
    as_of: str | None
    complete: Mapping[str, int | None]

    @cached_property
    def plan(self) -> Plan:
        """The plan itself."""
        frames = {name: _frame(name, rows) for name, rows in self.layers.items()}
        day = date.fromisoformat(self.as_of) if self.as_of else None
        return Plan(name="example", crs=CRS, layers=frames, rasters=self.rasters, as_of=day, complete=self.complete)


def mini(
    *,
    as_of: str | None = None,
    rasters: Mapping[str, Raster] | None = None,
    complete: Mapping[str, int | None] | None = None,
    **layers: Sequence[Mapping[str, Any]],
) -> Mini:
    """An example plan: each layer is a list of rows, each row a dict of columns with `wkt` for the geometry.

    Coordinates are metres in EPSG:4527 and may start at 0 0. Dates are written as text: "2026-05-01". `complete` are the
    layers declared to hold all there is, each with its rows where known.
    """
    return Mini(layers, rasters or {}, as_of, complete or {})


def _frame(name: str, rows: Sequence[Mapping[str, Any]]) -> gpd.GeoDataFrame:
    known = {c.name for c in SPECS[name].columns}
    for row in rows:
        if strange := set(row) - known - {"wkt"}:
            msg = f"the example of layer '{name}' names columns that do not exist: {sorted(strange)}"
            raise ValueError(msg)
    values = pd.DataFrame([{k: v for k, v in row.items() if k != "wkt"} for row in rows])
    return gpd.GeoDataFrame(values, geometry=shapely.from_wkt([row["wkt"] for row in rows]), crs=CRS)


def grid(values: list[list[float]], *, cell: float = 10.0, name: str = "dem", **more: Any) -> Raster:
    """Return an example raster whose lower left corner is 0 0; `more` sets nodata, year or unit."""
    array = np.asarray(values, dtype=float)
    return Raster(name, array, (cell, 0.0, 0.0, 0.0, -cell, cell * len(values)), CRS, **more)


@dataclass(frozen=True, kw_only=True)
class Check:
    """One rule, built from its module; adding a rule is adding one file."""

    code: str
    slug: str
    severity: Severity
    layers: tuple[str, ...]
    columns: tuple[str, ...]
    rasters: tuple[str, ...]
    params: type
    zh: Text
    en: Text
    run: Callable[[Plan, Any], Findings]
    waits: Callable[[Plan, Any], pd.DataFrame] | None
    """The arcs that keep this rule (`checks.waits`); None where none do."""
    reach: Callable[[Plan, Any], float | None]
    """How far from the box around a feature lies what decides about it [m]; None: anywhere, so that it is judged whole."""
    passes: Mini
    fails: Mini
    doc: str
    alone: bool = False
    """Whether what is said of a row depends on that row alone, the day, the profile and which columns hold anything."""
    bonds: tuple[Bond, ...] = ()
    """Rows that belong together by name, wherever they lie: what decides about one may lie within `reach` of the other."""
    entire: tuple[str, ...] = ()
    """Layers (networks) of which any row may decide about any other; once one of them is edited, all is judged again."""
    verdict: str = ""
    absences: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    """Layers that, where all are there, serve in place of those the check needs."""
    blanks: tuple[str, ...] = ()
    means: tuple[str, ...] = ()
    """What the code of a parcel must tell (`MEANINGS`, or its group): parcels whose scheme leaves it open are unknown."""
    cause: Callable[[Plan, pd.DataFrame], Anchors] | None = None
    remedies: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    example: Mapping[str, Any] = field(default_factory=dict)
    """Numbers that the two examples are judged with, where the rule has none of its own (a wind rose)."""

    @property
    def example_profile(self) -> Profile:
        """The profile the two examples are judged with."""
        given = {name: Threshold(value, "example", "the example of the check") for name, value in self.example.items()}
        return Profile(name="example", values={self.code: given} if given else {})

    @property
    def family(self) -> str:
        """The two letters that group checks on maps and in tables."""
        return self.code[:2].lower()

    def remedy(self, state: str) -> tuple[str, str]:
        """What to do in a state (happened, ahead, data), zh and en: the advice where the file says nothing else."""
        return self.remedies.get(state, (self.zh.advice, self.en.advice))

    def thresholds(self, profile: Profile) -> dict[str, Threshold]:
        """Each parameter with its number in force: the profile's where it speaks, else the default written here."""
        shared = {f.name: f.metadata.get("shared", "") for f in fields(self.params)}
        others = {n: profile.values[c][n] for n, c in shared.items() if n in profile.values.get(c, {})}
        return thresholds_of(self.params, {**others, **profile.values.get(self.code, {})})

    def bind(self, profile: Profile) -> Any:
        """Return the parameters in force; of a number that a profile dates, the last edition."""
        own = {name: t.value for name, t in self.thresholds(profile).items()}
        return self.params(**own | {name: latest(value) for name, value in self.editions(profile).items()})

    def editions(self, profile: Profile) -> dict[str, Any]:
        """Return the numbers that a profile dates and the check itself knows as one number (`checks.editions`)."""
        plain = {f.name for f in fields(self.params) if not is_dated(f.default)}
        return {n: t.value for n, t in self.thresholds(profile).items() if n in plain and is_dated(t.value)}

    def rule(self, profile: Profile) -> Rule:
        """Return words and numbers as the report carries them."""
        return Rule(
            self.code,
            self.slug,
            self.severity,
            _words(self.zh),
            _words(self.en),
            self.thresholds(profile),
            {f.name: f.metadata["zh"] for f in fields(self.params)},
            self.doc,
            self.verdict,
        )


def thresholds_of(params: type, given: Mapping[str, Threshold]) -> dict[str, Threshold]:
    """Each field of a class of parameters with its number: the given one, else the default written there."""
    return {f.name: given.get(f.name) or _default(f) for f in fields(params)}


def _default(f: Any) -> Threshold:
    m = f.metadata
    return Threshold(f.default, m["unit"], m["source"], m["clause"], None, m["verified"], "check")


def _words(text: Text) -> dict[str, str]:
    said = {"title": text.title, "message": text.message, "advice": text.advice, "trap": text.trap}
    return said | ({"about": text.about} if text.about else {})
