"""Chances that a parcel opens before its services, from seeded draws."""

from __future__ import annotations

import numpy as np
import pytest

from geo_planner.checks.contract import mini
from geo_planner.errors import ScheduleError
from geo_planner.schedule import Delay, Draws, Openings, Ways, parcel_risk, risk
from geo_planner.show.documents.programme import risk_lines
from geo_planner.show.page.chances import chances_of

# Source 0 - pipe P (day 100) - node 1 - pipe Q (day 50) - node 2.
LINE = Ways(
    parent=np.array([-1, 0, 1]),
    pipe=np.array([-1, 0, 1]),
    finish=np.array([100, 50]),
    kind=np.array(["water", "water"], object),
    ids=np.array(["P", "Q"], object),
)


def parcels(*rows: tuple[str, int, int]) -> Openings:
    """Return openings from (parcel, node, day)."""
    ids, node, day = zip(*rows, strict=True)
    return Openings(ids=np.array(ids, object), node=np.array(node), day=np.array(day), weight=np.ones(len(rows)))


def test_a_uniform_delay_gives_the_chance_one_computes():
    # P is up to 100 days late with a falling density 2(100 - x)/10000: later than 50 in a quarter of all cases.
    falling = {"water": Delay(shape="triangular", low=0, mode=0, high=100)}
    found = risk(LINE, parcels(("A", 2, 150)), falling, Draws(number=40_000))
    assert found.parcels["chance"][0] == pytest.approx(0.25, abs=0.01)


def test_on_time_means_no_risk_and_late_means_certainty():
    found = risk(LINE, parcels(("A", 2, 100), ("B", 2, 99)), {"water": Delay(shape="none")}, Draws(number=10))
    assert found.parcels[["id", "chance", "mean_days"]].to_numpy().tolist() == [["B", 1.0, 1.0], ["A", 0.0, 0.0]]


def test_the_pipe_that_comes_last_carries_the_risk():
    found = risk(LINE, parcels(("A", 2, 90)), {"water": Delay(shape="none")}, Draws(number=10))
    assert found.pipes[["id", "carried", "share"]].to_numpy().tolist() == [["P", 10.0, 1.0], ["Q", 0.0, 0.0]]


def test_a_parcel_with_two_services_waits_for_the_later_one():
    two = Ways(
        parent=np.array([-1, 0, -1, 2]),
        pipe=np.array([-1, 0, -1, 1]),
        finish=np.array([100, 130]),
        kind=np.array(["water", "power"], object),
        ids=np.array(["P", "Q"], object),
    )
    on_time = {"water": Delay(shape="none"), "power": Delay(shape="none")}
    found = risk(two, parcels(("A", 1, 90), ("A", 3, 90)), on_time, Draws(number=5))
    assert found.parcels["mean_days"].tolist() == [40.0]
    assert found.pipes["id"][0] == "Q"


def test_each_parcel_tells_the_pipe_it_chiefly_waits_for():
    # Q is 10 days late in every draw and P none: A behind both waits for P (day 100), B on time waits for nothing.
    late = {"water": Delay(shape="none"), "pipes/Q": Delay(shape="triangular", low=10, mode=10, high=10)}
    found = risk(LINE, parcels(("A", 2, 90), ("B", 2, 200)), late, Draws(number=5))
    assert found.parcels[["id", "waits_for"]].to_numpy().tolist() == [["A", "pipes/P"], ["B", ""]]
    later = {**late, "pipes/Q": Delay(shape="triangular", low=60, mode=60, high=60)}
    assert risk(LINE, parcels(("A", 2, 90)), later, Draws(number=5)).parcels["waits_for"].tolist() == ["pipes/Q"]


