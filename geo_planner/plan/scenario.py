"""A scenario: which layers, which edits, which profile, as of which day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from .edits import Edit
from .landuse import Own
from .profile import Profile, Threshold
from .schedule_terms import ScheduleTerms
from .verdict import Exemption


@dataclass(frozen=True)
class Scenario:
    """What a planner asks; values only, the files it names are opened by `read`.

    Parameters
    ----------
    layers
        Files or folders that hold the layers, already resolved against the scenario file's own folder.
    force_crs
        Take `crs` for every layer, even where a file declares another.
    contract
        The delivery contract that the layers and ledgers are held against; what they break of it is a note of the plan.
    ledgers
        Ledgers that are joined to the parcels by their numbers.
    schemes
        Land-use schemes of one's own, which the plan carries.
    parameters
        Thresholds of this scenario alone, laid over the profile as its topmost level.
    complete
        Layers that are declared to hold all there is, with the number of rows expected (None: not said).
    exemptions
        Violations that are lawful by a document.
    schedule
        Crews, money, calendars, prices, deadlines and frozen works of its schedule.
    """

    name: str
    title: Mapping[str, str] = field(default_factory=dict)
    layers: tuple[Path, ...] = ()
    crs: str | None = None
    force_crs: bool = False
    contract: Path | None = None
    edits: tuple[Edit, ...] = ()
    profile: Profile = field(default_factory=lambda: Profile(name="default"))
    parameters: Mapping[str, Mapping[str, Threshold]] = field(default_factory=dict)
    as_of: date | None = None
    schematic: bool = False
    ledgers: tuple[Path, ...] = ()
    schemes: Own = field(default_factory=dict)
    complete: Mapping[str, int | None] = field(default_factory=dict)
    exemptions: tuple[Exemption, ...] = ()
    schedule: ScheduleTerms = field(default_factory=ScheduleTerms)
    path: Path | None = None

    @property
    def rules(self) -> Profile:
        """The profile with the scenario's own parameters on top."""
        if not self.parameters:
            return self.profile
        return self.profile.under(Profile(name=f"{self.profile.name}+{self.name}", values=self.parameters))
