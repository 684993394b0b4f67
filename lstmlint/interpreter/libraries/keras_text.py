"""Text to numbers: ``Tokenizer``, ``one_hot``, ``text_to_word_sequence``, ``TextVectorization.adapt``."""

from __future__ import annotations

from typing import Any

from lstmlint.interpreter.dims import Dim, symbol_dim, unknown_dim
from lstmlint.interpreter.libraries.sklearn_split import length_of
from lstmlint.interpreter.library import Call, attribute, function, method
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.operators import from_dim
from lstmlint.interpreter.rows import refused_row
from lstmlint.interpreter.spreading import spread
from lstmlint.interpreter.values import WORD, Array, Const, Made, Mapped, Reference, Sequence, Size, Unknown, Value
from lstmlint.keras_model.graph import dim_of

_TOKENIZER = "keras.preprocessing.text.Tokenizer"
FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'
#: How the number of words is called that a Tokenizer has learned from texts that nobody knows.
VOCABULARY = "len(word_index)"
#: Texts longer than this are not split into words.
_MOST_TEXT = 20_000


@function(
    _TOKENIZER,
    "num_words=None, filters=None, lower=True, split=' ', char_level=False, oov_token=None, document_count=0, **kwargs",
)
def tokenizer(call: Call) -> Value:
    """A vocabulary of words by frequency, from 1; it is empty until it is fitted."""
    machine, made = call.machine, call.made()
    fields: dict[Any, Any] = {**call.arguments, "texts": (), "given": call.given}
    new = Reference(_TOKENIZER, fields, made)
    fields.update(_vocabulary(machine, new, (), made))
    return new


def _vocabulary(machine: Machine, owner: Reference, texts: tuple[Value, ...], made: Made) -> dict[str, Reference]:
    """``word_index``: known where the texts are, else as many words as its length, whatever that is; and the words
    by their numbers."""
    words, some = _known_words(owner.fields, texts), Unknown("a word", made, True, owner)
    if words is not None:
        oov = owner.fields.get("oov_token")
        ordered = [oov.value] if isinstance(oov, Const) and oov.value is not None else []
        ordered += sorted(words, key=lambda word: (-words[word], list(words).index(word)))
        one = Made(WORD, made.span, (owner,))
        pairs = tuple((Const(word, one), Const(index)) for index, word in enumerate(ordered, start=1))
        index = Mapped(pairs, made=made)
    else:
        number = Size(symbol_dim("word id", 1), made)
        index = Mapped((), True, number, symbol_dim(VOCABULARY, 1), made, some)
    numbered = Mapped((), True, some, index.count, made, Unknown("a word's number", made, number=True))
    return {"word_index": machine.new_dict(index), "index_word": machine.new_dict(numbered)}


def _known_words(arguments: Any, texts: tuple[Value, ...]) -> dict[str, int] | None:
    counts: dict[str, int] = {}
    for value in texts:
        if not isinstance(value, Sequence) or value.items is None:
            return None
        for item in value.items:
            words = words_of(item, arguments)
            if words is None:
                return None
            for word in words:
                counts[word] = counts.get(word, 0) + 1
    return counts


def words_of(value: Value, arguments: Any) -> list[str] | None:
    """The words of one text, as the Tokenizer splits it."""
    by_letter = _flag(arguments, "char_level")
    if isinstance(value, Sequence) and value.items is not None and by_letter is False:
        plain = [item.value for item in value.items if isinstance(item, Const) and isinstance(item.value, str)]
        return [w.lower() for w in plain] if len(plain) == len(value.items) else None
    if not isinstance(value, Const) or not isinstance(value.value, str) or len(value.value) > _MOST_TEXT:
        return None
    lower, split = _flag(arguments, "lower"), arguments.get("split")
    if by_letter is None or lower is None or not isinstance(split, Const) or not isinstance(split.value, str):
        return None
    text = value.value.lower() if lower else value.value
    if by_letter:
        return list(text)
    filters = arguments.get("filters")
    if filters is not None and not (isinstance(filters, Const) and isinstance(filters.value, str | None)):
        return None
    removed = FILTERS if filters is None or filters.value is None else filters.value
    for letter in removed:
        text = text.replace(letter, split.value)
    return [word for word in text.split(split.value) if word]


