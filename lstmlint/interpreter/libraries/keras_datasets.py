"""``keras.datasets``: the true shapes of what ``load_data`` gives."""

from __future__ import annotations

from lstmlint.interpreter.dims import Dim, truncated
from lstmlint.interpreter.library import Call, function
from lstmlint.interpreter.values import Array, Made, Mapped, Sequence, Size, Unknown, Value
from lstmlint.keras_model.graph import dim_of

#: Rows for training and test, shape of a sample, its type, shape and type of a label, and the largest label.
_IMAGES = {
    "mnist": (60000, 10000, (28, 28), "uint8", (), "uint8", 9),
    "fashion_mnist": (60000, 10000, (28, 28), "uint8", (), "uint8", 9),
    "cifar10": (50000, 10000, (32, 32, 3), "uint8", (1,), "uint8", 9),
    "cifar100": (50000, 10000, (32, 32, 3), "uint8", (1,), "uint8", 99),
}


def _four(call: Call, parts: list[tuple[Array, Array]]) -> Value:
    pairs = tuple(Sequence("tuple", pair, Dim(2), None, call.made()) for pair in parts)
    return Sequence("tuple", pairs, Dim(2), None, call.made())


def _array(rows: Dim, shape: tuple[int, ...], dtype: str, made: Made, high: float | None = None) -> Array:
    low = None if high is None else 0.0
    return Array((rows, *(Dim(size) for size in shape)), dtype, None, low, high, made=made)


@function(" ".join(f"keras.datasets.{name}.load_data" for name in _IMAGES), "*args, **kwargs")
def load_images(call: Call) -> Value:
    train, test, sample, dtype, label, label_dtype, top = _IMAGES[call.name.split(".")[2]]
    return _four(
        call,
        [
            (
                _array(Dim(rows), sample, dtype, call.made(), 255.0),
                _array(Dim(rows), label, label_dtype, call.made(), float(top)),
            )
            for rows in (train, test)
        ],
    )


_TEXT = (
    "path='', num_words=None, skip_top=0, maxlen=None, seed=113, start_char=1, oov_char=2, index_from=3, "
    "test_split=0.2, **kwargs"
)
#: What else is given, ``nb_words`` of the oldest Keras among it, may bound the ids as well.
_TEXT_NAMES = frozenset(part.partition("=")[0] for part in _TEXT.split(", "))


@function("keras.datasets.imdb.load_data keras.datasets.reuters.load_data", _TEXT)
def load_texts(call: Call) -> Value:
    """Arrays of lists of word ids; ``maxlen`` leaves the longer ones out."""
    made, imdb = call.made(), ".imdb." in call.name
    split = call.number("test_split")
    if imdb:
        rows: list[Dim | None] = [Dim(25000), Dim(25000)]
    elif split is not None:
        train = truncated(Dim(11228), 1 - split)
        rows = [train, Dim(11228) - train]
    else:
        rows = [None, None]
    top, label = _highest(call, imdb), 1.0 if imdb else 45.0
    pairs = []
    for count in rows:
        size = _unknown_rows() if count is None or not call.is_none("maxlen") else count
        texts = Array((size,), "object", None, 0.0 if top else None, top, made=made)
        pairs.append((texts, Array((size,), "int64", None, 0.0, label, made=made)))
    return _four(call, pairs)


def _unknown_rows() -> Dim:
    from lstmlint.interpreter.dims import symbol_dim

    return symbol_dim("texts", 1)


def _highest(call: Call, imdb: bool) -> float | None:
    """The largest word id: below ``num_words`` where that is given, else as large as the data go."""
    bound = dim_of(call["num_words"])
    if bound is not None and bound.known:
        return float(bound.constant - 1)
    plain = call.is_none("num_words") and call.integer("index_from") == 3 and call.given <= _TEXT_NAMES
    return (88586.0 if imdb else 30981.0) if plain else None


@function("keras.datasets.imdb.get_word_index keras.datasets.reuters.get_word_index", "path=''")
def word_index(call: Call) -> Value:
    size = Dim(88584 if ".imdb." in call.name else 30979)
    number = Size(_unknown_rows(), call.made())
    word = Unknown("a word", call.made(), text=True)
    return call.machine.new_dict(Mapped((), True, number, size, call.made(), word))


@function("keras.datasets.boston_housing.load_data", "path='', test_split=0.2, seed=113")
def load_boston(call: Call) -> Value:
    split = call.number("test_split")
    if split is None:
        return Unknown("a part of the Boston houses that is not known", call.made())
    train = truncated(Dim(506), 1 - split)
    rows = [train, Dim(506) - train]
    made = call.made()
    return _four(call, [(_array(n, (13,), "float64", made), _array(n, (), "float64", made)) for n in rows])


@function("keras.datasets.california_housing.load_data", "version='large', path='', test_split=0.2, seed=113")
def load_california(call: Call) -> Value:
    split, version = call.number("test_split"), call.text("version")
    if split is None or version not in ("large", "small"):
        return Unknown("a part of the Californian houses that is not known", call.made())
    whole = Dim(20640 if version == "large" else 600)
    train = truncated(whole, 1 - split)
    made = call.made()
    parts = [train, whole - train]
    return _four(call, [(_array(n, (8,), "float32", made), _array(n, (), "float32", made)) for n in parts])
