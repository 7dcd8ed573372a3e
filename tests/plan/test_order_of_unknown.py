"""What could not be judged is told check after check, and for each by layer, id and reason."""

from __future__ import annotations

import pandas as pd

from geo_planner.plan.findings import unknown_by_check


def _unknown(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["layer", "id", "reason"], dtype="str")


def test_unknown_rows_stand_by_check_then_layer_id_and_reason():
    first = _unknown(("pipes", "A9", "no_finish"), ("pipes", "A10", "no_finish"), ("parcels", "B", "no_code"))
    third = _unknown(("parcels", "B", "no_start"), ("parcels", "B", "no_finish"))
    told = unknown_by_check(["UG204", "DA901", "PB101"], [first, _unknown(), third])
    assert told.to_numpy().tolist() == [
        ["parcels", "B", "no_code", "UG204"],
        ["pipes", "A10", "no_finish", "UG204"],
        ["pipes", "A9", "no_finish", "UG204"],
        ["parcels", "B", "no_finish", "PB101"],
        ["parcels", "B", "no_start", "PB101"],
    ]
    assert told.index.tolist() == [0, 1, 2, 3, 4]


def test_checks_that_knew_everything_tell_a_table_without_rows():
    assert unknown_by_check(["DA901"], [_unknown()]).columns.tolist() == ["layer", "id", "reason", "code"]
