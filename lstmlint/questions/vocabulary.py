"""How many words a ``Tokenizer`` has learned or a dict numbers, for ids that nobody knows before the texts are read."""

from __future__ import annotations

from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Array, Const, Made, Mapped, Reference, Sequence, Size, Value
from lstmlint.questions.provenance import MOST_VALUES, alike
from lstmlint.questions.tokens import KEEPS_IDS, behind_ids
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
    """Words that are numbered 1 to ``size``, which reads ``count``; ``by`` put the numbers for them at ``span``.

    ``whole`` says that it was given the very texts that the words were learned from: then every number occurs.
    """

    span: Span
    by: str
    size: Dim
    count: str
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
    call, whole = found[0].call, alike(learned, found[0].arguments.get("texts"))
    return Vocabulary(call.span, call.callee_text, size, str(size), whole)


def _own_words(value: Value, size: Dim, facts: Facts) -> Vocabulary | None:
    """The words of a dict of the program's own, that numbers them in a row: those whose ids a value holds."""
    found = _asked_dict(value)
    content = found[0].fields.get("content") if found is not None else None
    last = _last_number(content, size) if isinstance(content, Mapped) and content.open else None
    name = facts.name_of(found[0]) if found is not None else None
    if found is None or last is None or name is None:
        return None
    return Vocabulary(found[1], name, last, f"len({name})", whole=False)


def _asked_dict(value: Value) -> tuple[Reference, Span] | None:
    """The dict that gave each number for a word, and where."""
    for made in behind_ids(value, _MOVES):
        asked = made.sources[0] if made.operation == "index" and made.sources else None
        if isinstance(asked, Reference) and asked.kind == "dict":
            return asked, made.span
        if made.operation in _MOVES and _by_mask(made):
            return None
    return None


def _last_number(content: Mapped, size: Dim) -> Dim | None:
    """The greatest of the numbers that words have: those of ``enumerate``, or how many words there were before."""
    number, counted = content.default, counted_in_turn(content.default)
    if counted is not None:
        own = next((one for one in size.symbols if _is_length(one.key, content)), None)
        return None if own is None else Dim(counted - 1, (((own,), 1),))
    if not isinstance(number, Size) or content.length is None:
        return None
    (symbol, *others), first = number.dim.symbols or (None,), number.dim.constant
    if symbol is None or others or number.dim != Dim(first, (((symbol,), 1),)) or symbol.low or symbol.high is None:
        return None
    return symbol.high + first


def _is_length(key: object, content: Mapped) -> bool:
    """Whether a number is how many words a dict has that holds nothing else."""
    match key:
        case ("len", Mapped(items=(), default=default, made=made)):
            return not content.items and default is content.default and made is content.made
        case _:
            return False


def counted_in_turn(number: Value | None) -> int | None:
    """``len(ids) + first``: the number that each new word of a dict gets."""
    made: Made | None = getattr(number, "made", None)
    match made:
        case Made(operation="builtins.len", sources=(Mapped(),)):
            return 0
        case Made(operation="arithmetic", operator="+", sources=(counted, Const(value=int() as first))):
            return first if counted_in_turn(counted) == 0 else None
        case _:
            return None


def _by_mask(made: Made) -> bool:
    """``x[x.max(axis=1) < size]``: rows with large ids may be what is left out."""
    return any(isinstance(key, Array) and key.dtype in ("bool", None) for key in made.sources[1:])


def words_left_out(value: Value, size: Dim | None, facts: Facts) -> tuple[Vocabulary, int] | None:
    """The vocabulary behind a value, and how many of its numbers are past the end of ``size`` places, 0 included."""
    if size is None or size.value is not None:
        return None
    words = vocabulary_behind(value, facts) or _own_words(value, size, facts)
    if words is None:
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
