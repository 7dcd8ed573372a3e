"""Where a plan stands among lawful layouts, as one page that asks no network for anything: a picture a figure."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np

from ...improve.layout_sample import AGREED, WALKS
from ...improve.proposal import Proposal
from ...lang import Lang, choose
from ...lang.layouts import SAMPLE, rule_word
from ...lang.sentences import sentence
from .front_page import html_table, page, ticks
from .proposal_table import spoken

Array = np.ndarray[Any, Any]

APART = 2.5
"""Per cent of the layouts at either end from which a figure of the plan stands apart."""
WIDE, HIGH, FOOT, BINS = 420, 150, 22, 30
"""Size of a picture, the height of its foot, and its bars."""


def sample_page(made: Proposal, title: str, lang: Lang) -> str:
    """Return the page: the sentences, a card a figure, the table, and what the sample is and is not."""
    first, *notes = sample_words(made, lang)
    cards = "".join(_card(row, made, lang) for row in made.tables["standing"].to_dict("records"))
    body = [
        f'<p class="lead">{escape(first)}</p>', *(f'<p class="lead">{escape(line)}</p>' for line in notes[:-1]),
        f'<div class="cards">{cards}</div>', f'<p class="soft">{escape(notes[-1])}</p>',
        f"<section>{html_table(spoken(made.tables['standing'], lang))}</section>",
    ]  # fmt: skip
    return page(f"{title} · {choose(SAMPLE['title'], lang)}", body, lang)


def sample_words(made: Proposal, lang: Lang) -> list[str]:
    """Where the plan stands apart, what it does not keep, whether the walks agree, and what the sample is."""
    args, table, comma = made.args, made.tables["standing"], "、" if lang == "zh" else ", "
    names = np.array([_say(name, args, lang) for name in table["figure"]], dtype=object)
    ends = (("lower", (table["below"] <= APART).to_numpy()), ("higher", (table["below"] >= 100.0 - APART).to_numpy()))
    apart = [
        _say(key, {"figures": comma.join(names[at]), "share": 100.0 - APART}, lang) for key, at in ends if at.any()
    ]
    stop, part = ("。", "；") if lang == "zh" else (".", "; ")
    lead = _say("lead", args, lang) + (part.join(apart) + stop if apart else _say("inside", {}, lang))
    lines, broken = [lead], args["broken"]
    if broken:
        rules = ("；" if lang == "zh" else "; ").join(rule_word(r, lang) for r in list(broken))  # type: ignore[call-overload]
        lines.append(_say("broken", {"rules": rules}, lang))
    mixed = {"walks": WALKS, "worst": args["worst"], "limit": AGREED, "worth": float(table["worth"].min())}
    return [*lines, _say("agreed" if args["agreed"] else "apart_walks", mixed, lang), _say("what", args, lang)]


def _say(key: str, values: Mapping[str, Any], lang: Lang) -> str:
    return sentence(choose(SAMPLE[key], lang), values)


def _card(row: Mapping[str, Any], made: Proposal, lang: Lang) -> str:
    name, bands = row["figure"], dict(made.args["bands"])  # type: ignore[call-overload]
    head = f"<h3>{escape(_say(name, made.args, lang))}</h3>"
    if np.isnan(float(row["below"])):
        return f'<div class="card">{head}<p class="none">{escape(choose(SAMPLE["unknown"], lang))}</p></div>'
    told = {**row, "low": row["below_low"], "high": row["below_high"]}
    lines = [_say(key, told, lang) for key in ("now", "spread", "below")]
    if name in bands:
        lines.append(_say("band", {"low": bands[name][0], "high": bands[name][1]}, lang))
    picture = _histogram(made.tables["layouts"][name].to_numpy(dtype=float), float(row["now"]), bands.get(name))
    words = "".join(f"<div>{escape(line)}</div>" for line in lines)
    return f'<div class="card">{head}{picture}<div class="soft">{words}</div></div>'


def _histogram(values: Array, now: float, band: tuple[float, float] | None) -> str:
    """Return the layouts as bars, the plan as a red line, the band as a shade behind them."""
    low, high = min(float(values.min()), now), max(float(values.max()), now)
    edge = max(0.06 * (high - low), 0.05)
    low, high = low - edge, high + edge

    def at(value: float) -> float:
        return WIDE * (min(max(value, low), high) - low) / (high - low)

    count, edges = np.histogram(values, bins=BINS, range=(low, high))
    tall, top = (HIGH - FOOT - 14) / max(int(count.max()), 1), HIGH - FOOT
    out = []
    if band is not None:
        out.append(
            f'<rect x="{at(band[0]):.1f}" y="0" width="{at(band[1]) - at(band[0]):.1f}" height="{top}" class="band"/>'
        )
    for number, left, right in zip(count.tolist(), edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        size = f'width="{at(right) - at(left) - 0.8:.1f}" height="{number * tall:.1f}"'
        out.append(f'<rect x="{at(left):.1f}" y="{top - number * tall:.1f}" {size} class="draw"/>' if number else "")
    out.append(f'<path class="grid" d="M0 {top}H{WIDE}"/>')
    for value in ticks(low, high, 5):
        anchor = "start" if at(value) < 16 else "end" if at(value) > WIDE - 16 else "middle"
        out.append(f'<text x="{at(value):.1f}" y="{HIGH - 5}" text-anchor="{anchor}">{value:g}</text>')
    out.append(f'<path class="limit" d="M{at(now):.1f} 0V{top}"/>')
    return f'<svg class="chart" viewBox="0 0 {WIDE} {HIGH}" role="img">{"".join(out)}</svg>'
