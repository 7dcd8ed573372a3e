"""Which words of a text are in the wrong language: English letter-words in Chinese, Chinese characters in English."""

from __future__ import annotations

import re

UNITS = {
    "m", "m²", "m³", "km", "km²", "ha", "mm", "cm", "d", "a", "s", "h", "kV", "kW", "kWh", "MW", "MVA", "MPa", "dB", "DN",
    "Nm", "W", "kN", "GJ", "Mbps", "kg", "mg", "g", "t", "min", "kmh", "E", "N", "J", "D", "C", "T", "S", "H", "ln", "exp",
    "p", "f", "r", "A", "B", "L", "Q", "Qc", "Cm", "π", "dp", "PM", "max", "P", "R", "M", "G", "U", "x",
    "log", "θ", "I", "II", "III", "IV", "Ω", "tanh",
}  # fmt: skip
NAMES = {
    "GB", "GBT", "GBZ", "CJJ", "TD", "HJ", "DL", "TOD", "SDG", "LCRPGR", "EPANET", "GlobeLand30", "SIP", "PC", "CGCS2000",
    "GCJ", "UTM", "EPSG", "GeoTIFF", "power", "grid", "model", "SFCA", "N", "Wang", "JSON", "OGC", "NaN", "xlsx", "docx", "gpkg",
}  # fmt: skip
"""Names that are the same in both languages: standards, indices, programs, file formats."""
_ID = re.compile(
    r"[A-Za-z]+[-_/]?\d[\w.\-/]*"  # DN150, UG204, M3, GB50137, K-1
    r"|\d+[A-Za-z]+\w*"  # 4a, 2SFCA
    r"|power-grid-model|--[a-z][a-z0-9-]*|\.[a-z]{2,5}\b"  # a program, options of the command, suffixes of files
)
_WORD = re.compile(r"[A-Za-z]+")
_HAN = re.compile(r"[㐀-鿿]+")


def english_in(text: str, ids: set[str] = frozenset()) -> set[str]:
    """English letter-words of a Chinese text, without ids, units and names."""
    for own in sorted(ids, key=len, reverse=True):
        text = text.replace(own, " ") if own else text
    return {w for w in _WORD.findall(_ID.sub(" ", text)) if w not in UNITS and w not in NAMES}


def chinese_in(text: str, ids: set[str] = frozenset()) -> set[str]:
    """Chinese runs of an English text, without ids and the names that are left in Chinese on purpose."""
    for own in sorted(ids | CHINESE_NAMES, key=len, reverse=True):
        text = text.replace(own, " ") if own else text
    return set(_HAN.findall(text))


CHINESE_NAMES: set[str] = set()
