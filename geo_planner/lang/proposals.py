"""What the tables of a proposal and their columns are called, and the words in their cells, in both languages."""

from __future__ import annotations

from typing import Literal

TABLES = {
    "sites": ("落位", "sites"),
    "refused": ("未采用地块及原因", "why other parcels are refused"),
    "prices": ("余量与影子价格", "what is to spare, and its price"),
    "coverage": ("覆盖率", "coverage"),
    "changes": ("调整地块", "parcels changed"),
    "shares": ("用地占比", "shares of land"),
    "next_source": ("增建一处源站的收益", "what one more source would bring"),
    "supply": ("供需平衡", "supply and demand"),
    "conflict": ("相互冲突的规则", "rules in conflict"),
    "standing": ("现方案的位置", "where the plan stands"),
    "layouts": ("抽取的布局", "layouts drawn"),
    "front": ("比选前沿", "front of layouts"),
    "needless": ("被其他方案占优", "layouts that others beat"),
    "alternatives": ("比选方案", "alternatives"),
    "phases": ("分期", "phases"),
    "works": ("先行道路与管线", "streets and mains to come first"),
}
COLUMNS = {
    "load": ("就近负荷", "load nearest to it"),
    "link": ("接入管线(m)", "main to join it [m]"),
    "capacity": ("供应能力", "capacity"),
    "in_service": ("投运", "in service"),
    "day": ("日期", "day"),
    "more_projects": ("多落位项目", "projects more"),
    "more_points": ("多得分", "points more"),
    "basis": ("依据", "basis"),
    "then": ("方案余量", "spare with them"),
    "need": ("需求", "need"),
    "supply": ("供应", "supply"),
    "project": ("项目", "project"),
    "name": ("名称", "name"),
    "plan": ("规划", "plan"),
    "parcel": ("地块", "parcel"),
    "served": ("水电到位", "water and power by"),
    "fit": ("适宜度", "fit"),
    "runner_up": ("次优地块", "runner-up"),
    "behind": ("优于次优", "ahead of it by"),
    "limit": ("限制", "limit"),
    "change": ("须放宽", "to be given"),
    "unit": ("单位", "unit"),
    "other_limits": ("其他限制数", "other limits"),
    "kind": ("类别", "kind"),
    "quarter": ("季度", "quarter"),
    "spare": ("余量", "spare"),
    "price": ("每单位影子价格(分)", "points a unit"),
    "id": ("编号", "id"),
    "code": ("用地代码", "code"),
    "area": ("面积(m²)", "area [m²]"),
    "people": ("服务人口", "people"),
    "radius": ("服务半径(m)", "radius [m]"),
    "before": ("现状(%)", "before [%]"),
    "after": ("方案(%)", "after [%]"),
    "goal": ("目标(%)", "goal [%]"),
    "beyond_reach": ("无候选地块可及(户地)", "homes no candidate reaches"),
    "from": ("原类别", "from"),
    "to": ("新类别", "to"),
    "code_from": ("原代码", "code from"),
    "code_to": ("新代码", "code to"),
    "class": ("类别", "class"),
    "scheme": ("分类标准", "scheme"),
    "rule": ("规则", "rule"),
    "give": ("须放宽", "to be given"),
    "alternative": ("方案", "alternative"),
    "side": ("方位", "side"),
    "area_ha": ("面积(公顷)", "area [ha]"),
    "compactness": ("紧凑度", "compactness"),
    "beyond_boundary_ha": ("边界外(公顷)", "beyond the boundary [ha]"),
    "slope": ("坡度(%)", "slope [%]"),
    "hollow": ("积水深(m)", "hollows [m]"),
    "ground_known": ("地形已知比例", "ground known"),
    "new_road": ("距干路(m)", "to a main road [m]"),
    "cost": ("区位分", "cost [points]"),
    "phase": ("分期", "phase"),
    "parcels": ("地块数", "parcels"),
    "hectares": ("公顷", "hectares"),
    "released": ("供地", "released"),
    "start": ("开工", "start"),
    "used": ("投用", "used"),
    "network": ("类别", "network"),
    "pieces": ("段数", "pieces"),
    "metres": ("长度(m)", "metres"),
    "finish": ("完成", "finish"),
    "point": ("方案", "point"),
    "figure": ("指标", "figure"),
    "now": ("现方案(%)", "the plan [%]"),
    "p5": ("5%", "5 %"),
    "p50": ("50%", "50 %"),
    "p95": ("95%", "95 %"),
    "below": ("低于现方案的布局(%)", "layouts below it [%]"),
    "below_low": ("置信下限", "from"),
    "below_high": ("置信上限", "to"),
    "rhat": ("R-hat", "R-hat"),
    "worth": ("相当独立样本", "worth draws"),
    "walking": ("步行覆盖", "walking"),
    "nuisance": ("邻近污染", "nuisance"),
    "production": ("生产", "production"),
    "living": ("生活", "living"),
    "ecology": ("生态", "ecology"),
    "changed": ("调整面积(m²)", "area changed [m²]"),
    "suitability": ("适宜度增量(分)", "suitability gained [points]"),
    "best": ("求优目标", "made best"),
    "bound": ("目标上限", "no better than"),
    "gap_points": ("距上限", "short of that by"),
    "new_errors": ("新增违规", "new errors"),
}
CELLS = {
    "area": ("面积", "area"),
    "class": ("类别", "class"),
    "clearance": ("防护距离", "clearance"),
    "proved": ("已证明", "proved"),
    "found": ("已找到的最好方案", "best found"),
    "price": ("上限（按影子价格）", "at most (by price)"),
    "use": ("用地性质", "use"),
    "wind": ("风向影响", "wind"),
    "capacity": ("地块或供应余量用于他项", "land or supply goes to others"),
    "power": ("电力", "power"),
    "water": ("给水", "water"),
    "gas": ("燃气", "gas"),
    "heat": ("热力", "heat"),
    "sewer": ("污水", "sewer"),
    "storm": ("雨水", "storm"),
    "telecom": ("通信", "telecom"),
    "road": ("道路", "road"),
    "production": ("生产", "production"),
    "living": ("生活", "living"),
    "ecology": ("生态", "ecology"),
    "suitability": ("适宜度", "suitability"),
    "walking": ("步行覆盖", "walking"),
    "nuisance": ("邻近污染", "nuisance"),
    "midway": ("适宜与紧凑兼顾", "both"),
    "E": ("东", "E"),
    "S": ("南", "S"),
    "W": ("西", "W"),
    "N": ("北", "N"),
}
WORDED = ("limit", "basis", "unit", "kind", "network", "class", "from", "to", "side", "best", "figure")
"""Columns whose cells are words of ours; all others hold names and numbers of the planner's."""
_TRUNK = {"new_": ("接管距离", "new main, "), "laid_": ("新建", "to lay, ")}


def table_word(name: str, lang: Literal["zh", "en"]) -> str:
    """What a table is called."""
    return TABLES[name][lang == "en"] if name in TABLES else name


def column_word(name: str, lang: Literal["zh", "en"]) -> str:
    """What a column is called; the columns of each network are made from its name."""
    if name in COLUMNS:
        return COLUMNS[name][lang == "en"]
    for head, words in _TRUNK.items():
        if name.startswith(head):
            network = cell_word(name.removeprefix(head), lang)
            return f"{words[0]}{network}(m)" if lang == "zh" else f"{words[1]}{network} [m]"
    return name


def cell_word(value: str, lang: Literal["zh", "en"]) -> str:
    """A cell of one of the columns `WORDED` in a language."""
    return CELLS[value][lang == "en"] if value in CELLS else value
