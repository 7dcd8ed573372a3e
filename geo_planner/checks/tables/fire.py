"""The fire separation tables of GB 50016 as squares of limits between kinds of buildings."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from . import table

Array = np.ndarray[Any, Any]


_WORKS = ["jia", "yi", "low_1", "low_3", "low_4", "low_1", "low_3", "low_4", "highrise", "highrise"]
_CIVIL = ["civil_1", "civil_3", "civil_4", "civil_high_1st", "civil_high_2nd"]
_YI = ["yi_low_3", "yi_highrise"]


def square(own: tuple[str, ...] = ()) -> Array:
    """Return the limits between the rows of table 3.4.1 and every kind of building, 10 rows by 15 columns [m]."""
    t = table("fire_separation", own).set_index("row").iloc[:10]
    return np.asarray(t[[*_WORKS, *_CIVIL]].astype(float).to_numpy())


YI_3, YI_HIGH = 16, 17
"""Works of class 乙 of fire rating III, and high ones: kinds beside the rows 0-9 of `square`."""
OPEN = 18
"""A low civil building whose fire rating is not known."""


@cache
def limits(own: tuple[str, ...] = (), civil: tuple[str, ...] = ()) -> Array:
    """Return the limits between all kinds of buildings, (19, 19) [m]: works 0-9, 16 and 17, civil 10-14, crowded civil 15.

    Works by table 3.4.1 with the profile's cells `own`, civil buildings by table 5.2.2 with its cells `civil`. Kind 15
    counts as civil of rating I or II here, 18 as the low civil building that asks most. A cell that a profile sets for two
    kinds holds whichever of them is named first.
    """
    out = _limits(own, civil)
    changed = out != _limits((), ())
    there, back = changed & ~changed.T, changed.T & ~changed
    out = np.select([there, back], [out, out.T], np.where(changed, np.maximum(out, out.T), out))
    out[15], out[:, 15] = out[10], out[:, 10]
    out[OPEN] = out[10:13].max(axis=0)
    out[:, OPEN] = out[:, 10:13].max(axis=1)
    return np.asarray(out)


def _limits(own: tuple[str, ...], civil: tuple[str, ...]) -> Array:
    out = np.zeros((19, 19))
    out[:10, :15] = square(own)
    whole = table("fire_separation", own).set_index("row")
    t = whole.loc[_YI]
    out[16:18, :15] = t[[*_WORKS, *_CIVIL]].astype(float).to_numpy()
    out[16:18, 16:18] = t[_YI].astype(float).to_numpy()
    given = whole[_YI].iloc[:10].replace("", "nan").astype(float).to_numpy()  # blank: the same number by its other name
    out[:10, 16:18] = np.where(np.isnan(given), out[16:18, :10].T, given)
    low = table("fire_civil", civil).set_index("row")[["low_1", "low_3", "low_4", "high", "high"]].astype(float)
    out[10:15, 10:15] = low.to_numpy()[[0, 1, 2, 3, 3]]
    out[10:15, :10], out[10:15, 16:18] = out[:10, 10:15].T, out[16:18, 10:15].T
    return out


@cache
def jia_store(own: tuple[str, ...] = ()) -> Array:
    """Return what table 3.5.1 asks of a class 甲 store and every kind of building: least and most over its columns, (2, 20).

    The columns of the table are items and tonnage, which no layer tells. Kinds 0-18 as in `limits`, 19 is another 甲 store.
    """
    t = table("fire_jia_store", own).set_index("target")[["least_m", "most_m"]].astype(float)
    works = ["factory_store_rating1-2"] * 3 + [
        "factory_store_rating3",
        "factory_store_rating4",
        "factory_store_rating1-2",
        "factory_store_rating3",
        "factory_store_rating4",
        "factory_store_rating1-2",
        "factory_store_rating1-2",
    ]
    civil = ["civil_low_or_open_fire"] * 3 + ["civil_highrise_or_important_public"] * 3
    more = ["factory_store_rating3", "factory_store_rating1-2", "civil_low_or_open_fire"]
    return np.asarray(t.loc[[*works, *civil, *more, "jia_store"]].to_numpy().T)


def farthest(own: tuple[str, ...], civil: tuple[str, ...], store: tuple[str, ...]) -> tuple[float, float]:
    """Return the longest distance of the tables where works take part, and between two civil buildings [m]."""
    square = limits(own, civil)
    return float(max(square.max(), jia_store(store).max())), float(square[10:16, 10:16].max())
