"""A delivery held against a rule pack: every rule in every layer it is about, kept, broken or unknown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ...errors import ReadError
from ..contract.gate import Delivery, delivered
from ..crs.doctor import Wish, diagnose
from ..schema.columns import tidy
from ..schema.roles import geometry_kind
from ..schema.sheet import Sheet
from .answer import Answer, unknown
from .pack import KINDS, Pack, Rule, read_pack
from .shapes import OF_POLYGONS, Shapes, in_cgcs2000, judged, sizes
from .tables import TABLE, declared_area
from .terms import WHY, asks


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one rule found in one layer: kept, broken, or unknown with its reason; `rows` count from 1."""

    rule: Rule
    layer: str
    state: Literal["kept", "broken", "unknown"]
    count: int = 0
    example: str = ""
    rows: tuple[int, ...] = ()
    why: str = ""

    @property
    def sentences(self) -> tuple[str, str]:
        """What the rule asks, and what was found or why nothing was, in Chinese and English."""
        zh, en = asks(self.rule.kind, self.layer, self.rule.field.replace("|", "/"), self.rule.value)
        if self.state == "unknown":
            return f"{zh}：未判定，{WHY[self.why][0]}", f"{en}: not judged, {WHY[self.why][1]}"
        if self.state == "kept":
            return f"{zh}：符合", f"{en}: kept"
        such = f"，如 {self.example}" if self.example else "", f", as {self.example}" if self.example else ""
        return f"{zh}：{self.count} 处不符{such[0]}", f"{en}: broken {self.count} times{such[1]}"


@dataclass(frozen=True)
class Held:
    """A delivery held against a pack: its outcomes in the order of the rules, and the files that could not be read."""

    pack: Pack
    folder: str
    outcomes: tuple[Outcome, ...]
    unreadable: tuple[tuple[str, str], ...] = ()

    @property
    def broken(self) -> tuple[Outcome, ...]:
        """What the bureau has to mend."""
        return tuple(o for o in self.outcomes if o.state == "broken")

    @property
    def unknown(self) -> tuple[Outcome, ...]:
        """What could not be judged; never a pass."""
        return tuple(o for o in self.outcomes if o.state == "unknown")


def check_pack(
    delivery: str | Path | Delivery, pack: str | Path | Pack, *, crs: str | None = None, force_crs: bool = False
) -> Held:
    """Hold the layers of a folder against a rule pack, shipped ("kjghyd") or a .csv of your own.

    `crs` is taken for layers that declare none, for all with `force_crs`.

    Raises
    ------
    ReadError
        There is no such pack or no layer, or a row of the pack cannot be understood.
    """
    rules = pack if isinstance(pack, Pack) else read_pack(pack)
    given = delivery if isinstance(delivery, Delivery) else delivered(Path(delivery))
    found = [Shapes(s, _crs(s, Wish(crs, force=force_crs))) for s in given.sheets]
    outcomes = tuple(o for rule in rules.rules for o in _outcomes(rule, found))
    return Held(rules, given.folder, outcomes, given.unreadable)


def _crs(sheet: Sheet, wish: Wish) -> str:
    try:
        return diagnose(sheet, wish).crs
    except ReadError:
        if wish.crs is not None:
            raise
        return ""


def _outcomes(rule: Rule, found: list[Shapes]) -> Iterator[Outcome]:
    """Yield what a rule found in each layer that it is about, one outcome without a layer where there is none."""
    fitting = [one for one in found if _is_about(rule, one.sheet)]
    if not fitting and rule.kind == "layer":
        yield Outcome(rule=rule, layer=rule.layers[0], state="broken", count=1)
    elif not fitting:
        yield Outcome(rule=rule, layer=rule.layers[0], state="unknown", why="none" if rule.layer == "*" else "layer")
    for one in fitting:
        answer = _answer(rule, one)
        state: Literal["kept", "broken", "unknown"] = "kept"
        if answer.why or answer.count:
            state = "unknown" if answer.why else "broken"
        values = {"count": answer.count, "example": answer.example, "rows": answer.rows, "why": answer.why}
        yield Outcome(rule=rule, layer=one.sheet.name, state=state, **values)  # type: ignore[arg-type]  # by name


def _is_about(rule: Rule, sheet: Sheet) -> bool:
    if rule.layer != "*":
        return tidy(sheet.name) in {tidy(n) for n in rule.layers}
    if KINDS[rule.kind][0]:
        return _field(rule, sheet) is not None
    return rule.kind not in OF_POLYGONS or geometry_kind(sheet.frame) == "polygon"


def _field(rule: Rule, sheet: Sheet) -> str | None:
    names = {tidy(n) for n in rule.fields}
    return next((str(c) for c in sheet.frame.columns if tidy(str(c)) in names), None)


def _answer(rule: Rule, one: Shapes) -> Answer:
    sheet = one.sheet
    if rule.kind == "layer":
        kind = geometry_kind(sheet.frame)
        return Answer() if rule.value in {"", kind} else Answer(1, kind or "–")
    if rule.kind == "crs":
        return unknown("crs") if not one.crs else Answer() if in_cgcs2000(one.crs) else Answer(1, one.crs[:60])
    if not KINDS[rule.kind][0]:
        return judged(rule, one)
    field = _field(rule, sheet)
    if field is None:
        return Answer(1) if rule.kind == "field" else unknown("field")
    if rule.kind != "area":
        return TABLE[rule.kind](rule, sheet, field)
    return declared_area(sheet, field, sizes(one), float(rule.value)) if one.crs else unknown("crs")
