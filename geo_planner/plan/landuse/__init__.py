"""Land-use schemes: what a code is and what it means; every scheme is a CSV beside this file."""

from .catalogue import (
    NONE,
    PLE,
    SHARED,
    LandUse,
    Own,
    Scheme,
    classify,
    detect,
    first_code,
    own_schemes,
    scheme,
    scheme_from,
    scheme_text,
    schemes,
    tidy,
)

__all__ = [
    "NONE",
    "PLE",
    "SHARED",
    "LandUse",
    "Own",
    "Scheme",
    "classify",
    "detect",
    "first_code",
    "own_schemes",
    "scheme",
    "scheme_from",
    "scheme_text",
    "schemes",
    "tidy",
]
