"""Findings and open rows in the form files want them: plain values, names of layers, sentences made by columns."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ... import lang as words
from ...lang import LANGS, Lang
from ...plan import LAYERS, Report, Rule

Array = np.ndarray[Any, Any]
NAMES = ("code", "severity", "layer", "id", "other_layer", "other_id", "value", "limit", "unit", "from", "to")
GRAVITY = ("error", "warning", "info")


def finding_rows(report: Report, *, text: bool = True) -> list[dict[str, Any]]:
    """One dict a finding in the report's order: plain values, dates as ISO text, missing as None.

    With `text` each has its sentence in both languages.
    """
    table = report.findings
    columns = [plain_column(table[name]) for name in (*NAMES, "fingerprint")]
    keys = (*NAMES, "fingerprint", "args")
    out = [dict(zip(keys, row, strict=True)) for row in zip(*columns, _plain_args(table["args"]), strict=True)]
    if text:
        for row, zh, en in zip(out, *(sentences(report, language) for language in LANGS), strict=True):
            row["text"] = {"zh": zh, "en": en}
    if report.reviews:
        for row in out:
            if row["fingerprint"] in report.reviews:
                row["review"] = dict(report.reviews[row["fingerprint"]])
    return out


def unknown_rows(report: Report, *, text: bool = True) -> list[dict[str, Any]]:
    """What could not be judged: code, layer, id, the key of the reason, and with `text` its words in both languages."""
    table = report.unknown
    if not len(table):
        return []
    said = {key: why(key) for key in table["reason"].unique()}
    cells = zip(*(plain_column(table[name]) for name in ("code", "layer", "id", "reason")), strict=True)
    if not text:
        return [{"code": c, "layer": layer, "id": i, "key": key} for c, layer, i, key in cells]
    return [{"code": c, "layer": layer, "id": i, "reason": said[key], "key": key} for c, layer, i, key in cells]


def sentences(report: Report, lang: Lang) -> list[str]:
    """The sentence of each finding in the report's order; a code without words says its code."""
    out: Array = report.findings["code"].to_numpy(dtype=object).copy()
    for at, _, template, columns in batches(report.findings, report.rules, lang):
        out[at] = words.sentences(template, columns, len(at))
    return list(out)


def batches(
    table: pd.DataFrame, rules: Mapping[str, Rule], lang: Lang
) -> Iterator[tuple[Array, str, str, dict[str, Any]]]:
    """Findings that one template says, with the same arguments: rows, code, template, and the values of its slots."""
    codes = table["code"].to_numpy(dtype=object)
    cells = _Cells(table)
    for rows, args in _blocks(table["args"]):
        for code in dict.fromkeys(codes[rows].tolist()):
            rule = rules.get(code)
            if rule is None:
                continue
            mine = codes[rows] == code
            at, template = rows[mine], (rule.zh if lang == "zh" else rule.en)["message"]
            values = {name: t.value for name, t in rule.params.items()}
            given = {k: v[mine] if isinstance(v, np.ndarray) else v for k, v in args.items()}
            yield at, code, template, values | _columns(cells, at, words.slots(template), lang) | given


def _blocks(args: pd.Series[Any]) -> Iterator[tuple[Array, dict[str, Any]]]:
    """Rows whose arguments fill the same slots, with the values of each slot."""
    if hasattr(args.array, "groups"):
        yield from args.array.groups()
        return
    rows = list(args)
    for number, row in enumerate(rows):  # a table made by hand
        yield np.array([number]), dict(row)


def _slot(values: Any, rows: int) -> list[Any]:
    """One argument of all rows as plain values; an array with a list in each row gives lists."""
    if not isinstance(values, np.ndarray):
        return [plain(values)] * rows
    return list(values.tolist()) if values.ndim > 1 else plain_column(pd.Series(values))


def _plain_args(args: pd.Series[Any]) -> list[dict[str, Any]]:
    """The arguments of each finding as plain values, turned slot by slot."""
    out: list[dict[str, Any]] = [{} for _ in range(len(args))]
    for rows, values in _blocks(args):
        columns = [_slot(v, len(rows)) for v in values.values()]
        for row, cells in zip(rows.tolist(), zip(*columns, strict=True), strict=bool(columns)):
            out[row] = dict(zip(values, cells, strict=True))
    return out


class _Cells(dict[str, Array]):
    """The columns of a table as arrays, each turned once, when it is first asked for."""

    def __init__(self, table: pd.DataFrame) -> None:
        super().__init__()
        self._table, self.names = table, set(table.columns)

    def __missing__(self, name: str) -> Array:
        column = self._table[name]
        self[name] = column.to_numpy(dtype=object if pd.api.types.is_string_dtype(column.dtype) else None)
        return self[name]


def _columns(cells: _Cells, at: Array, slots: set[str], lang: Lang) -> dict[str, Any]:
    """The columns of the table that a template asks for, and the names of both layers."""
    out: dict[str, Any] = {name: cells[name][at] for name in slots & cells.names}
    for slot, source in (("layer_name", "layer"), ("other_layer_name", "other_layer")):
        if slot in slots:
            layers = cells[source][at].tolist()
            named = {layer: layer_name(layer, lang) for layer in set(layers)}
            out[slot] = np.array([named[layer] for layer in layers], dtype=object)
    return out


def gravest(report: Report, most: int) -> Array:
    """The rows of the gravest findings, at most so many, in the report's order: errors before warnings."""
    rank = report.findings["severity"].map({name: n for n, name in enumerate(GRAVITY)}).to_numpy()
    return np.sort(np.argsort(rank, kind="stable")[:most])


def layer_name(layer: str, lang: Lang) -> str:
    """A layer as people call it; a layer of one's own keeps its name."""
    spec = LAYERS.get(layer)
    return layer if spec is None else spec.zh if lang == "zh" else spec.en.split(" (")[0]


def why(key: str) -> dict[str, str]:
    """A reason in both languages; the half that would name columns is left out where they are not at hand."""
    both = {str(lang): words.choose(words.REASONS[key], lang) for lang in words.LANGS}
    return {lang: text.split("：")[0].split(": ")[0] if words.slots(text) else text for lang, text in both.items()}


_AS_IT_IS = {str, int, bool, type(None)}


def plain(value: Any) -> Any:
    """A value as JSON knows it: dates as ISO text, NaN and NaT as None, arrays as lists."""
    if type(value) in _AS_IT_IS:
        return value
    if type(value) is float:
        return value if math.isfinite(value) else None
    if isinstance(value, dict | Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | np.ndarray | pd.Series):
        return [plain(v) for v in value]
    if isinstance(value, np.datetime64 | pd.Timestamp):
        return None if pd.isna(value) else str(pd.Timestamp(value).date())
    if hasattr(value, "isoformat"):
        return None if pd.isna(value) else value.isoformat()
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value


def plain_column(column: pd.Series[Any]) -> list[Any]:
    """A column as plain values, as `plain` would turn each."""
    if pd.api.types.is_float_dtype(column.dtype):
        values = column.to_numpy(dtype=float, na_value=np.nan).tolist()
        return [value if math.isfinite(value) else None for value in values]
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        text = np.datetime_as_string(column.to_numpy(dtype="datetime64[D]"), unit="D").tolist()
        return [None if day == "NaT" else day for day in text]
    return [value if type(value) is str else plain(value) for value in column.to_numpy(dtype=object).tolist()]
