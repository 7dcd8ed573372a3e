"""Reviews that come back: what reviewers said of each finding, merged, checked against the data, laid on a report.

A review is the `review.json` that the map downloads, or the worklist of `dossier.xlsx` with its status filled in. It
names the digest of the plan it was made on and is refused on any other: a verdict on old data is no verdict.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import ReviewError
from ..plan import Report, Verdicts
from ..verdict.verdicts import weighed
from .worklist_back import worklist_marks

FORMAT = "geo_planner review 1"
VERDICTS = ("accepted", "rejected", "waived")
_MOST = 64 * 1024 * 1024


@dataclass(frozen=True)
class Mark:
    """What one reviewer said of one finding."""

    fingerprint: str
    verdict: str
    reason: str = ""
    reviewer: str = ""
    date: str = ""
    comment: str = ""
    number: str = ""  # of the document that exempts, its approver and its last day
    approver: str = ""
    expiry: str = ""


@dataclass(frozen=True)
class Review:
    """The marks of one file, or of several merged; `conflicts` are findings on which reviewers differ."""

    plan_digest: str
    marks: tuple[Mark, ...]
    conflicts: tuple[tuple[Mark, ...], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the review as the map and `--review` read it; conflicts are listed beside it."""
        rows = [dict(vars(m)) for m in self.marks]
        clash = [[dict(vars(m)) for m in group] for group in self.conflicts]
        return {"format": FORMAT, "plan": self.plan_digest, "marks": rows, "conflicts": clash}


def read_review(path: Path) -> Review:
    """Return the review in a file: a review.json of the map, or the workbook with a worklist filled in.

    Raises
    ------
    ReviewError
        The file is missing, is no review, or holds a waiver without a reason.
    """
    if not path.is_file() or path.stat().st_size > _MOST:
        msg = f"there is no review file {path}, or it is larger than {_MOST >> 20} MB."
        raise ReviewError(msg)
    if path.suffix.lower() == ".xlsx":
        digest, rows = worklist_marks(path)
        return Review(digest, tuple(_mark(path, row) for row in rows))
    try:
        table = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as reason:
        msg = f"{path.name} is no review.json: {reason}."
        raise ReviewError(msg) from reason
    if not isinstance(table, dict) or table.get("format") != FORMAT or not isinstance(table.get("marks"), list):
        msg = f'{path.name} is no review of this program: it must say "format": "{FORMAT}" and hold marks.'
        raise ReviewError(msg)
    return Review(str(table.get("plan", "")), tuple(_mark(path, row) for row in table["marks"]))


def _mark(path: Path, row: object) -> Mark:
    words = {k: str(row.get(k) or "") for k in Mark.__dataclass_fields__} if isinstance(row, dict) else {}
    if not words.get("fingerprint") or words["verdict"] not in VERDICTS:
        msg = f"{path.name}: a mark needs fingerprint and verdict ({', '.join(VERDICTS)}), not {str(row)[:80]!r}."
        raise ReviewError(msg)
    if words["verdict"] == "waived" and not words["reason"].strip():
        msg = f"{path.name}: finding {words['fingerprint']} is waived without a reason; write one."
        raise ReviewError(msg)
    return Mark(**words)


def merge_reviews(paths: Sequence[Path]) -> Review:
    """Return several reviews as one; where reviewers differ the latest mark stands and the conflict is listed.

    Raises
    ------
    ReviewError
        The reviews were made on different data, or there is none.
    """
    reviews = [read_review(path) for path in paths]
    digests = {r.plan_digest for r in reviews}
    if len(digests) != 1:
        told = ", ".join(f"{p.name}: {r.plan_digest[:12] or 'none'}" for p, r in zip(paths, reviews, strict=True))
        msg = f"these reviews were made on different data and cannot be merged ({told}). Review one and the same run."
        raise ReviewError(msg)
    by_finding: dict[str, list[Mark]] = {}
    for mark in (m for r in reviews for m in r.marks):
        if mark not in by_finding.setdefault(mark.fingerprint, []):
            by_finding[mark.fingerprint].append(mark)
    latest = [max(group, key=lambda m: (m.date, m.reviewer)) for _, group in sorted(by_finding.items())]
    clash = [tuple(g) for _, g in sorted(by_finding.items()) if len({m.verdict for m in g}) > 1]
    return Review(digests.pop(), tuple(latest), tuple(clash))


def with_reviews(report: Report, paths: Sequence[Path]) -> Report:
    """Return the report with the reviewers' marks on its findings; a waived finding stays and shows as waived.

    Raises
    ------
    ReviewError
        The review was made on another plan than the one reported on.
    """
    review = merge_reviews(paths)
    if review.plan_digest != report.plan_digest:
        msg = (
            f"the review was made on plan {review.plan_digest[:12] or '(none)'}, this run is on "
            f"{report.plan_digest[:12]}. The data have changed since: review the new map, or run on the old data."
        )
        raise ReviewError(msg)
    marks: Mapping[str, Mapping[str, str]] = {m.fingerprint: dict(vars(m)) for m in review.marks}
    marked = replace(report, reviews=marks)
    return replace(marked, verdict=Verdicts(tuple(weighed(v, marked) for v in report.verdict)))
