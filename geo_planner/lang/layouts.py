"""Words of layouts: their rules, the front of change and suitability, the sample; Chinese first, English second."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .sentences import Lang, choose

RULES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "ST701": ("卫生防护距离（ST701）", "the clearances of works (ST701)"),
        "ST709": ("不在污染源下风向（ST709）", "the winds from works (ST709)"),
        "park": ("新增居住用地步行范围内有公园", "a park near every new home"),
        "joined production": ("生产用地连片", "works in one piece"),
        "joined living": ("生活用地连片", "homes in one piece"),
    }
)
"""What the rules of a layout are called that are no bands and no services."""
CLASSES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"production": ("生产用地", "production"), "living": ("生活用地", "living"), "ecology": ("生态用地", "ecology")}
)


def rule_word(rule: str, lang: Lang) -> str:
    """What a rule of a layout is called: one of `RULES`, "service CODE", or a band as "SUBJECT >= 15 %"."""
    zh = lang == "zh"
    if rule in RULES:
        return choose(RULES[rule], lang)
    if rule.startswith("service "):
        code = rule.removeprefix("service ")
        return f"居住用地周边 {code} 类用地规模足够" if zh else f"enough land of class {code} near homes"
    subject, sign, limit = rule.split(" ", 2)
    named = choose(CLASSES.get(subject, (f"{subject} 类用地", f"land of class {subject}")), lang)
    word = choose({">=": ("不少于", "at least"), "<=": ("不超过", "at most")}[sign], lang)
    return f"{named}{word} {limit.replace(' ', '')}" if zh else f"{named} {word} {limit}"


FRONT: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "title": ("比选前沿：调整多少与适宜多少", "How much to change for how much suitability"),
        "lead": (
            "{points} 个方案，互不占优：从调整 {least:.1f} 公顷、适宜度 {low:+.1f} 分，"
            "到调整 {most:.1f} 公顷、{high:+.1f} 分（现状为 0）。",
            "{points} layouts, none better than another in all: from {least:.1f} ha changed and {low:+.1f} points of "
            "suitability to {most:.1f} ha and {high:+.1f} points (the plan as it stands is 0).",
        ),
        "complete": ("已证明两者之间没有遗漏的方案。", "That no other layout lies between them is proved."),
        "some": (
            "各点之间可能还有其他方案；可用 --front 增加点数。",
            "Others may lie between them; --front with a larger number shows more.",
        ),
        "needless": (
            "另有 {needless} 个被占优的方案，列于下表。",
            "{needless} more are beaten by these and stand in a table below.",
        ),
        "unknown": (
            "图上缺资料，{classes}用地的适宜度未知：改为或改自该类用地既不加分也不减分。",
            "The plan does not tell how suitable land is for {classes}: a change to or from it counts for nothing.",
        ),
        "rule": (
            "适宜度：生产用地近干路、生活用地步行可达生活圈设施、生态用地近保留绿地，各按 0–1 计；"
            "得分为调整后的增量占全部可调地块的百分点。每个方案均满足全部布局规则。"
            "目标上限：调整不更多的任何布局都不会超过它（图中短横线）。",
            "Suitability: works near a main road, homes that walk to the services of the life circle, green near green "
            "that stays, each from 0 to 1; the points are what a layout adds, in per cent of all open land. No "
            "rule of the layout is broken. "
            "No layout with as little change goes beyond the bound (the short stroke in the picture).",
        ),
        "compact": (
            "颜色越深越紧凑：相邻地块（至少一宗可调）两侧同类的边界占比，现状 {now:.1f}%。",
            "The darker, the more compact: the share of borders with one class of land on both sides, "
            "{now:.1f} % as it stands.",
        ),
        "x": ("调整面积（公顷）", "area changed (ha)"),
        "y": ("适宜度增量（分）", "suitability gained (points)"),
        "today": ("现状", "as it stands"),
        "bound": ("上限", "bound"),
        "table": ("各方案", "The layouts"),
        "beaten_table": ("被占优的方案", "Layouts that others beat"),
        "scenario": ("情景文件", "scenario file"),
    }
)

SAMPLE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "title": ("现方案在合法布局中的位置", "Where the plan stands among lawful layouts"),
        "lead": (
            "随机抽取 {many:,} 个合法布局（{open} 宗可调地块）：",
            "Of {many:,} lawful layouts drawn at random ({open} open parcels): ",
        ),
        "inside": ("现方案各项指标都在常见范围内。", "in no figure does the plan stand apart from them."),
        "lower": (
            "现方案的{figures}低于至少 {share:g}% 的布局",
            "the plan lies below {share:g} % or more of them in {figures}",
        ),
        "higher": (
            "现方案的{figures}高于至少 {share:g}% 的布局",
            "the plan lies above {share:g} % or more of them in {figures}",
        ),
        "broken": ("现方案本身不满足：{rules}。", "The plan itself does not keep: {rules}."),
        "agreed": (
            "混合检验：{walks} 条随机游走一半从最接近现方案的合法布局出发，一半从差异最大的合法布局出发，"
            "结果一致（split R-hat 最大 {worst:.3f}，不超过 {limit:g}），至少相当于 {worth:,.0f} 个独立样本。",
            "Mixing: {walks} walks, half from the lawful layout nearest to the plan, half from the farthest one, "
            "tell the same story (split R-hat at most {worst:.3f}, limit {limit:g}); "
            "they are worth {worth:,.0f} independent draws at least.",
        ),
        "apart_walks": (
            "混合检验未通过：从不同布局出发的 {walks} 条随机游走结果不一致"
            "（split R-hat 最大 {worst:.3f}，超过 {limit:g}），以下百分位不可靠；可增加 --samples。",
            "Mixing fails: the {walks} walks from different layouts do not tell the same story (split R-hat up to "
            "{worst:.3f}, limit {limit:g}), so do not rely on these percentages; try more --samples.",
        ),
        "what": (
            "每个满足规则的布局机会均等，不论多零散；已建、在建地块及道路、设施不变，"
            "每步重排一宗、两宗或相邻六宗可调地块的用途。"
            "抽样说明规则留有多大余地，不代表规划师会这样布局。种子 {seed}。",
            "Each layout that keeps the rules is as likely as any other, however scattered; land that has begun, roads "
            "and services stay, and each step recombines the uses of one, two or six neighbouring open parcels. The "
            "sample says what the rules leave open, not what a planner would draw. Seed {seed}.",
        ),
        "unknown": ("图上缺资料，无法计算", "unknown: the plan does not tell"),
        "now": ("红线：现方案 {now:.1f}%", "red: the plan, {now:.1f} %"),
        "spread": ("九成布局在 {p5:.1f}–{p95:.1f}% 之间", "nine layouts in ten from {p5:.1f} to {p95:.1f} %"),
        "below": (
            "{below:.1f}% 的布局低于现方案（95% 置信 {low:.1f}–{high:.1f}%）",
            "{below:.1f} % of the layouts lie below the plan (95 in 100: {low:.1f} to {high:.1f} %)",
        ),
        "band": ("浅色带：控制区间 {low:g}–{high:g}%", "shaded: the band of {low:g} to {high:g} %"),
        "production": ("生产用地占比", "production land"),
        "living": ("生活用地占比", "living land"),
        "ecology": ("生态用地占比", "ecological land"),
        "walking": ("居住用地的生活圈步行覆盖", "services within walks of homes"),
        "nuisance": ("污染源 {reach:.0f} 米内的敏感用地", "sensitive land within {reach:.0f} m of a nuisance"),
    }
)
