"""What GB 50014 allows of a sewer: its fill by diameter, and the peak over the mean flow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from . import table


def peak_factor(litres: np.ndarray, own: Sequence[str] = ()) -> np.ndarray:
    """The ratio of peak to mean flow [L/s], read between the rows of the table and flat beyond them."""
    rows = table("sewer_peak", own)[["flow_ls", "factor"]].astype(float).to_numpy()
    return np.asarray(np.interp(litres, rows[:, 0], rows[:, 1]))


def allowed_fill(bore: np.ndarray, own: Sequence[str] = ()) -> np.ndarray:
    """The fill allowed of each diameter [mm]: that of the nearest size below; a bore may be 5 % under its nominal size."""
    rows = table("sewer_fill", own)[["diameter_mm", "fill"]].astype(float).to_numpy()
    return np.asarray(rows[np.searchsorted(0.95 * rows[1:, 0], bore, side="right"), 1])
