"""The dossier: the same numbers as the map, as a document or as a workbook a reviewer can recompute.

Documents are docx, html and pdf; the workbook is xlsx with live formulas over its own sheets.
"""

from __future__ import annotations

import base64
import html
import io
import re
import shutil
import struct
import subprocess
import tempfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from ... import lang as words
from ...errors import OutputError
from ...facts.landuse.uses import uses
from ...lang import Lang
from ...lang.causes import WORKLIST
from ...plan import Edit, Plan, Report
from ...verdict.formulas import SCORES
from ..exports.files import atomic_write
from ..exports.results import finding_rows, open_lines, verdict_table
from ..exports.scores import score_heads
from ..exports.trust import counts, numbers
from ..symbology.styles import styles
from .workbook import clean, settled, workbook
from .worklist import SHORT, worklist, worklist_sheet, worklist_table
from .works import works_picture, works_rows

FORMATS = ("docx", "xlsx", "html", "pdf")
_LISTED = 300
"""Findings a document lists; the workbook and the GeoPackage hold them all."""
_CAUSES = 100
"""Causes a document lists; the workbook holds them all."""
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
_LABELS: Mapping[str, tuple[str, str]] = {
    "dossier": ("规划审查报告", "Plan review dossier"),
    "summary": ("一、总体结论", "1. Summary"),
    "verdicts": ("二、逐项判定", "2. Verdict by check"),
    "worklist": ("三、整改台账", "3. Worklist"),
    "findings": ("四、问题清单", "4. Findings"),
    "open": ("五、未判定事项", "5. What was not judged"),
    "pictures": ("六、附图", "6. Pictures"),
    "basis": ("七、采用的参数与依据", "7. Parameters and their sources"),
    "plan": ("方案摘要", "Plan digest"),
    "profile": ("参数表", "Profile"),
    "version": ("程序版本", "Program version"),
    "as_of": ("截至", "As of"),
    "schematic": ("示意图，非法定边界", "Schematic, not the legal boundary"),
    "text": ("问题", "Finding"),
    "value": ("实际值", "Value"),
    "limit": ("限值", "Limit"),
    "severity": ("程度", "Severity"),
    "code": ("检查", "Check"),
    "review": ("审查意见", "Review"),
    "reason": ("原因", "Reason"),
    "layer": ("图层", "Layer"),
    "id": ("编号", "Id"),
    "none": ("没有发现问题。", "Nothing was found."),
    "all_judged": ("全部检查均已判定。", "Everything was judged."),
    "more": ("另有 {n} 条未列入本文，见 findings.gpkg 或 xlsx。", "{n} more stand in findings.gpkg and in the xlsx."),
    "param": ("参数", "Parameter"),
    "source": ("依据", "Source"),
    "level": ("可信度", "Level of trust"),
    "doubt": ("疑问", "Doubt"),
    "map": ("用地按三生空间着色；红色为问题位置", "Land by production, living and ecology; findings in red"),
    "curves": (
        "累计开工进度（{a} 至 {b}，各占其总量）：橙为工业，蓝为居住，紫红为商业",
        "Cumulative starts {a} to {b}, each a share of its end: industry orange, housing blue, commerce purple",
    ),
    "works": (
        "工程进度：自上而下与下表各行对应，深色为现行（修改后）安排，灰色细条为修改前，竖线为年初",
        "Works in time, row by row as in the table below: dark as planned (after the edits), grey before",
    ),
    "accepted": ("属实", "accepted"),
    "rejected": ("不属实", "rejected"),
    "waived": ("豁免", "waived"),
}


@dataclass(frozen=True)
class _Content:
    """What a document says, in the reader's language and in order."""

    title: str
    facts: list[str]
    scores: list[str]
    verdicts: list[tuple[str, ...]]
    worklist: list[tuple[str, ...]]
    findings: list[tuple[str, ...]]
    more: str
    unjudged: list[str]
    basis: list[tuple[str, ...]]
    levels: str
    pictures: list[tuple[str, bytes]]
    works: list[tuple[str, ...]]


