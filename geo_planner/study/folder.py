"""A folder in which facts and findings are kept from run to run."""

from __future__ import annotations

import hashlib
import os
import shutil
import warnings
from collections.abc import Callable
from functools import cache
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from ..errors import OutputError
from ..work import Memory
from .codec import decode, encode

_BEGIN = "facts-"
_LIBRARIES = ("numpy", "pandas", "geopandas", "shapely", "scipy", "pyarrow", "rasterio", "exactextract", "numba")


class FolderStore:
    """Results under their keys in a folder, one file each, in front of them the memory of this process.

    A file is written beside its place and moved into it, so that a reader sees all of it or nothing. A damaged file is
    told and computed again; what another version of the program wrote is swept. Where nothing can be written, that is
    told once and the work goes on without.

    Raises
    ------
    OutputError
        The folder is a file, or cannot be made.
    """

    def __init__(self, folder: str | Path, tell: Callable[[str], None] = warnings.warn) -> None:
        self._home = Path(folder)
        self._folder, self._tell, self._memory, self._closed = self._home / (_BEGIN + code()), tell, Memory(), False
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as fault:
            msg = f"--cache {folder}: this is a file, or lies under one; give a folder."
            raise OutputError(msg) from fault
        except OSError as fault:
            self._stop(fault)
        self._sweep()

    def get(self, key: str) -> Any:
        """Return what is kept under a key, None where nothing is or what is there is damaged."""
        value = self._memory.get(key)
        if value is not None:
            return value
        path = self._path(key)
        try:
            content = path.read_bytes()
        except OSError:
            return None
        try:
            value = decode(content)
        except ValueError as fault:
            self._tell(f"{path.name} in the cache is damaged and is computed again ({fault}).")
            return None
        self._memory.put(key, value)
        return value

    def put(self, key: str, value: Any) -> None:
        """Keep a value; one that no file can hold stays in the memory of this process."""
        self._memory.put(key, value)
        if self._closed:
            return
        try:
            content = encode(value)
        except TypeError:
            return
        path = self._path(key)
        beside = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            path.parent.mkdir(exist_ok=True)
            beside.write_bytes(content)
            beside.replace(path)
        except OSError as fault:
            beside.unlink(missing_ok=True) if beside.exists() else None
            self._stop(fault)

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.fact"

    def _stop(self, fault: OSError) -> None:
        self._closed = True
        self._tell(f"--cache {self._home}: nothing can be written ({fault.strerror}); the run goes on without it.")

    def _sweep(self) -> None:
        for other in self._home.glob(f"{_BEGIN}*") if self._home.is_dir() else ():
            if other != self._folder and other.is_dir() and not other.is_symlink():
                shutil.rmtree(other, ignore_errors=True)


@cache
def code() -> str:
    """The digest of all that decides a result beside the plan: this package, and the libraries it counts with."""
    total = hashlib.sha256()
    for path, content in sorted(_files(resources.files("geo_planner"), "")):
        total.update(path.encode() + b"\0" + content + b"\0")
    for name in _LIBRARIES:
        try:
            total.update(f"{name} {version(name)}\n".encode())
        except PackageNotFoundError:
            total.update(f"{name} is not there\n".encode())
    return total.hexdigest()[:16]


def _files(folder: Traversable, above: str) -> list[tuple[str, bytes]]:
    out: list[tuple[str, bytes]] = []
    for item in folder.iterdir():
        if item.is_dir() and item.name != "__pycache__":
            out += _files(item, f"{above}{item.name}/")
        elif item.name.endswith((".py", ".csv", ".toml")):
            out.append((above + item.name, item.read_bytes()))
    return out
