"""How often the verifier is wrong: ``python -m tests.verify.forced [FOLDER | CODE ...]`` prints a table of verdicts.

Real findings are put to their experiments, which should confirm them, and the same claims are forced on programs that
do not make the mistake, where none may be confirmed: the good fixtures of each rule, or in a folder of pairs
``NAME_good.py`` beside ``NAME_bad.py``. Where values land, and what Keras has, is asked without a program: there the
claim is forced on what the cure does, and on the name that took the place of the old one.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from lstmlint.api import Change, Cure, Experiment, Facts, Finding, Lookup, Model, Rule, Run, Tagged
from lstmlint.verify.client import Worker
from lstmlint.verify.judge import verify_findings
from lstmlint.verify.schema import OF_FUNCTIONS
from lstmlint.verify.verdict import Verdict
from tests.rules.fixtures import Fixture, fixtures, folder, lint, rules

#: Runs of a good program that a claim is forced on.
_MOST_RUNS = 3
Asked = tuple[Finding, Rule, Facts]


@dataclass(frozen=True, slots=True)
class Case:
    """One claim about one program: of a finding made there, or ``forced`` on it."""

    place: str
    asked: Asked
    forced: bool


def real(place: str, text: str, keras: int = 3, rule: Rule | None = None) -> Iterator[Case]:
    """The findings of a program that have an experiment, of one rule or of all."""
    linted = lint(text, keras, Path(place).name, rule)
    for one, finding, by in linted.claims:
        if linted.facts is not None and finding.experiment is not None and (rule is None or by.code == rule.code):
            yield Case(f"{place}:{one.span.start.row}", (finding, by, linted.facts), forced=False)


def forced(claims: Iterable[Case], place: str, text: str, keras: int = 3) -> Iterator[Case]:
    """The same claims about the models and runs of another program, as far as it has such."""
    facts = lint(text, keras, Path(place).name).facts
    said = set[object]()
    for claim in claims:
        finding, rule, _ = claim.asked
        experiment = finding.experiment
        if not isinstance(experiment, Experiment) or facts is None or experiment.probe in OF_FUNCTIONS:
            continue  # asked without the program, or of a function: see test_own_functions.py
        for run, model in _subjects(experiment, facts):
            key = (experiment.claim, experiment.probe, experiment.task, run.call.span if run else model.identity)
            if key not in said:
                said.add(key)
                moved = replace(experiment, model=model, run=run, floor=None, cures=_cures(experiment, model))
                row = (run.call.span if run else model.span).start.row
                yield Case(f"{place}:{row}", (replace(finding, experiment=moved), rule, facts), forced=True)


def corrected(claims: Iterable[Case]) -> Iterator[Case]:
    """The claims that are asked without a program, of what makes no mistake."""
    said = set[object]()
    for claim in claims:
        finding, rule, facts = claim.asked
        right = _right(finding.experiment) if isinstance(finding.experiment, Tagged | Lookup) else None
        if right is not None and right not in said:
            said.add(right)
            yield Case(claim.place, (replace(finding, experiment=right), rule, facts), forced=True)


def _right(experiment: Tagged | Lookup) -> Tagged | Lookup | None:
    """The same question of what makes no mistake; None where no name took the place of the old one."""
    match experiment:
        case Tagged(cured=cured):
            return replace(experiment, written=cured)
        case Lookup(instead=""):
            return None
        case Lookup(argument="", instead=name):
            return Lookup(name, instead=name)
        case Lookup(name=name, instead=argument):
            return Lookup(name, argument, argument)


def _subjects(experiment: Experiment, facts: Facts) -> Iterator[tuple[Run | None, Model]]:
    if experiment.run is None:
        yield from ((None, model) for model in facts.models[:_MOST_RUNS])
        return
    alike = [run for run in facts.runs if run.method == experiment.run.method]
    yield from ((run, run.model) for run in alike[:_MOST_RUNS])


def _cures(experiment: Experiment, model: Model) -> tuple[Cure, ...]:
    """The cures that make sense of another model: those whose layer has a counterpart there."""
    moved = [(cure, [_moved(change, experiment, model) for change in cure.changes]) for cure in experiment.cures]
    return tuple(
        replace(cure, changes=tuple(change for change in changes if change is not None))
        for cure, changes in moved
        if None not in changes
    )


def _moved(change: Change, experiment: Experiment, model: Model) -> Change | None:
    if change.target is None:
        return change
    places = [layer.call.span if layer.call else None for layer in experiment.model.layers]
    index = places.index(change.target) if change.target in places else len(model.layers)
    layer = model.layers[index] if index < len(model.layers) else None
    if layer is None or layer.call is None or layer.core.kind != experiment.model.layers[index].core.kind:
        return None
    return replace(change, target=layer.call.span)


def of_fixtures(rule: Rule) -> Iterator[Case]:
    """The findings of a rule's bad fixtures, and each kind of claim among them on its good ones."""
    own = [one for one in (*fixtures("bad"), *fixtures("good")) if one.path.parent == folder(rule)]
    found = [case for one in own if one.is_bad for case in real(one.name, one.text, one.keras, rule)]
    yield from (*found, *corrected(found))
    for one in own:
        if not one.is_bad:
            yield from _forced_on(found, one)


