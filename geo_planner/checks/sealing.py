"""What makes rows of a check findings of a report: its code, its severity, and names that outlive a run."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from ..plan.findings import fingerprints
from .contract import Check


def sealed(check: Check, rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the rows under the check's code, severity and fingerprints."""
    if not len(rows):
        return rows
    rows["code"] = pd.array([check.code], dtype=rows["code"].dtype).repeat(len(rows))
    own = rows["severity"] != ""
    if not own.all():
        rows["severity"] = rows["severity"].where(own, check.severity)
    rows["fingerprint"] = fingerprints(rows)
    return rows
