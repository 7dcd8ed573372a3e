"""Where a number comes from, in Chinese: the turns of phrase that the checks use, longer ones first."""

from __future__ import annotations

import re
from functools import cache

_PHRASES = (
    ("10 kV cable of 240 mm² aluminium, handbook value", "10 千伏 240 mm² 铝芯电缆，手册值"),
    ("10 kV cable, handbook value", "10 千伏电缆，手册值"),
    ("10 kV rings are run open", "10 千伏环网开环运行"),
    ("what one such cable carries at 10 kV, handbook value", "该型电缆 10 千伏时的输送能力，手册值"),
    ("Hazen-Williams coefficient of ageing ductile iron, handbook value", "旧球墨铸铁管海曾-威廉系数，手册值"),
    ("Manning coefficient of concrete pipe", "混凝土管曼宁系数"),
    ("0.28 MPa at the user's connection", "用户接管点 0.28 MPa"),
    ("drain row read, other cells", "排水行已核，其余"),
    ("as cited by a public pipeline checker", "据公开管线检查程序所引"),
    ("15 % for industry, 25 % for housing", "工业 15%、居住 25%"),
    ("by road class 30/20/15/10/5 m", "按公路等级 30/20/15/10/5 米"),
    ("8-20 m by place and speed", "按地段和速度 8–20 米"),
    ("150/200/300 m by size", "按规模 150/200/300 米"),
    ("a negative list within 2 km", "2 公里内实行负面清单"),
    ("dead ends, turning places", "尽端路与回车场"),
    ("clause and radii", "条文与半径"),
    ("beds per thousand, city-wide", "每千人床位为全市口径"),
    ("doubtful（存疑）", "存疑"),
    ("since replaced", "已被替代"),
    ("m beside class 3 of GB 3096-2008", "米（GB 3096-2008 3 类区旁）"),
    ("m beside class 2 of GB 3096-2008", "米（GB 3096-2008 2 类区旁）"),
    ("m beside class 1 of GB 3096-2008", "米（GB 3096-2008 1 类区旁）"),
    ("classes of GB 3096-2008", "功能区类别按 GB 3096-2008"),
    ("artificial surfaces of GlobeLand30; give those of your product", "GlobeLand30 的人造地表；请按所用产品给定"),
    ("weights of classes are ours", "各类权重由本项目自定"),
    ("a variant of the Suzhou model; profiles of other parks switch it off", "苏州模式的一种做法；其他园区可关闭"),
    ("order of time", "时间先后"),
    ("switch: a phase is serviced before its first parcel starts", "开关：分期首宗地块开工前配套到位"),
    ("your own, for SDG 11.3.1; none is assumed", "须自行给定（SDG 11.3.1）"),
    ("your own: the day from which the records are complete", "须自行给定：记录完整的起始日"),
    ("your own; none is assumed", "须自行给定"),
    ("as the least for land supply, provincial land rules", "为供地最低条件，省级土地规定"),
    ("read in a secondary source", "据二手资料"),
    ("as Suzhou Industrial Park lists it", "按苏州工业园区的列法"),
    ("without cable television", "不含有线电视"),
    ("national highway", "国道"),
    ("the kinds are a project default: gas and gravity lines are left out", "种类为本项目默认值，不含燃气、重力流管"),
    ("the day on which the edition of 2023 began is from memory and doubtful (生效日期存疑)", "2023 年版生效日存疑"),
    ("one secondary source each", "各据一处二手资料"),
    ("table 1 (read by excerpt); papers differ", "表 1（据摘录）；各文献不一"),
    ("is near discord (read by excerpt)", "为濒临失调（据摘录）"),
    ("order without a grace period", "先后次序，无宽限期"),
    ("no number given", "未给出数值"),
    ("Decree 198", "国务院令第 198 号"),
    ("formula: Shannon evenness", "公式：香农均衡度"),
    (" for a works-and-town park", "（产城融合园区）"),
    (" for a works park", "（纯工业园区）"),
    (" for main channels until the blue line is given", "（蓝线给出之前的主要河道）"),
    ("cropland left inside a park serves as open land", "园区内保留的耕地作为开敞空间"),
    ("as IN301", "同 IN301"),
    ("the example of the check", "规则自带算例"),
    ("sliver rule", "碎片容差"),
    ("as the scheme says", "按分类标准"),
    ("parks often count it as ecology (Zhang Hongqi 2015: production)", "园区常计入生态（张红旗 2015 计入生产）"),
    ("some authors count it as production", "部分文献计入生产"),
    ("Liu Jilai et al. 2017", "刘继来等 2017"),
    ("for 5 minutes", "（5 分钟到场）"),
    ("for drawing tolerance", "（制图容差）"),
    ("for rounding", "（取整误差）"),
    ("for a 产城 park", "（产城融合园区）"),
    ("15-minute circle of GB 50180-2018", "GB 50180-2018 十五分钟生活圈"),
    ("as long as 城市道路管理条例 Art. 33 closes a new road", "与城市道路管理条例第 33 条新建道路禁挖年限一致"),
    ("habit of the literature", "文献惯用值"),
    ("1.5 of 16 sectors", "16 个方位中的 1.5 个"),
    ("20 times the accuracy of coordinates", "坐标精度的 20 倍"),
    ("a single dig weighs too much on a short road", "道路过短时一次开挖占比过大"),
    ("laid without digging up the road; add duct where rows are cables", "不开挖路面的敷设方式；电缆可加排管"),
    ("the accuracy of levels", "高程精度"),
    ("the cable's own capacity", "线路自身输送能力"),
    ("the narrowest usual red line", "常见最窄红线宽度"),
    ("told by each parcel", "由各地块注明"),
    ("trunks first, branches with the plot", "干管先行，支管随地块"),
    ("bands GB 50137-2011", "区间按 GB 50137-2011"),
    ("radii GB 50180-2018", "半径按 GB 50180-2018"),
    ("what something real may have", "实际可能取值"),
    ("50 m is asked of class jia stores and important public buildings", "50 米为甲类仓库与重要公共建筑间距"),
    ("project default, no standard", "本项目默认值，无标准依据"),
    ("project default, give your own", "本项目默认值，请自行给定"),
    ("project default: none", "本项目默认值：无"),
    ("project default", "本项目默认值"),
    ("project proposal", "本项目建议值"),
    ("no standard", "无标准依据"),
    ("read in two secondary sources", "据两处二手资料"),
    ("two secondary sources", "据两处二手资料"),
    ("one secondary source", "据一处二手资料"),
    ("secondary source", "据二手资料"),
    ("from memory, shaky", "凭记忆，待核"),
    ("from memory", "凭记忆，待核"),
    ("data model of this program", "本程序数据模型"),
    ("urban,", "城市，"),
    (" app. ", " 附录 "),
    (" table ", " 表 "),
    (" and ", "、"),
    (" [M?]", ""),
    (" [R]", ""),
)


