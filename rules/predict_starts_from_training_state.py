"""A stateful model answers the data that it was trained on, starting from the state that training left."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Claim,
    Confidence,
    Edit,
    Experiment,
    Facts,
    Finding,
    Fix,
    Label,
    Reset,
    Rule,
    Run,
    Safety,
    Severity,
    Span,
    drawn_apart,
    passes,
    receiver_text,
    resets_that_may,
    single_x,
    stateful_layers,
    statement,
    unseen_callbacks,
)

rule = Rule(code="LST213", name="predict-starts-from-training-state", severity=Severity.WARNING, since="0.1.0")

ASKS = frozenset({"predict", "evaluate"})


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    x = single_x(run)
    if run.method not in ASKS or not stateful_layers(run.model) or x is None or run.loops:
        return
    last = last_before(run, facts)
    if not isinstance(last, Run) or last.conditional or (last.trains and not quiet(last, facts)):
        return
    # Data that follow the others may well go on from their state; the same data, or those of another series, do not.
    before = single_x(last)
    if before is not None and (before is x or (last.trains and another_series(before, x, run, facts))):
        yield finding(run, last, facts, before is x)


def another_series(before: Array, x: Array, run: Run, facts: Facts) -> bool:
    """Whether the data belong to another series, in a program that resets states elsewhere, so that it cares."""
    return drawn_apart(before, x) and any(True for _ in resets_that_may(facts, run.model))


def last_before(run: Run, facts: Facts) -> Run | Reset | None:
    """What touched the state last; None where the program never resets it, which stateful-never-reset tells."""
    resets = tuple(resets_that_may(facts, run.model))
    events: list[Run | Reset] = [*facts.runs_of(run.model), *resets]
    passes_alone = any(one.trains and passes(one, facts) is not None for one in facts.runs_of(run.model))
    before = [event for event in events if event.order < run.order]
    return None if passes_alone and not resets else max(before, key=lambda event: event.order, default=None)


def quiet(run: Run, facts: Facts) -> bool:
    """Whether no callback resets while a fit ends."""
    hooks = [reset.hook for reset in resets_that_may(facts, run.model)]
    return not unseen_callbacks(run) and not any(hook in ("on_epoch_end", "on_train_end") for hook in hooks)


def finding(run: Run, last: Run, facts: Facts, again: bool) -> Finding:
    name = receiver_text(run.call.callee_text)
    text = f"{name}.reset_states()" if facts.keras == 2 else f"{name}.layers[0].reset_states()"
    indent = statement(facts.source, last.call.span)
    layer = stateful_layers(run.model)[0]
    data = (
        "data of another series" if not again else "the training data again" if last.trains else "the same data again"
    )
    edits: tuple[Edit, ...] = ()
    if indent is not None and run.model.kind == "sequential" and run.model.layers[:1] == (layer,) and alone(run):
        edits = (Edit(Span(last.call.span.path, last.call.span.end, last.call.span.end), f"\n{indent}{text}"),)
    return Finding(
        run.call.span,
        f"`{run.method}` goes through {data}, but the state of `{layer.core.kind}` stands where `{last.method}` left "
        f"it, at the end of {'them' if again else 'those before'}",
        Confidence.HIGH,
        label="starts from the end of training" if last.trains else f"starts from where `{last.method}` ended",
        help=f"reset before it: `{text}`",
        labels=(Label(last.call.span, "leaves its state behind"),),
        fix=Fix("reset the state first", Safety.UNSAFE, edits) if edits else None,
        experiment=Experiment(Claim.STATE_MATTERS, run.model, run, probe="start"),
    )


def alone(run: Run) -> bool:
    return len(stateful_layers(run.model)) == 1
