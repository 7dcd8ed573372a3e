"""EDITS -> TOML: a scenario file that makes the edits, and reads back equal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from .edits import Edit


def _toml(value: Any) -> str:
    """Return a value of an edit so that TOML gives it back: numbers and truths as they are, all else as text."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, int | float) else json.dumps(str(value), ensure_ascii=False)


def scenario_text(edits: Iterable[Edit], *, name: str, base: str, title: Mapping[str, str] | None = None) -> str:
    """A scenario in TOML that inherits from another one and makes the edits; `read_scenario` reads it."""
    lines = [f"name = {json.dumps(name, ensure_ascii=False)}", f"base = {json.dumps(base, ensure_ascii=False)}"]
    if title:
        words = ", ".join(f"{key} = {json.dumps(text, ensure_ascii=False)}" for key, text in title.items())
        lines.append(f"title = {{ {words} }}")
    lines.append("")
    for edit in edits:
        value = ", ".join(f"{k} = {_toml(v)}" for k, v in edit.value.items())
        rows = {"kind": edit.kind, "layer": edit.layer, "id": edit.id, "reason": edit.reason}
        rows |= {"origin": edit.origin, "safety": edit.safety}
        lines += ["[[edits]]", *(f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in rows.items())]
        lines += [f"value = {{ {value} }}", ""]
    return "\n".join(lines)
