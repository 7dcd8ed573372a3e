"""Break code of a room in small ways, drawn by a seed, and count how many breaks its tests notice.

    python -m tests.harness.mutate_rooms ROOM [ROOM ...] [--n 40] [--seed 1] [--files 8] [--seconds 150]

A mutant is one comparison turned, `and`/`or`, `&`/`|`, `+`/`-`, `*`/`/` swapped, a `not` or an `if` turned round, a number
one larger, a result left out, or a call left out. Each lives in a fork that has other people's packages imported and ours
not, and runs the test files that name most of what its module defines, its own first, until one fails. What a subprocess
of a test runs is the code as it stands, so the share told is at most too small. A mutant on which the tests run longer than
`--seconds` of CPU is told apart and counted as not noticed.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import importlib
import importlib.util
import os
import random
import re
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = (
    "numpy",
    "pandas",
    "shapely",
    "pyproj",
    "pyogrio",
    "geopandas",
    "networkx",
    "scipy.sparse.csgraph",
    "hypothesis",
)
TURNED: dict[type, type] = {
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div,
    ast.Div: ast.Mult, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
NOTICED, UNNOTICED, SLOW = 0, 1, 2


@dataclass(frozen=True)
class Mutant:
    """One break: of which module, where, what, and the source that has it."""

    path: Path
    line: int
    what: str
    source: str

    @property
    def module(self) -> str:
        """The dotted name of the module."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def sites(tree: ast.Module) -> Iterator[tuple[ast.AST, Callable[[], str]]]:
    """Yield nodes inside functions, each with what breaks it in place."""
    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
        for node in (n for line in function.body for n in ast.walk(line)):
            yield from ((node, change) for change in _changes(node))


def _changes(node: ast.AST) -> Iterator[Callable[[], str]]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in TURNED:
        yield lambda: _swap(node.ops, 0)
    elif isinstance(node, ast.BoolOp | ast.BinOp) and type(node.op) in TURNED:
        yield lambda: _set(node, "op", TURNED[type(node.op)]())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield lambda: _set(node, "op", ast.UAdd())
    elif isinstance(node, ast.If | ast.IfExp):
        yield lambda: _set(node, "test", ast.UnaryOp(ast.Not(), node.test))
    elif isinstance(node, ast.Constant) and type(node.value) in {int, float}:
        yield lambda: _set(node, "value", node.value + 1)  # type: ignore[operator]
    elif (isinstance(node, ast.Return) and not isinstance(node.value, ast.Constant | None)) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ):
        yield lambda: _set(node, "value", ast.Constant(None))


def _swap(ops: list[Any], at: int) -> str:
    old, ops[at] = ops[at], TURNED[type(ops[at])]()
    return f"{type(old).__name__} -> {type(ops[at]).__name__}"


def _set(node: ast.AST, name: str, value: Any) -> str:
    old = getattr(node, name)
    setattr(node, name, value)
    told = [
        ast.unparse(v) if isinstance(v, ast.expr) else type(v).__name__ if isinstance(v, ast.AST) else str(v)
        for v in (old, value)
    ]
    return f"{type(node).__name__}.{name}: {told[0][:60]} -> {told[1][:60]}"


def drawn(room: str, count: int, seed: int) -> list[Mutant]:
    """Return mutants of a room, each place as likely as any other."""
    trees = {p: ast.parse(p.read_text(encoding="utf-8")) for p in sorted((ROOT / "geo_planner" / room).rglob("*.py"))}
    places = [(path, k) for path, tree in trees.items() for k, _ in enumerate(sites(tree))]
    chosen = random.Random(f"{room} {seed}").sample(places, min(count, len(places)))
    return [_broken(path, trees[path], k) for path, k in chosen]


def _broken(path: Path, tree: ast.Module, place: int) -> Mutant:
    mine = copy.deepcopy(tree)
    node, change = next(site for k, site in enumerate(sites(mine)) if k == place)
    what = change()
    return Mutant(path, getattr(node, "lineno", 0), what, ast.unparse(ast.fix_missing_locations(mine)))


