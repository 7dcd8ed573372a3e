"""Break code of a room in small ways, drawn by a seed, and count how many breaks its tests notice.

    python -m tests.harness.reached tests/ROOM [tests/cli ...]     first, and after a change: which test reaches which line
    python -m tests.harness.mutate_rooms ROOM [ROOM ...] [--n 200] [--seed 1] [--seconds 40] [--at FILE:LINE]

A mutant is one comparison turned, `and`/`or`, `&`/`|`, `+`/`-`, `*`/`/` swapped, a `not` or an `if` turned round, a number
one larger, a result left out, or a call left out. All tests are collected once; each mutant lives in a fork of that process,
where the code of the living functions is exchanged, and meets the tests that reach its line, fastest first, until one fails.
A line that only an import runs has the package imported anew in the fork. What a subprocess of a test runs is the code as it
stands, so the share told is at most too small. A test that runs five times as long as it should and 20 s more has
noticed a loop without end; a mutant whose tests are not through after `--seconds` of CPU counts as not noticed.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import gc
import importlib
import importlib.util
import os
import random
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

from tests.harness.reached import PLAIN, ROOT, Reached

TURNED: dict[type, type] = {
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div,
    ast.Div: ast.Mult, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
NOTICED, UNNOTICED, ENDLESS, UNREACHED = 0, 21, 22, 23
WORDS = {UNNOTICED: "not noticed", ENDLESS: "noticed: endless", UNREACHED: "no test reaches it"}


@dataclass(frozen=True)
class Mutant:
    """One break: of which module, the lines of its statement, what, the tree that has it, and the one that has not."""

    path: Path
    lines: tuple[int, int]
    what: str
    tree: ast.Module
    sound: ast.Module

    @property
    def module(self) -> str:
        """The dotted name of the module."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.lines[0]} {self.what}"


def sites(tree: ast.Module) -> Iterator[tuple[ast.AST, tuple[int, int], Callable[[], str]]]:
    """Yield nodes inside functions once, each with the lines of its statement and what breaks it in place."""
    inner = {id(n) for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) for n in _functions(f.body)}
    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and id(n) not in inner):
        for line in function.body:
            yield from ((node, lines, change) for node, lines in _nodes(line, (0, 0)) for change in _changes(node))


def _functions(body: list[ast.stmt]) -> Iterator[ast.AST]:
    yield from (n for line in body for n in ast.walk(line) if isinstance(n, ast.FunctionDef))


def _nodes(node: ast.AST, lines: tuple[int, int]) -> Iterator[tuple[ast.AST, tuple[int, int]]]:
    """Yield a node and what is below it, without annotations, which nothing runs."""
    if isinstance(node, ast.stmt):
        body = getattr(node, "body", None)
        last = max(node.lineno, body[0].lineno - 1) if body else node.end_lineno
        lines = (node.lineno, last or node.lineno)
    yield node, lines
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _nodes(child, lines)


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


def at(place: str) -> list[Mutant]:
    """Return every mutant of a file, or of one line of it."""
    name, _, line = place.partition(":")
    path = ROOT / name
    tree = ast.parse(path.read_text(encoding="utf-8"))
    places = [k for k, (_, (first, last), _) in enumerate(sites(tree)) if not line or first <= int(line) <= last]
    return [_broken(path, tree, k) for k in places]


def _broken(path: Path, tree: ast.Module, place: int) -> Mutant:
    mine = copy.deepcopy(tree)
    _, lines, change = next(site for k, site in enumerate(sites(mine)) if k == place)
    return Mutant(path, lines, change(), ast.fix_missing_locations(mine), tree)


def exchange(mutant: Mutant, functions: list[FunctionType]) -> int:
    """Give the living functions of the module the code of the mutant; return of how many."""
    before = dict(_codes(compile(mutant.sound, str(mutant.path), "exec")))
    after = dict(_codes(compile(mutant.tree, str(mutant.path), "exec")))
    changed = {key: code for key, code in after.items() if key in before and before[key] != code}
    count = 0
    for function in functions:
        code = function.__code__
        new = changed.get((code.co_qualname, code.co_firstlineno))
        if new is not None and new.co_freevars == code.co_freevars:
            function.__code__ = new
            count += 1
    return count


def _codes(code: CodeType) -> Iterator[tuple[tuple[str, int], CodeType]]:
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield (const.co_qualname, const.co_firstlineno), const
            yield from _codes(const)


class _Loader(SourceFileLoader):
    def __init__(self, name: str, mutant: Mutant) -> None:
        super().__init__(name, str(mutant.path))
        self._mutant = mutant

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002
        return compile(self._mutant.tree, str(self._mutant.path), "exec")


class _Finder:
    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:  # noqa: ARG002
        if name != self._mutant.module:
            return None
        return importlib.util.spec_from_file_location(name, self._mutant.path, loader=_Loader(name, self._mutant))


