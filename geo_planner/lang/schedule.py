"""Words of schedules: parts and dates of works, what waits for what, and why a date moves."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PARTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "approvals": ("审批", "approval"),
        "buildings": ("建筑", "building"),
        "parcels": ("地块", "parcel"),
        "pipes": ("管线", "pipe"),
        "release": ("供地", "land of parcel"),
        "roads": ("道路", "road"),
        "sources": ("源站", "source"),
    }
)
DATES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "released": ("供地", "released"),
        "start": ("开工", "start"),
        "paved": ("铺面", "paved"),
        "finish": ("完工", "finish"),
        "used": ("投用", "first use"),
    }
)
RULE = MappingProxyType({"LINK": ("进度计划搭接", "link of the schedule file"), "WORK": ("自身工期", "its own length")})
_WAITS = {
    0: ("{after}不早于{before}", "{after} not before {before}"),
    1: ("{after}不早于{before}后 {days} 天", "{after} not sooner than {days} days after {before}"),
    -1: ("{after}最多比{before}早 {days} 天", "{after} at most {days} days before {before}"),
}
_MOVED = ("{date}{way} {days} 天", "{date} {days} days {way}")
_WAY = {1: ("推迟", "later"), -1: ("提前", "earlier")}


def event(name: str, lang: str) -> str:
    """An event such as "pipes/P1 finish" in words: 管线 P1 完工."""
    zh = lang == "zh"
    work, _, date = name.rpartition(" ")
    part, _, own = work.partition("/")
    if part not in PARTS or date not in DATES:
        return name
    return f"{PARTS[part][not zh]} {own} {DATES[date][not zh]}"


def waits(before: str, after: str, lag: int, lang: str) -> str:
    """What an arc asks for: which event comes when, seen from the other one; a negative lag is a lead."""
    template = _WAITS[(lag > 0) - (lag < 0)][lang != "zh"]
    return template.format(before=event(before, lang), after=event(after, lang), days=abs(lag))


def moved(date: str, days: int, lang: str) -> str:
    """Which date of a work moves, by how much and in which direction."""
    other = lang != "zh"
    return _MOVED[other].format(date=DATES[date][other], way=_WAY[1 if days > 0 else -1][other], days=abs(days))


def because(rule: str, wait: str, lang: str) -> str:
    """The rule behind a move, in brackets: its code and what it asks for."""
    known = RULE.get(rule)
    name = rule if known is None else known[lang != "zh"]
    return f"（{name}：{wait}）" if lang == "zh" else f" ({name}: {wait})"