def write_dossier(plan: Plan, report: Report, path: Path, *, lang: Lang = "zh", fixes: Sequence[Edit] = ()) -> None:
    """Write the dossier in the format its name ends with: docx, xlsx, html or pdf.

    `fixes` are edits that a repair offers; the worklist tells them. The same plan and report give the same bytes. A pdf
    is printed by a Chromium on this machine.

    Raises
    ------
    OutputError
        The format is unknown, or there is no Chromium to print a pdf.
    """
    path = Path(path)
    makers: Mapping[str, Callable[[Plan, Report, Lang, Sequence[Edit]], bytes]] = {
        "docx": _docx,
        "xlsx": _xlsx,
        "html": lambda *of: _html(*of).encode("utf-8"),
        "pdf": _pdf,
    }
    make = makers.get(path.suffix.lower().lstrip("."))
    if make is None:
        msg = f"a dossier is written as {', '.join(FORMATS)}, not as '{path.suffix}'."
        raise OutputError(msg)
    content = make(plan, report, lang, fixes)
    with atomic_write(path) as inside:
        inside.write_bytes(content)


def _say(key: str, lang: Lang, **slots: Any) -> str:
    return words.choose(_LABELS[key], lang).format(**slots)


def _content(plan: Plan, report: Report, lang: Lang, fixes: Sequence[Edit] = ()) -> _Content:
    rows = sorted(finding_rows(report), key=lambda r: ("error", "warning", "info").index(r["severity"]))
    facts = [_say("schematic", lang)] if report.schematic else []
    facts += [f"{_say('as_of', lang)} {report.as_of}"] if report.as_of else []
    facts += [
        f"{_say('profile', lang)} {report.profile_name} {report.profile_digest[:16]}",
        f"{_say('plan', lang)} {report.plan_digest}",
        f"{_say('version', lang)} {report.version}",
    ]
    head = tuple(_say(k, lang) for k in ("severity", "code", "text", "value", "limit", "review"))
    title = report.title.get(lang) or report.plan_name
    return _Content(
        title=f"{title} · {_say('dossier', lang)}",
        facts=facts,
        scores=[*report.verdict.lines(lang), *(line.strip() for line in score_heads(report, lang)), *_formulas(lang)],
        verdicts=verdict_table(report, lang),
        worklist=worklist_table(worklist(plan, report, fixes)[:_CAUSES], SHORT, lang),
        findings=[head, *(_finding(row, lang) for row in rows[:_LISTED])],
        more=_say("more", lang, n=len(rows) - _LISTED) if len(rows) > _LISTED else "",
        unjudged=open_lines(report, lang),
        basis=_basis(report, lang),
        levels=counts(numbers(report.rules, lang, {r.code for r in report.runs if r.outcome in {"ok", "found"}}), lang),
        pictures=_pictures(plan, report, lang, fixes),
        works=works_rows(plan, fixes, lang),
    )


def _formulas(lang: Lang) -> list[str]:
    """How each score is computed, and why so; the same words as on the page and in `explain`."""
    return [line for lines in SCORES.values() for line in lines[lang]]


def _finding(row: Mapping[str, Any], lang: Lang) -> tuple[str, ...]:
    numbers = ["" if row[k] is None else f"{row[k]:,.4g} {row['unit']}".strip() for k in ("value", "limit")]
    mark = row.get("review", {})
    parts = [_say(mark["verdict"], lang), mark.get("reason", ""), mark.get("reviewer", "")] if mark else []
    said = " ".join(filter(None, parts))
    return (words.choose(words.SEVERITIES[row["severity"]], lang), row["code"], row["text"][lang], *numbers, said)


