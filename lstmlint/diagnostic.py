"""A finding with everything a report needs: the rule's code and name, a fingerprint, the verdict of an experiment."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lstmlint.api import Confidence, Finding, Fix, Label, Rule, Safety, Severity
from lstmlint.text.source import SourceFile, Span

#: From mild to grave, and from guess to certain.
SEVERITIES = (Severity.INFO, Severity.WARNING, Severity.ERROR)
CONFIDENCES = (Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH)
#: Why a finding has no experiment, where its rule has one and neither says more.
_NO_MODEL = "no model or run of the program holds it"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Plain data, so that it crosses process borders and the cache.

    ``provable`` says that the verifier has an experiment for it, ``untestable`` why it has none; ``justification`` is
    the reason given by the comment that silences it, empty where that gives none.
    """

    code: str
    name: str
    severity: Severity
    confidence: Confidence
    message: str
    span: Span
    label: str = ""
    help: str = ""
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    fix: Fix | None = None
    provable: bool = False
    untestable: str = ""
    fingerprint: str = ""
    justification: str | None = None
    verdict: Any = None

    @property
    def path(self) -> str:
        return self.span.path

    def fixable(self, unsafe: bool) -> bool:
        """Whether ``--fix`` would change anything, with or without ``--unsafe-fixes``."""
        allowed = {Safety.SAFE, Safety.UNSAFE} if unsafe else {Safety.SAFE}
        return self.fix is not None and self.fix.safety in allowed


def at_least(severity: Severity, floor: Severity) -> bool:
    return SEVERITIES.index(severity) >= SEVERITIES.index(floor)


def trusted(confidence: Confidence, floor: Confidence) -> bool:
    return CONFIDENCES.index(confidence) >= CONFIDENCES.index(floor)


def diagnose(finding: Finding, rule: Rule, severities: Mapping[str, Severity]) -> Diagnostic:
    """The user's severity for the rule wins over the finding's own, that one over the rule's."""
    return Diagnostic(
        code=rule.code,
        name=rule.name,
        severity=severities.get(rule.code) or finding.severity or rule.severity,
        confidence=finding.confidence,
        message=finding.message,
        span=finding.span,
        label=finding.label,
        help=finding.help,
        labels=finding.labels,
        notes=finding.notes,
        fix=finding.fix,
        provable=finding.experiment is not None,
        untestable="" if finding.experiment is not None else finding.untestable or rule.untestable or _NO_MODEL,
    )


def less_sure(diagnostic: Diagnostic, why: str) -> Diagnostic:
    """One step of confidence lower, with the reason as a note."""
    index = max(CONFIDENCES.index(diagnostic.confidence) - 1, 0)
    return replace(diagnostic, confidence=CONFIDENCES[index], notes=(*diagnostic.notes, why))


def fingerprinted(diagnostics: Iterable[Diagnostic], source: SourceFile, path: str) -> Iterator[Diagnostic]:
    """Give each its fingerprint: path, code, hash of the code it points at, ordinal among equals.

    It survives moved lines and changes when the flagged code is edited. ``path`` is counted from the project's root.
    """
    seen: Counter[str] = Counter()
    for diagnostic in diagnostics:
        key = f"{path}\0{diagnostic.code}\0{span_hash(source, diagnostic.span)}"
        seen[key] += 1
        digest = hashlib.sha256(f"{key}\0{seen[key]}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
        yield replace(diagnostic, fingerprint=digest)


def span_hash(source: SourceFile, span: Span) -> str:
    """A hash of the text of a span without its whitespace."""
    text = "".join(source.slice(span).split())
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
