"""One file through all stages: bytes, text, facts, rules, findings, diagnostics, suppression."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pathspec import GitIgnoreSpec

from lstmlint.api import (
    Compile,
    Confidence,
    Facts,
    Finding,
    Import,
    LibraryCall,
    Model,
    Node,
    Reset,
    Rule,
    Run,
    Severity,
)
from lstmlint.diagnostic import Diagnostic, diagnose, fingerprinted, less_sure, trusted
from lstmlint.discover import mentions_keras
from lstmlint.facts import Assigned
from lstmlint.registry import INVALID_SYNTAX, UNREADABLE_FILE, Crash, Registry, enabled, load_for, selects
from lstmlint.settings import Settings
from lstmlint.suppress import suppress
from lstmlint.target import keras_target
from lstmlint.text.reading import Unreadable, read, read_bytes
from lstmlint.text.source import Position, SourceFile, Span


@dataclass(frozen=True, slots=True)
class NotPython:
    """Where and why a text is not Python."""

    message: str
    position: Position


Analyse = Callable[[SourceFile, int], "Facts | NotPython"]

#: Where a rule's checks find the facts they ask for.
_FACTS: dict[type, Callable[[Facts], Iterable[Any]]] = {
    Node: lambda facts: facts.nodes,
    Model: lambda facts: facts.models,
    Run: lambda facts: facts.runs,
    Reset: lambda facts: facts.resets,
    Compile: lambda facts: (event for event in facts.events if isinstance(event, Compile)),
    LibraryCall: lambda facts: facts.calls,
    Import: lambda facts: facts.imports,
    Assigned: lambda facts: facts.assigned,
    Facts: lambda facts: (facts,),
}


@dataclass(frozen=True, slots=True)
class Linted:
    """What became of one file. ``source`` is None where it could not be read, ``facts`` where nothing was interpreted.

    ``claims`` are the findings behind the diagnostics that have an experiment.
    """

    path: str
    diagnostics: tuple[Diagnostic, ...] = ()
    silenced: tuple[Diagnostic, ...] = ()
    crashes: tuple[Crash, ...] = ()
    source: SourceFile | None = None
    facts: Facts | None = None
    claims: tuple[tuple[Diagnostic, Finding, Rule], ...] = ()

    def plain(self) -> Linted:
        """Without what cannot or need not cross a process border."""
        return replace(self, source=None, facts=None, claims=())


@dataclass(frozen=True, slots=True)
class Studied:
    """The facts of one file, or why there are none."""

    path: str
    problem: str | None
    facts: Facts | None = None
    crashes: tuple[Crash, ...] = ()


@dataclass(frozen=True, slots=True)
class Lint:
    """How files are linted: the settings, the rules, and what makes facts of a source."""

    settings: Settings
    registry: Registry
    analyse: Analyse
    ignore_noqa: bool = False

    def file(self, path: str, data: bytes, named: bool = False) -> Linted:
        """Lint a file's bytes. Files that never mention Keras are not parsed; a ``named`` one is at least read."""
        mentioned = mentions_keras(data)
        if not mentioned and not named:
            return Linted(path)
        source = read(path, data)
        if isinstance(source, Unreadable):
            return self.unreadable(source)
        if not mentioned:
            return Linted(path, source=source)
        return self._source(source, data.decode("utf-8", "replace"))

    def facts(self, path: str, data: bytes) -> Studied:
        """What is known about a file, without asking any rule."""
        source = read(path, data)
        if isinstance(source, Unreadable):
            return Studied(path, source.message)
        crashes: list[Crash] = []
        found = self._facts(source, data.decode("utf-8", "replace"), crashes)
        if isinstance(found, NotPython):
            return Studied(path, f"line {found.position.row}: not valid Python: {found.message}")
        return Studied(path, crashes[0].error if crashes else None, found, tuple(crashes))

    def unreadable(self, problem: Unreadable) -> Linted:
        return self._finished(SourceFile(problem.path, ""), [(_unreadable(problem), UNREADABLE_FILE)], [], None)

    def _source(self, source: SourceFile, raw: str) -> Linted:
        crashes: list[Crash] = []
        facts = self._facts(source, raw, crashes)
        findings = [(finding, INVALID_SYNTAX) for finding in _broken_cells(source)]
        if isinstance(facts, NotPython):
            findings.append((_invalid(source, facts), INVALID_SYNTAX))
        elif facts is not None:
            findings += self._asked(facts, crashes)
        return self._finished(source, findings, crashes, facts if isinstance(facts, Facts) else None)

    def _facts(self, source: SourceFile, raw: str, crashes: list[Crash]) -> Facts | NotPython | None:
        try:
            return self.analyse(source, keras_target(source, raw, self.settings.keras))
        except Exception as error:
            crashes.append(_crash(source.path, error))
            return None

    def _asked(self, facts: Facts, crashes: list[Crash]) -> Iterator[tuple[Finding, Rule]]:
        active = self._active(facts.source.path)
        for rule in self.registry.rules:
            if rule.code not in active or facts.keras not in rule.keras:
                continue
            try:
                yield from [(finding, rule) for finding in ask(rule, facts)]
            except Exception as error:
                crashes.append(_crash(f"{rule.code} in {facts.source.path}", error))

    def _active(self, path: str) -> frozenset[str]:
        """The codes that are on for a file."""
        ignored = tuple(self._ignored_for(path))
        on = enabled(self.registry, self.settings)
        return frozenset(rule.code for rule in self.registry.rules if rule.code in on and not selects(ignored, rule))

    def _ignored_for(self, path: str) -> Iterator[str]:
        for glob, selectors in self.settings.per_file_ignores:
            if GitIgnoreSpec.from_lines([glob]).match_file(relative(path, self.settings.root)):
                yield from selectors

    def _finished(
        self, source: SourceFile, findings: list[tuple[Finding, Rule]], crashes: list[Crash], facts: Facts | None
    ) -> Linted:
        active = self._active(source.path)
        claims = [(self._diagnostic(source, finding, rule), finding, rule) for finding, rule in _once(findings)]
        claims = [claim for claim in claims if self._wanted(claim[0], active)]
        # Where rules did not run, nothing is known about the comments that silence them.
        ran = active if facts is not None and not crashes else frozenset[str]()
        sifted = suppress(source, [claim[0] for claim in claims], self.registry, ran)
        kept, silenced = list(sifted.kept), sifted.silenced
        if self.ignore_noqa:
            kept, silenced = [claim[0] for claim in claims], ()
        else:
            own = (self._diagnostic(source, finding, rule) for finding, rule in sifted.complaints)
            kept += [diagnostic for diagnostic in own if self._wanted(diagnostic, active)]
        return self._identified(source, kept, silenced, claims, tuple(crashes), facts)

    def _identified(
        self,
        source: SourceFile,
        kept: list[Diagnostic],
        silenced: tuple[Diagnostic, ...],
        claims: list[tuple[Diagnostic, Finding, Rule]],
        crashes: tuple[Crash, ...],
        facts: Facts | None,
    ) -> Linted:
        """Sort, and give fingerprints to both the kept and the silenced, counted together."""
        ordered = sorted([*kept, *silenced], key=lambda one: (one.span, one.code, one.message))
        named = list(fingerprinted(ordered, source, relative(source.path, self.settings.root)))
        by_old = {id(old): new for old, new in zip(ordered, named, strict=True)}
        return Linted(
            source.path,
            tuple(new for new in named if new.justification is None),
            tuple(new for new in named if new.justification is not None),
            crashes,
            source,
            facts,
            tuple((by_old[id(old)], finding, rule) for old, finding, rule in claims if id(old) in by_old),
        )

    def _diagnostic(self, source: SourceFile, finding: Finding, rule: Rule) -> Diagnostic:
        diagnostic = diagnose(finding, rule, self._severities())
        if source.out_of_order and rule.checks:
            return less_sure(diagnostic, "the cells were last run in another order than they stand in")
        return diagnostic

    def _severities(self) -> dict[str, Severity]:
        return {self.registry.rule(word).code: severity for word, severity in self.settings.severity}

    def _wanted(self, diagnostic: Diagnostic, active: frozenset[str]) -> bool:
        return diagnostic.code in active and trusted(diagnostic.confidence, self.settings.min_confidence)


