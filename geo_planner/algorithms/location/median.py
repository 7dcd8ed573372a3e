"""p-median: the p sites that make the weighted sum of distances least, proved by Lagrangean bounds and branching.

Each customer gets a price; a site's worth is the sum of what its customers would pay above their distance, and the p
most worthy sites give the bound. Sites whose worth cannot be part of a better answer are fixed, and what is still open
is branched on. Source of the bound: G. Cornuejols, M. Fisher, G. Nemhauser, Management Science 23 (1977).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..programs.program import Effort, gap_of

Array = np.ndarray[Any, Any]

_EPS = 1e-6
_ROUNDS = 600
_BRANCH_ROUNDS = 80
_BRANCHES = 20_000
_SHAKES, _TURNS = 12, 6
"""Fresh starts from the best answer at the root; after each turn of them fewer sites are open."""


@dataclass(frozen=True, eq=False)
class Sites:
    """The sites chosen (sorted positions), the value, and the bound on the best value."""

    chosen: Array
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """Distance from the bound as a share of the value."""
        return gap_of(self.value, self.bound)

    @property
    def proved(self) -> bool:
        """Whether nothing better can exist."""
        return self.gap == 0.0


def p_median(cost: Array, p: int, effort: Effort) -> Sites:
    """The p columns of `cost` (customers × sites, finite) with the least sum of row minima; all where there are fewer.

    Give weighted distances. Where all costs are whole numbers the bound is rounded up.
    """
    cost = np.ascontiguousarray(cost, dtype=float)
    if p >= cost.shape[1]:
        value = float(cost.min(axis=1).sum()) if cost.size else 0.0
        return Sites(np.arange(cost.shape[1]), value, value)
    if p < 1:
        return Sites(np.empty(0, dtype=np.int64), float("inf"), float("inf"))
    return _Search(cost, p, effort).run()


@dataclass
class _Node:
    """Which sites are still open to choice, which are fixed as chosen, the customers' prices and the bound."""

    free: Array
    fixed: Array
    price: Array
    bound: float = -np.inf
    picked: Array | None = None
    """How often each site was among the most worthy lately: near the relaxation's share of it."""


