"""Break each check in small ways and count how many breaks the contract and the check's own tests notice.

    python tests/harness/mutate_checks.py [CODE ...] [--tests] [--out survivors.txt]

Mutants: a comparison flipped (< to <=, > to >=, == to !=, and the direction turned), an `and` mask made an `or` mask, a
tolerance or number set to zero or doubled, the two languages swapped. A mutant is killed when the contract breaks, when it
raises, or (with --tests) when a test that names the check's code fails. Each mutant lives in a fork of one process that has
everything imported, tests too, so that a run over all checks takes minutes: tests are called directly, and only those that
ask for fixtures go through pytest. A mutant that runs for a minute of CPU counts as noticed.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import importlib
import inspect
import os
import signal
import sys
import types
import warnings
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import geo_planner.checks as room
from geo_planner import testing
from geo_planner.checks import build

ROOT = Path(__file__).parents[2]
ROOMS = ("checks", "facts", "algorithms", "schedule")
TURNED = {
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.GtE],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.LtE],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
}


_WEAK = {ast.Lt: (ast.LtE,), ast.LtE: (ast.Lt,), ast.Gt: (ast.GtE,), ast.GtE: (ast.Gt,)}


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """Yield what was broken and the broken source."""
    tree = ast.parse(source)
    nodes = [
        n
        for f in tree.body
        if isinstance(f, ast.FunctionDef) and f.name not in {"_box", "_parcel"}
        for n in ast.walk(f)
    ]
    for node in nodes:
        if isinstance(node, ast.Compare) and type(node.ops[0]) in TURNED:
            for kind in TURNED[type(node.ops[0])]:
                if kind in _WEAK.get(type(node.ops[0]), ()) and "e-" in ast.unparse(node):
                    continue  # against a limit with a breath of rounding, < and <= are the same
                old, node.ops[0] = node.ops[0], kind()
                yield f"line {node.lineno}: {type(old).__name__} -> {kind.__name__}", ast.unparse(tree)
                node.ops[0] = old
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd):
            node.op = ast.BitOr()
            yield f"line {node.lineno}: & -> |", ast.unparse(tree)
            node.op = ast.BitAnd()
    yield from _numbers(tree)
    swapped = copy.deepcopy(tree)
    for node in swapped.body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id in {"ZH", "EN"}
        ):
            node.targets[0].id = "EN" if node.targets[0].id == "ZH" else "ZH"
    yield "the languages swapped", ast.unparse(swapped)


def _numbers(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Each numeric default of Params doubled, and tolerances dropped."""
    for klass in (n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Params"):
        for field in (n for n in klass.body if isinstance(n, ast.AnnAssign) and isinstance(n.value, ast.Call)):
            first = field.value.args[0] if isinstance(field.value, ast.Call) and field.value.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, float) and first.value != 0:
                old, name = first.value, ast.unparse(field.target)
                for new in (0.0, old * 2):
                    first.value = new
                    yield f"{name} = {old:g} -> {new:g}", ast.unparse(tree)
                first.value = old


