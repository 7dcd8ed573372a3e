"""Delays by utility, contractor and work: which holds for a pipe, and what is late together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo_planner.checks.contract import mini
from geo_planner.errors import ScheduleError
from geo_planner.plan.schedule_terms import ScheduleTerms
from geo_planner.schedule import Delay, Draws, Openings, Ways, delays_of, risk
from geo_planner.show.documents.programme import risk_lines
from geo_planner.show.page.chances import chances_of
from geo_planner.study.dates import delay_risk

# Two sources: pipe P brings water and pipe Q power to parcel A, both on day 100; A opens on day 130.
TWO = Ways(
    parent=np.array([-1, 0, -1, 2]),
    pipe=np.array([-1, 0, -1, 1]),
    finish=np.array([100, 100]),
    kind=np.array(["water", "power"], object),
    ids=np.array(["P", "Q"], object),
    contractor=np.array(["East", "East"], object),
)
OPEN = Openings(
    ids=np.array(["A", "A"], object), node=np.array([1, 3]), day=np.array([130, 130]), weight=np.array([1.0, 1.0])
)
ON_TIME = Delay(shape="none")


def month_late(**more: float) -> Delay:
    """Half of the time more than 30 days late."""
    return Delay(shape="lognormal", median=30.0, **more)


def late(days: float) -> Delay:
    return Delay(shape="triangular", low=days, mode=days, high=days)


@pytest.mark.parametrize(("shared", "chance"), [(0.0, 0.75), (1.0, 0.5)])
def test_works_of_one_contractor_are_late_together_whatever_their_utility(shared: float, chance: float):
    # Each alone is more than 30 days late in half of the draws: one of the two in 3 of 4, but not where both are as one.
    delays = {"water": month_late(), "power": month_late(), "contractors": month_late(shared=shared)}
    found = risk(TWO, OPEN, delays, Draws(number=20_000))
    assert found.parcels["chance"][0] == pytest.approx(chance, abs=0.015)


def test_works_of_two_contractors_or_of_nobody_known_are_late_each_for_itself():
    delays = {"water": month_late(), "power": month_late(), "contractors": month_late(shared=1.0)}
    for names in (["East", "West"], ["", ""]):
        ways = replace(TWO, contractor=np.array(names, object))
        assert risk(ways, OPEN, delays, Draws(number=20_000)).parcels["chance"][0] == pytest.approx(0.75, abs=0.015)


def test_what_a_contractor_shares_leaves_the_delay_of_one_work_as_it_was():
    one = Openings(ids=OPEN.ids[:1], node=OPEN.node[:1], day=OPEN.day[:1], weight=OPEN.weight[:1])
    delays = {"water": month_late(shared=0.3), "power": month_late(), "contractors": month_late(shared=0.6)}
    assert risk(TWO, one, delays, Draws(number=20_000)).parcels["chance"][0] == pytest.approx(0.5, abs=0.015)


def test_the_closest_delay_holds_for_a_pipe_its_own_then_its_contractors_then_its_utilitys():
    delays: dict[str, Delay] = {"water": late(40), "power": ON_TIME}
    days = []
    for more in ({}, {"contractor/East": late(50)}, {"pipes/P": late(60)}):
        delays |= more
        days.append(float(risk(TWO, OPEN, delays, Draws(number=3)).parcels["mean_days"][0]))
    # Served on day 140, 150 and 160, where A opens on day 130; Q with East's 50 days is there on day 150.
    assert days == [10.0, 20.0, 30.0]


def test_parts_that_are_shared_add_up_to_one_at_most():
    delays = {"water": month_late(shared=0.7), "power": ON_TIME, "contractors": month_late(shared=0.4)}
    with pytest.raises(ScheduleError, match=r"crew share 0\.7, those of one contractor 0\.4; together at most 1"):
        risk(TWO, OPEN, delays, Draws(number=3))


def test_contractors_are_ranked_by_what_their_pipes_carry():
    ways = replace(TWO, contractor=np.array(["East", "West"], object))
    found = risk(ways, OPEN, {"water": late(40), "power": late(35)}, Draws(number=4))
    assert found.contractors.to_numpy().tolist() == [["East", 1, 10.0, 1.0], ["West", 1, 0.0, 0.0]]
    assert chances_of(found)["pipes"]["by"] == ["East"]
    told = risk_lines(found, "en")
    at = told.index("contractors that carry the delay (2)")
    assert "East" in told[at + 2]
    assert told[at + 2].split()[-4:] == ["East", "1", "10.0", "100.0"]
    assert any(line.startswith("延误主要来自的施工单位") for line in risk_lines(found, "zh"))


BOX = "POLYGON ((90 1, 99 1, 99 9, 90 9, 90 1))"


def park(**pipe: str):
    """A parcel used a day after its only pipe is accepted."""
    return mini(
        as_of="2026-06-30",
        parcels=[{"id": "A", "code": "M1", "scheme": "gb50137", "used": "2027-01-02", "wkt": BOX}],
        pipes=[{"id": "P", "kind": "water", "finish": "2027-01-01", "wkt": "LINESTRING (0 0, 100 0)", **pipe}],
        sources=[{"id": "S", "kind": "water", "finish": "2015-01-01", "wkt": "POINT (0 0)"}],
    ).plan


def test_a_contractor_is_read_from_the_plans_pipes():
    found = delay_risk(park(contractor=" 华东管网 "), {"water": ON_TIME, "contractor/华东管网": late(11)})
    assert found.parcels["mean_days"].tolist() == [10.0]
    assert found.contractors["contractor"].tolist() == ["华东管网"]


def test_a_contractor_that_lays_no_pipe_is_named_with_the_near_one():
    with pytest.raises(ScheduleError, match=r"'contractor/East Lt'.*Did you mean contractor/East Ltd"):
        delay_risk(park(contractor="East Ltd"), {"water": ON_TIME, "contractor/East Lt": late(11)})


def test_contractors_cannot_be_late_together_where_no_pipe_names_one():
    with pytest.raises(ScheduleError, match="no pipe of the plan names its contractor"):
        delay_risk(park(), {"water": ON_TIME, "contractors": month_late(shared=0.5)})


def test_contractors_take_nothing_but_what_they_share():
    with pytest.raises(ScheduleError, match="contractors take shared and nothing else"):
        delays_of(ScheduleTerms(delays={"contractors": {"shared": 0.5, "median": 9.0}}), {})
    made = delays_of(ScheduleTerms(delays={"contractors": {"shared": 0.5}}), {})
    assert made["contractors"].shared == 0.5


def test_a_delay_beyond_a_hundred_years_is_refused_and_none_is_drawn():
    with pytest.raises(ScheduleError, match=r"a delay has median = inf; it is a number of days within a hundred years"):
        Delay(shape="lognormal", median=float("inf"))
    found = risk(TWO, OPEN, {"water": month_late(spread=500.0), "power": ON_TIME}, Draws(number=200))
    # Past half of the draws P is as late as can be told: a hundred years after day 100, for A that opens on day 130.
    assert found.parcels["p90_days"].tolist() == [36_525 + 100 - 130]