class _Search:
    lean = 1.0
    """The share of the relaxation nearest to which a site is branched on."""

    def __init__(self, cost: Array, p: int, effort: Effort) -> None:
        self.cost, self.p, self.effort = cost, p, effort
        self.whole = bool(np.array_equal(cost, np.round(cost)))
        self.value, self.chosen = np.inf, np.empty(0, dtype=np.int64)

    def run(self) -> Sites:
        """Bound, fix and branch until the gap is met."""
        everything = np.arange(self.cost.shape[1])
        self.offer(_greedy(self.cost, self.p))
        near = np.partition(self.cost, 1, axis=1)[:, 1] if self.cost.shape[1] > 1 else self.cost[:, 0]
        root = _Node(everything, everything[:0], near.astype(float))
        self.tighten(root, _ROUNDS * self.effort.work)
        for _ in range(_TURNS):
            self.shake(root)
            known, root.bound = root.bound, -np.inf  # so that sites are fixed anew against the better answer
            self.tighten(root, _BRANCH_ROUNDS)
            root.bound = max(root.bound, known)
        waiting, bound, count = [root], root.bound, 0
        while waiting:
            bound = min(node.bound for node in waiting)
            if self.done(bound):
                waiting = []
                break
            if gap_of(self.value, bound) <= self.effort.gap:
                break
            if count >= _BRANCHES * self.effort.work or self.effort.left() <= 0.05:
                break
            node = waiting.pop()
            if self.done(node.bound):
                continue
            waiting += self.branches(node)
            count += 1
        return Sites(self.chosen, self.value, min(bound, self.value) if waiting else self.value)

    def done(self, bound: float) -> bool:
        """Whether a bound leaves no room for a better answer."""
        return bound >= self.value - (1.0 - _EPS if self.whole else _EPS * max(1.0, abs(self.value)))

    def offer(self, chosen: Array) -> None:
        """Improve sites by exchange and keep them where they are better."""
        if self.cost[:, chosen].min(axis=1).sum() > 1.05 * self.value:
            return
        chosen, value = _exchanged(self.cost, chosen)
        if value < self.value - _EPS:
            self.value, self.chosen = value, np.sort(chosen)

    def shake(self, root: _Node) -> None:
        """Close a few sites of the best answer, open others that the bound often picks, and exchange again.

        Only sites that the bound leaves open take part, which are few where it is near.
        """
        random, often = np.random.default_rng(0), root.picked
        open_ = np.concatenate([root.fixed, root.free])
        part, effort = np.ascontiguousarray(self.cost[:, open_]), self.effort.part(0.08)
        for _ in range(_SHAKES * self.effort.work):
            inside = np.flatnonzero(np.isin(open_, self.chosen))
            likely = np.setdiff1d(np.arange(len(open_)), inside)
            many = min(int(random.integers(2, 6)), self.p - 1, len(likely))
            near = self.done(root.bound) or gap_of(self.value, root.bound) <= self.effort.gap
            if near or many < 1 or len(inside) < self.p or often is None or effort.left() <= 0.05:
                return
            weight = often[open_[likely]] + 0.02
            come = random.choice(likely, many, replace=False, p=weight / weight.sum())
            chosen, value = _exchanged(part, np.concatenate([random.permutation(inside)[many:], come]))
            if value < self.value - _EPS:
                self.value, self.chosen = value, np.sort(open_[chosen])

    def tighten(self, node: _Node, rounds: int) -> None:
        """Raise the bound of a node by subgradient steps and drop the sites that cannot be part of a better answer."""
        open_ = np.concatenate([node.fixed, node.free])
        part, many = self.cost[:, open_], self.p - len(node.fixed)
        root = node.picked is None
        price, held, pace, still, seen = node.price.copy(), node.price, 1.0 if root else 0.4, 0, set[bytes]()
        often = np.zeros(self.cost.shape[1])
        for k in range(rounds):
            paid = np.minimum(part - price[:, None], 0.0)
            worth = paid.sum(axis=0)
            pick = _least(worth, len(node.fixed), many)
            bound = float(price.sum() + worth[pick].sum())
            if bound > node.bound + 1e-9:
                better = bound > node.bound + 1e-5 * abs(bound)
                node.bound, held, node.price, still = bound, price, price, 0 if better else still + 1
                node.free, node.fixed = self.fixed_by(open_, worth, pick, len(node.fixed), bound)
            else:
                still += 1
            often *= 0.97
            often[open_[pick]] += 0.03
            node.picked = often
            if k % 10 == 0 and root and open_[pick].tobytes() not in seen and len(seen) < 25:
                seen.add(open_[pick].tobytes())
                self.offer(open_[pick])
            if self.done(node.bound):
                return
            if len(node.free) + len(node.fixed) < 0.9 * len(open_) or len(node.fixed) > self.p - many:
                open_ = np.concatenate([node.fixed, node.free])
                part, many = self.cost[:, open_], self.p - len(node.fixed)
                continue
            if still >= (15 if root else 6):
                pace, still, price = pace / 1.6, 0, held.copy()
                if pace < (2e-3 if root else 2e-2):
                    return
            step = 1.0 - (part[:, pick] < price[:, None]).sum(axis=1)
            norm = float((step**2).sum())
            if norm == 0.0 or self.effort.left() <= 0.05:
                return
            price = price + pace * (1.02 * self.value - bound) / norm * step

    def fixed_by(self, open_: Array, worth: Array, pick: Array, many: int, bound: float) -> tuple[Array, Array]:
        """Return free and fixed sites: fixed where closing one, dropped where opening one, would cost too much."""
        picked = np.zeros(len(open_), dtype=bool)
        picked[pick] = True
        free = np.arange(len(open_)) >= many
        inner, outer = worth[picked & free], worth[~picked & free]
        last, first = (inner.max() if len(inner) else -np.inf), (outer.min() if len(outer) else np.inf)
        limit = self.value - (1.0 - _EPS if self.whole else _EPS)
        must = picked & free & (bound - worth + first >= limit)
        never = ~picked & free & (bound + worth - last >= limit)
        return open_[free & ~must & ~never], open_[~free | must]

    def branches(self, node: _Node) -> list[_Node]:
        """The two halves of a node: the most worthy undecided site is taken or not; the likelier comes last."""
        if len(node.fixed) >= self.p or len(node.fixed) + len(node.free) <= self.p:
            full = len(node.fixed) >= self.p
            self.offer(node.fixed[: self.p] if full else np.concatenate([node.fixed, node.free]))
            return []
        often = node.picked[node.free] if node.picked is not None else np.zeros(len(node.free))
        site = node.free[np.argmin(np.abs(often - self.lean))]
        rest = node.free[node.free != site]
        out = [
            _Node(rest, node.fixed, node.price, -np.inf, often),
            _Node(rest, np.append(node.fixed, site), node.price, -np.inf, often),
        ]
        for half in out:
            if len(half.free) + len(half.fixed) < self.p:
                half.bound = np.inf
                continue
            self.tighten(half, _BRANCH_ROUNDS)
            half.bound = max(half.bound, node.bound)
        return [half for half in out if not self.done(half.bound)]


def _least(worth: Array, fixed: int, many: int) -> Array:
    """Return the fixed sites (they stand first) and the `many` most worthy of the others."""
    rest = worth[fixed:]
    best = np.argpartition(rest, many - 1)[:many] if 0 < many < len(rest) else np.arange(len(rest))[:many]
    return np.concatenate([np.arange(fixed), fixed + best])


def _greedy(cost: Array, p: int) -> Array:
    """Return p sites, each the one that helps most beside those before it."""
    chosen: list[int] = []
    near = np.full(len(cost), np.inf)
    for _ in range(p):
        total = np.minimum(cost, near[:, None]).sum(axis=0)
        total[chosen] = np.inf
        chosen.append(int(total.argmin()))
        near = np.minimum(near, cost[:, chosen[-1]])
    return np.array(chosen, dtype=np.int64)


def _exchanged(cost: Array, chosen: Array) -> tuple[Array, float]:
    """Return the sites after the best exchanges of one for another, until none helps, and their value."""
    chosen = chosen.copy()
    customers = np.arange(len(cost))
    while True:
        mine = cost[:, chosen]
        order = np.argsort(mine, axis=1, kind="stable")
        first = mine[customers, order[:, 0]]
        second = mine[customers, order[:, 1]] if len(chosen) > 1 else np.full(len(cost), np.inf)
        value = float(first.sum())
        gain = np.maximum(first[:, None] - cost, 0.0).sum(axis=0)
        owner = order[:, 0]
        # Closing a site sends its customers to their second, or to the new site where that is nearer.
        spill = np.minimum(second[:, None], np.maximum(cost, first[:, None])) - first[:, None]
        change = (owner[None, :] == np.arange(len(chosen))[:, None]).astype(float) @ spill - gain[None, :]
        out, come = divmod(int(change.argmin()), cost.shape[1])
        if change[out, come] >= -_EPS:
            return chosen, value
        chosen[out] = come
