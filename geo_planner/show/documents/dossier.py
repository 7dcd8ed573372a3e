"""The dossier: the same numbers as the map, as a document or as a workbook a reviewer can recompute.

Documents are docx, html and pdf; the workbook is xlsx with live formulas over its own sheets.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ...errors import OutputError
from ...lang import Lang
from ...plan import Edit, Plan, Report
from ..exports.files import atomic_write
from .dossier_content import content_of
from .dossier_docx import docx_bytes
from .dossier_html import html_text, pdf_bytes
from .workbook import settled, workbook
from .worklist import worklist, worklist_sheet

FORMATS = ("docx", "xlsx", "html", "pdf")


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
        "docx": lambda *of: docx_bytes(content_of(*of), of[2]),
        "xlsx": _xlsx,
        "html": lambda *of: html_text(content_of(*of), of[2]).encode("utf-8"),
        "pdf": lambda *of: pdf_bytes(content_of(*of), of[2]),
    }
    make = makers.get(path.suffix.lower().lstrip("."))
    if make is None:
        msg = f"a dossier is written as {', '.join(FORMATS)}, not as '{path.suffix}'."
        raise OutputError(msg)
    content = make(plan, report, lang, fixes)
    with atomic_write(path) as inside:
        inside.write_bytes(content)


def _xlsx(plan: Plan, report: Report, lang: Lang, fixes: Sequence[Edit] = ()) -> bytes:
    c = content_of(plan, report, lang, fixes)
    summary = [[c.title], *([line] for line in (*c.facts, *report.verdict.lines(lang), *c.scores, *c.unjudged))]
    book = workbook(plan, report, lang, {"summary": summary, "verdicts": c.verdicts, "parameters": c.basis})
    worklist_sheet(book, report, worklist(plan, report, fixes), lang)
    out = io.BytesIO()
    book.save(out)
    return settled(out.getvalue())
