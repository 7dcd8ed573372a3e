"""The still of a proof: its rows, dates and gap are the finding's, its map names what came last and the source."""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from geo_planner.checks.contract import mini
from geo_planner.plan import Edit, Profile, Threshold
from geo_planner.show.documents.dossier import write_dossier
from geo_planner.show.still import glyphs, place
from geo_planner.show.still.raster import picture
from geo_planner.show.still.scene import Shapes, scene_of
from geo_planner.show.still.still import party_rows, proven, shared, still, stills
from geo_planner.show.still.svg import svg
from geo_planner.verdict import judge
from geo_planner.verdict.proof import proofs
from tests.show.parks import X, Y
from tests.verdict.test_causes import MAIN, park

WATER = Profile(name="p", values={"UG201": {"kinds": Threshold(("water",), "list", "test")}})
EARLY = Edit("retime", "pipes", "W", {"finish": "2010-05-01"})
"""The main is accepted before either parcel starts."""


def late(**more):
    """Parcel B starts on 2010-06-01, parcel A on 2011-01-01, the main W of source S is accepted on 2011-06-01."""
    plan = park(as_of="2026-06-30", **more)
    return plan, judge(plan, WATER, only=["UG201"])


def placed(world):
    """The same world within the zone of its sheet; it is drawn at the origin."""
    for name, frame in world.layers.items():
        world = world.with_layer(name, frame.set_geometry(frame.translate(X, Y)))
    return world


def words(text: str) -> list[str]:
    return re.findall(r"<text [^>]*>([^<]*)</text>", text)


def test_the_bars_and_the_gap_have_the_dates_of_the_finding():
    plan, report = late()
    ((_, proof),) = proven(plan, report)
    assert party_rows(proof, "zh") == [
        ("地块 B", "2010-06-01", "", ""),
        ("给水接通 W", "2011-06-01", "相差 365 天", ""),
        ("管线 W", "2011-06-01", "", ""),
    ]
    row = report.findings.set_index("fingerprint").loc[proof["finding"]]
    assert (str(row["from"].date()), str(row["to"].date()), row["value"]) == ("2010-06-01", "2011-06-01", 365.0)
    assert {"地块 B", "2010-06-01", "给水接通 W", "相差 365 天"} <= set(words(svg(still(Shapes(plan), proof, "zh"))))


def test_the_english_still_has_english_words_only():
    plan, report = late()
    ((cause, proof),) = proven(plan, report)
    said = words(svg(still(Shapes(plan), proof, "en", title=cause.title["en"])))
    assert {"Parcel B", "Water serves it W", "365 days", "last to come W", "source S"} <= set(said)
    assert [w for w in said if re.search("[\u4e00-\u9fff]", w)] == []


def test_the_map_names_the_parcel_what_came_last_and_the_source():
    plan, report = late()
    ((_, proof),) = proven(plan, report)
    assert {"B", "最晚到 W", "源站 S", "200 m"} <= set(words(svg(still(Shapes(plan), proof, "zh"))))


def test_the_way_is_drawn_from_the_source_to_the_parcel_and_all_parties_are_in_view():
    plan, report = late()
    ((_, proof),) = proven(plan, report)
    scene = scene_of(Shapes(plan), proof)
    assert [[name for name, _ in part] for part in (scene.subject, scene.blocking, scene.source)] == [
        ["B"],
        ["W"],
        ["S"],
    ]
    assert [name for name, _ in scene.waiting] == ["A"]
    assert len(scene.path) == 1
    drawing = still(Shapes(plan), proof, "zh")
    red = [mark.shape for mark in drawing.marks if mark.line == "gap" and mark.width == 4.0]
    assert red[0].length > 200  # the main, whole, in a map of 640
    assert all(0 <= v <= 640 for mark in drawing.marks if mark.shape is not None for v in mark.shape.bounds[::2])


@pytest.mark.parametrize(("few", "drawn"), [(2, 0), (3, 1)])
def test_of_more_parcels_than_are_drawn_none_is_not_the_first_of_them(monkeypatch, few: int, drawn: int):
    """Of a whole city the first 3,000 parcels in order of the file were coloured, and the rest looked like open land."""
    monkeypatch.setattr(place, "_FEW", few)
    plan, report = late()
    ((_, proof),) = proven(plan, report)
    assert len([m for m in still(Shapes(plan), proof, "zh").marks if m.alpha == 0.32]) == drawn


def test_roads_that_all_lie_far_away_are_not_drawn():
    """`multilinestrings` of no line raised, and the whole run ended with it."""
    plan, report = late()
    far = mini(roads=[{"id": "R", "grade": "branch", "wkt": "LINESTRING (900000 0, 900050 0)"}]).plan["roads"]
    plan = plan.with_layer("roads", far.to_crs(plan.crs))
    ((_, proof),) = proven(plan, report)
    assert not [mark for mark in still(Shapes(plan), proof, "zh").marks if mark.line == "#c9c4ba"]


def test_the_dates_of_a_repair_stand_on_the_same_rows():
    """Once the main is accepted on 2010-05-01 both parcels are served in time."""
    plan, report = late()
    ((_, proof),) = proven(plan, report, [EARLY])
    assert [(row[0], row[3]) for row in party_rows(proof, "zh")] == [
        ("地块 B", ""),
        ("给水接通 W", "2010-05-01"),
        ("管线 W", "2010-05-01"),
    ]
    assert "修复后" in words(svg(still(Shapes(plan), proof, "zh")))
    assert "修复后" not in words(svg(still(Shapes(plan), proofs(plan, report)[0], "zh")))


