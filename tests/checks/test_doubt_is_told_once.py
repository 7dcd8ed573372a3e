"""What a check cannot judge is told, once, and not counted as judged."""

from __future__ import annotations

import pytest

from .judging import judge, square

PARK = {"id": "K", "wkt": square(0, 0, 200)}
UNIT = {"id": "U", "kind": "detailed_plan", "start": "2000-01-01", "wkt": square(0, 0, 200)}
PERMIT = {"id": "P", "kind": "works_permit", "start": "2000-01-01", "wkt": square(0, 0, 200)}


def test_a_class_told_by_the_layer_alone_is_no_code_to_compare_with_the_plan():
    plain = {"id": "H", "ple": "production", "planned_code": "M1", "scheme": "gb50137", "wkt": square()}
    coded = {"id": "M", "code": "M1", "planned_code": "M1", "scheme": "gb50137", "wkt": square(100)}
    out = judge("PB103", parcels=[plain, coded])
    assert (len(out.rows), out.judged, out.unknown["id"].tolist()) == (0, 1, ["H"])


def test_a_pipe_beside_a_dated_and_an_undated_tunnel_is_in_doubt_once():
    tunnel = {"id": "T", "kind": "tunnel", "finish": "2020-01-01", "wkt": "LINESTRING (0 0, 500 0)"}
    pipe = {"id": "P", "kind": "water", "start": "2021-01-01", "wkt": "LINESTRING (100 8, 300 8)"}
    out = judge("UG207", pipes=[tunnel, {"id": "U", "kind": "tunnel", "wkt": tunnel["wkt"]}, pipe])
    assert (out.judged, out.unknown["id"].tolist()) == (0, ["P"])


def test_a_level_and_a_cover_cannot_be_compared():
    low = {"id": "S", "kind": "sewer", "z_start": 1.0, "z_end": 1.0, "start": "2020-01-01", "finish": "2020-08-01", "wkt": "LINESTRING (0 0, 100 0)"}
    high = {"id": "W", "kind": "water", "cover": 1.0, "start": "2020-06-01", "finish": "2020-09-01", "wkt": "LINESTRING (0 2, 100 2)"}
    out = judge("UG203", pipes=[low, high])
    assert (out.judged, sorted(out.unknown["id"]), set(out.unknown["reason"])) == (0, ["S", "W"], {"no_cover"})


@pytest.mark.parametrize(
    ("code", "plan"),
    [
        ("PB101", {"parcels": [{"id": "A", "start": "2010-01-01", "wkt": square()}, {"id": "E", "start": "2010-01-01", "wkt": "POLYGON EMPTY"}], "approvals": [UNIT]}),
        ("PB104", {"buildings": [{"id": "A", "start": "2010-01-01", "wkt": square()}, {"id": "E", "start": "2010-01-01", "wkt": "POLYGON EMPTY"}], "approvals": [PERMIT]}),
        ("PB105", {"parcels": [{"id": "A", "wkt": square()}, {"id": "E", "wkt": "POLYGON EMPTY"}], "parks": [PARK]}),
    ],
)  # fmt: skip
def test_what_has_no_shape_is_not_passed(code, plan):
    out = judge(code, **plan)
    assert (out.judged, len(out.rows)) == (1, 0)
    assert out.unknown[["id", "reason"]].to_numpy().tolist() == [["E", "no_geometry"]]