def ask(rule: Rule, facts: Facts) -> Iterator[Finding]:
    """Everything a rule has to say about the facts of a file."""
    for fact_type, check in rule.checks:
        for fact in _FACTS[fact_type](facts):
            yield from check(fact, facts)


def relative(path: str, root: str) -> str:
    """A path counted from a root where it lies below, with forward slashes."""
    absolute = Path(path).resolve()
    try:
        return absolute.relative_to(Path(root).resolve()).as_posix()
    except ValueError:
        return Path(path).as_posix()


def lint_for(settings: Settings, ignore_noqa: bool = False) -> Lint:
    """The linter for settings, with all rules loaded and the real interpreter."""
    return Lint(settings, load_for(settings), interpreted, ignore_noqa)


def interpreted(source: SourceFile, keras: int) -> Facts | NotPython:
    """Parse and interpret. Imported late: a run without any Keras file need not pay for LibCST."""
    from lstmlint.interpreter.projects import Siblings
    from lstmlint.interpreter.run import interpret
    from lstmlint.syntax import SyntaxProblem, parse

    parsed = parse(source)
    if isinstance(parsed, SyntaxProblem):
        return NotPython(parsed.message, parsed.position)
    return interpret(parsed, keras=keras, siblings=Siblings(_sibling))


def _sibling(path: str) -> SourceFile | None:
    """A module beside the linted file, as text."""
    try:
        found = read(path, read_bytes(path))
    except OSError:
        return None
    return found if isinstance(found, SourceFile) else None


def _once(findings: Iterable[tuple[Finding, Rule]]) -> Iterator[tuple[Finding, Rule]]:
    """What a rule says of one place once: a function called with other sizes says it again with other numbers."""
    seen = set()
    for finding, rule in findings:
        key = (rule.code, finding.span)
        if key not in seen:
            seen.add(key)
            yield finding, rule


def _unreadable(problem: Unreadable) -> Finding:
    span = Span(problem.path, problem.position, problem.position)
    return Finding(span, problem.message, Confidence.HIGH, help=problem.help)


def _invalid(source: SourceFile, error: NotPython) -> Finding:
    return Finding(
        Span(source.path, error.position, error.position), f"file cannot be parsed: {error.message}", Confidence.HIGH
    )


def _broken_cells(source: SourceFile) -> Iterator[Finding]:
    for place, message in source.problems:
        note = "the other cells were read without it"
        yield Finding(
            Span(source.path, place, place), f"cell cannot be parsed: {message}", Confidence.HIGH, notes=(note,)
        )


def _crash(where: str, error: Exception) -> Crash:
    return Crash(where, f"{type(error).__name__}: {error}", traceback.format_exc())
