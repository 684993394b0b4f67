"""Whether the steps of samples and of their targets are filled up on different sides."""

from __future__ import annotations

from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim, least, same
from lstmlint.interpreter.values import Array, Const, Made, Sequence, Value, rows_of
from lstmlint.keras_model.graph import Model, dim_of
from lstmlint.keras_model.training import LibraryCall, Run
from lstmlint.questions.copying import answered_by_step
from lstmlint.questions.outputs import loss_of_output
from lstmlint.questions.provenance import SPLIT, is_none, keeps_all
from lstmlint.questions.stages import keys_of

_PAD = "keras.utils.pad_sequences"
_IDS = "keras.preprocessing.text.Tokenizer.texts_to_sequences"
#: What leaves each number at its sample and step, or puts a row with one 1 there.
_KEEPS = frozenset(
    {
        *("keras.utils.to_categorical", "tensorflow.one_hot", "keras.ops.one_hot", "numpy.expand_dims", SPLIT),
        *("Array.astype", "numpy.array", "numpy.asarray", "Array.copy", "numpy.reshape", "Array.reshape"),
        *("tensorflow.cast", "tensorflow.expand_dims", "tensorflow.convert_to_tensor"),
    }
)
_ATTENTION = ("Attention", "AdditiveAttention")


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """The call that fills up the samples of input ``index``, and the one that fills up their targets."""

    index: int
    given: LibraryCall
    asked: LibraryCall

    @property
    def behind(self) -> bool:
        """Whether it is the targets that are filled up behind."""
        return side_of(self.asked) == "post"


def padded_apart(run: Run, facts: Facts) -> Sides | None:
    """Two sides for sequences of the same lengths, where each step of the output answers the same step of the input."""
    if len(run.y) != 1 or len(run.model.outputs) != 1 or run.model.opaque or loss_of_output(run, 0) is None:
        return None
    asked = _padding(run.y[0], facts) if not _looks_elsewhere(run.model) else None
    for index, (x, tensor) in enumerate(zip(run.x, run.model.inputs, strict=False)) if asked is not None else ():
        given = _padding(x, facts)
        if given is None or asked is None or {side_of(given), side_of(asked)} != {"pre", "post"}:
            continue
        if _as_long(given, asked) and answered_by_step(run.model, tensor, lambda node: node.layer.recurrent):
            return Sides(index, given, asked)
    return None


def _looks_elsewhere(model: Model) -> bool:
    """Whether an attention reads other steps than those that it answers for."""
    found = (node for node in model.nodes if node.layer.kind in _ATTENTION)
    return any(one is not node.inputs[0] for node in found for one in node.inputs)


def side_of(call: LibraryCall) -> str | None:
    given = call.arguments.get("padding")
    return given.value if isinstance(given, Const) and isinstance(given.value, str) else None


def _padding(value: Value | None, facts: Facts) -> LibraryCall | None:
    """The call that filled up what a value holds at each sample and step."""
    row = False
    for _ in range(20):
        if isinstance(value, Sequence):
            if row:
                return None
            value, row = value.items[0] if value.items else value.element, True
        made: Made | None = getattr(value, "made", None)
        if not isinstance(value, Array) or made is None or not made.sources:
            return None
        if made.operation == _PAD:
            return None if row else next((one for one in facts.calls_to(_PAD) if _makes(one, made)), None)
        source = made.sources[0]
        if made.operation == "index" and row:
            row = not _is_row(value, source)
            if row:
                return None
        elif not _stays(value, source, made, row):
            return None
        value = source
    return None


def _makes(call: LibraryCall, made: Made) -> bool:
    return getattr(call.result, "made", None) is made


def _is_row(value: Array, source: Value) -> bool:
    """Whether a value is one sample of another."""
    whole = isinstance(source, Array) and source.shape is not None and value.shape is not None
    return whole and isinstance(source, Array) and source.shape is not None and source.shape[1:] == value.shape


def _stays(value: Array, source: Value, made: Made, row: bool) -> bool:
    """Whether each step of a value is the same step of its source; of a row, where samples are taken one by one."""
    if isinstance(source, Sequence):
        return made.operation in _KEEPS
    if not isinstance(source, Array) or not source.shape or not value.shape:
        return False
    if made.operation == "index":
        keys = keys_of(made)
        return bool(keys) and len(source.shape) > 1 and _chooses(keys[0]) and all(keeps_all(key) for key in keys[1:])
    axis = 0 if row else 1
    kept = min(len(source.shape), len(value.shape)) > axis and same(source.shape[axis], value.shape[axis])
    return made.operation in _KEEPS and kept


def _chooses(key: Value) -> bool:
    """Whether a key takes samples, and puts no axis in front of them."""
    return not is_none(key) and dim_of(key) is None and not isinstance(key, Sequence)


def _as_long(given: LibraryCall, asked: LibraryCall) -> bool:
    """Whether both calls fill up sequences of the very same lengths, up to the same length, which some do not have."""
    one, other = (_lengths(call.arguments.get("sequences")) for call in (given, asked))
    if not one or not other or len(one) != len(other) or not all(map(same, one, other)):
        return False
    ends = [call.arguments.get("maxlen") for call in (given, asked)]
    if all(end is not None and is_none(end) for end in ends):
        return len(set(one)) > 1 or not one[0].known
    first, second = map(dim_of, ends)
    if first is None or second is None or not same(first, second):
        return False
    return any(least(length - first) < 0 for length in one)


def _lengths(sequences: Value | None) -> list[Dim] | None:
    """How long each sequence is, or what stands for that of all of them; a word that has no number is one as well."""
    made: Made | None = getattr(sequences, "made", None)
    if made is not None and made.operation == _IDS:
        words = made.sources[0]
        each = (words.items or (words.element,)) if isinstance(words, Sequence) else ()
        return _lengths(words) if each and all(isinstance(one, Sequence) for one in each) else None
    if not isinstance(sequences, Sequence):
        return None
    rows = [one for one in sequences.items or (sequences.element,) if one is not None]
    found = [one.length if isinstance(one, Sequence) else rows_of(one) for one in rows]
    known = [length for length in found if length is not None]
    return known if len(known) == len(found) else None
