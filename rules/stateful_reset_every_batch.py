"""The state of a stateful model is reset after every batch, so it is never used."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    BATCH_HOOKS,
    Change,
    Claim,
    Confidence,
    Cure,
    Experiment,
    Facts,
    Finding,
    Label,
    Reset,
    Rule,
    Run,
    Severity,
    called_here,
    one_batch,
    stateful_layers,
    trained_by_hand,
)

rule = Rule(code="LST206", name="stateful-reset-every-batch", severity=Severity.WARNING, since="0.1.0")

CURE = Cure("reset after each pass", (Change("training", None, "resets", "epoch"),))


@rule.on(Reset)
def check(reset: Reset, facts: Facts) -> Iterator[Finding]:
    run = next(
        (run for run in facts.runs if reset in resets_of_its_state(run, facts) and after_each(reset, run, facts)), None
    )
    if run is None or reset.conditional:
        return
    layer = stateful_layers(run.model)[0]
    place = called_here(layer, facts)
    hook = reset.hook_of(run)
    where = f"in `{hook}`" if hook else "in the loop that feeds the batches"
    yield Finding(
        reset.call.span,
        f"the state of `{layer.text}` is reset after every batch ({where}): it is never carried to the next one",
        Confidence.HIGH,
        label="forgets before the next batch",
        help=(
            "reset once a sequence, between passes over the data; or drop `stateful=True`, which then changes nothing"
        ),
        labels=((Label(place, "stateful"),) if place else ()) + (Label(run.call.span, "one batch"),),
        experiment=Experiment(Claim.STATE_DOES_NOT_MATTER, run.model, run, (CURE,), probe="batches"),
    )


def resets_of_its_state(run: Run, facts: Facts) -> tuple[Reset, ...]:
    """Resets of the model that a run trains, where it keeps state at all."""
    trains = run.trains or trained_by_hand(run, facts)
    return tuple(facts.resets_of(run.model)) if trains and stateful_layers(run.model) else ()


def after_each(reset: Reset, run: Run, facts: Facts) -> bool:
    """Whether nothing but one batch lies between two resets."""
    if reset.hooks:
        return reset.hook_of(run) in BATCH_HOOKS
    if not one_batch(run) or not run.loops or not reset.loops:
        return False
    inner = run.loops[-1].span
    together = [other for other in facts.runs_of(run.model) if any(loop.span == inner for loop in other.loops)]
    return reset.loops[-1].span == inner and len({other.call.span for other in together}) == 1
