"""Names of files that other tools cut or take for a path inside a zip are read as they stand."""

from __future__ import annotations

import zipfile

import geopandas as gpd
import pytest
import shapely

from geo_planner.read.open import Opening, open_layer

FRAME = gpd.GeoDataFrame({"id": ["a"]}, geometry=[shapely.box(0, 0, 1, 1)], crs="EPSG:4527")


@pytest.mark.parametrize("stem", ["地块;新", "a!b", "x.zip!y", "a#b", "a?b", "100%"])
@pytest.mark.parametrize("kind", ["gpkg", "fgb", "gdb", "shp"])
def test_a_file_of_any_name_is_read(tmp_path, stem, kind):
    """`地块;新.gpkg` was refused as damaged: pyogrio cuts a name at its semicolon."""
    FRAME.to_file(tmp_path / f"p.{kind}")
    for part in tmp_path.glob("p.*"):
        part.rename(tmp_path / f"{stem}{part.suffix}")
    (sheet,) = open_layer(tmp_path / f"{stem}.{kind}", Opening())
    assert (sheet.name, sheet.rows_in) == ("p" if kind in {"gpkg", "gdb"} else stem, 1)
    assert sheet.source == f"{stem}.{kind}"


def test_a_folder_with_an_exclamation_mark_is_no_zip(tmp_path):
    (tmp_path / "急!").mkdir()
    FRAME.to_file(tmp_path / "p.gpkg")
    (tmp_path / "p.gpkg").rename(tmp_path / "急!" / "p.gpkg")
    assert open_layer(tmp_path / "急!" / "p.gpkg", Opening())[0].rows_in == 1


def test_a_zip_and_what_is_in_it_may_bear_a_semicolon(tmp_path):
    FRAME.to_file(tmp_path / "p.gpkg")
    with zipfile.ZipFile(tmp_path / "六月;终.zip", "w") as box:
        box.write(tmp_path / "p.gpkg", "a;b.gpkg")
    assert [s.rows_in for s in open_layer(tmp_path / "六月;终.zip", Opening())] == [1]
