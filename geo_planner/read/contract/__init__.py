"""FILES AGAINST A CONTRACT -> DIFFERENCES: what a bureau has promised to deliver, and what a month brought instead."""

from .draft import draft_text, held_to_schemes, placed
from .gate import check_delivery, contract_notes, delivered, notes_of
from .spec import Contract, FieldSpec, LayerTerms, LedgerTerms, read_contract

__all__ = [
    "Contract",
    "FieldSpec",
    "LayerTerms",
    "LedgerTerms",
    "check_delivery",
    "contract_notes",
    "delivered",
    "draft_text",
    "held_to_schemes",
    "notes_of",
    "placed",
    "read_contract",
]
