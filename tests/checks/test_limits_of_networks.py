"""Where the rules of the networks turn: values on the limit, just inside and just beyond it, and rows that must not count."""

from __future__ import annotations

import math
import warnings
from typing import Any

import pytest

from tests.checks.judging import ids, judge, square

Row = dict[str, Any]


def plot(name: str = "A", y: float = 10, **more: Any) -> Row:
    """A plot of 40 m by 40 m in use, `y` metres above the pipe of 200 m at y = 0 and close to its end."""
    return {"id": name, "used": "2020-02-01", "wkt": square(160, y, 40)} | more


def pipe(kind: str, name: str = "P", x0: float = 0, x1: float = 200, **more: Any) -> Row:
    """A pipe along y = 0, finished before anything is in use."""
    return {"id": name, "kind": kind, "finish": "2019-06-01", "wkt": f"LINESTRING ({x0} 0, {x1} 0)"} | more


def works(kind: str, name: str = "S", x: float = 0, **more: Any) -> Row:
    """A source, an outfall or a substation at the pipe's beginning."""
    return {"id": name, "kind": kind, "finish": "2015-01-01", "wkt": f"POINT ({x} 0)"} | more


def pairs(out: Any) -> list[tuple[str, str]]:
    """The layer and id of all that is unknown."""
    return list(zip(out.unknown["layer"], out.unknown["id"], strict=True))


# NW501: capacity ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("given", "found"), [(800.0, []), (700.0, [100.0])])
@pytest.mark.parametrize("kind", ["power", "sewer"])
def test_a_station_is_asked_for_its_share_of_the_figures(kind: str, given: float, found: list[float]) -> None:
    """1000 kW at a coincidence of 0.8 are 800 kW; 1300 m³/d on the greatest day (1.3) give 1000 * 0.8 of sewage."""
    plan = {
        "parcels": [plot(power_kw=1000.0, water_m3d=1300.0)],
        "pipes": [pipe(kind)],
        "sources": [works(kind, capacity=given)],
    }
    assert judge("NW501", **plan).rows["value"].tolist() == pytest.approx(found)


def test_only_plots_in_use_that_need_something_are_judged_for_capacity() -> None:
    idle = [plot("Z", water_m3d=0.0), plot("N", used=None, water_m3d=300.0), plot("B", used=None, start="2019-01-01")]
    plots = [plot(water_m3d=300.0, start="2018-01-01"), *idle]
    out = judge("NW501", parcels=plots, pipes=[pipe("water")], sources=[works("water", capacity=300.0)])
    assert (out.judged, pairs(out), ids(out)) == (1, [("parcels", "B")], [])


@pytest.mark.parametrize(("wide", "narrow"), [("A", "B"), ("B", "A")])
def test_the_element_whose_relief_brings_most_is_named(wide: str, narrow: str) -> None:
    """200 come by the wide pipe from a source of 100 m³/d, 50 by the narrow one from a source without a limit: 150 of 300.

    Both stand in the way; the source alone would bring 20 more (its pipe takes 120), the narrow pipe all the 150 missing.
    """
    pipes = [
        pipe("water", wide, 0, 100, capacity=120.0),
        pipe("water", narrow, 200, 300, capacity=50.0),
        pipe("water", "M", 100, 200),
    ]
    sources = [works("water", capacity=100.0), works("water", "T", 300, capacity=None)]
    plots = [plot(water_m3d=300.0, wkt=square(130, 10, 40))]
    row = judge("NW501", parcels=plots, pipes=pipes, sources=sources).rows.iloc[0]
    assert (row["layer"], row["id"], row["value"]) == ("pipes", narrow, pytest.approx(150.0, abs=0.01))
    assert row["args"]["gain"] == pytest.approx(150.0, abs=0.01)


