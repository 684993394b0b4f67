"""What several rules ask of a model's graph, of calls, and of what the program declares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim, same
from lstmlint.interpreter.tensors import tensors_in
from lstmlint.interpreter.values import Array, Const, Mapped, Sequence, Table, Tensor, Value
from lstmlint.keras_model.graph import Config, Layer, Model, Node, Problem, Shape, Why, all_layers
from lstmlint.keras_model.layers import declared_problem, input_problem
from lstmlint.keras_model.removed import removed_argument
from lstmlint.keras_model.training import LibraryCall, Run
from lstmlint.text.edits import ArgumentSite, CallSite
from lstmlint.text.source import Span

#: Layers that give every axis back as it was.
TRANSPARENT = frozenset(
    {
        *("Dropout", "BatchNormalization", "LayerNormalization", "Activation", "ReLU", "LeakyReLU", "PReLU", "ELU"),
        *("GaussianNoise", "GaussianDropout", "AlphaDropout", "ActivityRegularization", "Softmax", "UnitNormalization"),
        *("Masking", "SpatialDropout1D", "Identity"),
    }
)
#: Methods that compare outputs with targets.
SCORED = frozenset({"fit", "evaluate", "train_on_batch", "test_on_batch", "fit_generator", "evaluate_generator"})
#: Methods that give outputs for data.
PREDICTING = frozenset({"predict", "predict_on_batch", "predict_classes", "predict_proba", "call"})
ONE = Dim(1)


def model_of(node: Node, facts: Facts) -> Model | None:
    """The first model that holds a layer call."""
    return next((model for model in facts.models if node in model.nodes), None)


def origin(tensor: Tensor | None, through: frozenset[str] = TRANSPARENT) -> Node | None:
    """The layer call that a tensor comes from, looking through layers that pass all axes on."""
    node: Node | None = tensor.node if tensor is not None else None
    while node is not None and node.layer.kind in through and node.input is not None:
        before: Node | None = node.input.node
        node = before
    return node


def made_once(layer: Layer, facts: Facts) -> bool:
    """Whether one call of the program makes this layer and no other, so that an edit there changes it alone."""
    if layer.call is None:
        return False
    return not any(node.layer is not layer and node.layer.call is layer.call for node in facts.nodes)


def last_recurrent(model: Model, output: int = 0) -> Node | None:
    """The recurrent layer call nearest to an output."""
    waiting: list[Node | None] = [model.outputs[output].node] if output < len(model.outputs) else []
    seen: set[int] = set()
    while waiting:
        node: Node | None = waiting.pop(0)
        if node is None or id(node) in seen:
            continue
        if node.layer.recurrent:
            return node
        seen.add(id(node))
        waiting.extend(tensor.node for tensor in node.inputs)
    return None


def argument_of(run: Run, name: str) -> ArgumentSite | None:
    """``x`` or ``y`` as written in the call."""
    return run.call.keyword(name) or run.call.positional({"x": 0, "y": 1}.get(name, 0))


def made_at(value: object) -> Span | None:
    """Where a value came to be."""
    made = getattr(value, "made", None)
    return made.span if made is not None else None


def broken(model: Model) -> bool:
    """Whether Keras refuses a layer of a model, its arguments or what it is given: what comes out is a guess."""
    layers = tuple(all_layers(model))
    inside = (layer.model for layer in layers if layer.model is not None)
    return any(one.problem is not None for one in (model, *inside)) or any(map(_refused, layers))


def states_as_input(node: Node) -> Node | None:
    """The recurrent layer whose output and states all go into a layer call together, where that is refused."""
    problem = node.problem
    sources = {id(tensor.node): tensor.node for tensor in node.inputs}
    source: Node | None = node.inputs[0].node if node.inputs else None
    if problem is None or problem.why is not Why.ARITY or source is None or len(sources) != 1:
        return None
    return source if source.layer.recurrent and source.layer.returns_state else None


def has_weights(layer: Layer) -> bool:
    """Whether a layer of Keras certainly has something to learn."""
    if layer.kind in ("TimeDistributed", "Bidirectional"):
        return any(has_weights(inner) for inner in layer.inner)
    return layer.recurrent or layer.kind in ("Dense", "Embedding", "Conv1D", "Conv2D")


def after_a_refusal(node: Node) -> bool:
    """Whether what goes in was made by a layer that was refused itself, so that its shape is a guess.

    A recurrent layer gives the same number of axes whatever it is given: only one that cannot be made counts.
    """
    waiting, seen = list(node.producers), {id(node)}
    while waiting:
        source = waiting.pop()
        if id(source) in seen:
            continue
        seen.add(id(source))
        if (source.problem is not None and not source.layer.recurrent) or cannot_be_made(source.layer):
            return True
        waiting.extend(source.producers)
    return False


def cannot_be_made(layer: Layer) -> bool:
    """Whether a constructor refuses its arguments, for more than a spelling that Keras 3 has dropped; of a model that
    stands as a layer, whether it is broken."""
    return _refused(layer) or (layer.model is not None and broken(layer.model))


def _refused(layer: Layer) -> bool:
    if any(_refused(inner) for inner in layer.inner):
        return True
    return layer.problem is not None and layer.problem.stage == "make" and not has_removed_argument(layer)


def has_removed_argument(layer: Layer) -> bool:
    """Whether a layer is called with an argument that Keras 3 no longer takes."""
    names = (argument.name for argument in layer.call.arguments if argument.name) if layer.call is not None else ()
    return any(removed_argument(f"keras.layers.{layer.kind}", name) is not None for name in names)


def source_of(value: object) -> Node | None:
    """The layer call that a tensor, or a list of its outputs, comes from."""
    match value:
        case Tensor(node=Node() as node):
            return node
        case Sequence(items=(Tensor(node=Node() as node), *_)):
            return node
        case _:
            return None


def needs_every_step(node: Node) -> bool:
    """Whether a layer call was refused for want of the time axis."""
    problem, shape = node.problem, node.input.shape if node.input is not None else None
    return problem is not None and problem.why is Why.RANK and shape is not None and len(shape) == 2


def equal(left: Dim | None, right: Dim | None) -> bool:
    """Whether two sizes are known and the same."""
    return left is not None and right is not None and same(left, right)


def input_site(tensor: Tensor, facts: Facts) -> CallSite | None:
    """The call that declares an input: ``Input(...)``, or the first layer with its ``input_shape``."""
    made = tensor.made
    if made is None:
        return None
    if made.sources and isinstance(made.sources[0], CallSite):
        return made.sources[0]
    layers = (layer for model in facts.models for layer in model.layers)
    return next((layer.call for layer in layers if layer.made is made and layer.call is not None), None)


def written_shape(tensor: Tensor, facts: Facts) -> ArgumentSite | None:
    """The argument that holds the shape without its batch axis, as written."""
    site = input_site(tensor, facts)
    if site is None:
        return None
    found = site.keyword("shape") or site.keyword("input_shape")
    return found or (site.positional(0) if site.callee_text.split(".")[-1] == "Input" else None)


@dataclass(frozen=True, slots=True, eq=False)
class Whole:
    """An input declared with the batch axis in it; ``run`` where data of that very shape is given."""

    run: Run | None


def given_whole(tensor: Tensor, facts: Facts) -> Whole | None:
    """Whether (steps, features) were declared with the samples in front: ``X.shape`` whole, or None before them."""
    shape, site = tensor.shape, written_shape(tensor, facts)
    if shape is None or len(shape) != 4:
        return None
    for run in facts.runs:
        arrays = (value.shape for value in run.x if isinstance(value, Array))
        if any(dims is not None and _all_same(shape[1:], dims) for dims in arrays):
            return Whole(run)
    attribute = site is not None and site.text.endswith(".shape")
    return Whole(None) if attribute or shape[1] is None else None


def _all_same(declared: Shape, dims: tuple[Dim, ...]) -> bool:
    return len(declared) == len(dims) and all(equal(a, b) for a, b in zip(declared, dims, strict=True))


def without_first(text: str) -> str | None:
    """``(None, 10, 1)`` -> ``(10, 1)``; ``X.shape`` -> ``X.shape[1:]``; None for anything else."""
    if text.endswith(".shape"):
        return f"{text}[1:]"
    depth = 0
    for index, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 1 and text[0] in "([":
            return text[0] + text[index + 1 :].lstrip()
    return None


def parts(value: Value | None) -> tuple[Value, ...] | None:
    """The arrays that were passed for x or y: one, or those of a list or dict; None where that is not known."""
    match value:
        case Array() | Table():
            return (value,)
        case Sequence(items=tuple() as items) if items and all(isinstance(item, Array | Table) for item in items):
            return items
        case Mapped(items=items, open=False) if items:
            return tuple(item for _, item in items)
        case _:
            return None


def samples(value: Value) -> Dim | None:
    match value:
        case Array(shape=(Dim() as count, *_)):
            return count
        case Table(rows=Dim() as rows):
            return rows
        case _:
            return None


def library_name(facts: Facts, name: str) -> str | None:
    """What a library is called in the program: ``np`` for numpy."""
    return next((one.bound for one in facts.imports if one.name == name), None)


def refused_input(call: LibraryCall) -> Problem | None:
    """What Keras says to ``Input(shape=10)``."""
    given = frozenset(name for name, value in call.arguments.items() if not _is_none(value))
    return input_problem(Config(call.arguments, given))


def _is_none(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None


def alone(layer: Layer) -> Model:
    """A sequential model of one layer that waits for its data: what Keras says to the layer's own arguments."""
    assert layer.call is not None
    call = layer.call
    return Model("sequential", -1, None, call, call.span, (layer,), (), (), (), True, declared=False)


