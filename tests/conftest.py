"""Files with a slow test are begun first, so that no worker is left alone with one at the end of a run."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move whole files; their order, and the order inside each, stays as it was."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
