"""Findings with their evidence as a table: a GeoPackage for desktop GIS, a GeoParquet for programs and big reports."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import pyogrio

from ...lang import LANGS, Lang
from ...plan import Report
from ...plan.arguments import Arguments
from ...plan.report import COLUMNS
from .files import Styles, add_styles, atomic_write
from .packing import opened, packed_name, without_other_kind, write_packed
from .rows import gravest, plain, sentences, why

if TYPE_CHECKING:
    from collections.abc import Iterator

FINDINGS = "findings.gpkg"
PACKED = packed_name(FINDINGS)
MANY = 20_000
"""Findings above which their GeoPackage is packed."""
ALL = "findings.parquet"
BIG = 50_000
"""Findings above which all of them also stand in a GeoParquet."""
MOST = 5_000
"""Findings that report.json holds row by row; beyond, the gravest, and it names the file that holds all."""
FEW = 5000
"""Up to so many rows each has its words in both languages."""
MOST_TEXTS = 50_000
"""Findings that have their sentence in the GeoPackage, the gravest first."""
_NO_CLOCK = "2000-01-01T00:00:00.000Z"
"""GeoPackage stores the time of writing; one fixed time keeps a second run byte-identical."""
_TEXTS = ("fingerprint", "code", "severity", "layer", "id", "other_layer", "other_id")


def findings_name(report: Report) -> str:
    """The name of the file that holds the findings with their evidence."""
    return PACKED if len(report.findings) > MANY else FINDINGS


def file_of_all(report: Report) -> str | None:
    """The file that holds all findings with all that is told of them, where report.json holds a part of them."""
    count = len(report.findings)
    return ALL if count > BIG else findings_name(report) if count > MOST else None


def write_findings(report: Report, folder: Path, styles: Styles, languages: Sequence[Lang]) -> None:
    """Write the GeoPackage of the findings into a folder, packed where they are many; of very many a GeoParquet too."""
    path = Path(folder) / findings_name(report)
    write = partial(write_findings_gpkg, report, styles=styles, languages=languages)
    write(path) if path.name == FINDINGS else write_packed(write, path)
    without_other_kind(path)
    if len(report.findings) > BIG:
        write_findings_parquet(report, Path(folder) / ALL)


def write_findings_gpkg(
    report: Report, path: Path, styles: Styles | None = None, *, languages: Sequence[Lang] = LANGS
) -> None:
    """Write the findings with their evidence as a GeoPackage layer `findings`, and what was not judged as `unknown`.

    Sentences stand beside the numbers in the `languages`; of more than 50,000 findings the gravest have theirs, and the
    table `templates` says what the others are. Reasons stand beside few open rows, else once in the table `reasons`.
    More than 5,000 findings have no spatial index, which would be larger than their points: QGIS makes one where it is
    wanted. A report without findings writes an empty layer that opens. `styles` are looks for desktop GIS. Where it is
    the file that holds all, `args` has the arguments of each sentence as JSON.
    """
    table = report.findings
    marks = {name: mark["verdict"] for name, mark in report.reviews.items()}
    columns: dict[str, Any] = {name: table[name].astype("str") for name in _TEXTS}
    columns |= {name: table[name].astype("float64") for name in ("value", "limit")}
    columns |= {"unit": table["unit"].astype("str"), "from": _whole_days(table["from"]), "to": _whole_days(table["to"])}
    columns |= {f"text_{language}": _text(report, language) for language in languages}
    columns["review"] = table["fingerprint"].map(marks).astype("str")
    if file_of_all(report) in {FINDINGS, PACKED}:
        columns["args"] = _args_text(table)
    out = gpd.GeoDataFrame(columns, geometry=table.geometry, crs=table.crs)
    with _no_clock(), atomic_write(Path(path)) as inside:
        pyogrio.write_dataframe(
            out,
            inside,
            driver="GPKG",
            layer="findings",
            geometry_type="Unknown",
            use_arrow=True,
            promote_to_multi=False,
            SPATIAL_INDEX="YES" if len(out) <= FEW else "NO",
        )
        for name, rows in _tables(report).items():
            pyogrio.write_dataframe(rows, inside, driver="GPKG", layer=name, append=True, use_arrow=True)
        if len(report.unknown) > FEW:
            _write_open_rows(inside, report.unknown)
        add_styles(inside, styles or {})


def _whole_days(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return times of day as dates where all are midnight: ten bytes a row, not twenty-four."""
    known = column.dropna()
    return column.astype("date32[day][pyarrow]") if (known == known.dt.normalize()).all() else column


def _text(report: Report, language: Lang) -> pd.Series[Any]:
    table = report.findings
    if len(table) <= MOST_TEXTS:
        return pd.Series(sentences(report, language), index=table.index, dtype="str")
    at = gravest(report, MOST_TEXTS)
    texts = np.full(len(table), None, dtype=object)
    texts[at] = sentences(replace(report, findings=table.iloc[at].reset_index(drop=True)), language)
    return pd.Series(texts, index=table.index, dtype="str")


