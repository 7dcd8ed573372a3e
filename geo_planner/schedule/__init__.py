"""PLAN -> TIMELINE: tasks, precedence, critical path, least-change repair, named conflicts."""

from __future__ import annotations

from .conflict import Conflict, conflict, ways_out
from .crews import Crews, crews_of
from .critical import Timeline, as_graph, critical_path
from .delays import CONTRACTOR, CONTRACTORS, Delay
from .events import Holds, Weights, declared_days
from .imported import LINK, Imported, imported
from .network import Arcs, Links, Network, Tasks, arcs_of, make_tasks, to_dates
from .programme import Programme, programme, works_network
from .quality import quality
from .rejudged import Rejudged, rejudged
from .repair import Repair, least_change
from .risk import Draws, Openings, Risk, Ways, parcel_risk, risk
from .schedule import Options, Schedule, schedule_plan
from .terms import delays_of, options_of
from .timeline import progress_of, timeline_table
from .window import status_day

__all__ = [
    "CONTRACTOR",
    "CONTRACTORS",
    "LINK",
    "Arcs",
    "Conflict",
    "Crews",
    "Delay",
    "Draws",
    "Holds",
    "Imported",
    "Links",
    "Network",
    "Openings",
    "Options",
    "Programme",
    "Rejudged",
    "Repair",
    "Risk",
    "Schedule",
    "Tasks",
    "Timeline",
    "Ways",
    "Weights",
    "arcs_of",
    "as_graph",
    "conflict",
    "crews_of",
    "critical_path",
    "declared_days",
    "delays_of",
    "imported",
    "least_change",
    "make_tasks",
    "options_of",
    "parcel_risk",
    "programme",
    "progress_of",
    "quality",
    "rejudged",
    "risk",
    "schedule_plan",
    "status_day",
    "timeline_table",
    "to_dates",
    "ways_out",
    "works_network",
]