def killed(name: str, source: str, *, tests: bool) -> bool:
    """Whether anything noticed the mutant."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] != 0
    signal.setitimer(signal.ITIMER_PROF, 60)  # of a processor: a busy machine notices nothing
    noticed = True
    with contextlib.suppress(BaseException):
        noticed = _noticed(name, source, tests=tests)
    os._exit(int(noticed))


def _noticed(name: str, source: str, *, tests: bool) -> bool:
    code = name[:5].upper()
    module = types.ModuleType(f"{room.__name__}.{name}")
    module.__package__ = room.__name__
    module.__file__ = str(ROOT / "geo_planner" / "checks" / f"{name}.py")
    sys.modules[module.__name__] = module
    exec(compile(source, name, "exec"), module.__dict__)
    check = build(module, code, name[6:])
    broken = any(True for rule in testing._RULES[:_QUICK] for _ in rule(check))
    return broken or (tests and _tests_fail(code, check))


_QUICK = 4
"""The contract's rules that judge both examples and the words; those that judge them once more, moved or turned, are left
out, which can only make the count smaller."""


def _tests_fail(code: str, check: Any) -> bool:
    """Whether a test that names the code fails on this check."""
    fake = {**room.load(), code: check}
    room.load = lambda: fake  # type: ignore[assignment]
    mutant = sys.modules[check.run.__module__]
    for name, module in list(sys.modules.items()):
        if not name.startswith(tuple(f"tests.{room_}" for room_ in ROOMS)):
            continue
        for word, value in list(vars(module).items()):
            if getattr(value, "__module__", "") == mutant.__name__ and hasattr(mutant, word):
                setattr(module, word, getattr(mutant, word))
            elif word == "load":
                module.load = room.load  # type: ignore[attr-defined]
    tests = list(_mentions(code))
    return any(_fails(test) for _, test in tests if not _wants_more(test)) or _by_pytest(
        [t for t in tests if _wants_more(t[1])]
    )


def _fails(test: Any) -> bool:
    marks = [m for m in getattr(test, "pytestmark", []) if m.name == "parametrize"]
    axes = [[_values(m.args[0], row) for row in m.args[1]] for m in marks]
    try:
        for rows in product(*axes):
            test(**{k: v for row in rows for k, v in row.items()})
    except pytest.skip.Exception:
        return False
    except BaseException:
        return True
    return False


def _names(argnames: Any) -> list[str]:
    return [n.strip() for n in argnames.split(",")] if isinstance(argnames, str) else list(argnames)


def _values(argnames: Any, row: Any) -> dict[str, Any]:
    names = _names(argnames)
    values = row.values if hasattr(row, "marks") else (row,) if len(names) == 1 else row
    return dict(zip(names, values, strict=True))


def _wants_more(test: Any) -> bool:
    """Whether a test asks for fixtures beside its parameters."""
    given = {n for m in getattr(test, "pytestmark", []) if m.name == "parametrize" for n in _names(m.args[0])}
    return bool(set(inspect.signature(test).parameters) - given)


def _by_pytest(tests: list[tuple[Path, Any]]) -> bool:
    if not tests:
        return False
    for name in [m for m in sys.modules if m.startswith(tuple(f"tests.{room_}" for room_ in ROOMS))]:
        del sys.modules[name]
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    words = [f"{path}::{test.__name__}" for path, test in tests]
    kept = ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # plugins are imported already in this process
    return pytest.main(["-q", "-x", "-p", "no:cacheprovider", "--no-header", *kept, *words]) != 0


def _mentions(code: str) -> Iterator[tuple[Path, Any]]:
    """The tests whose text names the code or something of the check's module; all of a file that is about it alone."""
    for path in sorted(p for room_ in ROOMS for p in (ROOT / "tests" / room_).glob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if path.name == "test_contract.py" or f'"{code}"' not in text:
            continue
        module = importlib.import_module(f"tests.{path.parent.name}.{path.stem}")
        tests = [n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")]
        own = [w for w, v in vars(module).items() if f".{code.lower()}_" in getattr(v, "__module__", "")]
        helpers = [
            n.name
            for n in ast.parse(text).body
            if isinstance(n, ast.FunctionDef)
            and not n.name.startswith("test_")
            and f'"{code}"' in (ast.get_source_segment(text, n) or "")
        ]
        words = [f'"{code}"', *(f"{w}(" for w in (*own, *helpers))]
        about = code.lower() in path.stem
        named = [n.name for n in tests if about or any(w in (ast.get_source_segment(text, n) or "") for w in words)]
        yield from ((path, getattr(module, n)) for n in named or [n.name for n in tests])


def _warm() -> None:
    """Load in the parent what every fork needs: checks, tests, and the compiled loops."""
    sys.path.insert(0, str(ROOT))
    for path in (p for room_ in ROOMS for p in (ROOT / "tests" / room_).glob("*.py")):
        importlib.import_module(f"tests.{path.parent.name}.{path.stem}")
    for code in ("ST703", "BA415", "EC601", "UG201"):
        testing.contract_breaches(room.load()[code])


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("codes", nargs="*")
    options.add_argument("--tests", action="store_true")
    options.add_argument("--out", type=Path)
    given = options.parse_args()
    warnings.simplefilter("ignore")
    _warm()
    total, dead, lines = 0, 0, []
    for path in sorted((ROOT / "geo_planner" / "checks").glob("[a-z][a-z][0-9][0-9][0-9]_*.py")):
        code = path.stem[:5].upper()
        if given.codes and not any(code.startswith(c.upper()) for c in given.codes):
            continue
        source = path.read_text(encoding="utf-8")
        if killed(path.stem, source, tests=given.tests):
            print(f"{code}: the check as it stands does not pass", flush=True)
            continue
        broken = list(mutants(source))
        survivors = [what for what, mutant in broken if not killed(path.stem, mutant, tests=given.tests)]
        total, dead = total + len(broken), dead + len(broken) - len(survivors)
        print(f"{code} {len(broken) - len(survivors)}/{len(broken)}", "; ".join(survivors), flush=True)
        lines += [f"{code} {s}" for s in survivors]
    print(f"killed {dead} of {total} ({100 * dead / max(total, 1):.0f} %)")
    if given.out:
        given.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
