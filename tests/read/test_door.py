"""Only what a file says it is is read, and nothing outside its folder."""

import os
import struct
import time
import zipfile
from pathlib import Path

import pytest

from geo_planner.errors import GeoPlannerError, NotALayerError, RefusedFileError
from geo_planner.read import import_layers
from geo_planner.read.open import Opening, layer_files, open_layer
from geo_planner.read.sandbox.process import Limits, run

from .files import X, Y, box, names_table, polygon, shapefile

POINT = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"甲"},"geometry":{"type":"Point","coordinates":[118.3,33.9]}}]}'
VRT = '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'


@pytest.mark.parametrize("name", ["a.shp", "a.gpkg", "a.geojson", "a.kml", "a.tif", "a.fgb", "a.parquet"])
def test_a_pointer_to_other_files_is_refused_under_any_name(tmp_path, name):
    (tmp_path / name).write_text(VRT, encoding="utf-8")
    with pytest.raises(NotALayerError):
        open_layer(tmp_path / name)


@pytest.mark.parametrize(
    "text", ["/vsicurl/http://127.0.0.1/a.shp", "http://127.0.0.1/a.geojson", "PG:dbname=x", "WFS:http://127.0.0.1"]
)
def test_a_connection_string_is_no_local_file(text):
    with pytest.raises(GeoPlannerError):
        open_layer(Path(text))


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    (outside / "a.geojson").write_text(POINT, encoding="utf-8")
    (inside / "a.geojson").symlink_to(outside / "a.geojson")
    with pytest.raises(RefusedFileError, match="leads out of its folder"):
        open_layer(inside / "a.geojson")


def test_a_named_pipe_is_no_layer(tmp_path):
    os.mkfifo(tmp_path / "a.geojson")
    with pytest.raises(RefusedFileError, match="not a regular file"):
        open_layer(tmp_path / "a.geojson")


def test_an_empty_file_is_said_to_be_empty(tmp_path):
    (tmp_path / "a.shp").write_bytes(b"")
    with pytest.raises(NotALayerError, match=r"a\.shp is empty"):
        open_layer(tmp_path / "a.shp")


def test_a_drawing_of_a_cad_program_is_told_how_to_convert(tmp_path):
    (tmp_path / "a.dwg").write_bytes(b"AC1027")
    with pytest.raises(NotALayerError, match="Save it there as DXF"):
        open_layer(tmp_path / "a.dwg")


def test_a_task_that_never_ends_is_given_up():
    def forever(_: Path) -> list:
        while True:
            pass

    # On a busy machine the clock may run out before the processor's time does.
    with pytest.raises(RefusedFileError, match=r"a\.gpkg was given up after \d+ s"):
        run(forever, "a.gpkg", 0, Limits(seconds=0.2))


def test_waiting_for_a_busy_machine_is_no_work():
    def slow(_: Path) -> list:
        time.sleep(0.5)
        return []

    assert run(slow, "a.gpkg", 0, Limits(seconds=0.2)) == []


def test_a_task_that_does_nothing_at_all_is_given_up_by_the_clock():
    def asleep(_: Path) -> list:
        time.sleep(60)
        return []

    with pytest.raises(RefusedFileError, match=r"given up after 0 s: "):
        run(asleep, "a.gpkg", 0, Limits(seconds=0.1, idle=3.0))


def test_a_task_that_takes_too_much_memory_is_stopped():
    def greedy(_: Path) -> list:
        return [bytearray(2 << 30)]  # type: ignore[list-item]

    with pytest.raises(RefusedFileError, match="more memory"):
        run(greedy, "a.gpkg", 0, Limits(memory=300 << 20))


def test_a_reader_that_is_killed_becomes_one_sentence():
    def dying(_: Path) -> list:
        os.kill(os.getpid(), 9)
        return []

    with pytest.raises(RefusedFileError, match="breaks the reader"):
        run(dying, "a.gpkg", 0, Limits())


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in members.items():
            archive.writestr(name, raw)
    return path


def test_a_layer_in_a_folder_inside_an_archive_is_found(tmp_path):
    shapefile(tmp_path, "地块", [polygon(box(X, Y))], names_table("甲"))
    members = {f"成果/矢量/{p.name}": p.read_bytes() for p in tmp_path.iterdir()}
    (sheet,) = open_layer(_zip(tmp_path / "a.zip", members))
    assert sheet.frame["NAME"].tolist() == ["甲"]


@pytest.mark.parametrize("name", ["../a.geojson", "/tmp/a.geojson", "C:/a.geojson", "x/../../a.geojson"])
def test_an_archive_that_climbs_out_is_refused(tmp_path, name):
    with pytest.raises(RefusedFileError, match="unsafe path"):
        open_layer(_zip(tmp_path / "a.zip", {name: POINT.encode()}))


