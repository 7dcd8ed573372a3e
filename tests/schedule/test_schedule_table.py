"""The table [schedule] of a scenario: crews, budgets, calendars, weights, deadlines and frozen works reach the solver."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from geo_planner.errors import GeoPlannerError
from geo_planner.plan.schedule_terms import WorkingDays
from geo_planner.read.scenario import read_scenario
from geo_planner.schedule import Crews, Weights, delays_of, options_of

WHOLE = """
[schedule]
mode = "delay"
frozen = ["parcels/B"]
[schedule.weights]
pipes = 3
hurry = 2
"pipes/JS-01" = 9
[schedule.deadlines]
"parcels/A" = 2012-06-30
[schedule.crews]
pipes = 3
[schedule.cost_per_day]
pipes = 1000
[schedule.budget]
2012-01-01 = 90000
[schedule.calendars.pipes]
week = "Mon-Sat"
off = ["2012-01-22/2012-01-24", 2012-05-01]
on = [2012-01-29]
[schedule.delays.water]
median = 60
shared = 0.5
"""


def scenario(folder: Path, text: str, name: str = "a"):
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return read_scenario(path)


def test_every_key_reaches_the_options(tmp_path: Path):
    terms = scenario(tmp_path, WHOLE).schedule
    off = (*(date(2012, 1, k) for k in (22, 23, 24)), date(2012, 5, 1))
    assert terms.calendars == {"pipes": WorkingDays((0, 1, 2, 3, 4, 5), off, (date(2012, 1, 29),))}
    options = options_of(terms)
    assert options.mode == "delay"
    assert options.weights == Weights(pipes=3.0, hurry=2.0, works=(("pipes/JS-01", 9.0),))
    assert options.crews == Crews(gangs={"pipes": 3}, cost_per_day={"pipes": 1000.0}, budget={"2012-01-01": 90000.0})
    assert (options.holds.frozen, options.holds.deadlines) == (("parcels/B",), (("parcels/A", "2012-06-30"),))
    ((_, calendar),) = options.holds.calendars
    assert calendar.week == (True,) * 6 + (False,)
    assert (delays_of(terms, {})["water"].median, delays_of(terms, {})["water"].shared) == (60.0, 0.5)


def test_a_scenario_lays_its_terms_over_those_of_its_base(tmp_path: Path):
    scenario(tmp_path, WHOLE)
    terms = scenario(
        tmp_path, 'base = "a.toml"\n[schedule]\nfrozen = ["roads/R"]\n[schedule.crews]\nroads = 1\n', "b"
    ).schedule
    assert (terms.mode, terms.frozen, dict(terms.crews)) == (
        "delay",
        ("parcels/B", "roads/R"),
        {"pipes": 3, "roads": 1},
    )


@pytest.mark.parametrize("week", ['"周一至周五"', '"Mon Tue Wed Thu Fri"', '["Monday", "Tue-Fri"]', '"星期一-星期五"'])
def test_a_week_is_written_in_several_ways(tmp_path: Path, week: str):
    terms = scenario(tmp_path, f"[schedule.calendars.pipes]\nweek = {week}\n").schedule
    assert terms.calendars["pipes"].week == (0, 1, 2, 3, 4)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[schedule]\ncrew = 1\n", "key 'crew' is unknown. Did you mean crews"),
        ("[schedule.crews]\npipes = -1\n", "a.toml: schedule: crews.pipes = -1 is not a number of gangs"),
        ("[schedule.weights]\npipes = 'dear'\n", "weights.pipes = 'dear' is not a number"),
        ("[schedule.weights]\npipe = 1\n", "a weight is given for 'pipe', .* Did you mean pipes"),
        ("[schedule.deadlines]\n'parcels/A' = 'soon'\n", "deadlines.parcels/A = 'soon' is not a date"),
        ("[schedule.budget]\nspring = 5\n", "budget = 'spring' is not a date"),
        ("[schedule.calendars.pipes]\nweek = 'Mun-Fri'\n", "calendars.pipes.week = 'Mun-Fri' is not days"),
        ("[schedule.calendars.pipes]\nweek = []\n", "calendar 'pipes' has no working day"),
        ("[schedule.calendars.pipes]\noff = ['2012-02-01/2012-01-01']\n", "is not a day or a span"),
        ("[schedule]\nmode = 'fast'\n", "mode = 'fast' is not least or delay"),
        ("[schedule.delays.water]\nmedain = 3\n", "key 'medain' is unknown. Did you mean median"),
        ("[schedule.delays.water]\nshape = 'flat'\n", "the shape of 'water' is 'flat'"),
        ("schedule = 3\n", "schedule = 3 is not a table"),
    ],
)
def test_a_wrong_term_is_one_sentence_that_names_file_and_key(tmp_path: Path, text: str, words: str):
    with pytest.raises(GeoPlannerError, match=words):
        terms = scenario(tmp_path, text).schedule
        options_of(terms), delays_of(terms, {})
