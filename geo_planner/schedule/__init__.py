"""PLAN -> TIMELINE: tasks, precedence, critical path, least-change repair, named conflicts."""

from __future__ import annotations

from .conflict import Conflict, conflict, ways_out
from .critical import Timeline, as_graph, critical_path
from .network import Arcs, Links, Network, Tasks, arcs_of, make_tasks
from .programme import Programme, Weights, programme
from .quality import quality
from .repair import Repair, least_change
from .risk import Delay, Draws, Openings, Risk, Ways, parcel_risk, risk
from .schedule import Crews, Options, Schedule, scenario_text, schedule_plan

__all__ = [
    "Arcs",
    "Conflict",
    "Crews",
    "Delay",
    "Draws",
    "Links",
    "Network",
    "Openings",
    "Options",
    "Programme",
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
    "critical_path",
    "least_change",
    "make_tasks",
    "parcel_risk",
    "programme",
    "quality",
    "risk",
    "scenario_text",
    "schedule_plan",
    "ways_out",
]
