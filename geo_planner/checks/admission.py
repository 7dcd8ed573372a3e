"""What a parcel lacks to take a nuisance, by the numbers and the geometry of the checks that would judge it."""

from __future__ import annotations

import numpy as np
import shapely

from ..facts.buildings import guarded
from ..facts.landuse.roles import left_open, nuisance, sensitive
from ..facts.nearby import Array, inner
from ..plan import Plan
from . import st701_home_inside_nuisance_buffer as st701
from . import st709_home_downwind_of_nuisance as st709


def too_near(plan: Plan, p: st701.Params, at: Array, kind: str) -> Array:
    """By how many metres each parcel lies too near sensitive uses for a nuisance of a kind; 0 or less admits it.

    A use that the plan leaves open counts as sensitive; without any sensitive use nothing is too near (minus infinity).
    """
    need = {"class2": p.class2, "class3": p.class3, "storage3": p.storage3, "sewage": p.sewage}.get(kind, 0.0)
    shapes = plan["parcels"].geometry.to_numpy()
    open_land = shapes[np.setdiff1d(np.flatnonzero(left_open(plan, "sensitive")), at)]
    kept = np.concatenate([open_land, *(plan[layer].geometry.to_numpy()[some] for layer, some in guarded(plan))])
    gap = np.full(len(at), np.inf)
    if len(kept) and len(at):
        (i, _), d = shapely.STRtree(kept).query_nearest(shapes[at], return_distance=True, all_matches=False)
        gap[i] = d
    return np.asarray(need - gap)


def too_windy(plan: Plan, p: st709.Params, at: Array) -> Array:
    """By how many points the winds blow too often on some home once a nuisance stands on a parcel; 0 or less admits it.

    Only sources that are not among the parcels count beside it, and only homes on which it opens a new sector.
    """
    if not len(p.rose):
        return np.zeros(len(at))
    seasons, spot = st709.wind(p), shapely.get_coordinates(inner(plan, "parcels"))
    homes = np.setdiff1d(np.flatnonzero(sensitive(plan)), at)
    others = np.setdiff1d(np.flatnonzero(nuisance(plan).isin(st709.SOURCES)), at)
    hit = np.zeros((len(homes), st709.SECTORS), dtype=bool)
    i, j = _reached(spot, homes, others, p.reach)
    hit[i, st709.sector_of(spot[others[j]] - spot[homes[i]])] = True
    i, j = _reached(spot, homes, at, p.reach)
    sector = st709.sector_of(spot[at[j]] - spot[homes[i]])
    new = ~hit[i, sector]
    share = (hit[i] @ seasons.T + seasons.T[sector]).max(axis=1)
    out = np.zeros(len(at))
    np.maximum.at(out, j[new], share[new] - p.limit)
    return out


def _reached(spot: Array, homes: Array, others: Array, reach: float) -> tuple[Array, Array]:
    """Return pairs (home, other) within a distance, as positions in the two lists."""
    tree = shapely.STRtree(shapely.points(spot[others]))
    i, j = tree.query(shapely.points(spot[homes]), predicate="dwithin", distance=reach)
    return i, j
