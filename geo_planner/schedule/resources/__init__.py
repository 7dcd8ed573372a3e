"""Schedules under limited crews, machines and budgets: a project comes in, a schedule and its bound go out."""
