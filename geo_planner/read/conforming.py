"""A sheet's rows → rows of a layer: in the plan's CRS, under canonical columns."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd

from ..plan.layers import conform
from .crs.placing import placed
from .crs.systems import reachable
from .notes import note
from .options import ReadOptions
from .part import Part
from .schema.columns import understand
from .schema.sheet import REASON
from .schema.xplan import with_building_use
from .topology.nodes import with_inverts


def place(part: Part, target: str, options: ReadOptions) -> None:
    """Give the part its frame: canonical columns, in the plan's CRS; without a CRS it cannot lie beside others."""
    sheet, frame = part.sheet, part.sheet.frame
    if part.verdict.crs and target:
        part.shifted = options.shifted.get(sheet.name, options.shifted.get("*", "")) or part.decided.shifted
        frame, said = placed(frame, part.verdict, target, part.shifted)
        part.notes += said
        frame = _within_reach(part, frame, target)
    elif target:
        part.notes.append(note("IM314"))
        out = pd.concat([f for f in (sheet.rejects, frame.assign(**{REASON: "no coordinate system"})) if f is not None])
        part.sheet, part.frame = replace(sheet, rejects=out, frame=frame[:0]), None
        return
    _say_kinds(part, frame)
    if part.role is None:
        part.notes.append(note("IM701"))
        part.frame = frame
        return
    if part.role.why:
        part.notes.append(note("IM702", 1, {"role": part.role.layer, "why": part.role.why}))
    if not part.role.why:  # a plan of ours
        part.frame = conform(part.role.layer, frame)
        return
    if part.role.layer == "pipes":
        frame, count = with_inverts(frame)
        part.notes += [note("IM122", count)] if count else []
    if part.role.why.startswith("XPlanGML"):
        frame = with_building_use(frame)
    read = understand(
        part.role.layer, frame, part.role.values, {**part.decided.fields, **options.mapping}, options.schemes
    )
    part.frame, part.fields = _flat(conform(part.role.layer, read.frame)), read.fields
    part.notes += read.notes


def _within_reach(part: Part, frame: gpd.GeoDataFrame, target: str) -> gpd.GeoDataFrame:
    """Return the rows that the plan's CRS can show; the others are set aside."""
    lost = ~reachable(frame.geometry.bounds.to_numpy(), target)
    if not lost.any():
        return frame
    if all(n.code != "IM310" for n in part.notes):  # the doctor has said it where the numbers alone tell it
        part.notes.append(note("IM310", int(lost.sum()), {"crs": part.verdict.crs}))
    part.frame = frame
    part.set_aside(lost, "outside the range of the coordinate system")
    return part.frame


def _say_kinds(part: Part, frame: gpd.GeoDataFrame) -> None:
    if part.role is not None:
        return
    kinds = frame.geom_type.str.removeprefix("Multi").value_counts().sort_index()
    if len(kinds) > 1:
        part.notes.append(note("IM118", 1, {"what": ", ".join(f"{k} {n}" for k, n in kinds.items())}))


def _flat(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return frame.set_geometry(frame.geometry.force_2d()) if frame.has_z.any() else frame
