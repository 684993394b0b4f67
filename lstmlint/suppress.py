"""Which diagnostics a comment silences, and what is wrong with the comments themselves (LST900 to LST902)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from lstmlint.api import Confidence, Finding, Fix, Rule, Safety
from lstmlint.diagnostic import Diagnostic
from lstmlint.errors import did_you_mean
from lstmlint.registry import MISSING_REASON, OWN, UNKNOWN_CODE, UNUSED_SUPPRESSION, Registry, selects
from lstmlint.text.comments import Directive, Kind, directives
from lstmlint.text.edits import Edit
from lstmlint.text.source import Position, SourceFile, Span

_Use = tuple[Directive, str]


@dataclass(frozen=True, slots=True)
class Suppressed:
    """``kept`` in the order given; ``silenced`` with the reason of the comment in ``justification``.

    ``complaints`` are about the comments, with the rule each belongs to.
    """

    kept: tuple[Diagnostic, ...]
    silenced: tuple[Diagnostic, ...]
    complaints: tuple[tuple[Finding, Rule], ...]


def suppress(
    source: SourceFile, diagnostics: Iterable[Diagnostic], registry: Registry, active: frozenset[str]
) -> Suppressed:
    """``active`` are the codes that ran on this file: a comment about any other is not called unused."""
    comments = directives(source)
    if not comments:
        return Suppressed(tuple(diagnostics), (), ())
    kept, silenced, used = [], [], set()
    for diagnostic in diagnostics:
        use = _silencer(diagnostic, comments, registry)
        if use is None:
            kept.append(diagnostic)
            continue
        used.add(use)
        silenced.append(replace(diagnostic, justification=use[0].reason))
    complaints = _complaints(source, comments, used, registry, active)
    heard = tuple(one for one in complaints if not _silences_file(comments, one[1]))
    return Suppressed(tuple(kept), tuple(silenced), heard)


def _silences_file(comments: tuple[Directive, ...], rule: Rule) -> bool:
    """Complaints about comments are silenced for the whole file only."""
    wide = (one for one in comments if one.kind in {Kind.SKIP, Kind.FILE})
    return any(one.kind is Kind.SKIP or selects((code for code, _ in one.codes), rule) for one in wide)


def _silencer(diagnostic: Diagnostic, comments: tuple[Directive, ...], registry: Registry) -> _Use | None:
    rule = registry.find(diagnostic.code)
    for directive in comments:
        if rule is None or not _covers(directive, diagnostic.span):
            continue
        if not directive.codes and directive.kind in {Kind.NOQA, Kind.SKIP}:
            return directive, ""
        for code, _ in directive.codes:
            if selects((code,), rule):
                return directive, code
    return None


def _covers(directive: Directive, span: Span) -> bool:
    if directive.own_line and directive.kind is Kind.IGNORE:
        return directive.first <= span.start.row <= directive.last
    return directive.first <= span.end.row and span.start.row <= directive.last


def _complaints(
    source: SourceFile, comments: tuple[Directive, ...], used: set[_Use], registry: Registry, active: frozenset[str]
) -> Iterator[tuple[Finding, Rule]]:
    for directive in comments:
        if directive.kind in {Kind.IGNORE, Kind.FILE} and not directive.reason:
            yield _finding(directive.span, "suppression gives no reason", "write it after the bracket"), MISSING_REASON
        unused = []
        for code, span in directive.codes:
            if _foreign(directive, code, registry):
                continue
            if not registry.knows(code):
                yield _unknown(code, span, registry), UNKNOWN_CODE
            elif (directive, code) not in used and _ran(code, registry, active):
                unused.append(code)
        if unused:
            yield _unused(source, directive, unused), UNUSED_SUPPRESSION


def _foreign(directive: Directive, code: str, registry: Registry) -> bool:
    """A code of another linter in a ``noqa``."""
    return directive.kind is Kind.NOQA and not code.upper().startswith("LST") and not registry.knows(code)


def _ran(code: str, registry: Registry, active: frozenset[str]) -> bool:
    """Whether every rule that the code means was on: only then is it known that nothing needed it.

    A comment about lstmlint's own findings is never called unused: it may be about the comments beside it.
    """
    meant = [rule for rule in registry.rules if selects((code,), rule)]
    if any(rule in OWN for rule in meant):
        return False
    return all(rule.code in active or rule.preview for rule in meant) and any(rule.code in active for rule in meant)


def _finding(span: Span, message: str, help: str = "", fix: Fix | None = None) -> Finding:
    return Finding(span, message, Confidence.HIGH, help=help, fix=fix)


def _unknown(code: str, span: Span, registry: Registry) -> Finding:
    near = did_you_mean(code, registry.words())
    return _finding(span, f"`{code}` is no rule of lstmlint{near}", "see `lstmlint rule` for all codes and names")


def _unused(source: SourceFile, directive: Directive, unused: list[str]) -> Finding:
    names = ", ".join(f"`{code}`" for code in unused)
    help = "remove the comment" if len(unused) == len(directive.codes) else f"remove {names}"
    fix = Fix(help, Safety.SAFE, (_removal(source, directive, unused),))
    verb = "is" if len(unused) == 1 else "are"
    return _finding(directive.span, f"comment is not needed: {names} {verb} not reported here", help, fix)


def _removal(source: SourceFile, directive: Directive, unused: list[str]) -> Edit:
    left = [code for code, _ in directive.codes if code not in unused]
    if left:
        first, last = directive.codes[0][1], directive.codes[-1][1]
        return Edit(Span(first.path, first.start, last.end), ", ".join(left))
    row, whole = directive.span.start.row, directive.span == directive.comment
    if not whole and directive.span.end != directive.comment.end:
        return Edit(directive.span, "")
    if whole and directive.own_line:
        return Edit(Span(source.path, Position(row, 1), Position(row + 1, 1)), "")
    code = source.line(row)[: directive.span.start.column - 1].rstrip()
    return Edit(Span(source.path, Position(row, len(code) + 1), directive.span.end), "")
