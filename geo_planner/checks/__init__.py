"""FACTS -> FINDINGS: one file, one check.

Every module here whose name starts with a code (`ug204_pipe_laid_after_road`) is a check; nothing is registered anywhere
else. Other people's checks come in through the entry point `geo_planner.checks`: a package whose modules have the same
form.
"""

from __future__ import annotations

import importlib
import math
import pkgutil
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache, partial
from importlib.metadata import entry_points
from itertools import islice
from types import ModuleType
from typing import Any

import pandas as pd

from .. import lang
from .._version import __version__
from ..errors import LandUseError, MissingExtraError, ProfileError, RasterError, did_you_mean
from ..facts.registry import rebuilt, recorded, work_of
from ..plan import Findings, Plan, Profile, Report, Rule, Run, Skipped, Threshold, findings
from ..plan.editions import every
from ..plan.findings import unknown_by_check
from ..plan.layer import alike
from ..plan.named import named
from ..plan.report import Outcome, Unjudged
from .blocks import Drawing, drawing_of, gathered
from .contract import Check
from .drawn import drawn, with_lost
from .editions import by_edition, reach_of_editions, waits_by_edition
from .flood import thinned
from .from_module import build
from .sealing import sealed
from .settings import SETTINGS, setting_thresholds
from .share import share_of
from .spliced import spliced
from .tables import table
from .unstated import unstated
from .waits import together

NAMELESS = ("DA901",)
"""Checks that look for missing ids; every other one sees the position as the id of a row that has none."""
_NAME = re.compile(r"^([a-z]{2}\d{3})_(\w+)$")

__all__ = [
    "Check", "found", "found_alone", "load", "made_known", "reaches", "rules_of", "run", "validate", "waits_of",
]  # fmt: skip


@cache
def load() -> Mapping[str, Check]:
    """Return every check by code, our own first, then those of installed packages; sorted by code, the data gate first."""
    found = dict(_walk(importlib.import_module(__name__)))
    for point in entry_points(group="geo_planner.checks"):
        for code, check in _walk(point.load()):
            if code in found:
                msg = (
                    f"check {code} of package '{point.value}' has a code that is already taken; choose another number."
                )
                raise ProfileError(msg)
            found[code] = check
    return dict(sorted(found.items(), key=lambda item: (item[1].family != "da", item[0])))


def _walk(package: ModuleType) -> Iterable[tuple[str, Check]]:
    for info in pkgutil.iter_modules(package.__path__):
        if name := _NAME.match(info.name):
            code = name[1].upper()
            yield code, build(importlib.import_module(f"{package.__name__}.{info.name}"), code, name[2])


def validate(profile: Profile) -> None:
    """Raise `ProfileError` where a profile names a check or a parameter that does not exist, naming the near ones."""
    known, nobody = load(), Profile(name="")
    for code in profile.off:
        if code not in known:
            msg = f"profile '{profile.name}': there is no check '{code}' to switch off." + did_you_mean(code, known)
            raise ProfileError(msg)
    for code, given in profile.values.items():
        if code not in known and code not in SETTINGS:
            msg = f"profile '{profile.name}': there is no check '{code}'." + did_you_mean(code, [*known, *SETTINGS])
            raise ProfileError(msg)
        shipped = setting_thresholds(code, nobody) if code in SETTINGS else known[code].thresholds(nobody)
        names = list(shipped)
        names += known if code == "BUREAU" else ()  # any check may have an office of its own
        for name in given:
            if name not in names:
                msg = f"profile '{profile.name}': check {code} has no parameter '{name}'." + did_you_mean(name, names)
                raise ProfileError(msg)
            if name in shipped:
                _same_kind(f"{profile.name}: {code}.{name}", given[name].value, shipped[name].value)
        _cells_exist(known, code, given)


def _same_kind(where: str, given: object, shipped: object) -> None:
    """Raise `ProfileError` where a text, or what is no finite number, stands for a number."""
    number = isinstance(shipped, int | float) and not isinstance(shipped, bool)
    if number and (isinstance(given, str) or (isinstance(given, float) and not math.isfinite(given))):
        msg = f"profile '{where}' = {given!r} is no number, as {shipped!r} is."
        raise ProfileError(msg)


