"""NW504 and NW505 look into stretches of quarters by halves, and find what a look into every quarter finds."""

from __future__ import annotations

import importlib
from collections.abc import Callable

import numpy as np
import pytest

from geo_planner.algorithms.networks.noding import NEVER
from geo_planner.facts.utilities.stages import first_days
from tests.checks.one_rule import judge, mini

Array = np.ndarray


def every_day(
    days: Array,
    still: Callable[[int], bytes],
    values: Callable[[int], Array],
    breaks: Callable[[Array], Array],
    size: int,
) -> tuple[Array, Array]:
    first, worst = np.full(size, NEVER), np.full(size, np.nan)
    for day in days.tolist():
        value = values(day)
        new = breaks(value) & (first == NEVER)
        first[new], worst[new] = day, value[new]
    return first, worst


def test_a_stretch_in_which_nothing_breaks_takes_one_look() -> None:
    looks: list[int] = []

    def values(day: int) -> Array:
        looks.append(day)
        return np.array([day - 37.0, day - 63.5, -1.0])

    first, worst = first_days(np.arange(100), lambda day: bytes([day // 50]), values, lambda value: value >= 0, 3)
    assert first.tolist() == [37, 64, NEVER]
    assert worst[:2].tolist() == [0.0, 0.5]
    assert np.isnan(worst[2])
    assert len(looks) < 25
    looks.clear()
    first, _ = first_days(np.arange(100), lambda _: b"", values, lambda value: value > 100, 3)
    assert first.tolist() == [NEVER] * 3
    assert looks == [99]


def row_of_plots(seed: int) -> dict[str, list[dict]]:
    """Twelve plots along a main of two pieces, used, removed and fed on random days."""
    rng = np.random.default_rng(seed)

    def day(first: int, last: int) -> str:
        return str(np.datetime64(f"{first}-01-01") + rng.integers(0, 365 * (last - first)))

    plots = [
        {
            "id": f"P{k:02}",
            "used": day(2015, 2022),
            "water_m3d": float(rng.integers(200, 900)),
            "power_kw": float(rng.integers(1000, 4000)),
            "wkt": f"POLYGON (({80 * k + 10} 5, {80 * k + 30} 5, {80 * k + 30} 25, {80 * k + 10} 25, {80 * k + 10} 5))",
        }
        | ({"removed": day(2022, 2024)} if rng.random() < 0.3 else {})
        for k in range(12)
    ]
    line = {"diameter_mm": 200.0, "capacity": 9000.0, "voltage_kv": 10.0}
    pipes = [
        line | {"id": f"{kind}{part}", "kind": kind, "finish": day(2014, 2019), "wkt": f"LINESTRING ({a} 0, {b} 0)"}
        for kind in ("water", "power")
        for part, (a, b) in enumerate(((0, 500), (500, 1000)))
    ]
    pipes += [
        line | {"id": "ring", "kind": "water", "finish": "2020-05-01", "wkt": "LINESTRING (0 0, 0 -9, 1000 -9, 1000 0)"}
    ]
    feeds = [
        {"id": kind, "kind": kind, "finish": "2013-01-01", "head": 40.0, "wkt": "POINT (0 0)"}
        for kind in ("water", "power")
    ]
    return {"parcels": plots, "pipes": pipes, "sources": feeds}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("code", ["NW504", "NW505"])
def test_what_is_found_is_what_a_look_into_every_quarter_finds(
    monkeypatch: pytest.MonkeyPatch, code: str, seed: int
) -> None:
    world = row_of_plots(seed)
    quick = judge(code, mini(**world), max_deviation=0.5) if code == "NW505" else judge(code, mini(**world))
    name = {"NW504": "nw504_water_pressure_low", "NW505": "nw505_voltage_or_loading_bad"}[code]
    monkeypatch.setattr(importlib.import_module(f"geo_planner.checks.{name}"), "first_days", every_day)
    slow = judge(code, mini(**world), max_deviation=0.5) if code == "NW505" else judge(code, mini(**world))
    assert len(quick.rows)
    told = ["layer", "id", "value", "from"]
    assert quick.rows[told].to_dict("records") == slow.rows[told].to_dict("records")
    assert (quick.judged, quick.unknown.to_dict("records")) == (slow.judged, slow.unknown.to_dict("records"))
