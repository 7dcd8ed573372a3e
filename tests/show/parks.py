"""A park small enough to draw by hand, with a report that has one row of every kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import geopandas as gpd
import pandas as pd
import shapely

from geo_planner.plan import Plan, Profile, Report, Rows, Rule, Run, ScorePart, Scores, Source, Threshold, findings
from geo_planner.verdict.verdicts import verdicts

CRS = "EPSG:4527"
X, Y = 39_535_000.0, 3_757_000.0


def box(x: float, y: float, w: float, h: float) -> shapely.Polygon:
    """Rectangle whose lower left corner lies x, y metres from the park's."""
    return shapely.box(X + x, Y + y, X + x + w, Y + y + h)


def plan(*, text: str = "甲地块") -> Plan:
    """Six parcels of 100 x 100 m in a row, a road with two pipes below them, a school and a farmland line."""
    days = pd.to_datetime(["2010-01-01", "2012-01-01", "2014-01-01", "2016-01-01", "2018-01-01", None])
    parcels = gpd.GeoDataFrame(
        {
            "id": [f"P{k}" for k in range(6)],
            "name": [text, "二", "三", "四", "五", "六"],
            "code": ["M1", "M2", "R2", "B1", "G1", "ZZ"],
            "scheme": "gb50137",
            "start": days,
            "finish": days + pd.Timedelta(days=365),
        },
        geometry=[box(120 * k, 0, 100, 100) for k in range(6)],
        crs=CRS,
    )
    road = gpd.GeoDataFrame(
        {"id": ["R1"], "name": ["经一路"], "grade": ["arterial"], "finish": [pd.Timestamp("2011-06-01")]},
        geometry=[shapely.LineString([(X, Y - 20), (X + 720, Y - 20)])],
        crs=CRS,
    )
    pipes = gpd.GeoDataFrame(
        {"id": ["W1", "S1"], "kind": ["water", "sewer"], "finish": pd.to_datetime(["2011-01-01", "2013-01-01"])},
        geometry=[shapely.LineString([(X, Y - d), (X + 720, Y - d)]) for d in (16, 24)],
        crs=CRS,
    )
    layers = {
        "parks": gpd.GeoDataFrame({"id": ["PARK"]}, geometry=[box(-40, -60, 800, 260)], crs=CRS),
        "parcels": parcels,
        "roads": road,
        "pipes": pipes,
        "facilities": gpd.GeoDataFrame(
            {"id": ["F1"], "kind": ["primary_school"]}, geometry=[shapely.Point(X + 290, Y + 150)], crs=CRS
        ),
        "control_lines": gpd.GeoDataFrame(
            {"id": ["C1"], "kind": ["farmland"]}, geometry=[box(600, 60, 90, 90)], crs=CRS
        ),
    }
    return Plan(
        name="toy",
        crs=CRS,
        layers=layers,
        sources=(Source("parcels", "地块.shp", "", "ab" * 32, 6),),
        as_of=date(2020, 1, 1),
        title={"zh": "小园区", "en": "Small park"},
        schematic=True,
    )


def report(of: Plan, *, text: str = "P0") -> Report:
    """Three findings of two checks, one check skipped, one crashed, one clean, one parcel that cannot be judged."""
    rows = findings(
        CRS,
        Rows(
            layer="roads",
            id=["R1"],
            other_layer="pipes",
            other_id=["S1"],
            value=579.0,
            limit=0.0,
            unit="d",
            geometry=[shapely.LineString([(X + 100, Y - 20), (X + 500, Y - 20)])],
            since="2011-06-01",
            until="2013-01-01",
            args={"who": "S1"},
            severity="error",
        ),
        Rows(
            layer="parcels",
            id=["P0", "P4"],
            value=[80.0, 91.5],
            limit=99.0,
            unit="%",
            geometry=[box(0, 0, 20, 20), box(480, 0, 10, 10)],
            since="2012-01-01",
            args={"who": [text, "P4"]},
            severity="warning",
        ),
        judged=7,
        unknown=[("parcels", ["P5"], "no_start")],
    )
    table = rows.rows.copy()
    table["code"] = table["layer"].map({"roads": "UG204", "parcels": "PB101"}).astype("str")
    table["fingerprint"] = [f"{k:012x}" for k in range(len(table))]
    unknown = rows.unknown.assign(code="PB101")
    runs = (
        Run("BA401", "ok", {}, 6, 0, 0),
        Run("EC601", "skipped", {"zh": "缺少图层：buildings", "en": "layer missing: buildings"}),
        Run("PB101", "found", {}, 5, 1, 2),
        Run("ST701", "crashed", {"zh": "出错", "en": "broke"}),
        Run("UG204", "found", {}, 1, 0, 1),
    )
    bare = Report(
        plan_name=of.name,
        plan_digest=of.digest,
        profile_name="china",
        profile_digest="cd" * 32,
        version="0.1.0",
        findings=table,
        unknown=unknown,
        runs=runs,
        rules={code: _rule(code) for code in ("PB101", "UG204", "EC601")},
        scores=Scores(
            S1=0.8,
            S2=0.5,
            S3=None,
            reasons={"S3": "no_start"},
            parts={"S1": (ScorePart("plan_first", "parcels", 40_000.0, 50_000.0, "m²", ("P0",), ("P5",)),)},
        ),
        title=of.title,
        schematic=True,
        as_of="2020-01-01",
    )
    return replace(bare, verdict=verdicts(of, bare, Profile("china")))


def silent(of: Plan) -> Report:
    """The same report with nothing found."""
    full = report(of)
    bare = replace(full, findings=full.findings.iloc[:0])
    return replace(bare, verdict=verdicts(of, bare, Profile("china")))


def _rule(code: str) -> Rule:
    number = Threshold(99.0, "%", "城乡规划法", "第37条", verified=True, origin="check")
    return Rule(
        code=code,
        slug="fault",
        severity="error",
        zh={
            "title": f"{code} 标题",
            "message": "{layer} {id}：{who}（{value:.0f}）",
            "advice": "先补手续",
            "trap": "核对图形",
        },
        en={
            "title": f"{code} title",
            "message": "{layer} {id}: {who} ({value:.0f})",
            "advice": "mend it",
            "trap": "look twice",
        },
        params={"cover": number},
        labels={"cover": "最小覆盖率"},
    )
