"""The findings of the sample park by fingerprint, written down: run it on purpose, after a rule has changed.

python -m tests.sample.golden
"""

from __future__ import annotations

from pathlib import Path

import geo_planner as gp

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).with_name("findings.csv")


def golden_text() -> str:
    """The fingerprint and code of every finding of the sample park, sorted by code."""
    found = gp.run(ROOT / "scenarios" / "susu_base.toml").report.findings
    lines = sorted(f"{code},{name}" for code, name in zip(found["code"], found["fingerprint"], strict=True))
    return "\n".join(["code,fingerprint", *lines, ""])


if __name__ == "__main__":
    GOLDEN.write_text(golden_text(), encoding="utf-8")
