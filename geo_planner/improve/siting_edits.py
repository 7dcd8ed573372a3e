"""Projects that have found land, as edits of a plan: parcels taken whole, cut for several, or joined for one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..plan import Edit, Plan
from .hosts import Hosts
from .joining import united
from .split import pieces

Array = np.ndarray[Any, Any]

REACH = 60.0
"""Metres within which a pipe counts as beside a parcel: the reach of UG201 and half a street."""


def siting_edits(plan: Plan, projects: pd.DataFrame, hosts: Hosts, host: Array) -> tuple[Edit, ...]:
    """The edits of the first plan: a parcel that projects share is cut, parcels that one project takes are joined."""
    out: list[Edit] = []
    parcels = plan["parcels"]
    taken = set(parcels["id"])
    for place in np.unique(host[(host >= 0) & (hosts.plan[np.maximum(host, 0)] == 0)]).tolist():
        here = np.flatnonzero(host == place)
        if place >= hosts.single:
            out += _joined(parcels.iloc[hosts.place[list(hosts.parts(place))]], projects.iloc[int(here[0])])
            continue
        parcel = parcels.iloc[int(hosts.place[place])]
        areas = projects["area"].to_numpy(dtype=float)[here]
        shapes = _cut(plan, parcel.geometry, areas)
        for k, row in enumerate(here.tolist()):
            project = projects.iloc[row]
            reason = f"{project['id']} {project['name']}"
            if k == 0:
                if len(shapes) > 1:
                    wkt = shapely.to_wkt(shapes[0], rounding_precision=6)
                    out.append(
                        Edit("reshape", "parcels", parcel["id"], {"geometry": wkt}, reason, "solver", "suggestion")
                    )
                out.append(Edit("set", "parcels", parcel["id"], _values(project), reason, "solver", "suggestion"))
                continue
            out.append(_piece(parcel, shapes[k], _new_id(parcel["id"], taken), (reason, _values(project))))
        if len(shapes) > len(here):
            out.append(_piece(parcel, shapes[-1], _new_id(parcel["id"], taken), ("", {})))
    return tuple(out)


def _joined(parcels: pd.DataFrame, project: pd.Series) -> list[Edit]:
    """Return the edits that make one parcel of several, the first of which gives it its id and its permits."""
    first, *others = parcels["id"].tolist()
    reason = f"{project['id']} {project['name']}: {' + '.join(parcels['id'])}"
    shape = shapely.to_wkt(united(parcels.geometry.to_numpy()), rounding_precision=6)
    return [
        Edit("reshape", "parcels", first, {"geometry": shape}, reason, "solver", "suggestion"),
        Edit("set", "parcels", first, _values(project), reason, "solver", "suggestion"),
        *(Edit("remove", "parcels", other, {}, reason, "solver", "suggestion") for other in others),
    ]


def _cut(plan: Plan, shape: shapely.Geometry, areas: Array) -> list[shapely.Geometry]:
    """Return the pieces of a parcel, cut so that as few as possible lose a utility that the parcel has beside it."""
    if len(areas) == 1 or not plan.has("pipes", "kind"):
        return pieces(shape, areas)
    ways = [pieces(shape, areas, lengthwise=lengthwise) for lengthwise in (False, True)]
    lost = [0, 0]
    for kind in sorted(plan["pipes"]["kind"].dropna().unique()):
        lines = plan["pipes"].geometry[plan["pipes"]["kind"] == kind].to_numpy()
        near = lines[shapely.dwithin(lines, shape, REACH)]
        for way, cut in enumerate(ways):
            lost[way] += sum(len(near) > 0 and not shapely.dwithin(near, piece, REACH).any() for piece in cut)
    return ways[int(lost[1] < lost[0])]


def _new_id(parcel: str, taken: set[str]) -> str:
    number = 2
    while f"{parcel}-{number}" in taken:
        number += 1
    taken.add(f"{parcel}-{number}")
    return f"{parcel}-{number}"


_OWN = (
    "area_declared",
    "jobs",
    "people",
    "dwellings",
    "water_m3d",
    "power_kw",
    "floor_area",
    "industry",
    "hazard",
    "name",
)
"""Columns that belong to what stood there, and do not pass to the pieces of a parcel."""


_DATES = ("released", "contract_start", "start", "finish", "used")
"""Dates of what stood there: a piece that is left over has none."""


def _piece(parcel: pd.Series, shape: shapely.Geometry, name: str, project: tuple[str, dict[str, Any]]) -> Edit:
    reason, values = project
    drop = (*_OWN, "id", "geometry") if values else (*_OWN, *_DATES, "id", "geometry")
    kept = {k: v for k, v in parcel.items() if k not in drop and not pd.isna(v)}
    plain = {
        k: v.date().isoformat() if isinstance(v, pd.Timestamp) else v.item() if hasattr(v, "item") else v
        for k, v in kept.items()
    }
    value = {"geometry": shapely.to_wkt(shape, rounding_precision=6), **plain, **values}
    return Edit("add", "parcels", name, value, reason, "solver", "suggestion")


def _plain(value: Any) -> Any:
    """Return a cell as TOML can hold it."""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return value.item() if hasattr(value, "item") else value


def _values(project: pd.Series) -> dict[str, Any]:
    columns = {
        "name": "name",
        "far": "far",
        "power": "power_kw",
        "water": "water_m3d",
        "hazard": "hazard",
        "chain": "industry",
        "people": "jobs",
    }
    pairs = {new: project[old] for old, new in columns.items()}
    return {k: _plain(v) for k, v in pairs.items() if not pd.isna(v) and v != ""} | {
        "area_declared": round(float(project["area"]), 1)
    }
