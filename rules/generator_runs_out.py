"""A generator that goes over the data once, and several epochs that are to be trained or validated on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.api import (
    Confidence,
    Const,
    Dim,
    Facts,
    Finding,
    Reference,
    Rule,
    Run,
    Severity,
    Value,
    dim_of,
    labels_in,
    least,
    same,
)

rule = Rule(
    code="LST344",
    name="generator-runs-out",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="the verifier plans no generators",
)
#: What tells how many batches to take from the data in an epoch, by the argument that holds them.
STEPS = {"x": ("steps_per_epoch", "samples_per_epoch"), "validation_data": ("validation_steps", "nb_val_samples")}
#: What changes how many epochs there are, or which of them validate.
OTHERWISE = ("initial_epoch", "validation_freq")
#: Keras 3 keeps as many batches from the beginning of a generator, and gives them again in each epoch.
KEPT = 2


@dataclass(frozen=True, slots=True)
class Short:
    """A generator that gives no more than ``most`` batches, where each of several epochs takes ``steps``."""

    data: Reference
    argument: str
    most: Dim | None
    steps: Dim | None


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    if run.method not in ("fit", "fit_generator") or run.call.has_star or run.turn > 1 or run.conditional:
        return
    several = run.epochs is not None and least(run.epochs) >= 2
    if not several or run.call.span.path != facts.source.path or any(map(run.call.keyword, OTHERWISE)):
        return
    for argument in STEPS:
        found = short(run, argument)
        if found is not None:
            yield finding(run, found, facts)
            return


def short(run: Run, argument: str) -> Short | None:
    data = run.arguments.get(argument)
    if not isinstance(data, Reference) or data.kind != "generator" or data.fields.get("ends") is not True:
        return None
    most, given = data.fields.get("most"), [one for name in STEPS[argument] if (one := told(run, name)) is not None]
    if most is not None and most.value is not None and most.value <= KEPT:
        return None
    steps = dim_of(given[0]) if given else None
    enough = bool(given) and not asks_more(steps, run.epochs, most)
    return None if enough else Short(data, argument, most, steps)


def told(run: Run, name: str) -> Value | None:
    value = run.arguments.get(name, Const(None))
    written = run.call.keyword(name) is not None
    return value if written or not (isinstance(value, Const) and value.value is None) else None


def asks_more(steps: Dim | None, epochs: Dim | None, most: Dim | None) -> bool:
    """Whether all epochs together certainly ask for more batches than there are."""
    if steps is None or epochs is None or most is None:
        return False
    return same(steps, most) or least(steps * epochs - most) > 0


def finding(run: Run, found: Short, facts: Facts) -> Finding:
    does = "trains" if found.argument == "x" else "validates"
    known = found.most is not None and found.most.known
    count = f" after at most {found.most} batches" if known else " after one pass over its data"
    steps = f" of {found.steps} batches" if found.steps is not None and found.steps.known else ""
    epochs = f"{run.epochs} epochs" if run.epochs is not None and run.epochs.known else "several epochs"
    made = found.data.made
    site = run.call.keyword(found.argument) or (run.call.positional(0) if found.argument == "x" else None)
    return Finding(
        site.span if site is not None else run.call.span,
        f"the generator ends{count}, and `{run.method}` {does} for {epochs}{steps}: a generator cannot be begun anew, "
        f"and once it has run out Keras {does} on its first {KEPT} batches alone, or on nothing",
        Confidence.HIGH,
        label="runs out",
        help="let the generator go over the data again and again (`while True:` around its loop) and give "
        f"`{STEPS[found.argument][0]}=`, or make a `keras.utils.PyDataset` of it",
        labels=labels_in(facts.source.path, [(made.span if made is not None else None, "ends after one pass")]),
    )
