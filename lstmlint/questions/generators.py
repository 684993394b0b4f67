"""What a generator or dataset goes through in one pass: how many samples, in which batches, in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Array, Const, Made, Reference, Table, Value, history
from lstmlint.keras_model.graph import dim_of
from lstmlint.keras_model.training import Run

GENERATOR = "keras.preprocessing.sequence.TimeseriesGenerator"
WINDOWS = "keras.utils.timeseries_dataset_from_array"
#: Steps of a dataset that leave its batches as they are.
_PASSING = frozenset(f"Dataset.{name}" for name in ("prefetch", "cache", "repeat", "take", "skip", "with_options"))


@dataclass(frozen=True, slots=True)
class Batches:
    """``samples`` in batches of ``batch``; the last batch holds what is left."""

    samples: int
    batch: int

    @property
    def rest(self) -> int:
        return self.samples % self.batch


def batches_of(run: Run) -> Batches | None:
    """How a run's generator or dataset cuts its samples, where both numbers are known and the rest is not dropped."""
    source = run.arguments.get("x") or run.arguments.get("generator")
    limited = not _is_none(run.arguments.get("steps_per_epoch")) or not _is_none(run.arguments.get("steps"))
    if not isinstance(source, Reference) or limited:
        return None
    count = _COUNTS.get(source.kind)
    samples = count(source.fields) if count is not None else None
    batch = number(source.fields, "batch_size")
    return Batches(samples, batch) if samples and batch else None


def _generated(fields: Mapping[Any, Any]) -> int | None:
    """``data[i - length : i]`` for every ``stride``-th ``i``; a shuffling generator draws full batches."""
    rows, length = _rows(fields.get("data")), number(fields, "length")
    start, stride = number(fields, "start_index"), number(fields, "stride")
    end = rows - 1 if rows is not None and _is_none(fields.get("end_index")) else number(fields, "end_index")
    if length is None or start is None or stride is None or end is None or not _is(fields.get("shuffle"), False):
        return None
    return _every(end - start - length + 1, stride)


def _sliced(fields: Mapping[Any, Any]) -> int | None:
    """A dataset that was batched from a known number of elements, or made of windows of an array, and is whole."""
    if fields.get("partial"):
        return None
    if "sequence_length" not in fields:
        found = dim_of(fields.get("samples"))
        return found.value if found is not None else None
    rows, length = _rows(fields.get("data")), number(fields, "sequence_length")
    rate, stride = number(fields, "sampling_rate"), number(fields, "sequence_stride")
    whole = _is_none(fields.get("start_index")) and _is_none(fields.get("end_index"))
    if rows is None or length is None or rate is None or stride is None or not whole:
        return None
    targets = fields.get("targets")
    answered = rows if _is_none(targets) else _rows(targets)
    return None if answered is None else _every(min(rows - (length - 1) * rate, answered), stride)


_COUNTS: dict[str, Callable[[Mapping[Any, Any]], int | None]] = {GENERATOR: _generated, "Dataset": _sliced}


def _every(positions: int, stride: int) -> int | None:
    return -(-positions // stride) if positions > 0 and stride > 0 else None


def number(fields: Mapping[Any, Any], name: str) -> int | None:
    dim = dim_of(fields.get(name))
    return dim.value if dim is not None else None


def _rows(value: Value | None) -> int | None:
    match value:
        case Array(shape=(rows, *_)) | Table(rows=rows):
            return rows.value
        case _:
            return None


def _is(value: Value | None, wanted: object) -> bool:
    return isinstance(value, Const) and value.value is wanted


def _is_none(value: Value | None) -> bool:
    return value is None or _is(value, None)


def span_and_advance(run: Run) -> tuple[int, int] | None:
    """How many steps a window of a generator or dataset spans, and how many steps later the next one in its row begins.

    That is in the same place of the next batch.
    """
    source = run.arguments.get("x") or run.arguments.get("generator")
    if not isinstance(source, Reference) or not _is(source.fields.get("shuffle"), False):
        return None
    names = ("length", "stride") if source.kind == GENERATOR else ("sequence_length", "sequence_stride")
    length, stride = (number(source.fields, name) for name in names)
    rate, batch = number(source.fields, "sampling_rate"), number(source.fields, "batch_size")
    return (length * rate, stride * batch) if length and stride and rate and batch else None


def batch_from(run: Run) -> Dim | None:
    """How large the batches of a dataset are, all but a last one that is smaller.

    None for batches of one sample, which Keras sometimes repeats for a whole batch.
    """
    source, whole = run.arguments.get("x"), batches_of(run)
    if not isinstance(source, Reference) or source.kind != "Dataset" or source.fields.get("batched") is not True:
        return None
    size, x = number(source.fields, "batch_size"), run.x[0] if run.x else None
    # What was batched and then cut or put together anew has other batches than it was told.
    if not isinstance(x, Array) or not x.shape or x.shape[0].value != size:
        return None
    first = size if whole is None or size is None else min(size, whole.samples)
    return Dim(first) if first is not None and first > 1 else None


def open_batches(run: Run) -> Made | None:
    """The step that cut a dataset into batches of which TensorFlow does not know the size: the last may be smaller."""
    source = run.arguments.get("x")
    if not isinstance(source, Reference) or source.kind != "Dataset":
        return None
    cut = next((made for made in history(source) if made.operation not in _PASSING), None)
    if cut is None or cut.operation not in ("Dataset.batch", WINDOWS):
        return None
    kept = cut.operation == WINDOWS or _is(source.fields.get("drop_remainder"), False)
    return cut if kept and number(source.fields, "batch_size") is not None else None


def order_of(run: Run) -> Iterator[Made]:
    """The steps that made the generator or dataset of a run, the latest first."""
    source = run.arguments.get("x") or run.arguments.get("generator")
    if isinstance(source, Reference):
        yield from history(source)


def shuffles_itself(run: Run) -> Made | None:
    """Where a generator or dataset of windows was made that was told to shuffle them."""
    source = run.arguments.get("x") or run.arguments.get("generator")
    if not isinstance(source, Reference) or not _is(source.fields.get("shuffle"), True):
        return None
    return next((made for made in history(source) if made.operation in (GENERATOR, WINDOWS)), None)
