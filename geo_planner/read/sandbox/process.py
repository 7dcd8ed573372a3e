"""A child process with limits: whatever a hostile file does to it, the parent only hears that it failed.

Results travel as Arrow tables and JSON in a private folder, never as pickles.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import math
import os
import shutil
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from ... import errors
from ...plan.plan import Note
from ..schema.sheet import Grid, Sheet, columns_of, frame_of
from .network_lock import close_network

try:
    import resource
except ImportError:  # Windows has neither fork nor these limits; `run` does without both there
    resource = None  # type: ignore[assignment]

_SHAPES = "geometry"
_BOX = "geo_planner_"
_STALE = 3600.0  # seconds


Task = Callable[[Path], list[Sheet | Grid]]
"""Makes layers of a file; it gets a folder of its own for what it has to unpack."""


@dataclass(frozen=True)
class Limits:
    """What one file may cost: seconds of a processor and bytes of memory beyond what the program holds already.

    Time on the clock is no measure, for a busy machine makes it long; it only ends a reader that does nothing at all.
    """

    seconds: float = 18.0
    seconds_per_mb: float = 0.5
    idle: float = 15.0
    memory: int = 1_300 << 20
    memory_per_byte: int = 40
    memory_most: int = 6 << 30

    def time(self, size: int) -> float:
        """Return the seconds of a processor that a file of this size may take."""
        return self.seconds + self.seconds_per_mb * size / (1 << 20)

    def patience(self, size: int) -> float:
        """Return the seconds on the clock after which even a machine with much else to do must have read the file."""
        return self.idle * self.time(size)

    def room(self, size: int) -> int:
        """Return the bytes that a file of this size may take."""
        return min(self.memory + self.memory_per_byte * size, self.memory_most)


def run(task: Task, label: str, size: int, limits: Limits) -> list[Sheet | Grid]:
    """Return what `task` makes, computed in a child under limits; `task` gets a private folder that is removed after.

    Raises the error that the task raised where a user can mend it, else RefusedFileError.
    """
    if not hasattr(os, "fork"):  # no fork on Windows: the same checks, without the limits
        with tempfile.TemporaryDirectory(prefix="geo_planner_") as name:
            return task(Path(name))
    with _folder() as box:
        pid = _forked()
        if pid == 0:
            _in_child(task, box, limits.room(size), limits.time(size))
        _wait(pid, label, limits.time(size), limits.patience(size))
        return _results(box, label)


_MOMENT = 4  # seconds of a processor that a file may take among others
_MOMENTS = 60.0  # seconds on the clock that all may take


def run_together(tasks: Sequence[Task], room: int) -> list[list[Sheet | Grid] | None]:
    """Return what each task makes, computed one after the other in one child with so much `room` for all.

    None stands for a task that failed, took more than a moment, or was not reached because the child ended: `run` it by
    itself, which says what is wrong with it and with no other.
    """
    if not hasattr(os, "fork") or len(tasks) < 2:
        return [None] * len(tasks)
    with _folder() as box:
        places = [box / str(k) for k in range(len(tasks))]
        for place in places:
            place.mkdir()
        pid = _forked()
        if pid == 0:
            _all_in_child(tasks, places, room)
        with contextlib.suppress(errors.RefusedFileError):
            _wait(pid, "", _MOMENT, _MOMENTS)
        return [_result_of(place) for place in places]


def _forked() -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # fork beside threads: the child uses none of them
        return os.fork()


def _result_of(place: Path) -> list[Sheet | Grid] | None:
    out = _outcome(place)
    return None if "error" in out else [_take(item, k, place) for k, item in enumerate(out["items"])]


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    _sweep(Path(tempfile.gettempdir()))
    box = Path(tempfile.mkdtemp(prefix=f"{_BOX}{os.getpid()}_"))
    try:
        yield box
    finally:
        shutil.rmtree(box, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Remove what readers left behind that were killed: their process is gone and the folder older than an hour."""
    for box in folder.glob(f"{_BOX}*"):
        owner = box.name.removeprefix(_BOX).split("_", 1)[0]
        with contextlib.suppress(OSError):
            if owner.isdigit() and time.time() - box.stat().st_mtime > _STALE and not alive(int(owner)):
                shutil.rmtree(box, ignore_errors=True)


