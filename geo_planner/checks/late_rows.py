"""Findings of parcels that wait for a utility, with how each wait ends in words: what UG201 and UG202 tell."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..plan import Rows
from ..plan.layers import UTILITY_ZH


def late_rows(ids: np.ndarray, late: pd.DataFrame, allowance: float) -> Rows:
    """Return findings of parcels that wait for a utility."""
    zh, en = _ends(late)
    return Rows(
        layer="parcels",
        id=ids[late["row"].to_numpy(dtype=np.int64)],
        geometry=late["geometry"].to_numpy(),
        other_layer=late["layer"],
        other_id=late["id"],
        value=late["wait"],
        limit=allowance,
        unit="d",
        since=late["day"],
        until=late["served"],
        args={
            "kind": late["kind"],
            "kind_zh": late["kind"].map({**UTILITY_ZH, "road": "道路"}),
            "day": late["day"],
            "served": en,
            "served_zh": zh,
        },
    )


def _ends(late: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Return how each wait ends, in words: served on a day and held up by what, or never."""
    zh, en = [], []
    for kind, served, wait, name in zip(late["kind"], late["served"], late["wait"], late["id"], strict=True):
        if pd.isna(served):
            zh.append("旁边的道路均未通车" if kind == "road" else "规划期内无通路接到源站")
            en.append("no road beside it ever opens" if kind == "road" else "no path to a source is ever complete")
        else:
            zh.append(f"{served:%Y-%m-%d} 才接通（晚 {wait:.0f} 天，卡在 {name}）")
            en.append(f"served on {served:%Y-%m-%d}, {wait:.0f} days late, held up by {name}")
    return zh, en
