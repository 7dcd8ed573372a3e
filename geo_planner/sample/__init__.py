"""The demonstrator park as a deterministic recipe: what `demo` writes and `layers/susu/` holds.

A stylised park after public facts of 苏州宿迁工业园区; schematic, not the legal boundary. The same bytes every time.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import geopandas as gpd

from ..errors import OutputError
from . import layout
from .faults import FAULTS, faults_text, plant
from .network import CROSS_FAULTS, write_network

__all__ = ["CROSS_FAULTS", "FAULTS", "park_layers", "write_demo", "write_sample"]

SCENARIOS = {
    "susu_base.toml": "susu_base.toml",
    "early_housing.toml": "early_housing.toml",
    "early_housing.py": "early_housing_py.txt",
}
"""What the workspace holds in `scenarios/`, and the file in `data/` it is written from."""


def park_layers(*, planted: bool = True) -> dict[str, gpd.GeoDataFrame]:
    """Return the canonical layers in EPSG:4527, with the planted faults or sound."""
    layers = _drawn()
    if planted:
        layers = plant(layers)
    return {name: _placed(frame) for name, frame in layers.items()}


def write_sample(folder: Path) -> list[Path]:
    """Write the park's layers, grids and list of faults into the folder and return the paths."""
    from . import bureau, fabric

    folder.mkdir(parents=True, exist_ok=True)
    sound = _drawn()
    paths = bureau.write_layers(plant(sound), folder)
    affine = fabric.grid()[2]
    paths.append(bureau.write_grid(folder / "dem.tif", fabric.dem(), affine))
    for year in fabric.LANDCOVER_YEARS:
        paths.append(bureau.write_grid(folder / f"landcover_{year}.tif", fabric.landcover(sound, year), affine))
    listed = folder / "FAULTS.md"
    listed.write_text(faults_text(), encoding="utf-8")
    return [*paths, listed]


def write_demo(folder: Path) -> list[Path]:
    """Write a workspace to start from (a park, a network of parks, scenarios, an empty `maps/`) and return the paths.

    Raises
    ------
    OutputError
        The folder holds something already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        msg = f"{folder} is not empty; name a folder that does not exist yet, so that nothing of yours is written over."
        raise OutputError(msg)
    paths = write_sample(folder / "layers" / "susu")
    for name in ("scenarios", "maps"):
        (folder / name).mkdir()
    for name, kept in SCENARIOS.items():
        text = resources.files(__package__).joinpath("data", kept).read_text(encoding="utf-8")
        path = folder / "scenarios" / name
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return [*paths, *write_network(folder)]


def _drawn() -> dict[str, gpd.GeoDataFrame]:
    from . import fabric, parcels, utilities

    return {
        "parks": fabric.park(),
        "parcels": parcels.parcels(),
        "buildings": fabric.buildings(),
        "roads": utilities.roads(),
        "pipes": utilities.pipes(),
        "sources": utilities.sources(),
        "facilities": fabric.facilities(),
        "approvals": parcels.approvals(),
        "control_lines": fabric.control_lines(),
        "excavations": fabric.excavations(),
        "noise_zones": fabric.noise_zones(),
    }


def _placed(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    shapes = layout.to_world(frame.geometry.to_numpy())
    return frame.set_geometry(gpd.GeoSeries(list(shapes), index=frame.index, crs=layout.CRS))
