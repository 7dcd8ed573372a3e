"""The fire separation tables of GB 50016 as squares of limits between kinds of buildings."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from . import table

Array = np.ndarray[Any, Any]


def square() -> Array:
    """Return the limits between the rows of table 3.4.1 and every kind of building, 10 rows by 15 columns [m]."""
    t = table("fire_separation").set_index("row")
    own = ["jia", "yi", "low_1", "low_3", "low_4", "low_1", "low_3", "low_4", "highrise", "highrise"]
    return np.asarray(
        t[[*own, "civil_1", "civil_3", "civil_4", "civil_high_1st", "civil_high_2nd"]].astype(float).to_numpy()
    )


@cache
def jia_store() -> Array:
    """Return what table 3.5.1 asks of a class 甲 store and every kind of building: least and most over its columns, (2, 17).

    The columns of the table are items and tonnage, which no layer tells. Kinds 0-15 as in ST702, 16 is another 甲 store.
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
    return np.asarray(t.loc[[*works, *civil, "jia_store"]].to_numpy().T)
