"""Words of the board of a portfolio; Chinese first, English second."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

BOARD: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "board": ("园区网络看板", "Board of the park network"),
        "parks": ("园区", "parks"), "fails": ("不合格项", "verdicts that fail"), "park": ("园区", "park"), "role": ("角色", "role"), "verdict": ("结论", "verdict"),
        "core": ("核心园区", "core park"), "county": ("县区园区", "county park"), "unknown": ("未注明", "not told"),
        "overall": ("总体", "overall"), "errors": ("违规", "errors"), "warnings": ("提醒", "warnings"),
        "not_judged": ("未判定规则", "checks not run"), "as_of": ("判定日期", "as of"), "crs": ("坐标系", "coordinate system"),
        "network_crs": ("跨园区要素坐标系", "system of what crosses"), "where": ("位置示意", "where they lie"),
        "land": ("建设用地（公顷）", "land for building (ha)"), "built": ("已建成", "built"), "committed": ("在建/已供", "committed"),
        "idle": ("闲置", "idle"), "reserve": ("储备", "reserve"), "undated": ("无日期", "no date"),
        "balance": ("三生用地占比", "production, living, ecology"), "production": ("生产", "production"),
        "living": ("生活", "living"), "ecology": ("生态", "ecology"), "course": ("历年占比", "through time"),
        "spare": ("富余能力", "spare capacity"), "jobs": ("就业岗位", "jobs"), "people": ("居住人口", "residents"),
        "dwellings": ("住宅套数", "dwellings"), "jobs_per_resident": ("岗位/居民", "jobs per resident"),
        "jobs_homes": ("职住", "jobs and homes"), "productivity": ("亩均（万元）", "per 亩 (10,000 yuan)"),
        "output_wan": ("亩均产值", "output per 亩"), "tax_wan": ("亩均税收", "tax per 亩"), "invest_wan": ("亩均投资", "investment per 亩"),
        "industries": ("行业用地占比（GB/T 4754 大类代码）", "share of land by industry (division of GB/T 4754)"), "lead": ("主导产业", "lead industry"),
        "across": ("跨园区问题", "findings across borders"), "other_park": ("对方园区", "other park"),
        "rule": ("规则", "rule"), "feature": ("要素", "feature"), "other": ("对方要素", "other feature"), "value": ("数值", "value"),
        "limit": ("限值", "limit"), "gap": ("差距", "gap"), "state": ("状态", "state"), "source": ("来源", "source"),
        "trust": ("可信度", "level of trust"), "indicator": ("指标", "indicator"), "value_from": ("数值来源", "value from"),
        "variants": ("各方案下的结论（违规数）", "verdicts under each variant (errors)"), "as_planned": ("现方案", "as planned"),
        "not_touched": ("不涉及", "not touched"),
        "roads_at_borders": ("边界处的道路", "roads at the borders"), "ends": ("断头于边界，对方无路相接", "ends at the border, no road goes on"),
        "narrows": ("过界后变窄", "grows narrow beyond the border"), "later": ("对方路段通车更晚", "the neighbour's section opens later"),
        "fault": ("问题", "fault"),
        "shared_sources": ("重复计入的源站", "sources counted twice"), "kind": ("种类", "utility"),
        "neighbours": ("缺口与邻近富余", "what is missing and who has it"), "missing": ("缺口", "missing"),
        "neighbour": ("邻近园区", "neighbour"), "km": ("距离（公里）", "distance (km)"),
        "division": ("产业分工", "division of labour"), "overlap": ("与核心园区重合度", "overlap with the core"),
        "same_lead": ("主导产业相同", "same lead industry"), "lq": ("区位商", "location quotient"),
        "readiness": ("国家级开发区条件对照", "readiness for a national zone"), "none": ("无", "none"),
        "yes": ("是", "yes"), "no": ("否", "no"), "worst": ("首要问题", "first of each verdict"), "year": ("年份", "year"),
        "no_figure": ("未知", "unknown"), "at_least": ("≥", "≥"), "at_most": ("≤", "≤"),
        "to_bring": ("先补哪些资料", "data to bring first"), "what": ("资料", "data"), "opens": ("可再判规则", "checks that wait"),
        "waiting": ("等待的结论", "verdicts that wait"), "lacking": ("缺少的园区", "parks that lack it"),
        "open_rows": ("未判要素", "features left open"), "all_parks": ("全部", "all"), "not_told": ("未知：", "unknown: "),
        "head": (
            "{parks} 个园区：{fail} 个不合格，{unknown} 个证据不足，{passed} 个合格。",
            "Of {parks} parks {fail} fail, {unknown} cannot be told for want of evidence, {passed} pass.",
        ),
        "undated_all": (
            "用地都没有日期：谁先谁后（先地下后地上、先工业后商住）无从判断，已判的是位置、重叠和占比。",
            "No land has a date: what came before what (below ground first, industry first) cannot be told; judged are places, overlaps and shares.",
        ),
        "bring": (
            "先补{what}，可再判 {checks} 条规则（明细见“先补哪些资料”）。",
            "Bring {what} first: {checks} checks wait for them (see “data to bring first”).",
        ),
        "note": (
            "未知、证据不足、未判定都不算合格；限值的可信度见“可信度”一列。",
            "Unknown, too little evidence and not judged are never a pass; how sure a limit is stands under level of trust.",
        ),
    }
)  # fmt: skip
TRUSTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "from memory": ("凭记忆，未与原文核对", "from memory, not compared with the print"),
        "project default": ("本项目默认值，非标准", "our default, no standard"),
    }
)
