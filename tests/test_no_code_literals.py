"""What a land use means is data: no code of a shipped scheme stands in the Python of the package, examples apart."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from geo_planner.plan import landuse

ROOT = Path(__file__).parents[1] / "geo_planner"
CODES = {code for scheme in landuse.schemes().values() for code in scheme.classes}
EXAMPLES = ("PASSES", "FAILS")
SCORES = {"S1", "S2", "S3"}
"""The names of the three scores are codes of GB 50137 too."""
ASKING = {"startswith", "isin", "match", "fullmatch", "contains", "search", "list", "compile"}
"""Calls that compare a text with what they are given: here a single letter or two digits count as well."""
NO_LAND = {
    "checks/st708_industrial_land_used_loosely.py": {"2002"},  # an edition of GB/T 4754
    "plan/layers.py": {"2002"},
    "read/crs/placing.py": {"02", "09"},  # ends of gcj02 and bd09
    "show/documents/workbook.py": {"A2"},  # a cell of a sheet
}
"""Texts that are a code by chance, by file."""


def files() -> list[str]:
    found = [p.relative_to(ROOT).as_posix() for p in ROOT.rglob("*.py")]
    return sorted(f for f in found if not f.startswith(("sample/", "read/schedules/", "read/formats/")))


def literals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and text of every code in a module outside its docstrings and its example plans."""
    bound = {t.id: n for n in tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)}
    bound |= {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
    example, todo = set(), [n for n in EXAMPLES if n in bound]
    while todo:
        name = todo.pop()
        example.add(bound[name])
        used = {n.id for n in ast.walk(bound[name]) if isinstance(n, ast.Name)} & set(bound)
        todo += [n for n in used if bound[n] not in example]
    for part in tree.body:
        if part not in example:
            yield from _codes_in(part)


def _codes_in(part: ast.stmt) -> Iterator[tuple[int, str]]:
    asked = {
        id(c)
        for call in ast.walk(part)
        if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in ASKING
        for arg in call.args
        for c in ast.walk(arg)
    }
    for node in ast.walk(part):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = [w for w in re.split(r"[\^$()|,;/+ ]+", node.value) if w]
            least = 1 if id(node) in asked else 2
            if words and set(words) <= CODES - SCORES and max(map(len, words)) >= least:
                yield node.lineno, node.value


@pytest.mark.parametrize("name", files())
def test_no_code_of_a_scheme_stands_in_python(name):
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
    assert [found for found in literals(tree) if found[1] not in NO_LAND.get(name, ())] == []


@pytest.mark.parametrize(
    "text", ['FARM = ("01", "02")', 'x = code.str.match(r"^(16|H9)")', 'y = code.startswith("W")', 'z = c == "M1"']
)
def test_the_search_finds_the_codes_that_used_to_stand_there(text):
    assert list(literals(ast.parse(text)))
