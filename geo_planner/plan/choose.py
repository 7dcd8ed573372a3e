"""Edits that name their features by an expression, turned into edits by id; and edits that cannot both be meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from ..errors import ScenarioError, UnknownIdError, did_you_mean
from .edits import Edit, apply
from .expression import rows_where
from .plan import Plan


def apply_chosen(plan: Plan, edits: Iterable[Edit]) -> Plan:
    """Return the plan with edits made in the order given; one with `where` sees what the edits before it made.

    Raises
    ------
    UnknownIdError
        An edit names a layer, column or feature that is not there, or its expression fits no feature.
    ScenarioError
        An expression or a value cannot be understood.
    """
    for chosen, block in groupby(edits, key=lambda edit: bool(edit.where)):
        if not chosen:
            plan = apply(plan, block)
            continue
        for edit in block:
            plan = apply(plan, by_id(plan, edit))
    return plan


def by_id(plan: Plan, edit: Edit) -> tuple[Edit, ...]:
    """Return one edit for each feature that the expression of `edit` fits."""
    if edit.layer not in plan.layers:
        msg = f"edit '{edit.kind}' where {edit.where!r}: the plan has no layer '{edit.layer}'."
        raise UnknownIdError(msg + did_you_mean(edit.layer, plan.layers))
    frame = plan[edit.layer]
    ids = frame.loc[rows_where(edit.layer, frame, edit.where), "id"].dropna().drop_duplicates().astype(str)
    if not len(ids):
        msg = f"edit '{edit.kind}': no feature of layer '{edit.layer}' fits {edit.where!r}; loosen it."
        raise UnknownIdError(msg)
    return tuple(replace(edit, id=name, where="") for name in ids)


def no_contradiction(edits: Iterable[Edit], where: str) -> None:
    """Raise `ScenarioError` where two edits of one file cannot both be meant; an edit of a base may be overruled.

    Two contradict where they give one column of one feature different values, move one feature's dates twice, or change
    a feature that another removes.
    """
    by_feature: dict[tuple[str, str], list[Edit]] = {}
    for edit in edits:
        if not edit.where:
            by_feature.setdefault((edit.layer, edit.id), []).append(edit)
    for (layer, name), several in by_feature.items():
        if len(several) > 1 and (why := _contradiction(several)):
            msg = f"{where}: two edits of {layer} '{name}' contradict each other: {why}. Keep one of them."
            raise ScenarioError(msg)


def _contradiction(several: list[Edit]) -> str:
    kinds = [edit.kind for edit in several]
    if "remove" in kinds and set(kinds) != {"remove"}:
        return f"one removes it, one is a '{next(k for k in kinds if k != 'remove')}'"
    if kinds.count("add") > 1:
        return "it is added twice"
    if sum("shift_days" in edit.value for edit in several if edit.kind == "retime") > 1:
        return "its dates are shifted twice"
    given: dict[str, object] = {}
    for edit in several:
        for column, value in edit.value.items():
            if column in given and str(given[column]) != str(value):
                return f"{column} = {given[column]!r} and {column} = {value!r}"
            given[column] = value
    return ""
