"""The base map under a plan: a picture or vector tiles that stand in the page, or a tile server where one is asked for.

By default there is none: the plan's own layers are the context and the page asks nobody for anything. Tiles of a server
are drawn by the reader's browser; the page's policy then admits that one server for pictures and nothing else.
"""

from __future__ import annotations

import base64
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import folium
import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer

from ...errors import OutputError
from ...read.basemap import read_ground
from ...read.schema.sheet import Grid, Sheet
from ..symbology.styles import styles
from .figure import PlannerMap
from .packed import Columns, Packed, encode, split_by_kind

PANE = "gp-ground"
_SERVER = re.compile(r"https?://[A-Za-z0-9.\-]*(\{s\})?[A-Za-z0-9.\-]*(:\d+)?/[^\s\"'<>`\\]*")
_SHIFTED = ("autonavi.com", "amap.com", "gtimg.com", "map.qq.com", "google.cn", "geoq.cn", "tianditu.com.cn")
_OTHER_GRID = ("bdimg.com", "baidu.com", "bdstatic.com")
_TIANDITU = {"tianditu": ("vec", "cva"), "tianditu-img": ("img", "cia"), "tianditu-ter": ("ter", "cta")}
_WMTS = (
    "https://t{{s}}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}"
    "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
)
_SAID = {
    "shifted": (
        "该底图采用 GCJ-02 坐标，与 CGCS2000 图层相差约 100～700 米，仅供辨认方位，不得据此量测或判定。",
        "This base map is in GCJ-02: it lies 100 to 700 m off the layers. Do not measure on it.",
    ),
    "tianditu": (
        "天地图（CGCS2000，无偏移加密）。需要联网；断网时只显示规划图层。",
        "Tianditu (CGCS2000, not shifted). It needs a network; without one only the plan is drawn.",
    ),
    "server": (
        "外部瓦片，需要联网。高德、腾讯等互联网地图为 GCJ-02 坐标，会偏移 100～700 米，请先核对再使用。",
        "Tiles of a server; they need a network. Amap, Tencent and the like are 100 to 700 m off: check.",
    ),
    "file": ("底图仅供参照，不参与判定。", "For reference only; nothing is judged by it."),
}


@dataclass(frozen=True)
class Ground:
    """A base map: what the panel says of it, the pictures or addresses it is made of, and its vector layers."""

    model: dict[str, Any]
    picture: str = ""
    corners: tuple[tuple[float, float], tuple[float, float]] = ((0.0, 0.0), (0.0, 0.0))
    servers: tuple[str, ...] = ()
    layers: tuple[Sheet, ...] = ()

    def add_to(self, page: PlannerMap) -> None:
        """Put picture or tiles below everything else; the page's policy admits the tile server."""
        if not self.picture and not self.servers:
            return
        folium.map.CustomPane(PANE, z_index=150, pointer_events=False).add_to(page)
        if self.picture:
            overlay = folium.raster_layers.ImageOverlay(self.picture, [list(c) for c in self.corners], pane=PANE)
            overlay.add_to(page)
        for address in self.servers:
            hosts = "01234567" if "tianditu" in address else "abc"
            tiles = folium.TileLayer(address, attr=self.model["name"], pane=PANE, subdomains=hosts, max_native_zoom=18)
            tiles.add_to(page)
            page.get_root().servers |= _origins(address, hosts)

    def packed(self) -> Iterator[tuple[dict[str, Any], Packed]]:
        """Each vector layer by kind of geometry as what the page is told of it and its block; points are left out."""
        for layer in self.layers:
            frame = gpd.GeoDataFrame(geometry=layer.frame.geometry.to_numpy(), crs=3857).to_crs(4326)
            for kind, part in split_by_kind(frame).items():
                if kind == "point":
                    continue
                look = {"key": "", "zh": "", "en": "", **_look(layer.name, kind)}
                spec = {
                    "id": f"ground-{layer.name}-{kind}",
                    "source": "ground",
                    "kind": kind,
                    "labels": {},
                    "zh": layer.name,
                    "en": layer.name,
                    "shown": True,
                    "time": "none",
                    "ground": True,
                    "styles": [{"zh": "", "en": "", "by": None, "classes": [look]}],
                }
                yield spec, encode(part, kind, Columns())


