"""One model is trained on every fold of a cross-validation, so that it has seen what it is tested on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lstmlint.api import (
    Compile,
    Confidence,
    Facts,
    Finding,
    Label,
    Loop,
    Rule,
    Run,
    Severity,
    ancestors,
    bound_inside,
)

rule = Rule(
    code="LST318",
    name="model-reused-across-folds",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="a model that has seen the test rows looks better, not worse",
)

FOLDS = "sklearn.model_selection."
#: Trains on earlier rows only: what one model has seen is never tested later.
IN_ORDER = "TimeSeriesSplit"
#: What puts a model back to where it started, or may.
ANEW = ("set_weights", "load_weights", "clone_model", "from_config", "load_model")


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    loop = next((one for one in run.loops if folds(one)), None)
    if not run.trains or loop is None or run.conditional or bound_inside(facts, run.model, loop):
        return
    if any(call.name.rpartition(".")[2] in ANEW for call in facts.calls) or run.call.span.path != facts.source.path:
        return
    tests = [one for one in facts.runs_of(run.model) if not one.trains and one.call.span in loop.span]
    if tests or run.validation_data is not None:
        yield finding(run, tests[0] if tests else run, loop, facts)


def folds(loop: Loop) -> bool:
    """Whether a loop runs over the folds of a splitter, counted or not."""
    steps = (getattr(one, "made", None) for one in islice(ancestors(loop.over), 8)) if loop.over is not None else ()
    names = [made.operation for made in steps if made is not None]
    return any(name.startswith(FOLDS) and name.endswith(".split") and IN_ORDER not in name for name in names)


def finding(run: Run, test: Run, loop: Loop, facts: Facts) -> Finding:
    made = run.model.span
    labels = [Label(made, "made once")] if made is not None and made.path == facts.source.path else []
    compiled = run.model.compiled
    if isinstance(compiled, Compile) and compiled.call.span in loop.span:
        labels.append(Label(compiled.call.span, "keeps the weights"))
    if test is not run:
        labels.append(Label(test.call.span, "tests on rows of earlier folds' training"))
    return Finding(
        run.call.span,
        "one model goes through all folds and is never made anew: from the second fold on it is tested on rows that it "
        "was trained on in the first",
        Confidence.HIGH,
        label="trains the same model on",
        help="make and compile the model inside the loop, once for each fold",
        labels=tuple(labels),
    )
