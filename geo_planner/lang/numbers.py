"""Units and values of parameters in words; signs that are the same in both languages (m, %, kV) stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .causes import UTILITY_WORDS
from .sentences import Lang

UNITS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "ratio": ("", "ratio"),
        "1": ("", ""),
        "-": ("", ""),
        "d": ("天", "d"),
        "a": ("年", "a"),
        "class": ("", "class"),
        "land, state": ("", "land, state"),
        "list": ("", "list"),
        "yes/no": ("", "yes/no"),
        "yes or no": ("", "yes or no"),
        "year": ("年", "year"),
        "D": ("", "D"),
        "J": ("", "J"),
        "cost": ("米（折算）", "cost"),
        "date, as 2006-05-10": ("", "date, as 2006-05-10"),
        "features per id": ("个", "features per id"),
        "floors": ("层", "floors"),
        "year, people": ("", "year, people"),
        "count": ("个", "count"),
        "percentage points": ("个百分点", "percentage points"),
        "jobs per worker housed": ("", "jobs per worker housed"),
        "people per dwelling": ("人/套", "people per dwelling"),
        "workers per person": ("", "workers per person"),
        "% of land": ("%（占用地）", "% of land"),
        "months": ("个月", "months"),
        "open or closed": ("", "open or closed"),
        "% of the bound": ("%（占指标）", "% of the bound"),
        "code pairs built<planned, as R2<B1": ("（建成 < 规划，如 R2<B1）", "code pairs built<planned, as R2<B1"),
        "2002, 2011 or 2017": ("", "2002, 2011 or 2017"),
        "edition": ("版", "edition"),
        "x width": ("倍路宽", "x width"),
        "1/(km·a)": ("次/(km·a)", "1/(km·a)"),
        "LCRPGR": ("", "LCRPGR"),
        "approvals": ("项", "approvals"),
        "jobs": ("个岗位", "jobs"),
        "per 1000": ("每千人", "per 1000"),
        "findings a check": ("条/规则", "findings a check"),
        "parts of one evidence": ("块/条", "parts of one evidence"),
        "causes": ("个", "causes"),
        "office": ("", "office"),
        "cells": ("", "cells"),
    }
)
VALUES: Mapping[str, str] = MappingProxyType(
    {
        **{key: pair[0] for key, pair in UTILITY_WORDS.items()},
        "reclaimed": "再生水",
        "combined": "合流",
        "tunnel": "综合管廊",
        "overhead": "架空",
        "trench": "管沟",
        "direct": "直埋",
        "duct": "排管",
        "scheme": "按分类标准",
        "production": "生产",
        "living": "生活",
        "ecology": "生态",
        "True": "是",
        "False": "否",
        "open": "开环",
        "closed": "闭环",
        "built": "建设用地",
        "industry": "工业",
        "housing": "居住",
        "commerce": "商业",
        "started": "已开工",
        "finished": "已竣工",
        "used": "已投用",
        "never": "不要求",
        "unknown": "不明",
        "unit": "见各行单位",
    }
)
"""Closed words that a parameter may hold, in Chinese."""


def unit_words(unit: str, lang: Lang) -> str:
    """A unit as it stands behind a number."""
    return UNITS.get(unit, (unit, unit))[lang != "zh"]


def value_words(value: str, lang: Lang) -> str:
    """A value of a parameter as text: closed words are told in Chinese, numbers and codes stay; `–` parts a list."""
    if lang != "zh":
        return value
    return " – ".join(VALUES.get(part, part) for part in value.split(" – "))


def number_words(value: str, unit: str, lang: Lang) -> str:
    """A number with its unit, as both are read."""
    return f"{value_words(value, lang)} {unit_words(unit, lang)}".strip()
