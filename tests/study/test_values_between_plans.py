"""What two plans have in common, and the edits between them, by value."""

from __future__ import annotations

from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_planner.errors import ScenarioError, ScheduleError
from geo_planner.plan import Plan, apply
from geo_planner.study.changes import edits_between, nameless, plain
from geo_planner.study.dates import _require_past, _text, read_schedule
from geo_planner.study.ensemble.design import base_rows, chances, saltelli
from geo_planner.study.matching import _alike, _best, _candidates, _most_alike_first, keyed, renamed

CRS = "EPSG:4527"


def frame(shapes: dict[str | None, Any], **columns: list[object]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"id": list(shapes), **columns}, geometry=list(shapes.values()), crs=CRS)


def plan(shapes: dict[str | None, Any], **columns: list[object]) -> Plan:
    return Plan(name="t", crs=CRS, layers={"parcels": frame(shapes, **columns)})


def box(x: float, wide: float = 10.0) -> Any:
    return shapely.box(x, 0, x + wide, 10)


def test_a_layer_by_its_ids_is_sorted_and_has_the_first_of_each() -> None:
    table = Plan(name="t", crs=CRS, layers={"parcels": gpd.GeoDataFrame(
        {"id": ["B", "A", None, "B"], "far": [1.0, 2.0, 3.0, 4.0]}, geometry=[box(k) for k in range(4)], crs=CRS,
    )})  # fmt: skip
    assert keyed(table, "parcels")["far"].to_dict() == {"A": 2.0, "B": 1.0}
    assert keyed(table, "roads").empty
    assert "width" in keyed(table, "roads")
    assert nameless(table, "parcels")["far"].tolist() == [1.0, 3.0, 4.0]
    assert nameless(table, "roads").empty
    assert nameless(table, "mine").columns.tolist() == ["id", "geometry"]


def test_a_share_in_common_is_of_the_area_of_both_or_of_the_length() -> None:
    line = shapely.LineString([(0, 0), (10, 0)])
    one = np.array([box(0), line, shapely.Point(1, 1), shapely.Point(1, 1), box(0)])
    two = np.array([box(5), shapely.LineString([(5, 0), (15, 0)]), shapely.Point(1, 1), shapely.Point(2, 1), box(0)])
    told = _alike(one, two, shapely.get_dimensions(one))
    assert told == pytest.approx([5 / 15, 5 / 15, 1.0, 0.0, 1.0])


def test_candidates_share_half_and_are_of_one_dimension() -> None:
    one = np.array([box(0), shapely.LineString([(0, 5), (10, 5)])])
    i, j, alike = _candidates(one, np.array([box(2), box(6), box(0)]))
    assert sorted(zip(i.tolist(), j.tolist(), alike.round(3).tolist(), strict=True)) == [(0, 0, 0.667), (0, 2, 1.0)]
    assert [len(part) for part in _candidates(one, np.array([]))] == [0, 0, 0]


def test_a_feature_that_lost_its_id_is_found_by_its_place() -> None:
    one = keyed(plan({"A": box(0), "B": box(100), "C": box(200)}), "parcels")
    two = keyed(plan({"X": box(201), "A": box(0), "Y": box(300)}), "parcels")
    assert renamed(one, two).to_dict("list") == {"before": ["C"], "after": ["X"]}


