"""What crosses the border of two parks: rules whose two sides lie in two parks, and roads that end at the border."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from geo_planner.lang.board import BOARD
from geo_planner.show.documents.board import lead, sections
from geo_planner.study.portfolio import run_portfolio
from tests.study.small import write_scenario

X, Y = 500_000, 3_700_000


def layer(folder, name, rows):
    """Write a layer of rows with `wkt` in metres from the corner of both parks."""
    shapes = [shapely.affinity.translate(shapely.from_wkt(row.pop("wkt")), X, Y) for row in rows]
    folder.mkdir(exist_ok=True)
    gpd.GeoDataFrame(rows, geometry=shapes, crs="EPSG:4548").to_file(folder / f"{name}.gpkg")


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    """West park W from 0 to 1000 m, east park E from 1000 to 2000; pipes, roads and buildings meet at x = 1000."""
    folder = tmp_path_factory.mktemp("two")
    for name, left in (("W", 0), ("E", 1000)):
        right = left + 1000
        box = f"POLYGON (({left} 0, {right} 0, {right} 1000, {left} 1000, {left} 0))"
        layer(folder / name, "parks", [{"id": name, "role": "core" if name == "W" else "county", "wkt": box}])
    road = {
        "id": "RW",
        "width": 40.0,
        "paved": "2018-01-01",
        "finish": "2018-06-01",
        "wkt": "LINESTRING (500 500, 1000 500)",
    }
    dead = {"id": "RD", "width": 20.0, "finish": "2018-06-01", "wkt": "LINESTRING (500 200, 995 200)"}
    layer(folder / "W", "roads", [road, dead])
    onward = {"id": "RE", "width": 24.0, "finish": "2020-06-01", "wkt": "LINESTRING (1000 500, 1500 500)"}
    layer(folder / "E", "roads", [onward])
    water = {"id": "PW", "kind": "water", "finish": "2018-01-01", "wkt": "LINESTRING (500 510, 1000 510)"}
    layer(folder / "W", "pipes", [water])
    other = {"id": "PE", "kind": "water", "finish": "2019-01-01", "wkt": "LINESTRING (1000 510, 1500 510)"}
    under = {"id": "PX", "kind": "gas", "finish": "2019-03-01", "wkt": "LINESTRING (900 490, 1400 490)"}
    layer(folder / "E", "pipes", [other, under])
    layer(folder / "E", "sources", [{"id": "S", "kind": "water", "finish": "2015-01-01", "wkt": "POINT (1500 510)"}])
    plot = {
        "id": "A",
        "code": "M1",
        "scheme": "gb50137",
        "start": "2018-06-01",
        "wkt": "POLYGON ((600 520, 700 520, 700 600, 600 600, 600 520))",
    }
    layer(folder / "W", "parcels", [plot])
    files = []
    for name in ("W", "E"):
        text = f'name = "{name}"\nlayers = "{name}"\nas_of = 2026-06-30\n'
        files.append(write_scenario(folder / f"{name}.toml", text))
    return run_portfolio(files)


def across(board, code):
    rows = [r for r in board["across"] if r["code"] == code]
    return [(r["park"], r["id"], r["other_park"], r["other_id"], r["value"]) for r in rows]


def test_a_parcel_held_up_by_the_neighbours_pipe_is_found(board):
    """A starts on 2018-06-01; the neighbour's main, through which all its water comes, is accepted 214 days later."""
    assert across(board, "UG201") == [("W", "A", "E", "PE", 214.0)]


def test_a_road_paved_before_the_neighbours_pipe_is_found(board):
    """The gas pipe of E runs 100 m beneath the road of W, which was paved 424 days before."""
    assert across(board, "UG204") == [("W", "RW", "E", "PX", 424.0)]


def test_roads_that_end_grow_narrow_or_wait_at_the_border(board):
    """RD stops 5 m short of a park without a road there; RE has 24 of 40 m of width and opens two years later."""
    told = [
        (r["fault"], r["park"], r["id"], r["other_park"], r["other_id"], r["value"]) for r in board["roads_at_borders"]
    ]
    assert told == [
        ("ends", "W", "RD", "E", "RE", 300.0),
        ("later", "W", "RW", "E", "RE", 731.0),
        ("narrows", "W", "RW", "E", "RE", 0.4),
    ]


def test_the_board_says_in_words_what_to_bring_first(board):
    """Nothing but one date of one parcel is known of the land: no park passes, and what is missing is named."""
    states = [park["overall"] for park in board["parks"]]
    fail, unknown = states.count("fail"), states.count("unknown")
    assert lead(board, "zh")[0] == f"2 个园区：{fail} 个不合格，{unknown} 个证据不足，0 个合格。"
    first = board["to_bring"][0]
    assert len(first["checks"]) == max(len(row["checks"]) for row in board["to_bring"])
    tables = dict(sections(board, "zh"))
    assert tables["to_bring"][0] == tuple(BOARD[k][0] for k in ("what", "opens", "waiting", "lacking", "open_rows"))
    assert len(tables["to_bring"]) == len(board["to_bring"]) + 1
