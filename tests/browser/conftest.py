"""Tests in a browser are slow, but for one use of each page."""

from pathlib import Path

import pytest


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents and not item.get_closest_marker("essential"):
            item.add_marker(pytest.mark.slow)
