"""Rule packs: a delivery comes in with a table of rules, each a row with its source; what it breaks goes out."""

from .hold import Breach, Held, hold
from .pack import packs, read_pack
from .rule import PackRule

__all__ = ["Breach", "Held", "PackRule", "hold", "packs", "read_pack"]
