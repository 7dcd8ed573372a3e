"""How a sentence is made from a template and its values."""

from __future__ import annotations

import math
import string
from collections.abc import Mapping
from typing import Any, Literal

from .words import REASONS, WANTED

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")


def choose(pair: tuple[str, str], lang: Lang) -> str:
    """Return the Chinese or the English half of a pair."""
    return pair[0] if lang == "zh" else pair[1]


def reason(key: str, lang: Lang, words: Mapping[str, Any] | None = None) -> str:
    """Why something could not be judged, as a short clause."""
    words = dict(words or {})
    if words.get("what") in WANTED:
        words["what"] = choose(WANTED[words["what"]], lang)
    return sentence(choose(REASONS[key], lang), words)


class _Cell:
    """A value that prints as people write it, with the format the template asks for where it fits."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __format__(self, spec: str) -> str:
        value = self.value
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return "?"
        if hasattr(value, "strftime"):
            return "?" if str(value) == "NaT" else str(value.strftime("%Y-%m-%d"))
        if isinstance(value, list | tuple):
            return "、".join(str(v) for v in value)
        if spec:
            try:
                return format(value, spec)
            except (TypeError, ValueError):
                return str(value)
        return f"{value:g}" if isinstance(value, float) else str(value)


class _Formatter(string.Formatter):
    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:  # noqa: ARG002  (the base class's form)
        return _Cell(kwargs.get(str(key)))


def sentence(template: str, values: Mapping[str, Any]) -> str:
    """Fill a template's slots; a value that is missing prints as `?`, never as an exception."""
    return _Formatter().vformat(template, (), values)


def cell(value: Any, spec: str = "") -> str:
    """Return one value as a sentence prints it, with the format its slot asks for where that fits."""
    return format(_Cell(value), spec)


def slots(template: str) -> set[str]:
    """Return the names a template wants."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def printable(text: str) -> str:
    """Text from data with control and bidirectional characters escaped, so that it cannot steer a terminal."""
    return "".join(c if c == "\n" or c.isprintable() else f"\\x{ord(c):02x}" for c in text)
