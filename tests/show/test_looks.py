"""Styles by ramp: fifths with edges one can say aloud, a class for rows without a value, none where nothing varies."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_planner.checks.tables.contested import switches_told
from geo_planner.plan import Profile, Threshold
from geo_planner.show.page.packed import Columns, decode, encode
from geo_planner.show.symbology.classes import classes_of, with_bands, with_uses
from geo_planner.verdict import judge as run

from .parks import plan


def parcels(far: list[float | None]) -> object:
    toy = plan()
    frame = toy["parcels"].assign(far=pd.array(far, dtype="Float64"))
    return with_bands(with_uses(frame, toy.with_layer("parcels", frame)))


def test_five_steps_hold_a_fifth_of_the_values_each_and_missing_ones_have_their_own_class() -> None:
    frame = parcels([0.5, 1.0, 1.5, 2.0, 2.5, None])
    style = next(s for s in classes_of("parcels", frame, "") if s["by"] == "far_band")
    assert [c["zh"] for c in style["classes"]] == ["< 0.9", "0.9 – 1.3", "1.3 – 1.7", "1.7 – 2.1", "≥ 2.1", "无数据"]
    assert list(frame["far_band"].cat.codes) == [0, 1, 2, 3, 4, -1]
    back = decode(encode(frame, "polygon", Columns(words=("far_band",), texts=("id",))).blob).set_index("id")[
        "far_band"
    ]
    assert [back[f"P{k}"] for k in range(5)] == ["0", "1", "2", "3", "4"]
    assert pd.isna(back["P5"])


def test_a_date_is_a_ramp_of_years() -> None:
    style = next(s for s in classes_of("parcels", parcels([1.0] * 6), "") if s["by"] == "start_band")
    assert style["zh"] == "开工年份"
    assert style["classes"][0]["zh"] == "< 2012"


def test_what_hardly_varies_is_no_ramp() -> None:
    frame = parcels([1.0, 1.0, 2.0, 2.0, None, None])
    assert "far_band" not in frame
    assert not any(s["by"] == "far_band" for s in classes_of("parcels", frame, ""))
    assert np.array_equal(frame["id"], [f"P{k}" for k in range(6)])


def test_the_page_counts_contested_land_as_the_report_does() -> None:
    toy = plan()
    profile = Profile("mine", {"BA401": {"commerce_as": Threshold("production", "class", "our own", "")}})
    told = run(toy, profile, only=("BA401",))
    frame = with_uses(toy["parcels"], toy, switches_told(told)).set_index("id")
    assert frame.loc["P3", "balance"] == "production"  # the shop
    area = frame["area"].groupby(frame["balance"]).sum()
    assert (
        area["production"] / area[["production", "living", "ecology"]].sum() == told.balance["production_share"] == 0.6
    )
    assert with_uses(toy["parcels"], toy, switches_told(None)).set_index("id").loc["P3", "balance"] == "living"
