"""Ledgers joined to parcels by their number: what the bureau knows of a parcel that the drawing does not say.

A number may be written three ways (SQ-02-01, SQ0201, SQ 2-1 号): it is compared without marks first, then without the
zeros in front of its parts, and only where that leaves no doubt. What has no partner is listed on both sides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from ..errors import ReadError
from ..plan.layers import LAYERS
from ..plan.plan import Note, Plan
from .formats import ledger as sheets
from .formats.cells import whole_or_float
from .notes import note
from .sandbox.filetype import kind_of, regular
from .schema.columns import aliases, tidy, understand

_LARGEST = 64 << 20
_LISTED = 20


@dataclass(frozen=True, eq=False)
class Ledger:
    """The rows of a ledger under canonical names of parcels, without shapes, and what is to be said of them."""

    source: str
    frame: pd.DataFrame
    notes: tuple[Note, ...]


def read_ledger(path: Path) -> Ledger:
    """Return the rows of every sheet of a ledger (.xlsx or .csv), its header found below notes and merged cells.

    Raises
    ------
    ReadError
        The file is no ledger, is too large, or no sheet has a header that is understood.
    """
    path = regular(Path(path))
    if kind_of(path) not in {"workbook", "table"} or path.stat().st_size > _LARGEST:
        msg = f"{path.name}: a ledger is an .xlsx or .csv file of at most {_LARGEST >> 20} MB."
        raise ReadError(msg)
    frames, notes = [], []
    for name, table, hidden in sheets.tables(path, aliases("parcels"), tidy):
        typed = pd.DataFrame({c: _plain(table[c]) for c in table.columns})
        empty = gpd.GeoDataFrame(typed, geometry=gpd.GeoSeries([None] * len(typed), index=typed.index))
        read = understand("parcels", empty, {})
        said = [note("IM129", 1, {"inner": name})] if hidden else []
        notes += [replace(n, layer=f"{path.name}:{name}") for n in (*said, *read.notes)]
        frames.append(pd.DataFrame(read.frame.drop(columns="geometry")).assign(ledger_sheet=name))
    return Ledger(path.name, pd.concat(frames, ignore_index=True), tuple(notes))


def _plain(values: pd.Series) -> pd.Series:
    known = values.dropna()
    if len(known) and known.map(lambda v: isinstance(v, int | float) and not isinstance(v, bool)).all():
        return whole_or_float(values)
    return values.map(
        lambda v: None if v is None else v if hasattr(v, "year") or isinstance(v, float) else str(v)
    ).astype("object")


def join_ledger(plan: Plan, ledger: Ledger) -> Plan:
    """Return the plan with the empty cells of its parcels filled from the ledger; its notes name all without a partner.

    A value that the drawing gives stays; where the ledger says otherwise, both are named as a doubt.
    """
    if "parcels" not in plan:
        msg = f"{ledger.source}: the plan has no parcels that a ledger could be joined to."
        raise ReadError(msg)
    if "id" not in ledger.frame.columns or ledger.frame["id"].isna().all():
        msg = f"{ledger.source}: no column gives the number of the parcel (地块编号, 宗地编号). Rename that column."
        raise ReadError(msg)
    parcels, rows = plan["parcels"], ledger.frame
    partner = partners(parcels["id"], rows["id"])
    notes = [*ledger.notes, *_told(parcels["id"], rows["id"], partner, ledger.source)]
    at = np.flatnonzero(partner >= 0)
    for column in (c.name for c in LAYERS["parcels"].columns if c.name in rows.columns and c.name != "id"):
        given = rows[column].iloc[partner[at]].set_axis(parcels.index[at])
        own = parcels[column].iloc[at]
        differ = own.notna() & given.notna() & (own.astype("str") != given.astype("str"))
        if differ.any():
            example = (
                f"{parcels['id'].loc[differ.index[differ]].iloc[0]}: {own[differ].iloc[0]} / {given[differ].iloc[0]}"
            )
            notes.append(_said("IM906", int(differ.sum()), {"field": column, "source": ledger.source}, example))
        filled = parcels[column].copy()
        open_rows = own.isna() & given.notna()
        filled.loc[open_rows.index[open_rows]] = given[open_rows].astype(filled.dtype)
        parcels[column] = filled
    return replace(plan.with_layer("parcels", parcels), notes=(*plan.notes, *notes))


def _said(code: str, count: int, args: Mapping[str, object], example: str = "") -> Note:
    return replace(note(code, count, dict(args), example=example), layer="parcels")


def _told(ids: pd.Series, numbers: pd.Series, partner: np.ndarray, source: str) -> list[Note]:
    """Return how many were joined, and the numbers without a partner on both sides."""
    notes = [_said("IM901", int((partner >= 0).sum()), {"source": source})]
    used = set(partner[partner >= 0].tolist())
    alone = [str(n) for k, n in enumerate(numbers) if k not in used]
    bare = ids[partner < 0].astype("str").tolist()
    for code, names in (("IM902", alone), ("IM903", bare)):
        if names:
            listed = ", ".join(names[:_LISTED]) + ("…" if len(names) > _LISTED else "")
            notes.append(_said(code, len(names), {"source": source, "ids": listed}))
    return notes


def partners(ids: pd.Series, numbers: pd.Series) -> np.ndarray:
    """Return for each parcel the row of the ledger with its number, -1 where there is none or more than one."""
    out = np.full(len(ids), -1)
    for key in (plain_number, short_number):
        left = pd.Series(numbers.map(lambda n, k=key: k(n) if isinstance(n, str) else ""))
        mine = ids.map(lambda n, k=key: k(n) if isinstance(n, str) else "").to_numpy(dtype=object)
        single = left[(left != "") & ~left.duplicated(keep=False)]
        place = dict(zip(single, single.index, strict=True))
        clear = pd.Series(mine).duplicated(keep=False).to_numpy()
        found = np.array([place.get(n, -1) if n else -1 for n in mine])
        out = np.where((out < 0) & ~clear, found, out)
    return out


def plain_number(text: str) -> str:
    """Return a parcel's number without marks, blanks and words such as 宗地, 地块 and 号."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"宗地|地块|编号|[第号\W_]", "", plain)


def short_number(text: str) -> str:
    """Return a parcel's number as its parts, each without zeros in front."""
    plain = re.sub(r"宗地|地块|编号|[第号]", "", unicodedata.normalize("NFKC", text).upper())
    return "-".join(p.lstrip("0") or "0" for p in re.findall(r"\d+|[A-Z\u4e00-\u9fff]+", plain))
