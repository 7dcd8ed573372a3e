"""PLAN -> TIMELINE: tasks, precedence, critical path, least-change repair, named conflicts."""

from __future__ import annotations

from .answer import Options, Schedule, scenario_text, schedule_plan
from .conflict import Conflict, conflict, ways_out
from .critical import Timeline, as_graph, critical_path
from .network import Arcs, Links, Network, Tasks, arcs_of, make_tasks
from .programme import Programme, Weights, programme
from .repair import Repair, least_change

__all__ = [
    "Arcs", "Conflict", "Links", "Network", "Options", "Programme", "Repair", "Schedule", "Tasks", "Timeline",
    "Weights", "arcs_of", "as_graph", "conflict", "critical_path", "least_change", "make_tasks", "programme",
    "scenario_text", "schedule_plan", "ways_out",
]  # fmt: skip
