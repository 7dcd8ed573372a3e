"""The harnesses that hurt, shortened: damaged inputs, killed writers, full disks."""

import pytest

from tests.corpus.cases import cases
from tests.corpus.judge import judge
from tests.harness import kill, mutate
from tests.shared import shared

QUICK = (
    "enc-gbk-no-cpg",
    "enc-cpg-lies-utf8",
    "enc-mixed-rows",
    "dbf-dates",
    "shp-alone",
    "shp-truncated-mid",
    "prj-wgs84-on-metres",
    "zip-slip-shp",
    "zip-bad-crc",
    "kml-xxe-file",
    "vrt-local-file",
    "vrt-raster-python",
    "geojson-gbk",
    "gpkg-triggers",
    "pickle-as-gpkg",
    "dxf-gbk-layers",
    "csv-latlon-gbk",
    "cover-duplicates",
)


@pytest.mark.shared
def test_a_score_of_corpus_cases_comes_out_as_its_manifest_says():
    corpus = shared("import-corpus")
    wrong = {c.id: v.wrong for c in cases(corpus) if c.id in QUICK for v in [judge(c)] if v.wrong}
    assert wrong == {}


@pytest.mark.shared
def test_two_dozen_damaged_inputs_are_read_or_refused_in_a_sentence():
    results = mutate.run(shared("import-corpus"), list(range(24)), "suite", 1)
    assert [(r.number, r.case, r.verdict, r.said) for r in results if r.verdict not in mutate.GOOD] == []
    assert all(r.said for r in results if r.verdict == "refused")


@pytest.mark.parametrize(("work", "n"), [("plan", 5), ("import", 3)])
def test_a_killed_or_starved_writer_leaves_the_old_set_or_the_new_one(work, n):
    found = kill.run(work, ["kill", "disk", "concurrent"], n, 7, rows=400)
    assert {v for counts in found.values() for v in counts} <= kill.GOOD


def test_a_writer_killed_before_its_only_move_leaves_the_old_plan():
    """The steps of sets are killed one by one in tests/read/test_file_set.py."""
    counts = kill.run("plan", ["steps"], 1, 7, rows=60)["steps"]
    assert counts == {"old": 1, "new": 1}


def test_files_of_two_runs_beside_each_other_are_a_mixed_set():
    before, after = {"plan": "a", "recipe": "b", "kept": "c"}, {"plan": "d", "recipe": "e", "kept": "c"}
    assert kill.verdict(before, after, {"plan": "d", "recipe": "b", "kept": "c"}).startswith("MIXED recipe of the old")
    assert kill.verdict(before, after, {"plan": "d", "kept": "c"}) == "part of new"
    assert kill.verdict(before, after, {"recipe": "b"}) == "part of old"
    assert kill.verdict(before, after, {"plan": "x"}) == "TORN plan"
    assert kill.verdict(before, after, dict(after)) == "new"
