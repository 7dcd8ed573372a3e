"""The steps (级差) to which GB/T 39499-2020 rounds protective distances."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def step(distance: Array) -> Array:
    """Distances rounded up to the steps of the standard: 50, 100, then by 100 to 1000, then by 200."""
    d = np.asarray(distance, dtype=float)
    return np.select(
        [d <= 0, d < 50, d <= 100, d <= 1000],
        [0.0, 50.0, 100.0, np.ceil(d / 100) * 100],
        1000 + np.ceil((d - 1000) / 200) * 200,
    )
