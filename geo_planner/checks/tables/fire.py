"""The fire separation tables of GB 50016 as squares of limits between kinds of buildings."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from . import table

Array = np.ndarray[Any, Any]


def square() -> Array:
    """Return the limits between the rows of table 3.4.1 and every kind of building, 10 rows by 15 columns [m]."""
    t = table("fire_separation").set_index("row").iloc[:10]
    own = ["jia", "yi", "low_1", "low_3", "low_4", "low_1", "low_3", "low_4", "highrise", "highrise"]
    return np.asarray(
        t[[*own, "civil_1", "civil_3", "civil_4", "civil_high_1st", "civil_high_2nd"]].astype(float).to_numpy()
    )


YI_3, YI_HIGH = 16, 17
"""Works of class 乙 of fire rating III, and high ones: kinds beside the rows 0-9 of `square`."""


@cache
def limits() -> Array:
    """Return the limits between all kinds of buildings, (18, 18) [m]: works 0-9, 16 and 17, civil 10-14, crowded civil 15.

    Works by table 3.4.1, civil buildings by table 5.2.2. Kind 15 counts as civil of rating I or II here.
    """
    out = np.zeros((18, 18))
    out[:10, :15] = square()
    t = table("fire_separation").set_index("row").loc[["yi_low_3", "yi_highrise"]]
    own = ["jia", "yi", "low_1", "low_3", "low_4", "low_1", "low_3", "low_4", "highrise", "highrise"]
    civil = ["civil_1", "civil_3", "civil_4", "civil_high_1st", "civil_high_2nd"]
    out[16:, :15] = t[[*own, *civil]].astype(float).to_numpy()
    # Between the two new rows: a rating III adds 2 to each neighbour's own (S = A + B + C).
    out[16:, 16:] = [[14.0, 15.0], [15.0, 13.0]]
    out[:10, 16:] = out[16:, :10].T
    low = table("fire_civil").set_index("row")[["low_1", "low_3", "low_4", "high", "high"]].astype(float)
    out[10:15, 10:15] = low.to_numpy()[[0, 1, 2, 3, 3]]
    out[10:15, :10], out[10:15, 16:] = out[:10, 10:15].T, out[16:, 10:15].T
    out[15], out[:, 15] = out[10], out[:, 10]
    return out


@cache
def jia_store() -> Array:
    """Return what table 3.5.1 asks of a class 甲 store and every kind of building: least and most over its columns, (2, 19).

    The columns of the table are items and tonnage, which no layer tells. Kinds 0-17 as in `limits`, 18 is another 甲 store.
    """
    t = table("fire_jia_store").set_index("target")[["least_m", "most_m"]].astype(float)
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
    more = ["factory_store_rating3", "factory_store_rating1-2"]
    return np.asarray(t.loc[[*works, *civil, *more, "jia_store"]].to_numpy().T)
