"""The findings of a page as one packed block of columns, and the texts their sentences are put together from.

A sentence is its template's texts with the fillings of its slots between them. The fillings are written here, once
each, so that the page rounds no number by itself; it joins the pieces when it shows a row.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ...lang import LANGS, pieces
from ...plan import Report
from ...plan.findings import fingerprints
from ..exports.rows import batches
from .packed import Columns, encode_table

_FEW = 250
"""Up to so many different fillings a slot is written as a dictionary."""
Said = dict[str, list[str | int]]
"""By language the texts of a sentence and the columns between them; -2 is the id of the finding, -1 its other id."""


def packed_findings(report: Report) -> tuple[str, list[Said | None]]:
    """The block as base64, and for each batch of like findings its sentence: text, column, text, column, text.

    The names of the findings are left out where the page comes to the same by itself: they zip to nothing less.
    Column `batch` numbers the batches; a finding without a rule is in batch 0, which has no sentence.
    """
    table = pd.DataFrame(report.findings.drop(columns=["args", report.findings.geometry.name]))
    batch = np.zeros(len(table), np.int64)
    said: list[Said | None] = [None]
    parts: list[tuple[pd.DataFrame, Columns]] = []
    twice = zip(*(batches(report.findings, report.rules, lang) for lang in LANGS), strict=True)
    for told in twice:
        at = told[0][0]
        batch[at] = len(said)
        fillings = [table["id"].iloc[at].tolist(), table["other_id"].iloc[at].tolist()]
        sentence: Said = {}
        for lang, (_, _, template, columns) in zip(LANGS, told, strict=True):
            sentence[lang] = _taken_apart(template, columns, fillings)
        parts.append(_columns(len(said), fillings[2:]))
        said.append(sentence)
    words = ("code", "severity", "layer", "other_layer", "unit", "batch")
    told = table["fingerprint"].astype("str").tolist() != fingerprints(report.findings).tolist()
    texts = ("id", "other_id", *(("fingerprint",) if told else ()))
    how = Columns(words=words, doubles=("value", "limit"), days=("from", "to"), texts=texts)
    return encode_table([(table.assign(batch=batch.astype(str)), how), *parts]).text, said


def _taken_apart(template: str, columns: dict[str, Any], fillings: list[list[str]]) -> list[str | int]:
    """Return the texts of a sentence and the numbers of their columns; new columns are added to `fillings`."""
    texts, cells = pieces(template, columns, len(fillings[0]))
    out: list[str | int] = [texts[0]]
    for cell, text in zip(cells, texts[1:], strict=True):
        if isinstance(cell, str):  # the same in every row
            out[-1] = f"{out[-1]}{cell}{text}"
            continue
        if cell not in fillings:
            fillings.append(cell)
        out += [fillings.index(cell) - 2, text]
    return out


def _columns(number: int, fillings: list[list[str]]) -> tuple[pd.DataFrame, Columns]:
    frame = pd.DataFrame({f"{number}.{k}": pd.Series(cells, dtype="str") for k, cells in enumerate(fillings)})
    few = [name for name in frame if frame[name].nunique() <= min(_FEW, 1 + len(frame) // 4)]
    return frame, Columns(words=few, texts=[name for name in frame if name not in few])