def ground_of(base: str | Path | None, bounds: tuple[float, float, float, float]) -> Ground | None:
    """The base map that `base` names, cut to `bounds` (west, south, east, north in degrees) and a tenth around them.

    `base` is a picture (.tif, .png, .jpg with its coordinate system), a .pmtiles file, `tianditu:KEY`,
    `tianditu-img:KEY`, `tianditu-ter:KEY`, or a tile address with {z}, {x} and {y}.

    Raises
    ------
    OutputError
        the address is no tile address, or its server cuts the world in a grid of its own
    ReadError, RasterError
        the file cannot be used; see `read_ground`
    """
    if base is None:
        return None
    text = str(base)
    word, _, key = text.partition(":")
    if word in _TIANDITU:
        return _tianditu(word, key)
    if "://" in text:
        return _server(text)
    return _file(Path(text), bounds)


def _tianditu(word: str, key: str) -> Ground:
    if not re.fullmatch(r"[0-9A-Za-z]{8,64}", key):
        msg = f"{word}: write it as {word}:KEY with the key that tianditu.gov.cn gave you; it will stand in the page."
        raise OutputError(msg)
    addresses = tuple(_WMTS.format(layer=layer, key=key) for layer in _TIANDITU[word])
    return Ground(_said("天地图", "tiles", "tianditu"), servers=addresses)


def _server(address: str) -> Ground:
    if not _SERVER.fullmatch(address) or not all(slot in address for slot in ("{z}", "{x}")) or "{y}" not in address:
        msg = f"{address[:80]!r} is no tile address; it must look like http://server/{{z}}/{{x}}/{{y}}.png."
        raise OutputError(msg)
    host = (urlsplit(address.replace("{s}", "a")).hostname or "").lower()
    if host.endswith(_OTHER_GRID):
        msg = f"{host} cuts its tiles in a grid and coordinates (BD-09) of its own; take another base map."
        raise OutputError(msg)
    shifted = host.endswith(_SHIFTED)
    return Ground(_said(host, "tiles", "shifted" if shifted else "server", warn=shifted), servers=(address,))


def _origins(address: str, hosts: str) -> set[str]:
    scheme, _, rest = address.partition("://")
    server = rest.split("/", 1)[0]
    return {f"{scheme}://{server.replace('{s}', letter)}" for letter in (hosts if "{s}" in server else "-")}


def _said(name: str, kind: str, key: str, *, warn: bool = False) -> dict[str, Any]:
    zh, en = _SAID[key]
    return {"name": name, "kind": kind, "warn": warn, "note": {"zh": zh, "en": en}}


def _file(path: Path, bounds: tuple[float, float, float, float]) -> Ground:
    there = Transformer.from_crs(4326, 3857, always_xy=True)
    west, south, east, north = there.transform_bounds(*bounds)
    pad = 0.1 * max(east - west, north - south)
    found = read_ground(path, (west - pad, south - pad, east + pad, north + pad))
    pictures = [part for part in found if isinstance(part, Grid)]
    layers = tuple(part for part in found if isinstance(part, Sheet))
    if not pictures:
        return Ground(_said(path.name, "vector", "file"), layers=layers)
    values, (width, _, left, _, height, top) = pictures[0].values, pictures[0].transform
    back = Transformer.from_crs(3857, 4326, always_xy=True)
    west, south = back.transform(left, top + height * values.shape[0])
    east, north = back.transform(left + width * values.shape[1], top)
    corners = ((south, west), (north, east))
    return Ground(_said(path.name, "picture", "file"), picture=_as_text(values), corners=corners)


def _as_text(values: NDArray[np.uint8]) -> str:
    """The picture as WebP in a data address: a third of a PNG's bytes, and it keeps its opacity."""
    import rasterio
    from rasterio.io import MemoryFile

    height, width, bands = values.shape
    with warnings.catch_warnings(), MemoryFile() as box:
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        with box.open(driver="WEBP", width=width, height=height, count=bands, dtype="uint8", QUALITY=82) as target:
            target.write(np.moveaxis(values, 2, 0))
        content = box.read()
    return "data:image/webp;base64," + base64.b64encode(content).decode("ascii")


def _look(name: str, kind: str) -> dict[str, Any]:
    """How a layer of somebody else's map is drawn: pale, by a word in its name."""
    table = styles()["ground"]
    found = next((look for word, look in table.items() if word in name.lower()), table["other"])
    return {k: v for k, v in found.items() if kind == "polygon" or k != "fill"} | {"fill": found["fill"]}
