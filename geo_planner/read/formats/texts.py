"""Text columns of an Arrow table whose bytes are no UTF-8, as careless programs write them, decoded by their bytes."""

from __future__ import annotations

import pyarrow as pa

from ...plan.plan import Note
from ..encoding import decide, decode


def decoded(table: pa.Table) -> tuple[pa.Table, list[Note]]:
    """Return the table with every text in UTF-8, and what was decided about the texts that were not."""
    raw: dict[int, list[bytes | None]] = {}
    for k, field in enumerate(table.schema):
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            column = table.column(k)
            try:
                column.validate(full=True)
            except pa.ArrowInvalid:
                raw[k] = column.cast(pa.large_binary()).to_pylist()
    if not raw:
        return table, []
    choice = decide((v for values in raw.values() for v in values if v is not None), "utf-8", "the format")
    for k, values in raw.items():
        texts = [None if v is None else decode(v, choice.codec)[0] for v in values]
        table = table.set_column(k, table.schema.field(k).name, pa.array(texts, pa.large_string()))
    return table, list(choice.notes)
