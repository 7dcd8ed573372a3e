"""Who is in charge of a cause: from the profile, by check, by utility, by family of checks, or by layer."""

from __future__ import annotations

from ..checks.settings import offices
from ..plan import Profile


def bureau(profile: Profile, code: str, kind: str = "") -> dict[str, str]:
    """Return the office in charge, zh and en: the check's own, else the utility's, else the family's."""
    known = offices(profile)
    keys = (code, kind if code[:2] in {"UG", "NW"} else "", code[:2])
    return _both(next((known[k] for k in keys if k in known), known["DA"]))


def supplier(profile: Profile, layer: str) -> dict[str, str]:
    """Return the office that can supply a layer."""
    known = offices(profile)
    return _both(known.get(layer, known["DA"]))


def _both(words: tuple[str, ...]) -> dict[str, str]:
    return {"zh": str(words[0]), "en": str(words[-1])}