_QUERY, _DENIED, _RUNS = 0x1000, 5, 259
"""What Windows calls the right to ask about a process, a refusal, and a process that has not ended."""


def alive(process: int) -> bool:
    """Tell whether a process of this number runs."""
    if sys.platform == "win32":  # there, a signal of 0 is Ctrl+C, and would be sent
        handle = ctypes.windll.kernel32.OpenProcess(_QUERY, False, process)
        denied = not handle and ctypes.windll.kernel32.GetLastError() == _DENIED
        code = ctypes.c_ulong()
        runs = handle and ctypes.windll.kernel32.GetExitCodeProcess(handle, ctypes.byref(code)) and code.value == _RUNS
        ctypes.windll.kernel32.CloseHandle(handle)
        return bool(runs or denied)
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _die_with_parent() -> None:
    """Ask the system to end this process when the one that waits for it ends; only Linux can."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, int(signal.SIGKILL))


def _in_child(task: Task, box: Path, room: int, seconds: float) -> None:
    """Run the task and leave, whatever happens; nothing of it reaches the terminal."""
    code = 1
    try:
        _seal(room)
        _limit_work(math.ceil(seconds))
        _tell(task, box)
        code = 0
    finally:
        os._exit(code)


def _all_in_child(tasks: Sequence[Task], places: Sequence[Path], room: int) -> None:
    """Run the tasks, each within a moment, and leave; what one of them breaks, its own child will tell."""
    code = 1
    try:
        _seal(room)
        for task, place in zip(tasks, places, strict=True):
            _limit_work(math.ceil(time.process_time()) + _MOMENT)
            _tell(task, place)
        code = 0
    finally:
        os._exit(code)


def _seal(room: int) -> None:
    """Close the terminal and the network to this process, tie it to its parent and bound its memory."""
    quiet = os.open(os.devnull, os.O_RDWR)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    _die_with_parent()
    close_network()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_held() + room,) * 2)
    warnings.simplefilter("ignore")


def _tell(task: Task, box: Path) -> None:
    """Run the task and write down what it made or why it made nothing."""
    out: dict[str, Any] = {"items": []}
    try:
        scratch = box / "scratch"
        scratch.mkdir()
        out["items"] = [_put(item, box, k) for k, item in enumerate(task(scratch))]
    except errors.GeoPlannerError as error:
        out = {"error": type(error).__name__, "text": str(error)}
    except MemoryError:
        out = {"error": "MemoryError"}
    except BaseException as error:
        out = {"error": "broken", "text": f"{type(error).__name__}: {error}"}
    (box / "result.json").write_text(json.dumps(out, ensure_ascii=True, default=_plain), encoding="utf-8")


def _limit_work(seconds: int) -> None:
    """End this process after so many seconds of a processor; a lower limit that it was started under stays."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    most = seconds if hard == resource.RLIM_INFINITY else min(seconds, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (most, hard))


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else str(value)


