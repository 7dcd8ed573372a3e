"""先工业后商住 on its very limits: IN301 to IN307, who is judged, on which day, and with which evidence."""

from __future__ import annotations

import pytest

from .judging import ids, judge, square

PARK = [{"id": "K", "wkt": square(-10, -10, 5000)}]


def land(name, code, x=0.0, w=100.0, **more):
    return {"id": name, "code": code, "scheme": "gb50137", "wkt": square(x=x, w=w, h=100)} | more


def told(out):
    """What could not be judged, as pairs of id and reason."""
    return sorted(out.unknown[["id", "reason"]].to_numpy().tolist())


def shown(out):
    """The west and east end of the evidence of the one finding, and its area."""
    shape = out.rows.geometry.iloc[0]
    return shape.bounds[0], shape.bounds[2], shape.area


def day(value):
    return str(value)[:10]


def test_the_evidence_of_a_lead_is_the_homes_and_shops_that_had_started_by_then():
    plots = [
        land("M", "M1", start="2012-01-01"),
        land("R", "R2", 200, 50, start="2010-01-01"),
        land("S", "B1", 300, 30, start="2011-01-01"),
        land("T", "R2", 400, 20, start="2012-01-01"),
        land("G", "G1", 600, start="2010-01-01"),
    ]
    out = judge("IN301", parks=PARK, parcels=plots)
    # 8000 of 10000 m² by 2011, no works yet: 80 points ahead until the works start.
    assert out.rows["value"].tolist() == [pytest.approx(80.0)]
    assert (day(out.rows["args"].iloc[0]["worst_day"]), shown(out)) == ("2011-01-01", (200.0, 330.0, 8000.0))
    assert (day(out.rows["from"].iloc[0]), day(out.rows["to"].iloc[0])) == ("2010-01-01", "2012-01-01")


def test_a_lead_that_industry_never_makes_up_has_no_end():
    out = judge("IN301", parks=PARK, parcels=[land("M", "M1"), land("R", "R2", 200, start="2010-01-01")])
    assert (ids(out), out.rows["value"].tolist(), out.rows["to"].isna().tolist(), told(out)) == (
        ["K"],
        [100.0],
        [True],
        [["M", "no_start"]],
    )


def town(*homes, jobs=0.0, green=2000, **numbers):
    """A works of 100 m that stands from 2010 on, homes, and a lawn so wide that the park is not built out."""
    plots = [land("M", "M1", used="2010-01-01", jobs=jobs), *homes, land("G", "G1", 1000, green)]
    return judge("IN304", numbers or None, parks=PARK, parcels=plots)


def home(name, x, dwellings, used, **more):
    return land(name, "R2", x, used=used, dwellings=dwellings, **more)


@pytest.mark.parametrize(("dwellings", "found"), [(1.0, []), (2.0, [1.0])])
def test_half_a_job_short_is_rounding(dwellings, found):
    out = town(home("R", 200, dwellings, "2011-01-01"), household=1.0, working=0.5)
    assert out.rows["value"].tolist() == found


def test_a_hundred_homes_of_2_6_people_of_whom_55_per_cent_work_need_143_jobs():
    assert ids(town(home("R", 200, 100.0, "2011-01-01"), jobs=143.0)) == []
    assert town(home("R", 200, 100.0, "2011-01-01"), jobs=142.0).rows["value"].tolist() == [pytest.approx(1.0)]


def test_jobs_are_short_from_the_first_day_on_and_the_homes_of_the_worst_day_are_shown():
    homes = [
        home("R", 200, 1.0, "2011-01-01"),
        home("S", 300, 1.0, "2012-01-01"),
        home("T", 400, 4.0, "2013-01-01"),
        home("U", 500, 0.0, "2015-01-01"),
    ]
    works = land("N", "M1", 600, used="2014-01-01", jobs=2.5)
    out = town(*homes, works, household=1.0, working=0.5)
    # Short by 0.5 (rounding) in 2011, 1 in 2012, 3 in 2013, 0.5 from 2014 on.
    assert out.rows["value"].tolist() == [3.0]
    assert (day(out.rows["from"].iloc[0]), day(out.rows["args"].iloc[0]["worst_day"])) == ("2012-01-01", "2013-01-01")
    assert shown(out) == (200.0, 500.0, 30000.0)


@pytest.mark.parametrize(("green", "found"), [(50, []), (51, ["K"])])
def test_a_park_of_which_80_per_cent_is_built_is_built_out(green, found):
    # Works and homes take 100 m each; a lawn of 50 m makes that 200 of 250, which is 80 %.
    assert ids(town(home("R", 200, 100.0, "2011-01-01"), green=green)) == found


