"""What land means is told by its scheme: every scheme is judged alike, and what a scheme leaves open is unknown by name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo_planner.checks import load, run
from geo_planner.errors import LandUseError
from geo_planner.plan import Plan, Profile, landuse
from geo_planner.read.profile import read_scheme

from .judging import mini, square

SAME = {
    "guide2023": {
        "R": "07", "R2": "070102", "A1": "0801", "M1": "100101", "M2": "100102", "M3": "100103", "B1": "0901",
        "G1": "1401", "G2": "1402", "E1": "1701", "E2": "0101", "S1": "1207",
    },
    "survey3": {
        "R": "07", "R2": "0701", "A1": "08H1", "M1": "0601", "M2": "0601", "M3": "0601", "B1": "05H1",
        "G1": "0810", "G2": "0810", "E1": "1101", "E2": "0101", "S1": "1004",
    },
    "xplanung": {
        "R": "XP-W", "R2": "XP-WA", "A1": "XP-GEMEINBEDARF", "M1": "XP-GE", "M2": "XP-GE", "M3": "XP-GI", "B1": "XP-MK",
        "G1": "XP-GRUEN", "G2": "XP-GRUEN", "E1": "XP-GEWAESSER", "E2": "XP-LANDWIRTSCHAFT", "S1": "XP-VERKEHR",
    },
}  # fmt: skip
SAME["trial2020"] = SAME["guide2023"]
HEAD = ",".join((*landuse.COLUMNS, *landuse.MEANINGS))


def recoded(plan: Plan, scheme: str) -> Plan:
    """The plan with the codes of GB 50137 written in another scheme."""
    parcels = plan["parcels"]
    words = {
        c: parcels[c].map(SAME[scheme]).where(parcels[c].isin(list(SAME[scheme])), None)
        for c in ("code", "planned_code")
    }
    return replace(plan, layers={**plan.layers, "parcels": parcels.assign(**words, scheme=scheme)})


def coded() -> list[str]:
    """The checks whose failing example has codes that have a counterpart in every scheme."""
    known = set(SAME["survey3"])
    found = []
    for code, check in load().items():
        frame = check.fails.plan.layers.get("parcels")
        words = set() if frame is None else set(frame["code"].dropna()) if "code" in frame else set()
        found += [code] if words and words <= known else []
    return found


@pytest.mark.parametrize("scheme", sorted(SAME))
@pytest.mark.parametrize("code", coded())
def test_a_fault_is_found_or_unknown_by_name_in_every_scheme(code, scheme):
    check = load()[code]
    report = run(recoded(check.fails.plan, scheme), check.example_profile, only=[code])
    outcome = report.runs[0].outcome
    assert outcome != "crashed"
    assert len(report.findings) or len(report.unknown) or outcome == "skipped"


def told(plan: Plan, code: str = "ST701") -> tuple[int, list[str], list[list[str]]]:
    """How many were judged, the ids that were found, and the parcels that are unknown with the reason."""
    report = run(plan, Profile(name="default"), only=[code])
    unknown = report.unknown[report.unknown["layer"] == "parcels"]
    return report.runs[0].rows_judged, report.findings["id"].tolist(), unknown[["id", "reason"]].to_numpy().tolist()


def neighbours(scheme: str, works: str, homes: str, gap: float = 10.0) -> Plan:
    """Works of 100 x 100 m and homes that lie `gap` metres east of them."""
    rows = [
        {"id": "M", "code": works, "scheme": scheme, "wkt": square(0, 0, 100, 100)},
        {"id": "R", "code": homes, "scheme": scheme, "wkt": square(100 + gap, 0, 100, 100)},
    ]
    return mini(parcels=rows).plan


def test_a_home_ten_metres_from_a_works_of_the_third_survey_is_unknown_for_it_tells_no_nuisance_class():
    assert told(neighbours("survey3", "0601", "0701")) == (0, [], [["M", "open_nuisance"]])


def test_works_of_open_class_beyond_the_widest_distance_are_judged():
    assert told(neighbours("survey3", "0601", "0701", gap=300.0)) == (1, [], [])


def test_the_distance_of_the_assessment_settles_what_the_survey_leaves_open():
    plan = neighbours("survey3", "0601", "0701")
    plan = replace(plan, layers={"parcels": plan["parcels"].assign(buffer_eia=[50.0, float("nan")])})
    assert told(plan) == (1, ["R"], [])


def test_public_land_that_may_hold_a_school_is_unknown_beside_dirty_works_and_not_elsewhere():
    assert told(neighbours("gb50137", "M3", "A", gap=299.0)) == (1, [], [["R", "open_sensitive"]])
    assert told(neighbours("gb50137", "M3", "A", gap=300.0)) == (1, [], [])


def test_land_known_as_works_by_its_layer_only_may_be_of_any_nuisance_class():
    rows = [
        {"id": "M", "ple": "production", "wkt": square(0, 0, 100, 100)},
        {"id": "R", "ple": "living", "wkt": square(110, 0, 100, 100)},
    ]
    assert told(mini(parcels=rows).plan) == (0, [], [["M", "open_nuisance"]])


def own(tmp_path, *rows: str) -> landuse.Scheme:
    path = tmp_path / "ours.csv"
    path.write_text("\n".join([HEAD, *rows, ""]), encoding="utf-8")
    return read_scheme(path)


def test_a_scheme_of_ones_own_with_codes_of_one_digit_is_judged_by_its_columns(tmp_path):
    scheme = own(
        tmp_path,
        "1,工厂,works,P,PI,5,0,0,industry,industry,class3,no,no,no,yes,yes,yes,no",
        "2,住宅,homes,L,LU,0,5,0,housing,housing,none,yes,yes,no,yes,yes,yes,no",
    )
    plan = replace(neighbours("ours", "1", "2"), schemes={"ours": scheme})
    assert told(plan) == (1, ["R"], [])


def test_a_blank_of_ones_own_scheme_is_unknown_by_the_row(tmp_path):
    scheme = own(tmp_path, "K1,工厂,works,P,PI,5,0,0,,industry,class1,no,no,no,,,yes,no")
    rows = [
        {"id": "A", "code": "K1", "scheme": "ours", "start": "2010-01-01", "park": "K", "wkt": square(0, 0, 10, 10)}
    ]
    plan = replace(mini(parcels=rows).plan, schemes={"ours": scheme})
    for code, reason in (("IN301", "open_group"), ("BA401", "open_balance")):
        assert told(plan, code)[2] == [["A", reason]]


def test_a_scheme_with_the_nine_columns_only_has_what_these_imply(tmp_path):
    path = tmp_path / "nine.csv"
    path.write_text(
        ",".join(landuse.COLUMNS) + "\nK,工厂,works,P,PI,5,0,0,industry\nH,住宅,homes,L,LU,0,5,0,housing\n",
        encoding="utf-8",
    )
    works, homes = read_scheme(path).classes.values()
    assert (works.meaning.nuisance, works.meaning.sensitive, works.meaning.developed, works.meaning.urban) == (
        "",
        "no",
        "yes",
        "",
    )
    assert (homes.meaning.nuisance, homes.meaning.sensitive, homes.meaning.dwelling) == ("none", "yes", "yes")


def test_a_word_that_no_meaning_knows_is_refused_with_the_line(tmp_path):
    with pytest.raises(LandUseError, match=r"line 2: nuisance = 'class9' is none of none, class1"):
        own(tmp_path, "K1,工厂,works,P,PI,5,0,0,industry,industry,class9,no,no,no,yes,yes,yes,no")


def test_a_scheme_writes_and_reads_its_meanings(tmp_path):
    scheme = own(tmp_path, "K1,工厂,works,P,PI,5,,0,,industry,,no,no,no,yes,yes,,no")
    head, text = landuse.scheme_text(scheme)
    assert landuse.scheme_from(text, head).digest == scheme.digest


@pytest.mark.parametrize("name", list(landuse.schemes()))
def test_a_class_of_a_scheme_says_nothing_that_a_class_under_it_denies(name):
    classes = landuse.scheme(name).classes
    for code, parent in classes.items():
        for column in ("nuisance", "sensitive", "parkland"):
            said = getattr(parent.meaning, column)
            below = {getattr(c.meaning, column) for k, c in classes.items() if k.startswith(code) and k != code} - {""}
            assert name == "xplanung" or not said or below <= {said}, (code, column)


def test_both_editions_of_the_guide_mean_the_same_where_they_say_the_same():
    old, new = (landuse.scheme(name).classes for name in ("trial2020", "guide2023"))
    both = [c for c in old if c in new and old[c].zh == new[c].zh]
    assert len(both) > 150
    assert [c for c in both if old[c].meaning != new[c].meaning] == []