def refused_layer(layer: Layer) -> Problem | None:
    """What Keras says to a layer's arguments, ``input_shape=10`` among them."""
    return layer.problem or (declared_problem(layer) if layer.keras == 3 else None)


def input_names(model: Model) -> list[str]:
    """The names of several inputs by which a dict gives their data, those that the program has written.

    A model made from a dict is fed by its keys, which are not told: fed by names it raises (Keras 3.15.1).
    """
    if len(model.inputs) < 2 or model.input_structure == "dict":
        return []
    return [tensor.name for tensor in model.inputs if tensor.name is not None]


def output_names(model: Model) -> list[str]:
    """The names of several outputs by which a dict gives their targets; none where one is not known."""
    if len(model.outputs) < 2 or model.output_structure == "dict":
        return []
    names = [_layer_name(tensor) for tensor in model.outputs]
    return [name for name in names if name is not None] if None not in names else []


def _layer_name(tensor: Tensor) -> str | None:
    node: Node | None = tensor.node
    return node.layer.name if node is not None else None


def tensors_behind(tensor: Tensor) -> Iterator[Tensor]:
    """A tensor and all that it was made from: inputs, states and other tensors that the layers were called with."""
    waiting, seen = [tensor], set[int]()
    while waiting:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        node: Node | None = current.node
        if node is not None:
            given = (one for value in node.arguments.values() for one in tensors_in(value))
            waiting.extend((*node.inputs, *node.state, *given))
