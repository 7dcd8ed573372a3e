"""Features chosen by an expression on their columns: only listed forms are worked, and missing values are never chosen."""

from __future__ import annotations

import pytest

from geo_planner.checks.contract import mini
from geo_planner.errors import ScenarioError, UnknownIdError
from geo_planner.plan import Edit
from geo_planner.plan.choose import apply_chosen, no_contradiction
from geo_planner.plan.expression import rows_where


def land(name, x, **more):
    shape = f"POLYGON (({x} 0, {x + 100} 0, {x + 100} 100, {x} 100, {x} 0))"
    return {"id": name, "scheme": "gb50137", "wkt": shape} | more


@pytest.fixture
def plan():
    rows = [
        land("A", 0, code="M1", far=1.2, start="2010-01-01"),
        land("B", 100, code="R2", far=2.4, start="2012-06-01", resettle=True),
        land("C", 200, code="R21"),
    ]
    return mini(parcels=rows).plan


def chosen(plan, text):
    frame = plan["parcels"]
    return frame["id"][rows_where("parcels", frame, text)].tolist()


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("code == 'R2'", ["B"]),
        ("code in ['R2', 'R21']", ["B", "C"]),
        ("startswith(code, 'R') and known(far)", ["B"]),
        ("far * 2 > 2.4", ["B"]),
        ("1 < far <= 1.2", ["A"]),
        ("start < '2011-01-01' or code == 'R21'", ["A", "C"]),
        ("year(start) == 2012", ["B"]),
        ("area() == 10000", ["A", "B", "C"]),
        ("resettle == True", ["B"]),
        ("not known(start)", ["C"]),
    ],
)
def test_an_expression_chooses_the_rows_a_person_would(plan, text, ids):
    assert chosen(plan, text) == ids


@pytest.mark.parametrize(
    "text", ["far > 1.5", "far <= 1.5", "not far > 1.5", "start != '2010-01-01'", "not start < '2011-01-01'"]
)
def test_a_row_without_the_value_is_never_chosen(plan, text):
    assert "C" not in chosen(plan, text)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "code.__class__ == 'x'",
        "(lambda: code)() == 'x'",
        "[c for c in code] == 1",
        "far ** 99999 > 1",
        "open('/etc/passwd') == 1",
        "far if far > 1 else code",
        "code == b'x'",
        "f'{code}' == 'x'",
        "far",
        "1 < 2",
        "far > ",
        "far > 'x'",
        "code > 3",
        "start > 'soon'",
        "(" * 400 + "far > 1" + ")" * 400,
        "far > 1 and " * 300 + "far > 1",
    ],
)
def test_what_is_not_on_the_list_is_refused_in_one_sentence(plan, text):
    with pytest.raises(ScenarioError) as error:
        chosen(plan, text)
    assert "\n" not in str(error.value)


def test_an_unknown_column_names_the_near_one(plan):
    with pytest.raises(UnknownIdError, match="Did you mean far"):
        chosen(plan, "fars > 1")


def test_an_edit_by_expression_sees_what_the_edit_before_it_made(plan):
    first = Edit("set", "parcels", "C", {"far": 3.0})
    second = Edit("set", "parcels", "", {"code": "M2"}, where="far >= 2.4")
    out = apply_chosen(plan, [first, second])["parcels"]
    assert out["code"].tolist() == ["M1", "M2", "M2"]


def test_an_expression_that_fits_nothing_is_an_error(plan):
    with pytest.raises(UnknownIdError, match="no feature of layer 'parcels' fits"):
        apply_chosen(plan, [Edit("remove", "parcels", "", where="far > 100")])


@pytest.mark.parametrize(
    "pair",
    [
        (Edit("set", "parcels", "A", {"code": "M1"}), Edit("set", "parcels", "A", {"code": "R2"})),
        (Edit("remove", "parcels", "A"), Edit("set", "parcels", "A", {"code": "R2"})),
        (Edit("retime", "parcels", "A", {"shift_days": 5}), Edit("retime", "parcels", "A", {"shift_days": -5})),
        (
            Edit("retime", "parcels", "A", {"start": "2010-01-01"}),
            Edit("retime", "parcels", "A", {"start": "2011-01-01"}),
        ),
    ],
)
def test_two_edits_of_one_file_that_contradict_are_an_error(pair):
    with pytest.raises(ScenarioError, match="parcels 'A' contradict"):
        no_contradiction(pair, "x.toml")


def test_edits_of_different_columns_or_features_do_not_contradict():
    no_contradiction(
        [
            Edit("set", "parcels", "A", {"code": "M1"}),
            Edit("set", "parcels", "A", {"far": 2.0}),
            Edit("set", "parcels", "B", {"code": "R2"}),
        ],
        "x.toml",
    )
