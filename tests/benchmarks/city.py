"""The whole job on a synthetic city: `python -m tests.benchmarks.city --parcels N [N …] [--stages read,checks,files]`.

read → plan → facts → checks → verdict → files → page, stage by stage: seconds of CPU (of all threads and children) and
of wall, memory at its highest so far, bytes written. Each size runs in a process of its own. Beside it stand the floor
of the same run (layers read by Arrow, one pass over the areas, one query of boxes against themselves, one GeoParquet
written) and the plain way (geopandas overlay, networkx, folium) up to the size it can bear; with several sizes, the
exponents of growth. The city comes from `../shared/bench/city.py`; without it nothing is measured and that is said.
The last line is one JSON object with everything.
"""

from __future__ import annotations

import argparse
import functools
import gc
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.benchmarks.chromium import opened
from tests.shared import SHARED

STAGES = ("start", "read", "plan", "facts", "checks", "verdict", "files", "page")
PLAIN_MOST = 10_000
"""Parcels above which the plain way is not run: at 100,000 its overlay alone takes minutes and its page is 300 MB."""
Seen = dict[str, dict[str, float]]


def _cpu() -> float:
    return sum(os.times()[:4])


@contextmanager
def stage(name: str, seen: Seen) -> Iterator[None]:
    """Note CPU, wall and the highest memory so far of what is done inside."""
    cpu, wall = _cpu(), time.perf_counter()
    yield
    row = seen.setdefault(name, {"cpu_s": 0.0, "wall_s": 0.0})
    row["cpu_s"] = round(row["cpu_s"] + _cpu() - cpu, 3)
    row["wall_s"] = round(row["wall_s"] + time.perf_counter() - wall, 3)
    row["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, 1)


def _time_facts(seen: Seen) -> None:
    """Let every fact count its own time (the outermost of those that call one another) as a stage of its own."""
    from geo_planner.facts import registry

    name = next(n for n in ("fact", "per_plan") if hasattr(registry, n))
    plain, depth = getattr(registry, name), [0]

    def timed(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def inner(*args: Any, **more: Any) -> Any:
            if depth[0]:
                return function(*args, **more)
            depth[0] += 1
            try:
                with stage("facts", seen):
                    return function(*args, **more)
            finally:
                depth[0] -= 1

        return inner

    def fact(*args: Any, **more: Any) -> Any:
        made = plain(*args, **more)
        bare = len(args) == 1 and callable(args[0]) and not more
        return timed(made) if bare else lambda function: timed(made(function))

    setattr(registry, name, fact)


def whole_job(layers: Path, out: Path, stages: tuple[str, ...]) -> dict[str, Any]:
    """Everything `geo-planner check` does with all its files, stage by stage; facts are taken out of checks and verdict."""
    seen: Seen = {}
    with stage("start", seen):
        _time_facts(seen)
        from geo_planner import checks, show, verdict
        from geo_planner.cli.front import _RARELY

        gc.set_threshold(*_RARELY)  # as every command does
        from geo_planner.read import read_plan
        from geo_planner.read.profile import read_profile
    with stage("read", seen):
        plan = read_plan([layers], name="city")
    with stage("plan", seen):
        digest = plan.digest
    told: dict[str, Any] = {"stages": seen, "digest": digest, "parcels": len(plan.layers["parcels"])}
    if not set(stages) & {"facts", "checks", "verdict", "files", "page"}:
        return told
    inner, run = {"checks": 0.0}, checks.run

    def timed_run(*args: Any, **more: Any) -> Any:
        cpu, facts = _cpu(), seen.get("facts", {}).get("cpu_s", 0.0)
        report = run(*args, **more)
        inner["checks"] = _cpu() - cpu - (seen.get("facts", {}).get("cpu_s", 0.0) - facts)
        return report

    sys.modules["geo_planner.verdict.judge"].run = timed_run  # type: ignore[attr-defined]
    with stage("verdict", seen):
        report = verdict.judge(plan, read_profile("china"))
    facts = seen.get("facts", {}).get("cpu_s", 0.0)
    seen["checks"] = {**seen["verdict"], "cpu_s": round(inner["checks"], 3)}
    seen["verdict"]["cpu_s"] = round(seen["verdict"]["cpu_s"] - inner["checks"] - facts, 3)
    told["findings"], told["unknown"] = len(report.findings), len(report.unknown)
    told["dearest"] = {r.code: round(r.seconds, 2) for r in sorted(report.runs, key=lambda r: -r.seconds)[:6]}
    if set(stages) & {"files", "page"}:
        with stage("files", seen):
            written = show.write_outputs(plan, report, out)
        told["bytes"] = {path.name: path.stat().st_size for path in written}
        seen["files"]["bytes"] = sum(told["bytes"].values())
    if "page" in stages:
        told["page"] = open_page(out / "map.html")
        seen["page"] = {"cpu_s": told["page"]["main_cpu_s"], "wall_s": told["page"]["ready_s"]}
    return told


def open_page(path: Path) -> dict[str, float]:
    """Open the page without a network: CPU of its main thread until it is quiet, slider step, requests, errors."""
    with opened(path) as seen:
        busy = seen.busy()
        steps, drag, pan = _slider(seen.page), _drag(seen.page), _pan(seen.page)
    return {
        "main_cpu_s": round(busy, 2),
        "ready_s": round(seen.ready_s, 2),
        "slider_step_ms": steps,
        "drag_60_steps_s": drag,
        "pan_p95_ms": pan,
        "asked": len(seen.asked),
        "errors": len(seen.errors),
    }


def _slider(page: Any) -> float | None:
    """Milliseconds of one step of the date until that day is drawn, the mean of ten; None without dates.

    Outlines and dashes follow a moment after the last step and are not waited for.
    """
    return page.evaluate("""async () => {
      const r = document.getElementById('gp-time');
      if (!r || r.closest('[hidden]')) return null;
      const n = +r.max, began = performance.now();
      for (let k = 0; k < 10; k++) {
        r.value = Math.round(n * (k + 1) / 12); r.dispatchEvent(new Event('input'));
        do await new Promise(requestAnimationFrame); while (!(GP.surface.shown ? GP.surface.shown() : GP.surface.idle()));
      }
      return Math.round((performance.now() - began) / 10);
    }""")


def _drag(page: Any) -> float | None:
    """Seconds of a drag of the date over sixty days, one after the other, until the last is drawn; None without dates."""
    return page.evaluate("""async () => {
      const r = document.getElementById('gp-time');
      if (!r || r.closest('[hidden]')) return null;
      while (!GP.surface.idle()) await new Promise(requestAnimationFrame);
      const n = +r.max, began = performance.now();
      for (let k = 0; k < 60; k++) {
        r.value = Math.round(n * k / 60); r.dispatchEvent(new Event('input'));
        do await new Promise(requestAnimationFrame); while (!GP.surface.shown());
      }
      return Math.round(performance.now() - began) / 1000;
    }""")


def _pan(page: Any) -> float:
    """The 95th percentile of milliseconds between frames while the map is dragged a hundred steps, twice as near."""
    page.evaluate("GP.set({ day: null })")
    page.evaluate("GP.map.setZoom(GP.map.getZoom() + 1, { animate: false })")
    while not page.evaluate("GP.surface.idle()"):
        time.sleep(0.1)
    return page.evaluate("""async () => {
      const gaps = []; let last = performance.now();
      for (let k = 0; k < 100; k++) {
        GP.map.panBy([k < 50 ? 12 : -12, k % 20 < 10 ? 8 : -8], { animate: false });
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        gaps.push(now - last); last = now;
      }
      return Math.round(gaps.sort((a, b) => a - b)[95]);
    }""")


def floor(layers: Path, out: Path) -> Seen:
    """The least a program must do: read by Arrow, one area pass, one query of boxes, one GeoParquet."""
    import pyogrio
    import shapely

    seen: Seen = {}
    with stage("read", seen):
        frames = {p.stem: pyogrio.read_dataframe(p, use_arrow=True) for p in sorted(layers.glob("*.gpkg"))}
    parcels = frames["parcels"]
    with stage("areas", seen):
        parcels.geometry.area.sum()
    with stage("boxes", seen):
        boxes = shapely.box(*shapely.bounds(parcels.geometry.array).T)
        shapely.STRtree(boxes).query(boxes)
    with stage("write", seen):
        parcels.to_parquet(out / "floor.parquet", compression="zstd")
    return seen


def plain(layers: Path, out: Path) -> Seen:
    """The way of a script: geopandas overlay of the parcels with themselves, networkx for the pipes, folium for the map."""
    import folium
    import geopandas as gpd
    import networkx as nx

    seen: Seen = {}
    with stage("read", seen):
        parcels, pipes, zones = (gpd.read_file(layers / f"{n}.gpkg") for n in ("parcels", "pipes", "zones"))
    with stage("overlay", seen):
        gpd.overlay(parcels[["geometry"]], zones[["geometry"]], keep_geom_type=True).area.sum()
        pairs = gpd.sjoin(parcels[["geometry"]], parcels[["geometry"]])
        pairs = pairs[pairs.index < pairs["index_right"]]
        pairs.geometry.intersection(parcels.geometry.loc[pairs["index_right"]], align=False).area.sum()
    with stage("network", seen):
        for _, part in pipes.groupby("utility"):
            net = nx.Graph()
            net.add_edges_from(zip(part["u"], part["v"], strict=True))
            list(nx.connected_components(net))
    with stage("map", seen):
        page = folium.Map(prefer_canvas=True, tiles=None)
        for frame in (parcels, pipes, zones):
            folium.GeoJson(frame.to_crs(4326).to_json(default=str)).add_to(page)
        page.save(str(out / "plain.html"))
    seen["map"]["bytes"] = (out / "plain.html").stat().st_size
    return seen


def _alone(job: str, layers: Path, out: Path, stages: str) -> dict[str, Any]:
    """Run one job in a process of its own and return what it said."""
    command = [sys.executable, "-m", "tests.benchmarks.city", "--job", job, str(layers), str(out), "--stages", stages]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        return {"failed": (done.stderr.strip().splitlines() or ["killed"])[-1]}
    return dict(json.loads(done.stdout.splitlines()[-1]))


def exponents(runs: dict[int, Any]) -> dict[str, list[float]]:
    """How CPU grows with the parcels, stage by stage, from each size to the next: 1 is linear."""
    out: dict[str, list[float]] = {}
    for a, b in pairwise(sorted(runs)):
        for name in STAGES[1:]:
            one, two = (runs[n].get("stages", {}).get(name, {}).get("cpu_s", 0.0) for n in (a, b))
            if one > 0.02 and two > 0:
                out.setdefault(name, []).append(round(math.log(two / one) / math.log(b / a), 2))
    return out


def _print(n: int, told: dict[str, Any], more: dict[str, Seen]) -> None:
    print(
        f"\n{n:,} parcels, {told.get('findings', 0):,} findings\n{'stage':<16}{'CPU s':>9}{'wall s':>9}{'peak MB':>10}{'MB':>9}"
    )
    rows = [(name, told.get("stages", {}).get(name)) for name in STAGES]
    rows += [
        (f"{job} {name}", row) for job, seen in more.items() for name, row in seen.items() if isinstance(row, dict)
    ]
    for name, row in rows:
        if row:
            size = f"{row['bytes'] / 1e6:>9.2f}" if "bytes" in row else ""
            print(f"{name:<16}{row['cpu_s']:>9.2f}{row['wall_s']:>9.2f}{row.get('peak_mb', 0):>10.0f}{size}")
    print({k: told[k] for k in ("bytes", "page", "dearest", "failed") if k in told})


def measure(sizes: list[int], stages: str) -> None:
    """Measure the sizes and print a table each, and everything as one JSON object on the last line."""
    runs: dict[int, Any] = {}
    for n in sizes:
        with tempfile.TemporaryDirectory() as folder:
            layers, out = Path(folder) / "layers", Path(folder) / "out"
            out.mkdir()
            maker = [sys.executable, str(SHARED / "bench" / "city.py"), "--parcels", str(n), "--out", str(layers)]
            subprocess.run([*maker, "--formats", "gpkg"], check=True, capture_output=True)
            more = {"floor": _alone("floor", layers, out, "")}
            if n <= PLAIN_MOST:
                more["plain"] = _alone("plain", layers, out, "")
            told = _alone("whole", layers, out, stages)
        _print(n, told, more)
        runs[n] = told | more
    print(json.dumps({"runs": runs, "exponents": exponents(runs)}, ensure_ascii=False))


def main() -> None:
    """Measure what is asked for; the inner jobs are asked for by this program itself."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--parcels", nargs="+", type=int, default=[10_000])
    ask.add_argument("--stages", default=",".join(STAGES))
    ask.add_argument("--job", nargs=3, help=argparse.SUPPRESS)
    given = ask.parse_args()
    if given.job:
        job, layers, out = given.job[0], Path(given.job[1]), Path(given.job[2])
        jobs = {"floor": lambda: floor(layers, out), "plain": lambda: plain(layers, out)}
        told = jobs[job]() if job in jobs else whole_job(layers, out, tuple(given.stages.split(",")))
        print(json.dumps(told))
        return
    if not (SHARED / "bench" / "city.py").exists():
        print("not measured: ../shared/bench/city.py is absent")
        return
    measure(given.parcels, given.stages)


if __name__ == "__main__":
    main()
