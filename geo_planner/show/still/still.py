"""PROOF -> DRAWING: the still of one cause, for a page of a document or for the side of a sheet or page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from ...lang import LANGS, Lang
from ...plan import Cause, Edit, Plan, Report
from ...verdict.proof import proofs
from .bars import Room, height, put_bars, put_key, shown
from .drawing import AFTER, GAP, PARTY, Drawing
from .place import put_place
from .scene import Scene, Shapes
from .svg import svg
from .words import dates, gap_words, label, labelled, say

Row = Mapping[str, Any]
Form = Literal["page", "side"]
GRAVEST = 10
"""Causes whose proof stands as a picture in documents and on the sheet."""
_MAP = {"page": 290.0, "side": 156.0}
_ROOMS: Mapping[str, Room] = {
    "page": Room(x=0, y=0, width=640, row=18, size=10.5),
    "side": Room(x=0, y=0, width=340, row=25, size=10.5, two=True),
}


def still(shapes: Shapes, proof: Row, lang: Lang, *, form: Form = "page", title: str = "") -> Drawing | None:
    """Return the picture of a proof: the map above, the bars below; None where it has neither a day nor a place."""
    room, wide = _ROOMS[form], _ROOMS[form].width
    rows = [f"{label(party, lang)} {dates(party['bar'])}" for party in shown(proof)]
    rows += [gap_words(proof["gap"], lang)] if proof["gap"] and proof["gap"]["from"] else []
    drawing = Drawing(wide, 0.0, say("said", lang, title=title, rows="; ".join(rows)))
    scene = put_place(drawing, shapes, proof, (0.5, 0.5, wide - 1, _MAP[form]), lang)
    drawing.height = _MAP[form] + 2 if scene.shapes() else 0.0
    if shown(proof):
        top = drawing.height + (8 if drawing.height else 2)
        put_bars(drawing, proof, replace(room, y=top), lang)
        drawing.height = top + height(proof, room)
    _key(drawing, proof, scene, lang)
    return drawing if drawing.height else None


def _key(drawing: Drawing, proof: Row, scene: Scene, lang: Lang) -> None:
    """Write below what red, green and the arrows mean, where they occur."""
    rows = shown(proof)
    there = {
        "gap": (GAP, any(party["gap"] for party in rows)),
        "after": (AFTER, any(party["after"] for party in rows)),
        "path": (PARTY, bool(scene.path)),
    }
    inks = {key: ink for key, (ink, occurs) in there.items() if occurs}
    if inks:
        put_key(drawing, (0.0, drawing.height + 12, 9.5), inks, lang)
        drawing.height += 17


def proven(plan: Plan, report: Report, fixes: Sequence[Edit] = ()) -> list[tuple[Cause, Row]]:
    """Return the causes that have a proof, the gravest first, each with it; its parties have their labels."""
    named = {cause.key: cause for cause in report.causes}
    return [(named[proof["cause"]], labelled(proof)) for proof in proofs(plan, report, fixes=fixes)]


def stills(plan: Plan, found: Sequence[tuple[Cause, Row]]) -> dict[str, dict[str, str]]:
    """Return the stills of causes as SVG for the side of a page, by the cause's key and language."""
    shapes, out = Shapes(plan), {}
    for cause, proof in found:
        both = {lang: still(shapes, proof, lang, form="side", title=cause.title[lang]) for lang in LANGS}
        drawn = {str(lang): svg(drawing) for lang, drawing in both.items() if drawing is not None}
        if drawn:
            out[cause.key] = drawn
    return out


def page_proofs(plan: Plan, report: Report | None, fixes: Sequence[Edit] = ()) -> dict[str, Any]:
    """Return what the page is told of proofs: `proofs` by the cause's key, and the `stills` of the gravest."""
    found = proven(plan, report, fixes) if report is not None else []
    told = {cause.key: {k: v for k, v in proof.items() if k != "cause"} for cause, proof in found}
    return {"proofs": told, "stills": {key: shared(both) for key, both in stills(plan, found[:GRAVEST]).items()}}


def shared(both: Mapping[str, str]) -> dict[str, Any]:
    """Return the stills of one cause with the ground, which is the same in each language, once.

    The still of a language is its first text, `same`, and its second text.
    """
    head = {lang: text.index(">") + 1 for lang, text in both.items()}
    bodies = [text[head[lang] :] for lang, text in both.items()]
    alike, least = 0, min(map(len, bodies))
    step = 1 << least.bit_length()
    while step:  # texts that are alike up to a place are alike up to every place before it
        if alike + step <= least and len({body[: alike + step] for body in bodies}) == 1:
            alike += step
        step >>= 1
    pieces = {lang: [text[: head[lang]], text[head[lang] + alike :]] for lang, text in both.items()}
    return {"same": bodies[0][:alike], **pieces}


def party_rows(proof: Row, lang: Lang) -> list[tuple[str, str, str, str]]:
    """Return the parties as rows of a table: what, its days, the gap that is broken, its days after the repair."""
    return [
        (
            label(party, lang),
            dates(party["bar"]),
            gap_words(party["gap"], lang) if party["gap"] else "",
            dates(party["after"]) if party["after"] else "",
        )
        for party in shown(proof)
    ]
