"""Samples of frames, of certainly different lengths, that are padded behind and read on to the end of the padding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Array, Const, Sequence, Value
from lstmlint.keras_model.graph import Layer, Model
from lstmlint.keras_model.training import LibraryCall, Run
from lstmlint.questions.masks import LONG, padded_with
from lstmlint.questions.provenance import ancestors, call_at
from lstmlint.questions.state import single_x

_READERS = frozenset({"LSTM", "GRU", "SimpleRNN"})
#: Layers that leave the padding as it is.
_PASSING = frozenset({"Dropout", "SpatialDropout1D"})
_DRAWN = (".randint", ".integers", ".random_integers", ".choice", ".randrange")


@dataclass(frozen=True, slots=True, eq=False)
class Unmasked:
    """``call`` pads behind, to so many ``steps``, with ``value``; ``reader`` reads it first, and ``last`` answers."""

    call: LibraryCall
    value: float
    steps: int
    reader: Layer
    last: Layer

    @property
    def long(self) -> bool:
        """Whether a layer forgets over so many steps."""
        return self.steps >= LONG


def unmasked_frames(run: Run, facts: Facts) -> Unmasked | None:
    """Padding behind samples of certainly different lengths that is read as frames."""
    x = single_x(run)
    padded = padded_with(x, facts) if run.trains and x is not None and x.rank == 3 else None
    call = call_at(facts, padded[0]) if padded is not None else None
    readers = _answers_last(run.model)
    if x is None or call is None or padded is None or not readers or not x.shape:
        return None
    padding, steps = call.arguments.get("padding"), x.shape[1].value
    behind = isinstance(padding, Const) and padding.value == "post"
    if not behind or steps is None or not _shorter(call, steps, facts):
        return None
    return Unmasked(call, padded[1], steps, readers[0], readers[-1])


def _answers_last(model: Model) -> list[Layer]:
    """The recurrent layers of a plain chain, where the last one gives its last step only."""
    if model.opaque or not model.complete or len(model.inputs) != 1 or model.problem is not None:
        return []
    readers: list[Layer] = []
    for node in model.nodes:
        layer = node.layer
        plain = layer.own is None and layer.model is None and len(node.inputs) == 1 and not node.state
        if not plain or "mask" in node.arguments:
            return []
        if layer.kind in _READERS and layer.config.flag("go_backwards") is False and layer.returns_state is False:
            readers.append(layer)
            if layer.returns_sequences is False:
                return readers
        if layer.kind not in _PASSING and (layer.kind not in _READERS or layer.returns_sequences is not True):
            return []
    return []


def _shorter(call: LibraryCall, steps: int, facts: Facts) -> bool:
    """Whether some samples certainly have fewer steps than they are padded to, and not all the same number."""
    sequences = call.arguments.get("sequences")
    if not isinstance(sequences, Sequence):
        return False
    if sequences.items is None:
        return isinstance(sequences.element, Array) and _drawn_shorter(sequences.element, call, steps, facts)
    lengths = [_length(item) for item in sequences.items]
    known = [length for length in lengths if length is not None]
    return len(known) == len(lengths) and len(set(known)) > 1 and min(known) < steps


def _length(value: Value) -> int | None:
    match value:
        case Array(shape=(Dim(value=int() as steps), _)) | Sequence(length=Dim(value=int() as steps)):
            return steps
        case _:
            return None


def _drawn_shorter(frames: Array, call: LibraryCall, steps: int, facts: Facts) -> bool:
    """Whether the frames of a sample are as many as was drawn for it."""
    if frames.rank != 2 or frames.shape is None or not frames.shape[0].anonymous or not frames.shape[1].known:
        return False
    for one in ancestors(frames):
        made = getattr(one, "made", None)
        if isinstance(one, Array) and one.shape and made is not None and one.shape[0].anonymous:
            maker = call_at(facts, made)
            given = _numbers(tuple(maker.arguments.values())) if maker is not None else ()
            if any(_is_draw(number, call, steps, facts) for number in given):
                return True
    return False


def _numbers(values: tuple[Value, ...]) -> Iterator[Array]:
    for value in values:
        if isinstance(value, Sequence) and value.items is not None:
            yield from _numbers(value.items)
        elif isinstance(value, Array) and value.shape == ():
            yield value


def _is_draw(number: Array, padding: LibraryCall, steps: int, facts: Facts) -> bool:
    """A number that is drawn anew for each sample, from numbers below ``steps`` as well."""
    made = number.made
    if made is None or not made.operation.endswith(_DRAWN) or number.low is None or number.high is None:
        return False
    draw = call_at(facts, made)
    anew = draw is not None and len(draw.loops) > len(padding.loops)
    return anew and number.low < number.high and number.low < steps
