"""What a check asks, how it judges and what it cannot see, in Chinese; the English stands in the check's file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from .sentences import Lang

_NONE = "（该规则由其他软件包提供，未附中文说明；英文说明见 --lang en。）"


@cache
def rules_zh() -> Mapping[str, str]:
    """The Chinese bodies of our checks by code."""
    text = resources.files(__package__).joinpath("rules_zh.toml").read_text(encoding="utf-8")
    return {code: body.strip() for code, body in tomllib.loads(text)["about"].items()}


def about(code: str, doc: str, own: Mapping[str, str], lang: Lang) -> str:
    """The body of a rule: its docstring in English; in Chinese what its `Text` says (`about`), else ours."""
    return doc.strip() if lang == "en" else own.get("about") or rules_zh().get(code, _NONE)
