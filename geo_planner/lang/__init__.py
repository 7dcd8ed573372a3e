"""zh and en, the only place where a sentence is made from numbers: templates and values come in, sentences go out."""

from .columns import pieces, sentences
from .sentences import LANGS, Lang, cell, choose, printable, reason, sentence, slots
from .words import FAMILIES, NOTE_SEVERITIES, OUTCOMES, REASONS, SEVERITIES, TRUST

__all__ = [
    "FAMILIES",
    "LANGS",
    "NOTE_SEVERITIES",
    "OUTCOMES",
    "REASONS",
    "SEVERITIES",
    "TRUST",
    "Lang",
    "cell",
    "choose",
    "pieces",
    "printable",
    "reason",
    "sentence",
    "sentences",
    "slots",
]
