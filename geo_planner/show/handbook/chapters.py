"""Chapters that are made, not written: every check with its pictures, the numbers by trust, the public names."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from ... import lang as words
from ...checks import load
from ...checks.contract import Check
from ...lang import Lang
from ...lang.about import about
from ...lang.words import BLANKS
from ...plan import Profile
from ...plan.layers import LAYERS, Column
from ...plan.trust import LEVELS
from ..exports.trust import Number, counts, numbers
from .pictures import example_pictures


def check_pages(profile: Profile, lang: Lang) -> str:
    """Return every check as HTML: words, numbers in force, the passing and the failing example drawn."""
    return "".join(_check(check, profile, lang) for check in load().values())


def _check(check: Check, profile: Profile, lang: Lang) -> str:
    text = check.zh if lang == "zh" else check.en
    severity = words.choose(words.SEVERITIES[check.severity], lang)
    family = words.choose(words.FAMILIES[check.family], lang) if check.family in words.FAMILIES else check.family
    good, bad = example_pictures(check, lang)
    names = ("合格的例子", "不合格的例子", "建议", "注意") if lang == "zh" else ("passes", "fails", "advice", "trap")
    body = about(check.code, check.doc, {"about": text.about}, lang)
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in body.split("\n\n"))
    trap = f"<p><b>{names[3]}</b> {escape(text.trap)}</p>" if text.trap else ""
    return (
        f'<section id="{check.code}"><h3>{check.code} {escape(text.title)} <small>{escape(family)} · {severity}</small>'
        f"</h3>{paragraphs}<p><b>{names[2]}</b> {escape(text.advice)}</p>{trap}{_numbers_of(check, profile, lang)}"
        f'<div class="pair"><figure><figcaption>{names[0]}</figcaption>{good}</figure>'
        f"<figure><figcaption>{names[1]}</figcaption>{bad}</figure></div></section>"
    )


def _numbers_of(check: Check, profile: Profile, lang: Lang) -> str:
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(c)}</td>" for c in (n.name, n.value, n.source, _trust(n, lang))) + "</tr>"
        for n in numbers({check.code: check.rule(profile)}, lang)
    )
    return f"<table>{rows}</table>" if rows else ""


def _trust(number: Number, lang: Lang) -> str:
    told = words.choose(words.TRUST[number.level], lang)
    return f"{told} · {number.doubt}" if number.doubt else told


def numbers_by_trust(profile: Profile, lang: Lang) -> str:
    """Return every number in force, listed by how far it can be trusted, the doubtful ones marked."""
    listed = numbers({code: check.rule(profile) for code, check in load().items()}, lang)
    parts = [f"<p>{escape(counts(listed, lang))}</p>"]
    for level in LEVELS:
        rows = [n for n in listed if n.level == level]
        if rows:
            table = "".join(_row(n) for n in rows)
            parts.append(
                f"<h3>{escape(words.choose(words.TRUST[level], lang))} ({len(rows)})</h3><table>{table}</table>"
            )
    return "".join(parts)


def _row(n: Number) -> str:
    cells = (n.name, n.value, n.source, n.doubt)
    return f'<tr><td><a href="#{n.code}">{n.code}</a></td>' + "".join(f"<td>{escape(c)}</td>" for c in cells) + "</tr>"


def layer_pages(lang: Lang) -> str:
    """Return every layer with its columns: name, type, unit, words, whether required, what a blank says."""
    heads = ("字段", "说明", "类型", "单位", "取值", "必填", "空白表示") if lang == "zh" else _HEADS
    head = "".join(f"<th>{text}</th>" for text in heads)
    out = []
    for spec in LAYERS.values():
        rows = "".join(_column(spec.name, column, lang) for column in spec.columns)
        title = f"<h3><code>{spec.name}</code> {escape(spec.zh if lang == 'zh' else spec.en)}</h3>"
        out.append(f'<section id="layer-{spec.name}">{title}<table><tr>{head}</tr>{rows}</table></section>')
    return "".join(out)


_HEADS = ("column", "what it is", "type", "unit", "words", "required", "a blank says")


def _column(layer: str, column: Column, lang: Lang) -> str:
    blank = words.choose(BLANKS[column.blank_means(layer)], lang)
    must = ("是" if lang == "zh" else "yes") if column.required else ""
    about = column.zh if lang == "zh" else column.en
    cells = (column.name, about, column.dtype, column.unit, ", ".join(column.allowed), must, blank)
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def public_names() -> str:
    """Return the public names of the package with their signatures and docstrings."""
    import geo_planner

    return "".join(_named(name, getattr(geo_planner, name)) for name in geo_planner.__all__ if not name.startswith("_"))


def _named(name: str, thing: Any) -> str:
    head = name
    if callable(thing):
        try:
            head = name + str(inspect.signature(thing)).replace("'", "")
        except ValueError:  # a class without a Python signature
            head = name
    methods: Mapping[str, Any] = vars(thing) if inspect.isclass(thing) else {}
    inner = "".join(_method(k, m) for k, m in methods.items() if inspect.isfunction(m) and not k.startswith("_"))
    about = _paragraphs(inspect.getdoc(thing))
    return f'<section id="api-{name}"><h3><code>{escape(head)}</code></h3>{about}{inner}</section>'


def _method(name: str, function: Any) -> str:
    signature = str(inspect.signature(function)).replace("'", "")
    return f"<h4><code>.{escape(name + signature)}</code></h4>{_paragraphs(inspect.getdoc(function))}"


def _paragraphs(text: str | None) -> str:
    return "".join(_paragraph(part) for part in (text or "").split("\n\n"))


def _paragraph(part: str) -> str:
    return f"<pre>{escape(part)}</pre>" if "\n---" in part or part.startswith("    ") else f"<p>{escape(part)}</p>"


def headings(html: str) -> Iterator[tuple[str, str]]:
    """Yield the anchor and the text of each section of a made chapter, for the table of contents."""
    for piece in html.split('<section id="')[1:]:
        anchor, rest = piece.split('"', 1)
        yield anchor, rest.split("<h3>", 1)[1].split("<small>", 1)[0].split("</h3>", 1)[0]