def _flag(arguments: Any, name: str) -> bool | None:
    value = arguments.get(name)
    return bool(value.value) if isinstance(value, Const) else None


@method(_TOKENIZER, "fit_on_texts", "texts")
def fit_on_texts(call: Call) -> Value:
    fields, put = call.receiver.fields, call.machine.memory.put
    value = call["texts"]
    texts = (*fields.get("texts", ()), spread(call.machine, value))
    if len(texts) > 8:
        texts = (Sequence("list", None, unknown_dim()),)
    put(fields, "texts", texts)
    put(fields, "fitted", value)
    for name, words in _vocabulary(call.machine, call.receiver, texts, call.made(value)).items():
        put(fields, name, words)
    return Const(None)


def _word_index(tokenizer: Reference) -> Mapped:
    found = tokenizer.fields["word_index"]
    content = found.fields["content"] if isinstance(found, Reference) else None
    return content if isinstance(content, Mapped) else Mapped((), True, None, unknown_dim())


def _highest(tokenizer: Reference) -> float | None:
    """The largest id that texts can get: below ``num_words`` where that is given."""
    words = _word_index(tokenizer)
    size = None if words.open else len(words.items)
    bound = dim_of(tokenizer.fields.get("num_words"))
    if bound is not None and bound.known:
        return float(min(bound.constant - 1, size)) if size is not None else float(bound.constant - 1)
    return None if size is None else float(size)


@attribute(_TOKENIZER, "word_counts word_docs")
def counts(machine: Machine, value: Any) -> Value:
    """As many entries as words."""
    words = _word_index(value)
    return machine.new_dict(Mapped((), True, None, words.count, words.made))


@method(_TOKENIZER, "texts_to_sequences texts_to_sequences_generator", "texts")
def texts_to_sequences(call: Call) -> Value:
    """A list of lists of word ids, each as long as its text has words."""
    value = call["texts"]
    made, texts = call.made(value), spread(call.machine, value)
    known = _sequences(call.receiver, texts, made)
    if known is not None:
        return call.machine.new_list(known)
    ids = Sequence("list", None, symbol_dim("words"), _some_id(call.receiver, made), made)
    return call.machine.new_list(Sequence("list", None, texts.length, ids, made))


def _some_id(tokenizer: Reference, made: Made) -> Array:
    return Array((), "int64", None, 1.0, _highest(tokenizer), made=made)


def _sequences(tokenizer: Reference, texts: Sequence, made: Made) -> Sequence | None:
    words = _word_index(tokenizer)
    if words.open or texts.items is None:
        return None
    bound, oov = dim_of(tokenizer.fields.get("num_words")), tokenizer.fields.get("oov_token")
    if not isinstance(oov, Const) or (bound is None and _absent(tokenizer.fields.get("num_words")) is False):
        return None
    rows = []
    for item in texts.items:
        found = words_of(item, tokenizer.fields)
        if found is None:
            return None
        ids = [words.get(word) for word in found]
        limit = bound.constant if bound is not None and bound.known else None
        kept = [_kept(index, limit, words.get(oov.value) if oov.value is not None else None) for index in ids]
        row = tuple(index for index in kept if index is not None)
        rows.append(Sequence("list", row, Dim(len(row)), None, made))
    return Sequence("list", tuple(rows), Dim(len(rows)), None, made)


def _absent(value: Value | None) -> bool:
    return value is None or (isinstance(value, Const) and value.value is None)


def _kept(index: Value | None, limit: int | None, oov: Value | None) -> Value | None:
    """A word's id; one that is unknown or too rare becomes the oov token, or is left out."""
    if isinstance(index, Const) and (limit is None or index.value < limit):
        return index
    return oov


