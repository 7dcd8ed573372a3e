"""Speed of the map page against its budgets: `python -m tests.benchmarks.map_speed [N ...] [--peers]`.

Prints one row a size: seconds of CPU and memory to write the file, bytes a polygon, CPU of the browser's main thread
until it is quiet, frame times while panning, JavaScript heap, rows of the list, requests that left the page, and
console errors; the browser runs with the network shut and without a GPU. CPU, not wall time, because the machine
may be shared. `--peers` adds folium.GeoJson and geopandas explore() (which needs mapclassify) on the same polygons up to 10,000: they ask the
network for their libraries, so only writing and size can be told of them here.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from tests.benchmarks.chromium import opened

BUDGET = {10_000: 0.4, 100_000: 0.8, 500_000: 1.5}
ATTRIBUTES = ("id", "name", "code", "phase", "far", "start")


def parcels(n: int) -> gpd.GeoDataFrame:
    """N parcels of about 60 x 60 m with four to eight corners and six attributes, on a grid with streets."""
    rng = np.random.default_rng(7)
    side = int(np.ceil(np.sqrt(n)))
    k = np.arange(n)
    x, y = 39_500_000.0 + (k % side) * 75.0, 3_740_000.0 + (k // side) * 75.0
    shapes = np.empty(n, object)
    corners = rng.integers(4, 9, n)
    for count in range(4, 9):
        at = np.flatnonzero(corners == count)
        angle = np.linspace(0, 2 * np.pi, count, endpoint=False)[None, :] + rng.uniform(-0.2, 0.2, (len(at), count))
        xy = np.stack([x[at, None] + 34 * np.cos(angle), y[at, None] + 34 * np.sin(angle)], axis=2)
        shapes[at] = shapely.polygons(xy)
    start = np.datetime64("2006-01-01") + rng.integers(0, 6000, n).astype("timedelta64[D]")
    return gpd.GeoDataFrame(
        {
            "id": np.char.add("P", np.char.zfill(k.astype(str), 6)),
            "name": np.char.add("地块 ", k.astype(str)),
            "code": rng.choice(["M1", "M2", "R2", "B1", "G1", "W1"], n),
            "scheme": "gb50137",
            "phase": rng.choice(["一期", "二期", "三期"], n),
            "far": rng.uniform(0.5, 2.5, n).round(2),
            "start": start.astype("datetime64[ms]"),
        },
        geometry=shapes,
        crs=4527,
    )


def write(n: int, path: Path) -> dict[str, float]:
    """Write the page of n parcels; CPU and memory of the writing alone (the frame is built before)."""
    from geo_planner.plan import Plan
    from geo_planner.show import write_map

    plan = Plan(name="bench", crs="EPSG:4527", layers={"parcels": parcels(n)})
    began = time.process_time()
    write_map(plan, None, path)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return {
        "write_cpu_s": round(time.process_time() - began, 2),
        "rss_gb": round(peak, 2),
        "mb": path.stat().st_size / 1e6,
    }


def write_peer(name: str, n: int, path: Path) -> dict[str, float]:
    """Write the same polygons with folium.GeoJson or explore()."""
    import folium

    frame = parcels(n).assign(start=lambda f: f["start"].astype(str))
    began = time.process_time()
    if name == "folium.GeoJson":
        page = folium.Map(tiles=None, prefer_canvas=True)
        folium.GeoJson(frame.to_crs(4326), tooltip=folium.GeoJsonTooltip(list(ATTRIBUTES))).add_to(page)
    else:
        page = frame.explore(tiles=None, prefer_canvas=True)
    page.save(str(path))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return {
        "write_cpu_s": round(time.process_time() - began, 2),
        "rss_gb": round(peak, 2),
        "mb": path.stat().st_size / 1e6,
    }


def open_page(path: Path) -> dict[str, float]:
    """Open the page without a network; main-thread CPU until quiet, pan frames, heap, rows."""
    with opened(path) as seen:
        time.sleep(1.2)
        busy = seen.busy()
        seen.cdp.send("HeapProfiler.collectGarbage")
        heap = seen.cdp.send("Runtime.getHeapUsage")
        frames = _pan(seen.page)
        rows = seen.page.evaluate("document.querySelectorAll('.gp-row').length")
    used = (heap["usedSize"] + heap.get("backingStorageSize", 0)) / 1e6
    return {
        "main_cpu_s": round(busy, 2),
        "pan_p95_ms": frames,
        "heap_mb": round(used),
        "rows": rows,
        "asked": len(seen.asked),
        "errors": len(seen.errors),
    }


def _pan(page: Any) -> float:
    page.evaluate("""() => { window.gaps = []; let last = performance.now();
      const tick = t => { window.gaps.push(t - last); last = t; if (window.gaps) requestAnimationFrame(tick); }; requestAnimationFrame(tick); }""")
    page.mouse.move(800, 350)
    page.mouse.down()
    for k in range(60):
        page.mouse.move(800 + 200 * np.sin(k / 9.5), 350 + 120 * np.sin(k / 6))
    page.mouse.up()
    gaps = page.evaluate("window.gaps")
    return round(float(np.percentile(gaps[2:], 95)), 1)


def main() -> None:
    """Measure the sizes asked for, each writing in a process of its own."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000, 500_000])
    ask.add_argument("--peers", action="store_true")
    ask.add_argument("--write", nargs=3, help=argparse.SUPPRESS)
    given = ask.parse_args()
    if given.write:
        name, n, path = given.write
        job = write(int(n), Path(path)) if name == "geo_planner" else write_peer(name, int(n), Path(path))
        print(json.dumps(job))
        return
    print(
        "tool              polygons  write CPU s  RSS GB   MB file  B/polygon  main CPU s (budget)  pan p95 ms  heap MB  rows  requests  errors"
    )
    for n in given.sizes:
        for name in ["geo_planner", *(["folium.GeoJson", "explore"] if given.peers and n <= 10_000 else [])]:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "map.html"
                command = [sys.executable, "-m", "tests.benchmarks.map_speed", "--write", name, str(n), str(path)]
                done = subprocess.run(command, check=False, capture_output=True, text=True)
                if done.returncode:
                    print(f"{name:<16}{n:>10}  not measured: {done.stderr.strip().splitlines()[-1]}", flush=True)
                    continue
                told = json.loads(done.stdout)
                line = f"{name:<16}{n:>10}{told['write_cpu_s']:>13}{told['rss_gb']:>8}{told['mb']:>10.2f}{told['mb'] * 1e6 / n:>11.1f}"
                if name == "geo_planner":
                    seen = open_page(path)
                    line += f"{seen['main_cpu_s']:>12} ({BUDGET.get(n, 0)}){seen['pan_p95_ms']:>12}{seen['heap_mb']:>9}{seen['rows']:>6}"
                    line += f"{seen['asked']:>10}{seen['errors']:>8}"
                print(line, flush=True)


if __name__ == "__main__":
    main()
