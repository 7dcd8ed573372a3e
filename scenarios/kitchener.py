"""A real water network with real installation dates: since when could each building have had water.

    python scenarios/kitchener.py kitchener_underground.gpkg

The file holds 666 mains of Kitchener, Ontario (521 with an installation date from the city's register), the one fixed
head that feeds them, and 2,891 building footprints without dates. Two things are assumed and said: the fixed head was
there before the first main, and valves (drawn as gaps of a metre) are open, hence the snapping tolerance of 1.5 m. What
depends on a main without a date is unknown, not late. A renewed main carries the date of its renewal: the answers
say since when the mains of today could have served, not since when people had water.
"""

from __future__ import annotations

import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geo_planner.facts.utilities import Service, Snap, service
from geo_planner.plan import Plan

SNAP = Snap(tolerance=1.5)
REACH = 60.0
"""m: a house connection is longer than the 30 m of a plot on a main."""


def kitchener(path: Path) -> Plan:
    """The network as a plan: mains as pipes, the fixed head as source, buildings as parcels."""
    mains, nodes, buildings = (gpd.read_file(path, layer=name) for name in ("utilities", "utility_nodes", "buildings"))
    pipes = mains[["id", "material", "geometry"]].assign(
        kind="water", finish=mains["start_date"], diameter_mm=mains["register_size_mm"]
    )
    heads = nodes.loc[nodes["table"] == "wn_fixed_head", ["id", "geometry"]]
    sources = heads.assign(kind="water", finish=pd.Timestamp("1900-01-01"))
    parcels = buildings.rename(columns={"building_id": "id"})[["id", "geometry"]].astype({"id": "str"})
    return Plan(name="kitchener", crs=str(mains.crs), layers={"pipes": pipes, "sources": sources, "parcels": parcels})


def table(found: Service) -> pd.DataFrame:
    """How many buildings are first served in each year, by what is known for sure and by what could be."""
    years = {name: found.frame[name].dt.year.value_counts().sort_index() for name in ("served", "could")}
    return pd.DataFrame(years).fillna(0).astype(int).rename_axis("year")


def main(path: Path) -> None:
    """Print the years of first service, and the mains that most buildings waited for last."""
    found = service(kitchener(path), "water", reach=REACH, snap=SNAP)
    frame = found.frame
    sure, maybe = frame["served"].notna().sum(), (frame["served"].isna() & frame["could"].notna()).sum()
    print(f"{len(frame)} buildings: {sure} with a known first day of water, {maybe} depend on a main without a date")
    print(table(found).to_string())
    waits = frame.groupby("bottleneck").size().sort_values(ascending=False, kind="stable").head(5)
    for main_id, count in waits.items():
        day = frame.loc[frame["bottleneck"] == main_id, "served"].iloc[0]
        print(f"main {main_id} ({day:%Y-%m-%d}) came last for {count} buildings")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
