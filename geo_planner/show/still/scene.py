"""What is to be seen of a proof on the ground: its parties, the way from the source, and what comes last on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd

from ...facts.landuse.uses import uses
from ...plan import Plan

Row = Mapping[str, Any]
Named = list[tuple[str, Any]]
"""Ids with their shapes, in metres."""


@dataclass
class Scene:
    """The features of a proof by the part they play."""

    subject: Named = field(default_factory=list)
    other: Named = field(default_factory=list)
    waiting: Named = field(default_factory=list)
    blocking: Named = field(default_factory=list)
    source: Named = field(default_factory=list)
    path: list[Any] = field(default_factory=list)
    """Lines from the source on."""

    def shapes(self) -> list[Any]:
        """Everything, for the frame."""
        named = (*self.subject, *self.other, *self.waiting, *self.blocking, *self.source)
        return [shape for _, shape in named] + self.path


class Shapes:
    """The shapes of a plan by layer and id, each layer turned into a table once."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.grounds: dict[Any, list[Any]] = {}
        """What lies around the places drawn so far, by frame."""
        self._held: dict[str, dict[str, Any]] = {}
        self._land: tuple[gpd.GeoDataFrame, Any] | None = None

    def of(self, layer: str, name: str) -> Any:
        """Return a shape, or None where there is none."""
        if layer not in self._held:
            frame = self.plan[layer] if layer in self.plan and "id" in self.plan.layers[layer] else None
            pairs = zip(frame["id"].astype(str), frame.geometry, strict=True) if frame is not None else ()
            self._held[layer] = {i: s for i, s in pairs if s is not None and not s.is_empty}
        return self._held[layer].get(name)

    def land(self) -> tuple[gpd.GeoDataFrame, Any]:
        """Return the parcels and the class of each."""
        if self._land is None:
            self._land = (self.plan["parcels"], uses(self.plan)["ple"].fillna("").to_numpy(dtype=object))
        return self._land


_ROLES = {
    "parcel": "subject",
    "subject": "subject",
    "counterpart": "other",
    "first_plant": "other",
    "blocking": "blocking",
}


def scene_of(shapes: Shapes, proof: Row) -> Scene:
    """Return what is seen of a proof: the parties that its findings name, and the way of the utility that came late."""
    scene, seen = Scene(), set()

    def put(where: Named, layer: str, name: str) -> None:
        shape = shapes.of(layer, name)
        if shape is not None and (layer, name) not in seen:
            seen.add((layer, name))
            where.append((name, shape))

    for party in (party for party in proof["parties"] if party["way"]):
        scene.path = [s for s in (shapes.of(party["layer"], name) for name in party["path"]) if s is not None]
        put(scene.source, "sources", party["source"])
        put(scene.blocking, party["of"]["layer"], party["of"]["id"])
    for party in proof["parties"]:
        if party["role"] in _ROLES:
            put(getattr(scene, _ROLES[party["role"]]), party["layer"], party["id"])
    for row in proof["waiting"]:
        if row["layer"] == "parks":  # it would tint all that is to be seen
            continue
        put(scene.waiting, row["layer"], row["id"])
    return scene
