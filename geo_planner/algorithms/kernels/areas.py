"""The area that two polygons share, as a signed sum over pairs of their edges."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import compiled

Array = np.ndarray[Any, Any]


@compiled
def shared(  # noqa: PLR0912, PLR0913, PLR0917  (one flat loop: a compiled kernel can call no Python)
    ours: Array, our_from: Array, theirs: Array, their_from: Array, i: Array, j: Array
) -> Array:
    """Area shared by each pair of polygons as the signed sum over their edges; y starts at our lowest point.

    Only differences of corners of the pair are taken, in the order of `trapezoids._term`, its twin to the last bit.
    """
    out = np.zeros(len(i))
    for q in range(len(i)):
        a0, a1 = our_from[i[q]], our_from[i[q] + 1]
        if a0 == a1:
            continue
        low = min(ours[a0:a1, 1].min(), ours[a0:a1, 3].min())
        west, east = ours[a0:a1, 0].min(), ours[a0:a1, 0].max()
        total = 0.0
        for b in range(their_from[j[q]], their_from[j[q] + 1]):
            bx0, by0, bx1, by1 = theirs[b, 0], theirs[b, 1], theirs[b, 2], theirs[b, 3]
            if bx0 == bx1 or (by0 <= low and by1 <= low):
                continue
            sign = -1.0
            if bx0 > bx1:
                bx0, by0, bx1, by1, sign = bx1, by1, bx0, by0, 1.0
            if bx1 <= west or bx0 >= east:
                continue
            slope_b = (by1 - by0) / (bx1 - bx0)
            for a in range(a0, a1):
                ax0, ay0, ax1, ay1 = ours[a, 0], ours[a, 1], ours[a, 2], ours[a, 3]
                if ax0 == ax1:
                    continue
                turn = -sign
                if ax0 > ax1:
                    ax0, ay0, ax1, ay1, turn = ax1, ay1, ax0, ay0, sign
                x0, x1 = max(ax0, bx0), min(ax1, bx1)
                if x1 <= x0:
                    continue
                slope_a = (ay1 - ay0) / (ax1 - ax0)
                u0 = (ay0 - low) + slope_a * (x0 - ax0)
                u1 = (ay0 - low) + slope_a * (x1 - ax0)
                v0 = (by0 - low) + slope_b * (x0 - bx0)
                v1 = (by0 - low) + slope_b * (x1 - bx0)
                if v0 <= 0.0 and v1 <= 0.0:
                    continue
                d0, d1 = u0 - v0, u1 - v1
                s, t = 0.0, 0.0  # where the two lines cross, and where the other one crosses the axis
                if d0 * d1 < 0.0:
                    s = d0 / (d0 - d1)
                if v0 * v1 < 0.0:
                    t = v0 / (v0 - v1)
                if s > t:
                    s, t = t, s
                h0 = max(0.0, min(u0, v0))
                hs = max(0.0, min(u0 + s * (u1 - u0), v0 + s * (v1 - v0)))
                ht = max(0.0, min(u0 + t * (u1 - u0), v0 + t * (v1 - v0)))
                h1 = max(0.0, min(u1, v1))
                total += turn * (x1 - x0) * ((h0 + hs) * s + (hs + ht) * (t - s) + (ht + h1) * (1.0 - t)) / 2.0
        out[q] = total
    return out
