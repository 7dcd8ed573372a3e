"""The sample arrives as a bureau would send it, the same bytes every time."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely

from geo_planner.sample import write_sample
from geo_planner.sample.bureau import write_grid
from geo_planner.sample.shapefile import Field, cut_name, write_layer

COMMITTED = Path(__file__).parents[2] / "layers" / "susu"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "susu"
    write_sample(folder)
    return folder


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.iterdir() if p.suffix != ".tif")
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_the_committed_files_are_what_the_recipe_writes(written):
    assert _digests(written) == _digests(COMMITTED)


@pytest.mark.parametrize("name", ["dem", "landcover_2006", "landcover_2012", "landcover_2018", "landcover_2024"])
def test_the_committed_grids_hold_what_the_recipe_draws(written, name):
    """Cell by cell, for how a grid is packed depends on the library that packs it."""
    with rasterio.open(written / f"{name}.tif") as new, rasterio.open(COMMITTED / f"{name}.tif") as old:
        assert np.array_equal(new.read(1), old.read(1))
        assert (new.transform, new.crs, new.res) == (old.transform, old.crs, (20.0, 20.0))


def test_a_grid_is_the_same_bytes_when_written_again(tmp_path):
    cells = np.arange(12, dtype="uint8").reshape(3, 4)
    first, second = (write_grid(tmp_path / n, cells, (20.0, 0.0, 39_610_000.0, 0.0, -20.0, 3_760_000.0)) for n in "ab")
    assert first.read_bytes() == second.read_bytes()


def test_the_whole_sample_is_smaller_than_six_megabytes():
    assert sum(p.stat().st_size for p in COMMITTED.iterdir()) < 6_000_000


def test_every_layer_has_four_files_and_no_cpg():
    layers = {p.stem for p in COMMITTED.glob("*.shp")}
    assert len(layers) == 19
    for suffix in (".shx", ".dbf", ".prj"):
        assert {p.stem for p in COMMITTED.glob(f"*{suffix}")} == layers
    assert list(COMMITTED.glob("*.cpg")) == []


@pytest.mark.parametrize("path", sorted(COMMITTED.glob("*.dbf")), ids=lambda p: p.stem)
def test_a_table_declares_gbk_in_its_language_byte_and_keeps_names_to_ten_bytes(path):
    head = path.read_bytes()
    rows, head_size = struct.unpack_from("<IH", head, 4)
    names = [head[at : at + 11].split(b"\0")[0] for at in range(32, head_size - 1, 32)]
    assert head[29] == 0x4D
    assert max(len(n) for n in names) <= 10
    assert len(set(names)) == len(names)
    assert all(n.decode("gbk") for n in names)
    assert rows == pyogrio.read_info(path.with_suffix(".shp"))["features"]


def test_the_prj_says_cgcs2000_zone_39_in_esri_words():
    assert (COMMITTED / "道路.prj").read_text(encoding="ascii").startswith('PROJCS["CGCS2000_3_Degree_GK_Zone_39"')
    assert pyogrio.read_info(COMMITTED / "道路.shp")["crs"] == "EPSG:4527"


def test_old_parcels_carry_letters_and_new_ones_digits():
    old = pyogrio.read_dataframe(COMMITTED / "地块_2006-2020.shp", encoding="GBK", read_geometry=False)
    new = pyogrio.read_dataframe(COMMITTED / "地块_2021-2025.shp", encoding="GBK", read_geometry=False)
    assert old["用地代码"].str.fullmatch(r"[A-Z][0-9]{1,2}").all()
    assert new["YDYHFLDM"].str.fullmatch(r"\d{4}|\d{6}").all()
    assert len(old) + len(new) == 812


def test_dates_come_in_the_manners_of_bureaus():
    def first(layer: str, field: str) -> object:
        return (
            pyogrio.read_dataframe(COMMITTED / f"{layer}.shp", encoding="GBK", read_geometry=False)[field]
            .dropna()
            .iloc[0]
        )

    assert str(first("给水管线", "验收日期")).isdigit()
    assert str(first("规划许可", "批准日期")).count(".") == 2
    assert str(first("服务设施", "竣工日期")).endswith("月")
    assert hasattr(first("道路", "通车日期"), "year")


def test_a_name_is_cut_between_two_characters():
    assert cut_name("规划用地代码").decode("gbk") == "规划用地代"
    assert cut_name("A规划用地代码").decode("gbk") == "A规划用地"


def test_two_names_that_are_one_when_cut_are_refused(tmp_path):
    twins = [Field("建筑密度上限", "C", ["a"]), Field("建筑密度上界", "C", ["b"])]
    with pytest.raises(ValueError, match="建筑密度上"):
        write_layer(tmp_path / "x.shp", [shapely.Point(1, 2)], "point", twins)


def test_a_polygon_with_a_hole_comes_back_as_it_was(tmp_path):
    shape = shapely.box(0, 0, 10, 10).difference(shapely.box(4, 4, 6, 6))
    write_layer(tmp_path / "x.shp", [shape], "polygon", [Field("编号", "C", ["甲"]), Field("数", "N", [None], 1)])
    back = pyogrio.read_dataframe(tmp_path / "x.shp", encoding="GBK")
    assert shapely.equals(back.geometry.iloc[0], shape)
    assert back.geometry.iloc[0].area == 96
    assert back["编号"].tolist() == ["甲"]
    assert back["数"].isna().all()
