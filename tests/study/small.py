"""A park of three parcels on disk, and scenarios that stand on it: what tests of studies run."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import shapely

ROWS = {
    "id": ["A", "B", "C"],
    "code": ["M1", "R2", "G1"],
    "scheme": "gb50137",
    "park": "K",
    "start": ["2010-01-01", "2012-01-01", "2010-01-01"],
    "used": ["2011-01-01", "2013-01-01", None],
    "released": [None, "2011-06-01", None],
}


REGISTER = """
[parameters.IN303.history_from]
value = "1900-01-01"
unit = "date"
source = "the park's register is complete from its founding on"
"""
"""Who was first can be told where the records are complete from a day on."""


def write_park(folder: Path, *, at: float = 500_000, crs: str = "EPSG:4548") -> Path:
    """Write one hectare each of works, homes (released after the works produce) and park."""
    folder.mkdir(parents=True, exist_ok=True)
    shapes = [shapely.box(at + 100 * k, 3_700_000, at + 100 * k + 100, 3_700_100) for k in range(3)]
    gpd.GeoDataFrame(ROWS, geometry=shapes, crs=crs).to_file(folder / "parcels.gpkg")
    return folder / "parcels.gpkg"


def write_scenario(path: Path, text: str) -> Path:
    """Write a scenario file and return its path."""
    path.write_text(text, encoding="utf-8")
    return path


def write_pair(folder: Path) -> tuple[Path, Path]:
    """Write a sound base and a scenario in which homes are released 400 days earlier, before the works produce."""
    write_park(folder)
    base = write_scenario(folder / "now.toml", 'name = "now"\nlayers = "parcels.gpkg"\nas_of = 2026-06-30\n' + REGISTER)
    early = write_scenario(
        folder / "early.toml",
        'name = "early"\nbase = "now.toml"\n[[edits]]\nkind = "retime"\nlayer = "parcels"\nwhere = "code == \'R2\'"\n'
        'value = { released = "2010-06-01" }\n',
    )
    return base, early
