"""A stylised 1+5: a core park and five county parks in three zones, as small CSV files with faults across borders.

Schematic, not a real network. The same bytes every time.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import shapely
from pyproj import Transformer

SIDE = 200.0
"""Metres of a parcel's side; a park is four parcels wide and three high."""

CROSS_FAULTS: tuple[tuple[str, str], ...] = (
    (
        "DA903",
        "county E claims a strip of 20 m along the core park's eastern edge: E-01, E-05 and E-09 over K-04, K-08, K-12",
    ),
    ("ST701", "county E's works with heavy pollution E-05 stand against the core park's homes K-08"),
    ("shared source", "core and county E both count the water works W-K, which is one works at one place"),
    ("shortage", "county C has no power to spare (its substation is too small), county A has"),
    ("division", "county B does exactly what the core park does: the same lead industry"),
)
"""What is wrong between the parks, for tests and for readers."""


@dataclass(frozen=True)
class _Recipe:
    """One park: its letter, names, role, zone, south-west corner in degrees, industry and capacities."""

    letter: str
    zh: str
    role: str
    crs: str
    corner: tuple[float, float]
    industry: str
    power_kw: float


# fmt: off
PARKS: tuple[_Recipe, ...] = (
    _Recipe("K", "核心园区", "core", "EPSG:4527", (118.2500, 33.9500), "39", 90_000.0),
    _Recipe("A", "甲县园", "county", "EPSG:4527", (118.3500, 33.6000), "17", 90_000.0),
    _Recipe("B", "乙县园", "county", "EPSG:4528", (118.7500, 34.1000), "39", 90_000.0),
    _Recipe("C", "丙县园", "county", "EPSG:4528", (118.7000, 33.5000), "30", 2_000.0),
    _Recipe("D", "丁县园", "county", "EPSG:4498", (118.0000, 34.2000), "13", 90_000.0),
    _Recipe("E", "戊县园", "county", "EPSG:4498", (0.0, 0.0), "26", 90_000.0),
)
# fmt: on
_CODES = ("M1", "M1", "M1", "G1", "M1", "M1", "B1", "R2", "M1", "G1", "R2", "R2")
_HEAD = "id,name,park,code,scheme,industry,jobs,people,released,contract_start,start,finish,used,tax_wan,wkt"


def network_files() -> dict[str, str]:
    """Return every file of the sample network by its path from the workspace: layers, scenarios, the portfolio."""
    out: dict[str, str] = {}
    for recipe in PARKS:
        x, y = _corner(recipe)
        folder = f"layers/network/{recipe.letter}"
        boundary = shapely.box(x, y, x + 4 * SIDE, y + 3 * SIDE)
        park = f'{recipe.letter},{recipe.zh},{recipe.role},"{_wkt(boundary)}"'
        out[f"{folder}/parks.csv"] = f"id,name,role,wkt\n{park}\n"
        out[f"{folder}/parcels.csv"] = "\n".join([_HEAD, *_parcels(recipe, x, y)]) + "\n"
        out[f"{folder}/sources.csv"] = "\n".join(["id,kind,capacity,start,finish,wkt", *_sources(recipe, x, y)]) + "\n"
        out[f"scenarios/network/{recipe.letter}.toml"] = _scenario(recipe)
    out["scenarios/network/portfolio.toml"] = _portfolio()
    out["layers/network/FAULTS.md"] = "# Faults planted across borders\n\n" + "".join(
        f"- {c}: {t}.\n" for c, t in CROSS_FAULTS
    )
    return out


def write_network(folder: Path) -> list[Path]:
    """Write the sample network into a workspace and return the paths."""
    paths = []
    for name, text in network_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def _corner(recipe: _Recipe) -> tuple[float, float]:
    """Return the south-west corner in the park's zone; county E begins 20 m inside the core park's eastern edge."""
    if recipe.letter != "E":
        return _turned(*recipe.corner, "EPSG:4490", recipe.crs)
    core = PARKS[0]
    x, y = _corner(core)
    return _turned(x + 4 * SIDE - 20.0, y, core.crs, recipe.crs)


def _turned(x: float, y: float, source: str, target: str) -> tuple[float, float]:
    east, north = Transformer.from_crs(source, target, always_xy=True).transform(x, y)
    return round(float(east), 2), round(float(north), 2)


def _wkt(shape: shapely.Geometry) -> str:
    return str(shapely.to_wkt(shape, rounding_precision=2))


def _parcels(recipe: _Recipe, x: float, y: float) -> list[str]:
    codes = list(_CODES)
    if recipe.letter == "E":
        codes[4], codes[7] = "M3", "M1"
    rows = []
    for k, code in enumerate(codes):
        column, row = k % 4, k // 4
        west, south = x + column * SIDE, y + row * SIDE
        shape = _wkt(shapely.box(west, south, west + SIDE, south + SIDE))
        works, homes = code.startswith("M"), code.startswith("R")
        year = 2012 + row * 3 + (1 if homes else 0)
        begun = k != 8
        days = (f"{year}-01-10", f"{year}-06-01", f"{year}-07-01", f"{year + 1}-09-01", f"{year + 1}-12-01")
        dates = ",".join(days) if begun else f"{year}-01-10,{year}-06-01,,,"
        industry, jobs, tax = (recipe.industry, "600", "900") if works else ("", "", "")
        people = "1800" if homes else ""
        head = f"{recipe.letter}-{k + 1:02d},,{recipe.letter},{code},gb50137,{industry},{jobs},{people}"
        rows.append(f'{head},{dates},{tax},"{shape}"')
    return rows


def _sources(recipe: _Recipe, x: float, y: float) -> list[str]:
    rows = [
        f'S-{recipe.letter},sewer,9000,2010-01-01,2011-06-01,"POINT ({x + 20:.2f} {y + 20:.2f})"',
        f'P-{recipe.letter},power,{recipe.power_kw:.0f},2010-01-01,2011-06-01,"POINT ({x + 40:.2f} {y + 20:.2f})"',
    ]
    core = PARKS[0]
    place = _corner(core)
    if recipe.letter in {"K", "E"}:
        place = _turned(place[0] + 700, place[1] + 60, core.crs, recipe.crs)
    else:
        place = (x + 60, y + 20)
    name = "W-K" if recipe.letter in {"K", "E"} else f"W-{recipe.letter}"
    return [*rows, f'{name},water,12000,2010-01-01,2011-06-01,"POINT ({place[0]:.2f} {place[1]:.2f})"']


def _scenario(recipe: _Recipe) -> str:
    return (
        f'# One park of the sample network, in its own zone ({recipe.crs}); schematic.\nname = "{recipe.letter}"\n'
        f'title = {{ zh = "{recipe.zh}（示意）", en = "Park {recipe.letter} (schematic)" }}\n'
        f'layers = "../../layers/network/{recipe.letter}"\ncrs = "{recipe.crs}"\nas_of = 2026-06-30\nschematic = true\n'
    )


def _portfolio() -> str:
    files = ", ".join(f'"{r.letter}.toml"' for r in PARKS)
    return (
        "# The sample network: a core park and five county parks.\n"
        "#   geo-planner portfolio scenarios/network/portfolio.toml -o maps/network\n"
        'name = "network"\n'
        'title = { zh = "“1+5”园区网络（示意样例）", en = "1+5 network of parks (schematic sample)" }\n'
        f'scenarios = [{files}]\nnetwork_crs = "EPSG:4527"\n\n'
        "[parks.K]                 # figures that no layer holds, each with its source\n"
        'value_added = { value = 11.2, source = "example figure, not a statistic" }\n'
    )
