"""A land-use scheme of one's own travels in the plan that uses it, from the scenario to the plan's file and back."""

from __future__ import annotations

import geopandas as gpd
import shapely

from geo_planner.facts.landuse.uses import uses
from geo_planner.read import read_plan
from geo_planner.read.scenario import read_scenario
from geo_planner.show.exports.files import write_plan
from geo_planner.study.run import load_scenario


def test_codes_are_read_by_the_scheme_of_the_scenario_and_of_no_other(tmp_path):
    rows = "KA,工厂,works,P,PI,5,0,0,industry\nKB,住宅,homes,L,LU,0,5,0,housing\n"
    (tmp_path / "town.csv").write_text("code,zh,en,ple,sub,p,l,e,group\n" + rows, encoding="utf-8")
    shapes = [shapely.box(39_500_000 + 100 * k, 3_700_000, 39_500_090 + 100 * k, 3_700_090) for k in range(4)]
    frame = gpd.GeoDataFrame({"id": list("ABCD"), "code": ["KA", "KA", "KB", "KA"]}, geometry=shapes, crs="EPSG:4527")
    frame.to_file(tmp_path / "parcels.geojson", driver="GeoJSON")
    for name, head in (("with", 'schemes = "town.csv"\n'), ("without", "")):
        text = f'{head}layers = "parcels.geojson"\ncrs = "EPSG:4527"\n'
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    plan, bare = (load_scenario(read_scenario(tmp_path / f"{name}.toml")) for name in ("with", "without"))
    assert uses(plan)["group"].tolist() == ["industry", "industry", "housing", "industry"]
    assert uses(bare)["group"].isna().all()
    write_plan(plan, tmp_path / "plan.gpkg")
    back = read_plan([tmp_path / "plan.gpkg"])
    assert back == plan
    assert uses(back)["zh"].tolist() == ["工厂", "工厂", "住宅", "工厂"]
