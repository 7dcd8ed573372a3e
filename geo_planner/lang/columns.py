"""Sentences of many rows at once: a template and columns come in, one text a row goes out."""

from __future__ import annotations

import string
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from .sentences import cell, sentence


def sentences(template: str, columns: Mapping[str, Any], count: int) -> list[str]:
    """Fill a template for `count` rows; equal to `sentence` row by row, but every slot is written as a whole column.

    A value of `columns` is an array (one a row) or anything else, which then stands in every row.
    """
    texts, cells = pieces(template, columns, count)
    fill, listed = [texts[0].replace("%", "%%")], []
    for cell_, text in zip(cells, texts[1:], strict=True):
        fill += [("%s" if isinstance(cell_, list) else cell_.replace("%", "%%")), text.replace("%", "%%")]
        listed += [cell_] if isinstance(cell_, list) else []
    pattern = "".join(fill)
    return [pattern % row for row in zip(*listed, strict=True)] if listed else [pattern % ()] * count


def pieces(template: str, columns: Mapping[str, Any], count: int) -> tuple[list[str], list[list[str] | str]]:
    """A template taken apart: the texts before, between and after its slots, and what fills each slot.

    A slot's filling is one text a row, or one text where it is the same in every row.
    """
    texts, cells = [""], []
    for text, name, spec, _ in string.Formatter().parse(template):
        texts[-1] += text
        if name is not None:
            cells.append(_filling(columns, name, spec or "", count))
            texts.append("")
    return texts, cells


def _filling(columns: Mapping[str, Any], name: str, spec: str, count: int) -> list[str] | str:
    value = columns.get(name)
    if "{" in spec:  # a format that is itself a slot
        return _row_by_row(f"{{{name}:{spec}}}", columns, count)
    return _texts(value, spec) if isinstance(value, np.ndarray) else cell(value, spec)


def _texts(column: np.ndarray[Any, Any], spec: str) -> list[str]:
    """One slot of all rows as texts; numbers, dates and plain words take a quick way to what `cell` says."""
    kind = column.dtype
    if kind == np.float64:
        return _numbers(column.tolist(), spec)
    if kind.kind == "M":
        return ["?" if day == "NaT" else day for day in np.datetime_as_string(column, unit="D").tolist()]
    if kind.kind in "iu" and not spec:
        return list(map(str, column.tolist()))
    if not spec:
        return _words(column.tolist())
    return [_float(value, spec) if type(value) is float else cell(value, spec) for value in column.tolist()]


def _words(values: list[Any]) -> list[str]:
    """Values without a format; a day, of which few stand in many rows, is written once."""
    days: dict[date, str] = {}
    out = []
    for value in values:
        if type(value) is str:
            out.append(value)
        elif isinstance(value, date) and getattr(value, "tzinfo", None) is None:
            out.append(days[value] if value in days else days.setdefault(value, cell(value)))
        else:
            out.append(cell(value))
    return out


def _float(value: float, spec: str) -> str:
    try:
        return format(value, spec) if value == value else "?"  # noqa: PLR0124  (NaN)
    except ValueError:  # a format for something else
        return str(value)


def _numbers(values: list[float], spec: str) -> list[str]:
    try:
        written = [format(value, spec or "g") for value in values]
    except ValueError:  # a format for something else, as of dates
        written = list(map(str, values))
    return ["?" if value != value else text for value, text in zip(values, written, strict=True)]  # noqa: PLR0124


def _row_by_row(template: str, columns: Mapping[str, Any], count: int) -> list[str]:
    listed = {k: v.tolist() if isinstance(v, np.ndarray) else [v] * count for k, v in columns.items()}
    return [sentence(template, {k: v[row] for k, v in listed.items()}) for row in range(count)]
