"""What a cause is called and where it lies, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..lang import LANGS, Lang, choose
from ..lang.causes import CLAUSES, PARTS, SINGULAR, UTILITY_WORDS
from ..lang.verdicts import COUNTED
from ..plan import Reach, Report
from ..plan.causes import Words
from ..plan.verdict import layer_called
from .cause_rows import Columns
from .reach import Places, Touched

Array = np.ndarray[Any, Any]
_LATE = ("pipes", "sources", "roads")
_NAMED = 3
"""Titles of checks that a cause names; the rest is "and others"."""


@dataclass(frozen=True, eq=False)
class Naming:
    """A cause before it has its words: its findings (positions, the gravest first), its thing, its reach."""

    report: Report
    found: Columns
    rows: Array
    thing: tuple[str, str, str]
    reach: Reach


def title_of(one: Naming) -> Words:
    """Return the title: the thing, what is wrong with it, and how far it reaches."""
    return {lang: _title(one, lang) for lang in LANGS}


def _title(one: Naming, lang: Lang) -> str:
    comma, colon = ("，", "：") if lang == "zh" else (", ", ": ")
    rules, codes = one.report.rules, one.found.codes(one.rows)
    named = dict.fromkeys((rules[c].zh if lang == "zh" else rules[c].en)["title"] for c in codes)
    wrong = ("、" if lang == "zh" else " / ").join(list(named)[:_NAMED])
    wrong += _clause("more", lang) if len(named) > _NAMED else ""
    amounts = [
        _clause("parcels", lang, n=one.reach.parcels) if one.reach.parcels > 1 else "",
        _clause("area", lang, n=one.reach.area / 1e4) if one.reach.parcels else "",
        _clause("days", lang, n=one.reach.days) if one.reach.days else "",
        _clause("found", lang, n=len(one.rows)) if len(one.rows) > 1 else "",
    ]
    thing: str = _thing(one, lang)
    own = one.thing[2].partition("|")[2]
    if not (own and thing.startswith(own)):  # a name out of the data stays as it is written there
        thing = thing[:1].upper() + thing[1:]
    return thing + colon + comma.join([wrong, *(a for a in amounts if a)])


def _clause(key: str, lang: Lang, **values: Any) -> str:
    return choose(CLAUSES[key], lang).format(**values)


def _thing(one: Naming, lang: Lang) -> str:
    """Return what the findings come from, as people call it."""
    layer, name, part = one.thing
    word, _, arg = part.partition("|")
    what = feature_called(layer, name, lang)
    if word in PARTS:
        return _matter(one, word, arg, lang)
    if part and name:  # a pair: layer and id of the counterpart
        return _clause("pair", lang, what=what, other=feature_called(word, arg, lang))
    subject = one.found.id[one.rows[0]]
    return _clause("late" if layer in _LATE and str(subject) != name else "thing", lang, what=what)


def feature_called(layer: str, name: str, lang: Lang) -> str:
    """Return a feature as people call it: 地块 A, parcel A; without a name its layer."""
    called = layer_called(layer, lang)
    if lang == "en" and name:
        called = COUNTED[layer][1].partition("|")[0] if layer in COUNTED else SINGULAR.get(layer, called)
    return f"{called} {name}".strip()


def _matter(one: Naming, word: str, arg: str, lang: Lang) -> str:
    layer, name, _ = one.thing
    what = feature_called(layer, name, lang)
    if word == "service":
        kinds = (one.found.kind_zh if lang == "zh" else one.found.kind)[one.rows]
        arg = ("、" if lang == "zh" else ", ").join(dict.fromkeys(k for k in kinds.tolist() if k)) or what
    elif word == "never":
        arg = choose(UTILITY_WORDS.get(arg, (arg, arg)), lang)
    elif word == "rest":
        arg = arg.partition(" ")[2]
    matter = choose(PARTS[word], lang).format(arg=arg)
    between = " " if lang == "zh" else ", "
    return matter if word in {"service", "never", "weak", "phase"} else what + between + matter


def place_of(one: Naming, places: Places, pairs: Touched) -> Words:
    """Return where it is: the districts of its parcels, that of the nearest parcel, else the park's name."""
    title = one.report.title
    whole = {lang: places.parks.get(one.thing[1]) or title.get(lang) or one.report.plan_name for lang in LANGS}
    first = one.rows[0]
    if one.found.layer[first] == "parks":
        return whole
    mine = pairs.by(one.rows)
    number = places.number[mine] if len(mine) else places.near(one.found.shape[first])
    count = np.bincount(number[number >= 0], minlength=len(places.known))
    counted = np.flatnonzero(count)
    if not len(counted):
        return whole
    lead = places.known[int(min(counted.tolist(), key=lambda k: (-count[k], places.known[k])))]
    if len(counted) == 1:
        return dict.fromkeys(LANGS, lead)
    return {lang: _clause("several", lang, one=lead, n=len(counted)) for lang in LANGS}
