"""Land-use schemes as data: code -> name -> production, living or ecology.

The same digits mean different things in different schemes (1001 is industry in the 2023 guide and railway in the third
survey), so no code is ever read without its scheme, and an unknown code is reported, never dropped. Every scheme is a
CSV beside this file; a scheme of one's own is one more CSV of the same shape, carried by the plan that uses it. What a
class means to the checks stands in more columns of it (`meaning`).
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field, fields
from functools import cache, cached_property
from importlib import resources
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from ...errors import LandUseError, did_you_mean
from ..digests import digest_of
from .meaning import MEANINGS, Meaning, implied, meaning_of

PLE: Mapping[str, str] = MappingProxyType({"P": "production", "L": "living", "E": "ecology", "X": "none"})


@dataclass(frozen=True)
class LandUse:
    """One class of one scheme; weights 0/1/3/5 grade its production, living and ecological function."""

    code: str
    zh: str
    en: str
    ple: str | None  # None: the scheme leaves it open
    sub: str
    weights: tuple[float, float, float]
    group: str  # "industry", "housing", "commerce" or "other": the parties of 先工业后商住; "": left open
    meaning: Meaning = field(default_factory=Meaning)


@dataclass(frozen=True)
class Scheme:
    """A land-use scheme: its name, edition, source and classes by code."""

    name: str
    zh: str
    en: str
    edition: str
    source: str
    verified: bool
    classes: Mapping[str, LandUse]

    def __reduce__(self) -> tuple[Any, ...]:
        return _scheme_of, ({f.name: getattr(self, f.name) for f in fields(self)} | {"classes": dict(self.classes)},)

    def __hash__(self) -> int:
        return hash(self.digest)

    @cached_property
    def digest(self) -> str:
        """The sha256 of the name, and of every class with its meaning."""
        return digest_of(self.name, self.classes)

    def find(self, code: str) -> LandUse | None:
        """Return the class of a clean code, or of its longest known beginning, or None.

        Codes may legally stop at any level and bureaus add levels of their own: `R21` is read as `R2`, but `0799` is
        not read as `07`: a numeric code is not cut at all.
        """
        while code:
            if code in self.classes:
                return self.classes[code]
            code = "" if code[:1].isdigit() else code[:-1]
        return None

    def nuisance(self, code: str) -> str:
        """The nuisance class of a code, read from its longest beginning of whole levels: `10010301` as `100103`."""
        while code and code not in self.classes:
            code = code[: -2 if code[:1].isdigit() else -1]
        return self.classes[code].meaning.nuisance if code else ""

    @property
    def proposals(self) -> Mapping[str, str]:
        """The code that proposals give to production, living and ecology; empty where the scheme names none."""
        found = {c.ple: c.code for c in self.classes.values() if c.meaning.proposal == "yes" and c.ple is not None}
        return MappingProxyType(found)


def _scheme_of(values: dict[str, Any]) -> Scheme:
    return Scheme(**{**values, "classes": MappingProxyType(values["classes"])})


COLUMNS = ("code", "zh", "en", "ple", "sub", "p", "l", "e", "group")
"""Columns that the CSV of a scheme must have, beside those of its meanings."""


def scheme_from(text: str, head: Mapping[str, str]) -> Scheme:
    """Return a scheme from the text of its CSV (`COLUMNS`, and `MEANINGS` as far as they are known).

    Raises
    ------
    LandUseError
        A column is missing, `ple` is not P, L, E or X, or a meaning is none of its words.
    """
    classes: dict[str, LandUse] = {}
    for number, row in enumerate(csv.DictReader(text.splitlines()), start=2):
        try:
            classes[row["code"]] = _class_of(row)
        except (KeyError, TypeError, ValueError) as reason:
            columns = ",".join(COLUMNS).replace("ple,", "ple (P, L, E, X),")
            msg = f"scheme '{head['scheme']}', line {number}: {reason}. A scheme needs {columns}; it may have {','.join(MEANINGS)}."
            raise LandUseError(msg) from reason
    return Scheme(
        head["scheme"],
        head["zh"],
        head["en"],
        head["edition"],
        head["source"],
        head["verified"] == "true",
        MappingProxyType(classes),
    )


def _class_of(row: Mapping[str, str]) -> LandUse:
    weights = (float(row["p"] or "nan"), float(row["l"] or "nan"), float(row["e"] or "nan"))
    ple = PLE[row["ple"]] if row["ple"] else None
    meaning = meaning_of(row, implied(ple, row["sub"], row["group"]))
    return LandUse(row["code"], row["zh"], row["en"], ple, row["sub"], weights, row["group"], meaning)


def scheme_text(own: Scheme) -> tuple[dict[str, str], str]:
    """Return a scheme as the head and the CSV from which `scheme_from` makes it again."""
    head = {"scheme": own.name, "zh": own.zh, "en": own.en, "edition": own.edition, "source": own.source}
    head["verified"] = "true" if own.verified else "false"
    letter: dict[str | None, str] = {None: "", **{word: letter for letter, word in PLE.items()}}
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow([*COLUMNS, *MEANINGS])
    rows.writerows(
        [
            c.code,
            c.zh,
            c.en,
            letter[c.ple],
            c.sub,
            *("" if np.isnan(w) else w for w in c.weights),
            c.group,
            *astuple(c.meaning),
        ]
        for c in own.classes.values()
    )
    return head, text.getvalue()


Own = Mapping[str, "Scheme"]
"""Schemes of one's own by name; a plan carries those that it uses."""

