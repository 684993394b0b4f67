"""``sarif``: SARIF 2.1.0 as GitHub code scanning reads it.

https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
The key ``primaryLocationLineHash`` is left to the upload action; our own fingerprint stands beside it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from lstmlint import __version__
from lstmlint.api import Confidence, Label, Rule, Severity
from lstmlint.diagnostic import Diagnostic
from lstmlint.registry import FAMILIES, Registry, claim, page
from lstmlint.report.github import repository_path
from lstmlint.report.json import verification
from lstmlint.report.line import Line, plain
from lstmlint.run import Outcome
from lstmlint.text.source import Span
from lstmlint.text.sources import Sources

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PROBLEMS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}
_PRECISION = {Confidence.HIGH: "very-high", Confidence.MEDIUM: "high", Confidence.LOW: "medium"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
#: GitHub's limit for descriptions.
_LONGEST = 1024


def render(outcome: Outcome) -> Iterator[Line]:
    yield plain(json.dumps(_log(outcome), indent=2, ensure_ascii=False))


def _log(outcome: Outcome) -> dict[str, Any]:
    registry = outcome.registry
    found = (*outcome.diagnostics, *outcome.silenced)
    rules = [rule for rule in registry.rules if any(diagnostic.code == rule.code for diagnostic in found)]
    index = {rule.code: number for number, rule in enumerate(rules)}
    driver = {
        "name": "lstmlint",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(rule, registry) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": "lstmlint/"},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, index, outcome.sources) for diagnostic in found],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule, registry: Registry) -> dict[str, Any]:
    text = page(registry, rule)
    what = claim(rule, text)[:_LONGEST]
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.name.replace("-", " ")},
        "fullDescription": {"text": what},
        "help": {"text": what, **({"markdown": text} if text else {})},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "tags": ["keras", FAMILIES.get(rule.code[:4], "custom")],
            "precision": "high",
            "problem.severity": _PROBLEMS[rule.severity],
        },
    }


def _result(diagnostic: Diagnostic, index: dict[str, int], sources: Sources) -> dict[str, Any]:
    related = [
        _location(label.span, sources, number, label.message) for number, label in enumerate(diagnostic.labels, 1)
    ]
    result = {
        "ruleId": diagnostic.code,
        "ruleIndex": index.get(diagnostic.code, -1),
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": _message(diagnostic)},
        "locations": [_location(diagnostic.span, sources)],
        "partialFingerprints": {"lstmlint/v1": diagnostic.fingerprint},
        "properties": _properties(diagnostic, sources),
    }
    if related:
        result |= {"relatedLocations": related, "codeFlows": [_flow(diagnostic, sources)]}
    if diagnostic.justification is not None:
        result["suppressions"] = [{"kind": "inSource", "justification": diagnostic.justification}]
    if diagnostic.fix:
        result["fixes"] = [_fix(diagnostic, sources)]
    return result


def _message(diagnostic: Diagnostic) -> str:
    """The first sentence stands alone; labels link to the related locations by their number."""
    links = [f"[{_link_text(label.message)}]({number})" for number, label in enumerate(diagnostic.labels, 1)]
    help = diagnostic.help or (diagnostic.fix.message if diagnostic.fix else "")
    parts = [f"{diagnostic.message}.", f"Help: {help}." if help else "", f"See: {'; '.join(links)}." if links else ""]
    return " ".join(part for part in parts if part)


def _link_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _properties(diagnostic: Diagnostic, sources: Sources) -> dict[str, Any]:
    cell = sources.start(diagnostic.span).cell
    return {
        "confidence": diagnostic.confidence.value,
        "precision": _PRECISION[diagnostic.confidence],
        **({} if cell is None else {"cell": cell}),
        **({} if diagnostic.verdict is None else {"verification": verification(diagnostic)}),
    }


def _location(span: Span, sources: Sources, number: int | None = None, message: str = "") -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": _uri(span.path)}, "region": _region(span, sources)}
    }
    if number is not None:
        location["id"] = number
    if message:
        location["message"] = {"text": message}
    return location


def _uri(path: str) -> str:
    return quote(repository_path(path, os.environ.get("GITHUB_WORKSPACE")), safe="/:")


def _region(span: Span, sources: Sources) -> dict[str, int]:
    start, end = sources.start(span), sources.end(span)
    return {"startLine": start.row, "startColumn": start.column, "endLine": end.row, "endColumn": end.column}


def _flow(diagnostic: Diagnostic, sources: Sources) -> dict[str, Any]:
    """The labels and the finding in the order of the text: the way a shape takes to where it breaks."""
    steps = [*diagnostic.labels, Label(diagnostic.span, diagnostic.label or diagnostic.message)]
    ordered = sorted(steps, key=lambda label: (label.span.path == diagnostic.path, label.span))
    locations = [{"location": _location(step.span, sources, message=step.message)} for step in ordered]
    return {"threadFlows": [{"locations": locations}]}


def _fix(diagnostic: Diagnostic, sources: Sources) -> dict[str, Any]:
    assert diagnostic.fix is not None
    changes = [
        {
            "artifactLocation": {"uri": _uri(edit.span.path)},
            "replacements": [{"deletedRegion": _region(edit.span, sources), "insertedContent": {"text": edit.content}}],
        }
        for edit in diagnostic.fix.edits
    ]
    return {"description": {"text": diagnostic.fix.message}, "artifactChanges": changes}
