"""Layers, layer calls and models as facts: what the program builds, with the shapes that flow through it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

from lstmlint.interpreter.dims import Dim, differ
from lstmlint.interpreter.values import Array, Const, Made, Sequence, Size, Tensor, Unknown, Value
from lstmlint.text.edits import CallSite
from lstmlint.text.source import Span

#: A dim of None is Keras's None: any size.
Shape: TypeAlias = tuple[Dim | None, ...]

RECURRENT = frozenset(
    {"LSTM", "GRU", "SimpleRNN", "RNN", "CuDNNLSTM", "CuDNNGRU", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"}
)


class Why(Enum):
    """In which way a layer refuses what it is given."""

    RANK = "the number of axes"
    AXIS = "the size of an axis"
    ARGUMENT = "an argument of the layer"
    ARITY = "the number of inputs"
    STATE = "the initial state"
    SIZE = "the number of elements"
    BATCH = "the batch size"
    TYPE = "the kind of input"


@dataclass(frozen=True, slots=True)
class Problem:
    """Keras refuses: why, and in words that name the shapes.

    ``stage`` tells when: ``make`` (the constructor), ``call`` (when the layer is put into the model) or ``train``
    (not before the first step). ``expected`` and ``found`` are short, for labels.
    """

    why: Why
    message: str
    expected: str = ""
    found: str = ""
    stage: str = "call"


@dataclass(frozen=True, slots=True, eq=False)
class Config:
    """A layer's arguments, defaults filled in, read with the type that Keras expects.

    Readers give None where the value is not known.
    """

    values: Mapping[str, Value]
    given: frozenset[str] = frozenset()

    def __getitem__(self, name: str) -> Value:
        return self.values.get(name, Unknown(f"no argument {name}"))

    def has(self, name: str) -> bool:
        """Whether the argument was written and is not None."""
        value = self.values.get(name)
        return name in self.given and not (isinstance(value, Const) and value.value is None)

    def is_none(self, name: str) -> bool:
        value = self.values.get(name)
        return value is None or (isinstance(value, Const) and value.value is None)

    def flag(self, name: str) -> bool | None:
        match self.values.get(name):
            case Const(value=(bool() | int() | None) as value):
                return bool(value)
            case None:
                return False
            case _:
                return None

    def text(self, name: str) -> str | None:
        match self.values.get(name):
            case Const(value=str() as value):
                return value
            case _:
                return None

    def number(self, name: str) -> float | None:
        match self.values.get(name):
            case Const(value=(int() | float()) as value):
                return float(value)
            case Size(dim=Dim(constant=value, terms=())):
                return float(value)
            case _:
                return None

    def dim(self, name: str) -> Dim | None:
        return dim_of(self.values.get(name))

    def dims(self, name: str) -> tuple[Dim | None, ...] | None:
        """A tuple argument such as ``kernel_size=(3, 3)``; a single integer gives a tuple of one."""
        match self.values.get(name):
            case Sequence(items=tuple() as items):
                return tuple(dim_of(item) for item in items)
            case value:
                single = dim_of(value)
                return None if single is None else (single,)

    def shape(self, name: str) -> Shape | None:
        """A shape argument: ``None`` entries are Keras's None. None where it is not a known tuple."""
        return shape_of(self.values.get(name))


def dim_of(value: Value | None) -> Dim | None:
    """The size that a value is, None where it is not an integer or not known."""
    match value:
        case Const(value=bool()):
            return None
        case Const(value=int() as number):
            return Dim(number)
        case Size(dim=dim):
            return dim
        case Array(shape=(), elements=(int() as number,)):
            return Dim(number)
        case _:
            return None


def all_known(shape: Shape | None) -> tuple[Dim, ...] | None:
    """A Keras shape as that of data: None where any of its sizes is Keras's None."""
    if shape is None:
        return None
    dims = tuple(dim for dim in shape if dim is not None)
    return dims if len(dims) == len(shape) else None


