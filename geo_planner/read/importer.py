"""Files → Plan: every layer of every source opened, understood, placed in one CRS and joined under canonical names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..errors import GeoPlannerError, MissingCRSError, NotALayerError, ReadError
from ..plan.landuse import Own
from ..plan.layers import LAYERS, conform
from ..plan.plan import Plan, Raster
from .crs.doctor import Wish, diagnose
from .crs.gcj import Datum
from .crs.placing import placed, plan_crs
from .crs.systems import metres, name_of, reachable
from .drift import say_drift
from .file_set import finish_sets
from .formats.epanet import STATED
from .formats.raster import as_raster
from .notes import note, outcome
from .open import Opening, layer_files, open_layer, read_ahead
from .part import Part, report_of, source_of
from .plan_file import META, Stored, stored_in
from .report import ImportResult, LayerReport
from .sandbox.process import Limits
from .schema.columns import could_fill, understand
from .schema.recipe import Decided, read_recipe
from .schema.roles import Role, by_name, geometry_kind, role_of
from .schema.sheet import REASON, Grid, Sheet
from .schema.xplan import with_building_use, xplan_role
from .strays import refuse_apart, without_strays
from .topology.faults import Tolerances, faults
from .topology.nodes import with_inverts
from .topology.offset import offset
from .twins import ROAD_AREAS, parted_roads, set_twins_aside

SourceLike = Path | str | tuple[str, Path | str]


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """How files are read.

    Parameters
    ----------
    crs
        Coordinate system of layers that declare none (`force_crs`: of every layer); `accept` takes the first candidate.
    encoding
        Encoding to take for every table.
    mapping
        Field → canonical column, before any guess.
    recipe
        A saved recipe (TOML): what an earlier import was told and guessed, to be taken again.
    layer
        Read only the layer of this name.
    strict
        Refuse where anything had to be guessed or repaired.
    schemes
        Land-use schemes of one's own by name: codes are detected and read by them too, and the plan carries them.
    shifted
        Layer name → "gcj02" or "bd09": web-map shifts to undo; the name "*" means every layer.
    """

    crs: str | None = None
    force_crs: bool = False
    accept: bool = False
    encoding: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    recipe: Path | None = None
    roles: Mapping[str, str] = field(default_factory=dict)
    layer: str | None = None
    strict: bool = False
    schemes: Own = field(default_factory=dict)
    shifted: Mapping[str, Datum] = field(default_factory=dict)
    tolerances: Tolerances = field(default_factory=Tolerances)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class _Opened:
    """A sheet, the role asked for it, and whether it is the only layer of its file."""

    sheet: Sheet
    asked: str
    alone: bool


def read_plan(
    sources: SourceLike | Sequence[SourceLike],
    *,
    name: str = "",
    crs: str | None = None,
    options: ReadOptions | None = None,
    as_of: date | None = None,
) -> Plan:
    """Return the plan that files hold, in one projected CRS in metres.

    A source is a file, a folder of layers, a plan written before, or a pair of role and path; one or several.

    Raises
    ------
    ReadError
        A file cannot be read, or must not be.
    MissingCRSError
        No layer has a known coordinate system; the sentence names the candidates.
    """
    chosen = options or ReadOptions()
    return plan_of(import_layers(_several(sources), replace(chosen, crs=crs or chosen.crs), name=name, as_of=as_of))


def plan_of(result: ImportResult) -> Plan:
    """Return the plan of an import; raises what it was refused for, MissingCRSError where no layer has a place."""
    if result.error is not None:
        raise result.error
    plan = result.plan
    if plan is None or (plan.layers and not plan.crs):
        raise _without_crs(result)
    return plan


def _several(sources: SourceLike | Sequence[SourceLike]) -> list[SourceLike]:
    if isinstance(sources, str | Path):
        return [sources]
    given = list(sources)
    # A role and a path are one source; two paths are two.
    if isinstance(sources, tuple) and len(given) == 2 and isinstance(given[0], str) and given[0] in LAYERS:
        return [(given[0], given[1])]  # type: ignore[list-item]
    return given


def _without_crs(result: ImportResult) -> GeoPlannerError:
    unplaced = {"IM301", "IM303", "IM304"}
    first = next((n for n in result.notes if n.code in unplaced), None)
    where = next((r.source for r in result.layers if any(n.code in unplaced for n in r.notes)), "the source")
    names = first.args.get("candidates", "none") if first else "none"
    msg = (
        f"{where}: the coordinate system is unknown"
        f"{'' if first is None or first.code == 'IM301' else ', for the coordinates do not fit the one declared'}. "
        f"Candidates: {names}. Pass --crs EPSG:…, or --accept to take the first."
    )
    return MissingCRSError(msg)


def import_layers(
    sources: Sequence[SourceLike], options: ReadOptions | None = None, *, name: str = "", as_of: date | None = None
) -> ImportResult:
    """Return plan, reports, rejects and outcome of an import; an error that the user can mend is part of the result."""
    chosen = options or ReadOptions()
    try:
        result = _import(sources, chosen, name, as_of)
    except GeoPlannerError as error:
        return ImportResult(None, (), {}, "refuse", error)
    if chosen.strict and result.outcome != "full":
        codes = sorted({n.code for n in result.notes if n.severity != "info"})
        msg = (
            f"refused under --strict: {len(codes)} kinds of guesses or repairs ({', '.join(codes)}). "
            "Read without --strict to see them."
        )
        return replace(result, plan=None, outcome="refuse", error=ReadError(msg))
    return result


def _import(sources: Sequence[SourceLike], options: ReadOptions, name: str, as_of: date | None) -> ImportResult:
    recipe = read_recipe(options.recipe) if options.recipe else {}
    sheets, grids, loose, stored = _open_all(sources, options, recipe)
    if stored is None:
        sheets = [replace(s, sheet=without_strays(s.sheet)) for s in sheets]
    if not sheets and not grids and stored is None:
        msg = (
            f"no layer was found in {', '.join(_label(s) for s in sources)}. "
            "Give a file, or a folder that holds layers."
        )
        raise NotALayerError(msg)
    parts = [_diagnosed(sheet, options, recipe) for sheet in sheets]
    sheets.clear()
    _refuse_loose(parts)
    refuse_apart((p.sheet, p.verdict) for p in parts)
    loose += say_drift(parts, recipe)
    target, said = plan_crs((p.verdict, p.sheet.frame) for p in parts)
    if options.crs and metres(options.crs):
        target = name_of(options.crs)
    for part in parts:
        _place(part, target, options)
    _say_offsets(parts)
    layers = _joined(parts, stored)
    for part in parts:
        part.sheet = _lightened(part)
    wide = any(n.code == "IM312" for n in said)  # a country, and no park
    if target and metres(target) and not wide:
        for layer, frame in layers.items():
            _say_faults(layer, frame, parts, options)
    rasters, grid_reports = _rasters(grids, target)
    reports = [report_of(p, said if k == 0 else ()) for k, p in enumerate(parts)] + grid_reports + loose
    notes = tuple(replace(n, layer=r.name) for r in reports for n in r.notes)
    plan = Plan(
        name or (stored.name if stored else "plan"),
        target,
        layers,
        {**(stored.rasters if stored else {}), **rasters},
        tuple(source_of(p) for p in parts),
        stored.notes if stored else notes,
        as_of or (stored.as_of if stored else None),
        stored.title if stored else {},
        bool(stored and stored.schematic),
        {**(stored.schemes if stored else {}), **options.schemes},
        stored.complete if stored else {},
    )
    rejects = {p.sheet.name: p.sheet.rejects for p in parts if p.sheet.rejects is not None and len(p.sheet.rejects)}
    return ImportResult(plan, tuple(reports), rejects, outcome(n for r in reports for n in r.notes))


def _label(source: SourceLike) -> str:
    return str(source[1] if isinstance(source, tuple) else source)


def _open_all(
    sources: Sequence[SourceLike], options: ReadOptions, recipe: Mapping[str, Decided]
) -> tuple[list[_Opened], list[Grid], list[LayerReport], Stored | None]:
    """Return all sheets with the role asked for, all grids, reports of files in folders that could not be read."""
    sheets: list[_Opened] = []
    grids: list[Grid] = []
    loose: list[LayerReport] = []
    files, stored = _files(sources), None
    openings = [_opening(one.path, options, recipe) for one in files]
    ahead = read_ahead([(one.path, how) for one, how in zip(files, openings, strict=True)])
    for (asked, file, folder), opening in zip(files, openings, strict=True):
        if file.suffix.lower() == ".gpkg" and not folder and len(sources) == 1:
            stored = stored_in(file)
        try:
            items = open_layer(file, opening, ahead)
        except ReadError as error:
            if not folder:
                raise
            said = note("IM113", 1, {"inner": file.name, "reason": str(error)})
            loose.append(LayerReport(file.stem, file.name, notes=(said,)))
            continue
        items = [i for i in items if i.name not in {META, "layer_styles"} and not (stored and i.name == "empty")]
        grids += [i for i in items if isinstance(i, Grid)]
        alone = len(items) == 1 and file.suffix.lower() != ".gdb"
        sheets += [
            _Opened(i, asked or options.roles.get(i.name, "") or ("*" if stored else ""), alone)
            for i in items
            if isinstance(i, Sheet)
        ]
    if not sheets and not grids and loose:
        raise NotALayerError(str(loose[0].notes[0].args["reason"]))
    return sheets, grids, loose, stored


class _File(NamedTuple):
    """A file to read: the layer it was asked to be, and whether a folder brought it."""

    asked: str
    path: Path
    folder: bool


def _files(sources: Sequence[SourceLike]) -> list[_File]:
    out = []
    for source in sources:
        asked, path = (source[0], Path(source[1])) if isinstance(source, tuple) else ("", Path(source))
        folder = path.is_dir() and path.suffix.lower() != ".gdb"
        finish_sets(path if folder else path.parent)
        out += [_File(asked, file, folder) for file in (layer_files(path) if folder else [path])]
    return out


def _opening(file: Path, options: ReadOptions, recipe: Mapping[str, Decided]) -> Opening:
    encoding = options.encoding or recipe.get(file.stem, Decided()).encoding or None
    return Opening(encoding, options.layer, options.limits)


def _diagnosed(opened: _Opened, options: ReadOptions, recipe: Mapping[str, Decided]) -> Part:
    sheet = opened.sheet
    decided = recipe.get(sheet.name, recipe.get(Path(sheet.source).stem, Decided()))
    by_recipe = bool(decided.crs and not options.crs)
    verdict = diagnose(sheet, Wish(options.crs or decided.crs or None, options.accept, options.force_crs or by_recipe))
    if by_recipe:
        verdict = replace(verdict, source="recipe", swap=decided.swap)
    role = _role(sheet, opened.asked or decided.role, alone=opened.alone)
    notes = [*sheet.notes, *verdict.notes]
    return Part(sheet, verdict, role, role.layer if role else sheet.name, notes=notes, decided=decided)


def _refuse_loose(parts: list[Part]) -> None:
    """Raise MissingCRSError where one archive brings several layers and none has a CRS: nothing says they share one."""
    by_archive: dict[str, list[Part]] = {}
    for part in parts:
        if part.sheet.source.lower().endswith(".zip") and not part.sheet.inner:
            by_archive.setdefault(part.sheet.source, []).append(part)
    for archive, group in by_archive.items():
        if len(group) > 1 and not any(p.verdict.crs for p in group):
            names = ", ".join(p.sheet.name for p in group)
            msg = (
                f"{archive} holds several layers ({names}), and none says its coordinate system, "
                "so nothing tells whether they lie in one. Name one with --layer, or pass --crs for all."
            )
            raise MissingCRSError(msg)


def _role(sheet: Sheet, asked: str, *, alone: bool) -> Role | None:
    if sheet.name in STATED:  # a network as EPANET states it; what it draws stands in layers of its own
        return None
    if asked == "*":  # a plan of ours: names are what they say
        return Role(sheet.name) if sheet.name in LAYERS else None
    if asked:
        found = Role(asked, {}, "as asked") if asked in LAYERS else by_name(asked)
        if found is None:
            msg = f"{asked!r} is no layer of a plan; known are {', '.join(LAYERS)}."
            raise NotALayerError(msg)
        return found
    german = xplan_role(sheet.inner or sheet.name)
    if german is not None:
        return german
    names = [sheet.name, Path(sheet.source).stem] if alone else [sheet.name]  # a container's name is that of no layer
    return role_of(list(dict.fromkeys(names)), sheet.frame, lambda: could_fill(sheet.frame))


def _place(part: Part, target: str, options: ReadOptions) -> None:
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
    part.notes.append(note("IM310", int(lost.sum()), {"crs": part.verdict.crs}))
    part.frame = frame
    part.set_aside(lost, "outside the range of the coordinate system")
    return part.frame


def _say_kinds(part: Part, frame: gpd.GeoDataFrame) -> None:
    kinds = frame.geom_type.str.removeprefix("Multi").value_counts().sort_index()
    if len(kinds) > 1 and part.role is None:
        part.notes.append(note("IM118", 1, {"what": ", ".join(f"{k} {n}" for k, n in kinds.items())}))


def _flat(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return frame.set_geometry(frame.geometry.force_2d()) if frame.has_z.any() else frame


def _say_offsets(parts: list[Part]) -> None:
    """Say which two polygon layers hold the same shapes a web map's shift apart."""
    areas = [
        p for p in parts if p.frame is not None and 3 <= len(p.frame) < 50_000 and geometry_kind(p.frame) == "polygon"
    ]
    for k, part in enumerate(areas):
        for other in areas[:k]:
            if part.frame is None or other.frame is None:
                continue
            one, two = (np.asarray(p.frame.geometry.array, dtype=object) for p in (other, part) if p.frame is not None)
            step = offset(one, two)
            if step:
                part.notes.append(note("IM307", 1, {"other": other.sheet.name, "metres": f"{step:.0f}"}))


