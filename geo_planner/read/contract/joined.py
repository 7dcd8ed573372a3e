"""The ledgers of a delivery held against a contract: there, with their columns, and joined to their layer by number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ..ledgers import Ledger, partners
from ..schema.columns import tidy
from .spec import LedgerTerms
from .terms import Difference, difference

_LISTED = 200


def held_ledgers(
    terms: Mapping[str, LedgerTerms], ledgers: Sequence[Ledger], ids: Mapping[str, pd.Series]
) -> list[Difference]:
    """Return what ledgers break of their terms; `ids` are the ids of each layer that came."""
    left = list(ledgers)
    found: list[Difference] = []
    for one in terms.values():
        names = {tidy(n) for n in (one.name, *one.aliases)}
        hit = next((b for b in left if tidy(Path(b.source).stem) in names), None)
        if hit is not None:
            left.remove(hit)
            found += _one(one, hit, ids.get(one.layer))
        elif one.required:
            found.append(difference("ledger_missing", layer=one.name, old=one.name))
    return found + [difference("ledger_new", layer=b.source, new=b.source) for b in left]


def _one(terms: LedgerTerms, ledger: Ledger, ids: pd.Series | None) -> list[Difference]:
    rows = ledger.frame
    there = [c for c in rows.columns if rows[c].notna().any()]
    found = [difference("ledger_column", layer=terms.name, field=c) for c in terms.columns if c not in there]
    if "id" not in there:
        return [*found, difference("ledger_number", layer=terms.name)]
    if ids is None:  # a missing layer is told as such
        return found
    ids = ids.reset_index(drop=True)
    partner = partners(ids, rows["id"])
    used = set(partner[partner >= 0].tolist())
    alone = [str(n) for k, n in enumerate(rows["id"]) if k not in used]
    for kind, names in (("ledger_alone", alone), ("ledger_bare", ids[partner < 0].tolist())):
        if names:
            one = difference(kind, layer=terms.name, old=terms.layer, new=names[0])
            found.append(replace(one, count=len(names), ids=tuple(names[:_LISTED])))
    return found
