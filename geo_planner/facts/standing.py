"""Which features stand on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np

Array = np.ndarray[Any, Any]


def stands(frame: gpd.GeoDataFrame, day: date | None) -> Array:
    """Which features of a layer stand on a day; without one, at build-out: all that are not removed."""
    gone = (
        frame["removed"].to_numpy(dtype="datetime64[ms]")
        if "removed" in frame.columns
        else np.full(len(frame), np.datetime64("NaT"))
    )
    if day is None:
        return np.asarray(np.isnat(gone))
    when = np.datetime64(date.isoformat(day), "ms")
    came = frame["finish"].fillna(frame["start"]).to_numpy(dtype="datetime64[ms]")
    return np.asarray((np.isnat(came) | (came <= when)) & (np.isnat(gone) | (gone > when)))


def undated(frame: gpd.GeoDataFrame, day: date | None) -> Array:
    """Which features count as standing on a day though nothing says that they are finished; none without a day.

    What is in use by then is finished. Nobody is served by these for certain, and what they lack may lack nobody.
    """
    none = np.zeros(len(frame), dtype=bool)
    if day is None or "finish" not in frame.columns:
        return none
    when = np.datetime64(date.isoformat(day), "ms")
    used = frame["used"].to_numpy(dtype="datetime64[ms]") <= when if "used" in frame.columns else none
    return np.asarray(stands(frame, day) & frame["finish"].isna().to_numpy() & ~used)