@pytest.mark.parametrize(("count", "names"), [(5, "A, B, C, D, E"), (6, "A, B, C, D, E …")])
def test_five_plots_are_named_in_full(count: int, names: str) -> None:
    plots = [plot(name, water_m3d=100.0) for name in "ABCDEF"[:count]]
    row = judge("NW501", parcels=plots, pipes=[pipe("water")], sources=[works("water", capacity=0.0)]).rows.iloc[0]
    assert (row["args"]["parcels"], row["args"]["names"]) == (count, names)


# Reach of NW501, NW504, NW505 and NW506, NW507 -----------------------------------------------------------------------------

OVERLOADED: dict[str, tuple[Row, Row, Row]] = {
    "NW501": ({"water_m3d": 300.0}, pipe("water", capacity=200.0), works("water", capacity=900.0)),
    "NW504": ({"water_m3d": 300.0}, pipe("water", diameter_mm=300.0), works("water", head=20.0)),
    "NW505": ({"power_kw": 3000.0}, pipe("power", capacity=1000.0, voltage_kv=10.0), works("power")),
    "NW506": ({"water_m3d": 90000.0}, pipe("sewer", diameter_mm=300.0, z_start=10.0, z_end=8.0), works("sewer", x=200)),
    "NW507": ({"code": "M1", "scheme": "gb50137"}, pipe("water", removed="2025-03-01"), works("water")),
}
"""A plan that each rule finds as long as its plot is joined to its pipe."""


def overloaded(code: str, **more: Any) -> Any:
    need, line, source = OVERLOADED[code]
    return judge(code, parcels=[plot(**need | more)], pipes=[line], sources=[source])


@pytest.mark.parametrize(("away", "found"), [(30, 1), (31, 0)])
def test_a_plot_draws_from_a_pipe_thirty_metres_away_and_no_farther(away: float, found: int) -> None:
    for code in ("NW501", "NW504", "NW505", "NW506", "NW507"):
        assert len(overloaded(code, wkt=square(160, away, 40)).rows) == found


# NW504: pressure, NW505: voltage and load -------------------------------------------------------------------------------------

FLOWS = {
    "NW504": ({"water_m3d": 300.0}, pipe("water", diameter_mm=300.0), works("water", head=40.0), {"diameter_mm": 0.0}),
    "NW505": ({"power_kw": 300.0}, pipe("power", capacity=6000.0, voltage_kv=10.0), works("power"), {"capacity": 0.0}),
}


def test_plots_that_ask_for_nothing_or_are_not_reached_are_neither_judged_nor_unknown() -> None:
    for code in ("NW504", "NW505"):
        need, line, source, _ = FLOWS[code]
        nothing = dict.fromkeys(need, 0.0)
        plots = [plot(**need), plot("Z", **nothing), plot("F", 500, **need), plot("U", used=None, **need)]
        out = judge(code, parcels=plots, pipes=[line], sources=[source])
        assert (ids(out), out.judged, pairs(out)) == ([], 1, [])


def test_a_line_of_size_zero_carries_nothing_and_leaves_its_plots_unknown() -> None:
    for code in ("NW504", "NW505"):
        need, line, source, zero = FLOWS[code]
        stub = line | {"id": "Z", "wkt": "LINESTRING (0 0, 0 50)"}
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            out = judge(code, parcels=[plot(**need)], pipes=[line | zero, stub], sources=[source])
        assert (ids(out), out.judged, ("parcels", "A") in pairs(out)) == ([], 0, True)


def test_a_figure_at_its_limit_is_sound() -> None:
    """The figure that is found is made the limit: what it meets to the last digit is no fault."""
    for code, limit, beyond in (("NW504", "min_head", 1e-6), ("NW505", "max_loading", -1e-6)):
        need, line, source = OVERLOADED[code]
        plan = {"parcels": [plot(**need)], "pipes": [line], "sources": [source]}
        value = float(judge(code, **plan).rows["value"].iloc[0])
        assert not len(judge(code, {limit: value}, **plan).rows)
        assert len(judge(code, {limit: value + beyond}, **plan).rows) == 1


