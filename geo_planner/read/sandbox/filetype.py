"""What a file is, told by its first bytes and held against its name; nothing is ever opened to find out."""

from __future__ import annotations

import stat
from pathlib import Path

from ...errors import NotALayerError, RefusedFileError

SUFFIXES = {
    ".shp": "shapefile",
    ".gpkg": "geopackage",
    ".geojson": "geojson",
    ".json": "geojson",
    ".geojsonl": "geojson",
    ".geojsons": "geojson",
    ".ndjson": "geojson",
    ".topojson": "geojson",
    ".parquet": "parquet",
    ".geoparquet": "parquet",
    ".fgb": "flatgeobuf",
    ".gdb": "geodatabase",
    ".kml": "kml",
    ".kmz": "zip",
    ".gpx": "gpx",
    ".tab": "mapinfo",
    ".mif": "mapinfo",
    ".gml": "gml",
    ".dxf": "dxf",
    ".csv": "table",
    ".xlsx": "workbook",
    ".zip": "zip",
    ".tif": "raster",
    ".tiff": "raster",
    ".asc": "ascii_grid",
    ".inp": "epanet",
    ".dbf": "dbf",
    ".dwg": "dwg",
}
"""File name endings that are accepted, and the kind of content each must hold."""

NAMES = {
    "shapefile": "a shapefile",
    "geopackage": "a GeoPackage",
    "geojson": "GeoJSON",
    "parquet": "a Parquet file",
    "flatgeobuf": "a FlatGeobuf file",
    "kml": "KML",
    "gpx": "GPX",
    "gml": "GML",
    "mapinfo": "a MapInfo table",
    "dxf": "a DXF drawing",
    "table": "a text table",
    "workbook": "an Excel workbook",
    "zip": "a zip archive",
    "raster": "a GeoTIFF",
    "ascii_grid": "an ASCII grid",
    "epanet": "an EPANET network",
    "sqlite": "an SQLite database",
    "html": "a web page",
    "xml": "another kind of XML",
    "vrt": "a pointer to other files (VRT)",
    "service": "a pointer to a web service",
    "empty": "nothing",
    "bytes": "something else",
    "wide": "UTF-16 text",
    "pickle": "a Python pickle",
}
"""How a kind of content is named to people."""

LARGEST = 64 << 30
"""Bytes; a larger file is not a layer of a park."""

_ROOTS = {
    b"kml": "kml",
    b"gpx": "gpx",
    b"ogrvrtdataset": "vrt",
    b"ogrvrtdatasource": "vrt",
    b"vrtdataset": "vrt",
    b"html": "html",
    b"!doctype html": "html",
}

POINTERS = (
    b"<ogrvrtdatasource",
    b"<vrtdataset",
    b"<ogrwfsdatasource",
    b"wfs_capabilities",
    b"wms_capabilities",
    b"wmt_ms_capabilities",
    b"<gdal_wms",
    b"<wcs_gdal",
    b"<gdalogcapi",
    b"getrecordsresponse",
    b"<!doctype",
    b"<!entity",
)
"""Marks by which a general reader would take a document for a pointer to elsewhere; none belongs into GML."""

_MAGIC = (
    (b"\x00\x00\x27\x0a", "shapefile"),
    (b"PAR1", "parquet"),
    (b"fgb\x03", "flatgeobuf"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"II*\x00", "raster"),
    (b"MM\x00*", "raster"),
    (b"II+\x00", "raster"),
    (b"MM\x00+", "raster"),
    (b"SQLite format 3\x00", "geopackage"),
    (b"\x80\x04", "pickle"),
    (b"\x80\x03", "pickle"),
    (b"AC10", "dwg"),
    (b"AutoCAD Binary DXF", "dxf"),
)


def regular(path: Path) -> Path:
    """Return the path when it is a regular file or folder on this machine; links may point only within their folder.

    Raises RefusedFileError for connection strings, devices, pipes and links that lead elsewhere.
    """
    text = str(path)
    if (
        text.startswith("/vsi")
        or "://" in text
        or text.split(":", 1)[0].upper() in {"PG", "WFS", "WMS", "MYSQL", "HTTP", "HTTPS"}
    ):
        msg = f"{text} is not a local file. Save the layer as a file and name that."
        raise RefusedFileError(msg)
    try:
        state = path.lstat()
    except (OSError, ValueError) as error:
        msg = f"{text} does not exist. Check the path; names with spaces or Chinese characters are fine."
        raise NotALayerError(msg) from error
    if stat.S_ISLNK(state.st_mode):
        real = _end(path)
        if real is None or path.parent.resolve() not in real.parents or not real.exists():
            msg = f"{path.name} is a link that leads out of its folder. Copy the file instead."
            raise RefusedFileError(msg)
        state = real.lstat()
    if not (stat.S_ISREG(state.st_mode) or stat.S_ISDIR(state.st_mode)):
        msg = f"{path.name} is not a regular file."
        raise RefusedFileError(msg)
    return path


