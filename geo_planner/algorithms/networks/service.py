"""What the service of one utility answers: who is served on which day, what the others wait for, and along what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from .noding import ALWAYS, NEVER, Network, dates, day_numbers
from .spans import Span

Array = np.ndarray[Any, Any]

ROAD = "road"
"""Roads are a utility too: a parcel is served from the day on which a road beside it opens."""


@dataclass(frozen=True, eq=False)
class State:
    """What is so for each asked parcel on its day.

    `served` and `unknown` are flags; where neither is set, `day` is when service comes (`NEVER`), and `span` and `pipe`
    (position in the network, -1: none within reach) say through what.
    """

    served: Array
    unknown: Array
    day: Array
    span: Array
    pipe: Array


@dataclass(frozen=True, eq=False)
class Service:
    """One utility for all parcels, in the order of the layer.

    Pairs of a parcel and a pipe within reach are `near_parcel`, `near_pipe` (position in the network) and
    `near_distance`. `layer` is where the pipes stand: "pipes", or "roads" for roads.
    """

    kind: str
    layer: str
    parcels: Array
    """Ids of the parcels."""
    network: Network
    near_parcel: Array
    near_pipe: Array
    near_distance: Array
    spans: tuple[Span, ...]
    hopeful: tuple[Span, ...]
    """The same if every undated pipe and source were there from its start on; empty where all have dates."""
    digest: str = ""
    """Names all that it was made of: what follows from the service alone can be kept under it."""
    place: str = ""
    """Names where it lies: what follows from shapes alone, whatever the days are, can be kept under it."""

    @property
    def known(self) -> bool:
        """Whether the plan has a network of this kind at all: pipes, and a source for them."""
        return len(self.network.ids) > 0 and (self.kind == ROAD or len(self.network.sources) > 0)

    @cached_property
    def _best(self) -> tuple[tuple[Array, Array], ...]:
        return tuple(self._choice(span) for span in self.spans)

    @cached_property
    def _best_hope(self) -> tuple[tuple[Array, Array], ...]:
        return tuple(self._choice(span) for span in self.hopeful)

    def turns(self, day: int) -> tuple[Array, Array]:
        """From when on each pipe serves as the network stands on a day, and the pairs in the order of their turn.

        By parcel, the pipe that serves it first, then the nearest; the order is worked out once for each span of days.
        """
        on = tuple(k for k, span in enumerate(self.spans) if span.since <= day < span.until)
        if on not in self._turns:
            served = np.min([self.spans[k].day for k in on], axis=0) if on else np.full(len(self.network.ids), NEVER)
            since = served[self.near_pipe]
            self._turns[on] = served, np.lexsort((self.near_pipe, self.near_distance, since, self.near_parcel))
        return self._turns[on]

    @cached_property
    def _turns(self) -> dict[tuple[int, ...], tuple[Array, Array]]:
        return {}

    def _choice(self, span: Span) -> tuple[Array, Array]:
        """Return for each parcel the first day in the span and the pair that gives it, by day, distance, then id."""
        day = span.day[self.near_pipe]
        order = np.lexsort((self.near_pipe, self.near_distance, day, self.near_parcel))
        first, pair = np.full(len(self.parcels), NEVER), np.full(len(self.parcels), -1, dtype=np.int64)
        lead = order[np.r_[True, np.diff(self.near_parcel[order]) > 0]] if len(order) else order
        first[self.near_parcel[lead]] = np.maximum(day[lead], span.since)
        first[first >= span.until] = NEVER
        pair[self.near_parcel[lead]] = lead
        return first, pair

    def on(self, days: Any) -> State:
        """The state of every parcel on its own day; `days` is one date each, null ones count as unknown."""
        day = day_numbers(pd.Series(days))
        came, span, pair = self._arrival(self.spans, self._best, day)
        served = came <= day
        unknown = (day == NEVER) | (np.full(len(day), not self.known))
        if self.hopeful:
            unknown |= ~served & (self._arrival(self.hopeful, self._best_hope, day)[0] <= day)
        pipe = np.where(pair >= 0, self.near_pipe[pair] if len(self.near_pipe) else -1, -1)
        return State(served & ~unknown, unknown, came, span, pipe)

    def _arrival(
        self, spans: tuple[Span, ...], best: tuple[tuple[Array, Array], ...], day: Array
    ) -> tuple[Array, Array, Array]:
        """Return from when on, at or after `day`, each parcel is served, in which span, and by which pair."""
        came = np.full(len(day), NEVER, dtype=np.int64)
        span, pair = np.full(len(day), -1, dtype=np.int64), np.full(len(day), -1, dtype=np.int64)
        for k, (stretch, (first, by)) in enumerate(zip(spans, best, strict=True)):
            here = (came == NEVER) & (stretch.until > day) & (first < NEVER)
            came[here], span[here], pair[here] = first[here], k, by[here]
        # Where service never comes, the pipe next to the parcel is still named.
        lone = (span < 0) & (best[-1][1] >= 0) if best else np.zeros(len(day), bool)
        if lone.any():
            pair[lone] = best[-1][1][lone]
        return came, span, pair

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row per parcel: when it is first served, what that waits for, and what it is joined to.

        Columns: `id`, `served` (null: never, or not known), `could` (the same if undated pipes were there), `pipe` (the
        pipe it is joined to), `distance` [m], `bottleneck` (id of the pipe or source that comes last),
        `bottleneck_layer`, `lost` (first day on which it is no longer served; null: never).
        """
        begin = np.full(len(self.parcels), ALWAYS, dtype=np.int64)
        came, span, pair = self._arrival(self.spans, self._best, begin)
        hope = self._arrival(self.hopeful, self._best_hope, begin)[0] if self.hopeful else came
        layer, name = self.bottleneck(
            span, np.where(pair >= 0, self.near_pipe[pair], -1) if len(self.near_pipe) else pair
        )
        joined = pair >= 0
        pipe = np.full(len(self.parcels), None, dtype=object)
        distance = np.full(len(self.parcels), np.nan)
        pipe[joined] = self.network.ids[self.near_pipe[pair[joined]]]
        distance[joined] = self.near_distance[pair[joined]]
        return pd.DataFrame(
            {
                "id": self.parcels,
                "served": dates(came),
                "could": dates(hope),
                "pipe": pipe,
                "distance": distance,
                "bottleneck": name,
                "bottleneck_layer": layer,
                "lost": dates(self._lost(came)),
            }
        )

    def _lost(self, came: Array) -> Array:
        """Return the first day after service came on which it is gone."""
        lost = np.full(len(came), NEVER, dtype=np.int64)
        for stretch, (first, _) in zip(self.spans, self._best, strict=True):
            gap = (lost == NEVER) & (came < stretch.since) & (first > stretch.since)
            lost[gap] = stretch.since
        return lost

    def bottleneck(self, span: Array, pipe: Array) -> tuple[Array, Array]:
        """Layer and id of the pipe or source each parcel waits for; empty and None where service never comes."""
        layer, name = np.full(len(span), "", dtype=object), np.full(len(span), None, dtype=object)
        edges = len(self.network.u)
        for k, stretch in enumerate(self.spans):
            here = np.flatnonzero((span == k) & (pipe >= 0))
            cause = stretch.cause[pipe[here]]
            root = cause >= edges
            layer[here] = np.where(root, "sources", self.layer)
            owner = self.network.pipe[np.where(root, 0, cause)] if edges else pipe[here]
            name[here] = self.network.ids[owner]
            if root.any():
                name[here[root]] = self.network.source_ids[cause[root] - edges]
        return layer, name

    def paths(self, parcels: Array, state: State | None = None) -> tuple[Array, Array]:
        """Witness paths of some parcels, as positions of pipes in `network`, one path after another.

        `parcels` are positions in the layer. Returns (pipes, offsets): path k is `pipes[offsets[k]:offsets[k + 1]]`,
        from the parcel to the source, and empty where the parcel is never served. Without `state` the path is that of
        the first service; with the `State` of some days it is that of the service these days wait for.
        """
        parcels = np.asarray(parcels, dtype=np.int64)
        if state is None:
            state = self.on(np.full(len(self.parcels), np.datetime64("0001-01-01", "D")))
        span, pipe = state.span[parcels], state.pipe[parcels]
        steps: list[tuple[Array, Array]] = []
        for k, stretch in enumerate(self.spans):
            here = np.flatnonzero((span == k) & (pipe >= 0))
            if len(here):
                steps += _climb(stretch, self.network, here, pipe[here])
        if not steps:
            return np.empty(0, np.int64), np.zeros(len(parcels) + 1, np.int64)
        owner = np.concatenate([s[0] for s in steps])
        order = np.argsort(owner, kind="stable")
        owner, taken = owner[order], np.concatenate([s[1] for s in steps])[order]
        again = np.r_[False, (owner[1:] == owner[:-1]) & (taken[1:] == taken[:-1])]
        owner, taken = owner[~again], taken[~again]
        return taken, np.searchsorted(owner, np.arange(len(parcels) + 1))

    def path(self, parcel: str) -> list[str]:
        """Pipe ids from a parcel to its source, in order; empty where it is never served."""
        rows = np.flatnonzero(self.parcels == parcel)
        pipes, _ = self.paths(rows[:1])
        return [str(name) for name in self.network.ids[pipes]]


def _climb(span: Span, net: Network, owner: Array, pipe: Array) -> list[tuple[Array, Array]]:
    """Return (owner, pipe) step by step from the pipe beside the parcel up to the source."""
    steps = [(owner, pipe)]
    if span.tree is None:
        return steps
    up, via = span.tree.parents
    node = span.end[pipe]
    edges = len(net.u)
    while True:
        link = via[node]
        go = (link >= 0) & (link < edges)
        if not go.any():
            return steps
        owner, node, link = owner[go], node[go], link[go]
        steps.append((owner, net.pipe[link]))
        node = up[node]