def test_an_archive_that_grows_a_hundredfold_is_refused(tmp_path):
    with pytest.raises(RefusedFileError, match="too large when unpacked"):
        open_layer(_zip(tmp_path / "a.zip", {"a.geojson": b" " * (60 << 20)}))


def test_entities_in_kml_are_refused_before_they_are_read(tmp_path):
    bomb = '<?xml version="1.0"?><!DOCTYPE k [<!ENTITY a SYSTEM "file:///etc/passwd">]><kml><Placemark><name>&a;</name></Placemark></kml>'
    (tmp_path / "a.kml").write_text(bomb, encoding="utf-8")
    with pytest.raises(RefusedFileError, match="entities"):
        open_layer(tmp_path / "a.kml")


def test_a_raster_that_claims_terabytes_is_refused(tmp_path):
    entries = [
        (256, 4, 1, 2_000_000),
        (257, 4, 1, 2_000_000),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 4, 1, 8),
        (277, 3, 1, 1),
        (278, 4, 1, 2_000_000),
        (279, 4, 1, 4),
    ]
    body = (
        struct.pack("<2sHIH", b"II", 42, 8, len(entries))
        + b"".join(struct.pack("<HHII", *e) for e in entries)
        + bytes(8)
    )
    (tmp_path / "dem.tif").write_bytes(body)
    with pytest.raises(GeoPlannerError):
        open_layer(tmp_path / "dem.tif")


def test_reading_leaves_the_folder_as_it_was(tmp_path):
    shapefile(tmp_path, "a", [polygon(box(X, Y))], names_table("甲")).with_suffix(".shx").unlink()
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    open_layer(tmp_path / "a.shp")
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_a_folder_lists_its_layers_without_sidecars_and_hidden_files(tmp_path):
    shapefile(tmp_path, "道路", [polygon(box(X, Y))], names_table("a"))
    (tmp_path / ".hidden.geojson").write_text(POINT, encoding="utf-8")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.geojson").write_text(POINT, encoding="utf-8")
    assert [p.name for p in layer_files(tmp_path)] == ["b.geojson", "道路.shp"]


def test_a_broken_file_in_a_folder_is_named_and_the_others_are_read(tmp_path):
    shapefile(tmp_path, "地块", [polygon(box(X, Y))], names_table("a"))
    (tmp_path / "道路.geojson").write_text("{", encoding="utf-8")
    result = import_layers([tmp_path])
    assert sorted(result.plan.layers) == ["parcels"]
    assert [(n.code, n.args["inner"]) for n in result.notes if n.code == "IM113"] == [("IM113", "道路.geojson")]


def test_only_the_layer_asked_for_is_read(tmp_path):
    (tmp_path / "a.geojson").write_text(POINT, encoding="utf-8")
    with pytest.raises(NotALayerError, match="no layer 'b'"):
        open_layer(tmp_path / "a.geojson", Opening(layer="b"))


def test_a_dangerous_name_is_taken_literally(tmp_path):
    (tmp_path / "!a.geojson").write_text(POINT, encoding="utf-8")
    (sheet,) = open_layer(tmp_path / "!a.geojson")
    assert len(sheet.frame) == 1


def test_what_a_killed_reader_left_behind_is_swept_after_an_hour(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    gone, fresh, alive = (tmp_path / f"geo_planner_{pid}_x" for pid in (999_999_999, 999_999_998, os.getpid()))
    for folder in (gone, fresh, alive):
        folder.mkdir()
    (gone / "0.arrow").write_bytes(b"x")
    for folder in (gone, alive):
        os.utime(folder, (0, 0))
    open_layer(shapefile(tmp_path, "a", [polygon(box(X, Y))], names_table("a")))
    assert (gone.exists(), fresh.exists(), alive.exists()) == (False, True, True)


def test_a_link_that_leads_to_itself_is_refused_alone_and_in_a_folder(tmp_path):
    (tmp_path / "loop.shp").symlink_to("loop.shp")
    assert "leads out of its folder" in str(import_layers([tmp_path / "loop.shp"]).error)
    (tmp_path / "a.geojson").write_text(POINT, encoding="utf-8")
    result = import_layers([tmp_path])
    assert sorted(r.name for r in result.layers) == ["a", "loop"]
    assert "IM113" in {n.code for n in result.notes}


@pytest.mark.parametrize("head", ["<>", "< >", "<", "</>", "<:>", "<?", "<!-- "])
def test_a_broken_first_mark_is_no_layer_and_no_error_of_ours(tmp_path, head):
    (tmp_path / "a.kml").write_text(head + "<a/>", encoding="utf-8")
    assert import_layers([tmp_path / "a.kml"]).outcome == "refuse"
