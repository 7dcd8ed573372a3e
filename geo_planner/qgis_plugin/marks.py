"""Review marks as the file that `geo-planner run --review` reads."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

FORMAT = "geo_planner review 1"
VERDICTS = {"accepted": "确认 / accepted", "rejected": "存疑 / unsure", "waived": "豁免 / waived"}
"""The command's verdict and its word; a doubt is `rejected` in the file, as on the map."""


class MarkError(ValueError):
    """A mark that the command would refuse."""


def plan_digest(folder: Path) -> str:
    """Return the digest of the plan whose results stand in a folder; a review names it.

    Raises
    ------
    MarkError
        The folder holds no readable report.json.
    """
    try:
        return str(json.loads((folder / "report.json").read_text(encoding="utf-8"))["plan"]["digest"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as reason:
        msg = f"结果文件夹中没有可读的 report.json / no readable report.json in {folder}"
        raise MarkError(msg) from reason


def mark(verdict: str, reason: str, reviewer: str, date: str) -> dict[str, str]:
    """Return one mark.

    Raises
    ------
    MarkError
        The verdict is not known, or a waiver has no reason.
    """
    if verdict not in VERDICTS:
        msg = f"没有这种意见 / no such verdict: {verdict}"
        raise MarkError(msg)
    if verdict == "waived" and not reason.strip():
        msg = "豁免须写明理由 / a waiver needs its reason"
        raise MarkError(msg)
    return {"verdict": verdict, "reason": reason.strip(), "reviewer": reviewer.strip(), "date": date}


def save(path: Path, digest: str, marks: Mapping[str, Mapping[str, str]]) -> None:
    """Write the marks, by fingerprint of the finding, as a review; the file is the old one or the new one."""
    rows = [{"fingerprint": name, **marks[name]} for name in sorted(marks)]
    text = json.dumps({"format": FORMAT, "plan": digest, "marks": rows}, ensure_ascii=False, indent=1) + "\n"
    beside = path.with_name(path.name + ".part")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)  # noqa: PTH105  (one step, also over an open name)
