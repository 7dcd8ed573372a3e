"""The handbook as one page that needs no network, with a search of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from importlib import resources
from pathlib import Path

from markdown_it import MarkdownIt

from ..._version import __version__
from ...lang import LANGS, Lang
from ...plan import Profile
from ..exports.files import write_text
from .chapters import check_pages, headings, layer_pages, numbers_by_trust, public_names

_WORDS = {
    "zh": ("园区规划审查手册", "搜索手册", "全部检查", "数字与可信程度", "公开接口（Python）", "版本", "图层与字段"),
    "en": (
        "Handbook of geo_planner",
        "Search the handbook",
        "Every check",
        "The numbers by trust",
        "Public names (Python)",
        "version",
        "Layers and columns",
    ),
}


@dataclass(frozen=True)
class Chapter:
    """One chapter: its anchor, its title, its body as HTML, and the sections that the contents list."""

    anchor: str
    title: str
    body: str
    sections: tuple[tuple[str, str], ...] = ()


def chapter_texts(lang: Lang) -> dict[str, str]:
    """Return the written chapters of one language as Markdown, by file name in reading order."""
    folder = resources.files("geo_planner") / "handbook" / lang
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".md")), key=lambda f: f.name)
    return {f.name.removesuffix(".md"): f.read_text(encoding="utf-8") for f in files}


def write_handbook(folder: str | Path, profile: Profile, *, langs: Iterable[Lang] = LANGS) -> list[Path]:
    """Write `handbook_zh.html` and `handbook_en.html` into a folder; return their paths. Same input, same bytes."""
    out = []
    for lang in langs:
        path = Path(folder) / f"handbook_{lang}.html"
        write_text(path, handbook_page(profile, lang))
        out.append(path)
    return out


def handbook_page(profile: Profile, lang: Lang) -> str:
    """Return the handbook of one language as one HTML page without a single outside address."""
    title, search, *_, version, _ = _WORDS[lang]
    chapters = [*_written(lang), *_made(profile, lang)]
    contents = "".join(_contents(chapter) for chapter in chapters)
    body = "".join(f'<article id="{c.anchor}"><h2>{escape(c.title)}</h2>{c.body}</article>' for c in chapters)
    style, script = (_own(name) for name in ("handbook.css", "handbook.js"))
    policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
    return (
        f'<!doctype html><html lang="{"zh-CN" if lang == "zh" else "en"}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{style}</style></head><body><nav><h1>{title}</h1>"
        f'<input type="search" placeholder="{search}" aria-label="{search}"><ol>{contents}</ol>'
        f"<p>{version} {__version__}</p></nav><main>{body}</main><script>{script}</script></body></html>\n"
    )


def _written(lang: Lang) -> list[Chapter]:
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    out = []
    for name, text in chapter_texts(lang).items():
        heading, _, rest = text.partition("\n")
        out.append(Chapter(name, heading.removeprefix("# ").strip(), reader.render(rest)))
    return out


def _made(profile: Profile, lang: Lang) -> list[Chapter]:
    _, _, checks, numbers, names, _, layers = _WORDS[lang]
    pages, api, columns = check_pages(profile, lang), public_names(), layer_pages(lang)
    return [
        Chapter("layers", layers, columns, tuple(headings(columns))),
        Chapter("checks", checks, pages, tuple(headings(pages))),
        Chapter("numbers", numbers, numbers_by_trust(profile, lang)),
        Chapter("api", names, api, tuple(headings(api))),
    ]


def _contents(chapter: Chapter) -> str:
    inner = "".join(f'<li><a href="#{anchor}">{_short(text)}</a></li>' for anchor, text in chapter.sections)
    below = f"<details><summary>{len(chapter.sections)}</summary><ol>{inner}</ol></details>" if inner else ""
    return f'<li><a href="#{chapter.anchor}">{escape(chapter.title)}</a>{below}</li>'


def _short(html: str) -> str:
    text = re.sub(r"<[^>]+>", "", html).strip()
    return text.split("(", 1)[0] if text.isascii() else text


def _own(name: str) -> str:
    return (resources.files(__package__) / name).read_text(encoding="utf-8")
