"""The map page: one plan and what was found in it, as a single HTML file that opens from the disk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from branca.element import Element
from folium.elements import JSCSSMixin

from ..._version import __version__
from ...checks.tables.contested import switches_told
from ...facts.landuse.balance import CLASSES
from ...lang import LANGS, Lang
from ...plan import Edit, Plan, Report, Scores
from ...plan.editions import is_dated, shown
from ...schedule import Schedule
from ...verdict.formulas import SCORES
from ...verdict.proof import proofs
from ..exports.causes import causes_json
from ..exports.imported import imported
from ..exports.results import listed_unknown, plain, proposals, source_words
from ..exports.rows import why
from ..exports.scores import score_reasons
from ..exports.verdict import verdict_json
from ..symbology.classes import layer_names
from ..symbology.styles import styles
from .basemap import ground_of
from .figure import Payload, PlannerMap, Raw, inline_json, own_text, script, style
from .found import packed_findings
from .gantt import BLOB, gantt_of
from .packed import days
from .sheets import Sheet, evidence_sheets, hexagon_sheets, sheets_of

SCRIPTS = (
    "codec.js",
    "state.js",
    "words.js",
    "layer.js",
    "surface.js",
    "found.js",
    "labels.js",
    "map.js",
    "items.js",
    "list.js",
    "card.js",
    "proof.js",
    "finding.js",
    "cause.js",
    "feature.js",
    "focus.js",
    "detail.js",
    "panels.js",
    "legend.js",
    "scores.js",
    "figures.js",
    "about.js",
    "course.js",
    "works.js",
    "gantt.js",
    "time.js",
    "review.js",
    "edits.js",
    "print.js",
    "app.js",
)
_EVENNESS = {
    "zh": "均衡度 = −Σ p ln p ÷ ln 3，p 为三类用地占比。",
    "en": "−Σ p ln p ÷ ln 3, where p are the three shares.",
}
_COORDINATION = {
    "zh": "D = √(C·T)。三者都低时 C 也会等于 1，须与 T 一并看。",
    "en": "D = √(C·T). C is 1 when all three are low as well: read it with T.",
}
_FOUND = "gp-findings"
_NAMED = 1500
"""Features behind a score that the page names; their number is always told."""


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
        text = inline_json(json.dumps(plain(self.model), ensure_ascii=False, separators=(",", ":")))
        figure.html.add_child(Payload("gp-model", text, kind="application/json"), name="gp_model")
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
    """

    base: str | Path | None = None
    fixes: tuple[Edit, ...] = ()
    reports: tuple[str, ...] = ()
    text: bool = False
    schedule: Schedule | None = None


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
        sheets += [*hexagon_sheets(plan, report), *evidence_sheets(report)]
    for number, sheet in enumerate(sheets):  # a layer's name comes with the data and must not become an element's id
        sheet.spec["blob"] = f"gp-d{number}"
    title = plan.title.get(lang) or plan.title.get("zh") or plan.name
    page = PlannerMap(bounds, title=title, lang="zh-CN" if lang == "zh" else "en")
    model = _model(plan, report, sheets, bounds, lang)
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
    box = np.array(corners)
    low, high = box[:, :2].min(0), box[:, 2:].max(0)
    low, high = low - 10, high + 10  # a single point still has a place
    edge = gpd.GeoSeries(shapely.box(*low, *high).segmentize(float((high - low).max()) / 20), crs=plan.crs)
    west, south, east, north = edge.to_crs(4326).total_bounds
    return (float(west), float(south), float(east), float(north))


def _model(
    plan: Plan, report: Report | None, sheets: list[Sheet], bounds: tuple[float, float, float, float], lang: Lang
) -> dict[str, Any]:
    specs = [sheet.spec for sheet in sheets]
    return {
        "lang": lang,
        "bounds": bounds,
        "days": _span(plan),
        "meta": {
            "name": plan.name,
            "title": dict(plan.title),
            "version": __version__,
            "schematic": plan.schematic or bool(report and report.schematic),
            "asOf": (report.as_of if report else None) or (str(plan.as_of) if plan.as_of else None),
            "planDigest": report.plan_digest if report else plan.digest,
            "profile": report.profile_name if report else "",
            "profileDigest": report.profile_digest if report else "",
        },
        "layers": specs,
        "panel": _panel(specs),
        "names": {layer: layer_names(layer) for layer in plan.layers},
        "sources": [f"{s.layer}: {s.file} {s.inner} ({s.rows}) {s.sha256[:12]}" for s in plan.sources],
        "imported": [
            {k: row[k] for k in ("layer", "code", "severity", "zh", "en")}
            for row in imported(plan)["notes"]
            if row["severity"] != "info"
        ],
        **_findings_model(plan, report),
    }