def test_of_two_sources_on_one_line_the_source_is_the_first_that_opened():
    plan = park(as_of="2026-06-30")
    sources = plan["sources"]
    second = sources.assign(id="T", finish=sources["finish"].min() + np.timedelta64(30, "D"))
    both = plan.with_layer("sources", pd.concat([second, sources], ignore_index=True))
    (proof,) = proofs(both, judge(both, WATER, only=["UG201"]))
    assert [p["source"] for p in proof["parties"] if p["role"] == "utility"] == ["S"]


def test_the_ground_of_a_still_is_told_once_for_both_languages():
    plan, report = late()
    (both,) = stills(plan, list(proven(plan, report))).values()
    told = shared(both)
    assert {lang: told["same"].join(told[lang]) for lang in both} == both
    assert told["same"].count("<path") >= 3  # the paper, the land and the roads
    assert not re.search("[一-鿿]", told["same"])
    assert shared({"zh": "<a>x</a>", "en": "<a b>xy</a>"}) == {
        "same": "x",
        "zh": ["<a>", "</a>"],
        "en": ["<a b>", "y</a>"],
    }


def test_roads_that_meet_at_crossings_are_drawn_in_long_strokes():
    """A net of 3 x 3 blocks in 24 pieces is eight lines, four each way, as long as the pieces."""
    across = [[(x, y), (x + 10, y)] for y in range(0, 40, 10) for x in range(0, 30, 10)]
    along = [[(y, x), (y, x + 10)] for y in range(0, 40, 10) for x in range(0, 30, 10)]
    drawn = place._strokes(shapely.linestrings(np.array(across + along, float)))
    assert len(drawn.geoms) == 8
    assert drawn.length == 24 * 10


def test_an_id_is_text_and_never_markup():
    pipe = {**MAIN, "id": '<b onload="x">&'}
    plan, report = late(pipe=pipe)
    text = stills(plan, list(proven(plan, report)))
    (both,) = text.values()
    assert set(both) == {"zh", "en"}
    assert "<b " not in both["zh"]
    assert "&lt;b onload=" in both["zh"]


def pixels(content: bytes) -> np.ndarray:
    width, height = struct.unpack(">II", content[16:24])
    body = content[content.index(b"IDAT") + 4 : -16]
    return (
        np.frombuffer(zlib.decompress(body), np.uint8).reshape(height, width * 3 + 1)[:, 1:].reshape(height, width, 3)
    )


def test_the_picture_for_a_document_shows_the_gap_in_red_where_its_days_are():
    """365 of some 500 days on half of 1280 pixels: the red of the gap is wider than 300 pixels and in its own row."""
    plan, report = late()
    ((_, proof),) = proven(plan, report)
    drawing = still(Shapes(plan), proof, "zh")
    seen = pixels(picture(drawing))
    assert seen.shape[1] == 1280
    (gap,) = [m.shape.bounds for m in drawing.marks if m.line == "gap" and m.width == 1.2]
    x0, y0, x1, _ = (round(v * 2) for v in gap)
    assert x1 - x0 > 300
    assert (seen[y0 : y0 + 2, x0 + 4 : x1 - 4].mean((0, 1)) > [150, -1, -1]).all()
    assert (seen[y0 : y0 + 2, x0 + 4 : x1 - 4].mean((0, 1))[1:] < 120).all()


def test_a_machine_without_fonts_gets_its_words_in_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    docx = pytest.importorskip("docx")
    plan, report = late()
    write_dossier(plan, report, tmp_path / "with.docx")
    glyphs._letter.cache_clear()
    monkeypatch.setattr(glyphs, "_font", lambda: None)
    write_dossier(plan, report, tmp_path / "without.docx")
    glyphs._letter.cache_clear()
    tables = docx.Document(str(tmp_path / "without.docx")).tables
    rows = [[cell.text for cell in row.cells] for table in tables for row in table.rows]
    assert ["给水接通 W", "2011-06-01", "相差 365 天", ""] in rows


def test_the_dossier_has_a_page_a_cause_with_its_picture_and_its_facts(tmp_path: Path):
    docx = pytest.importorskip("docx")
    plan, report = late()
    write_dossier(plan, report, tmp_path / "d.docx", fixes=[EARLY])
    opened = docx.Document(str(tmp_path / "d.docx"))
    heads = [p.text for p in opened.paragraphs if p.style.name == "Heading 2"]
    assert heads == ["1. " + report.causes[0].title["zh"]]
    rows = [[cell.text for cell in row.cells] for table in opened.tables for row in table.rows]
    assert ["状态", "已成事实"] in rows
    assert any(row[0] == "可算方案" and "2010-05-01" in row[1] for row in rows)
    told = [shape._inline.docPr.get("descr") for shape in opened.inline_shapes]
    assert "给水接通 W 2011-06-01" in told[0]
    section = opened.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)


def test_the_html_dossier_shows_the_still_as_lines_and_letters(tmp_path: Path):
    import base64

    plan, report = late()
    write_dossier(plan, report, tmp_path / "d.html")
    text = (tmp_path / "d.html").read_text(encoding="utf-8")
    (data,) = re.findall(r"data:image/svg\+xml;base64,([^\"]+)", text)
    assert "相差 365 天" in base64.b64decode(data).decode()
