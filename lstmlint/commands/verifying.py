"""``--verify``: the surviving findings are put to their experiments, in one worker process."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lstmlint.api import Facts, Finding, Rule, Severity
from lstmlint.diagnostic import Diagnostic
from lstmlint.engine import Linted
from lstmlint.errors import UsageError
from lstmlint.settings import VerifySettings

if TYPE_CHECKING:
    from lstmlint.verify.client import Worker
    from lstmlint.verify.judge import Event, Verdict

#: Each program is trained with this many seeds.
SEEDS = 2


@dataclass(frozen=True, slots=True)
class Verifier:
    """A worker that was started early, so that TensorFlow is imported while linting goes on."""

    worker: Worker
    settings: VerifySettings
    quiet: bool = False

    def verified(self, linted: Sequence[Linted]) -> list[Linted]:
        """The results with verdicts; refuted findings drop to info. Raises UsageError where TensorFlow is missing."""
        claims = [claim for one in linted for claim in _claims(one)]
        verdicts = self.verdicts([(finding, rule, facts) for _, finding, rule, facts in claims])
        by_old = {id(old): _judged(old, verdict) for (old, *_), verdict in zip(claims, verdicts, strict=True)}
        return [replace(one, diagnostics=tuple(by_old.get(id(d), d) for d in one.diagnostics)) for one in linted]

    def verdicts(self, findings: Sequence[tuple[Finding, Rule, Facts]]) -> Sequence[Verdict | None]:
        """One for each finding, None where it has no experiment."""
        from lstmlint.verify.client import VerifierUnavailable
        from lstmlint.verify.judge import verify_findings

        try:
            with _heard(self.quiet) as progress:
                return verify_findings(
                    findings,
                    seeds=SEEDS,
                    first_seed=self.settings.seed,
                    timeout=self.settings.timeout,
                    progress=progress,
                    worker=self.worker,
                )
        except VerifierUnavailable as error:
            raise UsageError(f"cannot verify: {error}") from None


_Claim = tuple[Diagnostic, Finding, Rule, Facts]


def _claims(linted: Linted) -> Iterable[_Claim]:
    """The findings of a file that are still reported and have an experiment."""
    kept = {id(diagnostic) for diagnostic in linted.diagnostics}
    for diagnostic, finding, rule in linted.claims:
        if id(diagnostic) in kept and finding.experiment is not None and linted.facts is not None:
            yield diagnostic, finding, rule, linted.facts


def _judged(diagnostic: Diagnostic, verdict: Verdict | None) -> Diagnostic:
    if verdict is not None and verdict.verdict == "refuted":
        return replace(diagnostic, verdict=verdict, severity=Severity.INFO)
    return replace(diagnostic, verdict=verdict)


def start_verifier(settings: VerifySettings, quiet: bool) -> Verifier:
    from lstmlint.verify.client import Worker

    worker = Worker()
    worker.start()
    return Verifier(worker, settings, quiet)


@contextmanager
def _heard(quiet: bool) -> Iterator[Callable[[Event], None] | None]:
    """Someone to tell of progress, where a person looks on."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    # rich is slow to import, and shown to people only.
    from rich.console import Console

    from lstmlint.report.progress import Progress

    with Progress(Console(stderr=True)) as progress:
        yield progress.hear
