"""A softmax over one unit is the constant 1, whatever the input."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Change,
    Claim,
    Confidence,
    Const,
    Cure,
    Dim,
    Edit,
    Experiment,
    Facts,
    Finding,
    Fix,
    Layer,
    LibraryCall,
    Model,
    Node,
    Rule,
    Safety,
    Severity,
    Tagged,
    Tensor,
    Value,
    activation_of,
    model_of,
    shape_text,
)

rule = Rule(code="LST405", name="softmax-on-one-unit", severity=Severity.WARNING, since="0.1.0")

FUNCTIONS = frozenset(
    f"{home}.softmax"
    for home in ("tensorflow.nn", "tensorflow.math", "keras.ops", "keras.activations", "keras.backend")
)


@rule.on(Node)
def check(node: Node, facts: Facts) -> Iterator[Finding]:
    layer, shape = node.layer, node.outputs[0].shape if node.outputs else None
    if activation_of(layer) != "softmax" or shape is None or shape[-1] != Dim(1) or layer.call is None:
        return
    axis = layer.config.number("axis") if layer.kind == "Softmax" else -1
    again = any(call.loops for call in facts.calls_at(node.span)) if node.span is not None else False
    if axis not in (-1, len(shape) - 1) or (again and layer.kind != "Dense" and not _made_as_one(node.input)):
        return
    model = model_of(node, facts)
    last = model is not None and any(tensor.node is node for tensor in model.outputs)
    yield Finding(
        layer.call.span,
        f"`{layer.text}` is a softmax over one unit: it gives 1.0 for every input",
        Confidence.HIGH,
        label=f"gives {shape_text(shape)}, all of it 1.0",
        help="use `sigmoid` for a yes or no, one unit for each class otherwise"
        if last
        else "run the softmax over the axis that holds the alternatives, such as the steps",
        fix=_fix(layer) if last else None,
        experiment=_experiment(layer, model, facts) if model is not None and last else _weights(shape),
    )


@rule.on(LibraryCall)
def check_function(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    """A softmax written out, mostly over the scores of attention: (batch, steps, 1) along its last axis."""
    if _over_one(call) is None:
        return
    found = [_over_one(other) for other in facts.calls_at(call.call.span)]
    alone = next((shape for shape in found if shape), None)
    if alone is None or None in found or call is not next(facts.calls_at(call.call.span)):
        return  # a layer that is also called with more steps is right
    yield Finding(
        call.call.span,
        f"`{call.call.callee_text}` runs over the last axis of {shape_text(alone)}, which holds one value: "
        "it gives 1.0 for every input",
        Confidence.HIGH,
        label="all of it 1.0",
        help="run the softmax over the axis that holds the alternatives, such as the steps: `axis=1`",
        experiment=_weights(alone),
        untestable="no other axis holds anything to choose from",
    )


def _weights(shape: tuple[Dim | None, ...]) -> Tagged | None:
    """Scores along the last axis against along that before it; None where that counts the samples."""
    if len(shape) < 3:
        return None
    sizes, last = tuple(Dim(5) if dim is None else dim for dim in (Dim(2), *shape[1:])), len(shape) - 1
    return Tagged(Claim.SCRAMBLES, "softmax", (sizes, last), (sizes, last - 1), "softmax over the axis before")


def _over_one(call: LibraryCall) -> tuple[Dim | None, ...] | None:
    """The shape of what a softmax is run over, where that is one value at a time whenever the line is reached."""
    tensor = next((value for value in call.arguments.values() if isinstance(value, (Tensor, Array))), None)
    shape = tensor.shape if tensor is not None else None
    if call.name not in FUNCTIONS or not shape or shape[-1] != Dim(1) or call.unexpected:
        return None
    if (call.loops or isinstance(tensor, Array)) and not _made_as_one(tensor):
        return None
    axis = next((call.arguments[name] for name in ("axis", "dim") if name in call.arguments), Const(-1))
    return shape if isinstance(axis, Const) and axis.value in (None, -1, len(shape) - 1) else None


def _made_as_one(value: Value | None) -> bool:
    """Whether one unit, or weights of one column, gave the last axis: in a loop it may be the first of a list else."""
    while isinstance(value, Tensor) and value.node is not None:
        layer, given = value.node.layer, value.node.inputs
        if any(one.units == Dim(1) for one in (layer, *layer.inner)):
            return True
        weights = layer.made.sources[-1] if layer.made is not None and layer.made.sources else None
        if isinstance(weights, Array) and weights.shape:
            return len(weights.shape) > 1 and weights.shape[-1] == Dim(1)
        if len(given) != 1 or given[0].shape != value.shape:
            return False
        value = given[0]
    return isinstance(value, Array) and value.made is not None and value.made.operation == "Layer.__call__"


def _experiment(layer: Layer, model: Model, facts: Facts) -> Experiment | None:
    """A constant comes no lower than the best constant, a sigmoid does."""
    run = next((run for run in facts.runs_of(model) if run.trains), None)
    if run is None or layer.kind != "Dense" or layer.call is None:
        return None
    change = Change("layer-argument", layer.call.span, "activation", "sigmoid")
    return Experiment(Claim.CANNOT_LEARN, run.model, run, (Cure("sigmoid", (change,)),))


def _fix(layer: Layer) -> Fix | None:
    call = layer.call
    site = call.keyword("activation") if call is not None else None
    if call is not None and layer.kind == "Activation" and site is None:
        site = call.positional(0)
    if site is None or site.text.strip("'\"") != "softmax":
        return None
    return Fix("use sigmoid", Safety.UNSAFE, (Edit(site.value, site.text.replace("softmax", "sigmoid")),))
