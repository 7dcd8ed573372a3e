"""What the sample park is found to break does not change unawares; `python -m tests.sample.golden` writes it anew."""

from __future__ import annotations

from .golden import GOLDEN, golden_text


def test_the_sample_park_breaks_what_it_broke_before():
    assert golden_text() == GOLDEN.read_text(encoding="utf-8")