def tests_of(path: Path, files: int) -> list[Path]:
    """Return the test files that name most of what a module defines, those named after it first."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef) if not n.name.startswith("_")}
    stem = path.parent.name if path.stem == "__init__" else path.stem
    room = path.relative_to(ROOT / "geo_planner").parts[0]
    scored = []
    for test in sorted((ROOT / "tests").rglob("test_*.py")):
        words = set(re.findall(r"\w+", test.read_text(encoding="utf-8")))
        score = 3 * (stem in test.stem) + len(names & words) + (stem in words) + 0.5 * (test.parent.name == room)
        scored += [(-score, test)] if score >= 1 else []
    return [test for _, test in sorted(scored)[:files]]


class _Loader(SourceFileLoader):
    def __init__(self, name: str, mutant: Mutant) -> None:
        super().__init__(name, str(mutant.path))
        self._mutant = mutant

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002
        return compile(self._mutant.source, str(self._mutant.path), "exec")


class _Finder:
    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:  # noqa: ARG002
        if name != self._mutant.module:
            return None
        return importlib.util.spec_from_file_location(name, self._mutant.path, loader=_Loader(name, self._mutant))


def outcome(mutant: Mutant | None, tests: list[Path], seconds: int) -> int:
    """Return whether the tests notice the mutant; without one, whether they fail as the code stands."""
    child = os.fork()
    if child:
        status = os.waitpid(child, 0)[1]
        return (
            SLOW
            if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU
            else NOTICED
            if status
            else UNNOTICED
        )
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    code = 1
    with contextlib.suppress(BaseException):
        if mutant:
            sys.meta_path.insert(0, _Finder(mutant))
        plain = [
            "-W",
            "ignore::pytest.PytestAssertRewriteWarning",
            "-x",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "-o",
            "addopts=",
            "--no-header",
        ]
        code = int(pytest.main([*plain, *map(str, tests)]))
    os._exit(code if code != 5 else 0)


def score(room: str, options: argparse.Namespace) -> tuple[int, int]:
    """Print every mutant that is not noticed; return how many were, and of how many."""
    dead, made, sound = 0, drawn(room, options.n, options.seed), {}
    for mutant in made:
        began, tests = time.perf_counter(), tests_of(mutant.path, options.files)
        told = outcome(mutant, tests, options.seconds) if tests else UNNOTICED
        if told == NOTICED and mutant.path not in sound:  # a test that fails anyway notices nothing
            sound[mutant.path] = outcome(None, tests, 4 * options.seconds)
        if told == NOTICED and sound[mutant.path] != UNNOTICED:
            told = SLOW
            print(f"  tests of {mutant.path.name} fail as the code stands", flush=True)
        dead += told == NOTICED
        if told != NOTICED:
            word = ("", "not noticed", "too slow to say")[told]
            print(
                f"  {mutant.path.relative_to(ROOT)}:{mutant.line} {mutant.what} [{word}, {time.perf_counter() - began:.0f} s]",
                flush=True,
            )
    print(f"{room}: {dead} of {len(made)} noticed ({100 * dead / max(len(made), 1):.0f} %)", flush=True)
    return dead, len(made)


def main() -> None:
    """Draw, break, count and print."""
    options = argparse.ArgumentParser()
    options.add_argument("rooms", nargs="+")
    for name, value in (("--n", 40), ("--seed", 1), ("--files", 8), ("--seconds", 150)):
        options.add_argument(name, type=int, default=value)
    given = options.parse_args()
    for name in HEAVY:
        importlib.import_module(name)
    dead, made = (sum(v) for v in zip(*(score(room, given) for room in given.rooms), strict=True))
    print(f"{dead} of {made} noticed ({100 * dead / max(made, 1):.0f} %)")


if __name__ == "__main__":
    main()