def test_jobs_and_homes_are_judged_where_number_and_day_are_known():
    blank = [
        home("R2", 300, None, "2011-01-01"),
        home("R3", 400, 1.0, None),
        land("M2", "M1", 500, used="2011-01-01"),
        land("M3", "M1", 600, jobs=1.0),
        land("B", "B1", 700),
        home("R4", 800, None, None, resettle=True),
    ]
    unknown = [[name, "no_attribute"] for name in ("M2", "M3", "R2", "R3")]
    out = town(home("R", 200, 1.0, "2011-01-01"), *blank, jobs=9.0, filled_least=0.0)
    assert (ids(out), out.judged, told(out)) == ([], 2, unknown)
    # Two of three works tell their jobs, and two of three homes their dwellings: less than 80 %.
    out = town(home("R", 200, 1.0, "2011-01-01"), *blank, jobs=9.0)
    assert (ids(out), out.judged, told(out)) == ([], 0, [["K", "partly_filled"], *unknown])


def late(used, dwellings=10.0, *more, **numbers):
    return judge(
        "IN305",
        numbers or None,
        parks=PARK,
        parcels=[land("M", "M1", used="2010-01-01", jobs=9.0), home("R", 200, dwellings, used), *more],
    )


@pytest.mark.parametrize(("used", "found"), [("2014-01-01", []), ("2014-01-02", ["K"])])
def test_homes_that_come_exactly_at_the_end_of_the_lag_come_in_time(used, found):
    # Four years with one leap day are 1461 days, 48 months of 365.25 / 12 days.
    assert ids(late(used, lag=48.0)) == found


@pytest.mark.parametrize(
    ("used", "found"), [("2010-02-01", []), ("2012-12-31", []), ("2013-01-01", ["K"]), ("2015-01-01", ["K"])]
)
def test_homes_may_follow_the_jobs_by_36_months(used, found):
    # 36 months are 1095.75 days; from 2010 to 2013 there are 1096.
    assert ids(late(used)) == found


def test_homes_and_jobs_without_a_number_are_unknown_and_other_land_has_no_part():
    more = [
        land("M2", "M1", 300, used="2010-01-01"),
        home("R2", 400, None, "2010-01-01"),
        land("B", "B1", 500, jobs=5.0, dwellings=5.0),
    ]
    unknown = [["M2", "no_attribute"], ["R2", "no_attribute"]]
    out = late("2011-01-01", 10.0, *more, filled_least=0.5)
    assert (ids(out), out.judged, told(out)) == ([], 2, unknown)
    out = late("2011-01-01", 10.0, *more)
    assert (ids(out), out.judged, told(out)) == ([], 0, [["K", "partly_filled"], *unknown])


def test_a_park_whose_homes_have_no_dwellings_is_not_judged():
    more = [land("N", "M1", 6000, used="2010-01-01", jobs=9.0, park="L"), home("S", 6200, 0.0, "2010-01-01", park="L")]
    parks = [*PARK, {"id": "L", "wkt": square(5900, -10, 900)}]
    plots = [land("M", "M1", used="2010-01-01", jobs=9.0), home("R", 200, 10.0, "2011-01-01"), *more]
    out = judge("IN305", parks=parks, parcels=plots)
    assert (ids(out), out.judged) == ([], 2)


def test_the_evidence_of_a_lag_is_the_plants_that_worked_by_the_mark():
    more = [land("N", "M1", 400, used="2012-01-01", jobs=9.0), land("O", "M1", 600, used="2030-01-01", jobs=2.0)]
    out = late("2020-01-01", 10.0, *more)
    # 9 of 20 jobs (25 %) by 2010, 18 of 20 (50 and 75 %) by 2012; all homes in 2020: the longest lag is that of 25 %.
    assert (out.rows["args"].iloc[0]["reached"], shown(out)) == (25.0, (0.0, 100.0, 10000.0))


@pytest.mark.parametrize(("finish", "value"), [("2012-01-02", []), ("2012-01-01", []), ("2011-12-31", [1.0])])
def test_shops_may_be_finished_on_the_day_of_the_first_homes(finish, value):
    plots = [land("R", "R2", finish="2012-01-01"), land("S", "B1", 200, finish=finish)]
    assert judge("IN307", {"history_from": "2000-01-01"}, parks=PARK, parcels=plots).rows["value"].tolist() == value


def test_only_shops_of_a_park_with_homes_are_judged_and_those_of_the_neighbourhood_are_not():
    early = {"finish": "2010-01-01"}
    plots = [
        land("R", "R2", finish="2012-01-01"),
        land("M", "M1", 200, **early),
        land("S", "B1", 400, ancillary=True, **early),
        land("T", "B1", 600),
        land("U", "B1", 6000, **early),
        land("V", "B1", 8000, **early),
        land("W", "B1", 800, finish="2013-01-01"),
    ]
    out = judge(
        "IN307",
        {"history_from": "2000-01-01"},
        parks=[*PARK, {"id": "L", "wkt": square(5900, -10, 900)}],
        parcels=plots,
    )
    # M is no shop, S serves workers, T has no date, U is in a park without homes, V in none.
    assert (ids(out), out.judged, told(out)) == ([], 1, [["T", "no_finish"]])