def _basis(report: Report, lang: Lang) -> list[tuple[str, ...]]:
    """Every threshold of every check that ran, by how far it can be trusted, with source and doubt."""
    ran = {run.code for run in report.runs if run.outcome in {"ok", "found"}}
    head = tuple(_say(k, lang) for k in ("level", "code", "param", "limit", "source", "doubt"))
    listed = numbers(report.rules, lang, ran)
    return [
        head,
        *((words.choose(words.TRUST[n.level], lang), n.code, n.name, n.value, n.source, n.doubt) for n in listed),
    ]


# ---- pictures ---------------------------------------------------------------------------------------------------


def _pictures(plan: Plan, report: Report, lang: Lang, fixes: Sequence[Edit] = ()) -> list[tuple[str, bytes]]:
    out = []
    if plan.has("parcels"):
        out.append((_say("map", lang), _png(_map(plan, report))))
    if plan.has("parcels", "start"):
        start = plan["parcels"]["start"]
        span = {"a": str(start.min().date()), "b": str(start.max().date())}
        out.append((_say("curves", lang, **span), _png(_curves(plan))))
    bars = works_picture(plan, fixes)
    if bars is not None:
        out.append((_say("works", lang), _png(bars)))
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


def _png(pixels: NDArray[np.uint8]) -> bytes:
    """An RGB picture as PNG, with nothing in it that changes from run to run."""
    height, width, _ = pixels.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, width * 3)], axis=1)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows.tobytes(), 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


# ---- html and pdf -----------------------------------------------------------------------------------------------

_CSS = """body{font:14px/1.6 "Noto Sans","Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif;color:#22282f;
max-width:1000px;margin:32px auto;padding:0 24px}h1{font-size:28px;line-height:1.3}h2{font-size:20px;margin-top:32px}
table{border-collapse:collapse;width:100%;font-size:13px}th{text-align:left;color:#5c6670;font-weight:600}
th,td{padding:4px 8px 4px 0;border-bottom:1px solid #e4e0d8;vertical-align:top;overflow-wrap:anywhere}
td:first-child,th{white-space:nowrap}tr{break-inside:avoid}.scores{font-size:15px;white-space:pre-wrap}.facts{color:#5c6670;font-size:13px}
img{width:100%;border:1px solid #e4e0d8}figure{margin:12px 0}figcaption{color:#5c6670;font-size:13px}
@page{size:A4;margin:16mm}@media print{body{margin:0;max-width:none;padding:0}}"""


def _html(plan: Plan, report: Report, lang: Lang, fixes: Sequence[Edit] = ()) -> str:
    c = _content(plan, report, lang, fixes)
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    parts = [
        f'<!DOCTYPE html><html lang="{"zh-CN" if lang == "zh" else "en"}"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><title>{html.escape(c.title)}</title>',
        f"<style>{_CSS}</style></head><body><h1>{html.escape(c.title)}</h1>",
        "<p class='facts'>" + "<br>".join(map(html.escape, c.facts)) + "</p>",
        _heading("summary", lang),
        f"<p class='scores'>{html.escape(chr(10).join(c.scores))}</p>",
        _heading("verdicts", lang),
        _table(c.verdicts),
        _heading("worklist", lang),
        _table(c.worklist) if len(c.worklist) > 1 else f"<p>{words.choose(WORKLIST['none'], lang)}</p>",
        _heading("findings", lang),
        _table(c.findings) if len(c.findings) > 1 else f"<p>{_say('none', lang)}</p>",
        f"<p>{html.escape(c.more)}</p>",
        _heading("open", lang),
        "<br>".join(map(html.escape, c.unjudged)) or _say("all_judged", lang),
        _heading("pictures", lang),
        *(_figure(*picture) for picture in c.pictures),
        _table(c.works) if len(c.works) > 1 else "",
        _heading("basis", lang),
        f"<p>{html.escape(c.levels)}</p>",
        _table(c.basis),
        "</body></html>\n",
    ]
    return "\n".join(parts)


