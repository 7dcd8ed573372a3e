"""What only all parks together show: findings across borders, sources counted twice, who does what, what is spare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...algorithms.patches import location_quotient
from ...checks import run
from ...plan import Plan, Profile
from ...plan.layers import LAYERS
from .parks import Park

CROSSING = (
    *("DA903", "ST701", "ST702", "ST703", "ST704", "ST706", "ST707", "ST712", "EC601", "EC602"),
    *("UG201", "UG202", "UG203", "UG204", "NW503"),
)
"""Checks whose two sides may lie in two parks: land claimed twice, homes, buildings and pipes too close to the other
side's, a road paved before the neighbour's pipe beneath it, a parcel held up by the neighbour's pipe, an end that
stops short of the neighbour's."""
MARGIN = 2_000.0
"""Metres around a park within which another park's features can matter to these checks (project default)."""
_NETWORKS = ("pipes", "sources")
"""Layers taken whole: half a network has no source."""
_REFERS = {
    "parcels": ("park",),
    "buildings": ("parcel",),
    "approvals": ("parcel",),
    "pipes": ("road",),
    "excavations": ("road",),
}


def across(parks: Sequence[Park], crs: str) -> list[dict[str, Any]]:
    """Return findings whose two sides lie in different parks: code, both parks and ids, value, limit, unit."""
    merged = _merged(parks, crs)
    if merged is None:
        return []
    report = run(merged, Profile("network"), only=CROSSING)
    rows = []
    for finding in report.findings.drop(columns="geometry").to_dict("records"):
        one, two = str(finding["id"]).split("//", 1), str(finding["other_id"]).split("//", 1)
        if len(two) == 2 and one[0] != two[0]:
            rule = report.rules[finding["code"]]
            rows.append(
                {
                    "code": finding["code"], "severity": finding["severity"],
                    "title": {"zh": rule.zh["title"], "en": rule.en["title"]},
                    "park": one[0], "layer": finding["layer"], "id": one[1],
                    "other_park": two[0], "other_layer": finding["other_layer"], "other_id": two[1],
                    "value": _number(finding["value"]), "limit": _number(finding["limit"]), "unit": finding["unit"],
                }
            )  # fmt: skip
    return rows


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 3)


def _merged(parks: Sequence[Park], crs: str) -> Plan | None:
    """Return one plan of what lies near another park, in the network's system; ids carry the park before them."""
    places = gpd.GeoSeries([p.place for p in parks], crs=4326).to_crs(crs).buffer(MARGIN).to_numpy()
    i, j = shapely.STRtree(places).query(places, predicate="intersects")
    near: dict[int, list[Any]] = {}
    for one, two in zip(i.tolist(), j.tolist(), strict=True):
        if one != two:
            near.setdefault(one, []).append(places[two])
    frames: dict[str, list[gpd.GeoDataFrame]] = {}
    for k in sorted(near):
        zone = shapely.union_all(near[k])
        for layer in sorted(set(parks[k].plan.layers) & set(LAYERS)):
            frame = _named(parks[k].plan[layer].to_crs(crs), layer, parks[k].name)
            whole = layer in _NETWORKS
            frames.setdefault(layer, []).append(
                frame if whole else frame[shapely.intersects(frame.geometry.array, zone)]
            )
    layers = {
        name: pd.concat([p for p in parts if len(p)], ignore_index=True)
        for name, parts in frames.items()
        if any(map(len, parts))
    }
    return Plan("network", crs, layers) if layers else None


def _named(frame: gpd.GeoDataFrame, layer: str, park: str) -> gpd.GeoDataFrame:
    for column in ("id", *_REFERS.get(layer, ())):
        frame[column] = (park + "//" + frame[column]).astype("str").where(frame[column].notna())
    return frame


def shared_sources(parks: Sequence[Park], crs: str) -> list[dict[str, Any]]:
    """Return sources of one kind that two parks hold at one place: their capacity is counted in both."""
    rows = []
    for park in parks:
        if park.plan.has("sources"):
            points = park.plan["sources"].to_crs(crs)
            table = pd.DataFrame(
                {"park": park.name, "id": points["id"], "kind": points["kind"], "capacity": points["capacity"]}
            )
            rows.append(table.assign(shape=shapely.centroid(points.geometry.to_numpy())))
    if not rows:
        return []
    table = pd.concat(rows, ignore_index=True)
    shapes = table["shape"].to_numpy()
    i, j = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=5.0)
    park, kind = table["park"].to_numpy(dtype=object), table["kind"].to_numpy(dtype=object)
    pairs = (i < j) & (park[i] != park[j]) & (kind[i] == kind[j])
    names = table["id"].to_numpy(dtype=object)
    return [
        {
            "kind": str(kind[a]),
            "park": str(park[a]),
            "id": str(names[a]),
            "other_park": str(park[b]),
            "other_id": str(names[b]),
        }
        for a, b in zip(i[pairs].tolist(), j[pairs].tolist(), strict=True)
    ]


def division(boards: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return location quotients by park and industry, and how far each county park's industries are the core's.

    Overlap is Σ min(share in the core, share in the county park): 1 where both do the same, 0 where nothing is shared.
    """
    told = {b["name"]: b["industries"]["area_ha"] for b in boards if b["industries"]["area_ha"]}
    if len(told) < 2:
        return {"location_quotient": {}, "overlap": []}
    area = pd.DataFrame(told).T.fillna(0.0).sort_index(axis="columns")
    quotient = location_quotient(area).round(3)
    shares = area.div(area.sum(axis="columns"), axis="index")
    cores = [b["name"] for b in boards if b["role"] == "core" and b["name"] in told]
    overlap = [
        {
            "core": core,
            "county": b["name"],
            "overlap": round(float(np.minimum(shares.loc[core], shares.loc[b["name"]]).sum()), 3),
            "same_lead": b["industries"]["lead"] == next(c for c in boards if c["name"] == core)["industries"]["lead"],
        }
        for core in cores
        for b in boards
        if b["role"] != "core" and b["name"] in told
    ]
    return {
        "location_quotient": {
            str(k): {str(c): float(v) for c, v in row.items()} for k, row in quotient.T.to_dict().items()
        },
        "overlap": overlap,
    }


def neighbours_spare(boards: Sequence[dict[str, Any]], parks: Sequence[Park], crs: str) -> list[dict[str, Any]]:
    """Return what a park lacks at the as-of day and the nearest park that has it to spare, if any."""
    middle = gpd.GeoSeries([p.place.representative_point() for p in parks], crs=4326).to_crs(crs).to_numpy()
    out = []
    for k, board in enumerate(boards):
        for kind, told in board["spare"].items():
            if told["now"] is None or told["now"] >= 0:
                continue
            away = sorted(
                (float(shapely.distance(middle[k], middle[n])), n)
                for n, b in enumerate(boards)
                if (b["spare"].get(kind, {}).get("now") or 0) > 0
            )
            near = boards[away[0][1]] if away else None
            out.append(
                {
                    "park": board["name"], "kind": kind, "unit": told["unit"], "missing": round(-told["now"], 3),
                    "neighbour": near["name"] if near else None,
                    "spare": near["spare"][kind]["now"] if near else None,
                    "km": round(away[0][0] / 1000, 1) if away else None,
                }
            )  # fmt: skip
    return out
