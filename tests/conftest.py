"""Options that all tests share."""

from __future__ import annotations

import os
from pathlib import PurePosixPath

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

# How long an example takes says something of the machine, and of what else runs there. CI is to judge the change: it
# draws what the run before it drew, as Hypothesis does there by itself. An author's run draws anew.
settings.register_profile(
    "any machine",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
)
settings.load_profile("any machine")


#: Folders whose tests share a warm worker, or TensorFlow itself: one process for each, where tests run side by side.
_TOGETHER = ("differential", "verify")


class _Together(LoadScopeScheduling):
    """Hands whole files to the processes, and whole folders where their tests share what is dear to load."""

    def _split_scope(self, nodeid: str) -> str:
        path = PurePosixPath(nodeid.partition("::")[0])
        return next((folder for folder in _TOGETHER if folder in path.parts), str(path))


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    return _Together(config, log)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-goldens", action="store_true", help="write the golden reports anew; review the diff")
