"""Files that point elsewhere: nothing is fetched, nothing outside the folder is read, nothing is run.

A listener on this machine stands for the network, a file above the folder for everything that is not the layer's own.
"""

from __future__ import annotations

import io
import json
import os
import socket
import sqlite3
import struct
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
import shapely

from geo_planner.errors import GeoPlannerError, ImpossibleCRSError, RefusedFileError
from geo_planner.read import import_layers
from geo_planner.read.crs.systems import system
from geo_planner.read.sandbox.network_lock import close_network
from geo_planner.read.sandbox.process import Limits, run

from .files import Z39, X, Y, box, names_table, polygon, shapefile

SECRET = "CANARY-7f3a"
POINT = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [118.3, 33.9]}}


class Canary(threading.Thread):
    """A server that answers every request with a layer, and counts them."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.hits = 0
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.door.getsockname()[1]}"

    def run(self) -> None:
        while True:
            try:
                caller, _ = self.door.accept()
            except OSError:
                return
            self.hits += 1
            with caller:
                caller.settimeout(1)
                caller.recv(2000)
                caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")


@pytest.fixture
def canary() -> Iterator[Canary]:
    server = Canary()
    server.start()
    yield server
    server.door.close()


def gml(inner: str = "", head: str = "", before: str = "") -> str:
    point = "<gml:featureMember><a><name>甲</name><gml:pointProperty><gml:Point><gml:coordinates>118.3,33.9</gml:coordinates></gml:Point></gml:pointProperty></a></gml:featureMember>"
    return f'<?xml version="1.0"?>{before}<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml" xmlns:xlink="http://www.w3.org/1999/xlink" {head}>{point}{inner}</gml:FeatureCollection>'


def kml(inner: str, before: str = "") -> str:
    point = "<Placemark><name>甲&a;</name><Point><coordinates>118.3,33.9</coordinates></Point></Placemark>".replace(
        "&a;", "&a;" if before else ""
    )
    return f'<?xml version="1.0"?>{before}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{point}{inner}</Document></kml>'


def pointers(target: str) -> dict[str, str]:
    """Every text file that points at a target, a URL or a path, under names that would be opened."""
    vrt = f"<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>{target}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
    grid = f'<VRTDataset rasterXSize="2" rasterYSize="2"><VRTRasterBand dataType="Byte" band="1"><SimpleSource><SourceFilename>{target}</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>'
    wfs = f"<OGRWFSDataSource><URL>{target}/wfs</URL></OGRWFSDataSource>"
    dtd, entity = f'<!DOCTYPE x SYSTEM "{target}">', f'<!DOCTYPE x [<!ENTITY a SYSTEM "{target}">]>'
    files = {
        f"vrt{k}{end}": vrt
        for k, end in enumerate((".shp", ".gpkg", ".geojson", ".gml", ".kml", ".fgb", ".parquet", ".dxf", ".csv"))
    }
    files |= {"grid.tif": grid, "grid.asc": grid, "wfs.gml": wfs, "wfs.json": f"WFS:{target}", "wfs.geojson": wfs}
    files |= {
        "two_roots.gml": gml() + vrt,
        "caps.gml": f'<wfs:WFS_Capabilities xmlns:wfs="http://www.opengis.net/wfs" xmlns:gml="http://www.opengis.net/gml" xmlns:xlink="http://www.w3.org/1999/xlink"><Get xlink:href="{target}"/></wfs:WFS_Capabilities>',
        "schema.gml": gml(
            head=f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://a {target}"'
        ),
        "link.gml": gml(inner=f'<gml:featureMember xlink:href="{target}#a"/>'),
        "dtd.gml": gml(before=dtd),
        "entity.gml": gml(before=entity),
        "network.kml": kml(f"<NetworkLink><Link><href>{target}</href></Link></NetworkLink>"),
        "overlay.kml": kml(
            f"<GroundOverlay><Icon><href>{target}</href></Icon></GroundOverlay><Style><IconStyle><Icon><href>{target}</href></Icon></IconStyle></Style>"
        ),
        "schema.kml": kml(f'<Schema parent="Placemark" name="{target}"/><styleUrl>{target}</styleUrl>'),
        "entity.kml": kml("", before=entity),
        "dtd.gpx": f'<?xml version="1.0"?>{dtd}<gpx version="1.1"><wpt lat="33.9" lon="118.3"><name>甲</name></wpt></gpx>',
        "link.gpx": f'<gpx version="1.1"><wpt lat="33.9" lon="118.3"><link href="{target}"/></wpt></gpx>',
        "crs_link.geojson": json.dumps(
            {"type": "FeatureCollection", "crs": {"type": "link", "properties": {"href": target}}, "features": [POINT]}
        ),
        "crs_name.geojson": json.dumps(
            {"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": target}}, "features": [POINT]}
        ),
        "refs.csv": f"WKT,name\nPOINT(118.3 33.9),{target}\n{target},b\n",
        "xref.dxf": f"0\nSECTION\n2\nBLOCKS\n0\nBLOCK\n8\n0\n2\nX\n70\n4\n1\n{target}\n0\nENDBLK\n0\nENDSEC\n0\nSECTION\n2\nENTITIES\n0\nINSERT\n8\n0\n2\nX\n10\n0.0\n20\n0.0\n0\nLINE\n8\n0\n10\n0.0\n20\n0.0\n11\n9.0\n21\n9.0\n0\nENDSEC\n0\nEOF\n",
    }
    return files


def texts(result) -> str:
    frames = [*(result.plan.layers.values() if result.plan else ()), *result.rejects.values()]
    return " ".join([f.drop(columns="geometry").to_csv() for f in frames] + [str(result.error), repr(result.notes)])


def test_no_file_that_points_to_a_server_is_followed(tmp_path, canary):
    for name, text in pointers(canary.url + "/a.geojson").items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        import_layers([tmp_path / name])
    assert canary.hits == 0


def test_no_file_that_points_to_another_file_is_followed(tmp_path):
    (tmp_path / "in").mkdir()
    outside = tmp_path / "secret.geojson"
    outside.write_text(
        json.dumps({"type": "FeatureCollection", "features": [{**POINT, "properties": {"name": SECRET}}]})
    )
    seen = []
    for target in (str(outside), "../secret.geojson", outside.as_uri()):
        for name, text in pointers(target).items():
            path = tmp_path / "in" / name
            path.write_text(text, encoding="utf-8")
            if SECRET in texts(import_layers([path])):
                seen.append((name, target))
    assert seen == []


def test_a_reading_child_can_open_no_socket(tmp_path, canary):
    if not os.fork:
        pytest.skip("no child processes here")
    answer: list[str] = []

    def knock(box: Path) -> list:
        word = "open"
        try:
            socket.create_connection(("127.0.0.1", canary.door.getsockname()[1]), timeout=1).close()
        except PermissionError:
            word = "shut"
        raise RefusedFileError(word)

    try:
        run(knock, "a", 0, Limits())
    except RefusedFileError as error:
        answer.append(str(error))
    assert (answer, canary.hits) == (["shut"], 0) if sys.platform == "linux" else True


def test_the_process_that_reads_keeps_its_own_network(canary):
    import_layers([Path(__file__).with_suffix(".none")])
    with socket.create_connection(("127.0.0.1", canary.door.getsockname()[1]), timeout=1) as line:
        assert line.fileno() > 0
    assert close_network.__module__.endswith("network_lock")


@pytest.mark.parametrize(
    "text",
    [
        "+proj=longlat +nadgrids=/etc/passwd",
        "+init=/etc/passwd:a",
        "http://127.0.0.1:9/a.prj",
        "/vsicurl/http://127.0.0.1:9/a",
        'BOUNDCRS[PARAMETERFILE["Latitude and longitude difference file","/etc/passwd"]]',
        "file:///etc/passwd",
    ],
)
def test_a_coordinate_system_that_asks_for_a_file_is_refused(text):
    with pytest.raises(ImpossibleCRSError, match="points to other files"):
        system(text)


def test_a_web_map_projection_that_asks_for_no_grid_is_understood():
    assert system("+proj=merc +a=6378137 +b=6378137 +nadgrids=@null +wktext +no_defs").is_projected


@pytest.mark.parametrize("end", [".dbf", ".prj", ".cpg", ".shx"])
def test_a_sidecar_that_is_a_link_to_elsewhere_refuses_the_layer(tmp_path, end):
    (tmp_path / "in").mkdir()
    (tmp_path / "secret").write_text(SECRET)
    path = shapefile(tmp_path / "in", "a", [polygon(box(X, Y))], names_table("a"))
    path.with_suffix(end).unlink(missing_ok=True)
    path.with_suffix(end).symlink_to(tmp_path / "secret")
    result = import_layers([path])
    assert result.outcome == "refuse"
    assert SECRET not in texts(result)


def test_a_link_inside_a_geodatabase_refuses_it(tmp_path):
    folder = tmp_path / "a.gdb"
    folder.mkdir()
    (folder / "a00000001.gdbtable").symlink_to("/etc/passwd")
    assert import_layers([folder]).outcome == "refuse"


def gpkg(path: Path, *statements: str) -> Path:
    gpd.GeoDataFrame({"name": ["甲"]}, geometry=[shapely.Point(118.3, 33.9)], crs="EPSG:4490").to_file(
        path, layer="points"
    )
    with closing(sqlite3.connect(path)) as base:
        for statement in statements:
            base.execute(statement)
        base.commit()
    return path


def listed(name: str) -> tuple[str, str]:
    return (
        f"INSERT INTO gpkg_contents (table_name,data_type,identifier,srs_id) VALUES ('{name}','features','{name}',4490)",
        f"INSERT INTO gpkg_geometry_columns VALUES ('{name}','geom','POINT',4490,0,0)",
    )


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIEW bad AS SELECT 1 AS fid, name, geom FROM points",
        "CREATE VIEW bad AS SELECT load_extension('/tmp/x.so') AS name, geom, fid FROM points",
        "CREATE VIRTUAL TABLE bad USING fts4(name, geom)",
    ],
)
def test_views_and_virtual_tables_of_a_geopackage_are_named_and_not_read(tmp_path, sql):
    result = import_layers([gpkg(tmp_path / "a.gpkg", sql, *listed("bad"))])
    assert [r.name for r in result.layers] == ["points"]
    assert "IM114" in {n.code for n in result.notes}


def test_a_trigger_and_an_extension_of_a_geopackage_change_nothing(tmp_path):
    path = gpkg(
        tmp_path / "a.gpkg",
        "CREATE TRIGGER t AFTER INSERT ON points BEGIN DELETE FROM points; END",
        "INSERT INTO gpkg_extensions VALUES ('points','geom','load_extension(''/tmp/x.so'')','http://127.0.0.1:9','read-write')",
    )
    before = path.read_bytes()
    assert import_layers([path]).plan.layers["points"]["name"].tolist() == ["甲"]
    assert path.read_bytes() == before


def test_a_workbook_that_points_elsewhere_is_read_by_its_cells_alone(tmp_path, canary):
    book = openpyxl.Workbook()
    page = book.active
    page.append(["WKT", "name"])
    page.append(["POINT(118.3 33.9)", f'=WEBSERVICE("{canary.url}")'])
    raw = io.BytesIO()
    book.save(raw)
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            if name == "xl/workbook.xml":
                body = body.replace(
                    b"</workbook>",
                    b'<externalReferences><externalReference r:id="rId9" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/></externalReferences></workbook>',
                )
            new.writestr(name, body)
        new.writestr("xl/externalLinks/externalLink1.xml", f'<!DOCTYPE x SYSTEM "{canary.url}"><externalLink/>')
    import_layers([path])
    assert canary.hits == 0


def test_a_prj_with_a_grid_from_elsewhere_leaves_the_crs_unknown(tmp_path, canary):
    path = shapefile(tmp_path, "a", [polygon(box(X, Y))], names_table("a"))
    path.with_suffix(".prj").write_text(f"+proj=tmerc +lon_0=117 +nadgrids={canary.url}/a.gsb")
    assert {"IM301"} <= {n.code for n in import_layers([path]).notes}
    path.with_suffix(".prj").write_text(Z39)
    assert import_layers([path]).plan.crs == "EPSG:4527"
    assert canary.hits == 0


def test_an_archive_writes_nothing_outside_its_own_folder(tmp_path):
    inside = tmp_path / "in"
    inside.mkdir()
    link = zipfile.ZipInfo("b.geojson")
    link.external_attr = 0o120777 << 16
    for name, entry in (
        ("up.zip", "../MARK.geojson"),
        ("root.zip", f"{tmp_path}/MARK.geojson"),
        ("drive.zip", "C:\\MARK.geojson"),
    ):
        with zipfile.ZipFile(inside / name, "w") as archive:
            archive.writestr(entry, "{}")
            archive.writestr(link, "../../secret")
        with pytest.raises(GeoPlannerError):
            raise import_layers([inside / name]).error
    assert {p.name for p in tmp_path.rglob("*")} == {"in", "up.zip", "root.zip", "drive.zip"}


def test_a_grid_whose_sidecar_points_to_a_server_is_read_without_it(tmp_path, canary):
    path = tmp_path / "dem.tif"
    values = struct.pack("<4B", 1, 2, 3, 4)
    tags = [
        (256, 3, 1, 2),
        (257, 3, 1, 2),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 4, 1, 200),
        (277, 3, 1, 1),
        (278, 3, 1, 2),
        (279, 4, 1, 4),
    ]
    body = struct.pack("<2sHIH", b"II", 42, 8, len(tags)) + b"".join(struct.pack("<HHII", *t) for t in tags) + bytes(4)
    path.write_bytes(body.ljust(200, b"\x00") + values)
    path.with_name("dem.tif.aux.xml").write_text(
        f'<PAMDataset><Metadata domain="OVERVIEWS"><MDI key="OVERVIEW_FILE">/vsicurl/{canary.url}/a.tif</MDI></Metadata></PAMDataset>'
    )
    path.with_name("dem.tif.ovr").write_text(
        f"<VRTDataset><SourceFilename>/vsicurl/{canary.url}/a.tif</SourceFilename></VRTDataset>"
    )
    import_layers([path])
    assert canary.hits == 0
