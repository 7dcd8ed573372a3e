"""One language at a time: what a reader of Chinese gets has no English words in it, and the other way round."""

from __future__ import annotations

import re
from functools import cache

import pytest
import shapely

from geo_planner import checks
from geo_planner.cli import main
from geo_planner.errors import ImpossibleCRSError
from geo_planner.lang import LANGS, SEVERITIES, choose
from geo_planner.lang.crs import crs_zh
from geo_planner.lang.timetable import word
from geo_planner.plan import Scenario
from geo_planner.plan.layers import LAYERS
from geo_planner.read.crs.doctor import candidates, system
from geo_planner.read.notes import note_texts
from geo_planner.schedule import Options, schedule_plan
from geo_planner.show.documents.programme import schedule_lines, write_schedule
from geo_planner.show.documents.rules import explained, note_explained
from geo_planner.show.documents.terminal import cause_lines
from geo_planner.show.documents.worklist import COLUMNS, worklist, worklist_table
from geo_planner.show.exports.results import open_lines
from geo_planner.show.exports.rows import sentences
from geo_planner.show.exports.verdict import missing_lines
from geo_planner.verdict import judge
from geo_planner.verdict.proof import proofs
from tests.one_language import chinese_in, english_in

CODES = sorted(checks.load())
STRANGERS = {"zh": english_in, "en": chinese_in}


def _ids(plan):
    """Everything in an example that is its author's own: ids, codes, names."""
    own = {plan.name}
    for frame in plan.layers.values():
        for column in frame.columns.drop("geometry"):
            own |= {str(v) for v in frame[column].dropna().unique()} if frame[column].dtype == "str" else set()
    return own


def _schema():
    """Names of layers and columns, which are ids of the data that a reader brings."""
    return {c.name for spec in LAYERS.values() for c in spec.columns} | set(LAYERS)


@cache
def _judged(code):
    """Judged once for both languages and both tests, which only read it."""
    check = checks.load()[code]
    plan = check.fails.plan
    return check, plan, judge(plan, check.example_profile, only=[code])


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("code", CODES)
def test_what_a_finding_says_is_in_one_language(code, lang):
    check, plan, report = _judged(code)
    assert len(report.findings), "the failing example says nothing"
    text = check.zh if lang == "zh" else check.en
    said = [*sentences(report, lang), text.title, text.advice, text.trap]
    said += [check.remedy(state)[lang != "zh"] for state in ("happened", "ahead", "data")]
    strange = {t: STRANGERS[lang](t, _ids(plan)) for t in said}
    assert {t: w for t, w in strange.items() if w} == {}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("code", CODES)
def test_its_causes_worklist_and_verdict_are_in_one_language(code, lang):
    _, plan, report = _judged(code)
    said = [*report.verdict.lines(lang), *cause_lines(report, lang), *open_lines(report, lang)]
    said += [str(cell) for row in worklist_table(worklist(plan, report), COLUMNS, lang) for cell in row]
    said += [c.title[lang] for c in report.causes] + [c.place[lang] for c in report.causes]
    said += [event[lang] for p in proofs(plan, report) for party in p["parties"] for event in party["events"]]
    keys = {c.key for c in report.causes}
    strange = {t: STRANGERS[lang](t, _ids(plan) | _schema() | keys) for t in said}
    assert {t: w for t, w in strange.items() if w} == {}
    bring = missing_lines(report, lang, keys=False)
    assert {t: w for t in bring if (w := STRANGERS[lang](t, _ids(plan)))} == {}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("code", CODES)
def test_explain_is_in_one_language(code, lang):
    rule = checks.load()[code].rule(checks.load()[code].example_profile)
    names = set(rule.params) | {"example"}
    if lang == "zh":
        assert {t: w for t in explained(rule, lang) if (w := english_in(t, names))} == {}
    else:  # the names of laws, of principles and of terms of the trade may stand in Chinese, a Chinese sentence may not
        assert [
            t for t in explained(rule, lang) if re.search("[，。；、！？]|存疑|附录|第.{1,4}[条章]|据|须|按", t)
        ] == []


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("code", [c for c in CODES if checks.load()[c].waits])
def test_the_evidence_of_what_waits_is_in_one_language(code, lang):
    check = checks.load()[code]
    for plan in (check.passes.plan, check.fails.plan):
        told = {word(str(t), lang) for t in check.waits(plan, check.bind(check.example_profile))["evidence"]}
        assert {t: w for t in told if (w := STRANGERS[lang](t, _ids(plan)))} == {}