_CLAUSE = (
    (re.compile(r"第([0-9\-–、.]+)条"), lambda m: "Art. " + m[1].replace("、", ", ")),
    (re.compile(r"第([一二三四五六七八九十]+)条"), lambda m: f"Art. {_number(m[1])}"),
    (re.compile(r"第([0-9、]+)章"), r"ch. \1"),
    (re.compile(r"附录\s*"), "app. "),
    (re.compile(r"表\s*"), "table "),
    (re.compile(r"\s*注$"), ", note"),
    (re.compile("[、；]"), ", "),
    (re.compile("（存疑）"), ""),
    (re.compile("生效日期存疑"), "doubtful"),
)


def _number(text: str) -> int:
    tens, mark, ones = text.rpartition("十")
    digits = "零一二三四五六七八九"
    return (10 * (digits.index(tens) if tens else 1) if mark else 0) + (digits.index(ones) if ones else 0)


@cache
def source_en(text: str) -> str:
    """A source or a clause as an English reader has it; the names of laws and of documents stay in Chinese."""
    for pattern, told in _CLAUSE:
        text = pattern.sub(told, text)
    return text.strip(" ,，")


@cache
def source_zh(source: str) -> str:
    """A source as a Chinese reader has it; names of standards and what no phrase knows stay as they are."""
    for en, zh in sorted(_PHRASES, key=lambda pair: -len(pair[0])):
        source = source.replace(en, zh)
    for sign, full in (("; ", "；"), (", ", "，"), (": ", "："), (" (", "（"), ("(", "（"), (")", "）")):
        source = source.replace(sign, full)
    return source.strip(" ,，")