def _held() -> int:
    """Return the address space in use now."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return 4 << 30
    return pages * resource.getpagesize()


def _wait(pid: int, label: str, seconds: float, patience: float) -> None:
    end, pause = time.monotonic() + patience, 0.0005
    try:
        while time.monotonic() < end:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                pid = 0
                if os.WIFSIGNALED(status) and os.WTERMSIG(status) == _OUT_OF_TIME:
                    raise errors.RefusedFileError(_given_up(label, f"{seconds:.0f} s of work"))
                if os.WIFSIGNALED(status):
                    msg = (
                        f"{label} is damaged: reading it breaks the reader (signal {os.WTERMSIG(status)}). "
                        "Ask for the file again."
                    )
                    raise errors.RefusedFileError(msg)
                return
            time.sleep(pause)
            pause = min(pause * 1.5, 0.02)
        raise errors.RefusedFileError(_given_up(label, f"{patience:.0f} s"))
    finally:
        if pid:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _given_up(label: str, after: str) -> str:
    return (
        f"{label} was given up after {after}: too many entities or a table that never ends. Cut it to the park first."
    )


_OUT_OF_TIME = int(getattr(signal, "SIGXCPU", 0))


def _outcome(box: Path) -> dict[str, Any]:
    try:
        out: dict[str, Any] = json.loads((box / "result.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"error": "MemoryError"}
    return out


def _results(box: Path, label: str) -> list[Sheet | Grid]:
    out = _outcome(box)
    kind = out.get("error")
    if kind is None:
        return [_take(item, k, box) for k, item in enumerate(out["items"])]
    if kind == "MemoryError":
        msg = (
            f"{label} needs more memory than a layer may take: "
            "it is too large, its header lies, or the folder for temporary files is full. Cut it to the park first."
        )
        raise errors.RefusedFileError(msg)
    if kind == "broken":
        msg = f"{label} is damaged and cannot be read ({str(out['text'])[:120]}). Ask for the file again."
        raise errors.NotALayerError(msg)
    raise getattr(errors, kind, errors.ReadError)(out["text"])


def _put(item: Sheet | Grid, box: Path, k: int) -> dict[str, Any]:
    notes = [[n.code, n.severity, n.count, dict(n.args), n.example] for n in item.notes]
    out: dict[str, Any] = {"name": item.name, "crs": item.crs, "notes": notes}
    if isinstance(item, Grid):
        np.save(box / f"{k}.npy", item.values, allow_pickle=False)
        return out | {"grid": True, "transform": list(item.transform), "nodata": item.nodata}
    _write(item.frame, box / f"{k}.arrow")
    if item.rejects is not None and len(item.rejects):
        _write(item.rejects, box / f"{k}r.arrow")
    words = ("crs_source", "encoding", "encoding_source", "inner")
    return out | {w: getattr(item, w) for w in words} | {"facts": dict(item.facts)}


def _write(frame: gpd.GeoDataFrame, path: Path) -> None:
    geometry = frame.geometry.name
    plain = frame.drop(columns=[geometry]).assign(row_=np.asarray(frame.index, np.int64))
    table = pa.Table.from_pandas(pd.DataFrame(plain), preserve_index=False).replace_schema_metadata(None)
    shapes = pa.array(shapely.to_wkb(np.asarray(frame.geometry.array, dtype=object), flavor="iso"), pa.large_binary())
    table = table.append_column(_SHAPES + "_wkb", shapes)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def _read(path: Path) -> gpd.GeoDataFrame:
    with pa.memory_map(str(path)) as source:
        table = pa.ipc.open_file(source).read_all()
    rows = table.column("row_").to_numpy()
    shapes = shapely.from_wkb(table.column(_SHAPES + "_wkb").to_numpy(zero_copy_only=False))
    columns = columns_of(table.drop_columns(["row_", _SHAPES + "_wkb"]))
    frame = frame_of(columns, shapes)
    frame.index = rows
    return frame


def _take(item: dict[str, Any], k: int, box: Path) -> Sheet | Grid:
    notes = _notes(item["notes"])
    if item.get("grid"):
        values = np.load(box / f"{k}.npy", allow_pickle=False)
        return Grid(item["name"], values, tuple(item["transform"]), item["crs"], item["nodata"], notes)
    rejects = box / f"{k}r.arrow"
    return Sheet(
        item["name"],
        _read(box / f"{k}.arrow"),
        item["crs"],
        item["crs_source"],
        item["encoding"],
        item["encoding_source"],
        notes,
        _read(rejects) if rejects.exists() else None,
        inner=item["inner"],
        facts=item["facts"],
    )


def _notes(rows: list[Any]) -> tuple[Note, ...]:
    return tuple(Note(code, severity, "", count, args, example) for code, severity, count, args, example in rows)