def test_the_page_has_every_parcel_and_only_the_pipes_that_carry_delay():
    found = risk(LINE, parcels(("A", 2, 90), ("B", 2, 200)), {"water": Delay(shape="none")}, Draws(number=4))
    told = chances_of(found)
    assert (told["draws"], told["all"], told["today"]) == (4, 2, None)
    # A opens on day 90 and is served on day 100 in every draw; B opens on its own day 200.
    assert told["parcels"] == {
        "id": ["A", "B"],
        "chance": [1.0, 0.0],
        "mean": [10.0, 0.0],
        "most": [10.0, 0.0],
        "waits": ["pipes/P", ""],
        "planned": [90, 200],
        "p10": [100, 200],
        "p50": [100, 200],
        "p90": [100, 200],
    }
    assert told["pipes"] == {"id": ["P"], "kind": ["water"], "by": [""], "carried": [10.0], "share": [1.0]}


def test_the_same_seed_gives_the_same_table():
    late = {"water": Delay(shape="lognormal", median=40, spread=0.8)}
    first, second = (risk(LINE, parcels(("A", 2, 150)), late, Draws(number=500)) for _ in range(2))
    assert first.parcels.equals(second.parcels)
    other = risk(LINE, parcels(("A", 2, 150)), late, Draws(number=500, seed=2))
    assert not first.parcels.equals(other.parcels)


def test_moving_everything_by_a_year_changes_no_chance():
    late = {"water": Delay(shape="triangular", low=-10, mode=20, high=90)}
    moved = Ways(parent=LINE.parent, pipe=LINE.pipe, finish=LINE.finish + 365, kind=LINE.kind, ids=LINE.ids)
    one = risk(LINE, parcels(("A", 2, 150)), late, Draws(number=500))
    other = risk(moved, parcels(("A", 2, 515)), late, Draws(number=500))
    assert one.parcels["chance"].equals(other.parcels["chance"])


def test_a_kind_without_a_delay_is_named():
    with pytest.raises(ScheduleError, match="water"):
        risk(LINE, parcels(("A", 2, 150)), {"gas": Delay(shape="none")})


def test_a_delay_that_is_no_distribution_is_refused():
    with pytest.raises(ScheduleError, match="low <= mode <= high"):
        Delay(shape="triangular", low=5, mode=1, high=9)


def test_ways_in_a_circle_are_named():
    circle = Ways(parent=np.array([1, 0]), pipe=LINE.pipe[1:], finish=LINE.finish, kind=LINE.kind, ids=LINE.ids)
    with pytest.raises(ScheduleError, match="circle"):
        risk(circle, parcels(("A", 0, 150)), {"water": Delay(shape="none")})


def test_what_is_finished_by_today_is_never_late():
    late = {"water": Delay(shape="triangular", low=10, mode=10, high=10)}
    # P is there by day 100; Q, planned for 50, too. With today at 99 P may slip to 110, ten days after B opens.
    past, ahead = (
        risk(LINE, parcels(("B", 2, 100)), late, Draws(number=5, today=today)).parcels["mean_days"][0]
        for today in (100, 99)
    )
    assert (past, ahead) == (0.0, 10.0)


