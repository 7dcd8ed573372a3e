"""What a class of land means to the checks: columns of every scheme's CSV, with the words that may stand in them.

A blank is unknown, and the checks that rest on it name the rows. A scheme of one's own may have the nine columns of the
catalogue only: what these imply is then taken from them, the rest is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType

YES_NO = ("yes", "no")
USES = (
    "housing", "village", "admin", "culture", "education", "research", "sport", "health", "welfare", "public",
    "retail", "office", "commerce", "industry", "mining", "salt", "warehouse", "road", "transport", "utility",
    "green", "square", "farmland", "farming", "forest", "water", "wild", "sea", "reserve", "special",
)  # fmt: skip
"""What land is used for. `village` is rural homes, `commerce` retail or office, `public` any public service, `farming`
farm land that is no field or orchard, `wild` open land that nobody works, `reserve` land kept for later."""
PUBLIC = ("admin", "culture", "education", "research", "sport", "health", "welfare", "public")
"""Uses that serve the public."""
NUISANCES = ("none", "class1", "class2", "class3", "storage1", "storage2", "storage3", "sewage")
"""Classes of nuisance of industry and of storage, and sewage works; a code that may be any of them is blank."""


@dataclass(frozen=True)
class Meaning:
    """What one class means, each word from `WORDS`, "" where the scheme leaves it open.

    `sensitive` land holds homes, pupils or patients and is to be kept from nuisance; on `dwelling` land people live;
    `parkland` is open green that serves homes; `developed` land is built on by plan; `balance` land is in the
    denominator of production, living and ecology, `urban` land in that of urban construction land (GB 50137 table
    4.4.1); `proposal` marks the class that proposals give to land of its production, living or ecology.
    """

    use: str = ""
    nuisance: str = ""
    sensitive: str = ""
    dwelling: str = ""
    parkland: str = ""
    developed: str = ""
    balance: str = ""
    urban: str = ""
    proposal: str = ""


MEANINGS = tuple(f.name for f in fields(Meaning))
WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {name: {"use": USES, "nuisance": NUISANCES}.get(name, YES_NO) for name in MEANINGS}
)
"""The words that may stand in each column."""


SHARED = "IF"
"""Sub-tag of roads and utilities, which serve all three and stay out of the balance unless asked for."""
_BUILT = ("PI", "LU", "LR", SHARED)
_OF_GROUP = {
    "housing": Meaning(use="housing", nuisance="none", sensitive="yes", dwelling="yes", parkland="no"),
    "commerce": Meaning(use="commerce", nuisance="none", sensitive="no", dwelling="no", parkland="no"),
    "industry": Meaning(use="industry", sensitive="no", dwelling="no", parkland="no"),
}
_OF_PLE = {
    "production": Meaning(sensitive="no", dwelling="no", parkland="no"),
    "living": Meaning(nuisance="none"),
    "ecology": Meaning(nuisance="none", sensitive="no", dwelling="no"),
}


def implied(ple: str | None, sub: str, group: str) -> Meaning:
    """What the nine columns say of a class by themselves: homes are sensitive, works not; whether it is built on."""
    found = _OF_GROUP.get(group) or _OF_PLE.get(ple or "", Meaning())
    if ple is None:
        return found
    built = sub in _BUILT or (not sub and ple in {"production", "living"})
    counted = ple in _OF_PLE and sub != SHARED
    return replace(found, developed="yes" if built else "no", balance="yes" if counted else "no")


def meaning_of(row: Mapping[str, str | None], without: Meaning) -> Meaning:
    """Return the meaning in a row of a scheme's CSV; a column that is not there is that of `without`.

    Raises
    ------
    ValueError
        A word is none of those of its column.
    """
    given = {name: (row[name] or "").strip() if name in row else getattr(without, name) for name in MEANINGS}
    for name, word in given.items():
        if word and word not in WORDS[name]:
            msg = f"{name} = {word!r} is none of {', '.join(WORDS[name])} (blank: not known)"
            raise ValueError(msg)
    return Meaning(**given)