NONE: Own = MappingProxyType({})


def schemes(own: Own = NONE) -> Mapping[str, Scheme]:
    """Return every scheme by name: those that come with the package, then one's own."""
    return MappingProxyType({**_shipped(), **own}) if own else _shipped()


@cache
def _shipped() -> Mapping[str, Scheme]:
    folder = resources.files(__package__)
    heads = csv.DictReader((folder / "schemes.csv").read_text(encoding="utf-8").splitlines())
    return MappingProxyType(
        {h["scheme"]: scheme_from((folder / f"{h['scheme']}.csv").read_text(encoding="utf-8"), h) for h in heads}
    )


def scheme(name: str) -> Scheme:
    """Return one scheme of the package by name.

    Raises
    ------
    LandUseError
        No scheme has that name.
    """
    known = schemes()
    if name not in known:
        msg = f"there is no land-use scheme '{name}'; known are {', '.join(known)}." + did_you_mean(name, known)
        raise LandUseError(msg)
    return known[name]


def own_schemes(own: Iterable[Scheme]) -> Own:
    """Return schemes of one's own by their names, the later of two that share one.

    Raises
    ------
    LandUseError
        The name is that of a scheme that comes with the package.
    """
    named = {one.name: one for one in own}
    for name in named:
        if name in _shipped():
            msg = f"the scheme '{name}' comes with the package and cannot be replaced; give yours another file name."
            raise LandUseError(msg)
    return MappingProxyType(named)


def tidy(code: object) -> str:
    """Return a code as the standards print it: half-width, upper case, no blanks; '' for what means nothing.

    Full-width letters, lower case, blanks and a float's '.0' are habits of bureau tables. A leading zero lost to a
    number column is not restored here: that needs the scheme (`classify`).
    """
    text = unicodedata.normalize("NFKC", str(code)).strip().upper().replace(" ", "")
    if text.endswith(".0") and text[:-2].isdigit():
        text = text[:-2]
    return "" if text in {"", "/", "-", "--", "无", "NAN", "NONE", "<NA>", "NULL", "NA"} else text


def first_code(code: str) -> str:
    """Return the dominant code of a mixed one: `R2/B1`, `R2+B1` and `M1(M0)` are led by the first."""
    for mark in "/+、,;(（|":
        code = code.split(mark, maxsplit=1)[0]
    return code


def classify(codes: pd.Series, scheme_names: pd.Series, own: Own = NONE) -> pd.DataFrame:
    """Production, living or ecology of each parcel, with what could not be read kept as null.

    `own` are the schemes of one's own that the plan carries. Returns a frame with the index of `codes` and columns:
    `code` (tidied, dominant, zero-padded by scheme), `zh`, `en`, `ple` ("production" | "living" | "ecology" | "none" |
    null), `sub`, `p`, `l`, `e` (weights), `group`, one for each of `MEANINGS` ("" where it is not known), `reason` (key
    of `lang.REASONS` where `ple` is null: no_code, no_scheme, unknown_code, open_ple).
    """
    pairs = pd.DataFrame({"raw": codes.to_numpy(dtype=object), "scheme": scheme_names.to_numpy(dtype=object)})
    group, unique = pd.factorize(pd.MultiIndex.from_frame(pairs.astype("str").fillna("")))
    known = schemes(own)
    table = [_one(str(raw), str(name), known) for raw, name in unique]
    out = pd.DataFrame(table, columns=[*COLUMNS, *MEANINGS, "reason"]).astype({"p": float, "l": float, "e": float})
    return out.iloc[group].set_axis(codes.index, axis=0)


_NOTHING = (None, None, None, None, np.nan, np.nan, np.nan, None)


def _one(raw: str, name: str, known: Mapping[str, Scheme]) -> tuple[Any, ...]:
    code = first_code(tidy(raw))
    if not code:
        return (code, *_NOTHING, *astuple(Meaning()), "no_code")
    if name not in known:
        return (code, *_NOTHING, *astuple(Meaning()), "no_scheme")
    found = known[name].find(code) or (known[name].find("0" + code) if code.isdigit() and len(code) % 2 else None)
    if found is None:
        return (code, *_NOTHING, *astuple(Meaning(nuisance=known[name].nuisance(code))), "unknown_code")
    words = (found.zh, found.en, found.ple, found.sub, *found.weights, found.group or None)
    return (found.code, *words, *astuple(found.meaning), None if found.ple else "open_ple")


def detect(codes: Iterable[object], own: Own = NONE) -> tuple[str | None, dict[str, float]]:
    """The scheme that reads most of the codes, and the share each scheme reads.

    None when no scheme reads at least nine tenths, or when two do and the codes give no evidence for either: the
    caller must then ask. Letters speak for GB 50137. The guide of 2023 wins over its trial edition of 2020 unless codes
    occur that only the trial edition has (0603, 0604, 090301, 090302, 1313), which the guide cannot read.
    """
    clean = [c for c in (first_code(tidy(x)) for x in codes) if c]
    if not clean:
        return None, {}
    known = schemes(own)
    times = Counter(clean)
    share = {n: sum(k for c, k in times.items() if _one(c, n, known)[-1] is None) / len(clean) for n in known}
    best = sorted(share, key=lambda n: -share[n])
    if share[best[0]] < 0.9:
        return None, share
    rivals = [n for n in best if share[n] == share[best[0]]]
    if "guide2023" in rivals:
        rivals = [n for n in rivals if n != "trial2020"]
    return (best[0] if len(rivals) == 1 else None), share
