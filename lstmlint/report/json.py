"""``json``: an array as ruff's, one object for each finding. Fields may be added, never renamed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.api import Fix, Label
from lstmlint.diagnostic import Diagnostic
from lstmlint.report.line import Line, plain
from lstmlint.report.urls import rule_url
from lstmlint.run import Outcome
from lstmlint.text.source import Span
from lstmlint.text.sources import Place, Sources


def render(outcome: Outcome) -> Iterator[Line]:
    findings = [as_object(diagnostic, outcome.sources) for diagnostic in outcome.diagnostics]
    yield plain(json.dumps(findings, indent=2, ensure_ascii=False))


def as_object(diagnostic: Diagnostic, sources: Sources) -> dict[str, Any]:
    place = sources.start(diagnostic.span)
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity.value,
        "confidence": diagnostic.confidence.value,
        "message": diagnostic.message,
        "help": diagnostic.help or None,
        "filename": diagnostic.path,
        "cell": place.cell,
        "location": location(place),
        "end_location": location(sources.end(diagnostic.span)),
        "noqa_row": place.row,
        "label": diagnostic.label or None,
        "labels": [_label(label, sources) for label in diagnostic.labels],
        "notes": list(diagnostic.notes),
        "fix": None if diagnostic.fix is None else _fix(diagnostic.fix, sources),
        "url": rule_url(diagnostic.name),
        "fingerprint": diagnostic.fingerprint,
        "verification": verification(diagnostic),
    }


def verification(diagnostic: Diagnostic) -> Any:
    return None if diagnostic.verdict is None else plain_value(diagnostic.verdict.fields())


def location(place: Place) -> dict[str, int]:
    return {"row": place.row, "column": place.column}


def _where(span: Span, sources: Sources) -> dict[str, Any]:
    return {"location": location(sources.start(span)), "end_location": location(sources.end(span))}


def _label(label: Label, sources: Sources) -> dict[str, Any]:
    cell = sources.start(label.span).cell
    return {"message": label.message, "filename": label.span.path, "cell": cell, **_where(label.span, sources)}


def _fix(fix: Fix, sources: Sources) -> dict[str, Any]:
    edits = [{"content": edit.content, **_where(edit.span, sources)} for edit in fix.edits]
    return {"applicability": fix.safety.value, "message": fix.message, "edits": edits}


def plain_value(value: Any) -> Any:
    """What JSON can hold: NaN and infinity become null."""
    match value:
        case Mapping():
            return {str(key): plain_value(item) for key, item in value.items()}
        case list() | tuple():
            return [plain_value(item) for item in value]
        case float():
            return value if abs(value) < float("inf") else None
        case None | bool() | int() | str():
            return value
        case _:
            return str(value)
