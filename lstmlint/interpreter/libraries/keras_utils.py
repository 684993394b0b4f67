"""``keras.utils``: labels to vectors, lists to padded arrays, windows as datasets."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.interpreter.arrays import from_nested, with_elements
from lstmlint.interpreter.contents import MOST_ELEMENTS
from lstmlint.interpreter.dims import Dim, at_most, differ, symbol_dim
from lstmlint.interpreter.dtypes import dtype_of
from lstmlint.interpreter.join import element_of
from lstmlint.interpreter.libraries.sklearn_split import length_of
from lstmlint.interpreter.library import Call, function, method
from lstmlint.interpreter.named_numbers import names_are_numbered
from lstmlint.interpreter.rows import refused_row
from lstmlint.interpreter.values import Array, Const, Made, Reference, Scalar, Sequence, Unknown, Value, history
from lstmlint.interpreter.written_columns import meets_its_bounds


@function("keras.utils.to_categorical", "x=None, num_classes=None, dtype=None, y=None")
def to_categorical(call: Call) -> Value:
    """``x.shape + (num_classes,)``, a last axis of 1 left out; as many classes as the largest label plus one."""
    value = call["y"] if "y" in call.given else call["x"]
    array, made = from_nested(value), call.made(value)
    if array is None or array.shape is None:
        return Unknown(getattr(value, "why", "labels that are not known"), made)
    if any(isinstance(e, str) for e in array.elements or ()):
        return Unknown("labels that are texts", made)
    last = array.shape[-1] if len(array.shape) > 1 else None
    dtype = dtype_of(call["dtype"]) or ("float64" if call.machine.keras == 3 else "float32")
    if last is not None and last != Dim(1) and not differ(last, 1):
        return Array(None, dtype, None, 0.0, 1.0, made=made)
    shape = array.shape[:-1] if last == Dim(1) else array.shape
    return Array((*shape, _classes(call, value, array)), dtype, None, 0.0, 1.0, made=made)


def _classes(call: Call, value: Value, array: Array) -> Dim:
    known = call.dim("num_classes")
    if known is not None and known != Dim(0):
        return known
    numbers = [int(e) for e in array.elements or () if isinstance(e, (int, float)) and abs(e) < 1e15]
    if call.is_none("num_classes") and numbers and len(numbers) == len(array.elements or ()):
        return Dim(max(numbers) + 1)
    most = Dim(int(array.high) + 1) if array.high is not None and 0 <= array.high < 1e9 else None
    if most is not None and call.is_none("num_classes") and _reaches_most(value):
        return most
    return symbol_dim("classes", 1, key=("classes", value), high=most)


def _reaches_most(labels: Value) -> bool:
    """Whether the greatest label that may be there certainly is."""
    met = isinstance(labels, Array) and (_all_drawn(labels) or meets_its_bounds(labels))
    return met or names_are_numbered(labels)


def _all_drawn(array: Array) -> bool:
    """Whether whole numbers are drawn so often that the greatest is among them: of 5, 40 miss one in 7,500 times."""
    drawn = array.made is not None and array.made.operation.endswith((".randint", ".integers"))
    if not drawn or array.low is None or array.high is None or array.shape is None or len(array.shape) != 1:
        return False
    return array.shape[0].known and array.shape[0].constant >= 8 * (array.high - array.low + 1)


# --- padding ----------------------------------------------------------------------------------------------------------


@function(
    "keras.utils.pad_sequences", "sequences, maxlen=None, dtype='int32', padding='pre', truncating='pre', value=0.0"
)
def pad_sequences(call: Call) -> Value:
    """``(samples, maxlen, ...)`` of ragged lists; the longest list decides where ``maxlen`` is not given."""
    value = call["sequences"]
    refused = refused_row(call, value, "ValueError: `sequences` must be a list of iterables")
    if refused is not None:
        return refused
    made, samples = call.made(value), length_of(value)
    if samples is None:
        return Unknown(getattr(value, "why", "sequences that are not known"), made)
    steps, rest = _steps(call, value), _sample_axes(value)
    dtype = dtype_of(call["dtype"])
    if isinstance(steps, Dim) and steps.known and samples.known and rest == ():
        filled = _padded(call, value, steps.constant, dtype)
        if filled is not None:
            return with_elements((samples, steps), dtype, filled, made)
    low, high = _bounds(value)
    pad = call.number("value")
    shape = None if rest is None else (samples, steps, *rest)
    if low is None or high is None or pad is None:
        return Array(shape, dtype, made=made)
    return Array(shape, dtype, None, min(low, pad), max(high, pad), made=made)


def _steps(call: Call, value: Value) -> Dim:
    given = call.dim("maxlen")
    if given is not None:
        return given
    if call.is_none("maxlen"):
        lengths = _lengths(value)
        if lengths and all(length is not None and length.known for length in lengths):
            return Dim(max(length.constant for length in lengths if length is not None))
        distinct = set(lengths)
        only = next(iter(distinct), None)
        if len(distinct) == 1 and only is not None and not isinstance(value, Sequence):
            return only
    return symbol_dim("maxlen", 1, key=("maxlen", value, call["maxlen"]))


def _lengths(value: Value) -> list[Dim | None]:
    match value:
        case Sequence(items=tuple() as items):
            return [length_of(item) for item in items]
        case Array(shape=(_, steps, *_)):
            return [steps]
        case _:
            return []


def _sample_axes(value: Value) -> tuple[Dim, ...] | None:
    """The axes behind the steps: none for lists of numbers; None where that is not known."""
    match value:
        case Array(shape=(_, _, *rest)):
            return tuple(rest)
        case Array(dtype="object"):
            # The texts of keras.datasets are lists of numbers; of other objects those that were written tell.
            told = any(step.operation.startswith("keras.datasets.") for step in history(value))
            return () if told else _axes_of_written(value)
        case Array(shape=(_,), dtype=None) if any(step.operation.startswith("numpy.") for step in history(value)):
            # Made empty and filled by the program.
            return _axes_of_written(value)
        case Array(shape=(_,)):
            return ()
        case Sequence(items=tuple() as items):
            first = next((item for item in items if length_of(item) != Dim(0)), None)
        case Sequence():
            first = element_of(value)
        case _:
            return None
    return _axes_of_sample(first)


def _axes_of_written(value: Array) -> tuple[Dim, ...] | None:
    """Of an array that was filled item by item; all items are alike in this, else Keras refuses them."""
    current: Value = value
    for _ in range(20):
        made = getattr(current, "made", None)
        if made is None or made.operation != "filled":
            return None
        current, written = made.sources[:2]
        told = (isinstance(written, Array) and written.shape) or (isinstance(written, Sequence) and element_of(written))
        if told:
            return _axes_of_sample(written)
    return None


def _axes_of_sample(sample: Value | None) -> tuple[Dim, ...] | None:
    match sample:
        case Sequence(items=tuple() as items) if items:
            inner: Value | None = items[0]
        case Sequence():
            inner = element_of(sample)
        case Array(shape=(_, *rest)):
            return tuple(rest)
        case Unknown() | Array(shape=None):
            return None
        case _:
            return ()
    return () if inner is None else _axes_of_item(inner)


def _axes_of_item(item: Value) -> tuple[Dim, ...] | None:
    """A step of a sample: a number, or several."""
    array = from_nested(item)
    if array is not None and array.shape is not None:
        return array.shape
    length = length_of(item) if isinstance(item, Sequence | Reference) else None
    if length is not None:
        inner = element_of(item) if isinstance(item, Sequence) else None
        deeper = None if inner is None else _axes_of_item(inner)
        return (length, *deeper) if deeper is not None else None
    return None if isinstance(item, Unknown) else ()


def _bounds(value: Value) -> tuple[float | None, float | None]:
    element = element_of(value) if isinstance(value, Sequence) else value
    array = None if element is None else from_nested(element)
    return (None, None) if array is None else (array.low, array.high)


def _padded(call: Call, value: Value, steps: int, dtype: str | None) -> list[Scalar] | None:
    """The contents where all lists and the way of padding are known."""
    how = call.text("padding"), call.text("truncating"), call.arguments.get("value")
    rows = [_numbers(item) for item in value.items] if isinstance(value, Sequence) and value.items is not None else None
    if rows is None or None in rows or not isinstance(how[2], Const) or None in how[:2]:
        return None
    if len(rows) * steps > MOST_ELEMENTS:
        return None
    pad = how[2].value
    filled: list[Scalar] = []
    for row in rows:
        kept = (row or [])[-steps:] if how[1] == "pre" else (row or [])[:steps]
        kept = kept if steps else []
        blank = [pad] * (steps - len(kept))
        filled += blank + kept if how[0] == "pre" else kept + blank
    return _cast(filled, dtype)


def _numbers(item: Value) -> list[Scalar] | None:
    array = from_nested(item)
    if array is None or array.rank != 1 or array.elements is None:
        return None
    return list(array.elements) if all(isinstance(e, (int, float)) for e in array.elements) else None


def _cast(filled: list[Scalar], dtype: str | None) -> list[Scalar] | None:
    if dtype is not None and dtype.startswith("float"):
        return [float(e) for e in filled if isinstance(e, (int, float))]
    if dtype is not None and dtype.startswith("int"):
        return [int(e) for e in filled if isinstance(e, (int, float))]
    return None


@function("keras.utils.normalize", "x, axis=-1, order=2")
def normalize(call: Call) -> Value:
    array, made = call.array("x"), call.made(call["x"])
    if array is None:
        return Unknown("data that are not known", made)
    low = 0.0 if array.low is not None and array.low >= 0 else -1.0
    order = call.number("order")
    dtype = "float32" if array.dtype == "float32" else "float64"
    if order in (1.0, 2.0):
        return Array(array.shape, dtype, None, low, 1.0, made=made)
    return Array(array.shape, dtype, made=made)


# --- generators of windows --------------------------------------------------------------------------------------------


def _batch_of(batch: Dim, window: Dim, value: Value, made: Made) -> Value:
    """A batch of windows cut from data of any further axes."""
    array = from_nested(value)
    if array is None or not array.shape:
        return Unknown(getattr(value, "why", "data that are not known"))
    return Array((batch, window, *array.shape[1:]), array.dtype, None, array.low, array.high, made=made)


def _targets_of(batch: Dim, value: Value, made: Made) -> Value:
    array = from_nested(value)
    if array is None or not array.shape:
        return Unknown(getattr(value, "why", "targets that are not known"))
    return Array((batch, *array.shape[1:]), array.dtype, None, array.low, array.high, made=made)


@function(
    "keras.preprocessing.sequence.TimeseriesGenerator",
    "data, targets, length, sampling_rate=1, stride=1, start_index=0, end_index=None, shuffle=False, reverse=False, "
    "batch_size=128",
)
def timeseries_generator(call: Call) -> Value:
    """Windows ``data[i - length : i]`` with the target ``targets[i]``, in batches; refused where the lengths differ."""
    from lstmlint.interpreter.dims import floor_divide

    made = call.made(call["data"], call["targets"])
    rows, others = length_of(call["data"]), length_of(call["targets"])
    if rows is not None and others is not None and differ(rows, others):
        return Unknown(f"data of {rows} rows and targets of {others}", made)
    length, rate = call.dim("length") or symbol_dim("length", 1), call.dim("sampling_rate") or Dim(1)
    window = length if rate == Dim(1) else floor_divide(length + rate - 1, rate)
    batch = call.dim("batch_size") or symbol_dim("batch", 1)
    pair = (_batch_of(batch, window, call["data"], made), _targets_of(batch, call["targets"], made))
    fields = {**call.arguments, "element": Sequence("tuple", pair, Dim(2), None, made), "data_kind": "sequence"}
    return Reference(call.name, fields, made)


@method("keras.preprocessing.sequence.TimeseriesGenerator", "__getitem__", "index")
def generator_item(call: Call) -> Value:
    found: Value = call.receiver.fields["element"]
    return found


@function(
    "keras.utils.timeseries_dataset_from_array",
    "data, targets, sequence_length, sequence_stride=1, sampling_rate=1, batch_size=128, shuffle=False, seed=None, "
    "start_index=None, end_index=None, format='tf'",
)
def timeseries_dataset(call: Call) -> Value:
    """Windows ``data[i : i + length]`` with the target ``targets[i]``; without targets the windows alone."""
    made = call.made(call["data"], call["targets"])
    window = call.dim("sequence_length") or symbol_dim("length", 1)
    batch = None if call.is_none("batch_size") else call.dim("batch_size") or symbol_dim("batch", 1)
    if batch is not None:
        batch = at_most(batch, _windows_in(call, window))
    x = _batch_of(batch or Dim(1), window, call["data"], made)
    y = None if call.is_none("targets") else _targets_of(batch or Dim(1), call["targets"], made)
    pair = tuple(_unbatched(part) if batch is None else part for part in (x, y) if part is not None)
    pair = tuple(replace(part, flavour="tensor") if isinstance(part, Array) else part for part in pair)
    element = pair[0] if len(pair) == 1 else Sequence("tuple", pair, Dim(2), None, made)
    shuffled = made if call.flag("shuffle") is True else None
    fields = {
        **call.arguments,
        "element": element,
        "batched": batch is not None,
        "batch_size": call["batch_size"],
        "shuffled": shuffled,
        "reshuffles": shuffled,
    }
    return Reference("Dataset", fields, made)


def _windows_in(call: Call, window: Dim) -> Dim | None:
    """How many windows start in the data, and have a target; None where that is not known."""
    rows, others = length_of(call["data"]), length_of(call["targets"])
    rate, stride = call.dim("sampling_rate"), call.dim("sequence_stride")
    whole = call.is_none("start_index") and call.is_none("end_index") and rate == stride == Dim(1)
    if rows is None or not whole or (others is None and not call.is_none("targets")):
        return None
    starts = rows - window + 1
    return at_most(starts, others)


def _unbatched(value: Value) -> Value:
    if isinstance(value, Array) and value.shape:
        return Array(value.shape[1:], value.dtype, None, value.low, value.high, made=value.made)
    return value


# --- the rest ---------------------------------------------------------------------------------------------------------


@function(
    "keras.utils.plot_model keras.utils.set_random_seed keras.utils.clear_session keras.utils.model_to_dot "
    "keras.utils.disable_interactive_logging keras.utils.print_summary"
)
def nothing(call: Call) -> Value:
    return Const(None, call.made())


@function("keras.utils.get_file", "*args, **kwargs")
def get_file(call: Call) -> Value:
    return call.unknown("the path of a file that is downloaded")


@function("keras.utils.Progbar", "*args, **kwargs")
def progress_bar(call: Call) -> Value:
    return Reference(call.name, {}, call.made())
