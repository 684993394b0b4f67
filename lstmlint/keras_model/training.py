"""What the program does with its models, in program order: compile, fit, predict, resets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Tensor, Value
from lstmlint.keras_model.graph import Layer, Model
from lstmlint.text.edits import CallSite
from lstmlint.text.source import Span

#: Methods that change weights.
TRAINING = frozenset({"fit", "fit_generator", "train_on_batch"})
#: What resets, perhaps, where a function that is not followed is given a model or layer.
UNSEEN = "unknown"
#: Methods that go through whole data sets in batches of ``batch_size`` (32 where not given).
BATCHED = frozenset({"fit", "evaluate", "predict"})


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """A loop around an event. ``turns`` is how often it runs, None where not known."""

    span: Span
    kind: str  # for | while | comprehension
    index: str | None = None
    turns: Dim | None = None
    #: What a for loop or a comprehension runs over.
    over: Value | None = None
    #: Whether it certainly ends, and after how many turns at the latest.
    ends: bool = False
    most: Dim | None = None


@dataclass(frozen=True, slots=True)
class Hook:
    """A method of a callback (``on_epoch_end``), run by the call of ``fit``, ``evaluate``, ... at ``span``."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Compile:
    """``loss``, ``optimizer`` and ``metrics`` as given; ``losses`` the loss of each output by Keras's own name.

    A loss is named as its function (``mean_squared_error``); None where it is a function of the user's or not known.
    """

    call: CallSite
    arguments: Mapping[str, Value]
    losses: tuple[str | None, ...] = ()
    from_logits: bool | None = False
    optimizer: str | None = None
    metrics: tuple[str, ...] = ()
    order: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One fit, evaluate, predict, train_on_batch, test_on_batch, predict_on_batch, or call of the model on data.

    ``model`` is the model as it stands then, built on ``x`` where its input shape was left open. ``x`` and ``y`` hold
    one value for each input and output (an Array where known), in the model's order as far as known; ``x_value``
    and ``y_value`` are what was passed. ``batch_size`` is None where the data brings its own batches;
    ``shuffle`` None where not known. ``turn`` counts from 1 within an unrolled or twice-seen loop.
    """

    method: str
    model: Model
    call: CallSite
    arguments: Mapping[str, Value]
    x: tuple[Value, ...] = ()
    y: tuple[Value, ...] = ()
    x_value: Value | None = None
    y_value: Value | None = None
    batch_size: Dim | None = None
    epochs: Dim | None = None
    shuffle: bool | None = None
    validation_split: float | None = None
    validation_data: tuple[Value, ...] | None = None
    #: The model's outputs for the steps that the data really has, which a Sequential takes whatever it declares.
    outputs: tuple[Tensor, ...] = ()
    #: array | generator | dataset | sequence | unknown
    data_kind: str = "array"
    #: What the model's ``call`` is given beside the data, by name.
    further: Mapping[str, Value] = field(default_factory=dict)
    loops: tuple[Loop, ...] = ()
    conditional: bool = False
    turn: int = 1
    order: int = 0
    #: The same run in the second turn of the loop around it, where that has the same shapes.
    later: Run | None = None
    #: Every model that this call was made on, by identity: a loop over models makes it on several.
    identities: frozenset[int] = frozenset()
    #: What a loss of the program's own makes of the targets and outputs of a batch.
    loss: Tensor | None = None
    #: The same of metrics that are functions of the program.
    metrics: tuple[Tensor, ...] = ()
    #: The evaluation that fit makes of its validation data; its call has them as ``x`` and ``y`` where that is written.
    validation: Run | None = None
    #: The run from its second epoch on, once a ``Sequence`` of the program's own has done what it does between epochs.
    following: Run | None = None
    #: The hooks of callbacks that it stands in, the outermost first.
    hooks: tuple[Hook, ...] = ()

    @property
    def trains(self) -> bool:
        return self.method in TRAINING

    @property
    def again(self) -> tuple[Value, ...]:
        """What is given as x in the second turn of the loop around the run; nothing where that is not known."""
        return self.later.x if self.later is not None else ()


@dataclass(frozen=True, slots=True, eq=False)
class Reset:
    """``model.reset_states()`` (then ``layer`` is None) or a layer's; ``unknown``: one not followed may."""

    call: CallSite
    model: Model | None
    layer: Layer | None
    method: str  # reset_states | reset_state | unknown
    loops: tuple[Loop, ...] = ()
    conditional: bool = False
    #: The hooks of callbacks that it stands in, the outermost first.
    hooks: tuple[Hook, ...] = ()
    order: int = 0

    def hook_of(self, run: Run) -> str | None:
        """The hook that a call runs this in, where its callbacks do so."""
        return next((hook.name for hook in self.hooks if hook.span == run.call.span), None)


@dataclass(frozen=True, slots=True, eq=False)
class LibraryCall:
    """Any call of a library's function, class or method, with its arguments by name.

    ``name`` is canonical: ``keras.layers.LSTM``, ``numpy.reshape``, ``Model.predict_classes``, ``Array.reshape``;
    ``written`` is what the program imported. ``receiver`` is the object of a method call.
    """

    name: str
    written: str
    call: CallSite
    arguments: Mapping[str, Value]
    result: Value
    receiver: Value | None = None
    loops: tuple[Loop, ...] = ()
    conditional: bool = False
    order: int = 0
    #: Arguments that the installed function does not take, as written.
    unexpected: Mapping[str, Value] = field(default_factory=dict)
    #: Inside a Lambda or the ``call`` of a layer or model of the program's own, where Keras traces with real tensors.
    traced: bool = False