def _panel(specs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of the layer panel, the uppermost layer first; sheets of one layer and utility share a row."""
    rows: dict[str, dict[str, Any]] = {}
    for spec in reversed(specs):
        if spec.get("ground"):
            continue
        key = spec["id"].removesuffix(f"-{spec['kind']}")
        group = "find_group" if spec.get("finding") else styles()["groups"].get(spec["source"], "more_group")
        row = rows.setdefault(key, {"group": group, "zh": spec["zh"], "en": spec["en"], "ids": []})
        row["ids"].insert(0, spec["id"])
    return list(rows.values())


def _span(plan: Plan) -> list[int] | None:
    """The first and last day on which works begin or end; None where nothing is dated."""
    found = [
        days(frame[column])
        for layer, frame in plan.layers.items()
        if layer not in styles()["order"]["period"]
        for column in ("start", "finish")
        if column in frame and frame[column].notna().any()
    ]
    known = [d[d > -(1 << 31)] for d in found]
    return [int(min(d.min() for d in known)), int(max(d.max() for d in known))] if known else None


def _findings_model(plan: Plan, report: Report | None) -> dict[str, Any]:
    nothing: dict[str, Any] = {key: [] for key in ("code", "layer", "id", "reason")}
    if report is None:
        return {
            "findings": None,
            "rules": {},
            "runs": [],
            "unknown": nothing,
            "reasons": [],
            "numbers": [],
            "scores": {"S1": None, "S2": None, "S3": None, "reasons": {}},
            "verdict": {"overall": None, "items": []},
            "causes": [],
            "proofs": {},
        }
    scores = report.scores
    return {
        "rules": {code: _rule(rule) for code, rule in sorted(report.rules.items())},
        "runs": [
            {
                "code": r.code,
                "outcome": r.outcome,
                "reason": dict(r.reason),
                "judged": r.rows_judged,
                "unknown": r.rows_unknown,
                "found": r.found,
            }
            for r in sorted(report.runs, key=lambda r: r.code)
        ],
        "scores": {
            "S1": scores.S1,
            "S2": scores.S2,
            "S3": scores.S3,
            "reasons": score_reasons(report),
            "parts": _parts(scores),
            "lead": plain(scores.lead),
            "leadScope": scores.lead_scope,
            "tolerance": scores.tolerance,
            "upper": dict(scores.upper),
            "how": {key: {lang: "\n".join(of[lang]) for lang in LANGS} for key, of in SCORES.items()},
        },
        "verdict": _verdict(report),
        "causes": _causes(report),
        "proofs": {proof.pop("cause"): proof for proof in proofs(plan, report)},
        "numbers": _numbers(report.balance),
        "course": _course(report.balance),
        "reviews": {key: dict(mark) for key, mark in sorted(report.reviews.items())},
        **_unknown(report),
    }


def _causes(report: Report) -> list[dict[str, Any]]:
    """Each cause as report.json tells it, its findings by their row in the report (`f`); without its key."""
    at = {fingerprint: row for row, fingerprint in enumerate(report.findings["fingerprint"])}
    rows = causes_json(report)
    for row in rows:
        row["f"] = [at[fingerprint] for fingerprint in row.pop("fingerprints") if fingerprint in at]
    return rows


def _verdict(report: Report) -> dict[str, Any]:
    """The overall word and the seven, each with its sentence; the words come from where every other output has them."""
    said = verdict_json(report)
    keys = ("name", "state", "title", "word", "line")
    return {**said, "items": [{key: item[key] for key in keys} for item in said["items"]]}


def _parts(scores: Scores) -> dict[str, list[dict[str, Any]]]:
    """What S1 and S2 are made of; of the features that failed or stayed open the first ones are named."""
    return {
        name: [
            {
                "name": part.name,
                "layer": part.layer,
                "good": part.good,
                "total": part.total,
                "unit": part.unit,
                "failed": part.failed[:_NAMED],
                "fails": len(part.failed),
                "open": part.left_out[:_NAMED],
                "opens": len(part.left_out),
            }
            for part in of
        ]
        for name, of in scores.parts.items()
    }


def _rule(rule: Any) -> dict[str, Any]:
    params = [
        {
            "k": key,
            "zh": rule.labels.get(key, key),
            "value": _shown(t.value),
            "unit": t.unit,
            "source": {lang: source_words(t.source, lang) for lang in LANGS},
            "clause": t.clause,
            "verified": t.verified,
            "level": t.level,
            "origin": t.origin,
        }
        for key, t in rule.params.items()
    ]
    said = {k: {**dict(text), "message": ""} for k, text in (("zh", rule.zh), ("en", rule.en))}
    return {"severity": rule.severity, "verdict": rule.verdict, **said, "params": params}


def _shown(value: Any) -> Any:
    if is_dated(value):
        return shown(value)
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


def _unknown(report: Report) -> dict[str, Any]:
    table, more = listed_unknown(report)
    reasons = sorted(set(table["reason"])) if len(table) else []
    said = [why(key) for key in reasons]
    at = {key: k for k, key in enumerate(reasons)}
    rows: dict[str, list[Any]] = {
        "code": list(table["code"]) if len(table) else [],
        "layer": list(table["layer"]) if len(table) else [],
        "id": list(table["id"]) if len(table) else [],
        "reason": [at[k] for k in table["reason"]] if len(table) else [],
    }
    for code, n in more.items():
        said.append({"zh": f"另有 {n} 个要素缺数据，未逐一列出", "en": f"{n} more that are not listed one by one"})
        for key, value in (("code", code), ("layer", ""), ("id", ""), ("reason", len(said) - 1)):
            rows[key].append(value)
    return {"unknown": rows, "reasons": said}


def _course(balance: Mapping[str, Any]) -> dict[str, Any]:
    """The balance through time: for each kind of unit and each unit, rows of day, three shares, evenness and D."""
    pairs = balance.get("coordination", {})
    out: dict[str, Any] = {}
    for by, units in balance.get("through_time", {}).items():
        keys = (*(f"{c}_share" for c in CLASSES), "evenness", "off_target")
        out[by] = {unit: [[row["date"], *(row[key] for key in keys)] for row in rows] for unit, rows in units.items()}
    named = ("D_wang", "D_std", "T")
    out["coordination"] = {park: [[r["date"], *(r[k] for k in named)] for r in rows] for park, rows in pairs.items()}
    return out


def _numbers(balance: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The balance figures park by park, each with its formula and its inputs."""
    out: list[dict[str, Any]] = []
    for park, row in dict(balance.get("parks", {})).items():
        areas = [row[f"{c}_ha"] for c in ("production", "living", "ecology")]
        shares = ", ".join(f"{area:.1f} ha" for area in areas if area is not None)
        if row.get("evenness") is not None:
            out.append(
                {
                    "zh": f"{park} 均衡度",
                    "en": f"{park} evenness",
                    "value": row["evenness"],
                    "unit": "",
                    "how": _EVENNESS,
                    "inputs": shares,
                }
            )
        pair = row.get("coordination")
        if not pair:
            continue
        names = ("U_production", "U_living", "U_ecology", "C_wang", "C_std", "T")
        rest = {"unit": "", "how": _COORDINATION, "inputs": ", ".join(f"{k} = {pair[k]:.3f}" for k in names)}
        zh, en = f"{park} 耦合协调度 D", f"{park} coordination D"
        wang = {"zh": f"{zh}（王淑佳修正式）：{pair['level_zh']}", "en": f"{en} (Wang): {pair['level_en']}"}
        out.append({**wang, "value": pair["D_wang"], **rest})
        out.append({"zh": f"{zh}（通用式）", "en": f"{en} (standard form)", "value": pair["D_std"], **rest})
    return out
