"""The works behind the Gantt: their dates before and after, their park and phase, the critical ones and the links."""

from __future__ import annotations

import pandas as pd

from geo_planner.checks.contract import mini
from geo_planner.plan import Edit
from geo_planner.schedule import Options, schedule_plan
from geo_planner.show.documents.works import AFTER, EDGE, ROW, works_picture, works_rows
from geo_planner.show.page.gantt import gantt_of, works_of
from geo_planner.show.page.letters import from_letters
from geo_planner.show.page.packed import decode_table

BOX = "POLYGON (({x} 10, {e} 10, {e} 50, {x} 50, {x} 10))"
PARK = mini(
    parks=[{"id": "K", "wkt": "POLYGON ((-10 -10, 150 -10, 150 90, -10 90, -10 -10))"}],
    parcels=[
        {"id": "A", "phase": "1", "start": "2020-06-01", "used": "2021-03-01", "wkt": BOX.format(x=80, e=120)},
        {"id": "B", "phase": "2", "start": "2022-01-01", "finish": "2022-09-01", "wkt": BOX.format(x=900, e=940)},
    ],
    roads=[
        {"id": "R", "width": 20.0, "start": "2019-01-01", "paved": "2019-10-01", "finish": "2019-12-01"}
        | {"wkt": "LINESTRING (0 0, 140 0)"}
    ],
    pipes=[
        {"id": "P", "kind": "gas", "start": "2019-08-01", "finish": "2020-01-01", "wkt": "LINESTRING (0 5, 140 5)"},
        {"id": "X", "kind": "gas", "wkt": "LINESTRING (0 70, 140 70)"},
    ],
).plan


def test_a_work_lasts_from_its_first_to_its_last_date_and_lies_in_its_park_and_phase():
    table = works_of(PARK).set_index("id")
    assert list(table.index) == ["A", "B", "R", "P"]  # X has no date
    rows = table[["from", "to"]].apply(lambda c: c.dt.strftime("%Y-%m-%d"))
    assert rows.loc["A"].tolist() == ["2020-06-01", "2021-03-01"]
    assert rows.loc["R"].tolist() == ["2019-01-01", "2019-12-01"]
    assert table["park"].to_dict() == {"A": "K", "B": "", "R": "K", "P": "K"}
    # The pipe's middle (70, 5) lies 5 m from parcel A; the road's likewise.
    assert table["phase"].to_dict() == {"A": "1", "B": "2", "R": "1", "P": "1"}


def test_proposed_edits_give_the_dates_after():
    edit = Edit("retime", "pipes", "P", {"start": "2019-05-01", "finish": "2019-10-01"})
    text, about = gantt_of(PARK, [edit])
    assert (about["moved"], about["critical"], about["links"]) == (True, False, 0)
    columns = decode_table(from_letters(text))
    at = list(columns["id"]).index("P")
    days = [str(pd.Timestamp(columns[c][at], unit="D").date()) for c in ("from", "to", "new_from", "new_to")]
    assert days == ["2019-08-01", "2020-01-01", "2019-05-01", "2019-10-01"]


def test_dates_are_told_once_where_no_edit_moves_a_work():
    columns = decode_table(from_letters(gantt_of(PARK)[0]))
    assert {"from", "to"} <= set(columns)
    assert not {"new_from", "new_to"} & set(columns)


def test_a_schedule_brings_links_and_critical_works():
    # The pipe under the road is accepted after paving: one waits for the other by UG204.
    done = schedule_plan(PARK, options=Options(today="2018-01-01", judge=False))
    text, about = gantt_of(PARK, done=done)
    columns = decode_table(from_letters(text))
    ids, rules = list(columns["id"]), list(columns["rule"])
    pairs = {(ids[int(b)], ids[int(a)], r) for b, a, r in zip(columns["before"], columns["after"], rules, strict=True)}
    assert ("P", "R", "UG204") in pairs
    assert about["critical"]
    critical = {i for i, c in zip(ids, columns["critical"], strict=True) if c == "1"}
    assert critical == set(done.table().query("critical")["task"].str.rpartition("/")[2]) & set(ids)
    assert critical


def test_a_plan_without_dates_has_no_gantt():
    assert gantt_of(mini(pipes=[{"id": "P", "kind": "gas", "wkt": "LINESTRING (0 0, 9 0)"}]).plan) is None


def test_the_dossier_tells_works_by_phase_and_kind_before_and_after():
    edit = Edit("retime", "pipes", "P", {"start": "2019-05-01", "finish": "2019-10-01"})
    head, *rows = works_rows(PARK, [edit], "zh")
    assert head[:3] == ("分期", "工程", "数量")
    assert ("1", "燃气管线", "1", "2019-08-01", "2020-01-01", "2019-05-01", "2019-10-01") in rows
    assert ("2", "地块", "1", "2022-01-01", "2022-09-01", "2022-01-01", "2022-09-01") in rows


def test_the_picture_of_the_dossier_has_a_bar_for_each_row_where_its_days_are():
    # 2019-01-01 to 2022-09-01 are 1,339 days on 1,360 pixels: the road (364 days) is as long as 370 pixels.
    rows = [row[1] for row in works_rows(PARK, (), "en")[1:]]
    picture = works_picture(PARK)
    y = EDGE + ROW * rows.index("road") + 4
    assert int((picture[y] == AFTER).all(axis=1).sum()) in {334 * 1360 // 1339 - 1, 334 * 1360 // 1339}
