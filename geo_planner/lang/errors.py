"""The errors a user can mend, in Chinese: `errors.csv` holds each English sentence with its slots, and the Chinese one.

Errors are raised with one English text; what a reader of Chinese gets is made here from the text alone, so that a log
and a screen tell the same values. A sentence that no row knows stays as it is.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from functools import cache
from importlib import resources

from .crs import crs_zh

_LETTERS = re.compile("[A-Za-z]")


def _listed(names: str) -> str:
    return names.replace("', '", "'、'")


_TURNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"^ ?Did you mean (.+)\?$"), lambda m: f"是否应为 {m[1].replace(' or ', ' 或 ')}？"),
    (re.compile(r"^ ?There are (.+?)( …)?\.$"), lambda m: f"现有 {m[1].replace(', ', '、')}{' 等' if m[2] else ''}。"),
    (re.compile(r"^and, or, not, comparisons, (.+)$"), lambda m: f"and、or、not、比较、{m[1].replace(', ', '、')}"),
    (re.compile(r"^a freeze$"), lambda _: "冻结"),
    (re.compile(r"^a deadline$"), lambda _: "期限"),
    (re.compile(r"^a weight$"), lambda _: "权重"),
    (re.compile(r"^a number$"), lambda _: "数字"),
    (re.compile(r"^a text$"), lambda _: "文字"),
    (re.compile(r"^least or delay$"), lambda _: " least 或 delay"),
    (re.compile(r"^('.+') and (\d+) more$", re.DOTALL), lambda m: f"{_listed(m[1])} 等，另有 {m[2]} 项"),
    (re.compile(r"^('.+', '.+')$", re.DOTALL), lambda m: _listed(m[1])),
    (re.compile(r"^row$"), lambda _: "行"),
    (re.compile(r"^column$"), lambda _: "列"),
    (
        re.compile(r"^(.*?)(\[\[\w+\]\]) number (\d+): ?(.*)$", re.DOTALL),
        lambda m: f"{m[1]}{m[2]} 第 {m[3]} 项：{error_zh(m[4]).removesuffix('。')}",
    ),
    (re.compile(r"^edit '(\w+)' of '(.+)'$"), lambda m: f"对“{m[2]}”的修改 {m[1]}"),
    (re.compile(r"^one removes it, one is a '(\w+)'$"), lambda m: f"一处删除，一处为 {m[1]}"),
    (re.compile(r"^it is added twice$"), lambda _: "新增了两次"),
    (re.compile(r"^its dates are shifted twice$"), lambda _: "日期平移了两次"),
    (re.compile(r"^(\w+ = .+) and (\w+ = .+)$"), lambda m: f"{m[1]} 与 {m[2]}"),
    (re.compile(r"^a call of (.+)$"), lambda m: f"对 {m[1]} 的调用"),
    (re.compile(r"^(?:no element found|unclosed token): line \d+, column \d+$"), lambda _: "文件末尾不完整"),
    (re.compile(r"^[a-z][a-z ()-]+: line (\d+), column (\d+)$"), lambda m: f"第 {m[1]} 行第 {m[2]} 列写法有误"),
    (re.compile(r"^a number up to (\S+)$"), lambda m: f"不超过 {m[1]} 的数"),
    (re.compile(r"^uncertainty ('.+')$"), lambda m: f"不确定因素 {m[1]}"),
    (re.compile(r"^study$"), lambda _: "研究"),
    (re.compile(r"^portfolio$"), lambda _: "组合"),
    (re.compile(r"^(.+), line (\d+)$"), lambda m: f"{m[1]} 第 {m[2]} 行"),
    (re.compile(r"^(.+) field ('.+')$"), lambda m: f"{m[1]} 字段 {m[2]}"),
    (re.compile(r"^.+ \(at line (\d+), column (\d+)\)$", re.DOTALL), lambda m: f"第 {m[1]} 行第 {m[2]} 列写法有误"),
    (re.compile(r"^.+ \(at end of document\)$", re.DOTALL), lambda _: "文件末尾不完整"),
    (re.compile(r"^\[Errno 2\] .+$"), lambda _: "没有这个文件"),
    (re.compile(r"^\[Errno 13\] .+$"), lambda _: "没有读写权限"),
    (re.compile(r"^\[Errno \d+\] .+$"), lambda _: "系统拒绝读写"),
    (re.compile(r"^'utf-8' codec can't decode byte (\w+) in position (\d+).*$"), lambda m: f"第 {m[2]} 字节不是 UTF-8"),
)
"""What stands in the slots of a sentence."""
_NEAR = re.compile(r" ?Did you mean [^?]+\?$")
_LEAST = 5
"""Letters that a sentence has beside its slots before it is told from another."""


def error_zh(text: str) -> str:
    """The text of an error as a reader of Chinese has it; coordinate systems, then the sentences of `errors.csv`."""
    if "\n" in text:
        return "\n".join(map(error_zh, text.split("\n")))
    turned = crs_zh(text)
    return turned if turned != text else sentence_zh(text)


def sentence_zh(text: str) -> str:
    """A sentence of `errors.csv` in Chinese, with what stands in its slots; any other text as it is."""
    near = _NEAR.search(text)
    core, tail = (text[: near.start()], _slot(near[0])) if near else (text, "")
    for en, zh in _table():
        if _may_fit(core, en) and (found := _pattern(en).fullmatch(core)):
            slots = [_slot(part) for part in found.groups()]
            parts = zh.split("{}")
            return "".join(a + b for a, b in zip(parts, [*slots, *[""] * len(parts)], strict=False)) + tail
    return text


def _slot(text: str) -> str:
    for pattern, told in _TURNS:
        if found := pattern.match(text):
            return told(found)
    return error_zh(text) if len(text) > 2 * _LEAST else text


@cache
def _table() -> tuple[tuple[tuple[str, ...], str], ...]:
    """Each sentence as the texts beside its slots with its Chinese, those with most letters of their own first."""
    rows = [row for row in sentences() if len(_LETTERS.findall(row[0])) >= _LEAST]
    rows += [(en.removesuffix("{}"), zh.removesuffix("{}")) for en, zh in rows if en.endswith("{}")]  # nothing is near
    rows.sort(key=lambda row: (-len(_LETTERS.findall(row[0])), row[0].count("{}")))
    return tuple((tuple(en.split("{}")), zh) for en, zh in rows)


def _may_fit(text: str, parts: tuple[str, ...]) -> bool:
    """Whether a text begins and ends as a sentence does: few do, and only their patterns are made."""
    return text.startswith(parts[0]) and text.endswith(parts[-1])


@cache
def _pattern(parts: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("(.*?)".join(map(re.escape, parts)), re.DOTALL)


def sentences() -> list[tuple[str, str]]:
    """Every error as it is raised and in Chinese, with `{}` for its values, in the same order."""
    text = resources.files(__package__).joinpath("errors.csv").read_text(encoding="utf-8")
    return [(row["en"], row["zh"]) for row in csv.DictReader(text.splitlines())]
