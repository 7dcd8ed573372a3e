"""A base map stands in the page, or is one server that the policy names; it never changes what is judged."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from rasterio.transform import from_bounds

from geo_planner.errors import GeoPlannerError, MissingCRSError, NotALayerError, OutputError, RasterError
from geo_planner.plan import Edit
from geo_planner.show import Extras, write_map
from geo_planner.show.exports.results import proposals
from geo_planner.show.page.basemap import ground_of

from .parks import plan, report

pytestmark = pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")  # inside rasterio

HERE = (118.20, 33.90, 118.22, 33.92)


def picture(path: Path, *, crs: int | None = 4326, box: tuple[float, ...] = HERE, bands: int = 3) -> Path:
    """Red in the west, blue in the east."""
    values = np.zeros((bands, 40, 40), np.uint8)
    values[0, :, :20] = 200
    values[min(2, bands - 1), :, 20:] = 250
    place = {"crs": crs, "transform": from_bounds(*box, 40, 40)} if crs else {"transform": from_bounds(*box, 40, 40)}
    with rasterio.open(path, "w", driver="GTiff", width=40, height=40, count=bands, dtype="uint8", **place) as target:
        target.write(values)
    return path


def test_a_picture_is_laid_where_it_belongs_and_keeps_its_colours(tmp_path: Path) -> None:
    ground = ground_of(picture(tmp_path / "air.tif"), HERE)
    (south, west), (north, east) = ground.corners
    assert np.allclose((west, south, east, north), HERE, atol=0.0006)  # a cell of the picture is 0.0005 degrees
    assert ground.picture.startswith("data:image/webp;base64,")
    assert ground.model["kind"] == "picture"
    assert ground.model["warn"] is False


def test_a_picture_in_gauss_kruger_is_warped_to_the_same_place(tmp_path: Path) -> None:
    box = gpd.GeoSeries([shapely.box(*HERE)], crs=4326).to_crs(4527).total_bounds
    (south, west), (north, east) = ground_of(picture(tmp_path / "gk.tif", crs=4527, box=tuple(box)), HERE).corners
    assert np.allclose((west, south, east, north), HERE, atol=0.001)


def test_one_grey_band_is_shown_as_grey(tmp_path: Path) -> None:
    assert ground_of(picture(tmp_path / "grey.tif", bands=1), HERE).picture


def test_vector_tiles_become_layers_of_the_page(tmp_path: Path) -> None:
    lake = gpd.GeoDataFrame({"kind": ["lake"]}, geometry=[shapely.box(118.205, 33.905, 118.215, 33.915)], crs=4326)
    pyogrio.write_dataframe(lake, tmp_path / "town.pmtiles", driver="PMTiles", layer="water", MAXZOOM=13)
    ((spec, packed),) = ground_of(tmp_path / "town.pmtiles", HERE).packed()
    assert (spec["id"], spec["kind"], spec["ground"]) == ("ground-water-polygon", "polygon", True)
    assert len(packed.blob) > 50


@pytest.mark.parametrize(
    ("name", "make", "error", "says"),
    [
        ("air.tif", {"crs": None}, MissingCRSError, "does not say where it lies"),
        ("air.tif", {"box": (10.0, 50.0, 10.1, 50.1)}, RasterError, "does not cover the plan"),
        ("air.gif", {}, NotALayerError, "a base map is a file ending in"),
    ],
)
def test_a_picture_that_cannot_serve_is_refused_in_one_sentence(
    tmp_path: Path, name: str, make: dict[str, object], error: type[GeoPlannerError], says: str
) -> None:
    made = picture(tmp_path / "made.tif", **make).rename(tmp_path / name)
    with pytest.raises(error, match=says):
        ground_of(made, HERE)


def test_what_only_bears_the_name_of_a_picture_is_refused(tmp_path: Path) -> None:
    for name, content in (("a.png", b"<VRTDataset/>"), ("b.pmtiles", b"SQLite format 3\0" * 20), ("c.tif", b"\x89PNG")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(NotALayerError):
            ground_of(tmp_path / name, HERE)


def test_tiles_of_a_server_are_the_only_ones_that_the_policy_admits(tmp_path: Path) -> None:
    toy = plan()
    write_map(toy, None, tmp_path / "a.html", extras=Extras(base="http://{s}.tiles.intranet:8080/{z}/{x}/{y}.png"))
    policy = re.search(r"img-src ([^;]*);", (tmp_path / "a.html").read_text(encoding="utf-8"))[1]
    assert policy.split() == ["data:", "blob:", *(f"http://{s}.tiles.intranet:8080" for s in "abc")]
    write_map(toy, None, tmp_path / "b.html")
    assert "img-src data: blob:;" in (tmp_path / "b.html").read_text(encoding="utf-8")


def test_tianditu_is_not_called_shifted_and_amap_is(tmp_path: Path) -> None:
    sky = ground_of("tianditu:0123456789abcdef", HERE)
    assert len(sky.servers) == 2
    assert not sky.model["warn"]
    amap = ground_of("https://webrd0{s}.is.autonavi.com/appmaptile?x={x}&y={y}&z={z}", HERE)
    assert amap.model["warn"]
    assert "GCJ-02" in amap.model["note"]["zh"]


@pytest.mark.parametrize(
    "address",
    [
        "https://a/{z}/{x}.png",
        "ftp://a/{z}/{x}/{y}",
        'https://a/{z}/{x}/{y}"><script>',
        "https://a; script-src *//{z}/{x}/{y}",
        "https://maponline0.bdimg.com/tile/?x={x}&y={y}&z={z}",
        "tianditu:",
        "tianditu:key with'quote",
    ],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(OutputError):
        ground_of(address, HERE)


def test_a_fix_stands_with_the_finding_about_its_feature_and_with_no_other() -> None:
    toy = plan()
    told = report(toy)
    fix = Edit("retime", "parcels", "P0", {"shift_days": 30}, reason="later")
    found = proposals(toy, told, [fix])
    about = told.findings.loc[told.findings["id"] == "P0", "fingerprint"]
    assert list(found) == list(about)
    rows = {row["column"]["en"]: row for row in found[about.iloc[0]]}
    dates = {(row["before"], row["after"], row["days"]) for row in rows.values()}
    assert dates == {("2010-01-01", "2010-01-31", 30), ("2011-01-01", "2011-01-31", 30)}
