"""How far a number can be trusted: the level of its source, from the printed standard down to our own say."""

from __future__ import annotations

from typing import Literal, get_args

Level = Literal["printed", "two_secondary", "secondary", "memory", "ours"]
LEVELS: tuple[Level, ...] = get_args(Level)
"""Printed standard seen; two independent secondary sources; one; from memory; ours (no standard says it)."""

_OURS = ("project", "your own", "data model", "order of time", "ours", "a variant", "example", "what one such")
_TWO = ("two secondary", "two independent", "两处")
_ONE = ("secondary", "[r]", "二手")


def level_of(source: str, *, verified: bool = False) -> Level:
    """The level that the words of a source give; `verified` says that somebody compared the printed page.

    What a source does not say is not believed: a bare name of a standard counts as from memory.
    """
    text = source.strip().lower()
    if text.startswith(_OURS):
        return "ours"
    if any(word in text for word in _TWO):
        return "two_secondary"
    if "memory" in text:
        return "memory"
    if any(word in text for word in _ONE):
        return "secondary"
    return "printed" if verified else "memory"


def is_doubtful(source: str) -> bool:
    """Whether the words of a source say that the number itself, its clause or its reach is in doubt."""
    return "doubtful" in source or "存疑" in source
