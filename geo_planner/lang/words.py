"""Words that stand in both languages: families, severities, outcomes, reasons; Chinese first, English second."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

FAMILIES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "pb": ("先规划后建设", "plan before build"),
        "ug": ("先地下后地上", "underground before above ground"),
        "in": ("先工业后商住", "industry before commerce and housing"),
        "ba": ("生产·生活·生态平衡", "balance of production, living and ecology"),
        "nw": ("管网与容量", "networks and capacity"),
        "ec": ("生态与控制线", "ecology and control lines"),
        "st": ("间距与标准", "distances and standards"),
        "da": ("数据质量", "data quality"),
    }
)

SEVERITIES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"error": ("违规", "error"), "warning": ("提醒", "warning"), "info": ("提示", "info")}
)

NOTE_SEVERITIES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "error": ("错误", "error"),
        "warning": ("疑点", "warning"),
        "repair": ("已修复", "repair"),
        "info": ("说明", "info"),
    }
)

OUTCOMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "ok": ("通过", "ok"),
        "found": ("有问题", "found"),
        "skipped": ("未判定", "skipped"),
        "crashed": ("程序出错", "crashed"),
        "partly": ("部分未判定", "partly unknown"),
        "off": ("已停用", "switched off"),
    }
)

TRUST: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "printed": ("已见正式文本", "printed standard seen"),
        "two_secondary": ("两处独立二手来源", "two secondary sources"),
        "secondary": ("一处二手来源", "one secondary source"),
        "memory": ("凭记忆，待核", "from memory"),
        "ours": ("项目自定", "ours"),
    }
)
"""How far a number can be trusted, by its level."""

DOUBTFUL: tuple[str, str] = ("存疑，须核实", "doubtful, to be settled")
"""What is said of a number whose source is contested."""

BLANKS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"none": ("没有", "there is none"), "unknown": ("不知道（缺数据）", "not known (missing data)")}
)
"""What a blank in a column says (`Column.blank_means`)."""

WANTED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "homes": ("住宅", "homes"),
        "tunnel": ("综合管廊", "utility tunnels"),
        "habitat patches": ("生境斑块", "habitat patches"),
        "jobs and dwellings in one park": ("同一园区内的就业岗位和住房", "jobs and dwellings in one park"),
        "roads: LineString": ("道路中心线", "centre lines of roads"),
        "sources.capacity": ("源站的供应能力", "the capacity of sources"),
        "fire_station / bus_stop": ("消防站、公交站", "fire stations, bus stops"),
        "parcels.people / buildings.people": ("地块或建筑的人口", "the residents of parcels or buildings"),
        "parcels: parkland / facilities.kind = park": ("公园绿地", "parks"),
        "trees / control_lines.kind = railway": ("树木图层，或铁路控制线", "the trees, or control lines of railways"),
        "approvals.kind = detailed_plan": ("控制性详细规划批复", "approvals of detailed plans"),
        "approvals.kind = works_permit, construction_permit": (
            "建设工程规划许可证、施工许可证", "works permits, construction permits",
        ),
    }
)  # fmt: skip
"""What a check lacks (`what` of `Skipped`), in the words of a planner; others are shown as they are."""

REASONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "no_layer": ("缺少图层：{layers}", "layer missing: {layers}"),
        "no_column": ("图层缺少字段或字段全空：{columns}", "column missing or empty: {columns}"),
        "no_raster": ("缺少栅格：{rasters}", "raster missing: {rasters}"),
        "no_extra": ("缺少可选组件，请运行：{command}", "optional package missing, run: {command}"),
        "no_as_of": ("情景未给出基准日（as_of）", "the scenario gives no as-of date"),
        "no_value": ("未提供所需数据：{what}", "needed data were not given: {what}"),
        "switched_off": ("按参数设置不检查", "switched off by parameter"),
        "off": ("已停用：{why}", "switched off: {why}"),
        "not_stated": (
            "已停用：参数文件不采用程序自带数值，又未给出 {names}",
            "switched off: the profile takes no shipped numbers and does not state {names}",
        ),
        "too_few": ("可判对象太少：{what}", "too few features to judge: {what}"),
        "no_start": ("缺开工日期", "no date of start"),
        "may_have_stopped": (
            "开发面积或投资额不足，是否已中止开发满一年无从得知",
            "little is developed or invested, and whether works have stopped for a year is not told",
        ),
        "no_finish": ("缺竣工（验收）日期", "no date of completion or acceptance"),
        "no_width": (
            "缺道路宽度，红线内是否有后埋管线无法判定",
            "no width of the road, so whether a later pipe lies under it",
        ),
        "no_used": ("缺投产或入住日期", "no date of first use"),
        "no_paved": ("缺路面摊铺日期", "no date of pavement"),
        "no_released": ("缺供地日期", "no date of land grant"),
        "no_date": ("缺日期", "no date"),
        "no_contract": ("缺约定开工日期", "no agreed date of start"),
        "no_code": ("缺用地代码", "no land-use code"),
        "no_scheme": ("用地分类标准不明", "land-use scheme unknown"),
        "unknown_code": ("用地代码不在该分类标准中", "code is not in its land-use scheme"),
        "open_ple": (
            "用地分类未说明该代码生产、生活还是生态",
            "its land-use scheme does not tell production, living or ecology",
        ),
        "open_group": (
            "用地分类未说明该代码属工业、居住还是商业",
            "its land-use scheme does not tell industry, housing or commerce",
        ),
        "open_use": ("用地分类未说明该代码具体用途", "its land-use scheme does not tell its use"),
        "open_nuisance": (
            "用地分类未说明该代码污染（干扰）类别",
            "its land-use scheme does not tell its nuisance class",
        ),
        "open_sensitive": (
            "用地分类未说明该代码是否为敏感用地",
            "its land-use scheme does not tell whether it is sensitive",
        ),
        "open_dwelling": (
            "用地分类未说明该代码是否有人居住",
            "its land-use scheme does not tell whether people live there",
        ),
        "open_parkland": (
            "用地分类未说明该代码是否为公园绿地",
            "its land-use scheme does not tell whether it is a park",
        ),
        "open_developed": (
            "用地分类未说明该代码是否为建设用地",
            "its land-use scheme does not tell whether it is built on",
        ),
        "open_balance": (
            "用地分类未说明该代码是否计入三生分母",
            "its land-use scheme does not tell whether it counts in the balance",
        ),
        "open_urban": (
            "用地分类未说明该代码是否为城市建设用地",
            "its land-use scheme does not tell whether it is urban construction land",
        ),
        "no_geometry": ("缺图形", "no geometry"),
        "no_park": ("不在任何园区内，且未注明园区", "lies in no park and names none"),
        "no_park_size": (
            "公园未绘或未绘成面，规模不明",
            "a park may be there: land without a code, or a park drawn as a point",
        ),
        "no_attribute": ("缺判定所需属性", "an attribute the rule needs is missing"),
        "undated": (
            "有地块、建筑、设施或道路缺竣工日期，截至日是否建成不明，不能证明达标",
            "land, buildings, places or roads have no date of completion: whether they stand by the day is not known",
        ),
        "no_walk": (
            "未绘道路，按直线达标不能证明步行可达",
            "no roads are drawn: a straight line does not prove that it can be walked",
        ),
        "no_such_kind": (
            "图层中没有此类设施，且无人声明该图层完整",
            "no facility of this kind is drawn, and nobody says that the layer is complete",
        ),
        "partly_filled": (
            "该属性只填了一部分，填写率不足，未采用",
            "filled for a part of the rows only, too few to be used",
        ),
        "odd_demand": (
            "自填用量远超同类用地上限，须核实",
            "its own demand is far above that of its land use; confirm it",
        ),
        "no_far_min": ("缺容积率下限", "no least floor-area ratio"),
        "no_diameter": ("缺管径", "no diameter"),
        "no_cover": ("缺覆土深度或标高", "no cover or level"),
        "no_history": (
            "无法确认此前记录是否完整（history_from）",
            "records not known to be complete since before (history_from)",
        ),
        "no_rose": ("未提供风玫瑰", "no wind rose is given"),
        "no_edition": (
            "行业代码的版本不明，或该日期的版本未收录",
            "edition of the code unknown, or that of its day is not held",
        ),
        "no_hazard": ("缺火灾危险性或耐火等级", "no fire hazard class or rating"),
        "no_road": ("找不到对应道路", "no matching road"),
        "no_approval": ("无对应审批记录", "no approval on record"),
        "not_modelled": ("管网中有未模拟的元件", "the network has parts that are not modelled"),
        "no_state": ("水泵、阀门的状态无法确定", "no state of its pumps and valves was found"),
        "pump_stands": ("水泵无流量，其后压力不定", "behind a pump that moves nothing"),
        "no_source": ("该类管网没有源站", "the network has no source"),
        "no_unit": ("单位无法判断", "unit cannot be told"),
        "without_checks": ("有检查未能运行，未计入", "some of its checks could not run and are not in it"),
        "not_drawn": ("规划管线未入图", "a planned pipe is not drawn"),
        "bad_value": ("所给数值不合要求：{what}", "a value given does not fit: {what}"),
        "flood": (
            "发现过多：最严重的 {most} 处绘出证据图形，其余 {rest} 处以点示位",
            "very many found: the worst {most} are drawn in full, the other {rest} as points",
        ),
        "outside_raster": ("超出栅格范围", "outside the raster"),
    }
)
