"""What NW504 to NW506 make of pressure, voltage and gravity flow in a plan."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from geo_planner.checks import load
from geo_planner.checks.contract import grid, mini
from geo_planner.checks.nw506_sewer_too_small import peak_factor
from geo_planner.facts.utilities.sewer import accumulated, drainage, part_full
from geo_planner.plan import Findings, Profile

from .one_rule import judge as of_rule

FAR = "POLYGON ((980 10, 1000 10, 1000 30, 980 30, 980 10))"
WATER_PLOT = {"id": "A", "used": "2020-02-01", "water_m3d": 2000.0, "wkt": FAR}
MAIN = {"id": "W", "kind": "water", "finish": "2019-06-01", "diameter_mm": 300.0, "wkt": "LINESTRING (0 0, 1000 0)"}
WORKS = {"id": "S", "kind": "water", "finish": "2015-01-01", "head": 40.0, "wkt": "POINT (0 0)"}
POWER_PLOT = {"id": "A", "used": "2020-02-01", "power_kw": 5000.0, "wkt": FAR}
CABLE = {
    "id": "C",
    "kind": "power",
    "finish": "2019-06-01",
    "voltage_kv": 10.0,
    "capacity": 3900.0,
    "wkt": "LINESTRING (0 0, 1000 0)",
}
STATION = {"id": "S", "kind": "power", "finish": "2015-01-01", "wkt": "POINT (0 0)"}
SEWER = {
    "id": "P",
    "kind": "sewer",
    "finish": "2019-06-01",
    "diameter_mm": 300.0,
    "z_start": 10.0,
    "z_end": 6.0,
    "wkt": "LINESTRING (0 0, 1000 0)",
}
OUTFALL = {"id": "S", "kind": "sewer", "finish": "2015-01-01", "wkt": "POINT (1000 0)"}


def judge(code: str, *, rasters: dict[str, Any] | None = None, **layers: list[dict[str, Any]]) -> Findings:
    check = load()[code]
    return check.run(mini(rasters=rasters, **layers).plan, check.bind(Profile(name="test")))


def test_pressure_falls_short_from_the_quarter_of_first_use() -> None:
    later = WATER_PLOT | {"id": "B", "used": "2023-08-01", "water_m3d": 6000.0}
    rows = judge("NW504", parcels=[WATER_PLOT, later], pipes=[MAIN], sources=[WORKS]).rows
    assert rows["id"].tolist() == ["A", "B"]
    assert {str(d.date()) for d in rows["from"]} == {"2023-07-01"}


def test_a_second_main_restores_the_pressure() -> None:
    heavy = WATER_PLOT | {"water_m3d": 8000.0}
    twin = MAIN | {"id": "V"}
    assert len(judge("NW504", parcels=[heavy], pipes=[MAIN], sources=[WORKS]).rows) == 1
    assert not len(judge("NW504", parcels=[heavy], pipes=[MAIN, twin], sources=[WORKS]).rows)


def test_a_rise_of_the_ground_is_lost_from_the_head() -> None:
    layers = {
        "parcels": [WATER_PLOT],
        "pipes": [MAIN | {"wkt": "LINESTRING (0 5, 1000 5)"}],
        "sources": [WORKS | {"wkt": "POINT (0 5)"}],
    }
    hill = grid([[0.0] * 60 + [20.0] * 60], cell=10.0)
    flat = judge("NW504", **layers).rows
    hilly = judge("NW504", rasters={"dem": hill}, **layers).rows
    assert not len(flat)
    assert hilly["value"].iloc[0] == pytest.approx(40 - 20 - 1.09, abs=0.15)


def test_a_main_without_a_diameter_leaves_its_parcels_unknown() -> None:
    blank = {k: v for k, v in MAIN.items() if k != "diameter_mm"}
    stub = MAIN | {"id": "Z", "wkt": "LINESTRING (0 0, 0 50)"}
    out = judge("NW504", parcels=[WATER_PLOT], pipes=[blank, stub], sources=[WORKS])
    assert out.unknown[["layer", "id"]].to_numpy().tolist() == [["pipes", "W"], ["parcels", "A"]]


def test_a_cable_at_its_capacity_is_not_overloaded() -> None:
    # 5000 kW at 0.8 are 4000 kW and some loss; 4100 kW carry that, 3900 kW do not.
    assert not len(judge("NW505", parcels=[POWER_PLOT], pipes=[CABLE | {"capacity": 4100.0}], sources=[STATION]).rows)
    rows = judge("NW505", parcels=[POWER_PLOT], pipes=[CABLE], sources=[STATION]).rows
    assert rows["id"].tolist() == ["C"]
    assert rows["value"].iloc[0] == pytest.approx(4000 / 3900 * 100, abs=1.5)


def test_a_higher_voltage_carries_the_load_without_the_drop() -> None:
    heavy = POWER_PLOT | {"power_kw": 60_000.0}
    low = judge("NW505", parcels=[heavy], pipes=[CABLE], sources=[STATION]).rows
    high = judge("NW505", parcels=[heavy], pipes=[CABLE | {"voltage_kv": 110.0}], sources=[STATION]).rows
    assert (low["layer"].tolist(), high["layer"].tolist()) == (["parcels", "pipes"], ["pipes"])


def test_a_line_of_more_capacity_stands_for_more_cables() -> None:
    heavy = POWER_PLOT | {"power_kw": 60_000.0}
    assert not len(judge("NW505", parcels=[heavy], pipes=[CABLE | {"capacity": 80_000.0}], sources=[STATION]).rows)


def test_a_line_without_a_capacity_leaves_its_parcels_unknown() -> None:
    blank = {k: v for k, v in CABLE.items() if k != "capacity"}
    stub = CABLE | {"id": "Z", "wkt": "LINESTRING (0 0, 0 50)"}
    out = judge("NW505", parcels=[POWER_PLOT], pipes=[blank, stub], sources=[STATION])
    assert out.unknown[["layer", "id"]].to_numpy().tolist() == [["pipes", "C"], ["parcels", "A"]]


def test_a_full_round_pipe_carries_what_the_tables_print() -> None:
    flow, velocity = part_full(np.array([0.3]), np.array([0.01]), np.array([1.0]), 0.013)
    assert flow[0] == pytest.approx(0.0967, abs=1e-4)
    assert velocity[0] == pytest.approx(1.368, abs=1e-3)


def test_a_sewer_overloaded_by_the_parcels_upstream_is_found() -> None:
    big = {
        "id": "A",
        "used": "2020-02-01",
        "code": "M1",
        "scheme": "gb50137",
        "wkt": "POLYGON ((0 10, 1000 10, 1000 900, 0 900, 0 10))",
    }
    rows = judge("NW506", parcels=[big], pipes=[SEWER], sources=[OUTFALL]).rows
    # 89 ha * 90 m³/d * 0.8 / 1.3 = 57 L/s, peak factor 2.04
    assert rows["unit"].tolist() == ["L/s"]
    assert rows["value"].iloc[0] == pytest.approx(57.05 * 2.043, rel=0.01)
    assert not len(judge("NW506", parcels=[big], pipes=[SEWER | {"diameter_mm": 600.0}], sources=[OUTFALL]).rows)


def test_the_peak_factor_falls_as_the_flow_grows() -> None:
    assert peak_factor(np.array([1.0, 5.0, 100.0, 5000.0])).tolist() == [2.7, 2.7, 1.9, 1.5]


def test_flow_gathers_on_its_way_to_the_outfall() -> None:
    pipes = [
        {"id": n, "kind": "sewer", "z_start": z, "z_end": z - 1, "wkt": w}
        for n, z, w in (
            ("A", 9.0, "LINESTRING (0 0, 100 0)"),
            ("B", 9.0, "LINESTRING (100 100, 100 0)"),
            ("C", 8.0, "LINESTRING (100 0, 200 0)"),
        )
    ]
    drain = drainage(mini(pipes=pipes, sources=[OUTFALL | {"wkt": "POINT (200 0)"}]).plan, "sewer")
    flow = accumulated(drain, np.ones(4))
    assert dict(zip(drain.network.ids[drain.network.pipe], flow.tolist(), strict=True)) == {
        "A": 1.0,
        "B": 1.0,
        "C": 3.0,
    }


USED = {
    "id": "A",
    "code": "M1",
    "scheme": "gb50137",
    "used": "2020-06-01",
    "wkt": "POLYGON ((80 10, 120 10, 120 50, 80 50, 80 10))",
}
OLD = {"id": "W1", "kind": "water", "finish": "2010-06-01", "removed": "2025-03-01", "wkt": "LINESTRING (0 0, 140 0)"}


def test_a_parcel_first_used_after_the_removal_loses_nothing() -> None:
    assert not len(judge("NW507", parcels=[USED | {"used": "2025-03-02"}], pipes=[OLD], sources=[WORKS]).rows)


def test_a_parcel_removed_with_its_pipe_loses_nothing() -> None:
    assert not len(judge("NW507", parcels=[USED | {"removed": "2025-03-01"}], pipes=[OLD], sources=[WORKS]).rows)


def test_service_that_never_comes_back_has_no_end() -> None:
    rows = judge("NW507", parcels=[USED], pipes=[OLD], sources=[WORKS]).rows
    assert (rows["other_id"].tolist(), bool(rows["to"].isna().all())) == (["W1"], True)


def test_a_source_taken_out_of_service_is_named() -> None:
    main = {k: v for k, v in OLD.items() if k != "removed"}
    rows = judge("NW507", parcels=[USED], pipes=[main], sources=[WORKS | {"removed": "2024-01-01"}]).rows
    assert rows[["other_layer", "other_id"]].to_numpy().tolist() == [["sources", "S"]]
    assert rows.geometry.iloc[0].wkt == "POINT (0 0)"


@pytest.mark.parametrize(
    ("code", "column", "kind", "asked"),
    [("NW504", "water_m3d", "water", 20_000.0), ("NW505", "power_kw", "power", 60_000.0)],
)
def test_one_parcel_that_asks_for_more_than_its_land_can_use_is_unknown(code, column, kind, asked):
    # 1 ha of works uses 150 m³/d or 800 kW at most; five times that is where a figure is to be confirmed.
    site = "POLYGON ((80 10, 180 10, 180 110, 80 110, 80 10))"
    pipe = {
        "id": "P",
        "kind": kind,
        "finish": "2019-01-01",
        "diameter_mm": 1200.0,
        "capacity": 1e6,
        "wkt": "LINESTRING (0 0, 200 0)",
    }
    source = {"id": "S", "kind": kind, "finish": "2015-01-01", "capacity": 1e6, "head": 48.0, "wkt": "POINT (0 0)"}
    kinds = {"NW501": {"kinds": (kind,)}}
    limit = 5 * (150.0 if kind == "water" else 800.0)
    for need, doubtful in ((limit, []), (limit + 1, ["A"]), (asked, ["A"])):
        land = {"id": "A", "code": "M1", "scheme": "gb50137", "used": "2020-02-01", column: need, "wkt": site}
        plan = mini(parcels=[land], pipes=[pipe], sources=[source])
        for rule in (code, "NW501"):
            out = of_rule(rule, plan, **kinds.get(rule, {}))
            assert out.unknown.loc[out.unknown["reason"] == "odd_demand", "id"].tolist() == doubtful
            assert out.judged == 1 - len(doubtful)


def test_a_parcel_in_use_whose_use_nobody_tells_has_an_unknown_demand():
    site = "POLYGON ((80 10, 120 10, 120 50, 80 50, 80 10))"
    land = [
        {"id": k, "code": c, "scheme": "gb50137", "used": "2020-02-01", "wkt": site}
        for k, c in (("A", "M1"), ("B", None), ("C", "H"))
    ]
    pipe = {"id": "P", "kind": "water", "finish": "2019-01-01", "wkt": "LINESTRING (0 0, 200 0)"}
    source = {"id": "S", "kind": "water", "finish": "2015-01-01", "capacity": 500.0, "wkt": "POINT (0 0)"}
    out = of_rule("NW501", mini(parcels=land, pipes=[pipe], sources=[source]), kinds=("water",))
    assert out.unknown[["id", "reason"]].to_numpy().tolist() == [["B", "no_code"], ["C", "open_use"]]