@pytest.mark.parametrize("late", [1, 2])
def test_a_plot_used_before_its_service_is_judged_from_the_quarter_the_service_comes(late: int) -> None:
    """Either the pipe or the source comes in May 2022, two years after the plot."""
    for code in ("NW504", "NW505"):
        rows = [plot(**OVERLOADED[code][0]), *OVERLOADED[code][1:]]
        rows[late] = rows[late] | {"finish": "2022-05-01"}
        row = judge(code, parcels=rows[:1], pipes=rows[1:2], sources=rows[2:]).rows.iloc[0]
        assert str(row["from"].date()) == "2022-04-01"


@pytest.mark.parametrize(
    ("tower", "found"),
    [
        ({}, 0),
        ({"finish": "2020-03-31"}, 0),
        ({"finish": "2030-01-01"}, 1),
        ({"removed": "2019-01-01"}, 1),
        ({"removed": "2020-03-31"}, 1),
        ({"head": None}, 1),
    ],
)
def test_only_a_source_with_a_head_that_works_at_the_quarters_end_holds_the_pressure(tower: Row, found: int) -> None:
    """The works give 20 m, the tower beside the plot 60 m; 28 m are asked for on 31 March 2020."""
    sources = [works("water", head=20.0), works("water", "T", 200, head=60.0) | tower]
    out = judge("NW504", parcels=[plot(water_m3d=300.0)], pipes=[pipe("water", diameter_mm=300.0)], sources=sources)
    assert len(out.rows) == found


def feeder(limit: float = 1.0, **line: Any) -> Any:
    """3000 kW at 0.8 at the end of 5 km: 2.4 MW and 2.4 * 0.329 Mvar over 0.65 and 0.45 ohm, at 10 kV 1.56 % + 0.355 %."""
    far = [plot(power_kw=3000.0, wkt=square(4990, 10, 10))]
    cable = pipe("power", x1=5000, capacity=8000.0, voltage_kv=10.0) | line
    return judge("NW505", {"max_deviation": limit}, parcels=far, pipes=[cable], sources=[works("power")])


@pytest.mark.parametrize(("line", "drop"), [({}, 1.95), ({"voltage_kv": None}, 1.95), ({"capacity": 16000.0}, 0.97)])
def test_the_voltage_drops_by_what_load_length_and_parallel_cables_give(line: Row, drop: float) -> None:
    """A line of unknown voltage counts as 10 kV, one of 16 MW as two cables of 8 MW; at constant power a little is added."""
    row = feeder(0.5, **line).rows.iloc[0]
    assert (row["value"], row["limit"]) == (pytest.approx(drop, abs=0.03), 0.5)
    assert (row["args"]["subject"], row["args"]["fault"]) == ("parcel", "voltage drop")


def test_the_load_of_every_cable_of_a_feeder_is_judged() -> None:
    """1000 kW at 0.8 pass two cables one after the other; the second, of 700 kW, takes 114 %."""
    lines = [pipe("power", "A", 0, 100, capacity=1000.0), pipe("power", "B", 100, 200, capacity=700.0)]
    out = judge(
        "NW505", parcels=[plot(power_kw=1000.0, wkt=square(199, 10, 10))], pipes=lines, sources=[works("power")]
    )
    assert out.rows[["layer", "id", "limit"]].to_numpy().tolist() == [["pipes", "B", 100.0]]
    assert out.rows["value"].iloc[0] == pytest.approx(800 / 700 * 100, abs=1.0)
    assert out.rows["args"].iloc[0]["subject_zh"] == "线路"


# NW506: sewers ----------------------------------------------------------------------------------------------------------------

SEWER = pipe("sewer", diameter_mm=300.0, z_start=10.0, z_end=8.0)
SIDE = pipe("sewer", "X", -100, 0, diameter_mm=300.0, z_start=11.0, z_end=10.0)
OUTFALL = works("sewer", x=200)


