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
    differ,
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
    if (steps := _steps_beside(node, source)) is not None:
        yield _one_for_each_step(node, source, span, steps, facts)
        return
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


def _steps_beside(node: Node, source: Node) -> int | None:
    """How many steps the sequences have that are joined with it, where its own input has another number of them."""
    own = source.input.shape if source.input is not None and len(source.outputs) == 1 else None
    others = [tensor.shape for tensor in node.inputs[1:]]
    if node.layer.kind != "Concatenate" or not own or not others or None in others or len(own) < 2:
        return None
    steps = {shape[1] for shape in others if shape is not None and len(shape) == 3}
    only = next(iter(steps)) if len(steps) == 1 else None
    apart = only is not None and own[1] is not None and differ(own[1], only)
    return only.value if apart and only is not None else None


def _one_for_each_step(node: Node, source: Node, span: Span, steps: int, facts: Facts) -> Finding:
    layer, model = source.layer, model_of(node, facts)
    change = Change(
        "follow-layer", layer.core.call.span if layer.core.call is not None else None, "RepeatVector", {"n": steps}
    )
    cure = Cure(f"RepeatVector({steps})", (change,))
    steps_before = source.input and source.input.shape and source.input.shape[1]
    return Finding(
        span,
        f"`{layer.text}` returns its last step only, but the next `{node.layer.kind}` joins it with {steps} steps",
        Confidence.HIGH,
        label=f"gives {shape_text(source.outputs[0].shape)}: the time axis ends here",
        help=f"put `RepeatVector({steps})` behind it, the same for each step (`return_sequences=True` would give "
        f"{steps_before} steps)",
        labels=() if node.span is None else (Label(node.span, f"expects (batch, {steps}, features)"),),
        experiment=Experiment(Claim.RAISES, model, next(facts.runs_of(model), None), (cure,)) if model else None,
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
