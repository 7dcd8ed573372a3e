"""What goes out to a bureau: empty layers to fill, the list of fields in Chinese, and the mapping sheet of a draft."""

from __future__ import annotations

import html
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from ...lang.words import BLANKS
from ...plan import landuse
from ...plan.layers import LAYERS
from ...read.contract import Contract, LayerTerms
from ..exports.files import RISKY, atomic_write, safe_name, write_layers, write_text
from ..exports.layers import short_names

_DTYPES = {"text": "str", "number": "float64", "date": "datetime64[ms]", "yes or no": "Int64"}
_KINDS = {"point": "Point", "line": "LineString", "polygon": "Polygon", "": "Polygon"}
_TYPES_ZH = {"text": "文本", "number": "数值", "date": "日期", "yes or no": "是否（1/0）"}
_GEOMETRY_ZH = {"point": "点", "line": "线", "polygon": "面", "": "–"}


def write_template(contract: Contract, folder: Path) -> list[Path]:
    """Write an empty GBK shapefile for each layer, all of them as one GeoPackage, and a page that lists the fields."""
    folder = Path(folder)
    written: list[Path] = []
    taken: set[str] = set()
    frames: dict[str, gpd.GeoDataFrame] = {}
    for terms in contract.layers.values():
        frames[terms.name] = _empty(terms, contract.crs)
        stem = safe_name(terms.name, taken=taken)
        taken.add(stem)
        written.append(_shapefile(terms, frames[terms.name], folder / "shapefile" / stem))
    write_layers(frames, folder / "template.gpkg")
    page = folder / "字段说明.html"
    write_text(page, _page(contract))
    return [*written, folder / "template.gpkg", page]


def _empty(terms: LayerTerms, crs: str) -> gpd.GeoDataFrame:
    columns = {name: pd.Series([], dtype=_DTYPES[spec.type]) for name, spec in terms.fields.items()}
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries([], crs=crs or None), crs=crs or None)


def _shapefile(terms: LayerTerms, frame: gpd.GeoDataFrame, stem: Path) -> Path:
    """Write one empty shapefile whose fields have room; names are cut at ten bytes without collisions."""
    names = short_names("", [str(c) for c in terms.fields], chinese=False)
    short = frame.rename(columns=names)
    with atomic_write(stem.with_name(stem.name + ".shp")) as inside, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what GDAL says of a layer without a row or a CRS is meant
        short.to_file(inside, driver="ESRI Shapefile", encoding="GBK", geometry_type=_KINDS[terms.geometry])
        for part in inside.parent.glob(f"{inside.stem}.*"):
            if part != inside:
                part.replace(stem.with_name(stem.name + part.suffix))
    stem.with_name(stem.name + ".cpg").write_text("GBK", encoding="ascii")
    return stem.with_name(stem.name + ".shp")


def _page(contract: Contract) -> str:
    """Return the list of fields as one page in Chinese that prints on paper."""
    out = [f"<h1>{_h(contract.name)} 数据交付字段说明</h1>"]
    out.append(f"<p>提交单位：{_h(contract.delivered_by or '–')}　坐标系：{_h(contract.crs or '–')}</p>")
    for terms in contract.layers.values():
        role = LAYERS[terms.role].zh if terms.role in LAYERS else ""
        must = "必交" if terms.required else "可选"
        out.append(f"<h2>{_h(terms.name)}（{_GEOMETRY_ZH[terms.geometry]}，{must}）{_h(role)}</h2>")
        out.append(
            "<table><tr><th>字段</th><th>类型</th><th>单位</th><th>必填</th><th>取值或范围</th><th>空白表示</th></tr>"
        )
        for spec in terms.fields.values():
            listed = "、".join(spec.values) or (f"{landuse.scheme(spec.scheme).zh}代码" if spec.scheme else "")
            limits = listed or ("" if spec.range is None else f"{spec.range[0]:g} – {spec.range[1]:g}")
            blank = _blank_zh(terms.role, spec.column or spec.name)
            cells = (spec.name, _TYPES_ZH[spec.type], spec.unit, "是" if spec.required else "否", limits, blank)
            out.append("<tr>" + "".join(f"<td>{_h(c)}</td>" for c in cells) + "</tr>")
        out.append("</table>")
    return page_of(f"{contract.name} 字段说明", "\n".join(out))


def _blank_zh(role: str, column: str) -> str:
    """Return what a blank in a field says: there is none, or nobody knows; nothing for fields that no rule reads."""
    spec = LAYERS[role].column(column) if role in LAYERS else None
    if spec is None:
        return ""
    return BLANKS[spec.blank_means(role)][0]


def page_of(title: str, body: str) -> str:
    """Return a page without script and without anything from elsewhere."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    style = (
        "body{font:14px/1.5 sans-serif;margin:2em;max-width:70em}table{border-collapse:collapse;width:100%}"
        "td,th{border:1px solid #bbb;padding:.2em .5em;text-align:left;vertical-align:top}th{background:#f2f2f2}"
        ".breach{color:#a00}svg{width:100%;height:auto;max-height:34em;border:1px solid #bbb;background:#fff}"
    )
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{_h(title)}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><style>{style}</style></head>\n'
        f"<body>\n{body}\n</body></html>\n"
    )


def _h(text: Any) -> str:
    return html.escape(str(text), quote=True)


def write_mapping(places: Mapping[tuple[str, str], str], examples: Mapping[tuple[str, str], str], path: Path) -> int:
    """Write the sheet of layers and fields that could not be placed, to be filled in; returns how many these are."""
    open_rows = [key for key, word in places.items() if not word]
    head = ["图层 layer", "字段 field", "示例 example", "角色或列 role or column"]
    rows = [[layer, field, examples.get((layer, field), ""), ""] for layer, field in open_rows]
    write_book({"mapping": [head, *rows]}, path)
    return len(rows)


def write_book(pages: Mapping[str, list[list[Any]]], path: Path) -> None:
    """Write a workbook of plain texts and numbers; nothing in it is a formula."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell

    book = openpyxl.Workbook(write_only=True)
    for name, rows in pages.items():
        page = book.create_sheet(safe_name(name)[:31])
        for row in rows:
            cells = []
            for value in row:
                text = "".join(c for c in str(value) if c.isprintable())[:32_000]
                cell = WriteOnlyCell(page, value=None if text.startswith(RISKY) else value if value == text else text)
                if text.startswith(RISKY):
                    cell._value, cell.data_type = text, "s"
                cells.append(value if isinstance(value, int | float) else cell)
            page.append(cells)
    with atomic_write(Path(path)) as inside:
        book.save(inside)


def example_of(frame: gpd.GeoDataFrame, field: str) -> str:
    """Return the first three values of a field, or the kind of shapes where the field is the layer itself."""
    if not field:
        kinds = shapely.get_type_id(frame.geometry.array)
        return f"{len(kinds)} shapes"
    return ", ".join(str(v)[:30] for v in frame[field].dropna().unique()[:3])