def _cells_exist(known: Mapping[str, Check], code: str, given: Mapping[str, Threshold]) -> None:
    """Raise `ProfileError` where a profile sets a cell that its table does not have."""
    for field in fields(known[code].params) if code in known else ():
        if field.name in given and field.metadata.get("table"):
            for cells in every(given[field.name].value):
                table(field.metadata["table"], cells if isinstance(cells, tuple) else (str(cells),))


def rules_of(profile: Profile) -> dict[str, Rule]:
    """Return every rule with the numbers in force under a profile."""
    return {code: check.rule(profile) for code, check in load().items()}


def run(
    plan: Plan,
    profile: Profile | None = None,
    *,
    only: Iterable[str] = (),
    progress: Callable[[str, int, int], None] | None = None,
) -> Report:
    """Judge a plan: every check once, the data gate first.

    `only` keeps checks by code or family ("UG204", "ug"). A check whose layers, columns, rasters or extra are missing
    is `skipped` with the reason, one that breaks is `crashed` with its text; neither is ever a pass. `progress` is
    called with code, number and total before each check.
    `facts.registry.with_work` says how checks are spread and where their results are kept.

    Raises
    ------
    ProfileError
        The profile or `only` names a check or a parameter that does not exist.
    """
    profile = profile or Profile(name="default")
    validate(profile)
    chosen = _choose(only)
    runs, tables, unknowns = [], {}, []
    drawing = drawing_of(profile)
    for row, out in _judged(plan, profile, list(chosen), progress, drawing):
        flood = len(out.rows) > drawing.most
        runs.append(replace(row, reason=_flooded(len(out.rows), drawing.most)) if flood else row)
        tables[row.code] = out.rows
        unknowns.append(out.unknown)
    table = gathered(work_of(plan), drawing, tables, plan.crs)
    rules = {code: check.rule(profile) for code, check in chosen.items()}
    unknown = unknown_by_check(list(chosen), unknowns)
    return Report(
        plan_name=plan.name,
        plan_digest=plan.digest,
        profile_name=profile.name,
        profile_digest=profile.digest,
        version=__version__,
        findings=table,
        unknown=unknown,
        runs=tuple(runs),
        rules=rules,
        title=plan.title,
        schematic=plan.schematic,
        as_of=str(plan.as_of) if plan.as_of else None,
    )


def _judged(
    plan: Plan, profile: Profile, codes: list[str], progress: Callable[[str, int, int], None] | None, drawing: Drawing
) -> list[tuple[Run, Findings]]:
    """Return how each check went; those that are judged elsewhere are waited for when the others are done."""
    work, given = work_of(plan), _given(plan)
    here = [code for code in codes if code not in work.apart]
    in_turn = _announced([*here, *(code for code in codes if code in work.apart)], progress)
    judge = partial(_run_share, given, profile, None if work.again else drawing)
    out = dict(zip(here, work.executor.map(judge, islice(in_turn, len(here))), strict=True))
    out |= {code: judge(code, work.apart[code]()) for code in in_turn}
    return [out.pop(code) for code in codes]


def waits_of(plan: Plan, profile: Profile | None = None) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """All rows of `waits` under the code of their check (`rule`), and for each check with `waits` how it went.

    The word is "kept", else why a check has no arcs: "skipped: ..." or "crashed: ..."; neither is ever a rule kept.
    """
    profile = profile or Profile(name="default")
    tables, state = [], {}
    for check in load().values():
        if check.waits is None:
            continue
        try:
            _need(check, plan, profile)
            tables.append(waits_by_edition(check, profile, plan).assign(rule=check.code))
            state[check.code] = "kept"
        except (Skipped, MissingExtraError, RasterError, LandUseError) as why:
            state[check.code] = f"skipped: {getattr(why, 'reason', why)}"
        except Exception as fault:  # as in `run`: a check that breaks is told, and the others go on
            state[check.code] = f"crashed: {type(fault).__name__}: {fault}"
    return together(tables), state


