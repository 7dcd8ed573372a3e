"""The front of layouts as one page that asks no network for anything: a picture, and a table of its points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from ...lang import Lang, choose
from ...lang.layouts import FRONT
from ...lang.proposals import cell_word
from ...lang.sentences import sentence
from .board_page import styles
from .proposal_table import cell_text, spoken

WIDE, HIGH = 1000, 460
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 20, 48
"""Size of a picture and its margins, in its own units."""


def front_page(
    tables: Mapping[str, pd.DataFrame], args: Mapping[str, Any], names: tuple[str, Sequence[str]], lang: Lang
) -> str:
    """Return the page; `names` are the title of the scenario and the scenario files of the points, in their order."""
    table, rest = tables["front"], tables.get("needless")
    title, files = names
    notes = "".join(f'<p class="soft">{escape(line)}</p>' for line in _notes(args, lang))
    told = table.rename(columns={"changed": "hectares"}).assign(hectares=(table["changed"] / 1e4).round(2))
    rows = html_table(_linked(spoken(told, lang), files, lang))
    body = [
        f'<p class="lead">{escape(front_words(tables, args, lang))}</p>',
        f"<section>{_picture(table, rest, lang)}{notes}</section>",
        f'<h2 id="table">{_w("table", lang)}</h2><section>{rows}</section>',
    ]  # fmt: skip
    if rest is not None:
        body.append(f'<h2 id="beaten">{_w("beaten_table", lang)}</h2>')
        body.append(f"<section>{html_table(spoken(rest, lang))}</section>")
    return page(f"{title} · {choose(FRONT['title'], lang)}", body, lang)


def front_words(tables: Mapping[str, pd.DataFrame], args: Mapping[str, Any], lang: Lang) -> str:
    """The front in two sentences: how far it reaches, and whether more may lie between its points."""
    table = tables["front"]
    first, last = table.iloc[0], table.iloc[int(table["suitability"].argmax())]
    words = {
        "points": len(table), "least": float(first["changed"]) / 1e4, "low": float(first["suitability"]),
        "most": float(last["changed"]) / 1e4, "high": float(last["suitability"]),
    }  # fmt: skip
    parts = [
        sentence(choose(FRONT["lead"], lang), words),
        choose(FRONT["complete" if args["complete"] else "some"], lang),
    ]
    if args["needless"]:
        parts.append(sentence(choose(FRONT["needless"], lang), {"needless": args["needless"]}))
    return ("" if lang == "zh" else " ").join(parts)


def _notes(args: Mapping[str, Any], lang: Lang) -> list[str]:
    out = [choose(FRONT["rule"], lang)]
    if args["unknown"]:
        classes = ("、" if lang == "zh" else ", ").join(cell_word(c, lang) for c in args["unknown"])
        out.append(sentence(choose(FRONT["unknown"], lang), {"classes": classes}))
    if args["compactness_now"] is not None:
        out.append(sentence(choose(FRONT["compact"], lang), {"now": args["compactness_now"]}))
    return out


def page(title: str, body: Sequence[str], lang: Lang) -> str:
    """Return a page of its own from its title and the parts of its body, which are markup already."""
    policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    meta = '<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
    code = "zh-CN" if lang == "zh" else "en"
    head = f"{meta}<title>{escape(title)}</title>{policy}<style>{styles()}</style>"
    main = f"<main><h1>{escape(title)}</h1>{''.join(body)}</main>"
    return f'<!doctype html><html lang="{code}"><head>{head}</head><body>{main}</body></html>\n'


def html_table(table: pd.DataFrame) -> str:
    """Return a table with the heads it has; cells that begin with `<` are markup already."""
    head = "".join(f"<th>{escape(str(name))}</th>" for name in table.columns)
    rows = table.astype(object).to_numpy().tolist()
    cells = [[v if isinstance(v, str) and v.startswith("<") else escape(cell_text(v)) for v in row] for row in rows]
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in cells)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _linked(table: pd.DataFrame, files: Sequence[str], lang: Lang) -> pd.DataFrame:
    if len(files) != len(table):
        return table
    return table.assign(**{choose(FRONT["scenario"], lang): [f'<a href="{escape(f)}">{escape(f)}</a>' for f in files]})


def _w(key: str, lang: Lang) -> str:
    return escape(choose(FRONT[key], lang))


def ticks(low: float, high: float, many: int = 6) -> list[float]:
    """Round numbers from low to high, about so many."""
    span = max(high - low, 1e-9)
    step = 10.0 ** np.floor(np.log10(span / many))
    step *= next(m for m in (1, 2, 5, 10) if span / (step * m) <= many)
    first = np.ceil(low / step - 1e-9) * step
    return [round(float(v), 10) + 0.0 for v in np.arange(first, high + 1e-9 * span, step)]


def _picture(table: pd.DataFrame, rest: pd.DataFrame | None, lang: Lang) -> str:
    """Return change against suitability: a dot a point, a tick for its bound, the plan now, beaten ones hollow."""
    every = table if rest is None else pd.concat([table, rest], ignore_index=True)
    x, y = every["changed"].to_numpy(dtype=float) / 1e4, every["suitability"].to_numpy(dtype=float)
    bound = np.where(every["best"] == "compactness", y, every["bound"].to_numpy(dtype=float))
    ends = (0.0, float(x.max()) * 1.06 or 1.0), (min(0.0, float(y.min())), float(max(bound.max(), 0.0)) * 1.08 or 1.0)
    axes = Axes(*ends)
    marks = [axes.frame((choose(FRONT["x"], lang), choose(FRONT["y"], lang)))]
    line = table[table["best"] == "suitability"]
    spots = [axes.at(a, b) for a, b in zip(line["changed"] / 1e4, line["suitability"], strict=True)]
    marks.append(f'<path class="curve" d="M{"L".join(f"{a:.1f} {b:.1f}" for a, b in spots)}"/>' if spots else "")
    for k, (a, b, most) in enumerate(zip(x.tolist(), y.tolist(), bound.tolist(), strict=True)):
        marks.append(_mark(axes, (a, b, most), every.iloc[k], (k + 1 if k < len(table) else 0, lang)))
    cx, cy = axes.at(0.0, 0.0)
    marks.append(f'<path class="limit" d="M{cx - 6:.1f} {cy:.1f}h12M{cx:.1f} {cy - 6:.1f}v12"/>')
    marks.append(f'<text x="{cx + 10:.1f}" y="{cy - 8:.1f}">{_w("today", lang)}</text>')
    box = f'viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{_w("title", lang)}"'
    return f'<svg class="chart" {box}>{"".join(marks)}</svg>'


def _mark(axes: Axes, spot: tuple[float, float, float], row: pd.Series, number: tuple[int, Lang]) -> str:
    (a, b, most), (point, lang) = spot, number
    x, y = axes.at(a, b)
    top = axes.at(a, most)[1]
    compact = row.get("compactness")
    depth = 1.0 if compact is None else 0.25 + 0.75 * float(compact) / 100.0
    told = (("x", a), ("y", b), ("bound", most))
    tip = f"<title>{'; '.join(f'{_w(name, lang)} {value:,.2f}' for name, value in told)}</title>"
    if not point:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" class="beaten">{tip}</circle>'
    return (
        f'<path class="limit" d="M{x - 7:.1f} {top:.1f}h14M{x:.1f} {top:.1f}V{y:.1f}"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" class="point" style="fill-opacity:{depth:.2f}">{tip}</circle>'
        f'<text x="{x:.1f}" y="{y + 24:.1f}" text-anchor="middle">{point}</text>'
    )


class Axes:
    """From numbers to places in a picture, and the frame with its ticks."""

    def __init__(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        self.x, self.y = x, y

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a pair of numbers lies."""
        across = (x - self.x[0]) / max(self.x[1] - self.x[0], 1e-9)
        up = (y - self.y[0]) / max(self.y[1] - self.y[0], 1e-9)
        return LEFT + across * (WIDE - LEFT - RIGHT), HIGH - BOTTOM - up * (HIGH - TOP - BOTTOM)

    def frame(self, names: tuple[str, str]) -> str:
        """Lines and numbers of both axes, and what they are called."""
        out = []
        for v in ticks(*self.y):
            x, y = self.at(self.x[0], v)
            out.append(f'<path class="grid" d="M{x:.1f} {y:.1f}H{WIDE - RIGHT}"/>')
            out.append(f'<text x="{x - 8:.1f}" y="{y + 4:.1f}" text-anchor="end">{v:g}</text>')
        for v in ticks(*self.x, 10):
            x, y = self.at(v, self.y[0])
            out.append(f'<path class="grid" d="M{x:.1f} {y:.1f}v5"/>')
            out.append(f'<text x="{x:.1f}" y="{y + 18:.1f}" text-anchor="middle">{v:g}</text>')
        out.append(f'<text x="{WIDE - RIGHT}" y="{HIGH - 10}" text-anchor="end">{escape(names[0])}</text>')
        out.append(f'<text x="{LEFT + 6}" y="{TOP + 2}">{escape(names[1])}</text>')
        return "".join(out)