@pytest.mark.parametrize(
    ("side", "judged", "unknown"),
    [
        ({}, 2, []),
        ({"diameter_mm": None}, 1, ["X"]),
        ({"diameter_mm": 0.0}, 1, ["X"]),
        ({"z_start": None}, 1, ["X"]),
        ({"z_start": 10.0}, 1, []),
        ({"wkt": "LINESTRING (0 500, 100 500)"}, 1, []),
        ({"wkt": "LINESTRING (-1 0, 0 0)"}, 1, []),
    ],
)
def test_a_sewer_is_judged_that_drains_falls_and_is_known(side: Row, judged: int, unknown: list[str]) -> None:
    """The other pipe has no diameter, one of 0, no level, no fall, no outfall, or is a metre of fitting."""
    out = judge("NW506", parcels=[plot(water_m3d=1.0)], pipes=[SEWER, SIDE | side], sources=[OUTFALL])
    assert (ids(out), out.judged, out.unknown["id"].tolist()) == ([], judged, unknown)


@pytest.mark.parametrize(
    ("more", "found"),
    [({}, ["L/s"]), ({"used": None}, []), ({"removed": "2024-01-01"}, []), ({"wkt": square(0, 500)}, [])],
)
def test_only_plots_in_use_that_are_joined_and_stay_load_the_sewer(more: Row, found: list[str]) -> None:
    out = overloaded("NW506", **more)
    assert out.rows["unit"].tolist() == found
    assert [a["fault_zh"] for a in out.rows["args"]] == ["过水能力不足"] * len(found)


def test_a_slow_sewer_is_one_row_however_many_pipes_join_it() -> None:
    """Both fall 0.5 per mille at DN 300: 0.46 m/s; a third joins the second in its middle and splits it in two."""
    flat = SEWER | {"z_start": 10.0, "z_end": 9.9}
    branch = SEWER | {"id": "B", "z_start": 12.0, "z_end": 11.0, "wkt": "LINESTRING (100 100, 100 0)"}
    out = judge(
        "NW506",
        pipes=[flat, branch, flat | {"id": "Q", "z_start": 10.1, "z_end": 10.0, "wkt": "LINESTRING (-200 0, 0 0)"}],
        sources=[OUTFALL],
    )
    assert (ids(out), out.rows["unit"].tolist()) == (["P", "Q"], ["m/s", "m/s"])
    assert out.rows["args"].iloc[0]["fault_zh"] == "设计充满度下流速不足"


def test_a_sewer_at_the_least_velocity_is_fast_enough() -> None:
    """The velocity that is found in P is made the limit; Q and R, which fall less, stay below it."""
    pipes = [
        SEWER | {"z_end": 9.9},
        SEWER | {"id": "Q", "z_start": 10.08, "z_end": 10.0, "wkt": "LINESTRING (-200 0, 0 0)"},
        SEWER | {"id": "R", "z_start": 10.14, "z_end": 10.08, "wkt": "LINESTRING (-400 0, -200 0)"},
    ]
    speed = dict(judge("NW506", pipes=pipes, sources=[OUTFALL]).rows[["id", "value"]].to_numpy())["P"]
    assert ids(judge("NW506", {"min_velocity": speed}, pipes=pipes, sources=[OUTFALL])) == ["Q", "R"]
    assert ids(judge("NW506", {"min_velocity": speed + 1e-9}, pipes=pipes, sources=[OUTFALL])) == ["P", "Q", "R"]


# NW507: service lost -----------------------------------------------------------------------------------------------------------

INDUSTRY = {"code": "M1", "scheme": "gb50137"}
OLD = pipe("water", "W1", removed="2025-03-01")
BACK = pipe("water", "W2", finish="2025-09-01", wkt="LINESTRING (0 0, 20 3, 200 3)")


def losing(*plots: Row, gap: float = 0.0, lines: tuple[Row, ...] = (OLD, BACK)) -> Any:
    return judge("NW507", {"longest_gap": gap}, parcels=list(plots), pipes=list(lines), sources=[works("water")])


def test_only_built_plots_in_use_can_lose_service_and_undated_ones_are_unknown() -> None:
    green = {"code": "G1", "scheme": "gb50137"}
    out = losing(plot(**INDUSTRY), plot("N", used=None, **INDUSTRY), plot("G", **green), plot("H", used=None, **green))
    assert (ids(out), out.judged, pairs(out)) == (["A"], 1, [("parcels", "N")])


