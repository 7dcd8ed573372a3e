"""Read every case of an import corpus and print expected against got, class by class.

    python -m tests.corpus ../shared/import-corpus [--only ID …] [--limit SECONDS] [--report FILE.json] [--strict-words]

Each case is read by `geo_planner.read.import_layers` in a forked child with limits of time and memory. Exit 0 when at
least 98 % of the outcomes, every feature count and every text are as the manifest says.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from .cases import Case, cases
from .judge import Verdict, judge, warm_up


def main() -> int:
    """Run the corpus and print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--limit", type=float, default=60.0)
    parser.add_argument("--report", type=Path)
    chosen = parser.parse_args()
    wanted = [c for c in cases(chosen.corpus) if not chosen.only or c.id in chosen.only]
    warm_up(chosen.corpus)
    verdicts = []
    for case in wanted:
        verdict = judge(case, chosen.limit)
        verdicts.append((case, verdict))
        if chosen.only or not verdict.good:
            print(_line(case, verdict), flush=True)
    print(_table(verdicts))
    if chosen.report:
        rows = [{"id": c.id, "expected": c.expected, **v.as_dict()} for c, v in verdicts]
        chosen.report.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0 if _passed(verdicts) else 1


def _line(case: Case, verdict: Verdict) -> str:
    wrong = ", ".join(verdict.wrong)
    return (
        f"{case.id:34} expected {case.expected}{'/' + case.also if case.also else '':8} got {verdict.outcome:7} "
        f"rows {verdict.rows} of {case.features} {verdict.seconds:.1f}s  {wrong}\n      {verdict.codes} {verdict.error[:160]}"
    )


def _table(verdicts: list[tuple[Case, Verdict]]) -> str:
    lines = ["", f"{'expected':10}{'cases':>7}{'as expected':>13}{'got':>40}"]
    for word in ("full", "repair", "warn", "refuse"):
        own = [v for c, v in verdicts if c.expected == word]
        got = Counter(v.outcome for v in own)
        spread = " ".join(f"{k} {n}" for k, n in sorted(got.items()))
        lines.append(f"{word:10}{len(own):>7}{sum(v.outcome_good for v in own):>13}{spread:>40}")
    total = max(len(verdicts), 1)
    right = sum(v.outcome_good for _, v in verdicts)
    counted = [v for c, v in verdicts if c.counts and v.outcome != "refuse"]
    named = [v for c, v in verdicts if c.names]
    lines += [
        f"outcomes as expected  {right} of {total} = {right / total:.2%}",
        f"feature counts exact  {sum(v.count_good for v in counted)} of {len(counted)} that were read",
        f"texts right           {sum(v.names_good for v in named)} of {len(named)}",
        f"area after repair     {sum(v.area_good for c, v in verdicts if c.areas)} of {sum(bool(c.areas) for c, _ in verdicts)}",
        f"tracebacks {sum(v.traceback for _, v in verdicts)}, hangs {sum(v.hang for _, v in verdicts)}, source folders changed "
        f"{sum(v.source_changed for _, v in verdicts)}, files escaped {sum(v.escaped for _, v in verdicts)}",
        f"slowest {max((v.seconds for _, v in verdicts), default=0):.1f} s, most memory {max((v.megabytes for _, v in verdicts), default=0)} MB",
    ]
    return "\n".join(lines)


def _passed(verdicts: list[tuple[Case, Verdict]]) -> bool:
    right = sum(v.outcome_good for _, v in verdicts)
    hard = all(
        v.count_good and v.names_good and not v.traceback and not v.hang and not v.source_changed and not v.escaped
        for _, v in verdicts
    )
    return hard and right >= 0.98 * len(verdicts)


if __name__ == "__main__":
    sys.exit(main())