@dataclass(frozen=True)
class _Given:
    """A plan as checks see it: as it is, with every row named, and without rows that have no shape (`lost`, by layer)."""

    bare: Plan
    named: Plan
    drawn: Plan
    lost: Mapping[str, list[str]]


def _given(plan: Plan) -> _Given:
    whole, lost = rebuilt(plan, named), {}

    def without(root: Plan) -> Plan:
        made, gone = drawn(root)
        lost.update(gone)
        return made

    return _Given(plan, whole, rebuilt(whole, without), lost)


def _announced(codes: list[str], progress: Callable[[str, int, int], None] | None) -> Iterable[str]:
    for number, code in enumerate(codes):
        if progress:
            progress(code, number, len(codes))
        yield code


def found(plan: Plan, profile: Profile, codes: Iterable[str]) -> dict[str, tuple[Run, Findings]]:
    """Judge a plan by some checks as `run` does, without a report around it; the share that was judged is not told.

    This is for those who judge many plans; the profile has been validated.
    """
    given = _given(plan)
    return {code: _run_code(given, profile, code) for code in codes}


def reaches(plan: Plan, profile: Profile, only: Iterable[str] = ()) -> dict[str, float]:
    """How far each check looks [m] that does not look everywhere; of those of `only`, ours that can judge the plan."""
    validate(profile)
    given, out = _given(plan), {}
    for code, check in _choose(only).items():
        seen = _seen_by(given, code)[0]
        try:
            _need(check, seen, profile)
            far = reach_of_editions(check, profile, seen) if _ours(check) and not _looks_afar(check, seen) else None
        except (Skipped, LandUseError):  # `run` tells why
            continue
        if far is not None:
            out[code] = far
    return out


def _looks_afar(check: Check, plan: Plan) -> bool:
    """Whether a check looks beyond its reach: at all of a layer, or at rows that a name binds together."""
    return bool(check.entire) or any(plan.has(bond.layer, bond.column) for bond in check.bonds)


def found_alone(plan: Plan, profile: Profile, codes: Iterable[str]) -> dict[str, Findings | None]:
    """What checks find in a part of a plan, without what `run` adds for the whole; None where one cannot judge, or breaks."""
    given = _given(plan)
    return {code: _alone(load()[code], _seen_by(given, code)[0], profile) for code in codes}


def _alone(check: Check, plan: Plan, profile: Profile) -> Findings | None:
    try:
        return by_edition(check, profile, plan, partial(check.run, plan))
    except Exception:  # the whole is judged then, and `run` tells what is wrong
        return None


def made_known(out: Findings, profile: Profile, code: str) -> Findings:
    """Return what a check finds in a part of a plan as `run` tells it: with code and fingerprints, the worst drawn.

    All findings of one id must be of this part; who is not among the worst of a part is not among those of the whole.
    """
    return replace(out, rows=thinned(sealed(load()[code], out.rows), drawing_of(profile).most))


def _ours(check: Check) -> bool:
    return check.run.__module__.startswith(f"{__name__}.")


def _run_share(
    given: _Given, profile: Profile, drawing: Drawing | None, code: str, out: Findings | None = None
) -> tuple[Run, Findings]:
    """Judge by a check, or take what it found elsewhere, and tell the share judged; the ids judged are forgotten then.

    What nobody judges again is drawn at once: its evidence takes less room so.
    """
    seen = _seen_by(given, code)
    row, out = _run_one(load()[code], seen, profile, out)
    row = replace(row, share=share_of(code, seen[0], out))
    return row, replace(out, rows=drawing.drawn(out.rows) if drawing else out.rows, subjects=None, counted=None)


def _run_code(given: _Given, profile: Profile, code: str) -> tuple[Run, Findings]:
    row, out = _run_one(load()[code], _seen_by(given, code), profile)
    return row, replace(out, rows=alike(out.rows), unknown=out.unknown.copy(deep=False))  # what is kept is never lent


def _seen_by(given: _Given, code: str) -> tuple[Plan, Mapping[str, list[str]]]:
    """The plan as a check sees it, and the rows that it is not shown."""
    if code in NAMELESS:
        return given.bare, {}
    return (given.named, {}) if load()[code].family == "da" else (given.drawn, given.lost)