@method(_TOKENIZER, "texts_to_matrix sequences_to_matrix", "texts, mode='binary'")
def texts_to_matrix(call: Call) -> Value:
    """``(texts, num_words)``, or one column a word and one for 0."""
    value, made = call["texts"], call.made(call["texts"])
    words = _word_index(call.receiver)
    bound = dim_of(call.receiver.fields.get("num_words"))
    width = bound if bound is not None else (words.count or unknown_dim()) + 1
    rows = length_of(value) or spread(call.machine, value).length
    high = 1.0 if call.text("mode") == "binary" else None
    return Array((rows, width), "float64", None, 0.0, high, made=made)


@method(_TOKENIZER, "sequences_to_texts", "sequences")
def sequences_to_texts(call: Call) -> Value:
    refused = refused_row(call, call["sequences"], "TypeError: 'int' object is not iterable")
    if refused is not None:
        return refused
    rows = length_of(call["sequences"]) or unknown_dim()
    return call.machine.new_list(Sequence("list", None, rows, Unknown("a text"), call.made(call["sequences"])))


@method(_TOKENIZER, "to_json get_config", "")
def to_json(call: Call) -> Value:
    return call.unknown("a tokenizer as text")


@function("keras.preprocessing.text.tokenizer_from_json", "*args")
def from_json(call: Call) -> Value:
    made = call.made()
    fields: dict[Any, Any] = {"num_words": Unknown("num_words"), "texts": (), "oov_token": Unknown("oov_token")}
    number = Size(symbol_dim("word id", 1), made)
    size = symbol_dim("len(word_index)", 1)
    fields["word_index"] = call.machine.new_dict(Mapped((), True, number, size, made))
    fields["index_word"] = call.machine.new_dict(Mapped((), True, None, size, made))
    return Reference(_TOKENIZER, fields, made)


@function("keras.preprocessing.text.one_hot keras.preprocessing.text.hashing_trick", "text, n, *args, **kwargs")
def one_hot(call: Call) -> Value:
    """A list of numbers from 1 to n - 1, one a word."""
    bound, made = call.integer("n"), call.made(call["text"])
    number = Array((), "int64", None, 1.0, None if bound is None else float(bound - 1), made=made)
    known = words_of(call["text"], {"char_level": Const(False), "lower": Const(True), "split": Const(" ")})
    if known is not None:
        items = tuple(number for _ in known)
        return call.machine.new_list(Sequence("list", items, Dim(len(items)), None, made))
    return call.machine.new_list(Sequence("list", None, symbol_dim("words"), number, made))


@function("keras.preprocessing.text.text_to_word_sequence", "text, *args, **kwargs")
def word_sequence(call: Call) -> Value:
    known = words_of(call["text"], {"char_level": Const(False), "lower": Const(True), "split": Const(" ")})
    made = call.made(call["text"])
    if known is not None and not call.items("args") and call.given <= {"text"}:
        return call.machine.new_list(Sequence("list", tuple(Const(w) for w in known), Dim(len(known)), None, made))
    return call.machine.new_list(Sequence("list", None, symbol_dim("words"), Unknown("a word"), made))


@function("keras.preprocessing.sequence.skipgrams keras.preprocessing.sequence.make_sampling_table", "*args, **kwargs")
def skipgrams(call: Call) -> Value:
    return call.unknown("pairs of words")


@method("Layer", "adapt", "data, batch_size=None, steps=None")
def adapt(call: Call) -> Value:
    """TextVectorization and Normalization learn from data; the layer stays as it is."""
    return Const(None, call.made(call["data"]))


@method("Layer", "set_vocabulary", "vocabulary, idf_weights=None")
def set_vocabulary(call: Call) -> Value:
    return Const(None, call.made(call["vocabulary"]))


@method("Layer", "get_vocabulary vocabulary_size", "*args, **kwargs")
def vocabulary(call: Call) -> Value:
    """The words that a TextVectorization has learned."""
    size = symbol_dim("vocabulary", 1, key=("vocabulary", call.receiver))
    if call.name.endswith("size"):
        return from_dim(size, call.made(call.receiver))
    made = call.made(call.receiver)
    return call.machine.new_list(Sequence("list", None, size, Unknown("a word", made, True, call.receiver), made))
