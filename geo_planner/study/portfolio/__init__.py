"""SCENARIOS -> THE 1+5 BOARD: each park by itself, all of them together, and what crosses their borders."""

from .run import Portfolio, read_portfolio, run_portfolio

__all__ = ["Portfolio", "read_portfolio", "run_portfolio"]
