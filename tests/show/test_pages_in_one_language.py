"""The page, the compare page and the dossier speak one language at a time; ids, units and codes are the reader's own."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import geo_planner
from geo_planner.checks import load
from geo_planner.lang import LANGS
from geo_planner.plan import Plan, Profile, Scenario
from geo_planner.plan.layers import LAYERS
from geo_planner.show.documents.dossier import write_dossier
from geo_planner.show.exports.results import source_words
from geo_planner.show.page.compare import _model
from geo_planner.show.page.model import model_of
from geo_planner.show.symbology.styles import styles
from geo_planner.study.compare import compare
from geo_planner.study.run import Judged
from geo_planner.verdict import judge
from tests.one_language import chinese_in, english_in

WORLDS = ("UG201", "ST706", "BA412")
STRANGERS = {"zh": english_in, "en": chinese_in}
PAGES = Path(geo_planner.__file__).parent / "show" / "page" / "js"
LOOSE = {
    "default",
    "complete",
    "landcover",
    "dem",
    "English",
    "JavaScript",
    "html",
    "json",
    "xlsx",
    "docx",
    "S",
    "DA",
    "report",
    "Chromium",
    "geo",
    "planner",
    "run",
    "EPSG",
}
"""Names of files and programs, the same in both."""


SOURCES = {
    source_words(number.source, "en", number.clause)
    for check in load().values()
    for number in check.thresholds(Profile(name="")).values()
    if chinese_in(number.source + number.clause)
}


@pytest.fixture(scope="module", params=WORLDS)
def judged(request) -> Judged:
    plan = load()[request.param].fails.plan
    return Judged(Scenario(name=plan.name), plan, judge(plan))


def _own(plan: Plan) -> set[str]:
    """Ids, codes and names of the plan, and those of layers and columns, which a reader brings himself."""
    own = {plan.name, plan.digest, *LAYERS, *(c.name for s in LAYERS.values() for c in s.columns)}
    for frame in plan.layers.values():
        for column in frame.columns.drop("geometry"):
            own |= {str(v) for v in frame[column].dropna().unique()} if frame[column].dtype == "str" else set()
    return own


def _bare(text: str) -> str:
    """A text without slots, addresses, digests, and names of parameters and layers in brackets or quotes."""
    return re.sub(r"\{[^}]*\}|https?://\S+|\b[0-9a-f]{8,}\b|[\w.]+_\w+|\w+\.\w+|[A-Z]{2}\d{3}|#\w+", " ", text)


def _strange(texts: set[str], lang: str, own: set[str]) -> dict[str, set[str]]:
    """Words of the other language by the text they stand in, without the reader's own and without names of laws."""
    told = {
        t: STRANGERS[lang](_bare(t)) - own for t in texts if t != "中文"
    }  # the switch to Chinese on the English page
    if lang == "zh":
        return {t: w - LOOSE for t, w in told.items() if w - LOOSE}
    return {t: w for t, w in told.items() if w and not _names_a_source(t)}


def _names_a_source(text: str) -> bool:
    """Whether a Chinese name of a law or document stands in an English line, not a Chinese sentence."""
    return text in SOURCES or any(source in text for source in SOURCES)


def _said(value: Any, lang: str) -> set[str]:
    """Every text of a page's values that it shows to a reader of one language."""
    if isinstance(value, dict):
        if set(value) == {"same", *LANGS}:  # a still: its beginning and its end by language, and what lies between
            return _of_svg(value[lang][0] + value["same"] + value[lang][1])
        if set(LANGS) <= set(value):
            return _strings(value[lang]).union(*(_said(v, lang) for k, v in value.items() if k not in LANGS))
        return set().union(*(_said(v, lang) for v in value.values()), set())
    if isinstance(value, list | tuple):
        return set().union(*(_said(v, lang) for v in value), set())
    return set()


def _strings(value: Any) -> set[str]:
    if isinstance(value, str):
        return _of_svg(value) if value.startswith("<svg") else {value}
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return set().union(*(_strings(v) for v in inside), set())


@pytest.mark.parametrize("lang", LANGS)
def test_the_labels_of_the_page_are_in_one_language(lang):
    text = (PAGES / "words.js").read_text(encoding="utf-8")
    pairs = re.findall(r"\[\s*'((?:[^'\\]|\\.)*)',\s*'((?:[^'\\]|\\.)*)',?\s*\]", text)
    assert len(pairs) > 200
    assert _strange({pair[lang == "en"] for pair in pairs}, lang, set()) == {}


@pytest.mark.parametrize("lang", LANGS)
def test_what_the_page_tells_of_a_plan_is_in_one_language(judged, lang):
    plan, report = judged.plan, judged.report
    model = model_of(plan, report, [], (0.0, 0.0, 1.0, 1.0), lang) | {"styles": styles()}
    said = _said(model, lang)
    assert len(said) > 200
    assert _strange(said, lang, _own(plan)) == {}


@pytest.mark.parametrize("lang", LANGS)
def test_what_the_compare_page_tells_is_in_one_language(judged, lang):
    code = next(iter(judged.report.findings["code"]))
    sound = load()[code].passes.plan if code in load() else judged.plan
    pair = compare(judged, Judged(Scenario(name="sound"), sound, judge(sound)))
    said = _said(_model([pair], [], (0, 0, 1, 1), lang), lang)
    assert said
    assert _strange(said, lang, _own(judged.plan) | _own(sound)) == {}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("form", ["html", "docx"])
def test_the_dossier_is_in_one_language(judged, form, lang, tmp_path):
    path = tmp_path / f"dossier.{form}"
    write_dossier(judged.plan, judged.report, path, lang=lang)
    said = {"html": _of_html, "docx": _of_docx, "xlsx": _of_xlsx}[form](path.read_bytes())
    assert len(said) > 20
    assert _strange(said, lang, _own(judged.plan)) == {}


def _of_svg(text: str) -> set[str]:
    """What a drawing says: its label and its letters, without its markup."""
    said = {*re.findall(r'aria-label="([^"]*)"', text), *(t.strip() for t in re.findall(r">([^<>]+)<", text))}
    assert said - {""}
    return said - {""}


def _of_html(content: bytes) -> set[str]:
    body = re.sub(r"<(style|script|svg)\b.*?</\1>", " ", content.decode("utf-8"), flags=re.DOTALL)
    return {t.strip() for t in re.findall(r">([^<>]+)<", body) if t.strip()}


def _of_docx(content: bytes) -> set[str]:
    text = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode("utf-8")
    return {t for t in re.findall(r"<w:t(?: [^>]*)?>([^<]+)<", text) if t.strip()}


def _of_xlsx(content: bytes) -> set[str]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = (cell.value for sheet in book for row in sheet.iter_rows() for cell in row)
    return {v for v in cells if isinstance(v, str) and not v.startswith("=")} | set(book.sheetnames)
