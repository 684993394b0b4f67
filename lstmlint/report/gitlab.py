"""``gitlab``: the code quality report of GitLab CI. https://docs.gitlab.com/ci/testing/code_quality/"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

from lstmlint.api import Severity
from lstmlint.diagnostic import Diagnostic
from lstmlint.report.github import repository_path
from lstmlint.report.line import Line, plain
from lstmlint.run import Outcome
from lstmlint.text.sources import Place, Sources

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "minor"}


def render(outcome: Outcome) -> Iterator[Line]:
    seen: Counter[str] = Counter()
    issues = [_issue(diagnostic, outcome.sources, seen) for diagnostic in outcome.diagnostics]
    yield plain(json.dumps(issues, indent=2, ensure_ascii=False))


def _issue(diagnostic: Diagnostic, sources: Sources, seen: Counter[str]) -> dict[str, Any]:
    start, end = sources.start(diagnostic.span), sources.end(diagnostic.span)
    cell = "" if start.cell is None else f"cell {start.cell}: "
    return {
        # GitLab hides check_name, so the code stands here too.
        "description": f"{cell}{diagnostic.code}: {diagnostic.message}",
        "check_name": diagnostic.code,
        "severity": _SEVERITIES[diagnostic.severity],
        "fingerprint": _unique(diagnostic.fingerprint, seen),
        "location": {
            "path": repository_path(diagnostic.path, os.environ.get("CI_PROJECT_DIR")),
            "positions": {"begin": _position(start), "end": _position(end)},
        },
    }


def _position(place: Place) -> dict[str, int]:
    return {"line": place.row, "column": place.column}


def _unique(fingerprint: str, seen: Counter[str]) -> str:
    """GitLab shows only the first of several issues with one fingerprint, so repeated ones are salted."""
    seen[fingerprint] += 1
    if seen[fingerprint] == 1:
        return fingerprint
    return hashlib.sha256(f"{fingerprint}{seen[fingerprint]}".encode()).hexdigest()[:16]