def _end(link: Path) -> Path | None:
    """Return where a link leads, None where it leads back to itself."""
    try:
        return link.resolve()
    except (OSError, RuntimeError):
        return None


def kind_of(path: Path) -> str:
    """Return the kind of a file: what its name promises and its first bytes confirm.

    Raises NotALayerError where the two differ, so that no file is opened as anything but what it says it is.
    """
    promised = SUFFIXES.get(path.suffix.lower())
    if promised is None:
        msg = (
            f"{path.name}: files ending in {path.suffix or 'nothing'!r} are not accepted. "
            f"Accepted are {', '.join(sorted(SUFFIXES))}."
        )
        raise NotALayerError(msg)
    if promised == "dwg":
        msg = (
            f"{path.name} is a DWG drawing, which only CAD programs read. "
            "Save it there as DXF (R2010 or later) and read that."
        )
        raise NotALayerError(msg)
    if promised == "geodatabase":
        if not path.is_dir():
            msg = f"{path.name} is not a File Geodatabase: it should be a folder."
            raise NotALayerError(msg)
        return promised
    if path.is_dir():
        msg = f"{path.name} is a folder; name it without an ending, or name a file in it."
        raise NotALayerError(msg)
    if path.stat().st_size == 0:
        msg = f"{path.name} is empty (0 bytes). Ask for the file again."
        raise NotALayerError(msg)
    if path.stat().st_size > LARGEST:
        msg = f"{path.name} is larger than {LARGEST >> 30} GB. Cut it to the park first."
        raise RefusedFileError(msg)
    if promised == "dbf":
        msg = (
            f"{path.name} is a table without geometry: "
            "the .shp of the same name is missing. Ask for the complete set of files."
        )
        raise NotALayerError(msg)
    with path.open("rb") as stream:
        head = stream.read(4096)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00\x1e") and path.stat().st_size <= len(head):
        msg = f"{path.name} is empty ({path.stat().st_size} bytes of nothing). Ask for the file again."
        raise NotALayerError(msg)
    found = content(head)
    if not _agree(promised, found, head):
        msg = f"{path.name} is not {NAMES[promised]}: it holds {NAMES.get(found, found)}."
        raise NotALayerError(msg)
    return promised


def content(head: bytes) -> str:
    """Return the kind of content that the first bytes show."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n\x1e")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = head.decode("utf-16", "ignore").lstrip("\ufeff \t\r\n").encode()
    if text[:1] in (b"{", b"["):
        return "geojson"
    if text[:1] == b"<":
        return _xml_kind(text)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "wide"
    return "text" if b"\x00" not in head else "bytes"


def _xml_kind(text: bytes) -> str:
    at = 0
    while True:
        at = text.find(b"<", at)
        if at < 0:
            return "xml"
        if text[at + 1 : at + 2] in (b"?",) or text.startswith(b"<!--", at):
            at += 1
            continue
        word = text[at + 1 : at + 80].lower()
        if word.startswith(b"!doctype") and not word.startswith(b"!doctype html"):
            at += 1
            continue
        name = b"".join(word.split(b">")[0].split()[:1]).rstrip(b"/").split(b":")[-1]
        return _ROOTS.get(b"!doctype html" if word.startswith(b"!doctype html") else name, "xml")


def _agree(promised: str, found: str, head: bytes) -> bool:
    if promised == "shapefile":
        return found == "shapefile"
    if promised in {"table", "dxf", "ascii_grid"}:
        if promised == "dxf":
            return found == "dxf" or (found == "text" and b"SECTION" in head)
        return found == "text" or (promised == "table" and found in {"geojson", "wide"})
    if promised == "epanet":  # a section in brackets looks like JSON at first
        return found in {"text", "geojson"} and b"[" in head
    if promised == "gml":
        return found == "xml" and b"opengis.net/gml" in head and not any(mark in head.lower() for mark in POINTERS)
    if promised == "mapinfo":
        return found == "text" and (b"!table" in head.lower() or b"columns" in head.lower())
    if promised in {"kml", "gpx"}:
        return found in {promised, "xml"}
    if promised == "workbook":
        return found == "zip"
    return promised == found
