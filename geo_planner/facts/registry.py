"""Facts say what they need of a plan, and are computed once for all plans that agree in it.

A fact's key is the digest of the columns that it names and of its arguments. What it reads is watched: a fact that
reads what it did not name is not kept, and fails its contract test. A result that names nothing (`recorded`: a whole
check) is kept under what was seen to be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast

from ..plan import Plan
from ..plan.digests import digest_of
from ..plan.part import Part
from ..work import HERE, Work
from .watched import Read, Watched, answers, seen

P = ParamSpec("P")
T = TypeVar("T")
Needs = Mapping[str, tuple[str, ...]]
"""Layer → columns; under "plan" what else is read of a plan, under "rasters" the beginnings of their names,
under "stands" layers of which only that matters which features stand on the as-of day."""

ALL = "*"
"""Every column of a layer."""

_WAYS = 16
"""Sets of reads that are remembered for one recorded result: a check takes few ways through its rule."""


@dataclass(frozen=True)
class Fact:
    """One fact: its name, what it needs (which may depend on its arguments), and the facts it stands on."""

    name: str
    needs: Needs | Callable[..., Needs]
    of: tuple[Callable[..., Any], ...]

    def reads(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> set[Read]:
        """Every read that the fact has named, by itself or through the facts it stands on."""
        named = self.needs(*args, **kwargs) if callable(self.needs) else self.needs
        out = {read for layer, columns in named.items() for read in _reads(layer, columns)}
        return out.union(*(FACTS[_name(other)].reads((), {}) for other in self.of))


FACTS: dict[str, Fact] = {}
"""Every fact by name."""


def _reads(layer: str, columns: tuple[str, ...]) -> Iterable[Read]:
    if layer == "plan":
        return [("plan", name) for name in columns]
    if layer in {"stands", "undated"}:
        return [(layer, name) for name in columns]
    if layer == "rasters":
        return [("rasters",), *(("raster", name) for name in columns)]
    return [("layer", layer), *(("all", layer) if name == ALL else ("column", layer, name) for name in columns)]


def _layers(reads: Iterable[Read]) -> set[str]:
    return {read[1] for read in reads if read[0] not in {"plan", "raster", "rasters"}}


def _name(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def fact(
    needs: Needs | Callable[..., Needs], of: tuple[Callable[..., Any], ...] = ()
) -> Callable[[Callable[Concatenate[Plan, P], T]], Callable[Concatenate[Plan, P], T]]:
    """Make a function of a plan a fact: what it returns is kept under what it needs and its arguments.

    `of` are facts that it calls; what they need, it needs too. What comes back is shared: treat it as read-only.
    """

    def of_function(function: Callable[Concatenate[Plan, P], T]) -> Callable[Concatenate[Plan, P], T]:
        known = FACTS[_name(function)] = Fact(_name(function), needs, of)

        @wraps(function)
        def remembered(plan: Plan, /, *args: P.args, **kwargs: P.kwargs) -> T:
            return _remembered(known, plan, lambda inner: function(inner, *args, **kwargs), (args, kwargs))

        remembered.__dict__["fact"] = known
        return remembered

    return of_function


def _remembered(known: Fact, plan: Plan, compute: Callable[[Plan], T], call: tuple[Any, Any]) -> T:
    root, note, work = _parts(plan)
    reads = _present(known.reads(*call), root)
    if isinstance(root, Part) and root.whole and work.whole and root.holds(_layers(reads)):
        root, work = root.whole, work.whole  # nothing that the fact looks at is left out of the part
    key = _fact_key(known, root, reads, call)
    value: T | None = work.store.get(key)
    if value is None:
        done: set[Read] = set()
        value = compute(Watched(root, done.add, work))
        if unnamed(done, reads):
            reads |= done
        else:
            work.store.put(key, value)
    for read in reads:
        note(read)
    return value


@dataclass(frozen=True, eq=False)
class Before(Generic[T]):
    """A recorded result, the plan it was computed from as a whole, and what was read of that."""

    plan: Plan
    reads: frozenset[Read]
    value: T


Bring = Callable[[Plan, Before[Any], Work], tuple[Any, frozenset[Read]] | None]
"""Makes the result of a plan from that of another, and tells what was read for it; None where it cannot."""


def recorded(plan: Plan, compute: Callable[[Plan], T], *call: object, brought: Bring | None = None) -> T:
    """Return what `compute` makes of a plan, from the store where a plan with the same answers was judged before.

    `call` names the computation and its parameters. What it reads is noted while it runs; as it does the same whenever
    it reads the same, the result stands for every plan that gives these answers. `brought` may bring the result from
    the last plan that was computed whole; it is the same, or None. Where nothing is judged again, nothing is kept.
    """
    root, note, work = _parts(plan)
    if not work.again:
        return compute(plan)
    base = digest_of(*call)
    ways: tuple[frozenset[Read], ...] = work.store.get(base) or ()
    for reads in ways:
        found: Any = work.store.get(_key(root, reads, base))
        if found is not None:
            break
    else:
        found, reads = _made(root, compute, base, work, brought)
        work.store.put(_key(root, reads, base), found)
        work.store.put(base, (reads, *(way for way in ways if way != reads))[:_WAYS])
    if brought is not None and work.latest.get(base) is None:
        work.latest.put(base, Before(root, reads, found))
    for read in reads:
        note(read)
    return cast("T", found)


def _made(
    root: Plan, compute: Callable[[Plan], T], base: str, work: Work, brought: Bring | None
) -> tuple[T, frozenset[Read]]:
    """Return a result and what was read for it: brought from the last plan that was computed whole, else computed."""
    before: Before[T] | None = work.latest.get(base) if brought else None
    made: tuple[T, frozenset[Read]] | None = brought(root, before, work) if brought and before else None
    if made is not None:
        return made
    done: set[Read] = set()
    found = compute(Watched(root, done.add, work))
    if brought:
        work.latest.put(base, Before(root, frozenset(done), found))
    return found, frozenset(done)


def key_of(function: Callable[..., Any], plan: Plan, *args: object, **kwargs: object) -> str:
    """The key of a fact of a plan: what is computed from it alone can be kept under it."""
    known: Fact = function.__dict__["fact"]
    root = _parts(plan)[0]
    return _fact_key(known, root, _present(known.reads(args, kwargs), root), (args, kwargs))


def _fact_key(known: Fact, root: Plan, reads: set[Read], call: tuple[Any, Any]) -> str:
    """The key of a fact, which a plan works out once for each set of plain arguments."""
    mark = (known.name, call[0], tuple(call[1].items()))
    try:
        found = answers(root).get(mark)
    except TypeError:  # an argument such as a table has no place in a dictionary
        return _key(root, reads, known.name, *call)
    if found is None:
        found = answers(root)[mark] = _key(root, reads, known.name, *call)
    return found


def kept(plan: Plan, compute: Callable[[], T], *call: object) -> T:
    """Return what `compute` returns, kept under `call`, which must name everything that it depends on."""
    work = _parts(plan)[2]
    key = digest_of("kept", *call)
    value: T | None = work.store.get(key)
    if value is None:
        value = compute()
        work.store.put(key, value)
    return value


def kept_by(plan: Plan, *call: object) -> Callable[[Callable[[], T], bytes], T]:
    """Return a function that keeps what a computation returns under `call` and some bytes of its own."""
    base = digest_of(*call)
    return lambda compute, bits: kept(plan, compute, base, bits.hex())


def with_work(plan: Plan, work: Work) -> Plan:
    """Return the plan as one that is judged with a store and an executor of its own."""
    return Watched(plan, lambda _: None, work)


def rebuilt(plan: Plan, make: Callable[[Plan], Plan]) -> Plan:
    """Return what `make` makes of the plan itself, judged with the same store and executor."""
    root, note, work = _parts(plan)
    made = make(root)
    return plan if made is root else made if root is plan else Watched(made, note, work)


def unwatched(plan: Plan) -> Plan:
    """Return the plan itself, of which nothing is noted."""
    return _parts(plan)[0]


def work_of(plan: Plan) -> Work:
    """How a plan is judged: by what `with_work` gave it, else in this process and its memory."""
    return _parts(plan)[2]


def _parts(plan: Plan) -> tuple[Plan, Callable[[Read], None], Work]:
    """Return the plan itself, what is to be told of reads, and where results are kept."""
    if isinstance(plan, Watched):
        return plan._plan, plan.note, plan._work
    return plan, lambda _: None, HERE


def _key(root: Plan, reads: Iterable[Read], *call: object) -> str:
    return digest_of(*call, [[*read, seen(root, read)] for read in sorted(reads)])


def _present(reads: set[Read], root: Plan) -> set[Read]:
    """Return the reads with the names of rasters that the plan has in place of their beginnings."""
    out: set[Read] = {("plan", "crs")} | {read for read in reads if read[0] != "raster"}
    begins = tuple(read[1] for read in reads if read[0] == "raster")
    return out | {("raster", n) for n in root.rasters if n in begins or n.startswith(tuple(f"{b}_" for b in begins))}


def unnamed(done: set[Read], named: set[Read]) -> set[Read]:
    """Return what was read and not named; whether a named column holds anything is named with it."""
    out = set()
    for read in done - named:
        kind, *what = read
        of_layer = kind in {"layer", "has", "column"} and ("all", what[0]) in named
        told = kind == "has" and {("layer", what[0]), *(("column", what[0], c) for c in what[1:])} <= named
        if not (of_layer or told):
            out.add(read)
    return out
