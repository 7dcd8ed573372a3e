"""The scripts of the page as a house: columns, function length, and only what Chromium 86 understands."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "geo_planner" / "show" / "page"
SCRIPTS = sorted((FOLDER / "js").glob("*.js"))
COLUMNS, FUNCTION_MOST, FILE_MOST = 120, 40, 400
OPENS = re.compile(
    r"(function\b[^{]*|=>|^\s*(?:static |async |get )?(?!if|for|while|switch|catch|with)\w+\([^()]*\)) \{$"
)
MODULE = re.compile(r"^(\((function \(\)|\(\) =>)|function gpCodec\(\)) \{$")
LATER = {
    r"\bstructuredClone\b": 98,
    r"\.at\(-": 92,
    r"\.replaceAll\(": 85,  # there, but not in the kernels of 80 to 84 that some desks still run
    r"\.findLast(Index)?\(": 97,
    r"\.to(Sorted|Reversed|Spliced)\(": 110,
    r"\bObject\.(hasOwn|groupBy)\b": 93,
    r"\?\?=|\|\|=|&&=": 85,
    r"^\s*static \{": 94,
    r"[\s(.]#\w+\s*[=(;]": 84,
    r"\bAbortSignal\.(any|timeout)\b": 103,
    r"\bArray\.fromAsync\b": 121,
    r"\breplaceChildren\(": 86,
    r"\.showPicker\(|\bshowPopover\(": 99,
    r"\broundRect\(": 99,
    r"\bcrypto\.randomUUID\b": 92,
    r"\bscheduler\.": 94,
    r"\d_\d{3}\b": 75,
}
"""What our scripts may not use, and the Chromium that brought it; `Uint8Array.fromBase64` stands behind its own test."""
LATER_CSS = {
    r":has\(": 105,
    r"@container": 105,
    r"@layer": 99,
    r"\bcolor-mix\(": 111,
    r"\baspect-ratio\s*:": 88,
    r"\binset(-\w+)?\s*:": 87,
    r":is\(|:where\(": 88,
    r"\bdvh\b|\bsvh\b": 108,
    r"\boklch\(|\blch\(": 111,
    r"^\s+&": 112,
}
"""What changes the layout where it is missing; `accent-color` and `text-wrap` only lose a nicety."""


def functions(text: str) -> list[tuple[int, str, int]]:
    """First line, its text and the number of lines of each function, by the indentation that the formatter keeps.

    A module, `(function () {` at the margin, is a room and not a function: what stands in it is measured. So is
    `gpCodec`, whose text is the program of the worker.
    """
    lines, found = text.splitlines(), []
    for number, line in enumerate(lines):
        if OPENS.search(line) and not MODULE.match(line):
            margin = re.match(r"\s*", line)
            closes = f"{margin[0] if margin else ''}}}"
            end = next(k for k in range(number + 1, len(lines)) if lines[k].startswith(closes))
            found.append((number + 1, line.strip(), end - number + 1))
    return found


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.name)
def test_a_script_is_short_in_lines_columns_and_functions(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert [n for n, line in enumerate(text.splitlines(), 1) if len(line) > COLUMNS] == []
    assert len(text.splitlines()) <= FILE_MOST
    assert [(at, lines) for at, _, lines in functions(text) if lines > FUNCTION_MOST] == []


def test_a_long_function_is_seen_and_a_module_is_not_one() -> None:
    body = "\n".join(["    x();"] * 40)
    text = f"(function () {{\n  GP.a = b => {{\n{body}\n  }};\n  function c(d) {{\n    y();\n  }}\n}})();\n"
    assert functions(text) == [(2, "GP.a = b => {", 42), (44, "function c(d) {", 3)]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.name)
def test_a_script_asks_for_nothing_newer_than_chromium_86(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert {p: found for p in LATER if (found := re.findall(p, text, re.MULTILINE))} == {}


def test_the_style_sheets_ask_for_nothing_newer_than_chromium_86() -> None:
    for sheet in sorted((FOLDER / "css").glob("*.css")):
        text = sheet.read_text(encoding="utf-8")
        assert {p: found for p in LATER_CSS if (found := re.findall(p, text, re.MULTILINE))} == {}, sheet.name


def test_every_script_parses() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is missing: the scripts are parsed by the browser tests only")
    for script in SCRIPTS:
        ran = subprocess.run([node, "--check", str(script)], capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
