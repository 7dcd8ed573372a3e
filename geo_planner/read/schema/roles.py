"""Which canonical layer a sheet is: by its name in Chinese, pinyin or English, else by its fields and geometry."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

import geopandas as gpd
import shapely

from ...plan.layers import LAYERS


@dataclass(frozen=True)
class Role:
    """The canonical layer of a sheet, values that its name gives, and why it was taken so."""

    layer: str
    values: Mapping[str, str] = field(default_factory=dict)
    why: str = ""


@cache
def _table() -> tuple[tuple[str, str, str, frozenset[str], tuple[str, ...]], ...]:
    text = resources.files(__package__).joinpath("roles.csv").read_text(encoding="utf-8")
    out = []
    for row in csv.DictReader(text.splitlines()):
        words = row["words"].split("|")
        latin = frozenset(w.lower() for w in words if w.isascii())
        out.append((row["role"], row["column"], row["value"], latin, tuple(w for w in words if not w.isascii())))
    return tuple(out)


def geometry_kind(frame: gpd.GeoDataFrame) -> str:
    """Return "point", "line" or "polygon" for most of the shapes, "" where there are none."""
    sizes = shapely.get_dimensions(frame.geometry.array)
    counts = [(int((sizes == k).sum()), k) for k in (2, 1, 0)]
    most, size = max(counts)
    return ("point", "line", "polygon")[size] if most else ""


def role_of(names: list[str], frame: gpd.GeoDataFrame, fields: Callable[[], set[str]]) -> Role | None:
    """Return the role that the first telling name gives, else the one its canonical fields give, else None.

    `names` are the layer's name and its file's; `fields` are the canonical columns that its fields would fill by layer,
    written as "layer.column".
    """
    kind = geometry_kind(frame)
    for name in names:
        found = by_name(name, kind)
        if found is not None:
            return found
    return _by_fields(kind, fields())


def by_name(name: str, kind: str = "") -> Role | None:
    """Return the role that a layer's name gives, provided that the layer may have this kind of geometry.

    The longest word wins, so that 给水管线 is a water pipe and not any pipe, and 生态保护红线 no ecological parcel.
    """
    clean = unicodedata.normalize("NFKC", name).strip()
    plain = re.sub(r"[\W\d_]+", "_", clean.lower()).strip("_")
    tokens = {t for t in plain.split("_") if t} | {plain} | {"_".join(p) for p in _pairs(plain.split("_"))}
    best: tuple[int, int, Role] | None = None
    for order, (layer, column, value, latin, hanzi) in enumerate(_table()):
        if kind and kind not in LAYERS[layer].kinds:
            continue
        hits = [w for w in hanzi if w in clean] + [w for w in latin if w in tokens]
        if not hits or (layer != "parcels" and kind == "polygon" and clean.endswith("用地")):
            continue  # 道路用地 and 供水用地 are land, and neither roads nor pipes
        word = max(hits, key=len)
        weight = len(word) * (1 if word.isascii() else 4)
        if best is None or weight > best[0]:
            best = (weight, order, Role(layer, {column: value} if column else {}, f"{name} ~ {word}"))
    return best[2] if best else None


def _pairs(tokens: list[str]) -> list[tuple[str, ...]]:
    return [tuple(tokens[k : k + n]) for n in (2, 3) for k in range(len(tokens) - n + 1)]


_TELLING = {
    "polygon": (
        ("parcels", {"code"}),
        ("parcels", {"code_name"}),
        ("parcels", {"ple"}),
        ("buildings", {"floors"}),
        ("approvals", {"number", "kind"}),
        ("noise_zones", {"grade"}),
    ),
    "line": (
        ("pipes", {"diameter_mm"}),
        ("pipes", {"kind", "material"}),
        ("pipes", {"voltage_kv"}),
        ("pipes", {"cover"}),
        ("roads", {"width"}),
        ("roads", {"grade"}),
    ),
    "point": (("sources", {"kind", "capacity"}), ("facilities", {"kind", "name"})),
}


def _by_fields(kind: str, fields: set[str]) -> Role | None:
    for layer, needed in _TELLING.get(kind, ()):
        if all(f"{layer}.{column}" in fields for column in needed):
            return Role(layer, {}, f"fields for {', '.join(sorted(needed))}")
    return None


def raster_role(name: str) -> str:
    """Return `dem` or `landcover` (with a year where the name has one) for a raster's name, else the name itself."""
    clean = unicodedata.normalize("NFKC", name).lower()
    year = re.search(r"(?<!\d)(19|20)\d\d(?!\d)", clean)
    if re.search(r"dem|dtm|elev|高程|地形", clean):
        return "dem"
    if re.search(r"land_?cover|lulc|地表覆盖|土地覆盖|dbfg|^lc", clean):
        return f"landcover_{year.group()}" if year else "landcover"
    return re.sub(r"\W+", "_", name).strip("_") or "raster"
