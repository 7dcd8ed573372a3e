"""Sentences of whole columns say what `sentence` says of each row."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo_planner import checks, lang
from geo_planner.checks import load
from geo_planner.plan import Profile
from geo_planner.show.exports.results import source_words

COLUMNS = {
    "number": np.array([1.5, np.nan, -0.04, 1e9, 0.0]),
    "whole": np.array([3, 0, -7, 12, 100]),
    "word": np.array(["A", "50%", "{x}", "", None], dtype=object),
    "day": np.array(["2010-01-01", "NaT", "1999-12-31", "2030-06-15", "2000-02-29"], dtype="datetime64[D]"),
    "mixed": np.array([1.25, "n/a", None, pd.Timestamp("2011-03-04"), ("a", "b")], dtype=object),
    "moment": np.array(
        [
            pd.Timestamp("2011-03-04"),
            date(2011, 3, 4),
            pd.NaT,
            pd.Timestamp("2011-03-04 23:00", tz="UTC"),
            pd.Timestamp("2011-03-05 07:00", tz="Asia/Shanghai"),  # the same moment, another day
        ],
        dtype=object,
    ),
    "flag": np.array([True, False, True, False, True]),
    "short": np.array([1.1, 2.2, np.nan, 4.4, 5.5], dtype=np.float32),
}
FIXED = {"limit": 20.0, "none": None, "names": ("x", "y"), "share": "5%"}
TEMPLATES = [
    *(f"{{{name}}}" for name in (*COLUMNS, *FIXED, "absent")),
    *(f"a {{{name}:{spec}}} z" for name in (*COLUMNS, *FIXED) for spec in (".0f", ".2f", "g", ".0%", "%Y-%m-%d", ">8")),
    "100 % of {word}, {{kept}} and {number:.1f} m² by {day} ({limit:g})",
    "{number:.1f} and {whole:{none}}",
    "no slot at all, 5 %",
]


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_column_of_sentences_equals_the_sentences_of_its_rows(template):
    count = 5
    rows = [{**{k: v.tolist()[n] for k, v in COLUMNS.items() if k != "day"}, **FIXED} for n in range(count)]
    for n, row in enumerate(rows):
        row["day"] = pd.Timestamp(COLUMNS["day"][n])
        row["short"] = COLUMNS["short"][n].item()
    try:
        wanted = [lang.sentence(template, row) for row in rows]
    except (TypeError, ValueError) as fault:
        with pytest.raises(type(fault)):
            lang.sentences(template, {**COLUMNS, **FIXED}, count)
        return
    assert lang.sentences(template, {**COLUMNS, **FIXED}, count) == wanted


@pytest.mark.parametrize("language", lang.LANGS)
def test_every_check_says_of_a_column_what_it_says_of_a_row(language):
    told = 0
    for check in load().values():
        rows = check.run(check.fails.plan, check.params()).rows
        template = (check.zh if language == "zh" else check.en).message
        for at, args in rows["args"].array.groups():
            some = rows.iloc[at]
            columns = {c: some[c].to_numpy() for c in ("id", "other_id", "value", "limit", "unit", "from", "to")}
            listed = rows["args"].tolist()
            wanted = [
                lang.sentence(template, {**some.iloc[k][list(columns)].to_dict(), **listed[row]})
                for k, row in enumerate(at)
            ]
            assert lang.sentences(template, {**columns, **args}, len(at)) == wanted
            told += len(at)
    assert told > 60


NAMES = {"Hazen", "Williams", "Shannon", "GlobeLand", "Manning"}


def test_a_chinese_reader_is_told_in_chinese_where_each_number_of_a_check_comes_from():
    left = {}
    for code, check in load().items():
        for name, number in check.thresholds(Profile(name="default")).items():
            words = set(re.findall(r"[A-Za-z]*[a-z]{3,}", source_words(number.source, "zh"))) - NAMES
            if words:
                left[f"{code}.{name}"] = sorted(words)
    assert left == {}


def test_an_english_reader_is_told_the_source_as_it_is_written():
    assert source_words("project default for rounding", "en") == "project default for rounding"
    assert source_words("project default for rounding", "zh") == "本项目默认值 （取整误差）"


def test_what_a_check_lacks_is_told_in_chinese_to_a_chinese_reader():
    """Every constant that a check names as missing has words; a formula of numbers is shown as it is."""
    calls = [
        node
        for path in sorted(Path(checks.__file__).parent.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Skipped"
    ]
    lacks = {k.value.value for c in calls for k in c.keywords if k.arg == "what" and isinstance(k.value, ast.Constant)}
    assert len(lacks) >= 10
    for what in sorted(lacks - {"0"}):
        assert not re.search("[A-Za-z]", lang.reason("no_value", "zh", {"what": what})), what
    assert lang.reason("too_few", "en", {"what": "tunnel"}) == "too few features to judge: utility tunnels"
