"""What is not known for certain, and what a planner may choose: numbers with a distribution, told as values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from scipy import special

from ..errors import StudyError, did_you_mean
from .scenario import Scenario

Array = np.ndarray[Any, Any]
Kind = Literal["date", "demand", "geometry", "shift", "parameter"]
KINDS: Mapping[str, str] = {
    "date": "d", "demand": "×", "geometry": "m", "shift": "×", "parameter": "",
}  # fmt: skip
"""Kinds of an uncertainty and the unit of its number: days, a factor, metres, a share of the shift."""

NUMBERS: Mapping[str, tuple[str, ...]] = {
    "uniform": ("low", "high"),
    "triangular": ("low", "mode", "high"),
    "normal": ("mean", "width"),
    "lognormal": ("median", "spread"),
}
"""Distributions and their numbers, in order; `width` and `spread` are standard deviations (of the logarithm)."""


@dataclass(frozen=True)
class Distribution:
    """A range, a curve, or a list of values that are all as likely."""

    shape: str
    numbers: tuple[float, ...] = ()
    values: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        """Raise `StudyError` where the numbers make no distribution."""
        if self.shape == "values":
            if not self.values:
                msg = "a list of values is empty"
                raise StudyError(msg)
            return
        if self.shape not in NUMBERS:
            msg = f"distribution '{self.shape}' is unknown." + did_you_mean(self.shape, [*NUMBERS, "values"])
            raise StudyError(msg)
        names = NUMBERS[self.shape]
        if len(self.numbers) != len(names) or not all(math.isfinite(n) for n in self.numbers):
            msg = f"a {self.shape} distribution needs {', '.join(names)} as numbers"
            raise StudyError(msg)
        self._width()

    def _width(self) -> None:
        named = dict(zip(NUMBERS[self.shape], self.numbers, strict=True))
        if self.shape in {"uniform", "triangular"} and list(self.numbers) != sorted(self.numbers):
            msg = f"a {self.shape} distribution from {named['low']:g} to {named['high']:g} has a negative width"
            raise StudyError(msg)
        for name in ("width", "spread"):
            if named.get(name, 0.0) < 0:
                msg = f"a {self.shape} distribution with {name} {named[name]:g} has a negative width"
                raise StudyError(msg)
        if self.shape == "lognormal" and named["median"] <= 0:
            msg = f"a lognormal distribution has a median above zero, not {named['median']:g}"
            raise StudyError(msg)

    def at(self, u: Array) -> Array:
        """The values at chances `u` between 0 and 1, ascending with them."""
        u = np.asarray(u, dtype=float)
        if self.shape == "values":
            place = np.minimum((u * len(self.values)).astype(int), len(self.values) - 1)
            return np.asarray(np.array(self.values, dtype=object)[place])
        one, *rest = self.numbers
        if self.shape == "uniform":
            return np.asarray(one + u * (rest[0] - one))
        if self.shape == "triangular":
            return _triangular(u, one, rest[0], rest[1])
        z = special.ndtri(np.clip(u, 1e-9, 1 - 1e-9))
        return np.asarray(one + rest[0] * z if self.shape == "normal" else one * np.exp(rest[0] * z))


def _triangular(u: Array, low: float, mode: float, high: float) -> Array:
    if high == low:
        return np.full(u.shape, low)
    cut = (mode - low) / (high - low)
    left = low + np.sqrt(np.maximum(u * (high - low) * (mode - low), 0.0))
    right = high - np.sqrt(np.maximum((1 - u) * (high - low) * (high - mode), 0.0))
    return np.asarray(np.where(u < cut, left, right))


@dataclass(frozen=True)
class Uncertainty:
    """One thing that may turn out otherwise, or (a lever) that a planner may decide.

    Parameters
    ----------
    kind
        "date" moves the dates `columns` of features by days; "demand" multiplies the numbers `columns`; "geometry"
        moves every corner at random by so many metres, equal corners alike; "shift" moves shapes by the drawn share of
        `shift` [m, m], for a doubtful coordinate system; "parameter" sets `parameter` of `check`.
    ids, where
        The features it is about: by id, or by an expression on columns; neither: all of the layer.
    each
        Whether every feature has a draw of its own.
    """

    name: str
    kind: Kind
    distribution: Distribution
    layer: str = ""
    ids: tuple[str, ...] = ()
    where: str = ""
    columns: tuple[str, ...] = ()
    check: str = ""
    parameter: str = ""
    shift: tuple[float, float] = (0.0, 0.0)
    each: bool = False
    lever: bool = False
    title: Mapping[str, str] = field(default_factory=dict)

    @property
    def unit(self) -> str:
        """The unit of the drawn number."""
        return KINDS[self.kind]


@dataclass(frozen=True)
class Study:
    """A scenario, what is uncertain in it, and what is looked at: values only.

    Parameters
    ----------
    checks
        Codes or families of checks that are run on each member; empty: all.
    limits
        By check: so many findings, at most, are a pass; where none is given, as many as without any uncertainty.
    sure
        Share of members from which on an outcome counts as certain.
    """

    name: str
    scenario: Scenario
    uncertainties: tuple[Uncertainty, ...]
    checks: tuple[str, ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
    sure: float = 0.95
    title: Mapping[str, str] = field(default_factory=dict)