def shape_of(value: Value | None) -> Shape | None:
    """The shape that a tuple or list of integers and None describes; None where any item is something else."""
    if not isinstance(value, Sequence) or value.items is None:
        return None
    dims: list[Dim | None] = []
    for item in value.items:
        if isinstance(item, Const) and item.value is None:
            dims.append(None)
            continue
        dim = dim_of(item)
        if dim is None:
            return None
        dims.append(dim)
    return tuple(dims)


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One layer object. Shared layers are one object called twice.

    ``kind`` is Keras's class name, or the user's for a layer of their own (then ``own`` holds the instance); ``model``
    is set where a model stands as a layer. ``inner`` holds the layer that a wrapper wraps, ``Bidirectional``'s backward
    layer second. ``problem`` is set where the constructor raises.
    """

    kind: str
    config: Config
    call: CallSite | None = None
    inner: tuple[Layer, ...] = ()
    name: str | None = None
    problem: Problem | None = None
    own: Value | None = None
    model: Model | None = None
    made: Made | None = None
    #: The Keras version it is made for, 2 or 3: the same arguments mean different things.
    keras: int = 3

    @property
    def text(self) -> str:
        """As written, in one short line: ``LSTM(64)``."""
        return self.call.text if self.call else self.kind

    @property
    def recurrent(self) -> bool:
        """Whether it runs over time, itself or inside Bidirectional."""
        return self.kind in RECURRENT or (self.kind == "Bidirectional" and any(one.recurrent for one in self.inner))

    @property
    def core(self) -> Layer:
        """The recurrent layer inside Bidirectional, else the layer itself."""
        return self.inner[0] if self.kind == "Bidirectional" and self.inner else self

    @property
    def stateful(self) -> bool | None:
        return self.core.config.flag("stateful") if self.recurrent else False

    @property
    def returns_sequences(self) -> bool | None:
        return self.core.config.flag("return_sequences")

    @property
    def returns_state(self) -> bool | None:
        return self.core.config.flag("return_state")

    @property
    def units(self) -> Dim | None:
        return self.core.config.dim("units")


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One call of a layer in a graph: what went in, what came out, or why Keras refuses.

    ``state`` holds the tensors given as ``initial_state``. ``outputs`` are there even where ``problem`` is set: what
    the layer would give if its input were right, so that one mistake is reported once.
    """

    layer: Layer
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    problem: Problem | None = None
    state: tuple[Tensor, ...] = ()
    span: Span | None = None
    #: Keyword arguments of the call itself (mask, training, initial_state) as values.
    arguments: Mapping[str, Value] = field(default_factory=dict)
    #: Whether the program got a list of the outputs (return_state, a model with several).
    listed: bool = False
    #: Of a layer of the program's own, or a Lambda: what its function returned; the graph inside leads to ``inputs``.
    traced: tuple[Tensor, ...] = ()

    @property
    def input(self) -> Tensor | None:
        return self.inputs[0] if self.inputs else None

    @property
    def output(self) -> Tensor | None:
        return self.outputs[0] if self.outputs else None

    @property
    def producers(self) -> Iterator[Node]:
        """The layer calls its inputs came from."""
        for tensor in self.inputs:
            if tensor.node is not None:
                yield tensor.node


#: Stands where the program goes one way or the other: its node gives the one or the other of its inputs.
EITHER = Layer("one or the other", Config({}))


def finished_node(node: Node) -> Node:
    """A node whose outputs know it.

    A node and its outputs name each other; this is the only place where either is finished after it was made.
    """
    made = None if node.span is None else Made("layer", node.span, node.inputs)
    own = tuple(
        Tensor(tensor.shape, tensor.dtype, node, index, made, tensor.name) for index, tensor in enumerate(node.outputs)
    )
    object.__setattr__(node, "outputs", own)
    return node


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A model as it stands at one moment, its layers in call order.

    ``kind`` is sequential, functional or subclassed. ``complete`` says that every layer and every rank is known;
    ``reason`` why not. ``declared`` says that its input shape was written down, not taken from data. Snapshots
    of one model share ``identity``.
    """

    kind: str
    identity: int
    name: str | None
    call: CallSite | None
    span: Span
    layers: tuple[Layer, ...]
    nodes: tuple[Node, ...]
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    complete: bool
    reason: str | None = None
    declared: bool = True
    #: The compile in force: a ``keras_model.training.Compile``.
    compiled: Any = None
    #: How the inputs and outputs were nested: ``single``, ``list`` or ``dict``.
    input_structure: str = "single"
    output_structure: str = "single"
    #: What the ``call`` of a class of the program's own returns, its tensors nested as there.
    returned: Value | None = None
    #: Whether the graph came from somewhere unseen (load_model) or was changed under an undecided condition.
    opaque: bool = False

    @property
    def input_shape(self) -> Shape | None:
        return self.inputs[0].shape if len(self.inputs) == 1 else None

    @property
    def output_shape(self) -> Shape | None:
        return self.outputs[0].shape if len(self.outputs) == 1 else None

    @property
    def recurrent_layers(self) -> tuple[Layer, ...]:
        return tuple(layer for layer in self.layers if layer.recurrent)

    @property
    def stateful(self) -> bool | None:
        """Whether any recurrent layer keeps its state; None where that is not known."""
        flags = {layer.stateful for layer in all_layers(self)}
        return True if True in flags else (None if None in flags or not self.complete else False)

    @property
    def problem(self) -> Node | None:
        """The first layer call that Keras refuses."""
        return next((node for node in self.nodes if node.problem), None)


def all_layers(model: Model) -> Iterator[Layer]:
    """The layers of a model and of the models inside it, those of a model that stands there twice once."""
    waiting, seen = [model], {id(model)}
    while waiting:
        for layer in waiting.pop().layers:
            yield layer
            if layer.model is not None and id(layer.model) not in seen:
                seen.add(id(layer.model))
                waiting.append(layer.model)


def shape_text(shape: Shape | None) -> str:
    """``(batch, 10, 1)``: the first None of a Keras shape is the batch, others are ``?``."""
    if shape is None:
        return "unknown"
    words = [("batch" if axis == 0 else "?") if dim is None else str(dim) for axis, dim in enumerate(shape)]
    return f"({words[0]},)" if len(words) == 1 else f"({', '.join(words)})"


def array_shape_text(shape: tuple[Dim, ...] | None) -> str:
    """``(990, 10, 1)``, ``(n - 3, 60, ?)``."""
    return shape_text(shape)


def unequal(left: Dim | None, right: Dim | None) -> bool:
    """Whether two axes are known to differ; None goes with everything."""
    return left is not None and right is not None and differ(left, right)


def unlike(left: Shape, right: Shape) -> bool:
    """Whether two shapes are known to differ."""
    return len(left) != len(right) or any(map(unequal, left, right))
