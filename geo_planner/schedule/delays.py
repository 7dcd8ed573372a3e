"""How late works finish in random draws: by utility, by contractor or by work, alone or together.

What makes works late together is drawn once for all of them: a crew lays one utility, a contractor has works of any
utility. The correlation of two works is the sum of the parts that they share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtr

from ..errors import ScheduleError
from .network import NO_DEADLINE, Bools, Floats, Ints, Strings

LONGEST = 36_525.0
"""A work is late by a hundred years at most."""
CONTRACTORS = "contractors"
"""The name under which `shared` says how far works of one contractor are late together, whatever their utility."""
CONTRACTOR = "contractor/"
"""What the name of a contractor's own delay begins with: "contractor/NAME"."""


@dataclass(frozen=True, kw_only=True)
class Delay:
    """How much later than planned works of one kind finish, in days.

    "triangular" takes low, mode and high; "lognormal" takes the median and the spread of the logarithm, shifted so that
    `low` is the least delay; "none" is always on time. `shared` is the correlation between works of one kind, which
    one crew builds: 0 = each for itself, 1 = all as late as one another.
    """

    shape: Literal["triangular", "lognormal", "none"]
    low: float = 0.0
    mode: float = 0.0
    high: float = 0.0
    median: float = 30.0
    spread: float = 0.5
    shared: float = 0.0

    def __post_init__(self) -> None:
        days = {"low": self.low, "mode": self.mode, "high": self.high, "median": self.median}
        if far := [name for name, value in days.items() if not abs(value) <= LONGEST]:
            msg = f"a delay has {far[0]} = {days[far[0]]}; it is a number of days within a hundred years."
            raise ScheduleError(msg)
        if self.shape == "triangular" and not self.low <= self.mode <= self.high:
            msg = f"a triangular delay needs low <= mode <= high, not {self.low}, {self.mode}, {self.high}."
            raise ScheduleError(msg)
        if self.shape == "lognormal" and (self.median <= 0 or self.spread < 0):
            msg = f"a lognormal delay needs a median above 0 and a spread from 0 on, not {self.median}, {self.spread}."
            raise ScheduleError(msg)

        if not 0 <= self.shared <= 1:
            msg = f"the shared part of a delay is a number from 0 to 1, not {self.shared}."
            raise ScheduleError(msg)

    def draw(self, random: np.random.Generator, size: tuple[int, int], common: Common | None = None) -> Floats:
        """Delays in days; a row is a draw, its columns are works of one crew; `common` is what others share with them.

        Works of one row of `common` that are late together keep this delay's own distribution.
        """
        if self.shape == "none" or (self.shape == "triangular" and self.low == self.high):
            return np.full(size, 0.0 if self.shape == "none" else self.low)
        if self.shape == "triangular" and self.shared == 0 and common is None:
            return random.triangular(self.low, self.mode, self.high, size)
        normal = random.standard_normal(size)
        part = common.part if common is not None else 0.0
        if self.shared + part > 1:
            msg = f"delays: works of one crew share {self.shared}, those of one contractor {part}; together at most 1."
            raise ScheduleError(msg)
        if self.shared + part > 0:
            normal = np.sqrt(1 - self.shared - part) * normal
        if self.shared > 0:
            normal += np.sqrt(self.shared) * random.standard_normal((size[0], 1))
        if common is not None:
            normal += np.sqrt(part) * common.score
        if self.shape == "triangular":
            return self._triangular(ndtr(normal))
        with np.errstate(over="ignore"):  # what is later than anybody waits is as late as can be told
            return np.clip(self.low + self.median * np.exp(self.spread * normal), -LONGEST, LONGEST)

    def _triangular(self, chance: Floats) -> Floats:
        """Delays that are not exceeded with some chances."""
        width, rise = self.high - self.low, self.mode - self.low
        before = chance * width < rise
        up = self.low + np.sqrt(chance * width * rise)
        down: Floats = self.high - np.sqrt((1 - chance) * width * (self.high - self.mode))
        return np.where(before, up, down)


@dataclass(frozen=True, eq=False)
class Common:
    """A standard normal number for each draw and work, equal where one contractor builds, and the part it makes up."""

    score: Floats
    part: float

    def of(self, works: Ints | Bools) -> Common:
        """The numbers of some of the works."""
        return Common(self.score[:, works], self.part)


@dataclass(frozen=True, eq=False, kw_only=True)
class Works:
    """Pipes that are laid: the planned day, the utility, the name and who lays them ("" where it is not known)."""

    finish: Ints
    kind: Strings
    ids: Strings
    contractor: Strings

    @property
    def names(self) -> Strings:
        """Each work as a delay names it, "pipes/JS-01"."""
        return np.array([f"pipes/{i}" for i in self.ids.tolist()], dtype=object)

    def delayed_by(self, delays: Mapping[str, Delay]) -> Strings:
        """The name of the delay of each work: its own, else its contractor's, else its utility's."""
        by = np.array([CONTRACTOR + name for name in self.contractor.tolist()], dtype=object)
        key = np.where(np.isin(by, list(delays)), by, self.kind.astype(str).astype(object))
        return np.where(np.isin(self.names, list(delays)), self.names, key)


def drawn_finish(
    works: Works, delays: Mapping[str, Delay], random: np.random.Generator, turn: tuple[int, int | None]
) -> Floats:
    """The day on which each work is there (draws, works), for `turn` = (draws, status day): what is past is past."""
    count, today = turn
    finish = np.repeat(works.finish[None, :].astype(float), count, axis=0)
    ahead = works.finish > (today if today is not None else -NO_DEADLINE)
    key, common = works.delayed_by(delays), _common(works, delays, random, count)
    single = np.isin(key, works.names)
    for name in sorted(set(key[~single].tolist())):
        own = np.flatnonzero((key == name) & ahead & ~single)
        finish[:, own] += delays[name].draw(random, (count, len(own)), common.of(own) if common else None)
    for k in np.flatnonzero(single & ahead).tolist():
        one = np.array([k])
        finish[:, one] += delays[str(key[k])].draw(random, (count, 1), common.of(one) if common else None)
    return finish


def _common(works: Works, delays: Mapping[str, Delay], random: np.random.Generator, count: int) -> Common | None:
    """What works of one contractor share, where it is asked for; a work of nobody known shares with none."""
    part = delays[CONTRACTORS].shared if CONTRACTORS in delays else 0.0
    if part == 0:
        return None
    names, of = np.unique(works.contractor.astype(str), return_inverse=True)
    score = random.standard_normal((count, len(names)))[:, of]
    alone = works.contractor.astype(str) == ""
    score[:, alone] = random.standard_normal((count, int(alone.sum())))
    return Common(score, part)