def _tables(report: Report) -> dict[str, pd.DataFrame]:
    """What stands beside the findings: the open rows, and words that would stand in every row of a large table."""
    table = (
        report.unknown if len(report.unknown) else pd.DataFrame(columns=["code", "layer", "id", "reason"], dtype="str")
    )
    keys = table["reason"].unique()
    words = pd.DataFrame({"key": keys, **{f"reason_{lang}": [why(key)[lang] for key in keys] for lang in LANGS}})
    rows = table[["code", "layer", "id"]].assign(key=table["reason"]).reset_index(drop=True).astype("str")
    few = len(rows) <= FEW
    out = (
        {"unknown": rows.merge(words.astype("str"), on="key", how="left")} if few else {"reasons": words.astype("str")}
    )
    if len(report.findings) > MOST_TEXTS:
        rules = [report.rules[code] for code in sorted(report.rules)]
        said = {"zh": [rule.zh["message"] for rule in rules], "en": [rule.en["message"] for rule in rules]}
        out["templates"] = pd.DataFrame({"code": [rule.code for rule in rules], **said}).astype("str")
    return out


_OPEN_ROWS = """
CREATE TABLE unknown_kinds (number INTEGER PRIMARY KEY, code TEXT, layer TEXT, key TEXT);
CREATE TABLE unknown_rows (fid INTEGER PRIMARY KEY, kind INTEGER, id TEXT);
CREATE VIEW unknown AS SELECT r.fid AS OGC_FID, k.code, k.layer, r.id, k.key
    FROM unknown_rows AS r CROSS JOIN unknown_kinds AS k ON k.number = r.kind;
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change)
    VALUES ('unknown', 'attributes', 'unknown', '', '2000-01-01T00:00:00.000Z');
"""
"""Very many open rows differ in their id only: a view shows each whole (CROSS JOIN keeps SQLite to the rows' order)."""


def _write_open_rows(path: Path, unknown: pd.DataFrame) -> None:
    """Put what could not be judged into a GeoPackage as the view `unknown`, a third of the bytes of a plain table."""
    kinds = unknown.groupby(["code", "layer", "reason"], sort=True)
    with closing(sqlite3.connect(path)) as base:
        base.executescript(_OPEN_ROWS)
        base.executemany(
            "INSERT INTO unknown_kinds VALUES (?,?,?,?)", [(n, *key) for n, key in enumerate(kinds.groups)]
        )
        rows = zip(kinds.ngroup().tolist(), unknown["id"].tolist(), strict=True)
        base.executemany("INSERT INTO unknown_rows (kind, id) VALUES (?,?)", rows)
        base.commit()


@contextmanager
def _no_clock() -> Iterator[None]:
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _NO_CLOCK})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def write_findings_parquet(report: Report, path: Path) -> None:
    """Write every finding with all its columns as GeoParquet; `args` is JSON, its template stands in report.json."""
    table = report.findings
    out = table.assign(args=_args_text(table))
    with atomic_write(Path(path)) as inside:
        out.to_parquet(inside, index=False, compression="zstd", compression_level=4)


def _args_text(table: pd.DataFrame) -> pd.Series[Any]:
    texts = [orjson.dumps(row, default=plain).decode() for row in table["args"]]
    return pd.Series(texts, index=table.index, dtype="str")


def read_findings(path: Path, everything: str | None, rows: Sequence[Mapping[str, Any]], crs: str) -> gpd.GeoDataFrame:
    """The findings of a report.json at `path`: from the file that holds all, else its own rows with their evidence."""
    if everything == ALL:
        return _told_again(gpd.read_parquet(path.with_name(everything)))
    with opened(path.parent, FINDINGS) as inside:
        table = pyogrio.read_dataframe(inside, layer="findings")
    if everything is not None:
        days = {name: pd.to_datetime(table[name]).astype("datetime64[ms]") for name in ("from", "to")}
        return _told_again(table.assign(**days)[[*COLUMNS, "geometry"]])
    shapes = table.set_index("fingerprint")
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in COLUMNS}
    columns |= {name: pd.to_datetime(columns[name]).astype("datetime64[ms]") for name in ("from", "to")}
    columns |= {name: np.array(columns[name], dtype=float) for name in ("value", "limit")}
    columns["args"] = Arguments._from_sequence(columns["args"])
    geometry = shapes.geometry.reindex(columns["fingerprint"]).to_numpy()
    return gpd.GeoDataFrame(columns, geometry=geometry, crs=crs)


def _told_again(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    table["args"] = Arguments._from_sequence([orjson.loads(text) for text in table["args"]])
    return table
