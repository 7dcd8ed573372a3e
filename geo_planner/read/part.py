"""One layer of one file on its way into a plan, and what is reported of it at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from ..plan.plan import Note, Source
from .crs.doctor import Verdict
from .report import LayerReport
from .schema.recipe import Decided, types_of
from .schema.roles import Role, geometry_kind
from .schema.sheet import REASON, Sheet


@dataclass
class Part:
    """A sheet on its way into a layer."""

    sheet: Sheet
    verdict: Verdict
    role: Role | None = None
    layer: str = ""
    frame: gpd.GeoDataFrame | None = None
    notes: list[Note] = field(default_factory=list)
    fields: Mapping[str, str] = field(default_factory=dict)
    decided: Decided = field(default_factory=Decided)
    shifted: str = ""

    @property
    def folder(self) -> str:
        """The folder inside a delivery or archive from which the part comes, empty where it lies at the top."""
        return str(self.sheet.facts.get("folder", ""))

    @property
    def label(self) -> str:
        """How the part is named to people: its file, and the layer inside where that has another name."""
        stem, name = self.sheet.source.rsplit(".", 1)[0], self.sheet.name
        packed = self.sheet.source.lower().endswith((".zip", ".kmz"))
        inside = f"{self.folder}/{name}" if packed and self.folder else name
        source = f"{self.folder}/{self.sheet.source}" if self.folder and not packed else self.sheet.source
        return source if inside == stem else f"{source}:{inside}"

    def set_aside(self, rows: np.ndarray, reason: str) -> None:
        """Move the marked rows of the frame to the rejects of the sheet, with the reason."""
        if self.frame is None:
            return
        gone = self.frame.index[rows]
        lost = self.sheet.frame.loc[gone].assign(**{REASON: reason})
        rejects = lost if self.sheet.rejects is None else pd.concat([self.sheet.rejects, lost])
        self.sheet = replace(self.sheet, rejects=rejects, frame=self.sheet.frame.drop(index=gone))
        self.frame = self.frame[~rows]


def report_of(part: Part, said: tuple[Note, ...]) -> LayerReport:
    """Return what became of a part; `said` are notes on the whole delivery that stand before its own."""
    sheet = part.sheet
    return LayerReport(
        part.layer,
        sheet.source,
        sheet.inner,
        sheet.rows_in,
        0 if part.frame is None else len(part.frame),
        sheet.rows_rejected,
        geometry_kind(sheet.frame),
        part.verdict.crs,
        part.verdict.source,
        sheet.encoding,
        sheet.encoding_source,
        dict(part.fields),
        (*said, *part.notes),
        part.verdict.swap,
        part.shifted,
        types_of(sheet.frame),
    )


def source_of(part: Part) -> Source:
    """Return where a layer of the plan came from."""
    return Source(part.layer, part.sheet.source, part.sheet.inner, part.sheet.sha256, part.sheet.rows_in)
