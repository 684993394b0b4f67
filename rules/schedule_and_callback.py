"""A callback that sets the learning rate of an optimizer whose rate is a schedule: Keras refuses to set it."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Compile,
    Confidence,
    Const,
    Facts,
    Finding,
    Label,
    Reference,
    Rule,
    Run,
    Sequence,
    Severity,
    Value,
    dim_of,
    is_none,
)

rule = Rule(
    code="LST125",
    name="schedule-and-callback",
    severity=Severity.ERROR,
    since="0.1.0",
    keras=frozenset({3}),
    untestable="no experiment watches the learning rate",
)

SCHEDULES = "keras.optimizers.schedules."
#: What sets the rate before each epoch.
ALWAYS = "keras.callbacks.LearningRateScheduler"
#: What sets it once the loss does not get better.
LATER = "keras.callbacks.ReduceLROnPlateau"


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    compiled = run.model.compiled
    optimizer = compiled.arguments.get("optimizer") if isinstance(compiled, Compile) else None
    if run.method != "fit" or not isinstance(optimizer, Reference):
        return
    schedule = optimizer.fields.get("learning_rate")
    if not optimizer.kind.startswith("keras.optimizers.") or not is_schedule(schedule):
        return
    for callback in callbacks_of(run):
        if callback.kind == ALWAYS or (callback.kind == LATER and may_act(callback, run)):
            yield finding(callback, schedule, run, facts)


def is_schedule(value: Value | None) -> bool:
    if not isinstance(value, Reference):
        return False
    bases = getattr(value.type, "bases", ()) if value.kind == "object" else ()
    return value.kind.startswith(SCHEDULES) or any(getattr(one, "name", "").startswith(SCHEDULES) for one in bases)


def callbacks_of(run: Run) -> Iterator[Reference]:
    given = run.arguments.get("callbacks")
    items = (given.items or ()) if isinstance(given, Sequence) else (given,)
    return (item for item in items if isinstance(item, Reference))


def may_act(callback: Reference, run: Run) -> bool:
    """Whether there are epochs enough to wait for, and the figure that is watched."""
    patience, monitor = dim_of(callback.fields.get("patience")), callback.fields.get("monitor")
    if patience is None or run.epochs is None or not isinstance(monitor, Const):
        return False
    checked = not is_none(run.arguments.get("validation_data", Const(None))) or run.validation_split not in (0, None)
    seen = checked or not str(monitor.value).startswith("val_")
    # The first epoch is the best so far, whatever its loss.
    return seen and run.epochs.known and patience.known and run.epochs.constant > max(patience.constant, 1)


def finding(callback: Reference, schedule: Value | None, run: Run, facts: Facts) -> Finding:
    name = callback.kind.rpartition(".")[2]
    when = "before the first epoch" if callback.kind == ALWAYS else "as soon as the loss stays where it is"
    kind = schedule.kind if isinstance(schedule, Reference) else ""
    rate = f"`{kind.rpartition('.')[2]}`" if kind.startswith(SCHEDULES) else "a schedule of your own"
    made = [one.made.span for one in (callback, schedule) if isinstance(one, Reference) and one.made is not None]
    place = made[0] if callback.made and made[0].path == facts.source.path else run.call.span
    labels = [Label(span, "sets the rate at each batch") for span in made[1:] if span.path == facts.source.path]
    if place is not run.call.span:
        labels.append(Label(run.call.span, "TypeError"))
    return Finding(
        place,
        f"`{name}` sets the learning rate {when}, and the optimizer has {rate} for it, which cannot be set: Keras "
        "raises TypeError there",
        Confidence.HIGH,
        label="sets the rate as well",
        help="give the optimizer a number as `learning_rate` and keep the callback, or keep the schedule alone",
        labels=tuple(labels),
    )
