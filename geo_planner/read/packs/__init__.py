"""A DELIVERY AND A RULE PACK -> WHAT IS KEPT: layers, fields, codes and topology of a planning database.

Each rule is a row of a CSV with its source and level of trust; a row that cannot be judged is unknown, never kept.
"""

from .held import Held, Outcome, check_pack
from .pack import Pack, Rule, packs, read_pack

__all__ = ["Held", "Outcome", "Pack", "Rule", "check_pack", "packs", "read_pack"]
