"""Break each check in small ways and count how many breaks the contract and the check's own tests notice.

    python tests/harness/mutate_checks.py [CODE ...] [--tests] [--out survivors.txt]

Mutants: a comparison flipped (< to <=, > to >=, == to !=, and the direction turned), an `and` mask made an `or` mask, a
tolerance or number set to zero or doubled, the two languages swapped. A mutant is killed when the contract breaks, when it
raises, or (with --tests) when a test that names the check's code fails. Each mutant lives in a fork of one process that has
everything imported, so that a run over all checks takes minutes; one that runs for a minute counts as noticed.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import io
import os
import signal
import sys
import types
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

import geo_planner.checks as room
from geo_planner import testing
from geo_planner.checks import build

ROOT = Path(__file__).parents[2]
TURNED = {
    ast.Lt: [ast.LtE, ast.Gt], ast.LtE: [ast.Lt, ast.GtE], ast.Gt: [ast.GtE, ast.Lt], ast.GtE: [ast.Gt, ast.LtE],
    ast.Eq: [ast.NotEq], ast.NotEq: [ast.Eq],
}  # fmt: skip


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
    signal.alarm(60)
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
    broken = any(True for rule in testing._RULES for _ in rule(check))
    return broken or (tests and _tests_fail(code, check))


def _tests_fail(code: str, check: object) -> bool:
    files = [
        p
        for p in (ROOT / "tests" / "checks").glob("test_*.py")
        if p.name != "test_contract.py" and f'"{code}"' in p.read_text(encoding="utf-8")
    ]
    if not files:
        return False
    fake = {**room.load(), code: check}
    for name in [m for m in sys.modules if m.startswith("tests.checks") or m.startswith("test_")]:
        del sys.modules[name]
    room.load = lambda: fake  # type: ignore[assignment]
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    return pytest.main(["-q", "-x", "-p", "no:cacheprovider", "--no-header", *_mentions(files, code)]) != 0


def _mentions(files: list[Path], code: str) -> list[str]:
    """Only the tests whose text names the code, or, where a file has a judge of its own, the whole file."""
    out = []
    for path in files:
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        named = [
            n.name
            for n in tree.body
            if isinstance(n, ast.FunctionDef)
            and n.name.startswith("test_")
            and f'"{code}"' in (ast.get_source_segment(text, n) or "")
        ]
        out += [f"{path}::{n}" for n in named] if named else [str(path)]
    return out


def _warm() -> None:
    """Load in the parent what every fork needs: compiled loops, the readers of tables, pytest and its plugins."""
    for check in room.load().values():
        testing.contract_breaches(check)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        pytest.main(["-q", "--collect-only", "-p", "no:cacheprovider", str(ROOT / "tests" / "checks")])


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
