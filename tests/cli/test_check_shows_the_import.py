"""`check` takes what `read` takes, and shows what the import doubted in the terminal, the report and the map."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest
import shapely

from geo_planner.cli.front import main
from geo_planner.show.page.letters import json_of


@pytest.fixture
def folder(tmp_path):
    shapes = [shapely.box(118.2 + k / 500, 33.9, 118.201 + k / 500, 33.901) for k in range(5)]
    frame = gpd.GeoDataFrame(
        {"DKBH": list("abcdef"), "XZ": ["R2", "M1", "G1", "R2", "M1", "M1"]},
        geometry=[*shapes, shapely.box(0, 0, 1e-10, 1e-10)],
        crs=4490,
    )
    (tmp_path / "in").mkdir()
    frame.to_file(tmp_path / "in" / "x.geojson")
    return tmp_path


def test_check_takes_role_and_map_and_tells_of_rows_set_aside(folder, capsys):
    source = f"parcels={folder / 'in' / 'x.geojson'}"
    code = main(["check", source, "--map", "XZ=code", "-o", str(folder / "out"), "--lang", "en", "--only", "da"])
    assert code in {0, 1}
    said = capsys.readouterr().out
    assert "6 → 5 (+1 set aside)" in said
    assert "IM315 1 features have a vertex at (0, 0)" in said
    notes = json.loads((folder / "out" / "report.json").read_text(encoding="utf-8"))["import"]
    assert notes["outcome"] == "warn"
    assert ("IM315", "warning", 1) in [(n["code"], n["severity"], n["count"]) for n in notes["notes"]]
    page = (folder / "out" / "map.html").read_text(encoding="utf-8")
    model = json_of(page.split('id="gp-model">')[1].split("</script>")[0])
    assert "IM315" in [row["code"] for row in model["imported"]]


def test_check_refuses_a_recipe_that_drifted_under_strict(folder, capsys):
    recipe = folder / "r.toml"
    recipe.write_text('[layers.gone]\nrole = "roads"\n', encoding="utf-8")
    source = str(folder / "in")
    assert main(["check", source, "--recipe", str(recipe), "--strict", "-o", str(folder / "out")]) == 2
    assert "IM706" in capsys.readouterr().err


def test_the_json_of_check_holds_the_import(folder, capsys):
    main(["check", f"parcels={folder / 'in' / 'x.geojson'}", "--map", "XZ=code", "-o", str(folder / "out"), "--json"])
    assert json.loads(capsys.readouterr().out)["import"]["counts"]["warning"] >= 1
