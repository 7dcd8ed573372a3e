"""Siting at size: a made plan of open works parcels and a list of projects, with the gap that is proved.

    python -m tests.benchmarks.siting_speed --projects 2000 --parcels 5000 --seconds 30

Prints placed, gap of the worth, wall and CPU seconds. Power, water and gas are scarce at nine tenths of what all need.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd
import shapely

from geo_planner.algorithms.programs.program import timed
from geo_planner.checks.contract import mini
from geo_planner.improve.siting import propose_siting
from geo_planner.plan import Plan, Profile


def plan_of(parcels: int, need: dict[str, float], seed: int = 1) -> Plan:
    """Open works parcels of 0.5 to 6 ha on a grid, a few homes, and one source of each utility."""
    random = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(parcels)))
    width = random.uniform(50, 240, parcels)
    code, chain = random.choice(["M1", "M2", "M3"], parcels), random.choice(["车", "电", "药", "食"], parcels)
    rows = []
    for k in range(parcels):
        x, y = 300.0 * (k % side), 300.0 * (k // side)
        home = k % 97 == 0
        rows.append(
            {
                "id": f"L{k:05d}", "code": "R2" if home else code[k], "scheme": "gb50137", "park": "K",
                "wkt": shapely.box(x, y, x + width[k], y + 250).wkt, "industry": chain[k],
            } | ({"start": "2010-01-01", "used": "2012-01-01"} if home else {})
        )  # fmt: skip
    sources = [
        {"id": kind, "kind": kind, "capacity": 0.9 * total, "finish": "2010-01-01", "wkt": "POINT (-500 -500)"}
        for kind, total in need.items()
    ]
    return mini(as_of="2026-06-30", parcels=rows, sources=sources).plan


def projects_of(many: int, seed: int = 2) -> pd.DataFrame:
    """Projects of 0.4 to 4 ha with what they draw, by class, chain, priority and wanted quarter."""
    random = np.random.default_rng(seed)
    area = random.uniform(4e3, 4e4, many)
    wanted = pd.to_datetime("2026-12-31") + pd.to_timedelta(random.integers(0, 8, many) * 91, unit="D")
    return pd.DataFrame(
        {
            "id": [f"P{k:05d}" for k in range(many)], "name": "", "area": area, "far": np.nan,
            "power": np.round(area * random.uniform(0.01, 0.05, many)), "water": np.round(area * 0.008, 1),
            "gas": np.round(area * random.uniform(0, 0.004, many), 1), "heat": np.nan, "sewer": np.nan,
            "nuisance": random.integers(1, 4, many), "hazard": "", "use": "", "chain": random.choice(["车", "电", "药"], many),
            "people": np.nan, "wanted": wanted, "priority": random.integers(1, 4, many).astype(float),
        }
    )  # fmt: skip


def main() -> None:
    """Solve one size and print a line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projects", type=int, default=2000)
    parser.add_argument("--parcels", type=int, default=5000)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--cpu", action="store_true", help="count CPU seconds instead of the clock's")
    wanted = parser.parse_args()
    projects = projects_of(wanted.projects)
    need = {kind: float(projects[kind].sum()) for kind in ("power", "water", "gas")}
    plan, clock = plan_of(wanted.parcels, need), time.process_time if wanted.cpu else time.monotonic
    begun, cpu = time.monotonic(), time.process_time()
    found = propose_siting(plan, projects, Profile(name="default"), timed(wanted.seconds, clock, gap=1e-3))
    print(
        f"{wanted.projects} projects, {wanted.parcels} parcels: {found.args['placed']} placed, "
        f"gap {100 * float(str(found.args['gap_worth'])):.3f} %, wall {time.monotonic() - begun:.1f} s, "
        f"CPU {time.process_time() - cpu:.1f} s"
    )


if __name__ == "__main__":
    main()
