"""What a rule is and what it says: codes, findings, labels, fixes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar

from lstmlint.experiments import Experiment, Lookup, Tagged
from lstmlint.facts import Facts
from lstmlint.text.edits import Edit
from lstmlint.text.source import Span


class Severity(Enum):
    """error: Keras raises; warning: runs and silently learns the wrong thing; info: a smell."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Confidence(Enum):
    """high: every fact read from literals; medium: one assumption, named in a note; low: a guess."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Safety(Enum):
    """safe: today's program certainly raises; unsafe: it runs and its numbers will change; display: two intents."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


@dataclass(frozen=True, slots=True)
class Label:
    """A place that took part, with a few words on it."""

    span: Span
    message: str


def labels_in(path: str, places: Iterable[tuple[Span | None, str]]) -> tuple[Label, ...]:
    """Labels at those of the places that are known and stand in one file, that of the finding."""
    return tuple(Label(span, text) for span, text in places if span is not None and span.path == path)


@dataclass(frozen=True, slots=True)
class Fix:
    """``message`` reads as a command: "return the whole sequence"."""

    message: str
    safety: Safety
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """One claim about one place.

    ``message`` is one sentence that says what is, lower-case start, code in backticks; ``help`` says what to write
    instead; ``labels`` are up to four other places. ``severity`` overrides the rule's where the case is milder or
    worse. ``untestable`` says why this one has no experiment, where others of its rule have.
    """

    span: Span
    message: str
    confidence: Confidence
    label: str = ""
    help: str = ""
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    fix: Fix | None = None
    severity: Severity | None = None
    experiment: Experiment | Lookup | Tagged | None = None
    untestable: str = ""


Check = Callable[[Any, Facts], Iterator[Finding]]
C = TypeVar("C", bound=Check)


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One idea. ``keras`` names the target versions it speaks of; ``preview`` rules run only with ``--preview``.

    ``untestable`` says why no training can show what the rule claims, empty where its findings carry experiments.
    """

    code: str
    name: str
    severity: Severity
    since: str
    keras: frozenset[int] = frozenset({2, 3})
    preview: bool = False
    untestable: str = ""
    checks: list[tuple[type, Check]] = field(default_factory=list)

    def on(self, fact: type) -> Callable[[C], C]:
        """Register a check for each ``Node``, ``Model``, ``Run``, ``Reset``, ``Compile``, ``LibraryCall`` or the
        ``Facts``."""

        def register(check: C) -> C:
            self.checks.append((fact, check))
            return check

        return register
