"""The verdict as a value: one of three words for each of seven questions, with the grounds it stands on."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from ..lang import Lang, choose
from ..lang.verdicts import COUNTED, PARTS, STATES, TRUST, VERDICT_NAMES
from .layers import LAYERS, RASTERS

State = Literal["pass", "fail", "unknown"]
Standing = Literal["open", "mended", "exempt", "waived"]
VerdictName = Literal["plan_first", "underground_first", "industry_first", "balance", "safety", "networks", "data"]
VERDICTS: Mapping[str, VerdictName] = {
    "pb": "plan_first",
    "ug": "underground_first",
    "in": "industry_first",
    "ba": "balance",
    "st": "safety",
    "ec": "safety",
    "nw": "networks",
    "da": "data",
}
"""Which verdict the checks of a family belong to; a check of another family names its own."""
NAMES: tuple[VerdictName, ...] = tuple(dict.fromkeys(VERDICTS.values()))
_WORST: tuple[State, ...] = ("fail", "unknown", "pass")


@dataclass(frozen=True, kw_only=True)
class Exemption:
    """A violation that is lawful by a document: it stays visible and is counted apart until the document expires.

    Parameters
    ----------
    id
        The feature the document is about; it may be either side of the finding.
    number, approver, date, expiry
        The document's number, who signed it, when, and the last day on which it holds (None: no end is written).
    """

    code: str
    id: str
    number: str
    approver: str
    date: dt.date
    expiry: dt.date | None = None
    reason: str = ""

    def holds_on(self, day: dt.date | None) -> bool:
        """Whether the document is in force on a day; one that ends is not counted where no day is given."""
        if day is None:
            return self.expiry is None
        return self.date <= day and (self.expiry is None or day <= self.expiry)


@dataclass(frozen=True)
class Need:
    """Data that would let more be judged: a layer, `layer.column` or raster, and the checks and rows that wait."""

    what: str
    checks: tuple[str, ...]
    rows: int = 0


@dataclass(frozen=True)
class Declared:
    """A layer that was taken to be complete: how many rows it has, how many were expected, and by whose word."""

    layer: str
    rows: int
    expected: int | None = None
    word: str = "scenario"

    @property
    def kept(self) -> bool:
        """Whether the layer holds what was declared; a layer that is not there at all holds nothing."""
        return self.rows > 0 if self.expected is None else self.rows == self.expected


@dataclass(frozen=True, slots=True)
class Breach:
    """One violation at error level and the size of the feature it is about [m², m]; `note` says why it is not open."""

    fingerprint: str
    code: str
    layer: str
    id: str
    area: float = 0.0
    length: float = 0.0
    standing: Standing = "open"
    note: str = ""


@dataclass(frozen=True)
class Worst:
    """The finding that weighs most: its feature, the number, the limit, and the sentence in both languages."""

    fingerprint: str
    code: str
    layer: str
    id: str
    value: float | None
    limit: float | None
    unit: str
    text: Mapping[str, str]
    advice: Mapping[str, str]
    trust: str = ""
    """Where the limit comes from: a key of `lang.verdicts.TRUST`; empty where the rule has no number."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One of the seven: a word and its grounds.

    Parameters
    ----------
    share
        What could be judged, between 0 and 1: the mean over its checks, and no more than its least judged check at
        error level has. By area where the check tells the parcels it judged, else by count; a skipped check has 0.
    off
        Checks that the profile switches off with its reason: they are named, and the share is of the others.
    least
        The check that was judged least, and `limit` the share below which the evidence is too thin.
    undecided
        How many rows its checks at error level could not judge, beyond those that the profile allows. One is enough to
        keep the word from 合格: a row that breaks the rule may lack just the value that would tell.
    features, area, length, days
        What breaks it: how many features, their area [m²] and length [m], the longest lead or delay.
    rests_on
        Layers whose completeness nobody has declared although a check of this verdict reads an absence from them.
    """

    name: VerdictName
    state: State
    checks: tuple[str, ...] = ()
    not_asked: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    share: float = 0.0
    least: str = ""
    limit: float = 0.8
    undecided: int = 0
    warnings: int = 0
    features: int = 0
    area: float = 0.0
    length: float = 0.0
    days: float = 0.0
    worst: Worst | None = None
    needs: tuple[Need, ...] = ()
    declared: tuple[Declared, ...] = ()
    rests_on: tuple[str, ...] = ()
    breaches: tuple[Breach, ...] = field(default=(), repr=False)

    def count(self, standing: Standing = "open") -> int:
        """How many violations at error level have that standing."""
        return self._standings[standing]

    @cached_property
    def _standings(self) -> Counter[Standing]:
        return Counter(b.standing for b in self.breaches)

    @cached_property
    def kinds(self) -> dict[str, int]:
        """How many features of which layers break it."""
        kinds: dict[str, set[str]] = {}
        for breach in self.breaches:
            if breach.standing == "open":
                kinds.setdefault(breach.layer, set()).add(breach.id)
        return {layer: len(ids) for layer, ids in sorted(kinds.items())}

    @property
    def errors(self) -> int:
        """How many violations at error level count against it."""
        return self.count("open")

    @property
    def settled(self) -> bool:
        """Whether what was asked could be judged and nothing broke it, even if only some of its checks were asked."""
        return not self.errors and self.told

    @property
    def told(self) -> bool:
        """Whether the data tells enough for a 合格, whatever was found."""
        return self.share >= self.limit and not self.undecided and all(d.kept for d in self.declared)

    def line(self, lang: Lang = "zh") -> str:
        """The verdict as one sentence: the word, the worst case, what breaks it, what was judged, what is missing."""
        return verdict_line(self, lang)

    def brief(self, lang: Lang = "zh") -> str:
        """What decides it, in one sentence: the worst place with its number and the sums; else what could be judged."""
        sums = Sums(self.errors, self.kinds, self.area, self.length, self.days)
        return brief_line(self, sums, self.worst.text[lang] if self.worst else "", lang)


@dataclass(frozen=True)
class Sums:
    """What breaks a verdict, counted: violations, features by layer, area [m²], length [m] and the most days."""

    errors: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)
    area: float = 0.0
    length: float = 0.0
    days: float = 0.0


@dataclass(frozen=True)
class Verdicts:
    """The seven verdicts of a report, in order; printing it gives the lines a planner reads first."""

    items: tuple[Verdict, ...] = ()

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, name: str) -> Verdict:
        for item in self.items:
            if item.name == name:
                return item
        raise KeyError(name)

    @property
    def overall(self) -> State:
        """The worst of the seven: one that fails makes the whole fail, one without evidence leaves it open."""
        states = {item.state for item in self.items}
        return next((state for state in _WORST if state in states), "unknown")

    @property
    def clean(self) -> bool:
        """Whether everything that was asked could be judged and nothing broke it."""
        asked = [item for item in self.items if item.checks]
        return bool(asked) and all(item.settled for item in asked)

    def lines(self, lang: Lang = "zh") -> list[str]:
        """The overall word, then one line a verdict."""
        return [overall_line(self, lang), *(item.line(lang) for item in self.items)] if self.items else []

    def text(self, lang: Lang = "zh") -> str:
        """The lines as one text."""
        return "\n".join(self.lines(lang))

    def __str__(self) -> str:
        return self.text("zh")


def _part(key: str, lang: Lang, **slots: object) -> str:
    return choose(PARTS[key], lang).format(**slots)


def overall_line(verdicts: Verdicts, lang: Lang) -> str:
    """The word over all seven, and how many of them are what."""
    held = {state: sum(v.state == state for v in verdicts) for state in ("fail", "unknown", "pass")}
    counts = [_part("count", lang, state=choose(STATES[s], lang), n=n) for s, n in held.items() if n]
    return _part("overall", lang, state=choose(STATES[verdicts.overall], lang), counts=_join(counts, lang))


def verdict_line(verdict: Verdict, lang: Lang) -> str:
    """One verdict as a sentence a planner reads aloud."""
    name, state = choose(VERDICT_NAMES[verdict.name], lang), choose(STATES[verdict.state], lang)
    head = _part("head", lang, name=name, state=state)
    grounds = [*_broken(verdict, lang), *_judged(verdict, lang), *_completeness(verdict, lang)]
    stop, comma = ("。", "；") if lang == "zh" else (". ", "; ")
    return head + stop + comma.join(text.rstrip("。.") for text in grounds) + stop.strip()


def brief_line(verdict: Verdict, sums: Sums, worst: str, lang: Lang) -> str:
    """One sentence for a first look at a verdict: the worst case and the sums; else how far it could be judged."""
    stop, comma = ("。", "；") if lang == "zh" else (".", "; ")
    thin = verdict.share < verdict.limit or not verdict.checks
    if sums.errors:
        grounds = [worst, _part("sums", lang, errors=sums.errors, what=_amounts(sums, lang))]
        grounds += _judged(replace(verdict, not_asked=()), lang) if thin else []
    else:
        grounds = [] if thin else [_part("clean", lang)]
        grounds += _judged(replace(verdict, state="unknown" if thin or verdict.undecided else "pass"), lang)
        grounds += [_part("warnings", lang, n=verdict.warnings)] if verdict.warnings else []
    text = comma.join(part.rstrip("。.") for part in grounds if part)
    return text[:1].upper() + text[1:] + stop


def _broken(verdict: Verdict, lang: Lang) -> list[str]:
    out = []
    if verdict.worst and verdict.errors:
        sums = Sums(verdict.errors, verdict.kinds, verdict.area, verdict.length, verdict.days)
        out.append(_part("worst", lang, text=verdict.worst.text[lang]))
        out.append(_part("breaks", lang, errors=verdict.errors, what=_amounts(sums, lang)))
        out += [choose(TRUST[verdict.worst.trust], lang)] if verdict.worst.trust else []
        out.append(_part("remedy", lang, text=verdict.worst.advice[lang]))
    apart = [_part(k, lang, n=verdict.count(k)) for k in ("mended", "exempt", "waived") if verdict.count(k)]
    out += [_part("apart", lang, what=_join(apart, lang))] if apart else []
    return out + ([_part("warnings", lang, n=verdict.warnings)] if verdict.warnings else [])


def _amounts(sums: Sums, lang: Lang) -> str:
    """How many features of which layers, and their area, length or days."""
    words = [_counted(layer, n, lang) for layer, n in sorted(sums.kinds.items())]
    words += [f"{sums.area / 1e4:,.1f} {'公顷' if lang == 'zh' else 'ha'}"] if sums.area else []
    words += [f"{sums.length / 1e3:,.2f} {'公里' if lang == 'zh' else 'km'}"] if sums.length else []
    if sums.days:
        words.append(f"最多 {sums.days:,.0f} 天" if lang == "zh" else f"up to {sums.days:,.0f} days")
    return _join(words, lang)


def _counted(layer: str, n: int, lang: Lang) -> str:
    """A number of features as people say it: 3 宗地块, 1 parcel, 2 facilities."""
    zh, en = COUNTED.get(layer, (layer, layer))
    one, _, many = en.partition("|")
    return f"{n} {zh}" if lang == "zh" else f"{n} {one if n == 1 else many or one}"


def _judged(verdict: Verdict, lang: Lang) -> list[str]:
    thin = verdict.share < verdict.limit
    share, limit = f"{verdict.share:.0%}", f"{verdict.limit:.0%}"
    key = "none" if not verdict.checks else "least" if thin else "share"
    out = [_part(key, lang, share=share, least=verdict.least, limit=limit)]
    if verdict.undecided and verdict.checks:
        out.append(_part("undecided", lang, n=f"{verdict.undecided:,}"))
    if verdict.not_asked:
        out.append(_part("not_asked", lang, n=len(verdict.not_asked)))
    if verdict.off:
        out.append(_part("off", lang, codes=_join(list(verdict.off), lang)))
    if verdict.needs and verdict.state == "unknown":
        out.append(_part("needs", lang, needs=_join([need_name(n.what, lang) for n in verdict.needs[:4]], lang)))
    return out


def _completeness(verdict: Verdict, lang: Lang) -> list[str]:
    out = []
    for one in verdict.declared:
        key = "declared" if one.kept else "absent" if one.expected is None else "short"
        named = {"layer": layer_called(one.layer, lang), "rows": one.rows, "expected": one.expected}
        out.append(_part(key, lang, word=_part(one.word, lang) if one.word in PARTS else one.word, **named))
    if verdict.rests_on:
        out.append(_part("rests", lang, layers=_join([layer_called(x, lang) for x in verdict.rests_on], lang)))
    return out


def layer_called(layer: str, lang: Lang) -> str:
    """A layer as people call it; a layer of one's own keeps its name."""
    spec = LAYERS.get(layer)
    return layer if spec is None else spec.zh if lang == "zh" else spec.en.split(" (")[0]


def need_name(what: str, lang: Lang) -> str:
    """A layer, `layer.column` or raster as people call it, with its name in files."""
    layer, _, column = what.partition(".")
    if layer in RASTERS:
        return choose(RASTERS[layer], lang)
    spec = LAYERS.get(layer)
    if spec is None:  # a column that any layer may have
        field = next((c for s in LAYERS.values() if (c := s.column(what))), None)
        return what if field is None else field.zh if lang == "zh" else field.en
    name = layer_called(layer, lang)
    field = spec.column(column) if column else None
    if field is None:
        return f"{name} {what}"
    return f"{name}的{field.zh}" if lang == "zh" else f"{field.en} of {name}"


def _join(words: list[str], lang: Lang) -> str:
    return ("、" if lang == "zh" else ", ").join(words)
