"""The same digits mean different things in different schemes."""

from __future__ import annotations

import pandas as pd

from geo_planner.plan.landuse import classify, detect, tidy


def one(code: object, scheme: str | None) -> pd.Series:
    return classify(pd.Series([code], dtype=object), pd.Series([scheme], dtype=object)).iloc[0]


def test_a_code_without_a_scheme_is_never_mapped():
    row = one("1001", None)
    assert pd.isna(row["ple"])
    assert row["reason"] == "no_scheme"


def test_1001_is_industry_in_the_guide_of_2023():
    assert one("1001", "guide2023")[["ple", "group"]].tolist() == ["production", "industry"]


def test_an_unknown_code_is_reported_and_not_guessed():
    assert one("Q7", "gb50137")["reason"] == "unknown_code"
    assert one("0799", "guide2023")["reason"] == "unknown_code"


def test_bureau_habits_are_read():
    assert [one(c, "gb50137")["code"] for c in ("r2", " Ｒ２ ", "R21", "R2/B1", "M1(M0)")] == [
        "R2",
        "R2",
        "R2",
        "R2",
        "M1",
    ]


def test_a_zero_lost_to_a_number_column_is_found_again():
    assert one(701.0, "guide2023")["code"] == "0701"


def test_what_means_nothing_is_no_code():
    assert [tidy(x) for x in ("/", "无", "-", "", None, float("nan"))] == [""] * 6


def test_letters_speak_for_the_code_of_2011_and_digits_for_the_guide():
    assert detect(["R2", "M1", "G1", "S1"])[0] == "gb50137"
    assert detect(["0701", "100101", "1401"])[0] != "gb50137"
