"""Ids of two vocabularies that go through one Embedding: the same number means two words there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import combinations

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import same
from lstmlint.interpreter.values import Array, Const, Made, Mapped, Reference, Sequence, Slice, Value, constants
from lstmlint.keras_model.graph import Layer, Model
from lstmlint.keras_model.training import LibraryCall, Run
from lstmlint.questions.models import samples
from lstmlint.questions.provenance import MOST_VALUES, SPLIT, ancestors
from lstmlint.questions.vocabulary import WORDS_GIVEN

_TOKENIZER = "keras.preprocessing.text.Tokenizer"
_FITS = (f"{_TOKENIZER}.fit_on_texts", "Layer.adapt")
_IDS = (f"{_TOKENIZER}.texts_to_sequences", "Layer.__call__")
_TAKEN = ("texts", "data")
TEXT_LAYERS = frozenset({"TextVectorization", "StringLookup"})
#: What moves ids about and leaves each of them the number that it is: its first source, or all that it joins.
_MOVES = frozenset(
    {
        *("keras.utils.pad_sequences", "numpy.array", "numpy.asarray", "numpy.reshape", "Array.reshape", "index"),
        *("numpy.expand_dims", "Array.astype", "literal", "window", "attribute", "Array.copy", SPLIT),
    }
)
_JOINS = frozenset({f"numpy.{name}" for name in ("concatenate", "vstack", "hstack", "stack", "append", "column_stack")})
#: Layers behind which ids are still ids.
_PASSING = frozenset({"Concatenate", "Reshape", "Flatten", "Permute", "RepeatVector", "Identity"})


class Cut(Enum):
    """What was left of some data on the way: all, some of the rows, or something else."""

    NOT = "whole"
    ROWS = "rows"
    OTHER = "other"


@dataclass(frozen=True, slots=True, eq=False)
class Mixed:
    """``first`` and ``second`` number words by different texts, and ``layer`` is given the ids of both."""

    run: Run
    layer: Layer
    first: LibraryCall
    second: LibraryCall


def mixed_vocabularies(facts: Facts) -> Iterator[Mixed]:
    """Embeddings that certainly get ids of two vocabularies in one run."""
    fits = [call for call in facts.calls if call.name in (*_FITS, *WORDS_GIVEN)]
    for run in facts.runs if len(fits) > 1 else ():
        given = zip(run.model.inputs, run.x, strict=True) if len(run.x) == len(run.model.inputs) else ()
        seen: dict[Layer, dict[int, LibraryCall]] = {}
        for layer, source in _embedded(run.model, {id(tensor): (value,) for tensor, value in given}):
            found = seen.setdefault(layer, {})
            found.update((id(fit), fit) for fit in _behind(source, run, fits, facts))
        for layer, found in seen.items():
            ordered = sorted(found.values(), key=lambda fit: fit.order)
            pair = next((pair for pair in combinations(ordered, 2) if _number_apart(*pair)), None)
            if pair is not None:
                yield Mixed(run, layer, *pair)


def _embedded(model: Model, given: Mapping[int, tuple[Value, ...]]) -> Iterator[tuple[Layer, Value]]:
    """Each Embedding of a model, and of the models inside it, with the data and text layers that it gets ids from."""
    known = dict(given)
    for node in model.nodes:
        sources = [known.get(id(tensor), ()) for tensor in node.inputs]
        layer = node.layer.inner[0] if node.layer.kind == "TimeDistributed" and node.layer.inner else node.layer
        if layer.kind == "Embedding":
            yield from ((layer, value) for values in sources for value in values)
        elif layer.model is not None and len(layer.model.inputs) == len(sources):
            inner = zip(layer.model.inputs, sources, strict=True)
            yield from _embedded(layer.model, {id(tensor): values for tensor, values in inner})
        elif layer.kind in TEXT_LAYERS or layer.kind in _PASSING:
            passed = (layer,) if layer.kind in TEXT_LAYERS else tuple(value for values in sources for value in values)
            known.update((id(tensor), passed) for tensor in node.outputs)


def _behind(source: Value, run: Run, fits: list[LibraryCall], facts: Facts) -> Iterator[LibraryCall]:
    """The fits by which ids were numbered."""
    if isinstance(source, Layer):
        yield from _in_force(source, run.order, run.loops, fits)
        return
    calls = {id(call.result.made): call for call in facts.calls if call.name in _IDS and hasattr(call.result, "made")}
    for made in _numbered(source):
        call = calls.get(made)
        if call is not None and (call.name == _IDS[0] or getattr(call.receiver, "kind", "") in TEXT_LAYERS):
            yield from _in_force(call.receiver, call.order, call.loops, fits)


def _numbered(value: Value) -> Iterator[int]:
    """Where the ids that a value holds were given, as long as they are still those."""
    waiting, seen = [(value, Cut.NOT)], set[int]()
    while waiting and len(seen) < MOST_VALUES:
        current, cut = waiting.pop()
        made = getattr(current, "made", None)
        if id(current) in seen or (made is not None and made.operation not in (*_IDS, *_MOVES, *_JOINS)):
            continue
        seen.add(id(current))
        if made is not None and made.operation in _IDS:
            yield id(made)
        else:
            waiting.extend((part, _cut(made, cut)) for part in _parts(current, made, cut))


def _parts(value: Value, made: Made | None, cut: Cut) -> tuple[Value, ...]:
    """What certainly is in a value: of a part of what was joined nobody knows from where it is."""
    sources = made.sources if made is not None else ()
    if made is not None and made.operation in _JOINS:
        whole = cut is Cut.NOT or (cut is Cut.ROWS and all(_same_rows(value, source) for source in sources))
        return sources if whole else ()
    if not isinstance(value, Sequence) or value.items is None:
        return (*sources[:1], value.element) if isinstance(value, Sequence) else sources[:1]
    return (*sources[:1], *value.items[:8]) if cut is Cut.NOT or len(value.items) == 1 else sources[:1]


def _same_rows(joined: Value, part: Value) -> bool:
    """Whether arrays were joined side by side, so that every row has something of each."""
    first, other = samples(joined), samples(part)
    return first is not None and other is not None and same(first, other)


def _cut(made: Made | None, cut: Cut) -> Cut:
    if made is None or made.operation not in ("index", SPLIT):
        return cut
    rows = made.operation == SPLIT or (len(made.sources) == 2 and isinstance(made.sources[1], Slice))
    return Cut.ROWS if rows and cut is not Cut.OTHER else Cut.OTHER


def _in_force(numberer: Value, order: int, loops: tuple[object, ...], fits: list[LibraryCall]) -> Iterator[LibraryCall]:
    """The latest fit before a moment; none where it stands in a branch or a loop of its own, or words were given."""
    own = [fit for fit in fits if fit.receiver is numberer and fit.order <= order]
    doubtful = (fit.conditional or fit.name not in _FITS or not set(fit.loops) <= set(loops) for fit in own)
    if own and not any(doubtful):
        yield own[-1]


def _number_apart(first: LibraryCall, second: LibraryCall) -> bool:
    """Whether two fits certainly give a number to different words."""
    one, other = _words(first.receiver), _words(second.receiver)
    if first.receiver is not second.receiver and one is not None and other is not None:
        return any(other.get(number, word) != word for number, word in one.items())
    return _spelled(first) != _spelled(second) and not set_by_hand(first) and not set_by_hand(second)


def number_alike(fit: LibraryCall, first: LibraryCall) -> bool:
    """Whether every word that the one fit gives a number certainly has the same number by the other."""
    now, then = _words(fit.receiver), _words(first.receiver)
    return fit.receiver is not first.receiver and now is not None and then is not None and now.items() <= then.items()


def _words(numberer: Value) -> dict[int, str] | None:
    """Which word each number stands for, where the texts are in the program."""
    index = _index(numberer)
    if index is None or index.open:
        return None
    return {number.value: word.value for word, number in index.items if isinstance(number, Const)}


def _index(numberer: Value) -> Mapped | None:
    index = numberer.fields.get("word_index") if isinstance(numberer, Reference) else None
    content = index.fields.get("content") if isinstance(index, Reference) else None
    return content if isinstance(content, Mapped) else None


def set_by_hand(fit: LibraryCall) -> bool:
    """``second.word_index = first.word_index``."""
    if not isinstance(fit.receiver, Reference):
        return False
    index = _index(fit.receiver)
    return index is None or index.made is None or index.made.operation != _FITS[0]


def _spelled(fit: LibraryCall) -> frozenset[object]:
    """The names of files and columns, numbers and texts that the texts are made from."""
    texts = next((fit.arguments[name] for name in _TAKEN if name in fit.arguments), None)
    found: set[object] = set()
    for one in ancestors(texts):
        if isinstance(one, Slice):
            found.update(("end", getattr(end, "value", None)) for end in (one.start, one.stop, one.step))
        elif isinstance(one, Const):
            found.add((type(one.value), one.value))
        elif isinstance(one, Array) and one.name is not None:
            found.add(("column", one.name))
        elif isinstance(one, Sequence) and one.items is not None:
            found.add(tuple(constants(one.items) or ()))
    return frozenset(found)
