"""What changed since a recipe was written: layers gone or new, fields gone or new, fields of another type."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..plan.plan import Note
from .notes import note
from .part import Part
from .report import LayerReport
from .schema.recipe import Decided, types_of


def say_drift(parts: list[Part], recipe: Mapping[str, Decided]) -> list[LayerReport]:
    """Add to each part what differs from the recipe; returns a report for each layer that is gone."""
    if not recipe:
        return []
    met = set()
    for part in parts:
        name = next((n for n in (part.sheet.name, Path(part.sheet.source).stem) if n in recipe), None)
        if name is None:
            part.notes.append(note("IM707"))
            continue
        met.add(name)
        part.notes += _fields(part, recipe[name])
    return [LayerReport(n, "", notes=(note("IM706", 1, {"inner": n}),)) for n in recipe if n not in met]


def _fields(part: Part, decided: Decided) -> list[Note]:
    now = types_of(part.sheet.frame)
    before = decided.types or dict.fromkeys(decided.fields, "")
    gone = [f for f in before if f not in now]
    new = [f for f in now if f not in before] if decided.types else []
    notes = []
    if gone:
        args = {"what": ", ".join(gone), "new": ", ".join(new) or "-"}
        notes.append(note("IM708", len(gone), args))
    elif new:
        notes.append(note("IM710", len(new), {"what": ", ".join(new)}))
    changed = [f for f in before if f in now and before[f] and now[f] and before[f] != now[f]]
    if changed:
        what = ", ".join(f"{f} {before[f]} → {now[f]}" for f in changed)
        notes.append(note("IM709", len(changed), {"what": what}))
    return notes