def test_only_parcels_still_to_open_and_pipes_still_to_come_are_risky():
    box = "POLYGON (({0} 1, {1} 1, {1} 9, {0} 9, {0} 1))"
    plots = [
        {"id": name, "code": "M1", "scheme": "gb50137", "used": used, "wkt": box.format(x, x + 9)}
        for name, used, x in (("OLD", "2020-01-01", 0), ("NEW", "2027-01-01", 90))
    ]
    pipes = [
        {"id": "P", "kind": "water", "finish": "2020-01-01", "wkt": "LINESTRING (0 0, 50 0)"},
        {"id": "Q", "kind": "water", "finish": "2027-01-01", "wkt": "LINESTRING (50 0, 100 0)"},
    ]
    works = [{"id": "S", "kind": "water", "finish": "2015-01-01", "wkt": "POINT (0 0)"}]
    late = {"water": Delay(shape="triangular", low=10, mode=10, high=10)}
    plan = mini(as_of="2026-06-30", parcels=plots, pipes=pipes, sources=works).plan
    found = parcel_risk(plan, late, Draws(number=5))
    assert found.parcels[["id", "chance", "mean_days"]].to_numpy().tolist() == [["NEW", 1.0, 10.0]]
    assert found.pipes[["id", "share"]].to_numpy().tolist() == [["Q", 1.0], ["P", 0.0]]
    # At the end of 2019 both openings and both pipes are still to come: OLD waits for P, ten days late.
    before = parcel_risk(plan, late, Draws(number=5, today=18_261))
    assert before.parcels[["id", "waits_for"]].to_numpy().tolist() == [["NEW", "pipes/Q"], ["OLD", "pipes/P"]]
    # Works of the parcel itself 400 days late: it opens then, and is served long before.
    own = {**late, "parcels": Delay(shape="triangular", low=400, mode=400, high=400)}
    slow = parcel_risk(plan, own, Draws(number=5)).parcels
    assert slow["chance"].tolist() == [0.0]
    assert slow["opens_p50"].dt.strftime("%Y-%m-%d").tolist() == ["2028-02-05"]
    assert risk_lines(found, "en")[:1] == ["parcels that may open before their services (1)"]
    assert "Q" in risk_lines(found, "zh")[-1]
    assert "给水" in risk_lines(found, "zh")[-1]
    always = parcel_risk(mini(parcels=plots, pipes=pipes, sources=works).plan, late, Draws(number=5))
    assert sorted(always.parcels["id"]) == ["NEW", "OLD"]
    on_time = parcel_risk(plan, {"water": Delay(shape="none")}, Draws(number=5))
    assert risk_lines(on_time, "en") == ["risk of delay: no parcel still to open may be late"]


def test_the_months_of_opening_are_the_quantiles_one_computes():
    # P comes on day 100 + x with P(x <= 68.4) = 0.9 (falling density): the parcel of day 150 opens by day 169.
    falling = {"water": Delay(shape="triangular", low=0, mode=0, high=100)}
    row = risk(LINE, parcels(("A", 2, 150)), falling, Draws(number=40_000)).parcels.iloc[0]
    days = [(row[c] - row["planned"]).days for c in ("opens_p10", "opens_p50", "opens_p90")]
    assert days == [0, 0, pytest.approx(19, abs=1)]


@pytest.mark.parametrize(("shared", "chance"), [(0.0, 0.75), (1.0, 0.5)])
@pytest.mark.parametrize("shape", ["lognormal", "triangular"])
def test_works_of_one_crew_are_late_together(shape: str, shared: float, chance: float):
    # Both pipes are due on day 100 and half of the time more than 30 days late: one of two is in 3 of 4 draws, but not
    # where one crew lays both.
    way = Ways(parent=LINE.parent, pipe=LINE.pipe, finish=np.array([100, 100]), kind=LINE.kind, ids=LINE.ids)
    span = {} if shape == "lognormal" else {"low": 0.0, "mode": 30.0, "high": 60.0}
    delay = Delay(shape=shape, median=30.0, shared=shared, **span)
    found = risk(way, parcels(("A", 2, 130)), {"water": delay}, Draws(number=20_000))
    assert found.parcels["chance"][0] == pytest.approx(chance, abs=0.015)


def test_one_work_may_have_its_own_delay():
    on_time = Delay(shape="none")
    late = Delay(shape="triangular", low=7.0, mode=7.0, high=7.0)
    found = risk(LINE, parcels(("A", 2, 100)), {"water": on_time, "pipes/P": late}, Draws(number=10))
    assert found.parcels["mean_days"].tolist() == [7.0]


def test_a_correlation_above_one_is_named():
    with pytest.raises(ScheduleError, match=r"from 0 to 1, not 1\.5"):
        Delay(shape="lognormal", shared=1.5)
