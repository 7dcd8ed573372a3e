"""Areas shared by polygons agree with GEOS, and are one to the last bit with and without the compiled extra."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import shapely
import shapely.affinity

from geo_planner.algorithms import overlay, trapezoids
from geo_planner.algorithms.kernels import loops

SQUARE = shapely.box(0, 0, 10, 10)


@pytest.fixture(params=["compiled", "plain"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    if request.param == "plain":
        monkeypatch.setattr(trapezoids, "loops_for", lambda _name, _work: None)
    elif loops("areas") is None:
        pytest.skip("numba, the `speed` extra, is not installed")
    else:  # however small the world
        monkeypatch.setattr(trapezoids, "loops_for", lambda name, _work: loops(name))
    yield request.param


def stars(count: int, seed: int, vertices: int = 40) -> np.ndarray:
    rng = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    radius = rng.uniform(3, 12, (count, vertices))
    middle = rng.uniform(0, 60, (count, 1, 2))
    return shapely.polygons(middle + np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=2))


def test_a_quarter_of_a_square_is_shared(engine: str) -> None:
    i, j, area = overlay.overlaps(np.array([SQUARE]), np.array([shapely.box(5, 5, 20, 20)]))
    assert (i.tolist(), j.tolist()) == ([0], [0])
    assert area == pytest.approx([25.0], abs=1e-9)


def test_neighbours_that_only_touch_share_nothing(engine: str) -> None:
    i, _, _ = overlay.overlaps(np.array([SQUARE]), np.array([shapely.box(10, 0, 20, 10), shapely.box(10, 10, 20, 20)]))
    assert not len(i)


def test_a_hole_is_not_shared(engine: str) -> None:
    ring = shapely.box(-5, -5, 15, 15).difference(shapely.box(2, 2, 8, 8))
    assert overlay.overlaps(np.array([SQUARE]), np.array([ring]))[2] == pytest.approx([64.0], abs=1e-9)


def test_a_bow_tie_is_measured_after_repair(engine: str) -> None:
    bow = shapely.from_wkt("POLYGON ((0 0, 10 10, 10 0, 0 10, 0 0))")
    assert overlay.overlaps(np.array([SQUARE]), np.array([bow]))[2] == pytest.approx([50.0], abs=1e-9)


def test_clockwise_rings_and_missing_shapes_are_met(engine: str) -> None:
    clockwise = shapely.from_wkt("POLYGON ((5 0, 5 10, 20 10, 20 0, 5 0))")
    i, j, area = overlay.overlaps(np.array([SQUARE, None, shapely.Polygon()]), np.array([clockwise, shapely.Polygon()]))
    assert (i.tolist(), j.tolist(), area.round(6).tolist()) == ([0], [0], [50.0])


def test_the_parts_of_a_multipolygon_are_added_up(engine: str) -> None:
    two = shapely.union_all(shapely.box([0, 20], [0, 0], [10, 30], [10, 10]))
    cover = np.array([shapely.box(5, 0, 25, 10)])
    i, j, area = overlay.overlaps(np.array([two]), cover)
    assert (i.tolist(), j.tolist(), area.round(9).tolist()) == ([0], [0], [100.0])
    assert overlay.overlaps(cover, np.array([two]))[2].tolist() == pytest.approx([100.0])


def test_areas_agree_with_the_slow_obvious_loop(engine: str) -> None:
    left, right = stars(20, 1), stars(20, 2, vertices=300)
    i, j, area = overlay.overlaps(left, right)
    found = dict(zip(zip(i.tolist(), j.tolist(), strict=True), area, strict=True))
    slow = {(a, b): left[a].intersection(right[b]).area for a in range(20) for b in range(20)}
    slow = {k: v for k, v in slow.items() if v > 1e-6}
    assert found.keys() == slow.keys()
    assert max(abs(found[k] - slow[k]) for k in slow) < 1e-7


def test_far_from_the_origin_the_area_is_the_same(engine: str) -> None:
    left, right = stars(5, 3), stars(5, 4)
    here = overlay.overlaps(left, right)[2]
    there = overlay.overlaps(*(shapely.transform(x, lambda xy: xy + FAR) for x in (left, right)))[2]
    assert there == pytest.approx(here, abs=1e-4)


def test_cut_pieces_add_up_to_the_polygon() -> None:
    whole = stars(3, 5, vertices=600)
    pieces, owner = overlay.cut(whole, 64)
    assert shapely.get_num_coordinates(pieces).max() <= 64
    assert np.bincount(owner, weights=shapely.area(pieces)) == pytest.approx(shapely.area(whole), rel=1e-12)


def test_cover_counts_doubly_covered_land_once(engine: str) -> None:
    cover = np.array([shapely.box(0, 0, 6, 10), shapely.box(4, 0, 8, 10)])
    assert overlay.covered(np.array([SQUARE]), cover) == pytest.approx([80.0])
    assert overlay.covered(np.array([SQUARE]), np.array([], dtype=object)).tolist() == [0.0]


def test_shared_shapes_are_polygons_even_where_borders_touch() -> None:
    left = shapely.from_wkt("POLYGON ((0 0, 10 0, 10 10, 5 5, 0 10, 0 0))")
    one = np.array([0])
    shared = overlay.shared_shapes(
        np.array([left]), overlay.cut(np.array([shapely.box(0, 5, 10, 20)])), one, one, np.array([25.0])
    )
    assert shapely.get_dimensions(shared).tolist() == [2]
    assert shapely.area(shared) == pytest.approx([25.0])


def test_shapes_made_from_tiles_have_the_areas_of_the_pairs() -> None:
    left, right = stars(20, 1), stars(20, 2, vertices=300)
    i, j, area = overlay.overlaps(left, right)
    shapes = overlay.shared_shapes(left, overlay.cut(right), i, j, area)
    assert shapely.area(shapes) == pytest.approx(area, abs=1e-5)
    assert shapely.area(overlay.rest_shapes(left[i], shapes)) == pytest.approx(shapely.area(left[i]) - area, abs=1e-5)


def test_what_lies_wholly_outside_is_its_own_rest() -> None:
    rest = overlay.rest_shapes(np.array([SQUARE]), np.array([shapely.Polygon()]))
    assert rest[0].equals(SQUARE)


def outlines(seed: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Stars with holes in half of them, and boxes turned at random, none of which share corners."""
    rng = np.random.default_rng(seed)
    made = stars(count, seed)
    holed = [shapely.difference(s, shapely.affinity.scale(s, 0.4, 0.4)) for s in made[: count // 2]]
    boxes = [shapely.affinity.rotate(shapely.box(x, y, x + 9, y + 5), a) for x, y, a in rng.uniform(0, 55, (count, 3))]
    return np.array([*holed, *made[count // 2 :]]), np.array(boxes)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_shared_is_what_geos_says_piece_by_piece(engine: str, seed: int) -> None:
    zones, parcels = outlines(seed, 40)
    tiled = overlay.cut(zones, 32)
    i, j, area = overlay.overlaps(parcels, zones, tiled)
    shown = overlay.shared_shapes(parcels, tiled, i, j, area)
    slow = shapely.intersection(parcels[i], zones[j])
    assert len(i) > 50
    assert shapely.is_valid(shown).all()
    assert shapely.area(shapely.symmetric_difference(shown, slow)).max() < 1e-9


def test_every_piece_of_a_comb_is_shared() -> None:
    teeth = [shapely.box(20 * k, 10, 20 * k + 10, 50) for k in range(5)]
    comb = np.array([shapely.union_all([shapely.box(0, 0, 100, 10), *teeth])])
    one, tiled = np.array([0]), overlay.cut(comb)
    shown = overlay.shared_shapes(np.array([shapely.box(-5, 30, 105, 40)]), tiled, one, one, np.array([500.0]))
    assert shapely.area(shapely.get_parts(shown)).tolist() == [100.0] * 5


FAR = np.array([39_617_845.0, 3_760_289.0])


def far_stars(count: int, seed: int, vertices: int = 40) -> np.ndarray:
    return shapely.transform(stars(count, seed, vertices), lambda xy: xy + FAR)


@pytest.mark.parametrize("vertices", [40, 300])
def test_the_compiled_loop_and_its_twin_agree_to_the_last_bit(vertices: int, monkeypatch) -> None:
    """Below 15,000 pairs GEOS measured and above the loop: 18,884 of 193,421 areas of a city judged in tiles differed."""
    if loops("areas") is None:
        pytest.skip("numba, the `speed` extra, is not installed")
    left, right = far_stars(60, 1), far_stars(60, 2, vertices)
    found = []
    for engine in (lambda _name, _work: None, lambda name, _work: loops(name)):
        monkeypatch.setattr(trapezoids, "loops_for", engine)
        found.append(overlay.overlaps(left, right))
    assert len(found[0][2]) > 500
    assert [a.tolist() for a in found[0]] == [a.tolist() for a in found[1]]


def test_an_area_does_not_depend_on_what_else_is_measured(engine: str) -> None:
    """Edges were taken from the south-western corner of all polygons at hand, which is another in a part of a plan."""
    left, right = far_stars(40, 3), far_stars(40, 4, 300)
    i, j, area = overlay.overlaps(left, right)
    for at in range(0, len(i), 37):
        assert overlay.overlaps(left[[i[at]]], right[[j[at]]])[2].tolist() == [area[at]]


def test_the_twin_measures_more_pairs_than_it_holds_at_once(monkeypatch) -> None:
    left, right = stars(40, 5), stars(40, 6)
    whole = overlay.overlaps(left, right)[2]
    monkeypatch.setattr(trapezoids, "_TERMS", 5_000)
    assert overlay.overlaps(left, right)[2].tolist() == whole.tolist()


def test_a_hole_inside_a_parcel_is_cut_out_of_its_share_although_no_outline_crosses_it(engine: str) -> None:
    zone = np.array([shapely.Polygon(shapely.box(-5, -5, 8, 15).exterior, [shapely.box(2, 2, 3, 3).exterior.coords])])
    tiled = overlay.cut(zone)
    i, j, area = overlay.overlaps(np.array([SQUARE]), zone, tiled)
    shown = overlay.shared_shapes(np.array([SQUARE]), tiled, i, j, area)
    assert shown[0].equals(shapely.box(0, 0, 8, 10).difference(shapely.box(2, 2, 3, 3)))


def test_outlines_that_run_along_each_other_share_what_geos_says(engine: str) -> None:
    zone = np.array([shapely.box(0, 5, 10, 20)])
    tiled = overlay.cut(zone)
    i, j, area = overlay.overlaps(np.array([SQUARE]), zone, tiled)
    assert overlay.shared_shapes(np.array([SQUARE]), tiled, i, j, area)[0].equals(shapely.box(0, 5, 10, 10))
