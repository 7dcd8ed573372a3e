"""Scenarios beside their base, ready to be written as one page: what `geo_planner.compare` is."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path

from ..lang import Lang
from ..study.compare import Comparison
from ..study.compare import compare as differ
from ..study.run import Judged
from .page.compare import write_comparison


@dataclass(frozen=True)
class Comparisons:
    """What separates each of some scenarios from one base."""

    pairs: tuple[Comparison, ...]

    def write(self, path: str | Path, *, lang: Lang = "zh") -> Path:
        """Write them as one interactive page and return its path."""
        write_comparison(self.pairs, Path(path), lang=lang)
        return Path(path)

    def __repr__(self) -> str:
        return "\n".join(map(repr, self.pairs))

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(repr(pair))}</p>{pair.indicators.to_html(index=False)}" for pair in self.pairs)


def compare(base: Judged, *others: Judged) -> Comparisons:
    """Return what changes from the base to each of the others."""
    return Comparisons(tuple(differ(base, other) for other in others))
