"""Rules, notes, scores and standards as lines: the list, one explained, and what of a standard is checked."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from geo_planner.plan import Rule, Threshold
from geo_planner.read.notes import NoteText
from geo_planner.show.documents.rules import (
    coverage_json,
    coverage_lines,
    difference_lines,
    explained,
    note_explained,
    rule_json,
    rule_lines,
)

LIMIT = Threshold(
    value=50.0, unit="m", source="our own rule", clause="3.1", valid_from=date(2020, 1, 2), origin="check"
)
OTHER = Threshold(value=60.0, unit="m", source="GB 1", verified=True, origin="park")


def words(title: str, trap: str = "") -> dict[str, str]:
    return {"title": title, "message": "m", "advice": f"advice of {title}", "trap": trap, "about": f"about {title}"}


def rule(code: str, severity: Any = "error", trap: str = "", **params: Threshold) -> Rule:
    return Rule(
        code, "slug", severity, words(f"题{code}", trap), words(code, trap), params, {"far": "远"}, doc=f" doc {code} "
    )


def test_each_family_has_one_heading() -> None:
    told = rule_lines([rule("PB101"), rule("PB102", "warning"), rule("ZZ901", "info")], "en")
    assert [line.split()[0] for line in told if line.startswith("  ")] == ["PB101", "PB102", "ZZ901"]
    assert told[0]
    assert told[3:5] == ["", "zz"]
    assert len(told) == 6
    assert told[2].split()[1:] == ["warning", "PB102"]
    assert rule_lines([rule("PB101")], "zh")[1].endswith("题PB101")


def test_a_rule_is_explained_with_its_numbers_and_traps() -> None:
    told = explained(rule("ZZ901", trap="mind", far=LIMIT), "en")
    assert told[0] == "ZZ901 ZZ901 (error)"
    assert told[2] == "doc ZZ901"
    assert told[4].startswith("  far = ")
    assert "2020-01-02" in told[4]
    assert told[4].endswith("<- check")
    assert told[-2:] == ["advice: advice of ZZ901", "trap: mind"]
    assert explained(rule("ZZ901"), "en")[-1] == "advice: advice of ZZ901"


def test_in_chinese_a_number_has_its_label_and_where_it_is_from() -> None:
    told = explained(rule("ZZ901", trap="小心", far=LIMIT, near=OTHER), "zh")
    assert told[0] == "ZZ901 题ZZ901（违规）"
    assert told[2] == "about 题ZZ901"
    assert told[4].startswith("  远 (far) = ")
    assert told[4].endswith("<- 规则缺省")
    assert told[5].startswith("  near (near) = ")
    assert told[5].endswith("<- 参数文件 park")
    assert "2020" not in told[5]
    assert told[-2:] == ["建议：advice of 题ZZ901", "注意：小心"]


def test_a_rule_as_plain_values() -> None:
    told = rule_json(rule("ZZ901", far=LIMIT))
    assert (told["code"], told["severity"], told["en"]["title"]) == ("ZZ901", "error", "ZZ901")
    assert told["params"]["far"] == {
        "value": 50.0, "unit": "m", "source": "our own rule", "clause": "3.1", "valid_from": date(2020, 1, 2),
        "verified": False, "level": "memory", "origin": "check",
    }  # fmt: skip


def test_a_note_is_explained_by_what_it_says_and_what_to_do() -> None:
    note = NoteText(code="I1", severity="warning", zh="中文", en="english", advice="look_at_it")
    told = note_explained(note, "en")
    assert told[0] == "I1 (warning)"
    assert told[1] == "english"
    assert told[2].startswith("advice: ")
    assert note_explained(note, "zh")[1] == "中文"
    assert note_explained(note, "zh")[2].startswith("建议：")


def test_two_numbers_that_differ_stand_in_one_line() -> None:
    rows = [("ST701", "far", LIMIT, OTHER), ("ST701", "near", None, OTHER)]
    assert [line.partition("[")[0] for line in difference_lines(rows)] == [
        "ST701.far: 50.0 m ", "ST701.near: —  ->  60.0 m ",
    ]  # fmt: skip
    assert difference_lines(rows)[0].count("->") == 1


def standard() -> Any:
    clause = [
        SimpleNamespace(id="1.1", title={"zh": "一", "en": "one"}, state="checked", checked_by=("PB101", "PB102"), not_checkable={}),
        SimpleNamespace(id="1.2", title={"zh": "二", "en": "two"}, state="not_checkable", checked_by=(), not_checkable={"en": "no data"}),
        SimpleNamespace(id="1.3", title={"zh": "三", "en": "three"}, state="todo", checked_by=(), not_checkable={}),
    ]  # fmt: skip
    count = {"checked": 1, "not_checkable": 1, "todo": 1}
    return SimpleNamespace(
        names=("GB 1", "x"), title={"zh": "名", "en": "name"}, verified=False, clauses=clause, count=count.get
    )


def test_the_clauses_of_a_standard_and_what_checks_them() -> None:
    assert coverage_lines(standard(), "en") == [
        "GB 1 name  checked 1  not checkable 1  not yet 1",
        "  1.1        checked  one  PB101, PB102",
        "  1.2        not checkable  two  no data",
        "  1.3        not yet  three",
    ]
    assert coverage_lines(standard(), "zh")[0] == "GB 1 名  已检查 1  不可机检 1  尚未检查 1"
    told = coverage_json(standard())
    assert (told["standard"], told["verified"]) == ("GB 1", False)
    assert told["clauses"][0] == {
        "id": "1.1", "title": {"zh": "一", "en": "one"}, "state": "checked", "checked_by": ["PB101", "PB102"], "why_not": {},
    }  # fmt: skip