def _joined(parts: list[Part], stored: Stored | None) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers of the plan: parts of one role below each other, each row with an id of its own."""
    by_layer: dict[str, list[Part]] = {}
    for part in parts:
        if part.frame is not None:
            if part.role is None:
                part.layer = _own_name(part.sheet.name, by_layer)
            by_layer.setdefault(part.layer, []).append(part)
    if stored is None and "roads" in by_layer:
        roads = by_layer["roads"]
        by_layer["roads"] = parted_roads(roads)
        by_layer |= {ROAD_AREAS: areas} if (areas := [p for p in roads if p.layer == ROAD_AREAS]) else {}
    out = {}
    for layer, group in by_layer.items():
        if stored is None:
            set_twins_aside(group)
            _number(layer, group)
        frames = [p.frame for p in group if p.frame is not None]
        whole = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
        out[layer] = gpd.GeoDataFrame(whole, geometry="geometry", crs=frames[0].crs).reset_index(drop=True)
    return out


def _lightened(part: Part) -> Sheet:
    """Return the sheet with the shapes of the plan in place of its own, so that large layers are not held twice."""
    sheet, frame = part.sheet, part.frame
    if frame is None or len(frame) != len(sheet.frame):
        return sheet
    name = sheet.frame.geometry.name
    return replace(sheet, frame=sheet.frame.assign(**{name: frame.geometry.set_axis(sheet.frame.index)}))


def _own_name(name: str, taken: Iterable[str]) -> str:
    free, number = name, 2
    while free in LAYERS or free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def _number(layer: str, group: list[Part]) -> None:
    """Give ids to rows without one, and set the file's name before ids that two files share."""
    if layer not in LAYERS:
        return
    several = len(group) > 1
    for part in group:
        frame = part.frame
        if frame is None:
            continue
        empty = frame["id"].isna()
        if empty.any():
            prefix = part.sheet.name if several else layer
            made = pd.Series([f"{prefix}-{r:05d}" for r in frame.index], index=frame.index, dtype="str")
            part.frame = frame = frame.assign(id=frame["id"].where(~empty, made).astype("str"))
            part.notes.append(note("IM703", int(empty.sum())))
        twice = frame["id"].duplicated()
        if twice.any():
            ids = ", ".join(sorted(frame["id"][twice].unique())[:3])
            part.notes.append(note("IM704", int(twice.sum()), {"ids": ids}, example=ids))
    frames = [p.frame for p in group if p.frame is not None]
    if several and pd.concat([f["id"].drop_duplicates() for f in frames]).duplicated().any():
        for part in group:
            if part.frame is not None:
                part.frame = part.frame.assign(id=(part.sheet.name + ":" + part.frame["id"]).astype("str"))
                part.notes.append(note("IM705"))


def _say_faults(layer: str, frame: gpd.GeoDataFrame, parts: list[Part], options: ReadOptions) -> None:
    """Say what is wrong between the features of a layer, or why it was not searched; the layer is not changed."""
    owner = next(p for p in parts if p.layer == layer and p.frame is not None)
    if owner.role is None or owner.role.why:  # a plan of ours was checked when it was read first
        try:
            owner.notes += faults(layer, frame, options.tolerances)
        except shapely.errors.GEOSException as error:
            owner.notes.append(note("IM608", 1, {"reason": str(error)[:80]}))


def _rasters(grids: list[Grid], target: str) -> tuple[dict[str, Raster], list[LayerReport]]:
    rasters: dict[str, Raster] = {}
    reports = []
    for grid in grids:
        made, crs, notes = as_raster(grid, target)
        rasters[made.name] = made
        size = f"raster {made.values.shape[1]}×{made.values.shape[0]}"
        reports.append(LayerReport(made.name, grid.source, geometry=size, crs=crs, notes=notes))
    return rasters, reports
