"""The map page: one plan and what was found in it, as a single HTML file that opens from the disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from branca.element import Element
from folium.elements import JSCSSMixin
from numpy.typing import NDArray

from ...checks.tables.contested import switches_told
from ...lang import Lang
from ...plan import Edit, Plan, Report
from ..exports.results import plain, proposals
from ..still.still import page_proofs
from .basemap import ground_of
from .chances import chances_of
from .figure import Payload, PlannerMap, Raw, own_text, script, style
from .found import packed_findings
from .gantt import BLOB, gantt_of
from .letters import packed_json
from .model import model_of
from .sheets import Sheet, evidence_sheets, hexagon_sheets, sheets_of

if TYPE_CHECKING:  # the solvers behind it are heavy, and a page needs them only where a schedule is shown
    from ...schedule import Risk, Schedule

SCRIPTS = (
    "codec.js",
    "state.js",
    "words.js",
    "layer.js",
    "aside.js",
    "surface.js",
    "symbols.js",
    "sketch.js",
    "pick.js",
    "borrow.js",
    "names.js",
    "found.js",
    "labels.js",
    "map.js",
    "items.js",
    "verdict.js",
    "list.js",
    "worklist.js",
    "card.js",
    "proof.js",
    "still.js",
    "finding.js",
    "cause.js",
    "feature.js",
    "way.js",
    "focus.js",
    "detail.js",
    "panels.js",
    "legend.js",
    "scores.js",
    "figures.js",
    "about.js",
    "course.js",
    "works.js",
    "chances.js",
    "gantt.js",
    "curves.js",
    "time.js",
    "review.js",
    "edits.js",
    "print.js",
    "app.js",
)
_FOUND = "gp-findings"


class PackedLayers(JSCSSMixin):  # type: ignore[misc]  # folium has no types
    """All packed layers and the panels around them, as one folium element of a `PlannerMap`.

    `scripts` are our own files in `js/`, and `start` names the function of theirs that is called with the map; `blocks`
    are packed blocks besides those of the layers, by the id of their element.
    """

    def __init__(
        self,
        sheets: list[Sheet],
        model: Mapping[str, Any],
        *,
        scripts: tuple[str, ...] = SCRIPTS,
        start: str = "GP.start",
        blocks: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__()
        self._name = "PackedLayers"
        self.sheets, self.model, self.scripts, self.start = sheets, model, scripts, start
        self.blocks = blocks

    def render(self, **_: Any) -> None:
        """Put scripts, styles, data blocks and the starting call into the figure."""
        figure = self.get_root()
        viewport = '<meta name="viewport" content="width=device-width, initial-scale=1">'
        figure.header.add_child(Raw(viewport), name="gp_view")
        figure.header.add_child(style(own_text("css", "planner.css", "print.css")), name="gp_css")
        figure.header.add_child(script(own_text("js", *self.scripts)), name="gp_js")
        figure.html.add_child(Payload("gp-model", packed_json(plain(self.model))), name="gp_model")
        for name, block in self.blocks:
            figure.html.add_child(Payload(name, block), name=name)
        for sheet in self.sheets:
            figure.html.add_child(Payload(sheet.spec["blob"], sheet.text), name=sheet.spec["blob"])
        figure.script.add_child(Element(f"{self.start}({self._parent.get_name()});"), name="gp_start")


@dataclass(frozen=True, kw_only=True)
class Extras:
    """What may be added to the outputs of a run.

    Parameters
    ----------
    base
        A base map under the plan: a picture, a .pmtiles file, `tianditu:KEY` or a tile address (`show.ground`).
    fixes
        Edits proposed for the plan, as `schedule --repair` finds them; each stands with the findings it is about.
    reports
        Dossiers besides the page: docx, xlsx, html, pdf.
    text
        Whether report.json holds the sentence of each finding in both languages beside its values.
    schedule
        A schedule of the plan: the Gantt shows its new dates, critical works and links.
    risk
        Chances of openings, as `schedule --risk` draws them: a tab beside the Gantt, and on the card of each parcel.
    """

    base: str | Path | None = None
    fixes: tuple[Edit, ...] = ()
    reports: tuple[str, ...] = ()
    text: bool = False
    schedule: Schedule | None = None
    risk: Risk | None = None


NOTHING = Extras()


def write_map(plan: Plan, report: Report | None, path: Path, *, lang: Lang = "zh", extras: Extras = NOTHING) -> None:
    """Write the plan and its report as one interactive page that needs no network.

    The page opens in `lang` and can be switched. The same plan and report give the same bytes.
    """
    planner_map(plan, report, lang=lang, extras=extras).write(path)


def planner_map(plan: Plan, report: Report | None, *, lang: Lang = "zh", extras: Extras = NOTHING) -> PlannerMap:
    """The page as a folium map, to which any other folium element can be added before it is written."""
    bounds = bounds_of(plan, report)
    ground = ground_of(extras.base, bounds)
    sheets = [Sheet(spec, packed.text) for spec, packed in ground.packed()] if ground else []
    how = switches_told(report)
    sheets += sheets_of(plan, how)
    if report is not None:
        sheets += [*hexagon_sheets(plan, report), *evidence_sheets(report, sheets)]
    for number, sheet in enumerate(sheets):  # a layer's name comes with the data and must not become an element's id
        sheet.spec["blob"] = f"gp-d{number}"
    title = plan.title.get(lang) or plan.title.get("zh") or plan.name
    page = PlannerMap(bounds, title=title, lang="zh-CN" if lang == "zh" else "en")
    model = model_of(plan, report, sheets, bounds, lang)
    model |= page_proofs(plan, report, extras.fixes)
    for row in model["causes"]:
        if row["key"] not in model["proofs"]:  # the page finds proofs by it, and nothing else
            del row["key"]
    model["graded"] = how.graded
    blocks = []
    if report is not None:
        text, said = packed_findings(report)
        model["findings"] = {"blob": _FOUND, "said": said}
        blocks.append((_FOUND, text))
    if ground:
        ground.add_to(page)
        model["ground"] = ground.model
    if (works := gantt_of(plan, extras.fixes, extras.schedule)) is not None:
        model["gantt"] = works[1]
        blocks.append((BLOB, works[0]))
    if extras.risk is not None:
        model["risk"] = chances_of(extras.risk)
    if report is not None and extras.fixes:
        model["proposals"] = proposals(plan, report, extras.fixes)
    PackedLayers(sheets, model, blocks=blocks).add_to(page)
    return page


def bounds_of(plan: Plan, report: Report | None) -> tuple[float, float, float, float]:
    """West, south, east, north of the parks, else of all layers, in degrees."""
    named = [layer for layer in ("parks", "parcels") if layer in plan and len(plan.layers[layer])]
    frames = [plan.layers[layer].geometry for layer in (named[:1] or plan.layers)]
    if not named and report is not None:
        frames.append(report.findings.geometry)
    corners = [f.total_bounds for f in frames if len(f) and np.isfinite(f.total_bounds).all()]
    if not corners:
        return (-180.0, -60.0, 180.0, 60.0)
    return in_degrees(np.array(corners), plan.crs)


def in_degrees(corners: NDArray[Any], crs: str) -> tuple[float, float, float, float]:
    """West, south, east, north around boxes (rows of least x, least y, most x, most y in `crs`), in degrees."""
    low, high = corners[:, :2].min(0), corners[:, 2:].max(0)
    low, high = low - 10, high + 10  # a single point still has a place
    edge = gpd.GeoSeries(shapely.box(*low, *high).segmentize(float((high - low).max()) / 20), crs=crs)
    west, south, east, north = edge.to_crs(4326).total_bounds
    return (float(west), float(south), float(east), float(north))
