"""How many words a ``Tokenizer`` has learned, for ids that nobody knows before the texts are read."""

from __future__ import annotations

from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Array, Const, Made, Mapped, Reference, Sequence, Value
from lstmlint.keras_model.training import LibraryCall
from lstmlint.questions.provenance import MOST_VALUES, alike
from lstmlint.questions.tokens import KEEPS_IDS
from lstmlint.text.source import Span

_TOKENIZER = "keras.preprocessing.text.Tokenizer"
_IDS = f"{_TOKENIZER}.texts_to_sequences"
#: What gives a layer the words that it numbers.
WORDS_GIVEN = ("Layer.set_vocabulary", "Layer.set_weights")
#: What moves ids about and leaves each of them the number that it is.
_MOVES = (KEEPS_IDS - {"arithmetic"}) | {
    *("numpy.concatenate", "numpy.vstack", "numpy.stack", "Array.copy", "attribute"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Words that are numbered 1 to ``size``; ``ids`` is the call that put the numbers for them.

    ``whole`` says that it was given the very texts that the words were learned from: then every number occurs.
    """

    ids: LibraryCall
    size: Dim
    whole: bool


def vocabulary_behind(value: Value, facts: Facts) -> Vocabulary | None:
    """The vocabulary whose ids a value holds; None where another number may stand for a word by now.

    A Tokenizer counts from 1 and gives every word it was fitted on an id, unless ``num_words`` cuts the rare ones off.
    """
    waiting, seen, places = [value], set[int](), set[Span]()
    while waiting and len(seen) < MOST_VALUES:
        current = waiting.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        made = getattr(current, "made", None)
        if made is not None and made.operation == _IDS:
            places.add(made.span)
        elif made is not None and (made.operation not in _MOVES or _by_mask(made)):
            return None
        else:
            waiting.extend(made.sources[:1] if made is not None else ())
            if isinstance(current, Sequence):
                waiting.extend(current.items[:8] if current.items is not None else (current.element,))
    found = [call for call in facts.calls if call.name == _IDS and call.call.span in places]
    sizes = {_words_of(call.receiver) for call in found}
    size = sizes.pop() if len(sizes) == 1 else None
    if size is None or {call.call.span for call in found} != places:
        return None
    learned = getattr(found[0].receiver, "fields", {}).get("fitted")
    return Vocabulary(found[0], size, alike(learned, found[0].arguments.get("texts")))


def _by_mask(made: Made) -> bool:
    """``x[x.max(axis=1) < size]``: rows with large ids may be what is left out."""
    return any(isinstance(key, Array) and key.dtype in ("bool", None) for key in made.sources[1:])


def words_left_out(value: Value, size: Dim | None, facts: Facts) -> tuple[Vocabulary, int] | None:
    """The vocabulary behind a value, and how many of its numbers are past the end of ``size`` places, 0 included."""
    words = vocabulary_behind(value, facts) if size is not None and size.value is None else None
    if words is None or size is None:
        return None
    past = words.size + 1 - size
    return (words, past.constant) if past.known and past.constant > 0 else None


def _words_of(tokenizer: Value | None) -> Dim | None:
    """``len(word_index)`` of a Tokenizer that keeps all its words and was fitted in this program."""
    fields = tokenizer.fields if isinstance(tokenizer, Reference) and tokenizer.kind == _TOKENIZER else {}
    bound, index = fields.get("num_words"), fields.get("word_index")
    if "fitted" not in fields or not (isinstance(bound, Const) and bound.value is None):
        return None
    content = index.fields.get("content") if isinstance(index, Reference) else None
    return content.count if isinstance(content, Mapped) else None
