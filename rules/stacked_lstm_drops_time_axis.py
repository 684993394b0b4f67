"""A recurrent layer hands only its last step to a layer that needs every step."""

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
    Model,
    Node,
    Rule,
    Safety,
    Severity,
    Span,
    cannot_be_made,
    made_once,
    model_of,
    needs_every_step,
    origin,
    shape_text,
)

rule = Rule(code="LST101", name="stacked-lstm-drops-time-axis", severity=Severity.ERROR, since="0.1.0")


@rule.on(Node)
def check(node: Node, facts: Facts) -> Iterator[Finding]:
    source = origin(node.input) if needs_every_step(node) else None
    if source is None or source.layer.call is None or source.layer.returns_sequences is not False:
        return
    if not source.layer.recurrent or node.span is None or cannot_be_made(source.layer):
        return
    layer, span = source.layer, source.layer.call.span
    yield Finding(
        span,
        f"`{layer.text}` returns its last step only, but the next `{node.layer.kind}` needs every step",
        Confidence.HIGH,
        label=f"gives {shape_text(source.outputs[0].shape)}: the time axis ends here",
        help=f"write `return_sequences=True` in `{layer.core.text}`, so that every step reaches `{node.layer.text}`",
        labels=() if node.span == span else (Label(node.span, "expects (batch, steps, features)"),),
        fix=_fix(layer, facts),
        experiment=_experiment(node, layer, facts),
    )


def _fix(layer: Layer, facts: Facts) -> Fix | None:
    """Keras refuses to build this model, so no working program changes."""
    call = layer.core.call
    if call is None or call.has_star or not made_once(layer, facts):
        return None
    return Fix("return the whole sequence", Safety.SAFE, (call.with_keyword("return_sequences", "True"),))


def _experiment(node: Node, layer: Layer, facts: Facts) -> Experiment | None:
    model = model_of(node, facts)
    call = layer.core.call
    if model is None or call is None:
        return None
    spans = dict.fromkeys((call.span, *_dropping(model)))  # the model runs when every layer of the stack is cured
    changes = tuple(Change("layer-argument", span, "return_sequences", True) for span in spans)
    return Experiment(Claim.RAISES, model, next(facts.runs_of(model), None), (Cure("return_sequences=True", changes),))


def _dropping(model: Model) -> Iterator[Span]:
    for node in model.nodes:
        source = origin(node.input) if needs_every_step(node) else None
        layer = source.layer if source is not None else None
        if layer is not None and layer.recurrent and layer.returns_sequences is False and layer.core.call is not None:
            yield layer.core.call.span
