"""Rule packs: what a delivery of a planning database must hold, each rule a row with its source and level of trust."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ...errors import ReadError
from ..contract.gate import Delivery
from ..schema.columns import tidy

_ROOM = Path(__file__).parent


@dataclass(frozen=True)
class Breach:
    """What breaks a rule of a pack: the rule, its layer and field, and the value found."""

    rule: str
    layer: str
    field: str
    value: str


def packs() -> tuple[str, ...]:
    """Return the names of the packs that come with the tool."""
    return tuple(sorted(p.stem for p in _ROOM.glob("*.csv")))


def read_pack(name: str) -> pd.DataFrame:
    """Return the rows of a pack by its name; raises ReadError for a name that is none, a path among them."""
    if name not in packs():
        msg = f"There is no rule pack {name!r}. Packs: {', '.join(packs())}."
        raise ReadError(msg)
    return pd.read_csv(_ROOM / f"{name}.csv", dtype=str, keep_default_na=False)


def hold(pack: pd.DataFrame, delivery: Delivery) -> tuple[Breach, ...]:
    """Return what a delivery breaks of a pack; a missing layer or field is named, never a pass."""
    frames = {tidy(s.name): s.frame for s in delivery.sheets}
    found = []
    for rule, kind, layer, field in zip(pack["rule"], pack["kind"], pack["layer"], pack["field"], strict=True):
        frame = frames.get(tidy(layer))
        if frame is None or (kind != "layer" and field not in frame.columns):
            found.append(Breach(rule, layer, field, "missing"))
        elif kind == "unique":
            twice = frame.loc[frame[field].duplicated(keep=False), field]
            found += [Breach(rule, layer, field, str(v)) for v in twice.unique()]
    return tuple(found)
