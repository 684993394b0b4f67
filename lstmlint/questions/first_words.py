"""Words that have the number 0, which is also what texts are filled up with."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.texts import A_WORD
from lstmlint.interpreter.values import Array, Const, Made, Mapped, Reference, Sequence, Unknown, Value, constants
from lstmlint.keras_model.graph import Layer, dim_of
from lstmlint.keras_model.masking import makes_mask
from lstmlint.keras_model.training import Run
from lstmlint.questions.masks import is_part
from lstmlint.questions.provenance import call_at
from lstmlint.questions.tokens import KEEPS_IDS, behind_ids
from lstmlint.questions.vocabulary import counted_in_turn

_PAD, _ZEROS = "keras.utils.pad_sequences", "numpy.zeros"
_ENUMERATE, _PLACE = "builtins.enumerate", "list.index"
_IN_ORDER = frozenset({"builtins.sorted", "builtins.list", "list.sort"})
#: A text of the program's own that may stand for the padding, before the words that are counted.
_MARK = re.compile(r"""["'][^"'\w\s]?_?pad|\[\s*(?:""|'')""", re.IGNORECASE)
#: What leaves each id the number that it is.
_KEEPS = KEEPS_IDS - {"arithmetic", _PAD}
#: Words that are none: what is meant to be hidden, or may be.
_FILLERS = frozenset({"pad", "padding", "blank", "null", "none", "empty", "mask", "nan", "unk", "oov", "start", "end"})


@dataclass(frozen=True, slots=True, eq=False)
class FirstWord:
    """``numbered`` gives a word the number 0, ``padded`` puts zeros beside it, and ``embedding`` hides both.

    ``word`` is that word, where it stands in the program.
    """

    numbered: Made
    padded: Made
    embedding: Layer
    word: str | None


def hidden_first_word(run: Run, facts: Facts) -> FirstWord | None:
    if not run.trains or len(run.x) != len(run.model.inputs) or not any(one.recurrent for one in run.model.layers):
        return None
    for value, tensor in zip(run.x, run.model.inputs, strict=True):
        nodes = (node for node in run.model.nodes if node.layer.kind == "Embedding" and node.input is tensor)
        layer = next((node.layer for node in nodes if makes_mask(node)), None)
        found = _padded(value, facts) if layer is not None else None
        numbered = _from_zero(found[1], facts) if found is not None else None
        if layer is not None and found is not None and numbered is not None:
            return FirstWord(numbered[0], found[0], layer, numbered[1])
    return None


def _padded(value: Value, facts: Facts) -> tuple[Made, Value] | None:
    """Where ids get zeros beside them, and the ids before."""
    for _ in range(20):
        made: Made | None = getattr(value, "made", None)
        if made is None or not made.sources:
            return None
        if made.operation == _PAD:
            call = call_at(facts, made)
            filler = call.arguments.get("value") if call is not None else None
            zero = isinstance(filler, Const) and filler.value == 0
            return (made, made.sources[0]) if zero else None
        if made.operation == "filled":
            return (made, made.sources[1]) if _written_over_zeros(made) else None
        if made.operation not in _KEEPS:
            return None
        value = made.sources[0]
    return None


def _written_over_zeros(made: Made) -> bool:
    base = made.sources[0]
    steps = base.shape[1] if isinstance(base, Array) and base.shape is not None and len(base.shape) == 2 else None
    empty = isinstance(base, Array) and base.made is not None and base.made.operation == _ZEROS
    return empty and steps is not None and is_part(made, steps)


def _from_zero(ids: Value, facts: Facts) -> tuple[Made, str | None] | None:
    """What numbers the words of a vocabulary from 0, and the word that is the first one, as far as it is known."""
    for made in behind_ids(ids, _KEEPS):
        if made.operation in (_ENUMERATE, _PLACE):
            return _first_of(made)
        owner = made.sources[0] if made.operation == "index" and made.sources else None
        if isinstance(owner, Reference) and owner.kind == "dict":
            content = owner.fields.get("content")
            return _first_in(content, facts) if isinstance(content, Mapped) else None
    return None


def _first_in(content: Mapped, facts: Facts) -> tuple[Made, str | None] | None:
    """Of a dict: every word that stands in the program, or as ``enumerate`` or ``len(ids)`` counts the others."""
    zeros = [(key, number) for key, number in content.items if not _above_zero(number)]
    made: Made | None = getattr(content.default if content.open else zeros[0][1] if zeros else None, "made", None)
    if content.open:
        in_turn = made is not None and not content.items and counted_in_turn(content.default) == 0
        known = (made, None) if made is not None and in_turn and not _MARK.search(facts.source.text) else None
        return known or (_first_of(made) if made is not None and made.operation == _ENUMERATE and not zeros else None)
    word = zeros[0][0].value if len(zeros) == 1 and isinstance(zeros[0][1], Const) else None
    return (made, word) if made is not None and _is_word(word) else None


def _above_zero(number: Value) -> bool:
    size = dim_of(number)
    return size is not None and bool(size.value)


def _first_of(made: Made) -> tuple[Made, str | None] | None:
    """The first of the texts that are numbered from 0 on, where it certainly is a word."""
    texts, start = made.sources[0], dim_of(made.sources[1]) if len(made.sources) > 1 else None
    if not isinstance(texts, Sequence) or (made.operation == _ENUMERATE and (start is None or start.value != 0)):
        return None
    if texts.items is not None:
        words = constants(texts.items) or [None]
        return (made, words[0]) if _is_word(words[0]) else None
    return (made, None) if _split_off(texts.element) and _distinct(texts) else None


def _distinct(texts: Sequence) -> bool:
    """Whether no word is there twice, so that none gets another number later on."""
    for _ in range(4):
        made, within = texts.made, texts.made.sources[0] if texts.made is not None and texts.made.sources else None
        if texts.kind == "set" or made is None or made.operation not in _IN_ORDER or not isinstance(within, Sequence):
            return texts.kind == "set"
        texts = within
    return False


def _split_off(word: Value | None) -> bool:
    """Whether a text is what ``text.split()`` gave: one letter of it at least, and no mark of the program's own."""
    made = word.made if isinstance(word, Unknown) and word.why == A_WORD else None
    return made is not None and made.operation == "str.split" and len(made.sources) == 1


def _is_word(text: object) -> bool:
    return isinstance(text, str) and len(text) > 0 and text.isalnum() and text.lower() not in _FILLERS
