"""The sentence that opens a verdict: the word, the worst place, what is wrong there and how far it reaches."""

from __future__ import annotations

from ..lang import Lang, choose
from ..lang.causes import CLAUSES
from ..lang.verdicts import STATES, VERDICT_NAMES
from ..plan import Cause, Report


def opening(report: Report, name: str, lang: Lang) -> str:
    """Return the sentence of one of the seven verdicts, as in 先工业后商住：不合格。中部片区：….

    The place is that of the gravest and widest cause that breaks it; a verdict that nothing breaks has its word alone.
    """
    words = {"name": choose(VERDICT_NAMES[name], lang), "state": choose(STATES[report.verdict[name].state], lang)}
    worst = worst_cause(report, name)
    if report.verdict[name].state != "fail" or worst is None:
        return choose(CLAUSES["bare"], lang).format(**words)
    return choose(CLAUSES["sentence"], lang).format(**words, place=worst.place[lang], title=worst.title[lang])


def worst_cause(report: Report, name: str) -> Cause | None:
    """Return the cause that weighs most in a verdict: of its open breaches, the first in order; None where none is."""
    open_now = {b.fingerprint for b in report.verdict[name].breaches if b.standing == "open"}
    return next((c for c in report.causes if c.verdict == name and open_now & set(c.fingerprints)), None)
