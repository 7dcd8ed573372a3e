"""What was worked out of the findings of a check stands as long as they do, and as long as what it rests on does."""

from __future__ import annotations

import random
from datetime import date

import numpy as np

from geo_planner.checks.blocks import Block, Drawing, blocks_of, same_as_before
from geo_planner.checks.contract import mini
from geo_planner.facts.registry import with_work
from geo_planner.plan import Edit, Exemption, Findings, Profile, Threshold, apply
from geo_planner.verdict import judge
from geo_planner.verdict.verdicts import breaches_of
from geo_planner.work import Memory, Work
from tests.checks.test_warm_is_cold import drawn
from tests.study.test_tiles import PROFILE
from tests.study.tiles_world import town

SQUARE = "POLYGON (({0} 0, {1} 0, {1} 100, {0} 100, {0} 0))"
LAND = {"start": "2012-01-01", "code": "M1", "scheme": "gb50137"}


def _exempt(code, name):
    return Exemption(code=code, id=str(name), number="1", approver="the bureau", date=date(2010, 1, 1))


def two():
    """Parcel A of 100 m has an approval that was given too late, parcel B of 50 m has none."""
    grant = {"id": "G", "kind": "land_grant", "parcel": "A", "start": "2013-01-01", "wkt": SQUARE.format(0, 100)}
    parcels = [{"id": "A", "wkt": SQUARE.format(0, 100)} | LAND, {"id": "B", "wkt": SQUARE.format(200, 250)} | LAND]
    return mini(parcels=parcels, approvals=[grant], complete={"approvals": None}).plan


def test_findings_that_are_the_same_keep_their_block_and_others_do_not():
    plan, work = two(), Work(Memory())
    judge(with_work(plan, work), only=["PB"])
    before = {block.code: block for block in work.latest.get("blocks")}
    assert {"PB102", "PB108"} <= set(before)
    later = apply(plan, [Edit("retime", "approvals", "G", {"shift_days": 1})])
    judge(with_work(later, work), only=["PB"])
    after = {block.code: block for block in work.latest.get("blocks")}
    assert after["PB102"] is not before["PB102"]
    judge(with_work(later, work), only=["PB"])
    assert all(block is after[block.code] for block in work.latest.get("blocks"))


def test_what_rests_on_a_shape_is_worked_out_anew_where_the_shape_alone_has_changed():
    """A breach of a parcel of 10,000 m² was told with that area after half of the parcel had gone."""
    plan, work = two(), Work(Memory())
    rows = judge(with_work(plan, work), only=["PB102"]).findings
    block = Block("PB102", rows)

    def size(now):
        return block.watched(
            "size", with_work(now, work), (), lambda seen: float(seen["parcels"].geometry.area.iloc[0])
        )

    half = apply(plan, [Edit("reshape", "parcels", "A", {"geometry": SQUARE.format(0, 50)})])
    assert [size(plan), size(half), size(plan)] == [10_000.0, 5_000.0, 10_000.0]
    assert judge(with_work(half, work), only=["PB102"]).verdict["plan_first"].area == 5_000.0


def test_what_does_not_read_what_changed_stands():
    plan, work, ran = two(), Work(Memory()), []
    block = Block("PB102", judge(with_work(plan, work), only=["PB102"]).findings)

    def counted(now):
        return block.watched(
            "n", with_work(now, work), (), lambda seen: ran.append(len(seen["parcels"]["id"])) or ran[-1]
        )

    later = apply(plan, [Edit("retime", "approvals", "G", {"shift_days": 1})])
    assert [counted(plan), counted(later)] == [2, 2]
    assert ran == [2]
    assert counted(apply(later, [Edit("remove", "parcels", "B")])) == 1


def test_a_table_that_a_caller_wrote_into_is_parted_anew():
    plan, work = two(), Work(Memory())
    report = judge(with_work(plan, work), only=["PB102"])
    report.findings["severity"] = "warning"
    assert breaches_of(with_work(plan, work), report) == {"plan_first": []}
    assert [block.code for block in blocks_of(report.findings, work)] == ["PB102"]


def test_another_way_to_draw_is_another_block():
    rows = judge(two(), only=["PB102"]).findings
    first = Drawing(5, 5).of("PB102", rows, None)
    assert Drawing(5, 5).of("PB102", rows, first) is first
    thin = Drawing(0, 5).of("PB102", rows, first)
    assert thin.rows.geom_type.tolist() == ["Point"]


def test_a_town_edited_at_random_is_judged_with_verdict_scores_and_causes_as_cold():
    rng, plan, warm = random.Random(1), town(8, 1), Work(Memory())
    lawful, only = [_exempt("UG204", plan["roads"]["id"].iloc[0])], ["UG2", "PB10", "ST7", "DA90"]
    for _ in range(5):
        plan = apply(plan, [drawn(plan, rng) for _ in range(rng.choice([1, 3]))])
        told = [judge(with_work(plan, work), PROFILE, exemptions=lawful, only=only) for work in (warm, Work(Memory()))]
        assert told[0] == told[1]
        assert told[0].digest == told[1].digest


