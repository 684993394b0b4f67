"""Where ids of words and characters come from, and whether they are still ids."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Array, Const, Made, Mapped, Reference, Sequence, Value
from lstmlint.questions.state import operations

#: What gives ids of words.
IDS = frozenset(
    {
        *("keras.preprocessing.text.Tokenizer.texts_to_sequences", "keras.preprocessing.text.one_hot"),
        *("keras.datasets.imdb.load_data", "keras.datasets.reuters.load_data"),
    }
)
#: What keeps ids what they are, or only divides them.
KEEPS_IDS = frozenset(
    {
        *("keras.utils.pad_sequences", "numpy.array", "numpy.asarray", "numpy.reshape", "Array.reshape", "index"),
        *("numpy.expand_dims", "Array.astype", "arithmetic", "sklearn.model_selection.train_test_split", "literal"),
    }
)


def one_hot_rows(value: Array) -> bool:
    """Whether ``keras.utils.to_categorical`` made the data, of ids in sequences, into (samples, steps, classes)."""
    latest = next((made for made in operations(value) if made.operation not in KEEPS_IDS), None)
    one_hot = latest is not None and latest.operation == "keras.utils.to_categorical"
    return one_hot and value.shape is not None and len(value.shape) > 2


def ids_one_a_step(value: Array) -> Made | None:
    """Where ids of words come from that are one number a step; None where they may be something else by now."""
    if value.shape is None or len(value.shape) != 3 or value.shape[2] != Dim(1):
        return None
    return next((made for made in behind_ids(value, KEEPS_IDS) if made.operation in IDS or _looked_up(made)), None)


def behind_ids(value: Value, keeps: frozenset[str]) -> Iterator[Made]:
    """How the numbers of a value came to be, step by step, as long as each step ``keeps`` them what they are."""
    current: Value | None = value
    for _ in range(40):
        made: Made | None = getattr(current, "made", None)
        if made is not None:
            yield made
        if isinstance(current, Reference):
            current = current.fields.get("content")
        elif isinstance(current, Sequence) and (made is None or made.operation != "index"):
            current = current.items[0] if current.items else current.element
        elif made is not None and made.operation == "filled":
            current = made.sources[1]  # what is written into rows of zeros
        elif made is None or made.operation not in keeps or not made.sources:
            return
        else:
            current = made.sources[0]


def _looked_up(made: Made) -> bool:
    """``ids[word]``: a number from a dict whose keys are words or characters."""
    source = made.sources[0] if made.operation == "index" and made.sources else None
    content = source.fields.get("content") if isinstance(source, Reference) else source
    if not isinstance(content, Mapped):
        return False
    if not content.open and _in_a_row([key.value for key, _ in content.items]):
        return False  # the number of a letter says how far it is along the alphabet
    if not content.open and content.items and _measured([value for _, value in content.items]):
        return False
    return all(isinstance(key.value, str) for key, _ in content.items) and bool(content.items or content.open)


def _measured(values: list[Value]) -> bool:
    """Whether numbers do not count on from one to the next: what they were written down as says how much."""
    numbers = sorted(
        value.value for value in values if isinstance(value, Const) and isinstance(value.value, int | float)
    )
    return len(numbers) == len(values) and numbers != [*range(int(numbers[0]), int(numbers[0]) + len(numbers))]


def _in_a_row(keys: list[object]) -> bool:
    """Whether these are letters that follow one another: A, B, C."""
    letters = [ord(key) for key in keys if isinstance(key, str) and len(key) == 1]
    return len(letters) == len(keys) > 2 and letters == list(range(letters[0], letters[0] + len(keys)))
