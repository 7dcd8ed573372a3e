"""Schedules as planners exchange them: CSV, XLSX, MS Project XML, Primavera XER. Text and bytes in, text out."""

from __future__ import annotations

from .calendar import Calendar
from .sheet import parse_csv, parse_xlsx, write_csv
from .table import Joined, ScheduleTable, join, retimes, table_of
from .xer import parse_xer, write_xer
from .xml import parse_mspdi, write_mspdi

__all__ = [
    "Calendar",
    "Joined",
    "ScheduleTable",
    "join",
    "parse_csv",
    "parse_mspdi",
    "parse_xer",
    "parse_xlsx",
    "retimes",
    "table_of",
    "write_csv",
    "write_mspdi",
    "write_xer",
]
