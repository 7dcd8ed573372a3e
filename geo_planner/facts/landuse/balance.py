"""Production, living and ecology: shares, evenness, coupling and coordination.

Shared infrastructure (roads, utilities) carries a nominal class and stays out of the denominator. Formulas: the
three published forms of coupling coordination named at `coordination`; Shannon for structure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...errors import LandUseError
from ...plan import Plan
from ...plan.landuse import SHARED
from ..registry import fact
from .uses import uses

FARM = "PA"
"""Sub-tag of farm land."""
CLASSES = ("production", "living", "ecology")
FLOOR = 1e-3
"""The least an index may be: a product with a zero would hide the other subsystems."""


@dataclass(frozen=True)
class Switches:
    """How the cells that planners argue about are counted: "production", "living", "ecology", or "scheme" as it says.

    `graded` splits the area of a parcel by the weights of its class (0, 1, 3, 5 for production, living, ecology) in
    place of the dominant function alone. `infrastructure` takes roads and utilities into the denominator.
    """

    commerce: str = "scheme"
    farmland: str = "scheme"
    squares: str = "scheme"
    research: str = "scheme"
    graded: bool = False
    infrastructure: bool = False

    def __post_init__(self) -> None:
        """Raise `LandUseError` where a class is none of the four words."""
        for name in ("commerce", "farmland", "squares", "research"):
            if (value := getattr(self, name)) not in {*CLASSES, "scheme"}:
                words = ", ".join(CLASSES)
                msg = f"{name}_as = {value!r} is no class; write one of {words}, or scheme for what the scheme says."
                raise LandUseError(msg)


AS_WRITTEN = Switches()
"""Every cell as its scheme says."""


@fact(needs={"parcels": ("scheme",)}, of=(uses,))
def counted_as(plan: Plan, how: Switches) -> pd.DataFrame:
    """`uses`, with `ple` and `counted` as the switches say, and the part of each class in a parcel (`w_living` …)."""
    table = uses(plan).copy()
    use = table["use"]
    cells = (
        (how.commerce, table["group"].eq("commerce").fillna(value=False)),
        (how.farmland, use.eq("farmland") | (use.eq("") & table["sub"].eq(FARM).fillna(value=False))),
        (how.squares, use.eq("square")),
        (how.research, use.eq("research")),
    )
    moved = np.zeros(len(table), dtype=bool)
    for name, rows in cells:
        mine = rows.to_numpy(dtype=bool) & table["ple"].notna().to_numpy() & (name != "scheme")
        table.loc[mine, "ple"] = name
        moved |= mine
    known = table["ple"].isin(CLASSES)
    shared = table["sub"].eq(SHARED).fillna(value=False)
    table["counted"] = known & (table["balance"].eq("yes") | (how.infrastructure & shared))
    whole = np.column_stack([table["ple"].eq(c).to_numpy(dtype=bool) for c in CLASSES]).astype(float)
    weight = table[["p", "l", "e"]].fillna(0.0).to_numpy(dtype=float)
    total = weight.sum(axis=1)
    split = np.divide(
        weight, total[:, None], out=whole.copy(), where=(total[:, None] > 0) & how.graded & ~moved[:, None]
    )
    return table.assign(**{f"w_{c}": split[:, k] for k, c in enumerate(CLASSES)})


@fact(needs={}, of=(counted_as,))
def shares(plan: Plan, how: Switches = AS_WRITTEN) -> pd.DataFrame:
    """Area and share of the three classes per park, one row per park in order of name.

    Columns: `park`, `production`, `living`, `ecology` [m²], the same with `_share` [0..1 of their sum], `total` [m²],
    `shared` [m² of infrastructure left out], `unknown` [m² whose class is not known], `evenness`.
    """
    table = counted_as(plan, how)
    counted = table[table["counted"]]
    pieces = pd.DataFrame({c: counted["area"] * counted[f"w_{c}"] for c in CLASSES}).assign(park=counted["park"])
    area = pieces.groupby("park")[list(CLASSES)].sum()
    area = area.reindex(sorted(table["park"].dropna().unique())).fillna(0.0)
    total = area.sum(axis=1)
    out = area.assign(total=total)
    for name in CLASSES:
        out[f"{name}_share"] = np.where(total > 0, area[name] / total.where(total > 0, 1.0), np.nan)
    unknown = table[table["ple"].isna()].groupby("park")["area"].sum()
    left_out = table[~table["counted"] & table["ple"].notna()].groupby("park")["area"].sum()
    out["unknown"] = unknown.reindex(out.index).fillna(0.0)
    out["shared"] = left_out.reindex(out.index).fillna(0.0)
    out["evenness"] = evenness(out[[f"{n}_share" for n in CLASSES]].to_numpy())
    return out.rename_axis(index="park", columns=None).reset_index()


def entropy(p: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Shannon entropy of shares along the last axis; 0 ln 0 is 0. (.5, .3, .2) gives 1.0296530."""
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(p > 0, p * np.log(np.where(p > 0, p, 1.0)), 0.0)
    return np.asarray(-terms.sum(axis=-1))


