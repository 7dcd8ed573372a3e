"""The Gantt of many works in a real browser: `python -m tests.benchmarks.gantt_speed [--works 10000]`.

A synthetic park of that many dated pipes is written as a page with a repair (a third of them moved) and opened without a
network. Told are the seconds of the page's main thread (CPU) until the Gantt stands, for each step of scrolling from its
top to its end, for a change of grouping and for selecting a work; requests and errors. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo_planner.plan import Edit, Plan
from geo_planner.show import Extras, write_map
from tests.benchmarks.chromium import opened

STEPS = 200


def park(works: int) -> tuple[Plan, tuple[Edit, ...]]:
    """Pipes in rows of a hundred, one after another over twenty years, and edits that put off every third."""
    k = np.arange(works)
    x, y = 39_535_000.0 + 60 * (k % 100), 3_757_000.0 + 40 * (k // 100)
    start = pd.Timestamp("2006-01-01") + pd.to_timedelta((k * 37) % 7300, unit="D")
    frame = gpd.GeoDataFrame(
        {
            "id": [f"P{i}" for i in k],
            "kind": np.array(["water", "sewer", "gas", "power"])[k % 4],
            "start": start,
            "finish": start + pd.Timedelta(days=40),
        },
        geometry=shapely.linestrings(np.stack([np.c_[x, y], np.c_[x + 50, y]], axis=1)),
        crs="EPSG:4527",
    )
    later = (frame["finish"] + pd.Timedelta(days=60)).dt.strftime("%Y-%m-%d")
    edits = tuple(Edit("retime", "pipes", f"P{i}", {"finish": later[i]}) for i in range(0, works, 3))
    return Plan(name="many", crs="EPSG:4527", layers={"pipes": frame}), edits


def measured(path: Path) -> dict[str, Any]:
    """What the browser needs: CPU seconds of the main thread for each of the hands."""
    with opened(path) as seen:
        page, busy = seen.page, seen.busy

        def spent(script: str, wait: str = "") -> float:
            before = busy()
            page.evaluate(script)
            while wait and not page.evaluate(wait):
                time.sleep(0.02)
            page.evaluate("() => new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")
            return busy() - before

        told = {"open_s": round(spent("GP.set({dock: true})", "GP.ganttState().rows > 0"), 3)}
        told["rows"] = page.evaluate("GP.ganttState().rows")
        page.click("[aria-label='放大或缩小进度图'], [title='放大或缩小进度图']")
        scroll = (
            "() => new Promise(done => { const v = document.querySelector('.gp-gantt-view'); let k = 0; const on = () => {"
            f"if (k++ >= {STEPS}) return done(); v.scrollTop = (v.scrollHeight * k) / {STEPS};"
            "requestAnimationFrame(on); }; on(); })"
        )
        told["scroll_step_ms"] = round(1000 * spent(scroll) / STEPS, 2)
        regroup = "s => { s.value = 'kind'; s.dispatchEvent(new Event('change')); }"
        before = busy()
        page.eval_on_selector("#gp-gantt-by", regroup)
        told["regroup_s"] = round(busy() - before, 3)
        told["select_s"] = round(spent("GP.set({select: {layer: GP.mainLayer('pipes', 'P77'), id: 'P77'}})"), 3)
        told |= {"asked": len(seen.asked), "errors": seen.errors}
    return told


def main(arguments: list[str] | None = None) -> int:
    """Write the page, open it, tell what it takes; 1 where it asked for anything or complained."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--works", type=int, default=10_000)
    works = parser.parse_args(arguments).works
    with tempfile.TemporaryDirectory() as folder:
        plan, edits = park(works)
        path = Path(folder) / "map.html"
        write_map(plan, None, path, extras=Extras(fixes=edits))
        told = {"works": works, "page_mb": round(path.stat().st_size / 1e6, 2)} | measured(path)
    print(json.dumps(told))
    return 1 if told["asked"] or told["errors"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
