"""Whether chains of draws tell the same story: split R-hat, and how many independent draws theirs are worth.

Source: A. Gelman et al., Bayesian Data Analysis, 3rd ed., 11.4 and 11.5; C. Geyer, Practical Markov chain Monte Carlo,
Statistical Science 7 (1992), for the sum of autocorrelations.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def split_rhat(draws: Array) -> float:
    """How much wider all chains (chains × draws) together spread than each half of one: 1 where they agree.

    Infinite where chains stand still at different values.
    """
    half = draws.shape[1] // 2
    parts = np.concatenate([draws[:, :half], draws[:, half : 2 * half]]).astype(float)
    within, between = float(parts.var(axis=1, ddof=1).mean()), float(parts.mean(axis=1).var(ddof=1))
    tiny = 1e-18 * max(float(np.abs(parts).max(initial=0.0)) ** 2, 1e-300)
    if within <= tiny:
        return 1.0 if between <= tiny else float("inf")
    return float(np.sqrt((half - 1) / half + between / within))


def effective(draws: Array) -> float:
    """How many independent draws the draws of all chains (chains × draws) are worth; all of them where none varies."""
    chains, many = draws.shape
    values = draws.astype(float)
    within, means = float(values.var(axis=1, ddof=1).mean()), values.mean(axis=1)
    spread = (many - 1) / many * within + (float(means.var(ddof=1)) if chains > 1 else 0.0)
    if spread <= 0.0:
        return float(chains * many)
    off = values - means[:, None]
    size = 1 << (2 * many - 1).bit_length()
    power = np.abs(np.fft.rfft(off, size, axis=1)) ** 2
    lagged = np.fft.irfft(power, size, axis=1)[:, :many].mean(axis=0) / many
    rho = 1.0 - (within - lagged * many / (many - 1)) / spread
    rho[0] = 1.0
    pairs = rho[: many // 2 * 2].reshape(-1, 2).sum(axis=1)
    last = int(np.argmax(pairs < 0.0)) if (pairs < 0.0).any() else len(pairs)
    total = 2.0 * float(np.minimum.accumulate(pairs[:last]).sum()) - 1.0
    return float(min(chains * many / max(total, 1e-9), chains * many))


def share_between(hits: float, many: float) -> tuple[float, float]:
    """The interval that holds a share in 95 of 100 cases, of `hits` in so many independent draws (Wilson's).

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).
    """
    z = 1.959964
    p, wide = hits / many, z * z / many
    middle, far = p + wide / 2, z * np.sqrt(p * (1.0 - p) / many + wide / (4.0 * many))
    return max(float((middle - far) / (1.0 + wide)), 0.0), min(float((middle + far) / (1.0 + wide)), 1.0)
