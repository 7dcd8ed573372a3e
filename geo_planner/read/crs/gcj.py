"""GCJ-02 and BD-09, the shifted coordinates of Chinese web maps, by the widely published approximation.

WGS 84 → GCJ-02 → BD-09 is the chain; the way back is found by iteration to 1e-9 degrees. CGCS2000 counts as WGS 84
here.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

Array = np.ndarray[Any, Any]
Datum = Literal["gcj02", "bd09"]

_A, _EE = 6378245.0, 0.00669342162296594323
_BD = np.pi * 3000.0 / 180.0


def to_gcj(lon: Array, lat: Array) -> tuple[Array, Array]:
    """Return GCJ-02 for WGS 84, in degrees."""
    x, y = lon - 105.0, lat - 35.0
    wave = (20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y**2 + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + wave
    north += (20 * np.sin(y * np.pi) + 40 * np.sin(y / 3 * np.pi)) * 2 / 3
    north += (160 * np.sin(y / 12 * np.pi) + 320 * np.sin(y * np.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + wave
    east += (20 * np.sin(x * np.pi) + 40 * np.sin(x / 3 * np.pi)) * 2 / 3
    east += (150 * np.sin(x / 12 * np.pi) + 300 * np.sin(x / 30 * np.pi)) * 2 / 3
    phi = np.radians(lat)
    magic = 1 - _EE * np.sin(phi) ** 2
    root = np.sqrt(magic)
    dlat = north * 180 / ((_A * (1 - _EE)) / (magic * root) * np.pi)
    dlon = east * 180 / (_A / root * np.cos(phi) * np.pi)
    return lon + dlon, lat + dlat


def to_bd(lon: Array, lat: Array) -> tuple[Array, Array]:
    """Return BD-09 for GCJ-02 (never for WGS 84), in degrees."""
    reach = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD)
    return reach * np.cos(angle) + 0.0065, reach * np.sin(angle) + 0.006


def to_wgs(lon: Array, lat: Array, datum: Datum) -> tuple[Array, Array]:
    """Return WGS 84 for GCJ-02 or BD-09, in degrees."""
    x, y = np.array(lon, float), np.array(lat, float)
    for _ in range(30):
        gx, gy = to_gcj(x, y)
        if datum == "bd09":
            gx, gy = to_bd(gx, gy)
        dx, dy = lon - gx, lat - gy
        x, y = x + dx, y + dy
        if not dx.size or max(np.nanmax(np.abs(dx)), np.nanmax(np.abs(dy))) < 1e-10:
            break
    return x, y
