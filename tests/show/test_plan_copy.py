"""The plan beside its report: a GeoPackage, of many features in a zip."""

from __future__ import annotations

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import pyogrio
import pytest

from geo_planner.show import read_report, report_json, write_outputs
from geo_planner.show.exports import plan_copy
from geo_planner.show.qgis.project import qgis_project

from .parks import plan, report


@pytest.fixture
def packed(monkeypatch):
    monkeypatch.setattr(plan_copy, "MANY", 2)


@pytest.mark.usefixtures("packed")
def test_the_copy_of_a_large_plan_is_a_zip_that_gives_plan_and_report_back(tmp_path: Path) -> None:
    toy = plan()
    written = {path.name for path in write_outputs(toy, report(toy), tmp_path)}
    assert "plan.gpkg.zip" in written
    assert "plan.gpkg" not in written
    again, told = read_report(tmp_path / "report.json")
    assert again.digest == toy.digest
    assert report_json(told) == report_json(report(toy), timed=False)


@pytest.mark.usefixtures("packed")
def test_gdal_opens_the_layers_of_the_zip_where_the_project_names_them(tmp_path: Path) -> None:
    toy = plan()
    write_outputs(toy, report(toy), tmp_path)
    root = ElementTree.fromstring(qgis_project(toy, report(toy)))
    source = next(e.text for e in root.iter("datasource") if e.text.endswith("layername=parcels"))
    assert source == "/vsizip/./plan.gpkg.zip/plan.gpkg|layername=parcels"
    place = source.split("|")[0].replace("/vsizip/./", f"/vsizip/{tmp_path}/")
    assert len(pyogrio.read_dataframe(place, layer="parcels")) == len(toy["parcels"])


@pytest.mark.usefixtures("packed")
def test_the_zip_holds_a_plain_geopackage_without_an_index_and_the_same_bytes_twice(tmp_path: Path) -> None:
    one, two = (plan_copy.write_copy(plan(), tmp_path / name) for name in ("a", "b"))
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as archive:
        assert archive.namelist() == ["plan.gpkg"]
        archive.extract("plan.gpkg", tmp_path)
    with closing(sqlite3.connect(tmp_path / "plan.gpkg")) as base:
        assert base.execute("SELECT count(*) FROM sqlite_master WHERE name LIKE 'rtree%'").fetchone() == (0,)


def test_a_copy_of_the_other_kind_does_not_stay_beside_the_new_one(tmp_path: Path, monkeypatch) -> None:
    names = []
    for most in (10_000, 2, 10_000):
        monkeypatch.setattr(plan_copy, "MANY", most)
        plan_copy.write_copy(plan(), tmp_path)
        names.append([path.name for path in tmp_path.iterdir()])
    assert names == [["plan.gpkg"], ["plan.gpkg.zip"], ["plan.gpkg"]]
