"""`model.reset_states()`: Keras 3 has it on layers only."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    RESETS,
    Confidence,
    Edit,
    Facts,
    Finding,
    Fix,
    Label,
    Lookup,
    Model,
    Reset,
    Rule,
    Safety,
    Severity,
    called_here,
    receiver_text,
    remembers_nothing,
    stateful_layers,
    statement,
)

rule = Rule(code="LST505", name="reset-on-model", severity=Severity.ERROR, since="0.1.0", keras=frozenset({3}))


@rule.on(Reset)
def check(reset: Reset, facts: Facts) -> Iterator[Finding]:
    # Where nothing keeps state, reset-without-state has more to say.
    if reset.model is None or reset.method not in RESETS or remembers_nothing(reset.model):
        return
    if reset.call.span.path != facts.source.path:
        return
    name, edit = receiver_text(reset.call.callee_text), cure(reset, reset.model, facts)
    layer = next(iter(stateful_layers(reset.model)), None)
    place = called_here(layer, facts) if layer else None
    yield Finding(
        reset.call.span,
        f"models have no method `{reset.method}` in Keras 3, only layers have: crashes on Keras 3, works on Keras 2",
        Confidence.HIGH,
        label="AttributeError",
        help=f"reset the stateful layers: `for layer in {name}.layers:` and `layer.reset_states()` where it has that",
        labels=(Label(place, "the state is here"),) if place else (),
        fix=Fix("reset the stateful layers", Safety.SAFE, (edit,)) if edit else None,
        experiment=Lookup(f"Model.{reset.method}", instead=f"keras.layers.LSTM.{reset.method}"),
    )


def cure(reset: Reset, model: Model, facts: Facts) -> Edit | None:
    """One line for each stateful layer of a Sequential, a loop over the layers else."""
    indent, name = statement(facts.source, reset.call.span), receiver_text(reset.call.callee_text)
    if indent is None or not name:
        return None
    places = [index for index, layer in enumerate(model.layers) if layer.recurrent and layer.stateful]
    nested = any(layer.model is not None for layer in model.layers)
    if model.kind == "sequential" and not model.opaque and places and not nested:
        lines = [f"{name}.layers[{index}].reset_states()" for index in places]
    else:
        lines = [
            f"for layer in {name}.layers:",
            '    if hasattr(layer, "reset_states"):',
            "        layer.reset_states()",
        ]
    return Edit(reset.call.span, f"\n{indent}".join(lines))