def test_the_best_pairing_of_a_knot_is_taken_as_a_whole() -> None:
    """0 is most alike to 0 (0.9), but 1 has only 0: together 0-1 and 1-0 are better than 0-0 alone."""
    i, j, alike = np.array([0, 0, 1, 2]), np.array([0, 1, 0, 2]), np.array([0.9, 0.8, 0.7, 0.5])
    pairs = [(a, b) for x, y in _best(i, j, alike, (3, 3)) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    assert sorted(pairs) == [(0, 1), (1, 0), (2, 2)]
    assert _most_alike_first(i, j, alike).tolist() == [0, 3]


def test_edits_make_the_second_plan_of_the_first() -> None:
    one = plan({"A": box(0), "B": box(20), "C": box(40)}, far=[1.0, 2.0, 3.0], start=["2010-01-01", None, None])
    two = plan(
        {"A": box(0), "C": box(40, 5), "D": box(60)}, far=[1.5, 3.0, None], start=["2010-01-01", "2011-02-03", None]
    )
    edits = edits_between(one, two)
    assert [(e.kind, e.id) for e in edits] == [
        ("remove", "B"), ("add", "D"), ("set", "A"), ("retime", "C"), ("reshape", "C"),
    ]  # fmt: skip
    assert dict(edits[2].value) == {"far": 1.5}
    assert dict(edits[3].value) == {"start": "2011-02-03"}
    assert set(edits[1].value) == {"geometry"}
    assert apply(one, edits).digest == two.digest
    assert edits_between(one, one) == ()


def test_a_value_taken_away_is_an_edit() -> None:
    one, two = plan({"A": box(0)}, far=[1.0]), plan({"A": box(0)}, far=[None])
    (edit,) = edits_between(one, two)
    assert dict(edit.value) == {"far": None}


def test_features_without_an_id_of_their_own_must_be_alike() -> None:
    one, two = plan({None: box(0)}), plan({None: box(1)})
    assert edits_between(one, one) == ()
    with pytest.raises(ScenarioError, match="without an id of their own differ between 't' and 't'"):
        edits_between(one, two)


def test_a_cell_of_an_edit_is_plain() -> None:
    cells = [np.float64(2.5), pd.Timestamp("2020-01-02"), pd.Timestamp("2020-01-02 03:00"), pd.NaT, None, "x"]
    assert [plain(c) for c in cells] == [2.5, "2020-01-02", "2020-01-02T03:00:00", None, None, "x"]


def test_base_rows_are_a_power_of_two_that_fits() -> None:
    """Three variables take five members a base row: 40 members make 8, 79 still 8, 80 make 16, 39 are too few."""
    assert [base_rows(n, 3) for n in (39, 40, 79, 80)] == [0, 8, 8, 16]
    assert base_rows(1000, 1) == 0
    assert base_rows(1000, 2) == 128


def test_a_saltelli_block_is_a_then_a_with_each_column_of_b_then_b() -> None:
    rows = saltelli(8, 2, np.random.default_rng(1)).reshape(8, 4, 2)
    a, first, second, b = (rows[:, k] for k in range(4))
    assert (first[:, 0] == b[:, 0]).all()
    assert (first[:, 1] == a[:, 1]).all()
    assert (second[:, 0] == a[:, 0]).all()
    assert (second[:, 1] == b[:, 1]).all()
    assert not (a == b).any()


def test_chances_fill_up_and_repeat_by_their_seed() -> None:
    told = chances(45, 3, 7)
    assert told.shape == (45, 3)
    assert ((told >= 0) & (told < 1)).all()
    assert (told == chances(45, 3, 7)).all()
    assert not (told == chances(45, 3, 8)).all()
    assert (told[:40] == saltelli(8, 3, np.random.default_rng(np.random.SeedSequence(7)))).all()
    assert sorted((told[40:, 0] * 5).astype(int).tolist()) == [0, 1, 2, 3, 4]
    assert chances(40, 3, 7).shape == (40, 3)


def test_a_schedule_file_of_another_kind_is_refused(tmp_path) -> None:
    with pytest.raises(ScheduleError, match="there is no schedule file"):
        read_schedule(tmp_path / "none.csv")
    (tmp_path / "a.mpp").write_bytes(b"x")
    with pytest.raises(ScheduleError, match=r"not '\.mpp'"):
        read_schedule(tmp_path / "a.mpp")


def test_a_schedule_in_a_chinese_code_page_is_read() -> None:
    assert _text("名称".encode("gb18030")) == "名称"
    assert _text("名称".encode("utf-8-sig")) == "名称"


def test_actual_dates_lie_before_the_status_day() -> None:
    class Table:
        tasks = pd.DataFrame({
            "id": ["a", "b", "c", "d"],
            "actual_start": pd.to_datetime(["2020-01-01", "2020-01-02", None, None]),
            "actual_finish": pd.to_datetime([None, None, "2020-01-02", "2020-01-03"]),
        })  # fmt: skip

    with pytest.raises(ScheduleError, match="tasks 'b', 'd' have") as told:
        _require_past(Table, "2020-01-01")  # type: ignore[arg-type]
    assert "(2020-01-01)" in str(told.value)
    _require_past(Table, date(2020, 1, 2))  # type: ignore[arg-type]
    _require_past(Table, None)  # type: ignore[arg-type]
