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
    Layer,
    Loop,
    Rule,
    Run,
    Severity,
    ancestors,
    bound_inside,
    labels_in,
    layers_kept,
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
ANEW = ("set_weights", "load_weights", "clone_model", "from_config", "load_model", "copy", "deepcopy")
#: What a turn begins with that is to begin from new weights.
BEGINS = ("set_random_seed", "random.set_seed", "clear_session")


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    if not run.trains or run.conditional or run.call.span.path != facts.source.path:
        return
    if not any(call.name.rpartition(".")[2] in ANEW for call in facts.calls):
        yield from islice((one for loop in run.loops for one in found_in(loop, run, facts)), 1)


def found_in(loop: Loop, run: Run, facts: Facts) -> Iterator[Finding]:
    """What a loop over folds, or one whose turns are to begin anew, does not make anew."""
    by_fold = folds(loop)
    anew = bound_inside(facts, run.model, loop)
    kept = layers_kept(run.model, loop, facts) if anew and (by_fold or begins_anew(loop, facts)) else ()
    tests = [one for one in facts.runs_of(run.model) if not one.trains and one.call.span in loop.span]
    tested = bool(tests) or run.validation_data is not None
    if (by_fold and tested and (kept or not anew)) or (kept and not by_fold and run.turn == 1):
        yield finding(run, tests[0] if tests else run, loop, facts, kept)


def begins_anew(loop: Loop, facts: Facts) -> bool:
    """Whether each turn of a loop sets the seed of random numbers, or clears the session."""
    calls = (call for call in facts.calls if call.name.endswith(BEGINS) and not call.conditional)
    return any(call.call.span in loop.span for call in calls)


def folds(loop: Loop) -> bool:
    """Whether a loop runs over the folds of a splitter, counted or not."""
    steps = (getattr(one, "made", None) for one in islice(ancestors(loop.over), 8)) if loop.over is not None else ()
    names = [made.operation for made in steps if made is not None]
    return any(name.startswith(FOLDS) and name.endswith(".split") and IN_ORDER not in name for name in names)


def finding(run: Run, test: Run, loop: Loop, facts: Facts, kept: tuple[Layer, ...]) -> Finding:
    made = kept[0].call.span if kept and kept[0].call is not None else run.model.span
    labels = labels_in(facts.source.path, [(made, "made once")])
    compiled = run.model.compiled
    if isinstance(compiled, Compile) and compiled.call.span in loop.span:
        labels = (*labels, Label(compiled.call.span, "keeps the weights"))
    if test is not run:
        seen = "tests on rows of earlier folds' training" if folds(loop) else "tests what all turns so far have learned"
        labels = (*labels, Label(test.call.span, seen))
    return Finding(
        run.call.span,
        message(loop, kept),
        Confidence.HIGH,
        label="trains the same layers on" if kept else "trains the same model on",
        help=f"make {'the layers' if kept else 'and compile the model'} inside the loop, "
        f"once for each {'fold' if folds(loop) else 'turn'}",
        labels=labels,
    )


def message(loop: Loop, kept: tuple[Layer, ...]) -> str:
    if not folds(loop):
        return (
            "each turn makes a model of the same layer objects, which keep what they have learned: no seed or cleared "
            "session takes that from them, and from the second turn on the model does not begin from new weights"
        )
    what = (
        "each fold makes a model of the same layer objects, which keep what they have learned"
        if kept
        else "one model goes through all folds and is never made anew"
    )
    return f"{what}: from the second fold on it is tested on rows that it was trained on in the first"
