"""The findings of a page as packed columns: every value, and every sentence piece by piece."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo_planner.checks import load, run
from geo_planner.lang import LANGS
from geo_planner.plan import Cause
from geo_planner.show.exports.rows import sentences
from geo_planner.show.page import said
from geo_planner.show.page.figure import own_text
from geo_planner.show.page.found import packed_findings
from geo_planner.show.page.letters import from_letters
from geo_planner.show.page.packed import decode_table

from .parks import plan, report, silent


def _joined(told, language):
    """The sentences as the page joins them: `found.js` in Python."""
    text, said = packed_findings(told)
    columns = decode_table(from_letters(text))
    seen, out = {}, []
    for i, name in enumerate(columns["batch"]):
        batch = int(name)
        rank = seen[batch] = seen.get(batch, -1) + 1
        if said[batch] is None:
            out.append(columns["code"][i])
            continue
        own = {-2: columns["id"][i], -1: columns["other_id"][i]}
        pieces = said[batch][language]
        out.append("".join(
            own.get(p) or columns[f"{batch}.{p}"][rank] or "" if k % 2 else p for k, p in enumerate(pieces)
        ))  # fmt: skip
    return out


@pytest.mark.parametrize("language", LANGS)
def test_the_joined_pieces_are_the_sentences(language):
    told = report(plan(), text="<b>100 % {x}</b>")
    assert _joined(told, language) == sentences(told, language)


@pytest.mark.parametrize("code", ["DA903", "IN303", "UG204", "PB102", "ST703", "NW501"])
def test_the_failing_example_of_a_check_says_the_same_on_the_page(code):
    told = run(load()[code].fails.plan, only=[code])
    assert len(told.findings) > 0
    for language in LANGS:
        assert _joined(told, language) == sentences(told, language)


def test_numbers_keep_their_last_digit_and_dates_their_day():
    told = report(plan())
    columns = decode_table(from_letters(packed_findings(told)[0]))
    assert columns["value"].tolist() == pytest.approx(told.findings["value"].tolist(), rel=0, abs=0, nan_ok=True)
    days = told.findings["from"].to_numpy("datetime64[D]").astype(np.int64)
    assert columns["from"].tolist() == days.tolist()
    assert list(columns["fingerprint"]) == told.findings["fingerprint"].tolist()


def test_a_page_without_findings_has_an_empty_block():
    text, said = packed_findings(silent(plan()))
    assert (len(decode_table(from_letters(text))["id"]), said) == (0, [None])


def _under_one_cause(told, order):
    words = {"zh": "", "en": ""}
    names = told.findings["fingerprint"].tolist()
    about = {"codes": ("UG204",), "verdict": "underground", "severity": "error", "layer": "roads", "id": "R1"}
    more = {"state": "happened", "title": words, "place": words, "remedy": words, "bureau": words}
    return replace(told, causes=(Cause(key="k", fingerprints=tuple(names[k] for k in order), **about, **more),))


def test_findings_of_a_cause_are_steps_the_gravest_first_and_the_unnamed_as_they_come(monkeypatch):
    told = run(load()["DA903"].fails.plan, only=["DA903"])
    table = told.findings.iloc[[0] * 5].assign(fingerprint=list("abcde"))
    told = _under_one_cause(replace(told, findings=table), [3, 1, 4, 2, 0])
    monkeypatch.setattr(said, "_LED", 2)
    (row,) = said.report_model(told, [])["causes"]
    assert row["f"] == [3, -2, -1, 2, 2]
    assert np.cumsum(row["f"]).tolist() == [3, 1, 0, 2, 4]


def test_so_many_findings_are_led_as_the_card_of_a_cause_names():
    assert f"MOST = {said._LED};" in own_text("js", "cause.js")
