"""Land-use schemes: what a code is and what it means; every scheme is a CSV beside this file."""

from .catalogue import (
    PLE,
    SHARED,
    LandUse,
    Scheme,
    adopt,
    classify,
    detect,
    first_code,
    scheme,
    scheme_from,
    schemes,
    tidy,
)

__all__ = [
    "PLE",
    "SHARED",
    "LandUse",
    "Scheme",
    "adopt",
    "classify",
    "detect",
    "first_code",
    "scheme",
    "scheme_from",
    "schemes",
    "tidy",
]
