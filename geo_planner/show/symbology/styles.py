"""The table of looks, one for page, print and desktop GIS."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def styles() -> dict[str, Any]:
    """The table of looks, shared with the print and with the styles for desktop GIS."""
    path = resources.files(__package__).joinpath("styles.toml")
    return dict(tomllib.loads(path.read_text(encoding="utf-8")))
