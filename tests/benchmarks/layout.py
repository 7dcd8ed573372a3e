"""Layout at size: a made city on a grid with bands, clashes and walks to services, and the gap that is proved.

    python -m tests.benchmarks.layout --parcels 2000 --uses 8 [--contiguity] [--seconds 60]

A third of the parcels is locked. Uses are classes of GB 50137 as its CSV grades them: nuisance works and sensitive land
keep apart (neighbours for class 2, 300 m for class 3), dwellings have parkland within 500 m. With `--contiguity`
production and living are districts that grow from locked land. Prints value, bound, gap, rounds, wall and CPU seconds.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from geo_planner.algorithms.programs.allocation import Allocated, Allocation, Band, Clash, District, Need, allocate
from geo_planner.algorithms.programs.program import gap_of, timed
from geo_planner.plan.landuse import schemes

CELL = 200.0
ORDER = ("M1", "R2", "G1", "M3", "B1", "A3", "W1", "M2", "A5", "G2", "W3", "B2")
SHARES = (0.30, 0.24, 0.10, 0.05, 0.09, 0.07, 0.08, 0.07, 0.04, 0.04, 0.03, 0.03)


def city(parcels: int, uses: int, *, contiguity: bool = False, seed: int = 1) -> Allocation:
    """A grid of parcels of 2 to 4 ha whose works lie in the west, homes in the east, with noise between them."""
    random = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(parcels)))
    spot = CELL * np.column_stack(np.divmod(np.arange(parcels), side)).astype(float)
    classes = [schemes()["gb50137"].classes[code] for code in ORDER[:uses]]
    works = np.array([c.ple == "production" for c in classes])
    share = np.array(SHARES[:uses]) / sum(SHARES[:uses])
    west = spot[:, 0] / spot[:, 0].max() < works @ share
    odds = np.where(works == west[:, None], share, 0.06 * share)
    draw = (odds / odds.sum(axis=1, keepdims=True)).cumsum(axis=1)
    now = np.minimum((random.random((parcels, 1)) > draw).sum(axis=1), uses - 1)
    area, locked = random.uniform(2e4, 4e4, parcels), random.random(parcels) < 0.35
    allowed = np.ones((parcels, uses), dtype=bool)
    allowed[locked] = False
    allowed[np.arange(parcels), now] = True
    cost = np.where(np.arange(uses) == now[:, None], 0.0, area[:, None])
    return Allocation(
        area=area, now=now, allowed=allowed, cost=cost, links=_pairs(spot, 1.01 * CELL)[::2],
        bands=_bands(area, now, share), **_rules(spot, classes),
        districts=[
            District(ple, np.array([c.ple == ple for c in classes]), locked) for ple in ("production", "living")
        ] if contiguity else [],
    )  # fmt: skip


def _bands(area: np.ndarray, now: np.ndarray, share: np.ndarray) -> list[Band]:
    """Each use within a tenth of its target, which lies off today's share by a fifth, up and down in turn."""
    total = area.sum()
    today = np.bincount(now, area, len(share)) / total
    wanted = today * np.where(np.arange(len(share)) % 2, 0.8, 1.2)
    wanted /= wanted.sum()
    mask = np.eye(len(share), dtype=bool)
    return [Band(ORDER[k], mask[k], 0.97 * w * total, 1.03 * w * total) for k, w in enumerate(wanted)]


def _pairs(spot: np.ndarray, reach: float) -> np.ndarray:
    """Both directions of each pair, one after the other."""
    found = cKDTree(spot).query_pairs(reach, output_type="ndarray")
    found = found[np.lexsort(found.T[::-1])]
    return np.stack([found, found[:, ::-1]], axis=1).reshape(-1, 2)


def _rules(spot: np.ndarray, classes: list[Any]) -> dict[str, Any]:
    nuisance = np.array([c.meaning.nuisance for c in classes])
    homes = np.array([c.meaning.sensitive == "yes" for c in classes])
    near, far, walk = (_pairs(spot, reach) for reach in (1.01 * CELL, 300.0, 500.0))
    parks, live = (np.array([getattr(c.meaning, m) == "yes" for c in classes]) for m in ("parkland", "dwelling"))
    clashes = [Clash("class 2", near, nuisance == "class2", homes), Clash("class 3", far, nuisance == "class3", homes)]
    return {"clashes": clashes, "needs": [Need("park within 500 m", walk, live, parks)]}


def main() -> None:
    """Solve one size and print a line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parcels", type=int, default=2000)
    parser.add_argument("--uses", type=int, default=8, choices=range(4, len(ORDER) + 1))
    parser.add_argument("--contiguity", action="store_true")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--gap", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cpu", action="store_true", help="count CPU seconds instead of the clock's")
    asked = parser.parse_args()
    land = city(asked.parcels, asked.uses, contiguity=asked.contiguity, seed=asked.seed)
    begun, cpu = time.monotonic(), time.process_time()
    clock = time.process_time if asked.cpu else time.monotonic
    found: Allocated = allocate(land, timed(asked.seconds, clock, gap=asked.gap))
    print(
        f"{asked.parcels} parcels, {asked.uses} uses{', districts' if asked.contiguity else ''}, "
        f"{found.program.rows.shape[0]} rows: {found.status}, {found.value:.0f} m² changed, bound {found.bound:.0f}, "
        f"gap {100 * gap_of(found.value, found.bound):.3f} %, {found.rounds} rounds, "
        f"wall {time.monotonic() - begun:.1f} s, CPU {time.process_time() - cpu:.1f} s"
    )


if __name__ == "__main__":
    main()
