"""A large GeoPackage in a zip, a third of its bytes.

Every program that unpacks a zip gets an ordinary GeoPackage out of it, and QGIS opens it where it lies, through GDAL's
`/vsizip/` (https://gdal.org/user/virtual_file_systems.html). Without a spatial index: the file is inflated from its
beginning to its end in any case, and leaving it out saves a seventh.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ...read.sandbox.archive import unpack
from .files import atomic_write

_LEVEL = 3
"""Of deflate: four parts in a hundred larger than level 6, in half its time."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of the member, so that a second run writes the same bytes."""


def packed_name(name: str) -> str:
    """The name of the zip that holds a GeoPackage of this name."""
    return f"{name}.zip"


def place_of(name: str, *, packed: bool) -> str:
    """A GeoPackage that lies beside a project, as GDAL is told of it: where it lies, or inside its zip."""
    return f"/vsizip/./{packed_name(name)}/{name}" if packed else f"./{name}"


def write_packed(write: Callable[[Path], None], path: Path) -> None:
    """Let `write` make a GeoPackage and put it into the zip of its name at `path`."""
    with atomic_write(path) as inside, tempfile.TemporaryDirectory(dir=inside.parent) as box:
        plain = Path(box) / path.stem
        write(plain)
        _pack(plain, inside)


def without_other_kind(path: Path) -> None:
    """Remove the plain GeoPackage beside its zip, or the zip beside the plain one: `path` is the one that counts."""
    other = path.with_suffix("") if path.suffix == ".zip" else path.with_name(packed_name(path.name))
    with suppress(FileNotFoundError):
        other.unlink()


@contextmanager
def opened(folder: Path, name: str) -> Iterator[Path | None]:
    """Yield where a GeoPackage of a folder can be read, unpacked for that time where it is packed; None: not there."""
    path = Path(folder) / name
    packed = path.with_name(packed_name(name))
    if path.is_file() or not packed.is_file():
        yield path if path.is_file() else None
        return
    with tempfile.TemporaryDirectory() as box:
        yield unpack(packed, Path(box)).files[0]


def _pack(path: Path, target: Path) -> None:
    """Put one file into a zip, a piece at a time, dated by no clock."""
    member = zipfile.ZipInfo(path.name, _EPOCH)
    member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    member.file_size = path.stat().st_size
    with zipfile.ZipFile(target, "w", compresslevel=_LEVEL) as archive:
        member._compresslevel = _LEVEL  # type: ignore[attr-defined]
        with path.open("rb") as source, archive.open(member, "w") as inside:
            while piece := source.read(1 << 20):
                inside.write(piece)
