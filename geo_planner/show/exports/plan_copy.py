"""The plan beside its report: a GeoPackage; of many features the same GeoPackage in a zip, a third of the bytes.

Every program that unpacks a zip gets an ordinary GeoPackage out of it, and QGIS opens it where it lies, through GDAL's
`/vsizip/` (https://gdal.org/user/virtual_file_systems.html). Without a spatial index: the file is inflated from its
beginning to its end in any case, and leaving it out saves a seventh.
"""

from __future__ import annotations

import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path

from ...errors import ReadError
from ...plan import Plan
from ...read import read_plan
from ...read.sandbox.archive import unpack
from .files import Styles, atomic_write, write_plan

PLAN, PACKED = "plan.gpkg", "plan.gpkg.zip"
MANY = 10_000
"""Features of a plan above which its copy is packed: below, unpacking costs more than three megabytes are worth."""
_LEVEL = 3
"""Of deflate: four parts in a hundred larger than level 6, in half its time."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of the member, so that a second run writes the same bytes."""


def copy_name(plan: Plan) -> str:
    """The name of the file that holds the plan beside its report."""
    return PACKED if sum(len(frame) for frame in plan.layers.values()) > MANY else PLAN


def write_copy(plan: Plan, folder: Path, styles: Styles | None = None) -> Path:
    """Write the plan beside its report and return where; a copy of the other kind that lay there goes."""
    path = Path(folder) / copy_name(plan)
    if path.name == PLAN:
        write_plan(plan, path, styles)
    else:
        with atomic_write(path) as inside, tempfile.TemporaryDirectory(dir=inside.parent) as box:
            write_plan(plan, Path(box) / PLAN, styles, index=False)
            _pack(Path(box) / PLAN, inside)
    with suppress(FileNotFoundError):
        path.with_name(PLAN if path.name == PACKED else PACKED).unlink()
    return path


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


def read_copy(folder: Path, name: str) -> Plan:
    """The plan that lies beside a report in `folder`, under the given name of its own.

    Raises ReadError where there is none.
    """
    path = Path(folder) / PLAN
    if path.is_file():
        return read_plan([path], name=name)
    packed = path.with_name(PACKED)
    if not packed.is_file():
        msg = f"{path} is not there; a report needs report.json, plan.gpkg (or {PACKED}) and findings.gpkg."
        raise ReadError(msg)
    with tempfile.TemporaryDirectory() as box:
        return read_plan([*unpack(packed, Path(box)).files], name=name)
