"""WHAT WE HOLD: values only; no file is opened, nothing is judged."""

from .causes import Cause, Reach
from .edits import Edit, apply
from .layers import LAYERS, UTILITIES, Column, LayerSpec, conform
from .plan import Note, Plan, Raster, Source
from .profile import Profile, Threshold, differences
from .report import Findings, Report, Rows, Rule, Run, ScorePart, Scores, Skipped, findings
from .scenario import Scenario
from .scenario_text import scenario_text
from .verdict import Exemption, Verdict, Verdicts

__all__ = [
    "LAYERS",
    "UTILITIES",
    "Cause",
    "Column",
    "Edit",
    "Exemption",
    "Findings",
    "LayerSpec",
    "Note",
    "Plan",
    "Profile",
    "Raster",
    "Reach",
    "Report",
    "Rows",
    "Rule",
    "Run",
    "Scenario",
    "ScorePart",
    "Scores",
    "Skipped",
    "Source",
    "Threshold",
    "Verdict",
    "Verdicts",
    "apply",
    "conform",
    "differences",
    "findings",
    "scenario_text",
]
