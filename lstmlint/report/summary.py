"""The closing lines: how many problems, how many fixable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lstmlint.diagnostic import SEVERITIES
from lstmlint.report.line import Line, plain
from lstmlint.run import Outcome


def render(outcome: Outcome) -> Iterator[Line]:
    if not outcome.diagnostics and not outcome.fixed:
        yield (("All checks passed!", "green"),)
        return
    yield plain(_found(outcome))
    yield from _fixable(outcome)


def _found(outcome: Outcome) -> str:
    remaining = len(outcome.diagnostics)
    total = remaining + outcome.fixed
    if outcome.fixed:
        return f"Found {counted(total, 'problem')} ({outcome.fixed} fixed, {remaining} remaining)."
    severities = Counter(diagnostic.severity for diagnostic in outcome.diagnostics)
    parts = [
        _severity(severity.value, severities[severity]) for severity in reversed(SEVERITIES) if severities[severity]
    ]
    return f"Found {counted(total, 'problem')} ({', '.join(parts)})."


def _severity(word: str, count: int) -> str:
    return f"{count} info" if word == "info" else counted(count, word)


def counted(count: int, word: str, plural: str = "") -> str:
    return f"{count} {word if count == 1 else plural or f'{word}s'}"


def _fixable(outcome: Outcome) -> Iterator[Line]:
    now = sum(diagnostic.fixable(outcome.unsafe_fixes) for diagnostic in outcome.diagnostics)
    hidden = sum(diagnostic.fixable(True) for diagnostic in outcome.diagnostics) - now
    fixes = f"{hidden} hidden {'fix' if hidden == 1 else 'fixes'} can be enabled with `--unsafe-fixes`"
    if now:
        flags = "--fix --unsafe-fixes" if outcome.unsafe_fixes else "--fix"
        yield (("[*]", "cyan"), (f" {now} fixable with `{flags}`{f' ({fixes})' if hidden else ''}.", ""))
    elif hidden:
        yield plain(f"No fixes available ({fixes}).")
