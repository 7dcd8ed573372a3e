"""Packing loses nothing but half a quantum, whatever the shapes."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_planner.show.page.packed import NO_DAY, WORLD, Columns, decode, encode, split_by_kind

QUANTUM = 360 / WORLD
IDS = Columns(texts=("id",))
coordinate = st.tuples(st.floats(100, 130), st.floats(20, 50))


def frame(shapes: list[Any], **columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"id": [f"f{k}" for k in range(len(shapes))], **columns}, geometry=shapes, crs=4326)


def back(layer: gpd.GeoDataFrame, kind: Any, columns: Columns = IDS) -> gpd.GeoDataFrame:
    out = decode(encode(layer, kind, columns).blob)
    return out.set_index("id").loc[layer["id"]]


@st.composite
def polygons(draw: Any) -> Any:
    parts = []
    for number in range(draw(st.integers(1, 3))):
        x, y = draw(coordinate)
        x, w = x + number * 3, draw(st.floats(0.001, 1.0))
        outer = shapely.box(x, y, x + w, y + w)
        hole = shapely.box(x + w / 4, y + w / 4, x + w / 2, y + w / 2)
        parts.append(outer.difference(hole) if draw(st.booleans()) else outer)
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


@settings(max_examples=60, deadline=None)
@given(st.lists(polygons(), min_size=1, max_size=6))
def test_polygons_come_back_within_half_a_quantum_with_their_holes_and_parts(shapes: list[Any]) -> None:
    layer = frame(shapes)
    got = back(layer, "polygon")
    for before, after in zip(layer.geometry, got.geometry, strict=True):
        assert len(shapely.get_parts(before)) == len(after.geoms)
        assert (
            shapely.get_num_interior_rings(shapely.get_parts(before)).sum()
            == shapely.get_num_interior_rings(np.asarray(after.geoms)).sum()
        )
        # Outer rings are packed clockwise, holes the other way, so that the page may fill what overlaps.
        turned = shapely.orient_polygons(before, exterior_cw=True)
        one, two = shapely.get_coordinates(turned), shapely.get_coordinates(after)
        assert np.abs(one - two)[:, 0].max() <= QUANTUM / 2 * 1.001
        assert np.abs(one - two)[:, 1].max() <= QUANTUM / 2 * 1.001


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(coordinate, min_size=2, max_size=9), min_size=1, max_size=6))
def test_lines_come_back_within_half_a_quantum(lines: list[list[tuple[float, float]]]) -> None:
    layer = frame([shapely.LineString(line) for line in lines])
    got = back(layer, "line")
    one, two = shapely.get_coordinates(layer.geometry), shapely.get_coordinates(got.geometry)
    assert np.abs(one - two).max() <= QUANTUM / 2 * 1.001


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(coordinate, min_size=1, max_size=4), min_size=1, max_size=6))
def test_points_and_multipoints_come_back(points: list[list[tuple[float, float]]]) -> None:
    layer = frame([shapely.MultiPoint(point) for point in points])
    got = back(layer, "point")
    one, two = shapely.get_coordinates(layer.geometry), shapely.get_coordinates(got.geometry)
    assert np.abs(one - two).max() <= QUANTUM / 2 * 1.001


def test_columns_come_back_with_their_nulls() -> None:
    squares = [shapely.box(118 + k / 100, 34, 118.005 + k / 100, 34.005) for k in range(3)]
    layer = frame(
        squares,
        use=["M1", None, "M1"],
        area=[1.5, np.nan, 3.25],
        name=["甲", None, ""],
        start=pd.to_datetime(["1970-01-02", None, "2020-02-29"]),
    )
    columns = Columns(words=("use",), numbers=("area",), days=("start",), texts=("id", "name"))
    got = back(layer, "polygon", columns)
    assert [None if pd.isna(word) else word for word in got["use"]] == ["M1", None, "M1"]
    assert got["area"].tolist()[0] == 1.5 and np.isnan(got["area"].tolist()[1]) and got["area"].tolist()[2] == 3.25
    assert [None if pd.isna(word) else word for word in got["name"]] == ["甲", None, ""]
    assert list(got["start"]) == [1, NO_DAY, 18321]


def test_more_than_254_words_are_told_apart() -> None:
    layer = frame([shapely.Point(118 + k / 1e4, 34) for k in range(600)], word=[f"w{k}" for k in range(600)])
    got = back(layer, "point", Columns(words=("word",), texts=("id",)))
    assert list(got["word"]) == [f"w{k}" for k in range(600)]


def test_packing_twice_gives_the_same_bytes() -> None:
    layer = frame([shapely.box(118, 34, 118.1, 34.1), shapely.box(118.2, 34, 118.3, 34.1)])
    assert (
        encode(layer, "polygon", Columns(texts=("id",))).blob == encode(layer, "polygon", Columns(texts=("id",))).blob
    )


def test_the_order_names_the_input_row_of_each_packed_feature() -> None:
    layer = frame([shapely.Point(x, y) for x, y in [(119, 35), (118, 34), (119, 34), (118, 35)]])
    packed = encode(layer, "point", Columns(texts=("id",)))
    assert [f"f{row}" for row in packed.order] == list(decode(packed.blob)["id"])


def test_an_empty_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="non-empty"):
        encode(frame([shapely.Polygon()]), "polygon", Columns())


def test_metres_are_refused() -> None:
    with pytest.raises(ValueError, match="longitude and latitude"):
        encode(frame([shapely.Point(39535000, 3757000)]), "point", Columns())


def test_mixed_collections_are_taken_apart_and_empty_shapes_left_out() -> None:
    mixed = shapely.GeometryCollection([shapely.Point(118, 34), shapely.LineString([(118, 34), (119, 34)])])
    parts = split_by_kind(frame([mixed, shapely.Polygon(), None, shapely.box(118, 34, 119, 35)]))
    assert {kind: list(part["id"]) for kind, part in parts.items()} == {
        "polygon": ["f3"],
        "line": ["f0"],
        "point": ["f0"],
    }


def test_metres_with_a_system_are_packed_where_geopandas_would_put_them() -> None:
    there = gpd.GeoDataFrame(
        {"id": ["a", "b"]},
        geometry=[
            shapely.box(39_535_000, 3_757_000, 39_535_300, 3_757_200),
            shapely.box(39_536_000, 3_757_000, 39_536_010, 3_757_020),
        ],
        crs=4527,
    )
    quantum = 360 / WORLD
    got, wanted = back(there, "polygon"), there.to_crs(4326)
    assert np.abs(got.geometry.bounds.to_numpy() - wanted.geometry.bounds.to_numpy()).max() <= quantum / 2 + 1e-12
