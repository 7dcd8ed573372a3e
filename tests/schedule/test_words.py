"""What a schedule says is in the reader's language: which date moves, by how much, and what it waits for."""

from __future__ import annotations

import pytest

from geo_planner.checks import load
from geo_planner.lang import schedule as phrase
from geo_planner.schedule import Options, schedule_plan
from geo_planner.show.documents.programme import reasons_of, schedule_lines


@pytest.mark.parametrize(
    ("lag", "zh", "en"),
    [
        (0, "道路 R 铺面不早于管线 P 完工", "road R paved not before pipe P finish"),
        (5, "道路 R 铺面不早于管线 P 完工后 5 天", "road R paved not sooner than 5 days after pipe P finish"),
        (-257, "道路 R 铺面最多比管线 P 完工早 257 天", "road R paved at most 257 days before pipe P finish"),
    ],
)
def test_a_lag_is_a_sentence_also_where_it_is_negative(lag: int, zh: str, en: str):
    assert phrase.waits("pipes/P finish", "roads/R paved", lag, "zh") == zh
    assert phrase.waits("pipes/P finish", "roads/R paved", lag, "en") == en


def test_a_move_names_date_days_and_rule_in_both_languages():
    # The pipe is accepted 304 days after the road above it is paved; only delays are allowed.
    done = schedule_plan(load()["UG204"].fails.plan, options=Options(mode="delay", judge=False))
    (key,) = reasons_of(done, "zh")
    zh, en = reasons_of(done, "zh")[key], reasons_of(done, "en")[key]
    assert zh.startswith(f"道路 {key[1]}：铺面推迟 304 天（UG204：道路 {key[1]} 铺面不早于管线 ")
    assert en.startswith(f"road {key[1]}: paved 304 days later (UG204: road {key[1]} paved not before pipe ")
    assert zh.endswith("；完工推迟 304 天")
    assert any(zh in line for line in schedule_lines(done, "zh"))
    assert not any("lag" in line for line in schedule_lines(done, "en"))
