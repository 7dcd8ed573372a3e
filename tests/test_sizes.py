"""The sizes of style.md: short functions, short files, shallow nesting, no positional heaps."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1] / "geo_planner"
FILES = sorted(ROOT.rglob("*.py"))
FUNCTION_P90, FUNCTION_MOST, FILE_MOST, NESTING_MOST, CHECK_MOST = 25, 80, 500, 4, 160


def _functions() -> list[tuple[str, ast.FunctionDef]]:
    found = []
    for path in FILES:
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        found += [(f"{path.relative_to(ROOT)}:{n.name}", n) for n in nodes if isinstance(n, ast.FunctionDef)]
    return found


def _lines(node: ast.FunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _depth(node: ast.AST, level: int = 0) -> int:
    deeper = (ast.For, ast.While, ast.If, ast.With, ast.Try)
    depths = [level]
    for field, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.FunctionDef) or not isinstance(child, ast.AST):
                continue
            chained = isinstance(node, ast.If) and field == "orelse" and isinstance(child, ast.If)
            depths.append(_depth(child, level + (isinstance(child, deeper) and not chained)))
    return max(depths)


def test_nine_functions_in_ten_fit_on_half_a_screen():
    assert np.percentile([_lines(n) for _, n in _functions()], 90) <= FUNCTION_P90


def test_no_function_is_longer_than_the_hard_stop():
    assert [(name, _lines(n)) for name, n in _functions() if _lines(n) > FUNCTION_MOST] == []


def test_no_file_is_longer_than_the_hard_stop():
    sizes = {str(p.relative_to(ROOT)): len(p.read_text(encoding="utf-8").splitlines()) for p in FILES}
    assert {k: v for k, v in sizes.items() if v > FILE_MOST} == {}


def test_nesting_is_shallow():
    assert [(name, _depth(n)) for name, n in _functions() if _depth(n) > NESTING_MOST] == []


def test_a_check_file_is_one_page_and_a_half():
    checks = [p for p in (ROOT / "checks").glob("*.py") if p.stem[2:5].isdigit()]
    sizes = {p.name: len(p.read_text(encoding="utf-8").splitlines()) for p in checks}
    assert {k: v for k, v in sizes.items() if not 55 <= v <= CHECK_MOST} == {}


def test_rows_are_not_walked_one_by_one():
    words = (".iterrows(", ".itertuples(", "axis=1)")
    bad = [f"{p.relative_to(ROOT)}: {w}" for p in FILES for w in words[:2] if w in p.read_text(encoding="utf-8")]
    assert bad == []
