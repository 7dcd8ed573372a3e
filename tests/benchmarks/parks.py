"""CPU seconds of many parks under many variants on one board: python -m tests.benchmarks.parks [PARKS] [VARIANTS].

Each park is a synthetic city of 500 parcels (`../shared/bench/city.py`, its own seed and place). Beside the one study
stand single runs: some pairs of a park and a variant, each read and judged with nothing kept, their mean times all pairs.
The last line is one JSON object.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType

from geo_planner.read.scenario import read_scenario
from geo_planner.show.documents.board import write_board
from geo_planner.study.portfolio import run_portfolio
from geo_planner.study.run import run_scenario
from geo_planner.work import Memory, Work
from tests.shared import SHARED

PARCELS, APART, SINGLES = 500, 12_000.0, 12
KINDS = ("water", "sewer", "storm", "power", "gas", "telecom")


def _cities() -> ModuleType:
    spec = importlib.util.spec_from_file_location("city", SHARED / "bench" / "city.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules["city"] = made
    spec.loader.exec_module(made)
    return made


def write_parks(folder: Path, parks: int, variants: int) -> Path:
    """Write the layers of every park, its scenario, and the portfolio of all of them."""
    city = _cities()
    for k in range(parks):
        frames = city.City(PARCELS, seed=100 + k).frames()
        (folder / f"p{k:03d}").mkdir()
        for name in sorted(set(frames) & {"parcels", "roads", "pipes", "sources", "facilities"}):
            frame = frames[name].copy()
            frame = frame.drop(columns=[c for c in ("park_id",) if c in frame.columns])
            frame.geometry = frame.geometry.translate(APART * (k % 15), APART * (k // 15))
            frame.to_file(folder / f"p{k:03d}" / f"{name}.gpkg")
        text = f'name = "p{k:03d}"\nlayers = "p{k:03d}"\nas_of = 2026-06-30\n'
        (folder / f"p{k:03d}.toml").write_text(text, encoding="utf-8")
    names = ", ".join(f'"p{k:03d}.toml"' for k in range(parks))
    (folder / "portfolio.toml").write_text(f"scenarios = [{names}]\n" + "".join(map(_variant, range(variants))))
    return folder / "portfolio.toml"


def _edit(k: int) -> str:
    """One kind of pipe later or earlier by some months, or the first use of some land."""
    where = f"kind == '{KINDS[k % 6]}'" if k % 7 else "startswith(id, 'P')"
    layer = "pipes" if k % 7 else "parcels"
    where = where if k % 7 else "start > '2018-01-01'"
    return f'kind = "retime"\nlayer = "{layer}"\nwhere = "{where}"\nvalue = {{ shift_days = {(k + 1) * 30} }}\n'


def _variant(k: int) -> str:
    return f'[[variants]]\nname = "v{k:02d}"\n[[variants.edits]]\n{_edit(k)}'


def _single(folder: Path, k: int, variant: int) -> float:
    path = folder / f"single_{k}_{variant}.toml"
    path.write_text(f'name = "s"\nbase = "p{k:03d}.toml"\n[[edits]]\n{_edit(variant)}', encoding="utf-8")
    began = _cpu()
    run_scenario(read_scenario(path), work=Work(store=Memory()))
    return _cpu() - began


def _cpu() -> float:
    return sum(os.times()[:4])


def main() -> None:
    """Write, run and print."""
    parks, variants = (int(a) for a in (sys.argv[1:] + ["20", "20"][len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = write_parks(folder, parks, variants)
        singles = [_single(folder, k % parks, (k * 5) % variants) for k in range(SINGLES + 1)][1:]  # the first warms up
        began, wall = _cpu(), time.perf_counter()
        board = run_portfolio([path])
        judged, files = _cpu() - began, write_board(board, folder / "out")
        total = _cpu() - began
        pairs = parks * (variants + 1)
        touched = sum(told["touched"] for one in board["variants"] for told in one["parks"].values())
        print(
            json.dumps(
                {
                    "parks": parks, "variants": variants, "pairs": pairs, "touched": touched,
                    "study_cpu_s": round(total, 1), "judged_cpu_s": round(judged, 1),
                    "study_wall_s": round(time.perf_counter() - wall, 1),
                    "single_cpu_s": round(sum(singles) / len(singles), 3),
                    "all_singles_cpu_s": round(sum(singles) / len(singles) * pairs, 1),
                    "share": round(total / (sum(singles) / len(singles) * pairs), 3),
                    "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3),
                    "bytes": sum(file.stat().st_size for file in files),
                }
            )
        )  # fmt: skip


if __name__ == "__main__":
    main()
