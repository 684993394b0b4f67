"""What several rules ask of the facts: which data meets which input, which targets meet which output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from lstmlint.edits import ArgumentSite, CallSite
from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim, differ, same
from lstmlint.interpreter.values import Array, Const, Mapped, Sequence, Table, Tensor, Value
from lstmlint.keras_model.graph import Config, Layer, Model, Node, Problem, Shape, Why, array_shape_text, shape_text
from lstmlint.keras_model.layers import declared_problem, input_problem
from lstmlint.keras_model.losses import SPARSE, Match, match
from lstmlint.keras_model.training import LibraryCall, Run
from lstmlint.source import Span

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
_ONE = Dim(1)


# --- the graph --------------------------------------------------------------------------------------------------------


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


# --- data against inputs ----------------------------------------------------------------------------------------------


#: Layers that give something else where the steps are others.
_COUNT_STEPS = frozenset({"Flatten", "Reshape", "Permute"})


class Feed(Enum):
    """How data disagrees with an input."""

    RANK = "another number of axes"
    FEATURES = "another size of an axis that weights depend on"
    STEPS = "another number of steps"
    SWAPPED = "the two axes the other way round"


@dataclass(frozen=True, slots=True, eq=False)
class Fed:
    """An array given for an input it does not match; ``shape`` is the input's, ``how`` the kind of mismatch."""

    run: Run
    index: int
    tensor: Tensor
    shape: tuple[Dim | None, ...]
    array: Array
    how: Feed
    keras: int

    @property
    def dims(self) -> tuple[Dim, ...]:
        return self.array.shape or ()

    @property
    def one_short(self) -> bool:
        """Whether the data could be one sample without its batch axis."""
        pairs = zip(self.shape[1:], self.dims, strict=False)
        return len(self.dims) == len(self.shape) - 1 and not any(a is not None and differ(a, b) for a, b in pairs)

    @property
    def predicts(self) -> bool:
        return self.run.method in PREDICTING

    @property
    def sure(self) -> bool:
        """Whether the data's shape is known in numbers."""
        return all(dim.known for dim in self.dims[1:])

    @property
    def raises(self) -> bool:
        """A wrong number of steps alone is silent in a Keras 3 Sequential, unless a layer there counts on it."""
        if self.how is not Feed.STEPS or self.keras == 2 or self.run.model.kind != "sequential":
            return True
        return any(layer.kind in _COUNT_STEPS for layer in self.run.model.layers)

    @property
    def places(self) -> Iterator[tuple[Span, str]]:
        """Where the shape was declared and where the data was made, with a few words on each."""
        declared, made = made_at(self.tensor), made_at(self.array)
        if declared is not None:
            yield declared, f"declares {shape_text(self.shape)}"
        if made is not None and made not in self.run.call.span:
            yield made, f"makes {array_shape_text(self.dims)}"

    @property
    def name(self) -> str:
        """The data as written in the call, where that is short."""
        site = argument_of(self.run, "x")
        short = site is not None and len(site.text) <= 40 and len(self.run.x) == 1
        return f"`{site.text}`" if site is not None and short else "the data"


def misfed(facts: Facts, sure: bool = True) -> Iterator[Fed]:
    """Data that does not match the model's declared input, each way of a model once.

    Not ``sure``: also where the steps are named by different symbols, which may be equal in the end.
    """
    told = set()
    for run in facts.runs:
        for fed in _misfed(run, facts, sure):
            key = (run.model.identity, fed.index, fed.how, tuple(map(str, fed.dims[1:])))
            if key not in told:
                told.add(key)
                yield fed


def _misfed(run: Run, facts: Facts, sure: bool = True) -> Iterator[Fed]:
    """A model that declares nothing takes what it was first trained on; there the steps are left open."""
    model = run.model
    inputs = model.inputs if model.declared else _first_trained(run, facts)
    refused = model.declared and model.problem is not None
    if model.opaque or refused or run.data_kind != "array" or len(run.x) != len(inputs):
        return
    for index, (tensor, value) in enumerate(zip(inputs, run.x, strict=True)):
        if not isinstance(value, Array) or not value.shape or tensor.shape is None:
            continue
        how = _how(tensor.shape, value.shape, takes_tokens(model, index))
        if how is None and not sure and len(value.shape) > 2:
            how = Feed.STEPS
        if how is not None and (model.declared or how is not Feed.STEPS):
            yield Fed(run, index, tensor, tensor.shape, value, how, facts.keras)


