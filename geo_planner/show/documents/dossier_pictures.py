"""The pictures of the dossier: the park, the curves of its starts, its works in time; without a letter in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from ...facts.landuse.uses import uses
from ...lang import Lang
from ...plan import Edit, Plan, Report
from ..still.raster import png
from ..symbology.styles import styles
from .dossier_words import say
from .works import works_picture


def pictures(plan: Plan, report: Report, lang: Lang, fixes: Sequence[Edit] = ()) -> list[tuple[str, bytes]]:
    """Return the pictures with their captions; those that the plan has the data for."""
    out = []
    if plan.has("parcels"):
        out.append((say("map", lang), png(_map(plan, report))))
    if plan.has("parcels", "start"):
        start = plan["parcels"]["start"]
        span = {"a": str(start.min().date()), "b": str(start.max().date())}
        out.append((say("curves", lang, **span), png(_curves(plan))))
    bars = works_picture(plan, fixes)
    if bars is not None:
        out.append((say("works", lang), png(bars)))
    return out


def _map(plan: Plan, report: Report, *, width: int = 1400) -> NDArray[np.uint8]:
    parcels, table = plan["parcels"], uses(plan)
    x0, y0, x1, y1 = parcels.total_bounds
    scale = width / max(x1 - x0, y1 - y0, 1e-9) * 0.94
    height = max(int((y1 - y0) * scale) + 80, 200)
    canvas = np.full((height, width, 3), 250, np.uint8)

    def to_pixels(c: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack([40 + (c[:, 0] - x0) * scale, height - 40 - (c[:, 1] - y0) * scale])

    def put(shapes: Any, colour: str) -> None:
        _burn(canvas, shapely.transform(np.asarray(shapes, object), to_pixels), colour)

    for name, look in styles()["ple"].items():
        chosen = table["ple"].isna() if name == "" else table["ple"] == name
        put(parcels.geometry.array[chosen.to_numpy()], _paler(look["fill"]))
    put(shapely.boundary(parcels.geometry.array), "#ffffff")
    if plan.has("roads"):
        put(plan["roads"].geometry.array, "#8a8f96")
    wrong = report.findings[report.findings["severity"] == "error"].geometry
    small = shapely.buffer(wrong.centroid.to_numpy(), 6 / scale)
    put(np.concatenate([shapely.boundary(wrong.to_numpy()), small]), "#b3261e")
    return canvas


def _burn(canvas: NDArray[np.uint8], shapes: Iterable[Any], colour: str) -> None:
    from rasterio.features import rasterize

    solid = [s for s in shapes if s is not None and not s.is_empty]
    if solid:
        mask = rasterize(solid, out_shape=canvas.shape[:2], all_touched=True, dtype="uint8").astype(bool)
        canvas[mask] = [int(colour[k : k + 2], 16) for k in (1, 3, 5)]


def _paler(colour: str) -> str:
    return "#" + "".join(f"{(int(colour[k : k + 2], 16) + 255) // 2:02x}" for k in (1, 3, 5))


def _curves(plan: Plan, *, width: int = 1400, height: int = 460) -> NDArray[np.uint8]:
    """Cumulative area started, each group as a share of its own end, drawn as steps over the years."""
    table, start = uses(plan), plan["parcels"]["start"]
    canvas = np.full((height, width, 3), 250, np.uint8)
    known = start.dropna()
    first, last = known.min(), known.max()
    for k in range(5):
        y = 20 + (height - 40) * k / 4
        _burn(canvas, [shapely.LineString([(20, y), (width - 20, y)])], "#d9d5cc")
    for group, colour in (("industry", "#d55e00"), ("housing", "#0072b2"), ("commerce", "#cc79a7")):
        mine = (table["group"] == group).to_numpy() & start.notna().to_numpy()
        if not mine.any() or last <= first:
            continue
        along = ((start[mine] - first) / (last - first)).to_numpy(dtype=float)
        order = np.argsort(along, kind="stable")
        area = table.loc[mine, "area"].to_numpy()[order]
        x, y = 20 + (width - 40) * along[order], height - 20 - (height - 40) * np.cumsum(area) / area.sum()
        line = np.column_stack([np.repeat(x, 2), np.concatenate([[height - 20.0], np.repeat(y, 2)[:-1]])])
        _burn(canvas, [shapely.LineString(np.vstack([line, [width - 20, y[-1]]])).buffer(1.6)], colour)
    return canvas
