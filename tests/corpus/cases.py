"""The cases of a corpus, from its manifest."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Case:
    """One case: its main file, what must come of it, and the machine-readable checks."""

    id: str
    path: Path
    folder: Path
    expected: str
    features: int | None
    checks: Mapping[str, Any]

    @property
    def also(self) -> str:
        """A second acceptable outcome, empty where there is none."""
        return str(self.checks.get("also_ok", ""))

    @property
    def counts(self) -> set[int]:
        """The feature counts that are right."""
        more = self.checks.get("also_ok_features", [])
        first = [] if self.features is None else [self.features]
        return {*first, *(more if isinstance(more, list) else [more])}

    @property
    def names(self) -> list[str]:
        """Texts that must be among the values."""
        return list(self.checks.get("names", []))

    @property
    def areas(self) -> list[float]:
        """Areas after repair that are right, in squares of 1e-4 degrees; the first is the exact one."""
        if "unit_area" not in self.checks:
            return []
        return [float(self.checks["unit_area"]), *map(float, self.checks.get("area_alternatives", []))]

    @property
    def is_scenario(self) -> bool:
        """Whether the case is a scenario file and no layer."""
        return self.checks.get("kind") == "scenario"


def cases(corpus: Path) -> list[Case]:
    """Return the cases that the manifest lists, in its order."""
    out = []
    with (corpus / "manifest.csv").open(encoding="utf-8", newline="") as stream:
        corpus = corpus.resolve()
        for row in csv.DictReader(stream):
            path = corpus / row["file"]
            folder = corpus / Path(*Path(row["file"]).parts[:2])
            features = int(row["features"]) if row["features"] else None
            checks = json.loads(row["checks"]) if row["checks"] else {}
            out.append(Case(row["id"], path, folder, row["expected"], features, checks))
    return out