def test_severities_have_both_words():
    assert {choose(pair, "zh") for pair in SEVERITIES.values()} == {"违规", "提醒", "提示"}


@pytest.mark.parametrize("lang", LANGS)
def test_an_import_note_is_explained_in_one_language(lang):
    """The notes' own slots (`{count}`), options of the command and names of files stay."""
    strange = {}
    for note in note_texts().values():
        for line in note_explained(note, lang):
            bare = re.sub(r"\{\w+\}|`\w+`|\b[A-Za-z]+=\S*|[A-Z]{2,}\b|role=path", " ", line)
            if w := STRANGERS[lang](bare, FILE_WORDS if lang == "zh" else {"亩", "无"}):
                strange[line] = w
    assert strange == {}


FILE_WORDS = {
    "scheme",
    "GeoPackage",
    "Shapefile",
    "Esri",
    "X",
    "Y",
    "Z",
    "DWG",
    "shp",
    "inp",
    "code",
    "start",
    "road_areas",
}
CRS_TEXTS = {
    "EPSG:999999": "'EPSG:999999' 不是坐标系。请写成 EPSG:4527 这样的形式。",
    "+init=/etc/passwd": "'+init=/etc/passwd' 指向其他文件。坐标系请写成 EPSG:4527 这样的形式。",
}


@pytest.mark.parametrize("text", CRS_TEXTS)
def test_a_wrong_coordinate_system_is_told_in_chinese(text):
    with pytest.raises(ImpossibleCRSError) as error:
        system(text)
    assert crs_zh(str(error.value)) == CRS_TEXTS[text]


def test_candidates_of_a_layer_without_a_system_are_told_in_chinese(tmp_path):
    box = shapely.box(40_500_000, 3_700_000, 40_500_100, 3_700_100)
    for found in (candidates((500_000, 3_700_000, 501_000, 3_701_000)), candidates(box.bounds)):
        text = crs_zh("; ".join(map(str, found)))
        assert english_in(text) == set()
    assert "中央经线 117°E" in crs_zh("; ".join(map(str, candidates((500_000, 3_700_000, 501_000, 3_701_000)))))


def test_the_command_tells_an_unknown_system_in_the_readers_language(tmp_path, capsys):
    path = tmp_path / "parcels.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"A"},"geometry":'
        '{"type":"Polygon","coordinates":[[[500000,3700000],[500100,3700000],[500100,3700100],[500000,3700000]]]}}]}',
        encoding="utf-8",
    )
    assert main(["check", str(path), "-o", str(tmp_path / "out"), "-q"]) == 2
    zh = capsys.readouterr().err.replace(str(path), "").strip()
    assert english_in(zh, {"geojson", "parcels"}) == set()
    assert "候选坐标系" in zh
    assert main(["check", str(path), "-o", str(tmp_path / "out"), "-q", "--lang", "en"]) == 2
    assert chinese_in(capsys.readouterr().err) == set()


@pytest.mark.parametrize("lang", LANGS)
def test_a_schedule_is_told_in_one_language(lang, tmp_path):
    """The failing example of PB101 started before its plan: the repair moves it; every table and line is in one language."""
    plan = checks.load()["PB101"].fails.plan
    done = schedule_plan(plan, options=Options(repair=True))
    ids = {"A", "KG1", "FS"}
    lines = [*schedule_lines(done, lang)]
    written = write_schedule(done, Scenario(name="example"), tmp_path, lang=lang)
    lines += [line for path in written if path.suffix == ".csv" for line in path.read_text("utf-8").splitlines()]
    assert {t: w for t in lines if (w := STRANGERS[lang](re.sub("[0-9a-f]{12}", " ", t), ids))} == {}
    if lang == "zh":
        assert lines[0].startswith("日期事项")
        assert (tmp_path / "schedule.csv").read_text("utf-8").startswith("工程,状态,开工,完工,新开工,新完工,移动天数")
