"""Benchmarks run where they are asked for: ``pytest -s tests/benchmarks``. Elsewhere they are left out."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    asked = any("benchmarks" in argument for argument in config.args)
    return None if asked else True