def test_a_plot_first_used_on_the_day_of_the_removal_loses_nothing() -> None:
    assert ids(losing(plot(used="2025-03-01", **INDUSTRY), plot("B", used="2025-02-28", **INDUSTRY))) == ["B"]


@pytest.mark.parametrize(("gap", "days"), [(0.0, [184.0]), (183.0, [184.0]), (184.0, [])])
def test_an_interruption_as_long_as_allowed_is_no_fault(gap: float, days: list[float]) -> None:
    """From 1 March to 1 September are 184 days."""
    assert losing(plot(**INDUSTRY), gap=gap).rows["value"].tolist() == days


def test_a_loss_for_good_has_no_number_of_days() -> None:
    value = losing(plot(**INDUSTRY), lines=(OLD,)).rows["value"]
    assert (len(value), math.isnan(value.iloc[0])) == (1, True)


# NW502 and NW503: layout ---------------------------------------------------------------------------------------------------------


def gravity(name: str, x: float, top: float, bottom: float) -> Row:
    return {"id": name, "kind": "sewer", "z_start": top, "z_end": bottom, "wkt": f"LINESTRING ({x} 0, {x + 100} 0)"}


@pytest.mark.parametrize(
    ("step", "limit", "found"), [(0.01, 0.02, 0), (0.03, 0.02, 1), (0.25, 0.25, 0), (0.2578125, 0.25, 1)]
)
def test_levels_may_rise_by_their_accuracy_within_a_pipe_and_between_two(step: float, limit: float, found: int) -> None:
    """2 cm by default; a quarter of a metre, which is exact in binary, stands for the limit itself. Pipe A is the lower one."""
    upper, lower = "B", "A"
    number = {} if limit == 0.02 else {"tolerance_z": limit}
    outfall = [{"id": "S", "kind": "sewer", "wkt": "POINT (200 0)"}]
    rising = judge(
        "NW502",
        number,
        pipes=[gravity(upper, 0, 10.0, 10.0 + step), gravity(lower, 100, 10.0 + step, 9.0)],
        sources=outfall,
    )
    sill = judge(
        "NW502", number, pipes=[gravity(upper, 0, 11.0, 10.0), gravity(lower, 100, 10.0 + step, 9.0)], sources=outfall
    )
    assert (ids(rising), ids(sill)) == ([upper] * found, [lower] * found)


@pytest.mark.parametrize(("gap", "found"), [(0.5, []), (0.6, ["B"]), (0.9, ["B"])])
def test_ends_half_a_metre_apart_are_joined_and_no_wider_gap_is(gap: float, found: list[str]) -> None:
    pipes = [pipe("water", "A", 0, 100), pipe("water", "B", 100 + gap, 200)]
    assert ids(judge("NW503", pipes=pipes, sources=[works("water")])) == found


@pytest.mark.parametrize(("gap", "found"), [(2.9, ["A", "L"]), (3.1, ["L"]), (5.0, ["L"])])
def test_an_end_within_three_metres_of_its_neighbour_is_an_open_joint(gap: float, found: list[str]) -> None:
    # Beyond three metres only the end that points at the other is found, as one that stops short.
    loop = pipe("water", "L", wkt=f"LINESTRING (0 0, 50 80, 100 {gap})")
    assert ids(judge("NW503", pipes=[pipe("water", "A", 0, 100), loop], sources=[works("water")])) == found


@pytest.mark.parametrize(("away", "found"), [(29, []), (31, ["B"])])
def test_a_source_feeds_the_pipe_thirty_metres_away_and_no_farther(away: float, found: list[str]) -> None:
    """The second part of the network has only the source that stands away from its end."""
    pipes, sources = (
        [pipe("water", "A", 0, 100), pipe("water", "B", 500, 600)],
        [works("water"), works("water", "T", 600 + away)],
    )
    assert ids(judge("NW503", pipes=pipes, sources=sources)) == found
