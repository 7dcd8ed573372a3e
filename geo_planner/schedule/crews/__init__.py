"""Schedules under limited crews, machines and budgets: a search that always has an answer, and a proof beside it."""
