"""Which uncertainty matters: Sobol indices of an outcome, through SALib."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...errors import MissingExtraError

Array = np.ndarray[Any, Any]


def sobol_indices(names: Sequence[str], outcome: Array) -> dict[str, dict[str, float]] | None:
    """First-order (S1) and total (ST) index of each variable, from outcomes in the order of `design.saltelli`.

    None where the outcome is the same for all: then nothing matters.

    Raises
    ------
    MissingExtraError
        SALib is not installed (extra `study`).
    """
    try:
        from SALib.analyze import sobol
    except ImportError as reason:
        package = "SALib"
        raise MissingExtraError(package, "study") from reason
    outcome = np.asarray(outcome, dtype=float)
    if not len(outcome) or np.ptp(outcome) == 0:
        return None
    problem = {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SALib resamples with pandas and numpy calls that will change
        found = sobol.analyze(problem, outcome, calc_second_order=False, num_resamples=2, seed=1)
    return {
        name: {"S1": round(float(found["S1"][k]), 6), "ST": round(float(found["ST"][k]), 6)}
        for k, name in enumerate(names)
    }