def _first_trained(run: Run, facts: Facts) -> tuple[Tensor, ...]:
    """Inputs of the shapes that an earlier training gave."""
    first = next((one for one in facts.runs_of(run.model) if one.trains), None)
    if first is None or first is run or not all(isinstance(value, Array) and value.shape for value in first.x):
        return ()
    arrays = (value for value in first.x if isinstance(value, Array) and value.shape)
    return tuple(Tensor((None, *(array.shape or ())[1:]), array.dtype, made=array.made) for array in arrays)


def takes_tokens(model: Model, index: int = 0) -> bool:
    """Whether an input goes into an Embedding, so that its second axis counts steps."""
    tensor = model.inputs[index] if index < len(model.inputs) else None
    return any(node.layer.kind == "Embedding" for node in model.nodes if tensor in node.inputs)


def _how(declared: Shape, given: tuple[Dim, ...], tokens: bool) -> Feed | None:
    """A last axis of 1 is added or dropped, as Keras does."""
    if len(given) == len(declared) + 1 and given[-1] == _ONE:
        given = given[:-1]
    elif len(given) == len(declared) - 1 and declared[-1] == _ONE:
        given = (*given, _ONE)
    if len(given) != len(declared):
        # An unknown size that may be 1 may also be dropped.
        maybe = len(given) == len(declared) + 1 and not differ(given[-1], _ONE)
        return None if maybe else Feed.RANK
    pairs = list(zip(declared, given, strict=True))[1:]
    wrong = [axis for axis, (a, b) in enumerate(pairs, 1) if a is not None and differ(a, b)]
    if len(pairs) == 2 and wrong and _swapped(pairs):
        return Feed.SWAPPED
    steps = {1} if len(pairs) > 1 or tokens else set[int]()
    return None if not wrong else Feed.STEPS if set(wrong) <= steps else Feed.FEATURES


def _swapped(pairs: list[tuple[Dim | None, Dim]]) -> bool:
    (steps, given_steps), (features, given_features) = pairs
    return steps is not None and features is not None and same(steps, given_features) and same(features, given_steps)


# --- targets against outputs ------------------------------------------------------------------------------------------


class Aim(Enum):
    """How targets disagree with an output."""

    ONE_TARGET = "one target a sample for an output at every step"
    MANY_TARGETS = "a target for every step for one output a sample"
    WIDTH = "another width"
    BROADCASTS = "shapes that the loss stretches"
    LABELS = "labels in the form that another loss takes"


@dataclass(frozen=True, slots=True, eq=False)
class Aimed:
    """Targets that do not match an output, the loss that compares them, and what it does with the two shapes."""

    run: Run
    index: int
    output: Tensor
    shape: tuple[Dim | None, ...]
    array: Array
    loss: str
    found: Match
    how: Aim

    @property
    def dims(self) -> tuple[Dim, ...]:
        return self.array.shape or ()

    @property
    def raises(self) -> bool:
        return self.found is Match.RAISES

    @property
    def sure(self) -> bool:
        """Whether the targets' shape is known in numbers."""
        return all(dim.known for dim in self.dims[1:])

    def places(self, but: Span) -> Iterator[tuple[Span, str]]:
        """The layer that gives the output, the training and the making of the targets, with a few words on each."""
        out, y, call = made_at(self.output), made_at(self.array), self.run.call.span
        if out is not None and out != but:
            yield out, f"gives {shape_text(self.shape)}"
        if call != but:
            yield call, f"targets {array_shape_text(self.dims)}"
        if y is not None and y not in call:
            yield y, "the targets"


def misaimed(facts: Facts) -> Iterator[Aimed]:
    """Targets that do not match the model's outputs, each way of a model once."""
    told = set()
    for run in facts.runs:
        for aimed in _misaimed(run, facts):
            key = (run.model.identity, aimed.index, aimed.how, tuple(map(str, aimed.dims[1:])))
            if key not in told:
                told.add(key)
                yield aimed


def _misaimed(run: Run, facts: Facts) -> Iterator[Aimed]:
    model = run.model
    compiled = model.compiled
    if run.method not in SCORED or model.problem is not None or model.opaque or compiled is None:
        return
    if len(run.y) != len(model.outputs) or any(fed.how is not Feed.STEPS for fed in _misfed(run, facts)):
        return
    for index, (output, value) in enumerate(zip(model.outputs, run.y, strict=True)):
        loss = loss_of(run, index)
        if loss is None or not isinstance(value, Array) or not value.shape or output.shape is None:
            continue
        found = match(loss, output.shape, value.shape, batch_of(run, value), facts.keras)
        how = _aim(loss, output.shape, value.shape, run) if found not in (Match.FITS, Match.UNKNOWN) else None
        if how is not None:
            yield Aimed(run, index, output, output.shape, value, loss, found, how)


