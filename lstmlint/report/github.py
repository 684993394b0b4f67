"""``github``: workflow commands that GitHub turns into annotations.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions. GitHub shows 10 errors and 10 warnings a
step, so the gravest and surest come first.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePath

from lstmlint.api import Severity
from lstmlint.diagnostic import CONFIDENCES, SEVERITIES, Diagnostic
from lstmlint.report.evidence import verdict_sentence
from lstmlint.report.line import Line, plain
from lstmlint.run import Outcome
from lstmlint.text.sources import Sources

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(outcome: Outcome) -> Iterator[Line]:
    for diagnostic in sorted(outcome.diagnostics, key=_gravest_first):
        yield plain(_command(diagnostic, outcome.sources))


def _gravest_first(diagnostic: Diagnostic) -> tuple[int, int]:
    return -SEVERITIES.index(diagnostic.severity), -CONFIDENCES.index(diagnostic.confidence)


def _command(diagnostic: Diagnostic, sources: Sources) -> str:
    properties = {
        "title": f"lstmlint ({diagnostic.code})",
        "file": repository_path(diagnostic.path, os.environ.get("GITHUB_WORKSPACE")),
        **_position(diagnostic, sources),
    }
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    message = f"{diagnostic.path}:{sources.start(diagnostic.span)}: {diagnostic.code} {diagnostic.message}"
    if diagnostic.help:
        message += f"\n  help: {diagnostic.help}"
    elif diagnostic.fix:
        message += f"\n  help: {diagnostic.fix.message}"
    if diagnostic.verdict is not None:
        message += f"\n  {verdict_sentence(diagnostic.verdict)}"
    return f"::{_LEVELS[diagnostic.severity]} {written}::{_data(message)}"


def _position(diagnostic: Diagnostic, sources: Sources) -> dict[str, int]:
    """Columns only within one line: across lines GitHub drops the annotation. A notebook has no honest line."""
    start, end = sources.start(diagnostic.span), sources.end(diagnostic.span)
    if start.cell is not None:
        return {"line": 1}
    if start.row == end.row:
        return {"line": start.row, "col": start.column, "endLine": end.row, "endColumn": end.column}
    return {"line": start.row, "endLine": end.row}


def repository_path(path: str, workspace: str | None) -> str:
    """Relative to the root of the repository, forward slashes: steps may run in a folder below it."""
    if workspace:
        try:
            return Path(path).resolve().relative_to(Path(workspace).resolve()).as_posix()
        except ValueError:
            pass
    return PurePath(path).as_posix()


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
