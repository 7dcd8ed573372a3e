"""Comparisons as JSON, as a workbook, and as the lines of a terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..._version import __version__
from ...errors import OutputError
from ...lang import Lang, choose
from ...lang.sentences import sentence as filled
from ...lang.studies import CAUSES_CHANGED, CHANGES, FIGURES, SHEETS
from ...lang.verdicts import VERDICT_NAMES
from ...study.cause_changes import counted
from ...study.compare import Comparison
from ...study.outlook import outlook, sentence
from ..exports.changes import write_changes
from ..exports.files import write_text
from ..exports.results import plain
from ..page.compare import write_comparison
from .workbook import clean, write_book

SUFFIXES = (".html", ".json", ".xlsx", ".gpkg")


def write_comparisons(comparisons: Sequence[Comparison], path: Path, *, lang: Lang = "zh") -> None:
    """Write comparisons of one base by the suffix of `path`: a page, JSON, a workbook, or a change package (one only).

    Raises
    ------
    OutputError
        The suffix is none of these, or a change package is wanted of several comparisons.
    """
    path = Path(path)
    can_write(path, len(comparisons))
    kind = path.suffix.lower()
    if kind == ".html":
        write_comparison(comparisons, path, lang=lang)
    elif kind == ".json":
        write_text(path, json.dumps(comparisons_json(comparisons), ensure_ascii=False, indent=1) + "\n")
    elif kind == ".xlsx":
        _workbook(comparisons, path, lang)
    else:
        write_changes(comparisons[0], path)


def can_write(path: Path, count: int) -> None:
    """Raise `OutputError` where a comparison cannot be written under that name."""
    if path.suffix.lower() not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        msg = f"{path.name}: a comparison is written as {known}, told by the suffix; '{path.suffix}' is none."
        raise OutputError(msg)
    if path.suffix.lower() == ".gpkg" and count > 1:
        msg = f"{path.name}: a change package turns one plan into one other; compare two scenarios, not {count + 1}."
        raise OutputError(msg)


def comparisons_json(comparisons: Sequence[Comparison]) -> dict[str, Any]:
    """Return everything that separates scenarios from their base as plain values."""
    base = comparisons[0].a
    return {
        "version": __version__,
        "base": {"name": base.plan.name, "title": dict(base.plan.title), "digest": base.report.plan_digest},
        "comparisons": [_one(pair) for pair in comparisons],
    }


def _one(pair: Comparison) -> dict[str, Any]:
    plan = pair.b.plan
    findings = pair.findings["state"].value_counts()
    return {
        "name": plan.name,
        "title": dict(plan.title),
        "digest": pair.b.report.plan_digest,
        "outlook": outlook(pair),
        "sentence": {"zh": sentence(pair, "zh"), "en": sentence(pair, "en")},
        "empty": pair.empty,
        "counts": {state: int(findings.get(state, 0)) for state in ("new", "gone", "same")},
        "cause_counts": counted(pair.causes["state"]),
        **{name: _rows(table_of(pair, name)) for name in SHEETS},
    }


def table_of(pair: Comparison, name: str) -> pd.DataFrame:
    """Return one table of a comparison without geometry; of findings and causes those that changed."""
    table: pd.DataFrame = getattr(pair, name)
    table = pd.DataFrame(table.drop(columns="geometry", errors="ignore"))
    return table[table["state"] != "same"] if name in {"findings", "causes"} else table


def causes_line(pair: Comparison, lang: Lang) -> str:
    """Return how many causes are new, gone and kept, with the largest that is new or gone."""
    changed = pair.causes[pair.causes["state"].isin(["new", "gone"])]
    first = ""
    if len(changed):
        top = changed.loc[(changed["after"] - changed["before"]).abs().idxmax()]
        mark = choose(CHANGES[top["state"]], lang)
        first = f"；{mark}：{top['zh']}" if lang == "zh" else f"; {mark}: {top['en']}"
    return filled(choose(CAUSES_CHANGED, lang), counted(pair.causes["state"]) | {"first": first})


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    cells = [[plain(cell) for cell in table[name].to_numpy(dtype=object)] for name in table.columns]
    return [dict(zip(table.columns, row, strict=True)) for row in zip(*cells, strict=True)]


def _workbook(comparisons: Sequence[Comparison], path: Path, lang: Lang) -> None:
    """Write one workbook: a sheet of sentences, then each table of each comparison."""
    sheets: dict[str, list[list[Any]]] = {}
    first = "结论" if lang == "zh" else "summary"
    sheets[first] = [[clean(sentence(pair, lang))] for pair in comparisons]
    for number, pair in enumerate(comparisons, start=1):
        for name, words in SHEETS.items():
            title = choose(words, lang) + (f" {number}" if len(comparisons) > 1 else "")
            sheets[title] = _sheet(table_of(pair, name), lang)
    write_book(sheets, path)


def _sheet(table: pd.DataFrame, lang: Lang) -> list[list[Any]]:
    head = [choose(CHANGES.get(str(c), (str(c), str(c))), lang) for c in table.columns]
    rows = [
        [_word(column, cell, lang) for column, cell in zip(table.columns, row, strict=True)] for row in _cells(table)
    ]
    return [head, *rows]


def _cells(table: pd.DataFrame) -> list[list[Any]]:
    return [[plain(cell) for cell in row] for row in table.to_numpy(dtype=object)]


def _word(column: str, cell: Any, lang: Lang) -> Any:
    if column in {"name", "indicator"} and cell in FIGURES:
        return choose(FIGURES[cell], lang)
    if column == "verdict" and cell in VERDICT_NAMES:
        return choose(VERDICT_NAMES[cell], lang)
    if column in {"change", "state", "severity"} and cell in CHANGES:
        return choose(CHANGES[cell], lang)
    return cell


def comparison_table(comparisons: Sequence[Comparison], lang: Lang) -> list[tuple[str, ...]]:
    """Return the figures that change, as rows of text: figure, base, each scenario with its change, main cause."""
    head = ["指标" if lang == "zh" else "figure", comparisons[0].a.plan.name]
    head += [pair.b.plan.name for pair in comparisons] + ["主要原因" if lang == "zh" else "main cause"]
    rows: list[tuple[str, ...]] = [tuple(head)]
    for name in comparisons[0].indicators["name"]:
        lines = [pair.indicators.set_index("name").loc[name] for pair in comparisons]
        if not any(abs(line["delta"]) > 1e-9 or np.isnan(line["after"]) != np.isnan(line["before"]) for line in lines):
            continue
        cells = [f"{_figure(name, line['after'])} ({_figure(name, line['delta'], sign=True)})" for line in lines]
        rows.append(
            (choose(FIGURES[name], lang), _figure(name, lines[0]["before"]), *cells, _main_cause(comparisons, name))
        )
    return rows


def _figure(name: str, value: float, *, sign: bool = False) -> str:
    if np.isnan(value):
        return "—"
    mark = "+" if sign else ""
    if name.startswith("findings"):
        return f"{value:{mark}.0f}"
    return f"{value:{mark}.1%}" if name.endswith("_share") else f"{value:{mark}.3f}"


def _main_cause(comparisons: Sequence[Comparison], name: str) -> str:
    """Return the feature with the largest part in the change, of the first comparison in which the figure changes."""
    for pair in comparisons:
        parts = pair.contributions[pair.contributions["indicator"] == name]
        if len(parts):
            top = parts.iloc[0]
            return f"{top['layer']}/{top['id']}" + (f" {top['because']}" if top["because"] else "")
    return ""
