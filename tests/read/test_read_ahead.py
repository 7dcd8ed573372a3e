"""Small files of one delivery are read in one child; whatever one of them does, it is told of that file alone."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest

from geo_planner.errors import NotALayerError
from geo_planner.read import open as door
from geo_planner.read.importer import import_layers
from geo_planner.read.open import Opening, open_layer, read_ahead
from geo_planner.read.sandbox import process
from geo_planner.read.sandbox.process import Limits, run_together

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no child processes here")


def layer(path: Path, count: int = 1) -> Path:
    points = [
        {
            "type": "Feature",
            "properties": {"name": path.stem},
            "geometry": {"type": "Point", "coordinates": [118.3 + k / 100, 33.9]},
        }
        for k in range(count)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": points}), encoding="utf-8")
    return path


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The children that were forked."""
    forked: list[int] = []
    fork = process._forked

    def counted() -> int:
        pid = fork()
        forked.append(pid)
        return pid

    monkeypatch.setattr(process, "_forked", counted)
    return forked


@pytest.fixture
def unruly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that does to its process what a file is called."""
    read = door._sheets

    def reads(path: Path, kind: str, opening: Opening) -> list:
        if path.stem == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if path.stem == "spin":
            while True:
                pass
        if path.stem == "sleep":
            time.sleep(60)
        if path.stem == "raise":
            raise NotALayerError(path.name + " holds no layer.")
        return read(path, kind, opening)

    monkeypatch.setattr(door, "_sheets", reads)
    monkeypatch.setattr(process, "_MOMENT", 1)


def test_small_files_of_a_delivery_take_one_child(tmp_path: Path, children: list[int]) -> None:
    for k in range(5):
        layer(tmp_path / f"l{k}.geojson", k + 1)
    result = import_layers([tmp_path])
    assert result.plan is not None
    assert {name: len(frame) for name, frame in result.plan.layers.items()} == {f"l{k}": k + 1 for k in range(5)}
    assert len(children) == 1


def test_what_is_read_ahead_is_what_is_read_alone(tmp_path: Path) -> None:
    files = [(layer(tmp_path / f"l{k}.geojson", k + 1), Opening()) for k in range(3)]
    ahead = read_ahead(files)
    assert len(ahead) == 3
    for path, how in files:
        (one,), (other,) = open_layer(path, how, ahead), open_layer(path, how)
        assert one.frame.equals(other.frame)
        assert (one.name, one.crs, one.sha256, one.notes) == (other.name, other.crs, other.sha256, other.notes)


@pytest.mark.parametrize(
    ("bad", "words"), [("kill", "breaks the reader (signal 9)"), ("raise", "holds no layer"), ("spin", "of work")]
)
@pytest.mark.usefixtures("unruly")
def test_a_file_that_breaks_its_reader_is_named_and_the_others_are_read(
    tmp_path: Path, children: list[int], bad: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Limits, "time", lambda *_: 1.0)
    for name in ("a", bad, "z"):
        layer(tmp_path / f"{name}.geojson")
    result = import_layers([tmp_path])
    assert result.plan is not None
    assert set(result.plan.layers) == {"a", "z"}
    said = [n for n in result.notes if n.code == "IM113"]
    assert [n.args["inner"] for n in said] == [f"{bad}.geojson"]
    assert words in said[0].args["reason"]
    # All together, then each that gave nothing by itself: behind a death nothing was read, behind an error all was.
    assert len(children) == (2 if bad == "raise" else 3)


@pytest.mark.usefixtures("unruly")
def test_a_reader_that_hangs_among_others_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_MOMENTS", 1.0)
    files = [(layer(tmp_path / f"{name}.geojson"), Opening()) for name in ("a", "sleep", "z")]
    assert [path.stem for path, _ in read_ahead(files)] == ["a"]


def test_large_files_archives_and_limits_of_ones_own_stay_apart(tmp_path: Path, children: list[int]) -> None:
    big = layer(tmp_path / "big.geojson")
    big.write_text(big.read_text("utf-8") + " " * door._SMALL, encoding="utf-8")
    files = [(layer(tmp_path / f"l{k}.geojson"), Opening(limits=Limits(seconds=9.0))) for k in range(2)]
    assert read_ahead([(big, Opening()), *files, (tmp_path / "none.geojson", Opening())]) == {}
    assert children == []


def test_one_task_is_left_to_a_child_of_its_own(children: list[int]) -> None:
    assert run_together([lambda _: []], 1 << 30) == [None]
    assert children == []
