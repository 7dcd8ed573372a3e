"""Archives opened member by member: names are checked, bytes are counted while they are unpacked, links are refused."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ...errors import NotALayerError, RefusedFileError
from .filetype import SUFFIXES

SIDECARS = {".dbf", ".shx", ".prj", ".cpg", ".dat", ".map", ".id", ".mid"}
"""Parts of a shapefile beside the .shp, and of a MapInfo table beside the .tab or .mif."""

CLOSED = {".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".dwg", ".dgn", ".mdb", ".accdb", ".xls", ".wps", ".et", ".mpk"}
"""Files that may hold layers and are not opened: archives in archives, and formats of one program alone."""

_MOST_ENTRIES = 2000
_MOST_BYTES = 4 << 30
_RATIO, _RATIO_FROM = 100, 10 << 20


@dataclass(frozen=True)
class Unpacked:
    """The layers of an archive as files in a private folder, whether member names had to be guessed as GBK.

    `closed` names the members that may hold layers and were not opened.
    """

    files: tuple[Path, ...]
    guessed_names: bool
    closed: tuple[str, ...] = ()


def unpack(path: Path, folder: Path) -> Unpacked:
    """Return the layers of a zip archive, unpacked into `folder`.

    Only members that are parts of a layer are unpacked. Raises RefusedFileError for unsafe members and archives that
    grow out of proportion, NotALayerError for a damaged archive or one without a layer.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(path, archive)
            if any(i.flag_bits & 1 for i, _, _ in members):
                msg = f"{path.name} is protected by a password. Unpack it, and give the folder."
                raise NotALayerError(msg)
            return _unpack(path, archive, members, folder)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        struct.error,
        OSError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        msg = f"{path.name} is a damaged archive ({str(error)[:80]}). Ask for it again."
        raise NotALayerError(msg) from None


def _members(path: Path, archive: zipfile.ZipFile) -> list[tuple[zipfile.ZipInfo, PurePosixPath, bool]]:
    infos = archive.infolist()
    if len(infos) > _MOST_ENTRIES:
        msg = f"{path.name} holds too many entries ({len(infos)}). Unpack it and name the layers."
        raise RefusedFileError(msg)
    out, seen = [], set()
    for info in infos:
        name, guessed = _name(info)
        if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or name[1:2] == ":":
            msg = f"{path.name} holds an unsafe path: {name[:60]!r} lies outside the archive. Ask for a clean archive."
            raise RefusedFileError(msg)
        if stat.S_ISLNK(info.external_attr >> 16):
            msg = f"{path.name} holds a link ({name[:60]!r}). Ask for an archive of files."
            raise RefusedFileError(msg)
        if name in seen:
            msg = f"{path.name} holds two entries of one name ({name[:60]!r}). Ask for a clean archive."
            raise RefusedFileError(msg)
        seen.add(name)
        out.append((info, PurePosixPath(name.replace("\\", "/")), guessed))
    return out


def _name(info: zipfile.ZipInfo) -> tuple[str, bool]:
    """Return a member's name; without the UTF-8 flag the bytes are tried as UTF-8, then GBK."""
    if info.flag_bits & 0x800 or info.orig_filename.isascii():
        return info.filename, False
    raw = info.orig_filename.encode("cp437", "replace")
    for codec in ("utf-8", "gb18030"):
        try:
            return raw.decode(codec), True
        except UnicodeDecodeError:
            continue
    return info.filename, True


def _unpack(
    path: Path, archive: zipfile.ZipFile, members: list[tuple[zipfile.ZipInfo, PurePosixPath, bool]], folder: Path
) -> Unpacked:
    wanted = [(i, n, g) for i, n, g in members if not i.is_dir() and _is_part(n) and "__MACOSX" not in n.parts]
    if sum(i.file_size for i, _, _ in wanted) > _MOST_BYTES:
        msg = f"{path.name} is too large when unpacked. Unpack it and name the layers."
        raise RefusedFileError(msg)
    layers: list[Path] = []
    total = 0
    for info, name, _ in wanted:
        target = folder.joinpath(*name.parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        total += _copy(path, archive, info, target)
        if total > _MOST_BYTES:
            msg = f"{path.name} is too large when unpacked. Unpack it and name the layers."
            raise RefusedFileError(msg)
        base = next(
            (folder.joinpath(*name.parts[: k + 1]) for k, p in enumerate(name.parts) if p.lower().endswith(".gdb")),
            None,
        )
        layer = base or target
        if layer not in layers and layer.suffix.lower() not in SIDECARS | {".tfw"}:
            layers.append(layer)
    if not layers:
        msg = f"{path.name} holds no layer. Archives inside archives are not opened; unpack it first."
        raise NotALayerError(msg)
    closed = sorted(str(n) for i, n, _ in members if not i.is_dir() and n.suffix.lower() in CLOSED)
    return Unpacked(
        tuple(sorted(layers)), any(g for _, _, g in wanted), tuple(c for c in closed if "__MACOSX" not in c)
    )


def _is_part(name: PurePosixPath) -> bool:
    if any(p.lower().endswith(".gdb") for p in name.parts[:-1]):
        return True
    kind = SUFFIXES.get(name.suffix.lower())
    return name.suffix.lower() in SIDECARS or (kind is not None and kind not in {"zip", "dbf", "dwg"})


def _copy(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> int:
    """Return how many bytes a member really had; they are counted as they come, whatever its header says."""
    done = 0
    with archive.open(info) as source, target.open("wb") as sink:
        while block := source.read(1 << 20):
            done += len(block)
            if done > _RATIO_FROM and done > _RATIO * max(info.compress_size, 1):
                msg = f"{path.name} is too large when unpacked: {info.filename[:60]!r} grows more than {_RATIO}-fold."
                raise RefusedFileError(msg)
            if done > info.file_size:
                msg = f"{path.name} is a damaged archive: {info.filename[:60]!r} is longer than it says."
                raise NotALayerError(msg)
            sink.write(block)
    if done != info.file_size:
        msg = f"{path.name} is a damaged archive: {info.filename[:60]!r} is shorter than it says."
        raise NotALayerError(msg)
    return done
