"""Diagnostics to plain JSON values and back, for the cache."""

from __future__ import annotations

from typing import Any

from lstmlint.api import Confidence, Fix, Label, Safety, Severity
from lstmlint.diagnostic import Diagnostic
from lstmlint.text.edits import Edit
from lstmlint.text.source import Position, Span

_PLAIN = ("code", "name", "message", "label", "help", "provable", "untestable", "fingerprint", "justification")


def packed(diagnostic: Diagnostic) -> dict[str, Any]:
    """Without the verdict: that is measured anew in each run."""
    return {
        **{name: getattr(diagnostic, name) for name in _PLAIN},
        "severity": diagnostic.severity.value,
        "confidence": diagnostic.confidence.value,
        "span": _span(diagnostic.span),
        "labels": [[_span(label.span), label.message] for label in diagnostic.labels],
        "notes": list(diagnostic.notes),
        "fix": None if diagnostic.fix is None else _fix(diagnostic.fix),
    }


def unpacked(values: dict[str, Any]) -> Diagnostic:
    """Raises KeyError, TypeError or ValueError for what ``packed`` did not make."""
    return Diagnostic(
        **{name: values[name] for name in _PLAIN},
        severity=Severity(values["severity"]),
        confidence=Confidence(values["confidence"]),
        span=_to_span(values["span"]),
        labels=tuple(Label(_to_span(span), message) for span, message in values["labels"]),
        notes=tuple(values["notes"]),
        fix=None if values["fix"] is None else _to_fix(values["fix"]),
    )


def _span(span: Span) -> list[Any]:
    return [span.path, span.start.row, span.start.column, span.end.row, span.end.column]


def _to_span(values: list[Any]) -> Span:
    path, row, column, end_row, end_column = values
    return Span(path, Position(row, column), Position(end_row, end_column))


def _fix(fix: Fix) -> list[Any]:
    return [fix.message, fix.safety.value, [[_span(edit.span), edit.content] for edit in fix.edits]]


def _to_fix(values: list[Any]) -> Fix:
    message, safety, edits = values
    return Fix(message, Safety(safety), tuple(Edit(_to_span(span), content) for span, content in edits))
