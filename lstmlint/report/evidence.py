"""What an experiment showed, in the lines that the verifier gives it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lstmlint.diagnostic import Diagnostic
from lstmlint.report.line import Line
from lstmlint.run import Outcome

if TYPE_CHECKING:
    from lstmlint.verify.verdict import Verdict

VERDICT_STYLE = {"confirmed": "bold green", "refuted": "bold yellow", "inconclusive": "bold magenta"}


def verdict_lines(diagnostic: Diagnostic, indent: str = "") -> Iterator[Line]:
    """The verdict with seconds, then the numbers; nothing where no experiment was made."""
    if diagnostic.verdict is None:
        return
    # The verifier's own modules are needed only where it has run.
    from lstmlint.verify.evidence import evidence_lines

    verdict = diagnostic.verdict
    first, *rest = evidence_lines(verdict)
    reason = first.removeprefix(verdict.verdict)
    seconds = f"  ({verdict.seconds:.1f} s)" if verdict.seconds else ""
    yield ((verdict.verdict, VERDICT_STYLE.get(verdict.verdict, "")), (reason, ""), (seconds, "dim"))
    yield from (((indent + line, ""),) for line in rest)


def verdict_sentence(verdict: Verdict) -> str:
    """``confirmed by training: 0.499 as written (floor 0.462), 0.103 cured``, the worst seed of each; the reason where
    nothing was trained."""
    if not verdict.as_written or not verdict.cured or verdict.floor is None:
        return f"{verdict.verdict}: {verdict.reason}"
    written, cured = max(verdict.as_written), max(verdict.cured)
    return f"{verdict.verdict} by training: {written:.3f} as written (floor {verdict.floor:.3f}), {cured:.3f} cured"


def render(outcome: Outcome) -> Iterator[Line]:
    """``lstmlint verify``: each finding that can be put to an experiment, with its evidence."""
    tried = [diagnostic for diagnostic in outcome.diagnostics if diagnostic.verdict is not None]
    for diagnostic in tried:
        row = outcome.sources.start(diagnostic.span)
        yield ((diagnostic.code, "bold"), (f" {diagnostic.path}:{row}  {diagnostic.message}", ""))
        yield from (((" " * 2, ""), *line) for line in verdict_lines(diagnostic))
        yield ()
    yield from _untried(outcome)
    yield ((counts(outcome), "bold"),)


def counts(outcome: Outcome) -> str:
    """``2 confirmed, 1 inconclusive, 1 not testable by training.``"""
    if not outcome.diagnostics:
        return "Nothing found that could be verified."
    words = Counter(one.verdict.verdict if one.verdict else "not testable by training" for one in outcome.diagnostics)
    order = (*VERDICT_STYLE, "not testable by training")
    return f"{', '.join(f'{words[word]} {word}' for word in order if words[word])}."


def _untried(outcome: Outcome) -> Iterator[Line]:
    """Findings that no training can decide are named, so that nobody thinks they were tested."""
    for diagnostic in outcome.diagnostics:
        if diagnostic.verdict is None:
            place = outcome.sources.start(diagnostic.span)
            reason = f": {diagnostic.untestable}" if diagnostic.untestable else ""
            yield ((f"{diagnostic.code} {diagnostic.path}:{place}  not testable by training{reason}", "dim"),)