def evenness(p: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """均衡度: entropy over the greatest possible, with the number of classes in the scheme as S. 1 is even."""
    return np.asarray(entropy(p) / np.log(p.shape[-1]))


def coordination(U: np.ndarray[Any, Any], weights: np.ndarray[Any, Any] | None = None) -> pd.DataFrame:
    """Coupling C, development T and coordination D of n subsystems in three published forms.

    Parameters
    ----------
    U
        Shape (rows, n), each index in (0, 1]; lower values are raised to 0.001, for a zero makes C meaningless.
    weights
        Shape (n,), summing to 1; equal by default.

    Returns
    -------
    DataFrame
        `C_std` = n (ΠU)^(1/n) / ΣU; `C_wang` = sqrt((1 - mean|Ui-Uj|) (Π(U/maxU))^(1/(n-1))) (Wang Shujia 2021);
        `C_fan` = 1 - 2 std(U) (Fan 2024); `T` = Σ w U; and D = sqrt(C T) for each form.

    All-low systems couple perfectly (C = 1): never show C without T and D.
    """
    u = np.maximum(np.asarray(U, dtype=float), FLOOR)
    n = u.shape[1]
    w = np.full(n, 1.0 / n) if weights is None else np.asarray(weights, dtype=float)
    product = u.prod(axis=1)
    standard = n * product ** (1.0 / n) / u.sum(axis=1)
    i, j = np.triu_indices(n, 1)
    spread = np.abs(u[:, i] - u[:, j]).mean(axis=1)
    wang = np.sqrt(np.maximum(0.0, 1.0 - spread) * (u / u.max(axis=1, keepdims=True)).prod(axis=1) ** (1.0 / (n - 1)))
    fan = 1.0 - 2.0 * u.std(axis=1)
    T = u @ w
    forms = {"std": standard, "wang": wang, "fan": fan}
    out = {f"C_{name}": c for name, c in forms.items()} | {"T": T}
    out |= {f"D_{name}": np.sqrt(np.maximum(c, 0.0) * T) for name, c in forms.items()}
    return pd.DataFrame(out)


LEVELS = (
    "极度失调",
    "严重失调",
    "中度失调",
    "轻度失调",
    "濒临失调",
    "勉强协调",
    "初级协调",
    "中级协调",
    "良好协调",
    "优质协调",
)
LEVELS_EN = (
    "extreme discord",
    "severe discord",
    "moderate discord",
    "slight discord",
    "near discord",
    "bare coordination",
    "primary coordination",
    "intermediate coordination",
    "good coordination",
    "high coordination",
)


EDGES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def level(D: float, edges: Sequence[float] = EDGES) -> int:
    """Return the band of D from 0 on, upper edges included: (0, .1] is 0 (地理学报 2021, 76(4)); papers differ."""
    return int(np.searchsorted(np.asarray(edges), D - 1e-12, side="left"))


ANCHORS: dict[str, dict[str, tuple[float, float]]] = {
    "production": {"far": (0.6, 1.5), "density": (30.0, 55.0), "jobs_per_ha": (20.0, 120.0), "built": (0.3, 0.9)},
    "living": {"jobs_housing": (0.0, 1.0), "green_per_head": (2.0, 12.0), "built": (0.3, 0.9)},
    "ecology": {"green_share": (0.05, 0.25)},
}
"""Fixed anchors bad -> good of each indicator (project proposal): an index means the same in every run."""


@fact(needs={"parcels": ("far", "density", "jobs", "people", "finish")}, of=(uses,))
def indices(plan: Plan) -> pd.DataFrame:
    """The indices U of the three subsystems per park, from indicators with data for `FILLED` of the land.

    Returns one row per park: `park`, `production`, `living`, `ecology` [0..1, null where no indicator has data], and
    `used`, the names of the indicators behind them.
    """
    parcels, table = plan["parcels"], uses(plan)
    known = np.flatnonzero(table["park"].notna().to_numpy())
    names, row = np.unique(table["park"].to_numpy(dtype=object)[known].astype(str), return_inverse=True)
    mine = table.iloc[known]
    done = parcels["finish"].notna().to_numpy()[known]
    parts = np.column_stack([summands(parcels.iloc[known], mine), built_area(mine) * done[:, None]])
    sums = np.zeros((len(names), parts.shape[1]))
    np.add.at(sums, row, parts)
    found = systems(sums)
    out = pd.DataFrame({"park": names} | {c: index for c, (index, _) in zip(CLASSES, found, strict=True)})
    used = [
        tuple(
            f"{c}.{name}"
            for c, (_, there) in zip(CLASSES, found, strict=True)
            for name, rows in there.items()
            if rows[k]
        )
        for k in range(len(names))
    ]
    return out.assign(used=used)


def summands(parcels: pd.DataFrame, table: pd.DataFrame) -> np.ndarray[Any, Any]:
    """What each parcel adds to the sums that `systems` divides; the order of the columns is told there."""
    area = table["area"].to_numpy(dtype=float)
    works, homes = (table["group"].eq(g).fillna(value=False).to_numpy(dtype=bool) for g in ("industry", "housing"))
    green, counted = (
        table["ple"].eq("ecology").fillna(value=False).to_numpy(dtype=bool),
        table["counted"].to_numpy(dtype=bool),
    )
    far, density, jobs, people = (parcels[c].to_numpy(dtype=float) for c in ("far", "density", "jobs", "people"))
    with_far, with_density, with_jobs = (works & ~np.isnan(v) for v in (far, density, jobs))
    return np.column_stack(
        [
            np.nan_to_num(far) * area * with_far,
            area * with_far,
            np.nan_to_num(density) * area * with_density,
            area * with_density,
            np.nan_to_num(jobs) * works,
            area * with_jobs,
            area * works,
            np.nan_to_num(people),
            area * homes * ~np.isnan(people),
            np.nan_to_num(jobs),
            area * green,
            area * counted,
            area * homes,
            parcels["finish"].notna().to_numpy(dtype=bool),
        ]
    ).astype(float)


def built_area(table: pd.DataFrame) -> np.ndarray[Any, Any]:
    """The area of works and of homes of each parcel, which counts as built from its `finish`."""
    area = table["area"].to_numpy(dtype=float)
    return np.column_stack(
        [area * table["group"].eq(g).fillna(value=False).to_numpy(dtype=bool) for g in ("industry", "housing")]
    )


def systems(sums: np.ndarray[Any, Any]) -> list[tuple[np.ndarray[Any, Any], dict[str, np.ndarray[Any, Any]]]]:
    """Per subsystem the index of each row of sums, null where no indicator has data, and which have data where."""
    (
        far,
        far_area,
        density,
        density_area,
        works_jobs,
        works_known,
        works,
        people,
        people_known,
        jobs,
        green,
        counted,
        homes,
        dated,
        built_works,
        built_homes,
    ) = sums.T
    crowd = np.where(_told(people_known, homes) & (people > 0), people, np.nan)
    employed = _told(works_known, works) & (jobs > 0)
    ratio = np.where(employed, jobs, np.nan) / (crowd * WORKING)
    with np.errstate(divide="ignore", invalid="ignore"):
        close = 1.0 - np.abs(np.log(np.where(ratio > 0, ratio, np.nan))) / np.log(3.0)
    finished = np.where(dated > 0, 1.0, np.nan)
    values = {
        "production": {
            "far": _over(np.where(_told(far_area, works), far, np.nan), far_area),
            "density": _over(np.where(_told(density_area, works), density, np.nan), density_area),
            "jobs_per_ha": _over(np.where(_told(works_known, works), works_jobs, np.nan), works / 1e4),
            "built": _over(built_works, works) * finished,
        },
        "living": {
            "jobs_housing": close,
            "green_per_head": green / crowd,
            "built": _over(built_homes, homes) * finished,
        },
        "ecology": {"green_share": _over(green, counted)},
    }
    out = []
    for system, anchors in ANCHORS.items():
        scaled = np.column_stack(
            [np.clip((values[system][n] - bad) / (good - bad), 0.0, 1.0) for n, (bad, good) in anchors.items()]
        )
        there = ~np.isnan(scaled)
        index = np.divide(
            np.nansum(scaled, axis=1), there.sum(axis=1), out=np.full(len(sums), np.nan), where=there.any(axis=1)
        )
        out.append((index, dict(zip(anchors, there.T, strict=True))))
    return out


WORKING = 0.55
"""Workers per resident (project default)."""


FILLED = 0.8
"""Share of the land that must have a value before an indicator counts as known (ours)."""


def _told(known: np.ndarray[Any, Any], whole: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Whether enough of some land has a value; land that is not there lacks none."""
    return np.asarray(known >= FILLED * whole - 1e-6)


def _over(part: np.ndarray[Any, Any], whole: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.asarray(np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 1e-6))