def _choose(only: Iterable[str]) -> dict[str, Check]:
    wanted = [w.upper() for w in ([only] if isinstance(only, str) else only)]
    known = load()
    for word in wanted:
        if not any(code.startswith(word) for code in known):
            msg = f"there is no check or family '{word}'." + did_you_mean(word, known)
            raise ProfileError(msg)
    return {c: k for c, k in known.items() if not wanted or any(c.startswith(w) for w in wanted)}


def _run_one(
    check: Check, given: tuple[Plan, Mapping[str, list[str]]], profile: Profile, told: Findings | None = None
) -> tuple[Run, Findings]:
    plan, lost = given
    began = time.perf_counter()
    try:
        _need(check, plan, profile)
        told = told or by_edition(check, profile, plan, partial(_found, check, plan))
        out = with_lost(check, plan, told, lost)
    except Skipped as why:
        return Run(
            check.code, "skipped", _both(why.reason, why.words), needs=_needs(why), off=why.reason == "off"
        ), findings(plan.crs, judged=0)
    except MissingExtraError as why:
        command = {"command": f"pip install 'geo-planner[{why.extra}]'"}
        return Run(check.code, "skipped", _both("no_extra", command)), findings(plan.crs, judged=0)
    except (RasterError, LandUseError) as why:  # the user's data do not fit this rule: its sentence is the reason
        return Run(check.code, "skipped", {"zh": str(why), "en": str(why)}), findings(plan.crs, judged=0)
    except Exception as fault:  # a check that breaks is a crashed run; the report and the exit code say so
        text = f"{type(fault).__name__}: {fault}"
        return Run(check.code, "crashed", {"zh": text, "en": text}, seconds=time.perf_counter() - began), findings(
            plan.crs, judged=0
        )
    outcome: Outcome = "found" if len(out.rows) else "ok" if out.judged else "skipped"
    words = _both("too_few", {"what": "0"}) if outcome == "skipped" else {}
    seconds = time.perf_counter() - began
    return Run(check.code, outcome, words, out.judged, len(out.unknown), len(out.rows), seconds), out


def _needs(why: Skipped) -> tuple[str, ...]:
    return tuple(str(name) for key in ("layers", "columns", "rasters") for name in why.words.get(key, ()))


def _flooded(found: int, most: int) -> Mapping[str, str]:
    return _both("flood", {"most": most, "rest": found - most})


def _found(check: Check, plan: Plan, params: Any) -> Findings:
    """Return what a check of ours finds, computed once for all plans that agree in what it reads."""

    def compute(seen: Plan) -> Findings | Unjudged:
        try:
            found = check.run(seen, params)
        except Skipped as why:
            return Unjudged(why.reason, why.words)
        return replace(found, rows=sealed(check, found.rows))

    # what the code of other packages depends on is not known
    out = (
        recorded(plan, compute, check.code, params, brought=partial(spliced, check, params))
        if _ours(check)
        else compute(plan)
    )
    if isinstance(out, Unjudged):
        raise Skipped(out.reason, **out.words)
    return out


def _both(reason: str, words: Mapping[str, object]) -> dict[str, str]:
    return {"zh": lang.reason(reason, "zh", words), "en": lang.reason(reason, "en", words)}


def _need(check: Check, plan: Plan, profile: Profile) -> None:
    if check.code in profile.off:
        raise Skipped("off", why=profile.off[check.code])
    if not profile.defaults and (names := unstated(check, profile)):
        raise Skipped("not_stated", names=names)
    if check.instead and all(plan.has(name) for name in check.instead):
        return
    if absent := [name for name in check.layers if not plan.has(name)]:
        raise Skipped("no_layer", layers=absent)
    if absent := [c for c in check.columns if not plan.has(*c.split(".", maxsplit=1))]:
        raise Skipped("no_column", columns=absent)
    if absent := [r for r in check.rasters if not any(n == r or n.startswith(r + "_") for n in plan.rasters)]:
        raise Skipped("no_raster", rasters=absent)