def _heading(key: str, lang: Lang) -> str:
    return f"<h2>{html.escape(_say(key, lang))}</h2>"


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = ["".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in rows]
    lines = "".join(f"<tr>{row}</tr>" for row in body)
    return f"<table><thead><tr>{head.replace('td>', 'th>')}</tr></thead><tbody>{lines}</tbody></table>"


def _figure(caption: str, picture: bytes) -> str:
    data = base64.b64encode(picture).decode()
    said = html.escape(caption)
    return f'<figure><img alt="{said}" src="data:image/png;base64,{data}"><figcaption>{said}</figcaption></figure>'


def _pdf(plan: Plan, report: Report, lang: Lang, fixes: Sequence[Edit] = ()) -> bytes:
    browser = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        msg = "a pdf is printed by Chromium, which is not installed. Ask for html and print it from any browser."
        raise OutputError(msg)
    with tempfile.TemporaryDirectory() as folder:
        page, out = Path(folder) / "dossier.html", Path(folder) / "dossier.pdf"
        page.write_text(_html(plan, report, lang, fixes), encoding="utf-8")
        command = [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--proxy-server=127.0.0.1:9",
            "--no-pdf-header-footer",
            f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={out}",
            page.as_uri(),
        ]
        done = subprocess.run(command, capture_output=True, timeout=180, check=False)
        if not out.is_file():
            msg = f"Chromium could not print the dossier: {done.stderr.decode(errors='replace')[-200:]}"
            raise OutputError(msg)
        return re.sub(rb"D:\d{14}", b"D:20000101000000", out.read_bytes())


# ---- docx -------------------------------------------------------------------------------------------------------


def _docx(plan: Plan, report: Report, lang: Lang, fixes: Sequence[Edit] = ()) -> bytes:
    import docx
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    c = _content(plan, report, lang, fixes)
    document = docx.Document()
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(10)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "Microsoft YaHei")
    document.add_heading(clean(c.title), 0)
    for line in c.facts:
        document.add_paragraph(clean(line))

    def table(rows: Sequence[Sequence[str]]) -> None:
        grid = document.add_table(rows=len(rows), cols=len(rows[0]), style="Light Grid Accent 1")
        for cells, row in zip(grid.rows, rows, strict=True):
            for cell, text in zip(cells.cells, row, strict=True):
                cell.text = clean(text)

    document.add_heading(_say("summary", lang), 1)
    document.add_paragraph(clean("\n".join(c.scores)))
    for key, rows in (("verdicts", c.verdicts), ("worklist", c.worklist), ("findings", c.findings)):
        document.add_heading(_say(key, lang), 1)
        table(rows) if len(rows) > 1 else document.add_paragraph(_say("none", lang))
    document.add_paragraph(c.more)
    document.add_heading(_say("open", lang), 1)
    for line in c.unjudged or [_say("all_judged", lang)]:
        document.add_paragraph(clean(line), style="List Bullet")
    document.add_heading(_say("pictures", lang), 1)
    for caption, picture in c.pictures:
        document.add_picture(io.BytesIO(picture), width=Cm(16))
        document.add_paragraph(clean(caption))
    if len(c.works) > 1:
        table(c.works)
    document.add_heading(_say("basis", lang), 1)
    document.add_paragraph(clean(c.levels))
    table(c.basis)
    out = io.BytesIO()
    document.save(out)
    return settled(out.getvalue())


def _xlsx(plan: Plan, report: Report, lang: Lang, fixes: Sequence[Edit] = ()) -> bytes:
    c = _content(plan, report, lang, fixes)
    summary = [[c.title], *([line] for line in (*c.facts, *c.scores, *c.unjudged))]
    book = workbook(plan, report, lang, {"summary": summary, "verdicts": c.verdicts, "parameters": c.basis})
    worklist_sheet(book, report, worklist(plan, report, fixes), lang)
    out = io.BytesIO()
    book.save(out)
    return settled(out.getvalue())
