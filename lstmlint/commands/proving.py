"""``--fix --verify``: an unsafe fix is made only where the finding is confirmed, and refuted of the fixed program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lstmlint.api import Experiment, Facts, Finding, Model, Rule, Run, Safety, Tagged
from lstmlint.commands.verifying import Verifier
from lstmlint.diagnostic import Diagnostic
from lstmlint.discover import Target
from lstmlint.engine import Lint, Linted, lint_for
from lstmlint.text.edits import apply
from lstmlint.text.source import SourceFile


@dataclass(frozen=True, slots=True)
class Prover:
    """Decides about each fix; safe ones need no proof, since today's program raises."""

    verifier: Verifier
    lints: dict[str, Lint]

    def choose(self, diagnostic: Diagnostic, source: SourceFile) -> bool:
        """Whether a fix may be applied. A notebook's fixes are not put to the test."""
        if diagnostic.fix is None or diagnostic.fix.safety is Safety.SAFE:
            return diagnostic.fix is not None
        lint = self.lints.get(source.path)
        if lint is None or source.is_notebook:
            return False
        before = lint.file(source.path, source.text.encode(), True)
        claim = _claim(before, diagnostic)
        if claim is None or before.facts is None or self._verdict(*claim, before.facts) != "confirmed":
            return False
        after = lint.file(source.path, _fixed(diagnostic, source).encode(), True)
        if after.facts is None or _said(claim[1], after) >= _said(claim[1], before):
            return False
        same = transferred(claim[0], before.facts, after.facts)
        return same is not None and self._verdict(same, claim[1], after.facts) == "refuted"

    def _verdict(self, finding: Finding, rule: Rule, facts: Facts) -> str:
        (verdict,) = self.verifier.verdicts([(finding, rule, facts)])
        return verdict.verdict if verdict is not None else ""


def prover(verifier: Verifier, targets: Sequence[Target], ignore_noqa: bool) -> Prover:
    return Prover(verifier, {target.path: lint_for(target.settings, ignore_noqa) for target in targets})


def _claim(linted: Linted, diagnostic: Diagnostic) -> tuple[Finding, Rule] | None:
    for one, finding, rule in linted.claims:
        if one.fingerprint == diagnostic.fingerprint and one.code == diagnostic.code and finding.experiment is not None:
            return finding, rule
    return None


def _said(rule: Rule, linted: Linted) -> int:
    """How often a rule speaks."""
    return sum(by.code == rule.code for _, _, by in linted.claims)


def _fixed(diagnostic: Diagnostic, source: SourceFile) -> str:
    edits = diagnostic.fix.edits if diagnostic.fix else ()
    ranges = [(source.offset(edit.span.start), source.offset(edit.span.end), edit.content) for edit in edits]
    return apply(source.text, ranges)


def transferred(finding: Finding, before: Facts, after: Facts) -> Finding | None:
    """The same claim about the same model of a changed program, told by their order; None where it is not there.

    Where values land is told without a model: a program of which the rule is silent sends them the cured way.
    """
    experiment = finding.experiment
    if isinstance(experiment, Tagged):
        return replace(finding, experiment=replace(experiment, written=experiment.cured))
    if not isinstance(experiment, Experiment):
        return None
    model, run = _model(experiment.model, before, after), None
    if experiment.run is not None:
        run = _run(experiment.run, before, after)
        model = run.model if run is not None else None
    if model is None:
        return None
    # The cures are edits of the program as it was, and the floor was that of its own data.
    return replace(finding, experiment=replace(experiment, model=model, run=run, cures=(), floor=None))


def _model(model: Model, before: Facts, after: Facts) -> Model | None:
    number = next((n for n, one in enumerate(before.models) if one.identity == model.identity), len(after.models))
    return after.models[number] if number < len(after.models) else None


def _run(run: Run, before: Facts, after: Facts) -> Run | None:
    alike = [one for one in before.runs if one.method == run.method]
    others = [one for one in after.runs if one.method == run.method]
    number = next((n for n, one in enumerate(alike) if one.call.span == run.call.span), len(others))
    return others[number] if number < len(others) else None
