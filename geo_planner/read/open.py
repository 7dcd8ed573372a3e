"""The one door: nothing else in the program opens a layer from outside.

Regular file → size → first bytes against the name → a reader chosen by name from a fixed list, never by sniffing →
child
process with memory and time limits → repair → a sheet. Files of ours (profiles, scenarios) have readers of their own.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

import numpy as np

from ..errors import GeoPlannerError, NotALayerError, RefusedFileError
from .formats import dxf, epanet, gdal, geojson, mapinfo, raster, shapefile, table, xml
from .formats.web_json import looks_topological
from .notes import note
from .repair import NO_AREA, NOT_FINITE, mend
from .sandbox import archive
from .sandbox import process as child
from .sandbox.filetype import POINTERS, SUFFIXES, kind_of, regular
from .sandbox.process import Limits
from .schema.sheet import REASON, Grid, Sheet

_COPIED = {"geopackage"}


@dataclass(frozen=True)
class Opening:
    """How a file is opened: an encoding or layer forced by the user, and the limits."""

    encoding: str | None = None
    layer: str | None = None
    limits: Limits = field(default_factory=Limits)


Ahead = Mapping[tuple[Path, Opening], list[Sheet | Grid]]
"""What was read of some files already."""


def read_ahead(files: Sequence[tuple[Path, Opening]]) -> Ahead:
    """Return what the small ones of many files hold, read in one child; a file that gives any trouble is left out.

    A child costs as much as reading a small file. `open_layer` reads what is left out, in a child of its own, and says
    what is wrong with it.
    """
    chosen = []
    for path, opening in dict.fromkeys(files):
        with contextlib.suppress(GeoPlannerError, OSError):
            small = regular(path).is_file() and path.stat().st_size <= _SMALL and opening.limits == Limits()
            if small and (kind := kind_of(path)) not in _UNBOUNDED:
                _preload(kind)
                chosen.append((path, kind, opening))
    tasks = [partial(_read, *one) for one in chosen]
    made = child.run_together(tasks, Limits().room(_SMALL * len(chosen)))
    return {(path, how): items for (path, _, how), items in zip(chosen, made, strict=True) if items is not None}


_SMALL = 2 << 20  # bytes
_UNBOUNDED = {"zip", "workbook"}
"""Kinds of which the size says nothing about how much they hold."""


def open_layer(path: Path, opening: Opening = Opening(), ahead: Ahead = MappingProxyType({})) -> list[Sheet | Grid]:
    """Return every layer of one file or geodatabase, read in a child process (unless `ahead` has it) and repaired.

    Raises a ReadError or RasterError whose sentence says what, where and what to do.
    """
    path = regular(Path(path))
    kind = kind_of(path)
    for part in sorted(path.rglob("*")) if path.is_dir() else ():
        regular(part)
    sha = _sha256(path)
    _preload(kind)
    size = path.stat().st_size if path.is_file() else sum(p.stat().st_size for p in path.rglob("*") if p.is_file())
    items = ahead.get((path, opening))
    if items is None:
        items = child.run(lambda box: _read(path, kind, opening, box), path.name, size, opening.limits)
    if opening.layer is None:
        _refuse_lookalikes(path, items)
    items = [i for i in items if opening.layer in {None, i.name}]
    if not items:
        msg = f"{path.name} has no layer {opening.layer!r}."
        raise NotALayerError(msg)
    return [replace(item, source=path.name, sha256=sha) for item in items]


def _refuse_lookalikes(path: Path, items: list[Sheet | Grid]) -> None:
    """Raise RefusedFileError where layers of one file bear names that nobody can tell apart by eye."""
    by_look: dict[str, list[str]] = {}
    for name in dict.fromkeys(i.name for i in items if isinstance(i, Sheet) and i.inner):
        look = "".join(unicodedata.normalize("NFKC", name).casefold().split())
        by_look.setdefault(look, []).append(name)
    for names in by_look.values():
        if len(names) > 1:
            listed = ", ".join(map(repr, names))
            msg = (
                f"{path.name} holds layers whose names differ only by a blank, width or case ({listed}). "
                "Name the one that counts with --layer."
            )
            raise RefusedFileError(msg)


def _preload(kind: str) -> None:
    """Load what a reader needs once, here, so that not every child loads it again."""
    if kind in {"raster", "ascii_grid"}:
        import rasterio  # noqa: F401
    elif kind == "dxf":
        import ezdxf  # noqa: F401
    elif kind == "workbook":
        import openpyxl  # noqa: F401


def closed_files(folder: Path) -> list[Path]:
    """Return the files in a folder that may hold layers and are of no kind that is read: .rar, .mdb, .xls and such."""
    inside = (p for p in sorted(folder.rglob("*")) if p.suffix.lower() in archive.CLOSED - set(SUFFIXES))
    return [p for p in inside if p.is_file() and not any(w.startswith(".") for w in p.relative_to(folder).parts)]


def layer_files(folder: Path) -> list[Path]:
    """Return the layers in a folder and the folders in it, in order of name; sidecars and hidden files are left out."""
    found = []
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        hidden = any(p.startswith(".") for p in inside) or any(p.lower().endswith(".gdb") for p in inside[:-1])
        kind = SUFFIXES.get(path.suffix.lower())
        if hidden or kind is None or (kind == "dbf" and _has_shp(path)):
            continue
        if path.is_dir() != (kind == "geodatabase"):
            continue
        found.append(path)
    return found


def _has_shp(path: Path) -> bool:
    return any(p.suffix.lower() == ".shp" and p.stem.lower() == path.stem.lower() for p in path.parent.iterdir())


def _sha256(path: Path) -> str:
    total = hashlib.sha256()
    for part in [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file()):
        with part.open("rb") as stream:
            while block := stream.read(1 << 20):
                total.update(block)
    return total.hexdigest()


def _read(path: Path, kind: str, opening: Opening, box: Path) -> list[Sheet | Grid]:
    """Return the layers of a file; runs in the child."""
    if kind == "zip":
        return _read_archive(path, opening, box)
    if kind in {"raster", "ascii_grid"}:
        return [raster.read(path)]
    if kind == "gml":
        sheets = gdal.read_gml(_copied(path, box), path.stem)
        return [_mended(sheets[0])] if len(sheets) == 1 else _each_mended(sheets)
    if kind == "mapinfo":
        return [_mended(mapinfo.read(path, box))]
    name = path.stem
    if kind in _NAMED_BY_PATH and (";" in path.name or "!" in str(path)):
        path = _plainly_named(path, box)
    elif kind in _COPIED and _needs_copy(path):
        path = _copied(path, box)
    sheets = [replace(s, name=name) if s.name == "plainly_named" else s for s in _sheets(path, kind, opening)]
    return [_mended(sheets[0])] if len(sheets) == 1 else _each_mended(sheets)


def _each_mended(sheets: list[Sheet]) -> list[Sheet | Grid]:
    """Return the layers of one file that have shapes; those that have none are named."""
    out: list[Sheet | Grid] = []
    said = []
    for sheet in sheets:
        try:
            out.append(_mended(sheet))
        except NotALayerError as error:
            said.append(note("IM113", 1, {"inner": sheet.name, "reason": str(error)}))
    if not out:
        raise NotALayerError(str(said[0].args["reason"]))
    out[0] = replace(out[0], notes=(*said, *out[0].notes))
    return out


def _sheets(path: Path, kind: str, opening: Opening) -> list[Sheet]:
    if kind == "shapefile":
        return [shapefile.read(path, encoding=opening.encoding)]
    if kind == "geopackage":
        return gdal.read_geopackage(path)
    if kind == "geojson":
        with path.open("rb") as stream:
            topology = looks_topological(stream.read(4096))
        if topology:
            return geojson.read_topology(path, encoding=opening.encoding)
        return [geojson.read(path, encoding=opening.encoding)]
    if kind == "parquet":
        return [gdal.read_parquet(path)]
    if kind == "flatgeobuf":
        return [gdal.read_one(path)]
    if kind == "geodatabase":
        return gdal.read_geodatabase(path)
    if kind == "dxf":
        return dxf.read(path, encoding=opening.encoding)
    if kind == "epanet":
        return epanet.read(path, encoding=opening.encoding)
    if kind == "workbook":
        return table.read_workbook(path)
    if kind == "kml":
        return xml.read_kml(path, encoding=opening.encoding)
    one = {"gpx": xml.read_gpx, "table": table.read_csv}[kind]
    return [one(path, encoding=opening.encoding)]


def _needs_copy(path: Path) -> bool:
    """Whether the reader would write beside the file, or has to finish a transaction first."""
    with path.open("rb") as stream:
        head = stream.read(20)
    beside = any(path.with_name(path.name + end).exists() for end in ("-wal", "-journal", "-shm"))
    return beside or head[18:20] != b"\x01\x01"


_NAMED_BY_PATH = {"geopackage", "flatgeobuf", "geodatabase"}
"""Kinds that pyogrio opens by their path: it cuts a name at a semicolon and takes what precedes `!` for a zip."""


def _plainly_named(path: Path, box: Path) -> Path:
    """Return a copy under a name that every reader takes as it stands."""
    target = box / f"plainly_named{path.suffix}"
    if path.is_dir():
        shutil.copytree(path, target)
        return target
    return _beside(path, target)


def _beside(path: Path, target: Path) -> Path:
    """Return the copy of a database, with what stands beside it of an open transaction."""
    for end in ("", "-wal", "-journal"):
        source = path.with_name(path.name + end)
        if source.is_file() and not source.is_symlink():
            shutil.copyfile(source, target.with_name(target.name + end))
    return target


def _copied(path: Path, box: Path) -> Path:
    target = box / ("copy" + path.suffix)
    if path.suffix.lower() == ".gml":
        raw = path.read_bytes()
        low = raw.lower()
        if any(mark in low for mark in POINTERS):
            msg = f"{path.name} points to other files or declares entities, as no layer may. Ask for a plain export."
            raise RefusedFileError(msg)
        target.write_bytes(raw.replace(b"schemaLocation", b"schema_ignored"))  # a schema may lie anywhere
        return target
    return _beside(path, target)


def _read_archive(path: Path, opening: Opening, box: Path) -> list[Sheet | Grid]:
    unpacked = archive.unpack(path, box / "unpacked")
    out: list[Sheet | Grid] = []
    failed: list[tuple[str, str]] = []
    for member in unpacked.files:
        try:
            made = _read(member, kind_of(regular(member)), opening, box)
            where = member.parent.relative_to(box / "unpacked").as_posix()
            out += [_in_folder(item, "" if where == "." else where) for item in made]
        except GeoPlannerError as error:
            if len(unpacked.files) == 1:
                raise
            failed.append((member.name, str(error)))
    if not out:
        raise NotALayerError(failed[0][1] if failed else f"{path.name} holds no layer.")
    said = [note("IM112")] if unpacked.guessed_names else []
    said += [note("IM124", 1, {"inner": name, "reason": why}) for name, why in failed]
    closed = "archives inside archives and files of one program alone are not opened"
    said += [note("IM124", 1, {"inner": name, "reason": closed}) for name in unpacked.closed]
    out[0] = replace(out[0], notes=(*said, *out[0].notes))
    return out


def _in_folder(item: Sheet | Grid, folder: str) -> Sheet | Grid:
    return replace(item, facts={**item.facts, "folder": folder}) if isinstance(item, Sheet) and folder else item


def _mended(sheet: Sheet) -> Sheet:
    """Return the sheet with its shapes repaired; rows without a usable shape go to the rejects."""
    shapes = np.asarray(sheet.frame.geometry.array, dtype=object)
    bad = {int(k): v for k, v in sheet.facts.get("bad", {}).items()}
    repaired = mend(shapes, bad, nullable=str(sheet.facts.get("nullable", "")))
    frame = sheet.frame.set_geometry(_series(sheet, repaired.shapes))
    fit = repaired.fit
    rejects = None
    if not fit.all():
        rejects = sheet.frame[~fit].assign(**{REASON: repaired.reasons[~fit].astype(str)})
        rejects[REASON] = rejects[REASON].astype("str")
    notes = [*sheet.notes, *repaired.notes]
    if len(sheet.frame) == 0:
        notes.append(note("IM110"))
    elif (
        not fit.any() and not np.isin(repaired.reasons.astype(str), (NO_AREA, NOT_FINITE)).any()
    ):  # drawn, yet of no use
        msg = f"{sheet.name} has no geometry: none of its {len(fit)} rows has a usable shape ({repaired.reasons[0]})."
        raise NotALayerError(msg)
    changed = [int(r) for r in sheet.frame.index[repaired.changed]]
    return replace(
        sheet, frame=frame[fit], rejects=rejects, notes=tuple(notes), facts={"repaired_rows": changed[:1000]}
    )


def _series(sheet: Sheet, shapes: np.ndarray) -> object:
    import geopandas as gpd

    return gpd.GeoSeries(gpd.array.GeometryArray(shapes), index=sheet.frame.index)
