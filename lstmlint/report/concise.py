"""``concise``: one line for each problem."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.diagnostic import Diagnostic
from lstmlint.report.line import SEVERITY_STYLE, Line
from lstmlint.run import Outcome
from lstmlint.text.sources import Sources


def render(outcome: Outcome) -> Iterator[Line]:
    for diagnostic in outcome.diagnostics:
        yield concise_line(diagnostic, outcome.sources, outcome.unsafe_fixes)


def concise_line(diagnostic: Diagnostic, sources: Sources, unsafe: bool) -> Line:
    place = sources.start(diagnostic.span)
    star = (("[*]", "cyan"), (" ", "")) if diagnostic.fixable(unsafe) else ()
    return (
        (diagnostic.path, "bold"),
        (f":{place}: ", "dim"),
        (diagnostic.code, SEVERITY_STYLE[diagnostic.severity.value]),
        (" ", ""),
        *star,
        (diagnostic.message, ""),
        *verdict_piece(diagnostic),
    )


def verdict_piece(diagnostic: Diagnostic) -> tuple[tuple[str, str], ...]:
    """`` [confirmed]`` where an experiment was made."""
    verdict = diagnostic.verdict
    return () if verdict is None else ((f" [{verdict.verdict}]", "magenta"),)
