"""Files → Plan: every layer of every source opened, understood, placed in one CRS and joined under canonical names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from ..errors import GeoPlannerError, MissingCRSError, NotALayerError, ReadError
from ..plan.layers import LAYERS
from ..plan.plan import Plan, Raster
from ..work import give_back
from .coded_layers import take_codes
from .conforming import place
from .crs.doctor import Wish, diagnose
from .crs.placing import plan_crs
from .crs.systems import metres, name_of
from .drift import say_drift
from .formats.epanet import STATED
from .formats.raster import as_raster
from .joining import joined, lightened, say_faults, say_offsets
from .notes import outcome
from .options import ReadOptions
from .part import Part, report_of, source_of
from .report import ImportResult, LayerReport
from .schema.columns import could_fill
from .schema.recipe import Decided, read_recipe
from .schema.roles import Role, by_name, role_of
from .schema.sheet import Grid, Sheet
from .schema.xplan import xplan_role
from .sources import Opened, SourceLike, label, open_all
from .strays import refuse_apart, without_strays


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
    give_back()
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
    sheets, grids, loose, stored = open_all(sources, options, recipe)
    if stored is None:
        sheets = [replace(s, sheet=without_strays(s.sheet)) for s in sheets]
    if not sheets and not grids and stored is None:
        msg = (
            f"no layer was found in {', '.join(label(s) for s in sources)}. Give a file, or a folder that holds layers."
        )
        raise NotALayerError(msg)
    parts = [_diagnosed(sheet, options, recipe) for sheet in sheets]
    sheets.clear()
    take_codes(parts)
    _refuse_loose(parts)
    refuse_apart((p.sheet, p.verdict) for p in parts)
    loose += say_drift(parts, recipe)
    target, said = plan_crs((p.verdict, p.sheet.frame) for p in parts)
    if options.crs and metres(options.crs):
        target = name_of(options.crs)
    for part in parts:
        place(part, target, options)
    say_offsets(parts)
    layers = joined(parts, stored)
    for part in parts:
        part.sheet = lightened(part)
    wide = any(n.code == "IM312" for n in said)  # a country, and no park
    if target and metres(target) and not wide:
        for layer, frame in layers.items():
            say_faults(layer, frame, parts, options.tolerances)
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


def _diagnosed(opened: Opened, options: ReadOptions, recipe: Mapping[str, Decided]) -> Part:
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


def _rasters(grids: list[Grid], target: str) -> tuple[dict[str, Raster], list[LayerReport]]:
    rasters: dict[str, Raster] = {}
    reports = []
    for grid in grids:
        made, crs, notes = as_raster(grid, target)
        rasters[made.name] = made
        size = f"raster {made.values.shape[1]}×{made.values.shape[0]}"
        reports.append(LayerReport(made.name, grid.source, geometry=size, crs=crs, notes=notes))
    return rasters, reports
