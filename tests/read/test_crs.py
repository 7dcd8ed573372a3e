"""The CRS doctor says what does not fit, names candidates, and applies none by itself."""

import csv

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geo_planner.errors import ImpossibleCRSError, MissingCRSError
from geo_planner.read import ReadOptions, import_layers, read_plan
from geo_planner.read.crs.doctor import Wish, candidates, diagnose
from geo_planner.read.crs.gcj import to_bd, to_gcj, to_wgs
from geo_planner.read.crs.placing import placed, plan_crs
from geo_planner.read.crs.systems import metres, name_of, system
from geo_planner.read.schema.sheet import Sheet, frame_of
from tests.shared import shared

from .files import Z39, X, Y, box, names_table, polygon, shapefile


def _sheet(crs: str, *boxes: tuple[float, float, float, float]) -> Sheet:
    return Sheet("a", frame_of({}, [shapely.box(*b) for b in boxes]), crs, ".prj", source="a.shp")


SUQIAN = (617_000.0, 3_760_000.0, 618_000.0, 3_761_000.0)


def test_the_esri_text_of_zone_39_is_epsg_4527():
    assert name_of(Z39) == "EPSG:4527"


def test_plain_eastings_under_a_prefixed_zone_are_doubted_and_not_changed():
    verdict = diagnose(_sheet("EPSG:4527", SUQIAN), Wish())
    assert (verdict.crs, [n.code for n in verdict.notes]) == ("", ["IM303"])  # a plan there would lie nowhere on earth
    assert verdict.candidates[0].crs == "EPSG:4548"


def test_prefixed_eastings_under_a_plain_zone_suggest_the_prefixed_one():
    verdict = diagnose(_sheet("EPSG:4548", (39_617_000, 3_760_000, 39_618_000, 3_761_000)), Wish())
    assert [c.crs for c in verdict.candidates] == ["EPSG:4527"]


def test_surveyors_order_is_seen_and_swapped_only_on_accept():
    turned = _sheet("EPSG:4548", (3_760_000, 617_000, 3_761_000, 618_000))
    assert [n.code for n in diagnose(turned, Wish()).notes] == ["IM304"]
    verdict = diagnose(turned, Wish(accept=True))
    frame, _ = placed(turned.frame, verdict, "EPSG:4548")
    assert frame.total_bounds.tolist() == [617_000, 3_760_000, 618_000, 3_761_000]


def test_metres_called_degrees_are_refused_with_candidates():
    with pytest.raises(ImpossibleCRSError, match=r"out of range for EPSG:4326.*EPSG:4547.*--force-crs"):
        diagnose(_sheet("EPSG:4326", (532_189, 2_546_000, 533_924, 2_548_000)), Wish())


def test_the_huizhou_parcels_are_read_once_their_crs_is_given():
    folder = shared("real-data", "cn-huizhou-kg-parcels", "land.shp")
    assert import_layers([folder]).outcome == "refuse"
    plan = read_plan([folder], crs="EPSG:4547", options=ReadOptions(force_crs=True))
    assert (len(plan["parcels"]), plan.crs) == (79, "EPSG:4547")
    assert plan["parcels"]["scheme"].unique().tolist() == ["gb50137"]
    assert plan["parcels"].area.sum() / 10_000 == pytest.approx(288.8, abs=0.1)


@pytest.mark.parametrize(
    ("box_", "first"),
    [
        ((39_617_000, 3.76e6, 39_618_000, 3.761e6), "EPSG:4527"),
        ((20_617_000, 3.76e6, 20_618_000, 3.761e6), "EPSG:4498"),
        ((118.2, 33.9, 118.3, 34.0), "EPSG:4490"),
        ((2.3, 48.8, 2.4, 48.9), "EPSG:4326"),
        (SUQIAN, "EPSG:4548"),
    ],
)
def test_the_likeliest_candidate_of_numbers_alone(box_, first):
    assert candidates(box_)[0].crs == first


def test_small_numbers_have_no_candidate():
    assert candidates((1000, 2000, 3000, 4000)) == ()


def test_a_missing_prj_is_said_and_the_plan_cannot_be_judged(tmp_path):
    path = shapefile(tmp_path, "地块", [polygon(box(X, Y))], names_table("a"), prj="")
    result = import_layers([path])
    assert (result.outcome, result.plan.crs) == ("warn", "")
    with pytest.raises(MissingCRSError, match=r"Candidates: EPSG:4527 .*--accept"):
        read_plan([path])
    assert read_plan([path], options=ReadOptions(accept=True)).crs == "EPSG:4527"
    taken = import_layers([path], ReadOptions(accept=True))
    assert (taken.outcome, [n.code for n in taken.notes if n.code.startswith("IM3")]) == ("repair", ["IM318"])


def test_a_layer_without_crs_beside_others_is_set_aside(tmp_path):
    shapefile(tmp_path, "地块", [polygon(box(X, Y))], names_table("a"))
    shapefile(tmp_path, "建筑", [polygon(box(X, Y))], names_table("b"), prj="")
    result = import_layers([tmp_path])
    assert sorted(result.plan.layers) == ["parcels"]
    assert result.rejects["建筑"]["reject_reason"].tolist() == ["no coordinate system"]


