"""What the import of a plan guessed, repaired, doubted and set aside, for the report and the map."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ...plan import Plan
from ...read.notes import note_texts, outcome, sentence


def imported(plan: Plan) -> dict[str, Any]:
    """Return the outcome of the import and its notes in two languages; doubts first, then repairs, then the rest."""
    order = {"error": 0, "warning": 0, "repair": 1, "info": 2}
    texts = note_texts()
    rows = [
        {
            "layer": n.layer,
            "code": n.code,
            "severity": n.severity,
            "count": n.count,
            "zh": sentence(n, "zh"),
            "en": sentence(n, "en"),
            "advice": texts[n.code].advice if n.code in texts else "",
            "example": n.example,
        }
        for n in sorted(plan.notes, key=lambda n: (order.get(n.severity, 2), n.layer, n.code))
    ]
    return {"outcome": outcome(plan.notes), "counts": dict(Counter(n.severity for n in plan.notes)), "notes": rows}