class Breaker:
    """The plugin that breaks, in place of running the tests collected."""

    def __init__(self, made: list[Mutant], seconds: int) -> None:
        self.made, self.limit, self.reached = made, seconds, Reached()
        self.told: list[int] = []
        self._sound: dict[str, bool] = {}
        self._items: dict[str, Any] = {}
        self._functions: dict[str, list[FunctionType]] = defaultdict(list)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try every mutant against the tests that reach it."""
        self._items = {item.nodeid: item for item in session.items}
        for function in (o for o in gc.get_objects() if type(o) is FunctionType):
            self._functions[function.__code__.co_filename].append(function)
        gc.freeze()  # what a fork only reads stays shared
        for mutant in self.made:
            began = time.perf_counter()
            told, word = self._judge(mutant)
            self.told.append(told)
            if told != NOTICED:
                word += "; the file has changed since its tests were followed" * self.reached.stale(mutant.path)
                print(f"  {len(self.told)} {mutant} [{word}, {time.perf_counter() - began:.0f} s]", flush=True)
        return True

    def _judge(self, mutant: Mutant) -> tuple[int, str]:
        tests = [t for t in self.reached.tests(mutant.path, *mutant.lines) if t in self._items]
        if not tests and self.reached.imported(mutant.path, *mutant.lines):
            return _forked(lambda: _anew(mutant)), "runs at import; not noticed"
        while tests:
            pipe, end = os.pipe()
            told = _forked(lambda end=end, tests=tests: self._met(mutant, tests, end), end)
            blamed = os.read(pipe, 1000).decode()
            os.close(pipe)
            if told != NOTICED or self._passes(blamed):
                return told, f"{WORDS.get(told, '')} by {len(tests)} tests"
            tests = [t for t in tests if t != blamed]  # a test that fails anyway notices nothing
        return UNREACHED, WORDS[UNREACHED]

    def _passes(self, test: str) -> bool:
        """Return whether a test alone passes on the code as it stands."""
        if test not in self._items:
            return True
        if test not in self._sound:
            self._sound[test] = _forked(lambda: self._run([test])) == UNNOTICED
        return self._sound[test]

    def _met(self, mutant: Mutant, tests: list[str], end: int) -> int:
        if not exchange(mutant, self._functions[str(mutant.path)]):
            return _anew(mutant)
        return self._run(tests, end)

    def _run(self, tests: list[str], end: int | None = None) -> int:
        """Run tests until one fails."""
        items = [self._items[t] for t in tests]
        failed: list[str] = []
        plugin = _Failures(failed)
        manager = items[0].config.pluginmanager
        manager.register(plugin)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)  # ends a compiled loop too, which no handler would
        for item, after in zip(items, [*items[1:], None], strict=True):
            cost = self.reached.cost(item.nodeid)
            if time.process_time() + cost > self.limit:
                break
            signal.setitimer(signal.ITIMER_PROF, 20 + 5 * cost)
            item.ihook.pytest_runtest_protocol(item=item, nextitem=after)
            if failed:
                if end is not None:
                    os.write(end, item.nodeid.encode())
                return NOTICED
        return UNNOTICED


class _Failures:
    def __init__(self, failed: list[str]) -> None:
        self._failed = failed

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keep the name of a test that fails."""
        if report.failed:
            self._failed.append(report.nodeid)


def _anew(mutant: Mutant) -> int:
    """Import ours and the tests again with the mutant in them, and run the files that name its room."""
    for name in [m for m in sys.modules if m.partition(".")[0] in {"geo_planner", "tests"}]:
        del sys.modules[name]
    sys.meta_path.insert(0, _Finder(mutant))
    room = mutant.path.relative_to(ROOT / "geo_planner").parts[0]
    return NOTICED if pytest.main([*PLAIN, "-x", str(ROOT / "tests" / room)]) else UNNOTICED


def _forked(work: Callable[[], int], *close: int) -> int:
    """Return what work says in a fork without a voice; a fork that dies has noticed."""
    child = os.fork()
    if child:
        for end in close:
            os.close(end)
        status = os.waitpid(child, 0)[1]
        told = os.waitstatus_to_exitcode(status)
        return ENDLESS if told == -signal.SIGPROF else told if told in WORDS else NOTICED
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    told = NOTICED
    with contextlib.suppress(BaseException):
        told = work()
    os._exit(told)


def main() -> None:
    """Draw, break, count and print."""
    options = argparse.ArgumentParser()
    options.add_argument("rooms", nargs="*")
    options.add_argument("--at", nargs="*", default=[], metavar="FILE:LINE")
    for name, value in (("--n", 40), ("--seed", 1), ("--seconds", 40)):
        options.add_argument(name, type=int, default=value)
    given = options.parse_args()
    rooms = {room: drawn(room, given.n, given.seed) for room in given.rooms} | ({"places": _all(given.at)})
    breaker = Breaker([m for made in rooms.values() for m in made], given.seconds)
    files = sorted({test.partition("::")[0] for test in breaker.reached.seconds if "::" in test})
    pytest.main([*PLAIN, *(str(ROOT / f) for f in files if (ROOT / f).exists())], plugins=[breaker])
    told = iter(breaker.told)
    for room, made in rooms.items():
        mine = [next(told) for _ in made]
        dead = sum(t in {NOTICED, ENDLESS} for t in mine)
        if made:
            print(
                f"{room}: {dead} of {len(made)} noticed ({100 * dead / len(made):.0f} %), seed {given.seed}", flush=True
            )


def _all(places: list[str]) -> list[Mutant]:
    return [mutant for place in places for mutant in at(place)]


if __name__ == "__main__":
    main()
