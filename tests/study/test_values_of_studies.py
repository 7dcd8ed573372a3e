"""Outcomes of a study and what changes between two plans, by value; results kept in a folder."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_planner.errors import OutputError
from geo_planner.plan.uncertainty import Distribution, Uncertainty
from geo_planner.study.cause_changes import _row, counted
from geo_planner.study.codec import decode, encode
from geo_planner.study.compare import _changed, _moves, _text, _works
from geo_planner.study.decompose import _equal_rows, share_parts
from geo_planner.study.ensemble.decide import _best_cut, deciders, whole
from geo_planner.study.ensemble.member import _moved_dates, _redrawn, _scaled, _values
from geo_planner.study.folder import FolderStore


def shares(**rows: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, index=["good", "total"]).T


def test_what_each_row_adds_to_a_share_sums_to_its_change() -> None:
    """From 5/10 to 8/12: a +3 good and +2 in all; mean share 7/12, mean total 11: (3 - 7/12 * 2) / 11."""
    told = share_parts(shares(a=(1.0, 4.0), b=(4.0, 6.0)), shares(a=(4.0, 6.0), b=(4.0, 6.0)))["delta"]
    assert told.to_dict() == pytest.approx({"a": (3 - 7 / 12 * 2) / 11, "b": 0.0})
    assert told.sum() == pytest.approx(8 / 12 - 5 / 10)
    come = share_parts(shares(a=(1.0, 2.0)), shares(a=(1.0, 2.0), c=(2.0, 2.0)))["delta"]
    assert come.sum() == pytest.approx(3 / 4 - 1 / 2)
    assert share_parts(shares(a=(0.0, 0.0)), shares(a=(1.0, 1.0))).empty
    assert share_parts(shares(a=(1.0, 1.0)), shares(a=(0.0, 0.0))).empty


def test_rows_are_equal_where_both_are_blank_or_alike() -> None:
    one = pd.DataFrame({"x": [1.0, np.nan, np.nan, 1.0], "y": ["a", "a", "a", None]})
    two = pd.DataFrame({"x": [1.0, np.nan, 2.0, 1.0], "y": ["a", "a", "a", None]})
    assert _equal_rows(one, two).tolist() == [True, True, False, True]


def test_all_checks_together_are_as_bad_as_the_worst() -> None:
    def told(*states: str) -> str:
        return whole(pd.DataFrame({"state": list(states)}))

    assert told("pass", "undecided", "unknown", "fail") == "fail"
    assert told("pass", "undecided", "unknown") == "unknown"
    assert told("pass", "undecided") == "undecided"
    assert told("pass") == told() == "pass"


HIT = np.array([False, False, False, True, True])


def test_the_number_that_sorts_the_members_is_cut_in_the_middle() -> None:
    drawn = pd.DataFrame(
        {"noise": [5.0, 1.0, 4.0, 2.0, 3.0], "day": [10.0, 20.0, 30.0, 50.0, 60.0], "word": list("abcde")}
    )
    assert _best_cut(HIT, drawn) == ("day", "above", 40.0)
    assert _best_cut(HIT, drawn.assign(day=-drawn["day"])) == ("day", "below", -40.0)


def test_a_number_that_sorts_no_better_than_chance_decides_nothing() -> None:
    for drawn in ({"same": [1.0] * 5}, {"noise": [5.0, 1.0, 4.0, 2.0, 3.0]}):
        name, side, cut = _best_cut(HIT, pd.DataFrame(drawn))
        assert (name, side, np.isnan(cut)) == ("", "", True)


def test_features_that_some_members_find_are_told_the_least_certain_first() -> None:
    found = {
        ("ST701", "parcels", "always"): np.ones(5, bool), ("ST701", "parcels", "never"): np.zeros(5, bool),
        ("ST701", "parcels", "rare"): np.array([True, False, False, False, False]), ("ST701", "parcels", "even"): HIT,
    }  # fmt: skip
    drawn = pd.DataFrame({"day": [10.0, 20.0, 30.0, 50.0, 60.0]})
    told = deciders(SimpleNamespace(found=found), drawn)  # type: ignore[arg-type]
    assert told[["id", "share", "uncertainty", "side", "threshold"]].to_numpy().tolist() == [
        ["even", 0.4, "day", "above", 40.0], ["rare", 0.2, "day", "below", 15.0],
    ]  # fmt: skip


def cause(n: int, rows: int = 0) -> Any:
    return SimpleNamespace(
        key="k", title=(("zh", "因"), ("en", "cause")), verdict="safety", severity="error", codes=("A", "B"),
        layer="pipes", id="P", fingerprints=tuple(range(n)), rows=rows,
    )  # fmt: skip


def test_a_cause_is_new_gone_grown_shrunk_or_the_same() -> None:
    one, two = cause(1), cause(2)
    told = [
        _row(a, b, two) for a, b in ((None, two), (two, None), (one, two), (two, one), (two, two), (one, cause(0, 3)))
    ]
    assert [(row[1], row[7], row[8]) for row in told] == [
        ("new", 0, 2), ("gone", 2, 0), ("grown", 1, 2), ("shrunk", 2, 1), ("same", 2, 2), ("grown", 1, 3),
    ]  # fmt: skip
    assert told[0][2:7] == ("safety", "error", "A B", "pipes", "P")
    assert told[0][9:] == ("因", "cause")
    assert counted(["new", "gone", "same", "grown", "new"]) == {"new": 2, "gone": 1, "kept": 2}


def test_moved_dates_are_counted_in_days_and_a_work_by_its_farthest() -> None:
    before = pd.Series(pd.to_datetime(["2020-01-01", "2020-01-01"]), index=["A", "B"])
    after = pd.Series(pd.to_datetime(["2020-01-11", "2019-12-02"]), index=["A", "B"])
    start = _moves("parcels", "start", before, after)
    assert start["days"].tolist() == [10.0, -30.0]
    finish = _moves("parcels", "finish", before, after - pd.Timedelta(days=50))
    features = pd.DataFrame(
        {
            "layer": ["parcels", "pipes", "parcels"],
            "id": ["C", "P", "A"],
            "change": ["added", "removed", "set"],
            "column": ["", "", "far"],
        }
    )
    works = _works(features, pd.concat([start, finish], ignore_index=True))  # type: ignore[arg-type]
    assert works.fillna(0).to_numpy().tolist() == [
        ["parcels", "A", "moved", -40.0], ["parcels", "B", "moved", -80.0], ["parcels", "C", "added", 0.0],
        ["pipes", "P", "dropped", 0.0],
    ]  # fmt: skip
    assert _changed(features, start).to_dict() == {  # type: ignore[arg-type]
        ("parcels", "A"): "far, start", ("parcels", "B"): "start", ("parcels", "C"): "added", ("pipes", "P"): "removed",
    }  # fmt: skip
    assert _text(["x", None, 2.5], 3).tolist() == ["x", "", "2.5"]
    assert _text("", 2) == ["", ""]


def unsure(kind: str, low: float, high: float, **more: Any) -> Uncertainty:
    return Uncertainty("u", kind, Distribution("uniform", (low, high)), layer="parcels", **more)  # type: ignore[arg-type]


def frame() -> gpd.GeoDataFrame:
    shapes = [shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)]
    start = pd.to_datetime(["2020-01-01", None]).astype("datetime64[ms]")
    return gpd.GeoDataFrame({"id": ["A", "B"], "far": [1.0, 2.0], "start": start}, geometry=shapes, crs="EPSG:4527")


def test_one_draw_holds_for_all_or_each_has_its_own() -> None:
    assert _values(unsure("demand", 1.0, 3.0), 0.25, 3, [1, 2]).tolist() == [1.5, 1.5, 1.5]
    each = _values(unsure("demand", 1.0, 3.0, each=True), 0.25, 3, [1, 2])
    assert len(set(each.tolist())) == 3
    assert each.tolist() == _values(unsure("demand", 1.0, 3.0, each=True), 0.9, 3, [1, 2]).tolist()


def test_a_draw_moves_dates_and_multiplies_numbers_of_its_rows_alone() -> None:
    days = _moved_dates(frame(), np.array([0]), np.array([10.4]), unsure("date", 0, 20, columns=("start",)))
    assert days["start"].iloc[0] == pd.Timestamp("2020-01-11")
    assert pd.isna(days["start"].iloc[1])
    assert _scaled(frame(), np.array([1]), np.array([1.5]), unsure("demand", 1, 2, columns=("far",)))[
        "far"
    ].tolist() == [1.0, 3.0]


def test_a_shift_moves_shapes_whole_and_noise_moves_equal_corners_alike() -> None:
    shift = unsure("shift", 0, 1, shift=(4.0, -2.0))
    told = _redrawn(frame(), (np.array([1]), np.array([0.5])), shift, [1, 2])
    assert [s.bounds for s in told] == [(0.0, 0.0, 10.0, 10.0), (12.0, -1.0, 22.0, 9.0)]
    noisy = _redrawn(frame(), (np.array([0, 1]), np.array([0.1, 0.1])), unsure("geometry", 0, 1), [1, 2])
    assert shapely.touches(*noisy)
    assert noisy[0].intersection(noisy[1]).length > 9
    assert not noisy[0].equals(shapely.box(0, 0, 10, 10))


@pytest.mark.parametrize(
    "value",
    [
        None, 1.5, "词", (1, "a", None), [1, [2]], {"a": (1,), 2: "b"}, frozenset({"x", "y"}), pd.Timestamp("2020-01-02"),
        pd.Timestamp("2020-01-02").date(), np.float64(2.5), shapely.Point(1, 2),
    ],
)  # fmt: skip
def test_a_value_comes_back_from_its_bytes(value: Any) -> None:
    back = decode(encode(value))
    assert type(back) is type(value)
    assert back == value


def test_arrays_and_tables_come_back_from_their_bytes() -> None:
    shapes = np.array([shapely.Point(1, 2), None], dtype=object)
    assert decode(encode(shapes)).tolist() == shapes.tolist()
    assert decode(encode(np.array([[1, 2], [3, 4]]))).tolist() == [[1, 2], [3, 4]]
    assert decode(encode(np.array(["a", None, 2], dtype=object))).tolist() == ["a", None, 2]
    series = pd.Series([1.0, np.nan], index=pd.Index(["p", "q"], name="n"), name="s")
    pd.testing.assert_series_equal(decode(encode(series)), series)
    back = decode(encode(frame()))
    assert (back.crs, back.geometry.name) == (frame().crs, "geometry")
    pd.testing.assert_frame_equal(pd.DataFrame(back), pd.DataFrame(frame()))


def test_damaged_bytes_and_foreign_things_are_refused() -> None:
    content = encode([1, 2])
    with pytest.raises(ValueError, match="digest is another"):
        decode(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(TypeError, match="SimpleNamespace cannot be kept"):
        encode(SimpleNamespace())


def test_a_folder_keeps_results_and_says_what_is_damaged(tmp_path) -> None:
    told: list[str] = []
    old = tmp_path / "facts-of-another-version"
    old.mkdir()
    (tmp_path / "notes").mkdir()
    FolderStore(tmp_path, told.append).put("abcd", [1, 2])
    assert not old.exists()
    assert (tmp_path / "notes").exists()
    store = FolderStore(tmp_path, told.append)
    assert store.get("abcd") == [1, 2]
    assert store.get("none") is None
    (kept,) = tmp_path.rglob("*.fact")
    assert (kept.parent.name, kept.name) == ("ab", "abcd.fact")
    kept.write_bytes(kept.read_bytes()[:-3])
    assert store.get("abcd") == [1, 2]
    assert told == []
    assert FolderStore(tmp_path, told.append).get("abcd") is None
    assert len(told) == 1
    assert told[0].startswith("abcd.fact in the cache is damaged")


def test_what_no_file_can_hold_stays_in_memory_and_a_file_is_no_folder(tmp_path) -> None:
    store = FolderStore(tmp_path / "f")
    thing = SimpleNamespace()
    store.put("key", thing)
    assert store.get("key") is thing
    assert list(tmp_path.rglob("*.fact")) == []
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="this is a file"):
        FolderStore(tmp_path / "file")
