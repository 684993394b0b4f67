"""Texts that a vocabulary cannot hold: what splits texts into words has taken their signs and capitals out."""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Asked, Facts
from lstmlint.interpreter.libraries.keras_text import FILTERS, words_of
from lstmlint.interpreter.values import Array, Const, Reference, Sequence, Unknown, Value
from lstmlint.keras_model.graph import Layer
from lstmlint.questions.provenance import SPLIT, ancestors
from lstmlint.questions.vocabulary import WORDS_GIVEN

#: What leaves every item of a column one text.
_ONE_TEXT_EACH = frozenset(
    {
        *("index", "literal", "attribute", "pandas.read_csv", "pandas.concat", "Series.tolist", "Series.astype", SPLIT),
        *("Series.fillna", "Series.dropna", "Table.dropna", "Table.sample", "Table.reset_index", "Table.head"),
        *("pandas.DataFrame", "Table.copy", "Table.fillna", "Table.drop_duplicates", "numpy.array", "numpy.asarray"),
    }
)
#: What a sentence is cleaned of: where no word is one of these, nothing has to be taken out.
_LEFT_OUT = frozenset({"", "pad", "padding", "unk", "unknown", "oov", "none", "null", "nan", "empty", "mask"})


@dataclass(frozen=True, slots=True, eq=False)
class Filtered:
    """``asked.text`` is in no vocabulary: without ``removed`` it is ``becomes``; ``lowered`` says that of capitals."""

    asked: Asked
    removed: str
    lowered: bool
    becomes: str


def filtered_marks(facts: Facts) -> Iterator[Filtered]:
    """What words of a vocabulary are compared with, or looked up by, and can never be."""
    for asked in facts.asked:
        every = [_split(asked.text, vocabulary, facts) for vocabulary in asked.vocabularies]
        if any(found is None or found[1] == [asked.text] for found in every) or every[0] is None:
            continue
        removed, words = every[0]
        becomes = " ".join(words)
        both = any(one.vocabularies == asked.vocabularies and one.text == becomes for one in facts.asked)
        if not both and not (asked.conditional if asked.key else becomes in _LEFT_OUT):
            signs = "".join(sorted(set(asked.text) & set(removed)))
            yield Filtered(asked, signs, becomes.lower() == becomes and asked.text.lower() != asked.text, becomes)


def _split(text: str, vocabulary: Value, facts: Facts) -> tuple[str, list[str]] | None:
    """The signs that are taken out of texts, and what words a text is split into; None where that is not known."""
    if isinstance(vocabulary, Layer):
        return _standardised(text, vocabulary, facts)
    fields = vocabulary.fields if isinstance(vocabulary, Reference) else {}
    oov, filters, letters = (fields.get(name) for name in ("oov_token", "filters", "char_level"))
    if not isinstance(oov, Const) or oov.value == text or not isinstance(letters, Const) or letters.value:
        return None
    texts, words = fields.get("texts", ()), words_of(Const(text), fields)
    if not texts or words is None or not isinstance(filters, Const) or not all(map(_holds_texts, texts)):
        return None
    return FILTERS if filters.value is None else filters.value, words


def _holds_texts(texts: Value) -> bool:
    """Whether each item is a text: of lists of words, a Tokenizer takes each word as it is."""
    if not isinstance(texts, Sequence):
        return False
    return all(map(_is_text, texts.items if texts.items is not None else (texts.element,)))


def _is_text(value: Value | None) -> bool:
    match value:
        case Const(value=str()) | Unknown(text=True):
            return True
        case Array(shape=()):
            steps = {made.operation for one in ancestors(value) if (made := getattr(one, "made", None)) is not None}
            return bool(steps & {"pandas.read_csv", "literal"}) and steps <= _ONE_TEXT_EACH
        case _:
            return False


def _standardised(text: str, layer: Layer, facts: Facts) -> tuple[str, list[str]] | None:
    """What a TextVectorization makes of a text; ``[UNK]`` and the empty text are its own."""
    how, split = layer.config.text("standardize"), layer.config.text("split")
    given = layer.config.has("vocabulary") or any(call.receiver is layer for call in facts.calls_to(*WORDS_GIVEN))
    if layer.kind != "TextVectorization" or given or split != "whitespace" or text in ("", "[UNK]"):
        return None
    removed = string.punctuation if how in ("lower_and_strip_punctuation", "strip_punctuation") else ""
    if how not in ("lower_and_strip_punctuation", "strip_punctuation", "lower"):
        return None
    lowered = text if how == "strip_punctuation" else text.lower()
    return removed, "".join(letter for letter in lowered if letter not in removed).split()
