"""One rule of a pack, and the kinds of rule there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...plan.trust import Level

ON_FIELDS = ("field", "type", "length", "unique", "filled", "code", "range")
KINDS = ("layer", "valid", "overlap", "gap", "sliver", "close_nodes", *ON_FIELDS)
TYPES = ("text", "integer", "number", "date")
NUMBERED: Mapping[str, int] = {"length": 1, "range": 2, "overlap": 1, "gap": 1, "sliver": 1, "close_nodes": 1}
"""Kinds whose value is that many numbers."""


@dataclass(frozen=True)
class PackRule:
    """One row; `layer` is "*" for every layer of polygons, `value` a tolerance, type, length, range or list."""

    rule: str
    kind: str
    layer: str
    field: str
    value: str
    zh: str
    en: str
    source: str
    trust: Level
