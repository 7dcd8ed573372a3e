"""`geo-planner version`."""

from __future__ import annotations

from .._version import __version__
from .front import app


@app.command()
def version() -> int:
    """Print the version."""
    print(__version__)
    return 0
