"""The finding that weighs most in a verdict, with its sentence and where its limit comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ..checks import load
from ..lang import LANGS
from ..plan import Report, Rule
from ..plan.editions import every
from ..plan.profile import is_cells
from ..plan.trust import LEVELS
from ..plan.verdict import Worst
from .loads import Load


def worst_case(loads: Sequence[Load], report: Report) -> Worst | None:
    """Return the worst of some violations: the largest excess under the check that breaks most area or length.

    None where nothing was found. Ties go to the lesser code and id, so that the order of rows does not matter.
    """
    if not loads:
        return None
    row = min(loads, key=lambda load: (-load.size, load.code)).worst
    rule = report.rules[row["code"]]
    return Worst(
        fingerprint=row["fingerprint"],
        code=row["code"],
        layer=row["layer"],
        id=row["id"],
        value=_number(row["value"]),
        limit=_number(row["limit"]),
        unit=row["unit"],
        text={"zh": report.text(row.to_dict(), "zh"), "en": report.text(row.to_dict(), "en")},
        advice=_remedy(row, report),
        trust=_trust(rule, row["limit"]),
    )


def _remedy(row: pd.Series, report: Report) -> dict[str, str]:
    """Return what to do about a finding: where it began by the as-of date it is remedied, else it is prevented."""
    code, began = str(row["code"]), row["from"]
    past = bool(report.as_of) and not pd.isna(began) and pd.Timestamp(began) <= pd.Timestamp(report.as_of)
    if code not in load():  # a rule of a pack
        rule = report.rules[code]
        return {"zh": rule.zh["advice"], "en": rule.en["advice"]}
    state = "data" if (report.rules[code].verdict or "data") == "data" else "happened" if past else "ahead"
    return dict(zip(LANGS, load()[code].remedy(state), strict=True))


def _number(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _trust(rule: Rule, limit: float) -> str:
    """Return where the deciding limit comes from: the least trusted of the rule's numbers where none equals it."""
    if not rule.params:
        return ""
    same = [t for t in rule.params.values() if _holds(t.value, limit)]
    return max((t.level for t in same or rule.params.values()), key=LEVELS.index)


def _holds(value: Any, limit: float) -> bool:
    """Whether a number, one of its editions or a cell of a table that a profile sets is the limit."""
    for one in every(value):
        if isinstance(one, int | float) and one == limit:
            return True
        if is_cells(one) and any(text.rpartition("=")[2].strip() == f"{limit:g}" for text in one):
            return True
    return False
