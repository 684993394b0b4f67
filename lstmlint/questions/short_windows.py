"""Windows of a dataset of which the last ones are shorter, put into one batch with others: TensorFlow refuses that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Array, Const, Made, Mapped, Reference, Sequence, Slice, Value
from lstmlint.keras_model.graph import dim_of
from lstmlint.keras_model.training import LibraryCall, Run
from lstmlint.questions.provenance import is_none

#: Steps that hand on what a dataset gives, one by one.
_AFTER = frozenset(f"Dataset.{name}" for name in ("prefetch", "cache", "with_options", "shuffle", "map", "repeat"))
_BEFORE = _AFTER - {"Dataset.repeat"}
_ENDING = frozenset({"tensorflow.data.Dataset.from_tensor_slices", "tensorflow.data.Dataset.range"})
#: Steps of a window that keep its length.
_ALONG = frozenset({"arithmetic", "tensorflow.cast", "tensorflow.convert_to_tensor", "tensorflow.identity"})
#: How many lengths are looked at, and how many numbers of rows where that is not known.
_MOST = 20_000
_STEPS_OF_RUN = {"x": ("steps_per_epoch", "steps"), "validation_data": ("validation_steps",)}


@dataclass(frozen=True, slots=True, eq=False)
class Uneven:
    """Windows of ``size`` that begin every ``shift`` rows of ``rows``, None where not known, and what batches them."""

    window: Made
    size: int
    shift: int
    rows: int | None
    batch: Made


def uneven_windows(run: Run, facts: Facts) -> Iterator[Uneven]:
    """The windows that a run goes through to their end, and cannot batch."""
    for name, limits in _STEPS_OF_RUN.items():
        data = run.arguments.get(name)
        limited = run.call.has_star or any(not is_none(run.arguments.get(limit, Const(None))) for limit in limits)
        if isinstance(data, Reference) and data.kind == "Dataset" and not limited:
            found = _uneven(data, facts)
            if found is not None:
                yield found


def _uneven(data: Reference, facts: Facts) -> Uneven | None:
    batched, _ = _back(data, _AFTER)
    batch = _call_that_made(batched, "Dataset.batch", facts)
    windows = _source(batched) if batch is not None else None
    size = dim_of(batch.arguments.get("batch_size")) if batch is not None else None
    if batch is None or windows is None or size is None or size.value is None or size.value < 2:
        return None
    flat, mixed = _back(windows, _BEFORE)
    cut = _cut_into(flat, facts)
    if cut is None or batched.made is None or flat.made is None:
        return None
    whole = {id(one) for one in _arrays(flat.fields.get("element"))}
    drops, mixed = _flag(batch, "drop_remainder"), mixed or flat.made.operation == "Dataset.interleave"
    for part in _arrays(windows.fields.get("element")):
        taken = _taken(part, whole)
        if taken is not None and drops is not None and cut.always_uneven(_Batches(size.value, mixed, drops), taken):
            return Uneven(cut.made, cut.size, cut.shift, cut.rows, batched.made)
    return None


def _back(data: Reference, through: frozenset[str]) -> tuple[Reference, bool]:
    """The dataset behind such steps, and whether one of them may have put its elements in another order."""
    mixed = False
    while data.made is not None and data.made.operation in through:
        before = _source(data)
        if before is None:
            break
        mixed |= data.made.operation == "Dataset.shuffle"
        data = before
    return data, mixed


def _source(data: Reference) -> Reference | None:
    source = data.made.sources[0] if data.made is not None and data.made.sources else None
    return source if isinstance(source, Reference) and source.kind == "Dataset" else None


def _call_that_made(data: Reference, name: str, facts: Facts) -> LibraryCall | None:
    return next((call for call in facts.calls_to(name) if call.result is data), None)


def _flag(call: LibraryCall, name: str) -> bool | None:
    value = call.arguments.get(name)
    return bool(value.value) if isinstance(value, Const) else None


def _arrays(element: Value | None) -> Iterator[Array]:
    match element:
        case Array():
            yield element
        case Sequence(items=tuple() as items):
            for item in items:
                yield from _arrays(item)
        case Mapped(items=items):
            for _, item in items:
                yield from _arrays(item)


# --- the windows ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Batches:
    size: int
    mixed: bool
    drops: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """Every ``shift`` rows a window of ``size`` rows, ``stride`` apart, or of what is left of them."""

    made: Made
    size: int
    shift: int
    stride: int
    rows: int | None

    def always_uneven(self, batches: _Batches, taken: tuple[Slice, ...]) -> bool:
        """Whether some batch gets windows of two lengths, for every number of rows that there may be."""
        if self.rows is not None:
            return self._uneven(self.rows, batches, taken)
        most, span = self.shift * batches.size, self.size * self.stride
        if most * (span // self.shift + batches.size) > _MOST * 10:
            return False
        return all(self._uneven(span + more, batches, taken) for more in range(most))

    def _uneven(self, rows: int, batches: _Batches, taken: tuple[Slice, ...]) -> bool:
        count, last_whole = -(-rows // self.shift), (rows - (self.size - 1) * self.stride - 1) // self.shift
        # All batches before the one with the first shorter window hold whole windows only.
        first = max(0, last_whole + 1) // batches.size * batches.size
        if count - first > _MOST:
            return False
        lengths = [self._length(rows - start * self.shift, taken) for start in range(first, count)]
        if not batches.mixed:
            # Also where the batch that is not full would be dropped: TensorFlow fills it before.
            return any(len(set(lengths[at : at + batches.size])) > 1 for at in range(0, len(lengths), batches.size))
        return not batches.drops and _cannot_be_sorted(lengths, batches.size)

    def _length(self, left: int, taken: tuple[Slice, ...]) -> int:
        steps = range(min(self.size, -(-left // self.stride)))
        for cut in taken:
            steps = steps[_number(cut.start) : _number(cut.stop)]
        return len(steps)


def _cannot_be_sorted(lengths: list[int], size: int) -> bool:
    """Whether no order has only windows of one length in each batch."""
    rest = len(lengths) % size
    left = [count % size for count in Counter(lengths).values() if count % size]
    return left not in ([], [rest])


def _number(end: Value) -> int | None:
    dim = dim_of(end)
    return dim.value if dim is not None else None


def _cut_into(flat: Reference, facts: Facts) -> _Cut | None:
    """The windows that a `flat_map` makes a tensor of each."""
    if flat.made is None or flat.made.operation not in ("Dataset.flat_map", "Dataset.interleave"):
        return None
    inner = _source(flat)
    zipped = inner is not None and inner.made is not None and inner.made.operation == "tensorflow.data.Dataset.zip"
    parts = list(inner.made.sources) if zipped and inner is not None and inner.made is not None else [inner]
    found = [_window_in(part, facts) for part in parts if isinstance(part, Reference)]
    first = found[0] if found and len(found) == len(parts) else None
    if first is None or any(one is None or one.made.span != first.made.span for one in found):
        return None
    return first


def _window_in(part: Reference, facts: Facts) -> _Cut | None:
    """The window that one batch takes whole, and as it is where it is shorter."""
    batch, inner = _call_that_made(part, "Dataset.batch", facts), _source(part)
    made = inner.made if inner is not None else None
    if batch is None or _flag(batch, "drop_remainder") is not False or made is None or not made.sources:
        return None
    calls = facts.calls_to("Dataset.window")
    call = next((one for one in calls if one.receiver is made.sources[0] and one.call.span == made.span), None)
    if call is None or _flag(call, "drop_remainder") is not False:
        return None
    return _cut_by(call, made, dim_of(batch.arguments.get("batch_size")))


def _cut_by(call: LibraryCall, made: Made, batch: Dim | None) -> _Cut | None:
    size, stride, shift = (dim_of(call.arguments.get(name)) for name in ("size", "stride", "shift"))
    shift = size if is_none(call.arguments.get("shift", Const(None))) else shift
    numbers = [dim.value if dim is not None else None for dim in (size, shift, stride, batch)]
    length, step, apart, taken = numbers
    if length is None or step is None or apart is None or taken is None or min(length, step, apart) < 1:
        return None
    rows = call.receiver.fields.get("length") if isinstance(call.receiver, Reference) else None
    known = rows.value if isinstance(rows, Dim) else None
    ends = isinstance(call.receiver, Reference) and _ends(call.receiver)
    return _Cut(made, length, step, apart, known) if taken >= length and ends else None


def _ends(data: Reference) -> bool:
    """Whether a dataset certainly comes to its end: a generator may go on for ever."""
    if data.fields.get("endless"):
        return False
    found, _ = _back(data, _BEFORE)
    return found.made is not None and found.made.operation in _ENDING


def _taken(part: Array, whole: set[int]) -> tuple[Slice, ...] | None:
    """The slices along its steps that a part of an element is of a whole window; None for anything else."""
    slices: list[Slice] = []
    current: Value = part
    for _ in range(20):
        if id(current) in whole:
            return tuple(reversed(slices))
        made: Made | None = getattr(current, "made", None)
        if made is None or not made.sources:
            return None
        if made.operation == "index" and len(made.sources) > 1:
            key = made.sources[1]
            if not isinstance(key, Slice) or not is_none(key.step) or None in map(_end, (key.start, key.stop)):
                return None
            slices.append(key)
        elif made.operation not in _ALONG:
            return None
        current = made.sources[0]
    return None


def _end(value: Value) -> int | str | None:
    return "" if is_none(value) else _number(value)