def test_a_plan_prefers_the_projected_grid_of_its_sources():
    far, near = (diagnose(_sheet(c, b), Wish()) for c, b in (("EPSG:4326", (118, 33, 119, 34)), ("EPSG:4548", SUQIAN)))
    frames = _sheet("", (118, 33, 119, 34)).frame, _sheet("", SUQIAN).frame
    assert plan_crs(zip((far, near), frames, strict=True))[0] == "EPSG:4548"


@pytest.mark.parametrize(
    ("lon", "expected"), [(118.2, "EPSG:4548"), (119.0, "EPSG:4549"), (75.2, "EPSG:4534"), (2.0, "EPSG:32631")]
)
def test_degrees_become_the_zone_of_their_middle(lon, expected):
    sheet = _sheet("EPSG:4326", (lon, 33.9, lon + 0.01, 33.91))
    assert plan_crs([(diagnose(sheet, Wish()), sheet.frame)])[0] == expected


def test_web_mercator_is_not_true_to_scale_and_not_taken():
    assert not metres("EPSG:3857")
    assert metres("EPSG:4527")


def test_beijing_54_is_said_to_be_vague():
    assert [n.code for n in diagnose(_sheet("EPSG:2436", SUQIAN), Wish()).notes] == ["IM305"]


def test_neighbours_stay_neighbours_when_a_long_edge_is_projected():
    west = shapely.box(118.0, 33.9, 118.2, 34.0)
    east = [shapely.box(118.2, 33.9, 118.4, 33.95), shapely.box(118.2, 33.95, 118.4, 34.0)]
    sheet = Sheet("a", frame_of({}, [west, *east]), "EPSG:4326", ".prj")
    frame, _ = placed(sheet.frame, diagnose(sheet, Wish()), "EPSG:4548")
    shapes = frame.geometry.array
    gap = sum(g.area for g in shapes) - shapely.union_all(np.asarray(shapes)).area
    assert abs(gap) < 0.5  # m² along 11 km: below the millimetre


def test_web_map_shifts_agree_with_the_published_points():
    with shared("domain", "oracle_gcj02_bd09.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            lon, lat = np.array([float(row["lon_wgs"])]), np.array([float(row["lat_wgs"])])
            gcj = to_gcj(lon, lat)
            bd = to_bd(*gcj)
            assert np.allclose([gcj[0][0], gcj[1][0]], [float(row["lon_gcj"]), float(row["lat_gcj"])], atol=1e-6)
            assert np.allclose([bd[0][0], bd[1][0]], [float(row["lon_bd"]), float(row["lat_bd"])], atol=1e-6)
            for point, datum in ((gcj, "gcj02"), (bd, "bd09")):
                back = to_wgs(*point, datum)
                assert np.hypot(back[0] - lon, back[1] - lat)[0] * 111_000 < 0.001


def test_undoing_the_shift_brings_the_district_back_to_its_place(tmp_path):
    plain = gpd.GeoDataFrame(
        {"id": ["a", "b", "c"]},
        geometry=[shapely.box(118.3 + k / 100, 33.9, 118.305 + k / 90, 33.91) for k in range(3)],
        crs=4326,
    )
    moved = plain.set_geometry(plain.geometry.transform(lambda p: np.column_stack(to_gcj(p[:, 0], p[:, 1]))))
    (tmp_path / "真值").mkdir()
    plain.to_file(tmp_path / "真值" / "地块.geojson")
    moved.to_file(tmp_path / "地块.geojson")
    truth = read_plan([tmp_path / "真值" / "地块.geojson"])
    back = read_plan([tmp_path / "地块.geojson"], options=ReadOptions(shifted={"*": "gcj02"}))
    apart = truth["parcels"].geometry.centroid.distance(back["parcels"].geometry.centroid)
    assert apart.max() < 1.0


def test_latitude_first_is_doubted_and_what_cannot_be_projected_is_set_aside(tmp_path):
    plain = gpd.GeoDataFrame(
        {"id": ["a", "b"]},
        geometry=[shapely.box(33.9, 118.3, 33.91, 118.31), shapely.box(34, 118.3, 34.1, 118.4)],
        crs=4326,
    )
    plain.to_file(tmp_path / "地块.geojson")
    result = import_layers([tmp_path / "地块.geojson"])
    assert result.outcome == "warn"
    assert "IM304" in {n.code for n in result.notes}
    assert sum(r.rows_in for r in result.layers) == 2


def test_degrees_under_a_metre_grid_are_an_unknown_crs_with_degrees_as_candidate():
    verdict = diagnose(_sheet(Z39, (118.3, 33.9, 118.4, 34.0)), Wish())
    assert verdict.crs == ""
    assert verdict.candidates[0].crs == "EPSG:4490"
    assert "look like degrees" in verdict.notes[0].args["because"]


def test_numbers_beyond_the_pole_still_give_the_plan_a_grid():
    sheet = _sheet("EPSG:4326", (-72.6, 0.0, -72.4, 554.8))
    target, said = plan_crs([(diagnose(sheet, Wish()), sheet.frame)])
    assert metres(target)
    assert [n.code for n in said] == ["IM312"]


def test_a_system_that_reads_well_but_can_be_placed_nowhere_is_none():
    base = CRS.from_epsg(4527).to_wkt("WKT1_ESRI")
    with pytest.raises(ImpossibleCRSError, match="cannot be placed"):
        system(base.replace('PROJECTION["Gauss_Kruger"]', 'PROJECTION["Gauss_Kr"]'))
