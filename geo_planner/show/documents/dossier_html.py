"""The dossier as HTML, and as PDF by a Chromium of this machine."""

from __future__ import annotations

import base64
import html
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ...errors import OutputError
from ...lang import Lang, choose
from ...lang.causes import WORKLIST
from ..still.svg import svg
from .dossier_content import Content
from .dossier_words import say

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
_CSS = """body{font:14px/1.6 "Noto Sans","Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif;color:#22282f;
max-width:1000px;margin:32px auto;padding:0 24px}h1{font-size:28px;line-height:1.3}h2{font-size:20px;margin-top:32px}
table{border-collapse:collapse;width:100%;font-size:13px}th{text-align:left;color:#5c6670;font-weight:600}
th,td{padding:4px 8px 4px 0;border-bottom:1px solid #e4e0d8;vertical-align:top;overflow-wrap:anywhere}
td:first-child,th{white-space:nowrap}td:nth-child(2){min-width:3.4em}
tr{break-inside:avoid}.overall{font-size:16px;font-weight:600}
.scores{white-space:pre-wrap}.facts{color:#5c6670;font-size:13px}
img{width:100%;border:1px solid #e4e0d8}figure{margin:12px 0}figcaption{color:#5c6670;font-size:13px}
.cause{break-before:page}.cause:first-of-type{break-before:auto}.cause th{width:8em}
.cause img{max-height:215mm;border:0}
h3{font-size:16px;margin:20px 0 6px}@page{size:A4;margin:16mm}@media print{body{margin:0;max-width:none;padding:0}}"""


def html_text(c: Content, lang: Lang) -> str:
    """Return the dossier as one HTML file that needs nothing else."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    parts = [
        f'<!DOCTYPE html><html lang="{"zh-CN" if lang == "zh" else "en"}"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><title>{html.escape(c.title)}</title>',
        f"<style>{_CSS}</style></head><body><h1>{html.escape(c.title)}</h1>",
        "<p class='facts'>" + "<br>".join(map(html.escape, c.facts)) + "</p>",
        _heading("summary", lang),
        f"<p class='overall'>{html.escape(c.overall)}</p>",
        _table(c.seven) if len(c.seven) > 1 else "",
        f"<p class='scores'>{html.escape(chr(10).join(c.scores))}</p>",
        _heading("verdicts", lang),
        _table(c.verdicts),
        _heading("worklist", lang),
        _table(c.worklist) if len(c.worklist) > 1 else f"<p>{choose(WORKLIST['none'], lang)}</p>",
        *_causes(c, lang),
        _heading("findings", lang),
        _table(c.findings) if len(c.findings) > 1 else f"<p>{say('none', lang)}</p>",
        f"<p>{html.escape(c.more)}</p>",
        _heading("open", lang),
        "<br>".join(map(html.escape, c.unjudged)) or say("all_judged", lang),
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
    return f"<h2>{html.escape(say(key, lang))}</h2>"


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = ["".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in rows]
    lines = "".join(f"<tr>{row}</tr>" for row in body)
    return f"<table><thead><tr>{head.replace('td>', 'th>')}</tr></thead><tbody>{lines}</tbody></table>"


def _figure(caption: str, picture: bytes) -> str:
    return _image(base64.b64encode(picture).decode(), "png", (caption, caption))


def _image(data: str, kind: str, words: tuple[str, str]) -> str:
    alt, said = (html.escape(word) for word in words)
    return f'<figure><img alt="{alt}" src="data:image/{kind};base64,{data}"><figcaption>{said}</figcaption></figure>'


def _causes(c: Content, lang: Lang) -> list[str]:
    """The pages of the gravest causes, each with its facts and its proof."""
    if not c.causes:
        return []
    out = [f"<h2>{html.escape(say('causes', lang, n=len(c.causes)))}</h2>"]
    for number, page in enumerate(c.causes, start=1):
        rows = "".join(f"<tr><th>{html.escape(k)}</th><td>{html.escape(v)}</td></tr>" for k, v in page.facts)
        out.append(f"<section class='cause'><h3>{number}. {html.escape(page.title)}</h3><table>{rows}</table>")
        if page.picture is not None:
            data = base64.b64encode(svg(page.picture).encode()).decode()
            out.append(_image(data, "svg+xml", (page.picture.said, page.caption)))
        out.append("</section>")
    return out


def pdf_bytes(c: Content, lang: Lang) -> bytes:
    """Return the dossier as PDF, printed by a Chromium of this machine.

    Raises
    ------
    OutputError
        There is no Chromium, or it could not print.
    """
    browser = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        msg = "a pdf is printed by Chromium, which is not installed. Ask for html and print it from any browser."
        raise OutputError(msg)
    with tempfile.TemporaryDirectory() as folder:
        page, out = Path(folder) / "dossier.html", Path(folder) / "dossier.pdf"
        page.write_text(html_text(c, lang), encoding="utf-8")
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
        return settled_pdf(out.read_bytes())


def settled_pdf(content: bytes) -> bytes:
    """A PDF without the day it was printed; its tags are numbered as they come."""
    # a busy machine gives the tags other numbers, in the same order
    order = dict.fromkeys(re.findall(rb"\(node(\d{8})\)", content))
    number = {name: b"%08d" % k for k, name in enumerate(order, start=1)}
    content = re.sub(rb"\(node(\d{8})\)", lambda m: b"(node" + number[m[1]] + b")", content)
    return re.sub(rb"D:\d{14}", b"D:20000101000000", content)
