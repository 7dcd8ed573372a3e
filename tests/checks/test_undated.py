"""What counts as standing only because nothing says when it is finished proves nothing good about a share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from geo_planner.checks.contract import mini
from geo_planner.facts.nearby import standing, undated
from geo_planner.facts.population import ratio_span, share_served
from geo_planner.facts.services import services
from tests.checks.judging import ids, judge, square

DAY = "2026-06-30"
DONE = "2020-01-01"
ROAD = {"id": "A", "wkt": "LINESTRING (0 40, 3000 40)", "finish": DONE}


def plot(name: str, code: str, x: float, finish: str | None = DONE, **more: Any) -> dict[str, Any]:
    """Return a parcel of 80 x 80 m at the road, finished on a day or on none that is known."""
    return {"id": name, "code": code, "scheme": "gb50137", "wkt": square(x, w=80), "finish": finish, **more}


def open_ids(out: Any) -> list[tuple[str, str, str]]:
    """Return what is unknown as layer, id and reason."""
    return [tuple(row) for row in out.unknown[["layer", "id", "reason"]].to_numpy().tolist()]


def test_undated_is_what_stands_without_a_day_of_completion_and_is_not_in_use():
    rows = [
        plot("finished", "R2", 0),
        plot("blank", "R2", 100, None),
        plot("begun", "R2", 200, None, start="2025-01-01"),
        plot("to begin", "R2", 300, None, start="2027-01-01"),
        plot("in use", "R2", 400, None, used="2024-01-01"),
        plot("in use later", "R2", 500, None, used="2027-01-01"),
        plot("gone", "R2", 600, None, removed="2022-01-01"),
    ]
    plan = mini(parcels=rows, as_of=DAY).plan
    assert undated(plan, "parcels").tolist() == [False, True, True, False, False, True, False]
    assert standing(plan, "parcels").tolist() == [True, True, True, False, True, True, False]
    assert not undated(mini(parcels=rows).plan, "parcels").any()


def test_the_least_share_leaves_out_what_is_reached_and_undated():
    weight, reached, late = np.array([60.0, 20.0, 20.0]), np.array([True, True, False]), np.array([False, True, True])
    assert share_served(weight, reached, late) == (80.0, 75.0)


def test_a_ratio_spans_what_the_undated_rows_leave_open():
    jobs, staff = np.array([550.0, 0.0, 50.0]), np.array([0.0, 275.0, 275.0])
    assert ratio_span(jobs, staff, np.array([False, False, True])) == (1.0, 600.0 / 275.0)
    assert ratio_span(jobs, staff, np.zeros(3, dtype=bool)) == (600.0 / 550.0, 600.0 / 550.0)
    assert ratio_span(jobs, staff, np.ones(3, dtype=bool)) == (0.0, float("inf"))


def test_a_service_without_a_day_of_completion_is_not_sure():
    school = {"id": "S", "kind": "primary_school", "wkt": "POINT (10 0)"}
    held = services(mini(parcels=[plot("R", "R2", 0)], facilities=[school], as_of=DAY).plan, "primary_school")
    assert (len(held.sure), len(held.maybe), held.open_ids.tolist(), held.undated) == (0, 1, ["S"], True)


class TestParks:
    """Homes of 80 people beside a park and of 20 far from it: 80 %, just enough."""

    def found(self, park: str | None = DONE, near: str | None = DONE, far: str | None = DONE) -> Any:
        rows = [plot("G", "G1", 0, park), plot("R", "R2", 300, near, people=80), plot("Q", "R2", 2500, far, people=20)]
        return judge("BA413", parcels=rows, roads=[ROAD], as_of=DAY)

    def test_dated_it_passes(self):
        out = self.found()
        assert (ids(out), open_ids(out)) == ([], [])

    def test_a_park_that_may_not_be_there_proves_nothing(self):
        assert ("parcels", "parks", "no_park_size") in open_ids(self.found(park=None))

    def test_a_served_home_that_may_not_be_there_proves_nothing(self):
        out = self.found(near=None)
        assert (ids(out), open_ids(out)) == ([], [("parcels", "parks", "undated")])

    def test_a_home_left_out_that_may_not_be_there_makes_it_no_worse(self):
        out = self.found(far=None)
        assert (ids(out), open_ids(out)) == ([], [])

    def test_only_homes_that_surely_stand_count_as_judged(self):
        """Else a plan without dates would be judged in greater part than with them."""
        assert [self.found(far=far).judged for far in (DONE, None)] == [2, 1]


@pytest.mark.parametrize(("near", "found"), [(DONE, []), (None, [("facilities", "primary_school", "undated")])])
def test_life_circles_are_not_proven_by_homes_that_may_not_be_there(near, found):
    """A school 300 m from 900 people, the limit is 80 %: 900 of 1,000 dated, 0 of 100 without the undated."""
    homes = [plot("R", "R2", 300, near, people=900), plot("Q", "R2", 2500, people=100)]
    school = {"id": "S", "kind": "primary_school", "wkt": "POINT (10 0)", "finish": DONE}
    out = judge("BA412", parcels=homes, facilities=[school], roads=[ROAD], as_of=DAY)
    assert [o for o in open_ids(out) if o[1] == "primary_school"] == found


@pytest.mark.parametrize(("near", "found"), [(DONE, []), (None, [("facilities", "bus_stop-500", "undated")])])
def test_stops_are_not_proven_by_land_that_may_not_be_there(near, found):
    """Nine tenths of the land lie within 500 m of the stop (90 % asked), without the undated ninth 88.9 %."""
    rows = [plot(f"M{k}", "M1", 90.0 * k, near if k == 0 else DONE) for k in range(9)] + [plot("M9", "M1", 2800)]
    stop = {"id": "B", "kind": "bus_stop", "wkt": "POINT (400 40)", "finish": DONE}
    out = judge("BA414", parcels=rows, facilities=[stop], roads=[ROAD], as_of=DAY)
    assert [o for o in open_ids(out) if o[1] == "bus_stop-500"] == found
    assert out.judged == (10 if near else 9)


@pytest.mark.parametrize(("finish", "found"), [(DONE, []), (None, [("parcels", "R", "undated")])])
def test_places_that_may_not_be_there_are_not_counted_on(finish, found):
    """52 places for 1,000 people are what is needed; nobody knows whether the school stands."""
    school = {"id": "S", "kind": "primary_school", "capacity": 52, "wkt": "POINT (0 0)", "finish": finish}
    out = judge("BA415", parcels=[plot("R", "R2", 300, people=1000)], facilities=[school], roads=[ROAD], as_of=DAY)
    assert ids(out) == []
    assert [o for o in open_ids(out) if o[2] == "undated"] == found


@pytest.mark.parametrize(("finish", "found"), [(DONE, []), (None, [("parks", "K", "undated")])])
def test_a_ratio_of_jobs_and_homes_rests_on_what_surely_stands(finish, found):
    """550 jobs, 1,000 people of whom 55 % work: 1.00; without the undated half of the homes it would be 2.00."""
    rows = [
        plot("M", "M1", 0, jobs=550, park="K"),
        plot("R", "R2", 100, people=500, park="K"),
        plot("Q", "R2", 200, finish, people=500, park="K"),
    ]
    out = judge("BA411", parcels=rows, roads=[ROAD], as_of=DAY)
    assert ids(out) == []
    assert [o for o in open_ids(out) if o[2] == "undated"] == found


@pytest.mark.parametrize(("finish", "found"), [(DONE, []), (None, [("parks", "K", "undated")])])
def test_work_near_homes_that_may_not_be_there_is_not_proven_near(finish, found):
    """All 550 jobs have homes within 3 km; without the undated ones only homes 8 km away are sure."""
    far = {"id": "Z", "wkt": "LINESTRING (3000 40, 9000 40)", "finish": DONE}
    rows = [
        plot("M", "M1", 0, jobs=550, park="K"),
        plot("R", "R2", 100, finish, people=20, park="K"),
        plot("Q", "R2", 8000, people=980, park="K"),
    ]
    out = judge("BA411", parcels=rows, roads=[ROAD, far], as_of=DAY)
    assert ids(out) == []
    assert [o for o in open_ids(out) if o[2] == "undated"] == found


@pytest.mark.parametrize(("finish", "found"), [(DONE, []), (None, [("parks", "K", "undated")])])
def test_rain_that_green_land_would_hold_is_not_held_by_land_that_may_not_be_green_yet(finish, found):
    """Works of 0.9 without green and a park of 0.15, equal in area: 0.525; the works alone are over 0.7."""
    rows = [plot("M", "M1", 0, green=0, park="K"), plot("G", "G1", 100, finish, park="K")]
    out = judge("EC604", parcels=rows, as_of=DAY)
    assert ids(out) == []
    assert [o for o in open_ids(out) if o[2] == "undated"] == found


@pytest.mark.parametrize(("finish", "found"), [(DONE, []), (None, [("parks", "K", "undated")])])
def test_roads_that_may_not_be_there_leave_the_road_net_open(finish, found):
    park = {"id": "K", "wkt": square(0, w=1000)}
    grid = [{"id": f"R{k}", "wkt": f"LINESTRING (0 {200 * k}, 1000 {200 * k})", "finish": DONE} for k in range(5)]
    rows = [plot("M", "M1", 0, park="K")]
    out = judge("BA416", parcels=rows, parks=[park], roads=[*grid[:4], {**grid[4], "finish": finish}], as_of=DAY)
    assert ids(out) == []
    assert open_ids(out) == found


class TestZipper:
    """A road of 2 km in two features, open since 2011-01-01, and two digs: as of 2013-01-01 0.5 per km and year."""

    def found(self, finish: str | None = "2011-01-01", second: str = "2012-09-01") -> Any:
        halves = [
            {"id": f"R{k}", "name": "R", "width": 20.0, "wkt": f"LINESTRING ({1000 * k} 0, {1000 * k + 1000} 0)"}
            for k in range(2)
        ]
        digs = [
            {"id": f"E{k}", "road": f"R{k}", "start": day, "wkt": f"POINT ({1000 * k + 500} 0)"}
            for k, day in enumerate(("2012-03-01", second))
        ]
        roads = [{**halves[0], "finish": "2011-01-01"}, {**halves[1], "finish": finish}]
        return judge("UG206", roads=roads, excavations=digs, as_of="2013-01-01")

    def test_both_halves_are_found(self):
        out = self.found()
        assert (ids(out), open_ids(out), out.judged) == (["R0", "R1"], [], 2)
        assert out.rows["value"].round(2).tolist() == [0.5, 0.5]

    def test_a_dig_to_come_does_not_count_against_years_that_are_over(self):
        """One dig in 4.0 km and years is 0.25; with the one of 2019 it would be 0.5."""
        assert self.found(second="2019-09-01").rows["value"].round(2).tolist() == [0.25, 0.25]

    def test_a_half_without_a_day_of_opening_leaves_no_silence(self):
        out = self.found(finish=None)
        assert {*ids(out), *(row for _, row, why in open_ids(out) if why == "no_finish")} == {"R0", "R1"}
