"""States are reset where no layer keeps any."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
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
    Reset,
    Rule,
    Safety,
    Sequence,
    Severity,
    called_here,
    recurrent_layers,
    remembers_nothing,
    removal,
)

rule = Rule(code="LST203", name="reset-without-state", severity=Severity.WARNING, since="0.1.0")

STATEFUL = Cure("stateful", (Change("make-stateful"),))


@rule.on(Reset)
def check(reset: Reset, facts: Facts) -> Iterator[Finding]:
    layer = stateless_layer(reset)
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
