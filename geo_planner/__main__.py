"""`python -m geo_planner` is the command line."""

from .cli import process

process()
