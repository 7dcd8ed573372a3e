"""FINDINGS -> VERDICT: a plan and what the checks found come in, scores, balance and curves go out."""

from .judge import judge, judge_states

__all__ = ["judge", "judge_states"]