def loss_of(run: Run, index: int) -> str | None:
    """The loss of an output by Keras's name, None where it is not known."""
    losses: tuple[str | None, ...] = run.model.compiled.losses if run.model.compiled else ()
    if len(losses) == 1:
        return losses[0]
    return losses[index] if index < len(losses) == len(run.model.outputs) else None


def batch_of(run: Run, array: Array) -> Dim | None:
    """How many samples a full batch holds."""
    samples = array.shape[0] if array.shape else None
    if run.batch_size is None or samples is None:
        return samples if run.method.endswith("on_batch") else None
    if samples.known and run.batch_size.known:
        return min(samples, run.batch_size, key=lambda dim: dim.constant)
    return None


def _aim(loss: str, output: Shape, target: tuple[Dim, ...], run: Run) -> Aim:
    if _is_other_labels(loss, output, target):
        return Aim.LABELS
    if len(output) == 3 and (len(target) == 1 or (len(target) == 2 and not _equal(output[1], target[1]))):
        return Aim.ONE_TARGET
    if len(output) == 2 and len(target) == 3:
        return Aim.MANY_TARGETS
    if len(output) == 2 and output[1] == _ONE and len(target) == 2 and _equal(_steps_of(run), target[1]):
        return Aim.MANY_TARGETS
    stretched = match(loss, output, target, None) is Match.BROADCASTS
    return Aim.BROADCASTS if stretched else Aim.WIDTH


def _is_other_labels(loss: str, output: Shape, target: tuple[Dim, ...]) -> bool:
    """Class ids in the categorical loss, one-hot rows in the sparse one."""
    classes = output[-1]
    if classes is None or classes == _ONE:
        return False
    if loss == SPARSE:
        return len(target) == len(output) and same(target[-1], classes)
    if loss != "categorical_crossentropy":
        return False
    ids = target[:-1] if len(target) == len(output) and target[-1] == _ONE else target
    axes = zip(output[1:-1], ids[1:], strict=False)
    return len(ids) == len(output) - 1 and not any(a is not None and differ(a, b) for a, b in axes)


def _equal(left: Dim | None, right: Dim | None) -> bool:
    return left is not None and right is not None and same(left, right)


def _steps_of(run: Run) -> Dim | None:
    """The steps that the last recurrent layer runs over, those of the data where the model leaves them open."""
    node = last_recurrent(run.model)
    shape = node.input.shape if node is not None and node.input is not None else None
    if shape is None or len(shape) != 3 or shape[1] is not None:
        return shape[1] if shape is not None and len(shape) == 3 else None
    x = run.x[0] if len(run.x) == 1 else None
    return x.shape[1] if isinstance(x, Array) and x.shape is not None and len(x.shape) > 1 else None


def states_as_input(node: Node) -> Node | None:
    """The recurrent layer whose output and states all go into a layer call together, where that is refused."""
    problem = node.problem
    sources = {id(tensor.node): tensor.node for tensor in node.inputs}
    source: Node | None = node.inputs[0].node if node.inputs else None
    if problem is None or problem.why is not Why.ARITY or source is None or len(sources) != 1:
        return None
    return source if source.layer.recurrent and source.layer.returns_state else None


def after_a_refusal(node: Node) -> bool:
    """Whether what goes in comes from a layer that was refused itself, so that its shape is a guess."""
    sources = (origin(tensor) for tensor in node.inputs)
    return any(source is not None and source.problem is not None and not source.layer.recurrent for source in sources)


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


# --- what the program declares ----------------------------------------------------------------------------------------


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
    return len(declared) == len(dims) and all(_equal(a, b) for a, b in zip(declared, dims, strict=True))


def samples_as_steps(fed: Fed) -> bool:
    """Whether the steps that an input declares are the number of samples of the data."""
    dims = fed.dims
    return len(dims) >= 2 and len(fed.shape) == len(dims) and _equal(fed.shape[1], dims[0]) and not same(*dims[:2])


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


# --- numbers of things ------------------------------------------------------------------------------------------------


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
        case Array(shape=tuple() as shape) if shape:
            return shape[0]
        case Table(rows=rows):
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


def refused_layer(layer: Layer) -> Problem | None:
    """What Keras says to a layer's arguments, ``input_shape=10`` among them."""
    return layer.problem or (declared_problem(layer) if layer.keras == 3 else None)
