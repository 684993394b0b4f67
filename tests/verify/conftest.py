"""One worker for all tests of the verifier: TensorFlow is imported once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from lstmlint.verify.client import Worker


@pytest.fixture(scope="session")
def worker() -> Iterator[Worker]:
    with Worker() as warm:
        warm.start()
        yield warm
