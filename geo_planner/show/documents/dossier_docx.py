"""The dossier as a Word document: A4, set as offices in China set it, with tables whose columns fit what they hold."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from ...lang import Lang
from ..still.glyphs import can_write
from ..still.raster import picture
from .dossier_content import CausePage, Content
from .dossier_words import say
from .workbook import clean, settled

_BODY, _HEAD, _TITLE, _LATIN = "宋体", "黑体", "方正小标宋简体", "Times New Roman"
"""Faces of official documents; where one is missing, an office falls back by the table of fonts (`_fallbacks`)."""
_INSTEAD: Mapping[str, str] = {"宋体": "SimSun", "黑体": "SimHei", "方正小标宋简体": "宋体"}
_CM = 567
"""Twentieths of a point in a centimetre."""
_WIDE = 17.0
"""cm between the margins of a page."""
_WIDTHS: Mapping[str, tuple[float, ...]] = {
    "seven": (3.0, 1.8, 12.2),
    "verdicts": (1.8, 7.2, 2.6, 1.8, 1.8, 1.8),
    "worklist": (1.5, 1.2, 1.9, 4.0, 4.1, 1.9, 1.4, 1.0),
    "findings": (1.3, 1.5, 8.4, 2.1, 2.1, 1.6),
    "works": (2.6, 3.0, 1.4, 2.5, 2.5, 2.5, 2.5),
    "basis": (2.3, 1.5, 4.2, 3.0, 3.6, 2.4),
    "facts": (2.6, 14.4),
    "parties": (6.6, 4.2, 2.6, 3.6),
}
"""cm of the columns of each table."""
_TALLEST = 14.8
"""cm: how tall the picture of a proof may be, so that a cause stays on its page."""


def docx_bytes(c: Content, lang: Lang) -> bytes:
    """Return the dossier as docx; the same content gives the same bytes."""
    document = _sheet(lang)
    document.add_heading(clean(c.title), 0)
    for line in c.facts:
        document.add_paragraph(clean(line), style="Caption")
    document.add_heading(say("summary", lang), 1)
    document.add_paragraph().add_run(clean(c.overall)).bold = True
    if len(c.seven) > 1:
        _table(document, c.seven, _WIDTHS["seven"])
    for line in "\n".join(c.scores).splitlines():
        document.add_paragraph(clean(line))
    for key, rows in (("verdicts", c.verdicts), ("worklist", c.worklist)):
        document.add_heading(say(key, lang), 1)
        _table(document, rows, _WIDTHS[key]) if len(rows) > 1 else document.add_paragraph(say("none", lang))
    _causes(document, c, lang)
    document.add_heading(say("findings", lang), 1)
    _table(document, c.findings, _WIDTHS["findings"]) if len(c.findings) > 1 else document.add_paragraph(
        say("none", lang)
    )
    document.add_paragraph(c.more)
    document.add_heading(say("open", lang), 1)
    for line in c.unjudged or [say("all_judged", lang)]:
        document.add_paragraph(clean(line), style="List Bullet")
    _pictures(document, c, lang)
    document.add_heading(say("basis", lang), 1)
    document.add_paragraph(clean(c.levels))
    _table(document, c.basis, _WIDTHS["basis"])
    out = io.BytesIO()
    document.save(out)
    return settled(out.getvalue())


def _sheet(lang: Lang) -> Any:
    """An empty document: A4, margins, faces and sizes of text and headings."""
    import docx
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    document = docx.Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2)
    page.top_margin, page.bottom_margin = Cm(2.2), Cm(2)
    looks = {
        "Normal": (_BODY, 10.5, False),
        "Title": (_TITLE, 20, False),
        "Heading 1": (_HEAD, 14, True),
        "Heading 2": (_HEAD, 12, True),
        "Caption": (_BODY, 9, False),
    }
    for name, (face, size, bold) in looks.items():
        style = document.styles[name]
        style.font.name, style.font.size, style.font.bold = _LATIN, Pt(size), bold
        style.font.italic, style.font.color.rgb = False, RGBColor(0x1C, 0x21, 0x26)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), face)
        style.paragraph_format.space_after = Pt(4)
    document.styles["Heading 1"].paragraph_format.space_before = Pt(14)
    document.core_properties.language = "zh-CN" if lang == "zh" else "en"
    _fallbacks(document)
    return document


def _fallbacks(document: Any) -> None:
    """Say in the table of fonts what stands in for a face that a machine lacks."""
    part = next(p for p in document.part.package.iter_parts() if str(p.partname) == "/word/fontTable.xml")
    named = "".join(
        f'<w:font w:name="{face}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for face, other in _INSTEAD.items()
    )
    part._blob = part.blob.replace(b"</w:fonts>", named.encode() + b"</w:fonts>")


def _causes(document: Any, c: Content, lang: Lang) -> None:
    """A page for each of the gravest causes."""
    if not c.causes:
        return
    document.add_page_break()
    document.add_heading(say("causes", lang, n=len(c.causes)), 1)
    for number, page in enumerate(c.causes, start=1):
        head = document.add_heading(clean(f"{number}. {page.title}"), 2)
        head.paragraph_format.page_break_before = number > 1
        _cause(document, page)


def _cause(document: Any, page: CausePage) -> None:
    from docx.shared import Cm

    if page.facts:
        _table(document, page.facts, _WIDTHS["facts"], head=False)
    if page.picture is not None:
        wide = min(_WIDE, _TALLEST * page.picture.width / page.picture.height)
        document.add_paragraph()
        shape = document.add_picture(io.BytesIO(picture(page.picture)), width=Cm(wide))
        shape._inline.docPr.set("descr", clean(page.picture.said))
        document.add_paragraph(clean(page.caption), style="Caption")
    if len(page.parties) > 1 and not can_write():  # a picture without letters has its words in a table
        _table(document, page.parties, _WIDTHS["parties"])


def _pictures(document: Any, c: Content, lang: Lang) -> None:
    from docx.shared import Cm

    document.add_heading(say("pictures", lang), 1)
    for caption, content in c.pictures:
        shape = document.add_picture(io.BytesIO(content), width=Cm(16))
        shape._inline.docPr.set("descr", clean(caption))
        document.add_paragraph(clean(caption), style="Caption")
    if len(c.works) > 1:
        _table(document, c.works, _WIDTHS["works"])


def _table(document: Any, rows: Sequence[Sequence[str]], widths: Sequence[float], *, head: bool = True) -> None:
    """Add a table with hairlines; its first row stands again on each page, and no row is torn.

    Written as XML at once, because cell by cell takes a second for a thousand cells.
    """
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    cm = [round(w * _WIDE / sum(widths) * _CM) for w in widths]
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in cm)
    line = '<w:{side} w:val="single" w:sz="4" w:space="0" w:color="BDB8AE"/>'
    lines = "".join(line.format(side=side) for side in ("top", "bottom", "insideH"))
    room = '<w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/>'
    body = "".join(_row(row, cm, bold=head and k == 0, first=not head) for k, row in enumerate(rows))
    xml = (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(cm)}" w:type="dxa"/><w:tblBorders>{lines}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{room}</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"{body}</w:tbl>"
    )
    anchor = document.add_paragraph()
    anchor._p.addprevious(parse_xml(xml))
    anchor.paragraph_format.space_after = 0


def _row(row: Sequence[str], widths: Sequence[int], *, bold: bool, first: bool) -> str:
    """One row; `bold` makes it the head, `first` makes its first cell a label."""
    cells = "".join(
        _cell(text, width, bold=bold or (first and k == 0))
        for k, (text, width) in enumerate(zip(row, widths, strict=True))
    )
    again = "<w:tblHeader/>" if bold else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{again}</w:trPr>{cells}</w:tr>"


def _cell(text: str, width: int, *, bold: bool) -> str:
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="F1EEE7"/>' if bold else ""
    look = f'<w:rPr>{"<w:b/>" if bold else ""}<w:sz w:val="17"/></w:rPr>'
    said = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in clean(str(text)).split("\n"))
    space = '<w:pPr><w:spacing w:before="20" w:after="20"/></w:pPr>'
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}</w:tcPr>'
        f"<w:p>{space}<w:r>{look}{said}</w:r></w:p></w:tc>"
    )
