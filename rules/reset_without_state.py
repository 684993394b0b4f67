"""States are reset where no layer keeps any."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    RESETS,
    Change,
    Claim,
    Confidence,
    Cure,
    Experiment,
    Facts,
    Finding,
    Fix,
    Label,
    Layer,
    Lookup,
    Model,
    Reset,
    Rule,
    Safety,
    Sequence,
    Severity,
    all_layers,
    called_here,
    receiver_text,
    recurrent_layers,
    remembers_nothing,
    removal,
    resets_that_may,
    stateful_layers,
    unseen_callbacks,
)

rule = Rule(code="LST203", name="reset-without-state", severity=Severity.WARNING, since="0.1.0")

STATEFUL = Cure("stateful", (Change("make-stateful"),))


@rule.on(Reset)
def check(reset: Reset, facts: Facts) -> Iterator[Finding]:
    layer = stateless_layer(reset) if reset.method in RESETS else None
    if layer is None:
        return
    edit, place, crash = removal(facts.source, reset.call.span), called_here(layer, facts), crash_of(reset, facts)
    yield Finding(
        reset.call.span,
        f"`{reset.call.text}` resets nothing: `{layer.text}` is not stateful and starts every sample from zeros{crash}",
        Confidence.HIGH,
        label="no state to reset",
        help="drop the reset; or, if samples should remember those before, make the layer `stateful=True`",
        labels=(Label(place, "no `stateful=True`"),) if place else (),
        fix=Fix("drop the reset", Safety.SAFE, (edit,)) if edit else None,
        severity=Severity.ERROR if crash else None,
        experiment=_experiment(layer, facts) if not crash else _lookup(reset, facts),
    )


def _experiment(layer: Layer, facts: Facts) -> Experiment | None:
    """The outputs before and after a reset are equal, unless the layer is stateful."""
    run = next((run for run in facts.runs if layer in run.model.layers), None)
    return Experiment(Claim.STATE_DOES_NOT_MATTER, run.model, run, (STATEFUL,)) if run else None


def stateless_layer(reset: Reset) -> Layer | None:
    """The layer that was meant to keep a state and does not."""
    if reset.model is not None:
        return recurrent_layers(reset.model)[0] if remembers_nothing(reset.model) else None
    layer = reset.layer
    if layer is None or reset.conditional or not layer.recurrent or layer.own is not None or in_passing(reset):
        return None
    return layer if layer.stateful is False else None


def in_passing(reset: Reset) -> bool:
    """Whether a loop over layers resets whatever can be reset, which says nothing about this layer."""
    over = reset.loops[-1].over if reset.loops else None
    items = over.items or () if isinstance(over, Sequence) else ()
    return any(isinstance(item, Layer) and (not item.recurrent or item.stateful is not False) for item in items)


def crash_of(reset: Reset, facts: Facts) -> str:
    """What Keras says to it, where it says anything."""
    if facts.keras == 3 and reset.model is not None:
        return " (and a Keras 3 model has no such method: AttributeError)"
    if facts.keras == 2 and reset.layer is not None:
        return " (Keras 2 raises AttributeError)"
    return ""


def _lookup(reset: Reset, facts: Facts) -> Lookup | None:
    return Lookup(f"Model.{reset.method}") if facts.keras == 3 else None


@rule.on(Reset)
def another_model(reset: Reset, facts: Facts) -> Iterator[Finding]:
    """The loop that resets one stateful model runs another one, whose state nobody resets."""
    owner, inner = owner_of(reset, facts), reset.loops[-1].span if reset.loops else None
    if owner is None or inner is None or not stateful_layers(owner) or reset.conditional:
        return
    inside = [run for run in facts.runs if any(loop.span == inner for loop in run.loops)]
    other = next((run for run in inside if stateful_layers(run.model)), None)
    if other is None or any(run.model.identity == owner.identity for run in inside):
        return
    may = any(True for _ in resets_that_may(facts, other.model)) or any(map(unseen_callbacks, inside))
    if not may and reset.call.span.path == facts.source.path:
        name = receiver_text(other.call.callee_text)
        yield Finding(
            reset.call.span,
            f"`{reset.call.text}` does not reach `{name}`, the model that runs in this loop: its state is never reset",
            Confidence.HIGH,
            label="resets another model",
            help=f"reset the stateful layers of `{name}`",
            labels=(Label(other.call.span, "goes on from the state of the turn before"),),
        )


def owner_of(reset: Reset, facts: Facts) -> Model | None:
    """The model whose state is reset."""
    owners = (model for model in facts.models if any(reset.layer is one for one in all_layers(model)))
    return reset.model or next(owners, None)
