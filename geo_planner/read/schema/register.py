"""The national land-supply register: its use names, and its floor-area bounds.

What a contract agrees on (handover, start, completion) has columns of its own and never stands for what happened.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources

import pandas as pd

from ...plan.plan import Note
from ..notes import note

_MOSTLY = 0.5
"""Share of the rows with both bounds in the wrong order from which the two columns as a whole are taken as swapped."""


@cache
def use_names() -> Mapping[str, tuple[str, str, str]]:
    """Return scheme, code and level of trust of every use name that is known."""
    text = resources.files(__package__).joinpath("use_names.csv").read_text(encoding="utf-8")
    return {r["name"]: (r["scheme"], r["code"], r["trust"]) for r in csv.DictReader(text.splitlines())}


def by_use_name(columns: dict[str, pd.Series], *, parted: bool = False) -> list[Note]:
    """Fill code and scheme of parcels that name their use only, by the crosswalk of names; said, with its trust.

    Where a file has codes, names fill none; except where they were `parted` from one column of codes and names.
    """
    names = columns.get("code_name")
    if names is None or ("code" in columns and not parted):
        return []
    clean = names.map({n: unicodedata.normalize("NFKC", n).strip().replace(",", "、") for n in names.dropna().unique()})
    known = clean.isin(list(use_names())).fillna(False).to_numpy(dtype=bool)
    if not known.any():
        return []
    table = use_names()
    for column, place in (("code", 1), ("scheme", 0)):
        made = clean.map({n: table[n][place] for n in clean[known].unique()}).astype("str")
        columns[column] = columns[column].fillna(made) if column in columns else made
    first = table[str(clean[known].iloc[0])]
    return [note("IM420", int(known.sum()), {"scheme": first[0], "trust": first[2]}, example=str(names[known].iloc[0]))]


def far_bounds(columns: dict[str, pd.Series]) -> list[Note]:
    """Swap floor-area bounds that stand in the wrong order; all of them where most rows with both show it."""
    low, high = columns.get("far_min"), columns.get("far_max")
    if low is None or high is None:
        return []
    both = (low.notna() & high.notna()).to_numpy()
    wrong = both & (low > high).to_numpy()
    if not wrong.any():
        return []
    mostly = wrong.sum() > _MOSTLY * both.sum() and wrong.sum() > 2
    rows = ~(both & ~wrong) if mostly else wrong
    columns["far_min"], columns["far_max"] = low.mask(rows, high), high.mask(rows, low)
    how = "both columns" if mostly else "row by row"
    touched = rows & (low.notna() | high.notna()).to_numpy()
    return [note("IM419", int(touched.sum()), {"how": how})]
