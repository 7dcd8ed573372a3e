"""The arguments of findings: kept as columns, read as mappings."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import shapely

from geo_planner.plan import Rows, findings
from geo_planner.plan.arguments import Arguments
from geo_planner.plan.findings import fingerprints

SPOT = shapely.Point(0, 0)


def _two() -> pd.Series:
    late = Arguments.of({"days": np.array([3.0, np.nan]), "who": "S1"}, 2)
    near = Arguments.of({"laid": np.array(["2010-01-01", "NaT"], "datetime64[D]"), "n": np.array([1, 2])}, 2)
    return pd.concat([pd.Series(late), pd.Series(near)], ignore_index=True)


def test_a_row_reads_as_plain_values():
    assert _two().tolist() == [
        {"days": 3.0, "who": "S1"},
        {"days": None, "who": "S1"},
        {"laid": "2010-01-01", "n": 1},
        {"laid": None, "n": 2},
    ]


def test_rows_keep_their_values_when_sorted_and_taken():
    turned = _two().iloc[[3, 0]]
    assert (turned.iloc[0], turned.iloc[1]) == ({"laid": None, "n": 2}, {"days": 3.0, "who": "S1"})
    assert _two().reindex([1, 9]).isna().tolist() == [False, True]


def test_mappings_become_columns_and_come_back():
    rows = [{"a": 1}, {"b": "x", "c": [1, 2]}, None, {"a": 2}]
    back = Arguments._from_sequence(rows)
    assert list(back) == rows
    assert len(back.blocks) == 2


def test_findings_of_several_blocks_are_sorted_with_their_arguments():
    one = Rows(layer="roads", id=["R2", "R1"], geometry=[SPOT, SPOT], args={"depth": np.array([2.0, 1.0])})
    two = Rows(layer="parcels", id=["P"], geometry=[SPOT], args={"use": ["shop"]})
    rows = findings("EPSG:4527", one, two, judged=3).rows
    assert list(zip(rows["id"], rows["args"], strict=True)) == [
        ("P", {"use": "shop"}),
        ("R1", {"depth": 1.0}),
        ("R2", {"depth": 2.0}),
    ]


def test_a_fingerprint_is_the_name_that_reviews_were_kept_under():
    rows = findings("EPSG:4527", Rows(layer="roads", id=["R", "R", "Q"], geometry=[SPOT] * 3), judged=3).rows
    rows["code"] = pd.Series("UG204", index=rows.index, dtype="str")
    wanted = [
        hashlib.sha256(k.encode()).hexdigest()[:12]
        for k in ("UG204|roads|Q|||0", "UG204|roads|R|||0", "UG204|roads|R|||1")
    ]
    assert fingerprints(rows).tolist() == wanted


def test_a_list_in_each_cell_is_one_value():
    held = Arguments.of({"short": [["B", "C"]], "kind": "gas"}, 1)
    assert held.cells() == [{"short": ["B", "C"], "kind": "gas"}]
    assert held[0] == {"short": ["B", "C"], "kind": "gas"}
    equal = Arguments.of({"short": [["B", "C"], ["D", "E"]]}, 2)
    assert equal.cells() == [{"short": ["B", "C"]}, {"short": ["D", "E"]}]


def test_rows_that_say_the_same_are_told_from_others_to_the_bit():
    one = Arguments.of({"day": np.array(["2020-01-01", "2020-01-02"], "datetime64[D]"), "of": ["a", "b"]}, 2)
    same = Arguments.of({"day": np.array(["2020-01-01", "2020-01-02"], "datetime64[D]"), "of": ["a", "b"]}, 2)
    other = Arguments.of({"day": np.array(["2020-01-01", "2020-01-03"], "datetime64[D]"), "of": ["a", "b"]}, 2)
    assert one.same(same).tolist() == [True, True]
    assert one.same(other).tolist() == [True, False]
    assert one.same(Arguments.of({"of": ["a", "b"]}, 2)).tolist() == [False, False]


def test_zero_and_less_than_zero_and_nothing_are_not_the_same():
    one, other = (Arguments.of({"n": np.array(cells)}, 3) for cells in ([0.0, np.nan, 1.0], [-0.0, np.nan, 1.0]))
    assert one.same(other).tolist() == [False, True, True]
    assert Arguments.of({"n": 1}, 1).same(Arguments.of({"n": 1.0}, 1)).tolist() == [False]


def test_rows_of_another_make_are_compared_by_what_they_say():
    whole = Arguments.of({"n": np.array([1.0, 2.0])}, 2)
    parts = Arguments._concat_same_type([Arguments.of({"n": 1.0}, 1), Arguments.of({"n": 3.0}, 1)])
    assert whole.same(parts).tolist() == [True, False]
    none = Arguments._concat_same_type([whole.take(np.array([-1]), allow_fill=True)] * 2)
    assert none.same(none).tolist() == [True, True]
