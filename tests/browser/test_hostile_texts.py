"""Every hostile text we know, through every place that shows text: nothing runs, nothing becomes a formula or an element."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest

from geo_planner.plan import Edit, Plan, Report, Source, findings
from geo_planner.plan.report import Rows
from geo_planner.read import ReadOptions, import_layers
from geo_planner.read.scenario import read_scenario
from geo_planner.show import Extras, write_comparison, write_outputs
from geo_planner.show.documents.programme import _csv
from geo_planner.show.exports.layers import export_plan
from geo_planner.study.compare import compare
from geo_planner.study.run import Judged
from tests.shared import shared
from tests.show.parks import CRS, box, plan, report

pytestmark = [pytest.mark.browser, pytest.mark.shared]
PAYLOADS = [
    "<img src=x onerror=window.__pwned=1>",
    "</script><script>window.__pwned=1</script>",
    "${window.__pwned=1}",
    "`+(window.__pwned=1)+`",
    '"><svg onload=window.__pwned=1>',
    "javascript:window.__pwned=1",
    "{{7*7}}{%print(1)%}",
    "=1+1",
    "+1",
    "-1+2",
    "@SUM(1)",
    "\t=1",
    "＝1+1",
]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """The payloads, and every name and value in the cases that the corpus marks as script, formula or layer name."""
    root = shared("import-corpus")
    found = dict.fromkeys(PAYLOADS)
    with (root / "manifest.csv").open(encoding="utf-8") as stream:
        cases = [
            row
            for row in csv.DictReader(stream)
            if {"xss", "formula", "layer"} & set(json.loads(row["checks"] or "{}"))
        ]
    for case in cases:
        path = root / case["file"]
        if path.suffix == ".toml":
            scenario = read_scenario(path)
            found |= dict.fromkeys([scenario.name, *scenario.title.values()])
            continue
        read = import_layers([path], options=ReadOptions())
        for name, frame in (read.plan.layers if read.plan else {}).items():
            words = frame.drop(columns=frame.geometry.name).astype("str")
            found |= dict.fromkeys([name, *map(str, words.columns), *(v for c in words for v in words[c].dropna())])
    return [text for text in found if text and text.strip()]


def poisoned(texts: list[str]) -> tuple[Plan, Report]:
    """A plan whose every text is hostile: ids, names, layer, title, source, and a report whose arguments are."""
    toy = plan()
    n = len(texts)
    land = gpd.GeoDataFrame(
        {
            "id": [f"{t}#{k}" for k, t in enumerate(texts)],
            "name": texts,
            "code": texts,
            "scheme": "gb50137",
            "start": pd.Timestamp("2010-01-01"),
            "finish": pd.Timestamp("2011-01-01"),
        },
        geometry=[box(12 * k, 0, 10, 100) for k in range(n)],
        crs=CRS,
    )
    own = gpd.GeoDataFrame({"id": texts, "name": texts}, geometry=[box(12 * k, 200, 10, 10) for k in range(n)], crs=CRS)
    bad = " ".join(texts[:6])
    named = toy.with_layer("parcels", land).with_layer(texts[0], own).with_layer(texts[1], own)
    full = replace(
        named,
        name=texts[1],
        title={"zh": bad, "en": bad},
        sources=(Source(texts[0], texts[1], texts[2], "ab" * 32, 6),),
    )
    told = report(toy)
    rows = findings(
        CRS,
        Rows(
            layer="parcels",
            id=list(land["id"]),
            value=1.0,
            limit=2.0,
            unit="m",
            geometry=list(land.geometry),
            args={"who": texts},
            severity="error",
        ),
        judged=n,
        unknown=[(texts[0], texts[:20], "no_start")],
    )
    table = rows.rows.assign(code="PB101", fingerprint=[f"{k:012x}" for k in range(n)])
    marks = {
        f"{k:012x}": {"verdict": "waived", "reason": t, "reviewer": t, "date": "2020-01-01", "comment": t}
        for k, t in enumerate(texts)
    }
    return full, replace(
        told,
        plan_name=texts[1],
        plan_digest=full.digest,
        findings=table,
        unknown=rows.unknown.assign(code="PB101"),
        reviews=marks,
        profile_name=texts[2],
        title=full.title,
    )


@pytest.fixture(scope="module")
def written(texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Plan]:
    folder = tmp_path_factory.mktemp("poison")
    full, told = poisoned(texts)
    fix = Edit("set", "parcels", full["parcels"]["id"].iloc[0], {"name": texts[0]}, reason=texts[1])
    write_outputs(full, told, folder, extras=Extras(fixes=(fix,), reports=("docx", "xlsx", "html")))
    renamed = full["parcels"].assign(name="plain")
    scenario: Any = None
    other = full.with_layer("parcels", renamed)
    write_comparison(compare(Judged(scenario, full, told), Judged(scenario, other, told)), folder / "compare.html")
    return folder, full


def nothing_ran(seen: Any) -> None:
    assert seen.page.evaluate("window.__pwned") is None
    assert (
        seen.page.evaluate(
            "document.querySelectorAll('img:not(.leaflet-image-layer), iframe, object, embed, svg[onload], [onerror]').length"
        )
        == 0
    )


def test_nothing_runs_in_the_map(written: tuple[Path, Plan], texts: list[str], visit: Callable[..., Any]) -> None:
    seen = visit(written[0] / "map.html", size=(1280, 900))
    for tab in ("layers", "figures", "findings"):
        seen.page.evaluate("tab => GP.set({ tab })", tab)
    for number in range(0, len(texts), max(1, len(texts) // 25)):  # list, detail and live text, then the feature itself
        seen.page.evaluate("f => GP.set({ select: { f } })", number)
        about = "".join(str(seen.page.evaluate("f => GP.findings.id[f]", number)).split())
        assert about in "".join(seen.page.locator(".gp-detail").text_content().split())
        seen.page.evaluate("id => GP.set({ select: { layer: 'parcels', id } })", f"{texts[number]}#{number}")
    for payload in texts[:8]:
        seen.page.get_by_role("searchbox").fill(payload)
    seen.page.get_by_role("searchbox").fill("")
    middle = seen.box(".gp-map")
    seen.page.mouse.move(middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2)  # the tooltip
    seen.page.evaluate("GP.buildSheet()")
    seen.page.locator("#gp-lang").click()
    nothing_ran(seen)


def test_nothing_runs_in_the_comparison_and_in_the_printed_dossier(
    written: tuple[Path, Plan], visit: Callable[..., Any]
) -> None:
    seen = visit(written[0] / "compare.html", ready="window.gpReady === true && GP.idle()")
    seen.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    nothing_ran(seen)
    seen = visit(written[0] / "dossier.html", ready="document.readyState === 'complete'")
    assert seen.page.evaluate("window.__pwned") is None
    assert (
        seen.page.evaluate(
            "document.querySelectorAll('script, iframe, svg, [onerror], img:not([src^=\"data:image/png\"])').length"
        )
        == 0
    )


def test_no_text_becomes_a_formula_in_a_workbook_or_a_csv(
    written: tuple[Path, Plan], texts: list[str], tmp_path: Path
) -> None:
    folder, full = written
    export_plan(full, tmp_path, "xlsx")
    for path in [folder / "dossier.xlsx", *tmp_path.rglob("*.xlsx")]:
        book = openpyxl.load_workbook(path)
        cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]
        ours = (
            "=SUMPRODUCT(parcels!",
            "=SUMPRODUCT(roads!",
            "=SUMIFS(",
            "=(1-SUMPRODUCT(",
            "=COUNTIF(",
            "=IF(SUMPRODUCT(",
            "=B",
            "=MAX(",
        )
        assert [c.value for c in cells if not str(c.value).startswith(ours)] == []
    table = pd.DataFrame({"text": texts, "n": range(len(texts))})
    for row in list(csv.reader(io.StringIO(_csv(table))))[1:]:
        assert not row[0].startswith(("=", "+", "-", "@", "\t", "＝"))


def test_what_is_written_for_machines_stays_well_formed(written: tuple[Path, Plan], texts: list[str]) -> None:
    from xml.etree import ElementTree

    folder, _ = written
    assert len(json.loads((folder / "findings.json").read_text(encoding="utf-8"))["runs"][0]["results"]) == len(texts)
    assert len(json.loads((folder / "report.json").read_text(encoding="utf-8"))["findings"]) == len(texts)
    ElementTree.parse(folder / "project.qgs")
    with zipfile.ZipFile(folder / "dossier.docx") as office:
        body = ElementTree.fromstring(office.read("word/document.xml"))
    assert not any("script" in element.tag.lower() for element in body.iter())
