"""Whether the vectors of words are written into the rows of their positions, where the words count from 1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import least
from lstmlint.interpreter.values import Array, Const, Made, Mapped, Reference, Sequence, Size, Value
from lstmlint.keras_model.graph import Layer, dim_of
from lstmlint.keras_model.training import Run
from lstmlint.questions.provenance import call_at, comes_from
from lstmlint.questions.tokens import KEEPS_IDS, behind_ids
from lstmlint.questions.vocabulary import counted_in_turn

_ENUMERATE, _IDS = "builtins.enumerate", "keras.preprocessing.text.Tokenizer.texts_to_sequences"
_VIEWS = ("dict.keys", "dict.items", "builtins.list")
_CONSTANT = "keras.initializers.Constant"
#: What leaves each id the number that it is, and each row where it is.
_KEEPS_NUMBERS = KEEPS_IDS - {"arithmetic"}
_KEEPS_ROWS = frozenset({"numpy.array", "numpy.asarray", "Array.astype", "Array.copy"})


@dataclass(frozen=True, slots=True, eq=False)
class ByPosition:
    """``counted`` counts the words of a dict from 0, and ``filled`` puts vectors into those rows for ``embedding``."""

    counted: Made
    filled: Made
    embedding: Layer


def rows_by_position(run: Run, facts: Facts) -> ByPosition | None:
    """A matrix filled by position, where ``run`` gives the layer the ids of the very dict, all of them 1 or more."""
    for x, tensor in zip(run.x, run.model.inputs, strict=False) if run.trains else ():
        layers = [one.layer for one in run.model.nodes if one.layer.kind == "Embedding" and one.input is tensor]
        for layer in layers:
            for filled in _fills(_matrix(layer)):
                counted = _counted(filled)
                words = _words(counted.sources[0]) if counted is not None else None
                if counted is None or words is None or not _from_one(words):
                    continue
                if any(_same(words, one) for one in _numbering(x, facts)):
                    return ByPosition(counted, filled, layer)
    return None


def _matrix(layer: Layer) -> Value | None:
    """The rows that an Embedding begins with."""
    weights, begins = layer.config["weights"], layer.config["embeddings_initializer"]
    if isinstance(weights, Sequence) and weights.items is not None and len(weights.items) == 1:
        return weights.items[0]
    return begins.fields.get("value") if isinstance(begins, Reference) and begins.kind == _CONSTANT else None


def _fills(matrix: Value | None) -> Iterator[Made]:
    """The writes into an array, as long as its rows are where they were."""
    for _ in range(40):
        made: Made | None = getattr(matrix, "made", None)
        if not isinstance(matrix, Array) or made is None or not made.sources:
            return
        if made.operation == "filled":
            yield made
        elif made.operation not in _KEEPS_ROWS:
            return
        matrix = made.sources[0]


def _counted(filled: Made) -> Made | None:
    """What counts the rows of ``matrix[i] = vector`` from 0; None where the vector is found by that number."""
    if len(filled.sources) < 3 or isinstance(filled.sources[1], Const):
        return None
    row = filled.sources[2]
    made: Made | None = getattr(row, "made", None)
    if not isinstance(row, Size | Const) or made is None or made.operation != _ENUMERATE or len(made.sources) < 2:
        return None
    start = dim_of(made.sources[1])
    return made if start is not None and start.value == 0 and not comes_from(filled.sources[1], row) else None


def _words(counted: Value) -> Mapped | None:
    """The dict whose keys are counted, in its own order."""
    for _ in range(4):
        if isinstance(counted, Reference) and counted.kind == "dict":
            counted = counted.fields["content"]
        if isinstance(counted, Mapped):
            return counted
        made: Made | None = getattr(counted, "made", None)
        if made is None or made.operation not in _VIEWS or not made.sources:
            return None
        counted = made.sources[0]
    return None


def _same(one: Mapped, other: Mapped) -> bool:
    """Whether two values are one dict as it stood: a copy of it holds the very same numbers."""
    pairs = zip(one.items, other.items, strict=False)
    items = len(one.items) == len(other.items) and all(first[1] is second[1] for first, second in pairs)
    return one is other or (items and one.default is other.default and one.made is not None and one.made is other.made)


def _from_one(words: Mapped) -> bool:
    """Whether every number is 1 or more."""
    numbers = [number for _, number in words.items]
    sizes = [dim_of(number) for number in numbers]
    known = all(size is not None and least(size) >= 1 for size in sizes)
    if not words.open:
        return known and len(numbers) > 1
    first, rest = counted_in_turn(words.default), dim_of(words.default)
    turned = first is not None and first + len(numbers) >= 1
    return known and (turned or (rest is not None and least(rest) >= 1))


def _numbering(x: Value, facts: Facts) -> Iterator[Mapped]:
    """The dict whose numbers a value holds."""
    for made in behind_ids(x, _KEEPS_NUMBERS):
        if made.operation == _IDS:
            call = call_at(facts, made)
            index = getattr(call.receiver, "fields", {}).get("word_index") if call is not None else None
            if index is not None and (words := _words(index)) is not None:
                yield words
            return
        asked = made.sources[0] if made.operation == "index" and made.sources else None
        if isinstance(asked, Reference) and asked.kind == "dict" and (words := _words(asked)) is not None:
            yield words
            return