def _forced_on(found: Iterable[Case], good: Fixture) -> Iterator[Case]:
    return forced(found, good.name, good.text, good.keras)


def of_pairs(pairs: Path) -> Iterator[Case]:
    for path in sorted(pairs.glob("*_bad.py")):
        twin = path.with_name(path.name.replace("_bad.py", "_good.py"))
        found = list(real(path.name, path.read_text(encoding="utf-8")))
        yield from (*found, *corrected(found))
        if twin.exists():
            yield from forced(found, twin.name, twin.read_text(encoding="utf-8"))


def verdicts(cases: list[Case], worker: Worker, seeds: int = 2) -> Iterator[tuple[Case, Verdict]]:
    found = verify_findings([case.asked for case in cases], worker=worker, seeds=seeds)
    return ((case, verdict) for case, verdict in zip(cases, found, strict=True) if verdict is not None)


def table(judged: Iterable[tuple[Case, Verdict]]) -> Iterator[str]:
    counts = dict[tuple[str, bool], Counter[str]]()
    for case, verdict in judged:
        for code in (case.asked[1].code, "all"):
            counts.setdefault((code, case.forced), Counter())[verdict.verdict] += 1
    yield f"{'':8}{'real: confirmed refuted inconclusive':40}forced: confirmed refuted inconclusive"
    for code in sorted({code for code, _ in counts}):
        cells = [counts.get((code, forced), Counter()) for forced in (False, True)]
        texts = [f"{c['confirmed']:14} {c['refuted']:8} {c['inconclusive']:8}" for c in cells]
        yield f"{code:8}{texts[0]:40}{texts[1]}"


def main(arguments: list[str]) -> None:
    folders = [Path(one) for one in arguments if Path(one).is_dir()]
    codes = {one for one in arguments if one not in map(str, folders)}
    cases = [case for one in folders for case in of_pairs(one)]
    cases += [case for rule in rules() for case in of_fixtures(rule) if not folders or codes]
    cases = [case for case in cases if not codes or case.asked[1].code in codes]
    with Worker() as worker:
        judged = list(verdicts(cases, worker))
    for case, verdict in judged:
        if verdict.verdict != ("refuted" if case.forced else "confirmed"):
            kind = "forced" if case.forced else "real"
            print(f"{verdict.verdict} {kind} {case.asked[1].code} {case.place}: {verdict.claim}: {verdict.reason}")
    print("\n".join(table(judged)))


if __name__ == "__main__":
    main(sys.argv[1:])
