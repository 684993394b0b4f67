"""One text where a ``Tokenizer`` takes a list of texts: each of its letters is a text of its own then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.libraries.keras_text import words_of
from lstmlint.interpreter.texts import A_LETTER, OF_A_LETTER, letters
from lstmlint.interpreter.values import Array, Const, Made, Reference, Sequence, Slice, Table, Unknown, Value
from lstmlint.keras_model.training import LibraryCall
from lstmlint.questions.provenance import ancestors
from lstmlint.text.source import Span

_TOKENIZER = "keras.preprocessing.text.Tokenizer"
_FIT = f"{_TOKENIZER}.fit_on_texts"
_NUMBERING = tuple(f"{_TOKENIZER}.texts_to_{name}" for name in ("sequences", "sequences_generator", "matrix"))
#: What makes an array of a list of samples.
_SAMPLES = ("keras.utils.pad_sequences", "numpy.array", "numpy.asarray")


@dataclass(frozen=True, slots=True, eq=False)
class Lettered:
    """``call`` takes the letters of one text for texts. ``fit`` is where words were learned that they are sought in;
    None where the letters are what is learned. ``other`` gives the same Tokenizer whole texts."""

    call: LibraryCall
    fit: LibraryCall | None = None
    other: LibraryCall | None = None


def read_by_letters(facts: Facts) -> Iterator[Lettered]:
    """Where a Tokenizer of words is certainly given one text, which holds more than a letter."""
    for call in facts.calls_to(_FIT, *_NUMBERING):
        text = call.arguments.get("texts")
        if text is None or not _numbers_words(call.receiver) or not _is_text(text):
            continue
        others = [one for one in facts.calls_to(_FIT, *_NUMBERING) if one.receiver is call.receiver]
        if call.name == _FIT:
            other = next((one for one in others if _whole_texts(one.arguments.get("texts"))), None)
            if other is not None or _has_words(text, call.receiver):
                yield Lettered(call, None, other)
            continue
        fits = [one for one in others if one.name == _FIT and one.order < call.order]
        if fits and all(_whole_texts(one.arguments.get("texts")) for one in fits):
            yield Lettered(call, fits[-1])


@dataclass(frozen=True, slots=True, eq=False)
class OneLetter:
    """Each sample that ``call`` is given holds what stands for one letter, gone over as a text at ``place``.

    ``text`` is where the text came from, that has the letter.
    """

    call: LibraryCall
    place: Span
    text: Span | None


def one_letter_samples(facts: Facts) -> Iterator[OneLetter]:
    """Where samples are made of a text as if it were a list of texts: ``[[ids[c] for c in line] for line in text]``."""
    for call in facts.calls_to(*_SAMPLES):
        inner = [_content(one) for one in _held(_content(next(iter(call.arguments.values()), None)))]
        gone_over = [_over_a_letter(one) for one in inner]
        made = next(iter(gone_over), None)
        if made is not None and all(gone_over):
            origin = getattr(made.sources[0], "made", None)
            yield OneLetter(call, made.span, origin.span if origin is not None else None)


def _content(value: Value | None) -> Sequence | None:
    value = value.fields.get("content") if isinstance(value, Reference) and value.kind == "list" else value
    return value if isinstance(value, Sequence) else None


def _held(content: Sequence | None) -> tuple[Value | None, ...]:
    return () if content is None else content.items if content.items is not None else (content.element,)


def _over_a_letter(inner: Sequence | None) -> Made | None:
    """Where a letter is gone over for a list that holds one item for it."""
    made = inner.made if inner is not None and inner.items is not None and len(inner.items) == 1 else None
    return made if made is not None and made.operation == OF_A_LETTER else None


def _numbers_words(numberer: Value | None) -> bool:
    fields = numberer.fields if isinstance(numberer, Reference) and numberer.kind == _TOKENIZER else {}
    by_letter = fields.get("char_level")
    return isinstance(by_letter, Const) and not by_letter.value and "analyzer" not in fields.get("given", ("analyzer",))


def _is_text(value: Value | None) -> bool:
    """Whether a value is one text, of more than a letter."""
    match value:
        case Const(value=str() as text):
            return len(text.strip()) > 1
        case Unknown(text=True, why=why):
            return why != A_LETTER and not _one_letter(value)
        case _:
            return False


def _one_letter(value: Unknown) -> bool:
    """``text[i]``, and a slice that holds one letter; an item of a list may be a whole text."""
    made = value.made
    if made is None or made.operation != "index" or len(made.sources) < 2:
        return False
    whole, key = made.sources[:2]
    from_text = isinstance(whole, Unknown) and whole.text
    return from_text and (not isinstance(key, Slice) or letters(value) == Dim(1))


def _has_words(text: Value, numberer: Value | None) -> bool:
    words = words_of(text, numberer.fields) if isinstance(numberer, Reference) else None
    return words is not None and len(words) > 1 and any(len(word) > 1 for word in words)


def _whole_texts(value: Value | None) -> bool:
    """Whether a value is a list, or a column, of texts that are not all single letters."""
    match value:
        case Reference(kind="list", fields={"content": content}):
            return _whole_texts(content)
        case Sequence(items=items, element=element):
            return any(map(_is_text, items if items is not None else (element,)))
        case Array(shape=shape) if shape is None or len(shape) == 1:
            return _read_from_table(value)
        case _:
            return False


def _read_from_table(column: Array) -> bool:
    """A column of a file of rows: of texts, as a Tokenizer is given it."""
    return any(isinstance(one, Table) for one in ancestors(column))
