"""The memory of a process: what it keeps, when it weighs, what it forgets."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geo_planner import work
from geo_planner.work import Memory, give_back

ROOM = 10_000


@pytest.fixture
def weighed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the values that were weighed, in order."""
    sizes: list[int] = []

    def weigh(value: np.ndarray) -> int:
        sizes.append(value.nbytes)
        return value.nbytes

    monkeypatch.setattr(work, "weight", weigh)
    return sizes


def test_while_the_process_is_smaller_than_the_room_nothing_is_weighed_or_forgotten(monkeypatch, weighed):
    monkeypatch.setattr(work, "process_bytes", lambda: ROOM - 1.0)
    memory = Memory(room=ROOM)
    for key in "abc":
        memory.put(key, np.zeros(4_000, np.uint8))
    assert (weighed, len(memory)) == ([], 3)


def test_once_the_process_is_as_large_all_is_weighed_and_the_longest_unused_forgotten(monkeypatch, weighed):
    size = 0.0
    monkeypatch.setattr(work, "process_bytes", lambda: size)
    memory = Memory(room=ROOM)
    for key in "abc":
        memory.put(key, np.zeros(4_000, np.uint8))
    memory.get("a")  # now b is the longest unused
    size = float(ROOM)
    memory.put("d", np.zeros(1_000, np.uint8))
    assert sorted(weighed) == [1_000, 4_000, 4_000, 4_000]
    assert [memory.get(key) is not None for key in "abcd"] == [True, False, True, True]
    memory.put("a", np.zeros(8_000, np.uint8))  # in the place of 4,000 bytes: 13,000 are too many by c
    assert [memory.get(key) is not None for key in "acd"] == [True, False, True]


def test_of_too_many_bytes_the_largest_go_before_many_small_ones_however_long_unused(monkeypatch, weighed):
    """A table of findings pushed out a hundred facts that took seconds to work out; now it goes itself."""
    monkeypatch.setattr(work, "process_bytes", lambda: float(ROOM))
    memory = Memory(room=ROOM)
    for key in "abc":
        memory.put(key, np.zeros(1_000, np.uint8))
    memory.put("table", np.zeros(6_000, np.uint8))
    memory.put("next table", np.zeros(5_000, np.uint8))  # 14,000 bytes: the first table goes
    assert [memory.get(key) is not None for key in ("a", "b", "c", "table", "next table")] == [True] * 3 + [False, True]
    assert len(weighed) == 5


def test_a_small_value_that_nobody_uses_goes_at_last(monkeypatch, weighed):
    """A value of 100 bytes loses to tables of 1,000 once more than ten pairs of these came after it."""
    monkeypatch.setattr(work, "process_bytes", lambda: float(ROOM))
    memory = Memory(room=2_050)
    memory.put("old", np.zeros(100, np.uint8))
    for turn in range(30):
        memory.put(f"table {turn}", np.zeros(1_000, np.uint8))
    assert memory.get("old") is None
    assert memory.get("table 29") is not None
    assert len(weighed) == 31


def test_an_index_weighs_its_labels():
    """An index has its own way to tell its bytes: whatever held one could not be kept in a large process."""
    assert work.weight(pd.Index(["a", "b", "c"], dtype=object)) == 3 * 8 + 3 * 64
    assert work.weight(pd.Index(np.arange(5))) == 5 * 8


def test_the_process_tells_its_size_and_keeps_its_values_when_memory_is_given_back():
    memory = Memory()
    memory.put("a", np.arange(1_000_000))
    give_back()
    assert int(memory.get("a").sum()) == 499_999_500_000
    assert work.process_bytes() > 8_000_000