def test_a_finding_that_stands_between_others_keeps_what_is_known_of_it():
    """Of three parcels the middle one's approval goes: the breaches of the others are the same objects, and right."""
    plan, work = three(), Work(Memory())
    judge(with_work(plan, work), only=["PB102"])
    first = {b.id: b for b in _breaches(work)}
    assert {name: b.area for name, b in first.items()} == {"A": 10_000.0, "B": 5_000.0, "C": 2_000.0}
    judge(with_work(apply(plan, [Edit("remove", "approvals", "G-B")]), work), only=["PB102"])
    then = {b.id: b for b in _breaches(work)}
    assert set(then) == {"A", "C"}
    assert all(then[name] is first[name] for name in then)
    report = judge(
        with_work(apply(plan, [Edit("reshape", "parcels", "C", {"geometry": SQUARE.format(400, 440)})]), work)
    )
    assert {b.id: b.area for b in report.verdict["plan_first"].breaches if b.code == "PB102"}["C"] == 4_000.0


def three():
    """Three parcels of 100, 50 and 20 m whose land was granted a year after works began."""
    wide = {"A": (0, 100), "B": (200, 250), "C": (400, 420)}
    grants = [
        {"id": f"G-{n}", "kind": "land_grant", "parcel": n, "start": "2013-01-01", "wkt": SQUARE.format(*x)}
        for n, x in wide.items()
    ]
    return mini(parcels=[{"id": n, "wkt": SQUARE.format(*x)} | LAND for n, x in wide.items()], approvals=grants).plan


def _breaches(work):
    (block,) = work.latest.get("blocks")
    return [b for b in block.known["row", "breaches"][1].tolist() if b is not None]


def test_rows_that_moved_up_are_found_again():
    rows = judge(three(), only=["PB102"]).findings
    assert same_as_before(rows, rows.iloc[[1, 2]].reset_index(drop=True)).tolist() == [1, 2]
    late = rows.assign(value=[rows["value"].iloc[0], -1.0, rows["value"].iloc[2]])
    assert same_as_before(rows, late).tolist() == [0, -1, 2]


def test_a_plan_judged_once_has_the_same_report_and_keeps_no_results_of_checks():
    few = Profile("few", {**PROFILE.values, "REPORT": {"evidence_most": Threshold(3, "findings a check", "ours")}})
    plan, kept, once = town(12, 1), Work(Memory()), Work(Memory(), again=False)
    first, second = (judge(with_work(plan, work), few) for work in (kept, once))
    assert len(first.findings) > 20
    assert first == second
    held = [[value for value, _ in work.store._kept.values() if isinstance(value, Findings)] for work in (kept, once)]
    assert len(held[0]) > 10
    assert held[1] == []
    rows = {block.code: list(block.rows["fingerprint"]) for block in once.latest.get("blocks")}
    assert rows == {code: list(part) for code, part in second.findings.groupby("code", sort=False)["fingerprint"]}
    assert [key for key in once.latest._kept if key.startswith("share ")] == []
    assert not any(block.known.keys() & {"found", "dots"} for block in once.latest.get("blocks"))


def test_a_value_by_row_is_made_anew_only_where_the_numbers_beside_it_differ():
    """Of three findings the second gets other numbers, then one is NaN as before, then what was read has changed."""
    plan, work, ran = three(), Work(Memory()), []
    block = Block("PB102", judge(with_work(plan, work), only=["PB102"]).findings)

    def made(seen, part, beside):
        ran.append(part.column("id").tolist())
        return np.array([f"{x} of {len(seen['approvals']['id'])}" for x in beside[:, 0]])

    def told(now, *numbers):
        return block.by_row("x", with_work(now, work), made, np.array(numbers)[:, None]).tolist()

    assert told(plan, 1.0, 2.0, np.nan) == ["1.0 of 3", "2.0 of 3", "nan of 3"]
    assert told(plan, 1.0, 5.0, np.nan) == ["1.0 of 3", "5.0 of 3", "nan of 3"]
    assert ran == [["A", "B", "C"], ["B"]]
    assert told(plan, 1.0, 5.0, np.nan) == ["1.0 of 3", "5.0 of 3", "nan of 3"]
    assert ran == [["A", "B", "C"], ["B"]]
    fewer = apply(plan, [Edit("remove", "approvals", "G-B")])
    assert told(fewer, 1.0, 5.0, np.nan) == ["1.0 of 2", "5.0 of 2", "nan of 2"]
    assert ran[2:] == [["A", "B", "C"]]
