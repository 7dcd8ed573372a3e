"""Names that would be commands elsewhere: in SQL, in a shell, on a page, on Windows; each is a name and nothing else."""

from __future__ import annotations

import hashlib

import geopandas as gpd
import pytest
import shapely

from geo_planner.cli.front import main
from geo_planner.qgis_plugin.marks import MarkError, plan_digest
from geo_planner.read.contract import read_contract

SHAPES = [shapely.box(500_000, 3_750_000, 500_090, 3_750_090), shapely.box(500_100, 3_750_000, 500_190, 3_750_090)]


@pytest.mark.parametrize(
    "name", ["a'; DROP TABLE gpkg_contents; --", "a]b", "select", "a; touch x", "a|layername=b", "x' UNION SELECT 1--"]
)
def test_a_layer_named_like_a_command_is_drafted_and_checked_under_its_name(tmp_path, capsys, name):
    (tmp_path / "in").mkdir()
    frame = gpd.GeoDataFrame({"地块编号": ["a", "b"], "' OR 1=1": [1, 2]}, geometry=SHAPES, crs="EPSG:4548")
    frame.to_file(tmp_path / "in" / "x.gpkg", layer=name)
    before = hashlib.sha256((tmp_path / "in" / "x.gpkg").read_bytes()).hexdigest()
    contract = tmp_path / "c.toml"
    assert main(["contract", "draft", str(tmp_path / "in"), "-o", str(contract), "-q"]) == 0
    assert list(read_contract(contract).layers) == [name]
    assert main(["contract", "check", str(contract), str(tmp_path / "in"), "-o", str(tmp_path / "gate")]) == 0
    assert hashlib.sha256((tmp_path / "in" / "x.gpkg").read_bytes()).hexdigest() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["c.toml", "c_mapping.xlsx", "gate", "in"]
    capsys.readouterr()


def test_a_template_of_names_that_windows_keeps_for_itself_has_files_of_its_own(tmp_path, capsys):
    names = ["CON", "NUL.x", "a", "A", "a.", "<img src=x onerror=1>", "=1+1"]
    text = "\n".join(f"[layers.{name!r}]\n[layers.{name!r}.fields.'=cmd|x']" for name in names)
    (tmp_path / "c.toml").write_text(text, encoding="utf-8")
    assert main(["contract", "template", str(tmp_path / "c.toml"), "-o", str(tmp_path / "out"), "-q"]) == 0
    files = [p.stem.casefold() for p in (tmp_path / "out" / "shapefile").glob("*.shp")]
    assert len(files) == len(set(files)) == len(names)
    assert not {"con", "nul", "nul.x"} & set(files)
    assert all(set(f).isdisjoint('<>:"/\\|?*') and f == f.rstrip(". ") for f in files)
    assert "<img" not in (tmp_path / "out" / "字段说明.html").read_text(encoding="utf-8")
    capsys.readouterr()


@pytest.mark.parametrize("text", ["[" * 100_000, '{"plan": {"digest": ' + "9" * 5000 + "}}", "{}", '{"plan": []}'])
def test_a_report_that_is_none_is_one_sentence_in_the_plug_in(tmp_path, text):
    (tmp_path / "report.json").write_text(text, encoding="utf-8")
    with pytest.raises(MarkError, match=r"report\.json"):
        plan_digest(tmp_path)
