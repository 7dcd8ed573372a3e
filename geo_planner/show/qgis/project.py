"""For desktop GIS: a QGIS project over the files that were written, and the styles that a GeoPackage carries itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
from pyproj import CRS

from ...facts.landuse.uses import uses
from ...lang import Lang
from ...plan import Plan, Report
from ..exports.findings_file import FINDINGS, findings_name
from ..exports.packing import place_of
from ..exports.plan_copy import PLAN, copy_name
from ..exports.results import layer_name
from ..symbology.styles import styles

_FOUND = {"zh": "问题", "en": "findings"}
_SHAPES = {"Point": "marker", "LineString": "line", "Polygon": "fill"}
"""Kinds of geometry as QGIS calls their symbols."""


def qgis_project(plan: Plan, report: Report, *, lang: Lang = "zh") -> str:
    """A QGIS project over the findings and the plan beside it, in the colours of the map, as text.

    Findings come first, by kind of geometry and severity; then the layers of the plan.
    """
    looks = styles()["layers"]
    packed = findings_name(report) != FINDINGS
    found = f"{place_of(FINDINGS, packed=packed)}|layername=findings|geometrytype="
    copy = place_of(PLAN, packed=copy_name(plan) != PLAN)
    layers = [(found + shape, kind, _FOUND[lang], looks["findings"]) for shape, kind in _SHAPES.items()]
    drawn = [name for name in reversed(styles()["order"]["layers"]) if name in plan and len(plan.layers[name])]
    layers += [
        (f"{copy}|layername={name}", _kind(plan.layers[name]), layer_name(name, lang), _look(name, plan))
        for name in drawn
    ]
    project = ElementTree.Element("qgis", version="3.28.0", projectname=report.title.get(lang, report.plan_name))
    _frame(project, plan)
    tree = ElementTree.SubElement(project, "layer-tree-group")
    held = ElementTree.SubElement(project, "projectlayers")
    for number, (source, kind, title, look) in enumerate(layers):
        key = f"geo_planner_layer_{number:03d}"  # QGIS drops layers whose id has ten characters or fewer
        ElementTree.SubElement(
            tree,
            "layer-tree-layer",
            id=key,
            name=title,
            source=source,
            providerKey="ogr",
            checked="Qt::Checked",
            expanded="0",
        )
        _qgis_layer(held, (key, source, kind, title), plan.crs, look, lang)
    ElementTree.indent(project)
    return ElementTree.tostring(project, encoding="unicode") + "\n"


def plan_styles(plan: Plan, *, lang: Lang = "zh") -> dict[str, list[tuple[str, str]]]:
    """The style of each layer of a plan, in the colours of the map, as (name, QML) by layer; the first is the default.

    QGIS applies them by itself when they stand in the table `layer_styles` of the GeoPackage.
    """
    out = {}
    for name in sorted(plan.layers):
        if len(plan.layers[name]):
            out[name] = [(layer_name(name, lang), _qml(_kind(plan.layers[name]), _look(name, plan), lang))]
    return out


def finding_styles(*, lang: Lang = "zh") -> dict[str, list[tuple[str, str]]]:
    """A style of the findings for each kind of geometry, by severity; the one for areas is the default."""
    look = styles()["layers"]["findings"]
    words = {
        "zh": ("问题（面）", "问题（线）", "问题（点）"),
        "en": ("findings, areas", "findings, lines", "findings, points"),
    }
    named = zip(words[lang], ("fill", "line", "marker"), strict=True)
    return {"findings": [(name, _qml(kind, look, lang)) for name, kind in named]}


def _qml(kind: str, look: Mapping[str, Any], lang: Lang) -> str:
    root = ElementTree.Element("qgis", version="3.28.0", styleCategories="Symbology")
    _renderer(root, kind, look, lang)
    return "<!DOCTYPE qgis>\n" + ElementTree.tostring(root, encoding="unicode") + "\n"


def _kind(frame: gpd.GeoDataFrame) -> str:
    kinds = {kind.removeprefix("Multi") for kind in frame.geom_type.dropna().unique()}
    return next((symbol for shape, symbol in _SHAPES.items() if shape in kinds), "fill")


def _look(layer: str, plan: Plan) -> dict[str, Any]:
    """How a layer is drawn: by the column its classes go by where that has values, else in one look."""
    frame, table = plan.layers[layer], styles()
    look = dict(table["layers"].get(layer, table["layers"]["other"]))
    if layer == "parcels":
        look = {"by": "code", "classes": _codes(plan)}
    if layer == "pipes":
        named = {key: dict(zip(("zh", "en"), table["words"][key], strict=True)) for key in table["pipes"]}
        look = {"by": "kind", "classes": [{"key": key, **named[key], **v} for key, v in table["pipes"].items()]}
    by = look.get("by")
    return look if by in frame and frame[by].notna().any() else {**look, "by": ""}


def _codes(plan: Plan) -> list[dict[str, Any]]:
    """One class for each land-use code of the parcels, in the colour of the balance class it is judged by."""
    table = uses(plan).dropna(subset=["code"]).drop_duplicates("code").sort_values("code")
    looks = styles()["ple"]
    out = []
    for code, ple, zh, en in zip(table["code"], table["ple"], table["zh"], table["en"], strict=True):
        look = looks[ple if isinstance(ple, str) and ple in looks else ""]
        words = [f"{code} {name}" if isinstance(name, str) else f"{code}" for name in (zh, en)]
        out.append({**look, "key": str(code), "zh": words[0], "en": words[1]})
    return [*out, {"key": "", **looks[""]}]


def _frame(project: ElementTree.Element, plan: Plan) -> None:
    """Add the CRS of the project and the extent with which it opens; QGIS reads neither without being told to."""
    _crs(ElementTree.SubElement(project, "projectCrs"), plan.crs)
    asked = ElementTree.SubElement(ElementTree.SubElement(project, "properties"), "SpatialRefSys")
    ElementTree.SubElement(asked, "ProjectionsEnabled", type="int").text = "1"
    boxes = [f.total_bounds for f in plan.layers.values() if len(f) and np.isfinite(f.total_bounds).all()]
    if not boxes:
        return
    low, high = np.min(boxes, axis=0)[:2] - 10.0, np.max(boxes, axis=0)[2:] + 10.0
    corners = {"xmin": low[0], "ymin": low[1], "xmax": high[0], "ymax": high[1]}
    canvas = ElementTree.SubElement(project, "mapcanvas", name="theMapCanvas")
    ElementTree.SubElement(canvas, "units").text = "meters"
    extent = ElementTree.SubElement(canvas, "extent")
    for name, value in corners.items():
        ElementTree.SubElement(extent, name).text = f"{value:.3f}"
    _crs(ElementTree.SubElement(canvas, "destinationsrs"), plan.crs)
    view = ElementTree.SubElement(project, "ProjectViewSettings")
    default = ElementTree.SubElement(view, "DefaultViewExtent", {k: f"{v:.3f}" for k, v in corners.items()})
    _crs(default, plan.crs)


def _crs(parent: ElementTree.Element, crs: str) -> None:
    """Add a coordinate system as QGIS reads it: its text, and its code where it has one."""
    system = ElementTree.SubElement(parent, "spatialrefsys")
    if not crs:
        return
    ElementTree.SubElement(system, "wkt").text = CRS.from_user_input(crs).to_wkt()
    if crs.upper().startswith("EPSG:"):
        ElementTree.SubElement(system, "srid").text = crs.split(":")[1]
        ElementTree.SubElement(system, "authid").text = crs


def _qgis_layer(
    parent: ElementTree.Element, named: tuple[str, str, str, str], crs: str, look: Mapping[str, Any], lang: Lang
) -> None:
    key, source, kind, title = named
    geometry = {"fill": "Polygon", "line": "Line", "marker": "Point"}[kind]
    layer = ElementTree.SubElement(parent, "maplayer", type="vector", geometry=geometry)
    for tag, text in (("id", key), ("datasource", source), ("layername", title)):
        ElementTree.SubElement(layer, tag).text = text
    _crs(ElementTree.SubElement(layer, "srs"), crs)
    ElementTree.SubElement(layer, "provider", encoding="UTF-8").text = "ogr"
    _renderer(layer, kind, look, lang)


def _renderer(parent: ElementTree.Element, kind: str, look: Mapping[str, Any], lang: Lang) -> None:
    by = look.get("by") or ""
    renderer = ElementTree.SubElement(
        parent, "renderer-v2", type="categorizedSymbol" if by else "singleSymbol", attr=by
    )
    classes = look["classes"] if by else [c for c in look["classes"] if c["key"] == ""] or look["classes"][:1]
    categories = ElementTree.SubElement(renderer, "categories") if by else None
    symbols = ElementTree.SubElement(renderer, "symbols")
    for number, style in enumerate(classes):
        if categories is not None:
            ElementTree.SubElement(
                categories,
                "category",
                symbol=str(number),
                value=style["key"],
                label=style.get(lang, style["key"]),
                render="true",
            )
        symbol = ElementTree.SubElement(symbols, "symbol", name=str(number), type=kind, alpha="1")
        kinds = {"fill": "SimpleFill", "line": "SimpleLine", "marker": "SimpleMarker"}
        simple = ElementTree.SubElement(symbol, "layer", {"class": kinds[kind], "pass": "0", "enabled": "1"})
        for name, value in _qgis_look(kind, style).items():
            ElementTree.SubElement(simple, "prop", k=name, v=value)


def _qgis_look(kind: str, style: Mapping[str, Any]) -> dict[str, str]:
    def colour(text: str, alpha: float) -> str:
        return ",".join(str(int(text[k : k + 2], 16)) for k in (1, 3, 5)) + f",{round(alpha * 255)}"

    fill, line = colour(style["fill"], style.get("alpha", 0.6)), colour(style.get("line", style["fill"]), 1)
    width = f"{style.get('width', 0.8) * 0.26:.2f}"
    if kind == "line":
        dash = ";".join(f"{step * 0.26:.2f}" for step in style.get("dash", ()))
        dashed = {"use_customdash": "1", "customdash": dash, "customdash_unit": "MM"} if dash else {}
        return {"line_color": line, "line_width": width, "line_width_unit": "MM", **dashed}
    if kind == "marker":
        return {
            "color": colour(style["fill"], 1),
            "outline_color": "255,255,255,255",
            "size": "2.6",
            "name": style.get("shape", "circle"),
        }
    return {"color": fill, "outline_color": line, "outline_width": width, "style": "solid"}
