"""Where values come from that were only gathered, chosen, shaped and split since."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.interpreter.values import Array, Const, Made, Sequence, Slice, Table, Value
from lstmlint.questions.provenance import is_none
from lstmlint.text.source import Span

#: Operations that pass values on as they are: gathered, chosen, shaped, split.
KEEPS = frozenset(
    {
        *("numpy.array", "numpy.asarray", "numpy.stack", "numpy.expand_dims", "numpy.reshape", "numpy.squeeze"),
        *("Array.reshape", "Array.astype", "Array.ravel", "Array.flatten", "Array.squeeze", "Array.copy"),
        *("index", "window"),
        *("sklearn.model_selection.train_test_split", "pandas.DataFrame", "Table.to_numpy", "attribute"),
    }
)
#: What a scaler makes of each column that it was fitted on: mean 0 and variance 1, so values on both sides of 0.
_STANDARD = tuple(f"sklearn.preprocessing.StandardScaler.{way}" for way in ("fit_transform", "transform"))
#: Its result has bounds where it scales the data that it was fitted on: then each column reaches both.
RANGED = "sklearn.preprocessing.MinMaxScaler."
_ONE_HOT = frozenset(
    {
        *("keras.utils.to_categorical", "tensorflow.one_hot", "keras.ops.one_hot"),
        *("sklearn.preprocessing.LabelBinarizer.fit_transform", "sklearn.preprocessing.LabelBinarizer.transform"),
    }
)


def standardised(array: Array) -> Span | None:
    """Where the values of an array were brought to mean 0 and variance 1, if nothing has changed them since."""
    return next((made.span for made in kept_from(array) if made.operation in _STANDARD or _is_centred(made)), None)


def _is_centred(made: Made) -> bool:
    """``(series - series.mean()) / series.std()``, the two taken of the series or of its first rows."""
    match _operands(made, "/"):
        case (Array() | Table() as centred, spread) if centred.made is not None and (
            least := _operands(centred.made, "-")
        ):
            series, middle = least
            return _of_its_own(middle, "mean", series) and _of_its_own(spread, "std", series, centred)
    return False


def _operands(made: Made, operator: str) -> tuple[Value, Value] | None:
    """Of arithmetic written with an operator, also in place."""
    if made.operation != "arithmetic" or made.operator != operator or len(made.sources) != 2:
        return None
    return made.sources[0], made.sources[1]


def _of_its_own(number: Value, name: str, *series: Value) -> bool:
    """Whether a number, or one for each column, is the mean or the like of one of these or of its first rows."""
    made: Made | None = getattr(number, "made", None)
    if made is not None and (kept_from_zero := _operands(made, "+")) and isinstance(kept_from_zero[1], Const):
        made = getattr(kept_from_zero[0], "made", None)
    if made is None or made.operation not in {f"{owner}.{name}" for owner in ("Array", "numpy", "Table", "Series")}:
        return False
    given = made.sources[0] if made.sources else None
    part: Made | None = getattr(given, "made", None)
    first_rows = part is not None and part.operation == "index" and _from_the_first(part)
    return any(given is one or (first_rows and part is not None and part.sources[0] is one) for one in series)


def _from_the_first(part: Made) -> bool:
    keys = part.sources[1:]
    return bool(keys) and all(isinstance(key, Slice) and is_none(key.start) and is_none(key.step) for key in keys)


def one_hot(array: Array) -> Span | None:
    """Where the rows of an array were made to hold one 1 each, for the class of a sample."""
    for made in kept_from(array):
        dummies = made.operation == "pandas.get_dummies" and isinstance(made.sources[0], Array | Sequence)
        if dummies or made.operation in _ONE_HOT:
            return made.span
    return None


def kept_from(array: Array) -> Iterator[Made]:
    """How the values of an array came to be: the steps that only move them, and the first that does more."""
    value: Value | None = array
    for _ in range(40):
        made: Made | None = getattr(value, "made", None)
        if isinstance(value, Sequence):
            value = value.items[0] if value.items else value.element
            continue
        if made is None:
            return
        yield made
        if not made.sources or not isinstance(value, Array | Table) or made.operation not in KEEPS:
            return
        value = made.sources[0]
