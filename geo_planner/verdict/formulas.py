"""The formulas of the three scores with their reasons, one place: page, documents and `explain S1` say the same."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SCORES: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "S1": {
            "zh": (
                "S1 = 已证合格的面积 ÷ 未证免检的面积（上限 = 1 − 已证不合格的面积 ÷ 未证免检的面积）",
                "对象：除确知为绿地、水域、农田、预留等非建设用地外的全部地块；"
                "缺开工日期、缺用地代码的地块也在分母内。",
                "合格：PB101、PB102、PB103、PB104（按建筑所在地块）、"
                "PB105、PB108（应有审批齐备）、EC601 均已判且无违规；任一项判不了即未证合格。"
                "容积率低于下限属用地不集约，列入违规但不计入 S1。",
                "理由：数据缺失只会使下限降低，不会抬高得分；某项检查未能运行时，"
                "下限为 0。缺图形的地块面积未知，不给得分。",
            ),
            "en": (
                "S1 = area proven good / area not proven exempt (upper end = 1 - area proven bad / the same)",
                "Of all parcels but those known to be green, water, farmland "
                "or reserve; one without a start or a code is in it.",
                "Good: judged by PB101, PB102, PB103, PB104 (through "
                "the parcel a building lies on), PB105, PB108 (has the approvals expected of it), EC601, no error. "
                "Land built more loosely than its least floor-area ratio is a finding, and S1 leaves it out.",
                "Why: what is missing can only lower it; it is 0 where "
                "one of its checks did not run, and there is none where a"
                " parcel has no shape, for its area is not known.",
            ),
        },
        "S2": {
            "zh": (
                "S2 = 已证合格的道路长度占比 × 已证配套到位的地块面积占比（上限同理，按未证不合格计）",
                "道路：UG204、UG205 均已判且无违规；地块：UG201、UG202 均已判且无违规，对象同 S1。"
                "大修后禁挖期内的开挖、规划管线未绘出，见违规与缺数据清单，不计入 S2。",
                "理由：路先通、管后埋与地先用、配套后到互不抵偿，故相乘；声明“无道路挖掘”（complete）时不要求 UG205。",
            ),
            "en": (
                "S2 = length of roads proven good x area of parcels proven serviced (upper end: not proven bad)",
                "Roads: judged by UG204 and UG205, no error. Parcels: "
                "judged by UG201 and UG202, no error; the parcels of S1. Digs soon after an overhaul, and pipes that a "
                "corridor plans and nobody drew, are told as findings and as missing data; S2 leaves them out.",
                "Why: roads opened too early and land used too early do "
                "not make up for each other, so the shares multiply;"
                " UG205 is not asked for where the scenario declares that there are no excavations.",
            ),
        },
        "S3": {
            "zh": (
                "S3 = 园区、各分期、各片区中的最低值；每一范围 = 超前得分 × 合格商住面积占比",
                "超前得分 = 1 − 2∫max(0, p − PM(p) − 容许值)dp：p "
                "为商住用地累计开工占比，PM(p) 为商住开到 p 时工业的累计开工占比（IN301）。",
                "合格商住面积：IN302、IN303 均已判且无违规的居住、商业用地；配套与安置视为合格、最后开工。",
                "理由：按商住用地而不按时间加权，多年无事不会冲淡超前；取最低的范围，一片超前不能由另一片弥补。",
                "缺开工日期的商住按最早开工计、工业按未开工计，缺代码的地块两边都按不利计；缺分期或片区时下限为 0。",
            ),
            "en": (
                "S3 = the least over park, phases and districts of: lead score x share of homes and shops proven good",
                "Lead score = 1 - 2 * integral of max(0, p - PM(p) - "
                "tolerance) dp; p is the share of homes and shops started,"
                " PM(p) the share of industry started when homes and shops reach p (IN301).",
                "Proven good: housing and commerce judged by IN302 and "
                "IN303 without an error; ancillary and resettlement count as good and as begun last.",
                "Why: weighted by land and not by time, so years in which "
                "nothing happens do not dilute a lead; the least scope"
                " counts, so that one district does not make up for another.",
                "Homes without a start count as begun first, plants "
                "without one as not begun, land without a code as both; it"
                " is 0 where phases or districts are not given.",
            ),
        },
    }
)
"""Score -> language -> lines: what it is, of what, and why."""
