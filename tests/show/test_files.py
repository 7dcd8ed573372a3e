"""What is written is wholly old or wholly new, and named so that it can lie on any disk."""

import sqlite3

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo_planner.errors import OutputError
from geo_planner.plan.plan import Plan
from geo_planner.show.exports import files
from geo_planner.show.exports.files import atomic_write, safe_name, sweep, write_layers, write_plan


def _frame(rows: int) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"id": [str(k) for k in range(rows)]},
        geometry=[shapely.box(k, 0, k + 1, 1) for k in range(rows)],
        crs="EPSG:4548",
    )


def test_an_error_while_writing_leaves_the_old_file(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(OutputError, match="the old file is untouched"), atomic_write(target) as inside:
        inside.write_text("half")
        raise OSError(28, "No space left on device")
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_what_a_dead_run_left_is_swept_and_what_a_living_one_writes_is_not(tmp_path):
    dead, alive = tmp_path / ".geo_planner_tmp_99999999_x", tmp_path / ".geo_planner_tmp_1_y"
    dead.mkdir()
    alive.mkdir()
    (dead / "half.gpkg").write_text("x")
    sweep(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == [alive.name]


def test_a_lost_spatial_index_is_noticed(tmp_path, monkeypatch):
    write_layers({"a": _frame(3)}, tmp_path / "a.gpkg")
    before = (tmp_path / "a.gpkg").read_bytes()
    verify = files._verify

    def without_an_entry(path, rows, **more):
        base = sqlite3.connect(path)
        base.execute('DELETE FROM "rtree_a_geom" WHERE id=1')
        base.commit()
        base.close()
        verify(path, rows, **more)

    monkeypatch.setattr(files, "_verify", without_an_entry)
    with pytest.raises(OutputError, match="holds 4 of 5 shapes"):
        write_layers({"a": _frame(5)}, tmp_path / "a.gpkg")
    assert (tmp_path / "a.gpkg").read_bytes() == before


@given(st.text(max_size=300))
def test_a_safe_name_can_lie_on_any_disk(text):
    name = safe_name(text)
    assert name
    assert len(name.encode()) <= 130
    assert not set(name) & set('/\\:*?"<>|\x00\n')
    assert not name.startswith((".", "-"))
    assert name.split(".")[0].lower() not in {"con", "nul", "aux", "prn", "com1", "lpt1"}


def test_two_names_that_differ_in_case_only_do_not_meet():
    assert safe_name("Roads", taken={"roads"}) == "Roads_2"


def test_hostile_layer_names_are_only_names(tmp_path):
    plan = Plan("x", "EPSG:4548", {'x"; DROP TABLE gpkg_contents; --': _frame(2), "../../PWNED": _frame(1)})
    write_plan(plan, tmp_path / "in" / "plan.gpkg")
    assert [p.name for p in tmp_path.rglob("*")] == ["in", "plan.gpkg"]


def test_a_folder_that_is_a_file_is_said(tmp_path):
    (tmp_path / "a").write_text("x")
    with pytest.raises(OutputError, match="cannot be written"), atomic_write(tmp_path / "a" / "b.txt") as inside:
        inside.write_text("x")


def test_how_many_transactions_made_a_geopackage_does_not_show_in_its_bytes(tmp_path):
    """GDAL makes now one transaction more, now one less, by timing; SQLite counts them in bytes 27 and 95 of its header."""
    for name, more in (("few", 0), ("many", 3)):
        with atomic_write(tmp_path / f"{name}.gpkg") as inside:
            write_layers({"parcels": _frame(3)}, inside)
            for version in (1, 10400) * more:
                with sqlite3.connect(inside) as base:
                    base.execute(f"PRAGMA user_version = {version}")
                base.close()
    few, many = (tmp_path / f"{name}.gpkg" for name in ("few", "many"))
    assert few.read_bytes() == many.read_bytes()
    with sqlite3.connect(few) as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert base.execute("PRAGMA user_version").fetchone() == (10400,)
    base.close()
