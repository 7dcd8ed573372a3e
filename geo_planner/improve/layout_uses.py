"""Layouts by the classes of the plan's own schemes: any number of uses, clashes by ST701 and ST709, parks, districts.

Open land changes only to what proposals place (column `proposal` of the scheme) and to the codes that a band names;
land that has begun stays. Distances are those of ST701, for each parcel its own where it states one. Winds are taken
source by source (ST709 adds up sectors: the verdict on the proposal says whether the sum holds too). The park of new
homes is measured straight, from edge to edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import shapely

from ..algorithms.programs.allocation import Allocated, Allocation, Band, Clash, District, Need, Supply, allocate
from ..algorithms.programs.program import Effort
from ..checks import load
from ..checks.st701_home_inside_nuisance_buffer import required
from ..checks.st709_home_downwind_of_nuisance import SECTORS, SOURCES, wind
from ..errors import ScenarioError, did_you_mean
from ..facts.landuse.balance import CLASSES, counted_as
from ..facts.nearby import inner
from ..plan import Edit, Plan, Profile
from ..plan.landuse import LandUse, schemes
from .layout import Wishes, bands_of, new_use, no_layout
from .open_land import open_parcels
from .proposal import Proposal

Array = np.ndarray[Any, Any]

ACROSS = 60.0
"""Metres between parcels of one district: a street may lie between them."""


@dataclass(frozen=True, eq=False)
class Known:
    """Known parcels (positions) with shape, area and use now, the uses (scheme, class) and which parcels are open."""

    place: Array
    shape: Array
    area: Array
    now: Array
    uses: list[tuple[str, LandUse]]
    open: Array
    counted: Array

    def mask(self, name: str, *words: str) -> Array:
        """The uses whose meaning is one of the words."""
        return np.array([getattr(use.meaning, name) in words for _, use in self.uses], dtype=bool)


def propose_uses(plan: Plan, profile: Profile, wishes: Wishes, effort: Effort) -> Proposal:
    """The layout of the open parcels, by the codes of their schemes, that keeps all rules and changes least.

    Raises
    ------
    ScenarioError
        A band names no class and no code, is upside down, or land is counted by grades.
    """
    ground = known_land(plan, profile, wishes)
    found = allocate(allocation_of(plan, profile, wishes, ground), effort)
    what = "swap" if wishes.least == "parcels" else "layout"
    if found.use is None:
        return no_layout(found.program, found.group, effort, what)
    return proposal_of(plan, ground, found, what, timed=effort.timed)


def allocation_of(plan: Plan, profile: Profile, wishes: Wishes, ground: Known) -> Allocation:
    """The rules of a layout as an allocation of uses to the known parcels, whose cost is what is changed."""
    each = ground.area if wishes.least == "area" else np.ones(len(ground.area))
    cost = np.tile(each[:, None], (1, len(ground.uses)))
    cost[np.arange(len(ground.place)), ground.now] = 0.0
    return Allocation(
        area=ground.area, now=ground.now, allowed=_allowed(ground, wishes), cost=cost,
        bands=_bands(ground, profile, wishes),
        clashes=[*_clearances(plan, profile, ground), *_winds(plan, profile, ground)],
        needs=_parks(ground, wishes), supplies=_supplies(ground, wishes),
        districts=_districts(ground) if wishes.joined else [],
        links=within(ground, ACROSS)[0] if wishes.joined else None,
    )  # fmt: skip


def known_land(plan: Plan, profile: Profile, wishes: Wishes) -> Known:
    """The parcels whose use is known, with every use that they may get.

    Raises
    ------
    ScenarioError
        Land is counted by grades, or no parcel is open.
    """
    switches = load()["BA401"].bind(profile).switches()
    if switches.graded:
        msg = (
            "a layout by codes counts each parcel whole: set graded = false for BA401, or give bands of classes alone."
        )
        raise ScenarioError(msg)
    table, parcels, known = counted_as(plan, switches), plan["parcels"], schemes(plan.schemes)
    scheme, code = (parcels[c].fillna("").astype(str) for c in ("scheme", "code"))
    pair, place = np.unique(np.stack([scheme, code], axis=1).astype(str), axis=0, return_inverse=True)
    classes = [known[s].find(c) if s in known else None for s, c in pair.tolist()]
    there = {(s, u.code): u for (s, _), u in zip(pair.tolist(), classes, strict=True) if u is not None}
    there |= {(s, c): known[s].classes[c] for s in {s for s, _ in there} for c in _named(known[s].classes, wishes)}
    keys = sorted(there)
    column = np.array(
        [-1 if u is None else keys.index((s, u.code)) for (s, _), u in zip(pair.tolist(), classes, strict=True)]
    )
    now = column[place.ravel()]
    at = np.flatnonzero((now >= 0) & table["ple"].notna().to_numpy())
    free = np.zeros(len(parcels), dtype=bool)
    free[open_parcels(plan)] = True
    counted = table["counted"].to_numpy(dtype=bool)
    shapes, area = parcels.geometry.to_numpy()[at], table["area"].to_numpy(dtype=float)[at]
    return Known(at, shapes, area, now[at], [(s, there[s, c]) for s, c in keys], (free & counted)[at], counted[at])


def _named(classes: Any, wishes: Wishes) -> list[str]:
    """The codes that proposals may place, and those that a band names."""
    bands = {name for name, _, _ in (*wishes.bands, *wishes.services)}
    return [c for c, use in classes.items() if use.meaning.proposal == "yes" or c in bands]


def _allowed(ground: Known, wishes: Wishes) -> Array:
    names = tuple(name for name, _, _ in (*wishes.bands, *wishes.services) if name not in CLASSES)
    target = np.array(
        [u.meaning.balance == "yes" and (u.meaning.proposal == "yes" or u.code in names) for _, u in ground.uses]
    )
    own = np.array([s for s, _ in ground.uses], dtype=object)
    out = np.asarray(target & ground.open[:, None] & (own == own[ground.now][:, None]), dtype=bool)
    out[np.arange(len(ground.now)), ground.now] = True
    return out


def _bands(ground: Known, profile: Profile, wishes: Wishes) -> list[Band]:
    """The bands of classes over land in the balance, and those of codes over all known land."""
    of_class = tuple(b for b in wishes.bands if b[0] in CLASSES)
    total, every = float(ground.area[ground.counted].sum()), float(ground.area.sum())
    ple = np.array([u.ple if u.meaning.balance == "yes" else "" for _, u in ground.uses], dtype=object)
    out = [
        Band(name, ple == name, low * total / 100.0, high * total / 100.0, total)
        for name, low, high in bands_of(profile, replace(wishes, bands=of_class))
    ]
    codes = sorted({u.code for _, u in ground.uses})
    for name, low, high in (b for b in wishes.bands if b[0] not in CLASSES):
        mask = np.array([u.code.startswith(name) for _, u in ground.uses])
        if not mask.any():
            classes = ", ".join(CLASSES)
            msg = (
                f"band '{name}' is neither a class of land ({classes}) nor a code of the plan's schemes."
                + did_you_mean(name, (*CLASSES, *codes))
            )
            raise ScenarioError(msg)
        if not 0 <= low <= high <= 100:
            msg = f"band {name} = {low:g}-{high:g} % is no band: give low and high between 0 and 100, low first."
            raise ScenarioError(msg)
        out.append(Band(name, mask, low * every / 100.0, high * every / 100.0, every))
    return out


def within(ground: Known, reach: Array | float) -> tuple[Array, Array]:
    """Pairs of different parcels (first, second) within the reach of the first, and which have an open one."""
    far = np.broadcast_to(np.asarray(reach, dtype=float), (len(ground.place),))
    some = np.flatnonzero(far > 0)
    i, j = shapely.STRtree(ground.shape).query(ground.shape[some], predicate="dwithin", distance=far[some])
    i = some[i]
    pairs = np.column_stack([i, j])[i != j]
    pairs = pairs[np.lexsort(pairs.T[::-1])]
    return pairs, ground.open[pairs].any(axis=1)


def _clearances(plan: Plan, profile: Profile, ground: Known) -> list[Clash]:
    """ST701 by class of nuisance, the widest where a code leaves it open; a distance of its own for what states one."""
    p = load()["ST701"].bind(profile)
    metres = {"class2": p.class2, "class3": p.class3, "storage3": p.storage3, "sewage": p.sewage}
    metres |= {"": max(metres.values())}
    reach, basis = (v[ground.place] for v in required(plan, p))
    stated, homes = basis != "class", ground.mask("sensitive", "yes")
    out = [Clash("ST701", _open(within(ground, np.where(stated, reach, 0.0))), ~homes, homes)]
    for name, distance in metres.items():
        works = ground.mask("nuisance", name)
        if works.any() and homes.any():
            pairs = _open(within(ground, np.where(stated, 0.0, distance)))
            out.append(Clash("ST701", pairs, works, homes))
    return out


def _open(found: tuple[Array, Array]) -> Array:
    pairs, some = found
    return pairs[some]


def _winds(plan: Plan, profile: Profile, ground: Known) -> list[Clash]:
    """ST709: no source in a sector from which the wind alone comes too often; none where no rose is given."""
    p = load()["ST709"].bind(profile)
    if not len(p.rose):
        return []
    spot = inner(plan, "parcels")[ground.place]
    i, j = shapely.STRtree(spot).query(spot, predicate="dwithin", distance=p.reach)
    span = shapely.get_coordinates(spot)[i] - shapely.get_coordinates(spot)[j]
    bearing = np.degrees(np.arctan2(span[:, 0], span[:, 1])) % 360.0
    sector = np.rint(bearing / (360.0 / SECTORS)).astype(int) % SECTORS
    often = wind(p).max(axis=0)[sector] > p.limit
    keep = often & (i != j) & (ground.open[i] | ground.open[j])
    pairs = np.column_stack([i[keep], j[keep]])
    return [Clash("ST709", pairs, ground.mask("nuisance", *SOURCES), ground.mask("sensitive", "yes"))]


def _parks(ground: Known, wishes: Wishes) -> list[Need]:
    if wishes.park is None:
        return []
    pairs, _ = within(ground, wishes.park)
    return [Need("park", pairs, ground.mask("dwelling", "yes"), ground.mask("parkland", "yes"))]


def _supplies(ground: Known, wishes: Wishes) -> list[Supply]:
    """Return the services whose land has to be large enough for the homes within reach of it, from edge to edge.

    Raises
    ------
    ScenarioError
        A service is no code of the plan's schemes, or a number is none.
    """
    out = []
    for name, metres, percent in wishes.services:
        of = np.array([u.code.startswith(name) for _, u in ground.uses])
        if not of.any():
            codes = sorted({u.code for _, u in ground.uses})
            msg = f"service '{name}' is no code of the plan's schemes." + did_you_mean(name, codes)
            raise ScenarioError(msg)
        if not (0 < metres < np.inf and 0 < percent <= 100):
            msg = f"service {name} = {metres:g}@{percent:g}: give metres above 0 and between 0 and 100 per cent."
            raise ScenarioError(msg)
        pairs, _ = within(ground, metres)
        out.append(Supply(f"service {name}", pairs, ground.mask("dwelling", "yes"), of, percent / 100.0))
    return out


def _districts(ground: Known) -> Sequence[District]:
    """Works and homes, each grown from what stays; a class of which nothing stays may lie anywhere."""
    out = []
    for name in CLASSES[:2]:
        mask = np.array([u.ple == name for _, u in ground.uses])
        seeds = ~ground.open & mask[ground.now]
        out += [District(f"joined {name}", mask, seeds)] if seeds.any() else []
    return out


def edits_of(plan: Plan, ground: Known, use: Array) -> tuple[tuple[Edit, ...], pd.DataFrame]:
    """What a layout changes, as edits and as a table."""
    changed = np.flatnonzero(use != ground.now)
    parcels = plan["parcels"].iloc[ground.place[changed]]
    codes = [ground.uses[k][1].code for k in use[changed].tolist()]
    edits = tuple(
        Edit("set", "parcels", str(i), new_use(code, planned), f"BA401: {old} → {code}", "solver", "suggestion")
        for i, old, code, planned in zip(parcels["id"], parcels["code"], codes, parcels["planned_code"], strict=True)
    )
    table = pd.DataFrame(
        {
            "id": parcels["id"].to_numpy(dtype=object), "area": np.round(ground.area[changed], 1),
            "code_from": parcels["code"].to_numpy(dtype=object), "code_to": codes,
        }
    )  # fmt: skip
    return edits, table


def proposal_of(plan: Plan, ground: Known, found: Allocated, what: str, *, timed: bool) -> Proposal:
    """The layout that was found as a proposal."""
    assert found.use is not None
    edits, table = edits_of(plan, ground, found.use)
    many, total = len(ground.uses), ground.area.sum()
    before, after = (np.round(np.bincount(k, ground.area, many) / total * 100.0, 3) for k in (ground.now, found.use))
    shares = pd.DataFrame(
        {
            "scheme": [s for s, _ in ground.uses],
            "code": [u.code for _, u in ground.uses],
            "before": before,
            "after": after,
        }
    )
    return Proposal(
        what=what, edits=edits, value=found.value, bound=found.bound, unit="parcels" if what == "swap" else "m²",
        timed=timed, reason="" if edits else "already", tables={"changes": table, "shares": shares},
    )  # fmt: skip
