"""``tf.data.Dataset``: what one element is like, through batch, map, window and the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from lstmlint.interpreter.arrays import from_nested
from lstmlint.interpreter.calls import call_with
from lstmlint.interpreter.dims import Dim, at_most, differ, least, symbol_dim, unknown_dim
from lstmlint.interpreter.join import element_of
from lstmlint.interpreter.library import Call, function, method
from lstmlint.interpreter.loops import numbers
from lstmlint.interpreter.operators import from_dim
from lstmlint.interpreter.spreading import spread
from lstmlint.interpreter.values import Array, Const, Made, Mapped, Reference, Sequence, Size, Table, Unknown, Value
from lstmlint.keras_model.graph import dim_of

_DATASET = "tensorflow.data.Dataset"


def dataset(
    element: Value,
    made: Made,
    *,
    batched: bool = False,
    batch_size: Value = None,
    shuffled: Made | None = None,
    length: Dim | None = None,
) -> Reference:
    """A dataset whose elements are like ``element``; ``length`` counts them.

    ``shuffled`` is the step that put them in random order, ``reshuffles`` one that draws another order on each pass.
    """
    fields = {
        "element": element,
        "batched": batched,
        "batch_size": batch_size or Const(None),
        "shuffled": shuffled,
        "reshuffles": shuffled,
        "length": length,
    }
    return Reference("Dataset", fields, made)


def _like(call: Call, element: Value | None = None, **changed: object) -> Reference:
    """The receiver with something changed."""
    fields = {**call.receiver.fields, **changed}
    if element is not None:
        fields["element"] = element
    return Reference("Dataset", fields, call.made(call.receiver))


def each(value: Value, change: Callable[[Array], Value]) -> Value:
    """An element with every array in it changed."""
    match value:
        case Sequence(items=tuple() as items):
            return replace(value, items=tuple(each(item, change) for item in items))
        case Mapped(items=items):
            return replace(value, items=tuple((key, each(item, change)) for key, item in items))
        case Array():
            return change(value)
        case Reference(kind="Dataset"):
            return value
        case _:
            array = from_nested(value)
            return Unknown(getattr(value, "why", "a part of a dataset")) if array is None else change(array)


def _tensor(array: Array, shape: tuple[Dim, ...] | None) -> Array:
    return Array(shape, array.dtype, None, array.low, array.high, "tensor", array.made)


# --- made -------------------------------------------------------------------------------------------------------------


@function(f"{_DATASET}.from_tensor_slices", "tensors, name=None")
def from_tensor_slices(call: Call) -> Value:
    """One element for each row of every array."""
    value, made = call["tensors"], call.made(call["tensors"])
    if isinstance(value, Sequence) and value.kind == "list":
        array = from_nested(value)
        value = array if array is not None else value
    value = _as_arrays(value)
    return dataset(each(value, _row), made, length=_rows(value))


def _as_arrays(value: Value) -> Value:
    match value:
        case Table(rows=rows, width=width):
            return Array((rows, width), value.dtype, made=value.made)
        case Sequence(kind="tuple", items=tuple() as items):
            return replace(value, items=tuple(_as_arrays(item) for item in items))
        case Sequence(kind="list"):
            return from_nested(value, value.made) or value
        case _:
            return value


def _row(array: Array) -> Value:
    return _tensor(array, array.shape[1:] if array.shape else None)


def _rows(value: Value) -> Dim | None:
    match value:
        case Array(shape=(rows, *_)):
            return rows
        case Sequence(items=(first, *_)):
            return _rows(first)
        case Mapped(items=((_, first), *_)):
            return _rows(first)
        case _:
            return None


@function(f"{_DATASET}.from_tensors", "tensors, name=None")
def from_tensors(call: Call) -> Value:
    value = _as_arrays(call["tensors"])
    return dataset(each(value, lambda array: _tensor(array, array.shape)), call.made(call["tensors"]), length=Dim(1))


@function(
    f"{_DATASET}.from_generator",
    "generator, output_types=None, output_shapes=None, args=None, output_signature=None, name=None",
    raw=True,
)
def from_generator(call: Call) -> Value:
    """What the generator yields; it is run on shapes."""
    made = call.made(call["generator"])
    produced = call_with(call.machine, call["generator"], (), call.site.span)
    element = element_of(spread(call.machine, produced)) or Unknown("what a generator yields", made)
    return dataset(call.machine.freeze(element), made)


@function(f"{_DATASET}.range", "start, stop=None, step=1, **kwargs")
def data_range(call: Call) -> Value:
    start, stop = call.dim("start"), call.dim("stop")
    if call.is_none("stop"):
        start, stop = Dim(0), start
    made = call.made()
    length = None
    if start is not None and stop is not None:
        length = numbers(start, stop, call.dim("step") or Dim(1), made).length
    return dataset(Array((), "int64", flavour="tensor", made=made), made, length=length)


@function(f"{_DATASET}.zip", "*args, datasets=None, name=None")
def zip_datasets(call: Call) -> Value:
    given = call["datasets"] if "datasets" in call.given else None
    items = call.items("args") or ()
    if given is None and len(items) == 1 and isinstance(items[0], Sequence):
        given = items[0]
    parts = given.items if isinstance(given, Sequence) and given.items is not None else items
    elements = tuple(
        part.fields["element"] if isinstance(part, Reference) and part.kind == "Dataset" else Unknown("a dataset")
        for part in parts
    )
    lengths = {part.fields.get("length") for part in parts if isinstance(part, Reference)}
    length = next(iter(lengths)) if len(lengths) == 1 else None
    batched = [p.fields for p in parts if isinstance(p, Reference) and p.kind == "Dataset"]
    made, element = call.made(*parts), Sequence("tuple", elements, Dim(len(elements)), None)
    if not batched:
        return Unknown("datasets that are not known", made)
    first = batched[0]
    zipped = dataset(element, made, batched=first["batched"], batch_size=first["batch_size"], length=length)
    for name in ("shuffled", "reshuffles"):
        zipped.fields[name] = next((fields[name] for fields in batched if fields[name] is not None), None)
    return zipped


@function("tensorflow.data.TextLineDataset", "filenames, *args, **kwargs")
def text_lines(call: Call) -> Value:
    return dataset(Array((), "string", flavour="tensor", made=call.made()), call.made(call["filenames"]))


# --- batches ----------------------------------------------------------------------------------------------------------


@method("Dataset", "batch", "batch_size, drop_remainder=False, *args, **kwargs")
def batch(call: Call) -> Value:
    """An axis of batches in front; the last one may be smaller unless the rest is dropped."""
    whole = call.receiver.fields.get("length") if call.flag("drop_remainder") is False else None
    size = at_most(call.dim("batch_size") or symbol_dim("batch", 1), whole)
    element = call.receiver.fields["element"]
    if isinstance(element, Reference):
        return _like(call)
    grown = each(element, lambda array: _tensor(array, None if array.shape is None else (size, *array.shape)))
    return _like(call, grown, **_cut(call), drop_remainder=call["drop_remainder"])


def _cut(call: Call) -> dict[str, object]:
    """What is known of a dataset once it is batched; ``samples`` where they all come through, the rest included."""
    length = call.receiver.fields.get("length") if call.flag("drop_remainder") is False else None
    samples = None if length is None else from_dim(length)
    return {"batched": True, "batch_size": call["batch_size"], "length": None, "samples": samples}


@method("Dataset", "padded_batch", "batch_size, padded_shapes=None, *args, **kwargs")
def padded_batch(call: Call) -> Value:
    """As ``batch``, every other axis as long as the longest of the batch."""
    size = call.dim("batch_size") or symbol_dim("batch", 1)

    def grown(array: Array) -> Array:
        if array.shape is None:
            return _tensor(array, None)
        rest = tuple(dim if dim.known else unknown_dim() for dim in array.shape)
        return _tensor(array, (size, *rest))

    element = each(call.receiver.fields["element"], grown)
    return _like(call, element, batched=True, batch_size=call["batch_size"], length=None)


@method("Dataset", "unbatch", "")
def unbatch(call: Call) -> Value:
    element = each(call.receiver.fields["element"], _row)
    return _like(call, element, batched=False, batch_size=Const(None), length=None, samples=None)


@method("Dataset", "window", "size, shift=None, stride=1, drop_remainder=False, name=None")
def window(call: Call) -> Value:
    """A dataset of datasets, each with ``size`` of the elements."""
    size = call.dim("size")
    inner = _like(call, length=size)
    length = None
    own = call.receiver.fields.get("length")
    if own is not None and size is not None and call.integer("shift") == 1 and call.flag("drop_remainder"):
        length = own - size + 1
    return _like(call, _apart(inner, call.receiver.fields["element"]), length=length)


def _apart(inner: Reference, element: Value) -> Value:
    """A dataset for each part of a tuple or dict."""
    match element:
        case Sequence(items=tuple() as items):
            return Sequence("tuple", tuple(_apart(inner, item) for item in items), Dim(len(items)))
        case Mapped(items=items, open=False):
            return Mapped(tuple((key, _apart(inner, item)) for key, item in items))
        case _:
            return Reference("Dataset", {**inner.fields, "element": element}, inner.made)


# --- mapped -----------------------------------------------------------------------------------------------------------


def _applied(call: Call) -> Value:
    """The program's function on one element; the items of a tuple are its arguments."""
    element = call.receiver.fields["element"]
    several = isinstance(element, Sequence) and element.kind == "tuple" and element.items is not None
    arguments = element.items if several else (element,)
    return call_with(call.machine, call["map_func"], arguments, call.site.span)


@method("Dataset", "map", "map_func, *args, **kwargs", raw=True)
def map_elements(call: Call) -> Value:
    element = call.machine.freeze(_applied(call))
    mapped, rows = _like(call, element), _leading(element)
    before = dim_of(mapped.fields.get("batch_size")) if isinstance(mapped, Reference) else None
    if isinstance(mapped, Reference) and rows is not None and before is not None and differ(rows, before):
        fields = {**mapped.fields, "batch_size": Size(rows, mapped.made), "samples": None}
        return Reference("Dataset", fields, mapped.made)
    return mapped


def _leading(element: Value) -> Dim | None:
    """The first axis of a batch: stacking turns rows into samples."""
    first = element.items[0] if isinstance(element, Sequence) and element.items else element
    return first.shape[0] if isinstance(first, Array) and first.shape else None


@method("Dataset", "flat_map interleave", "map_func, *args, **kwargs", raw=True)
def flat_map(call: Call) -> Value:
    """The elements of the datasets that the function gives."""
    inner = _applied(call)
    if isinstance(inner, Reference) and inner.kind == "Dataset":
        fields = {**inner.fields, "length": call.receiver.fields.get("length"), "samples": None}
        return Reference("Dataset", fields, call.made(inner))
    return dataset(Unknown("an element of a dataset", call.made()), call.made(call.receiver))


@method("Dataset", "apply", "transformation_func, **kwargs", raw=True)
def apply(call: Call) -> Value:
    return call_with(call.machine, call["transformation_func"], (call.receiver,), call.site.span)


# --- elements as they are ---------------------------------------------------------------------------------------------


@method("Dataset", "prefetch with_options ignore_errors", "*args, **kwargs")
def same(call: Call) -> Value:
    return _like(call)


@method("Dataset", "cache", "filename='', name=None")
def cache(call: Call) -> Value:
    """What the first pass gave, in that order, on each one (TensorFlow 2.21)."""
    return _like(call, reshuffles=None)


@method("Dataset", "filter skip repeat take shard", "*args, **kwargs", raw=True)
def other_length(call: Call) -> Value:
    count = call.items("args") or ()
    name, length = call.name.rsplit(".", 1)[1], None
    own = call.receiver.fields.get("length")
    number = next(iter(count), None)
    if name == "take" and isinstance(number, (Const, Size)):
        length = dim_of(number)
    elif name == "skip" and own is not None and isinstance(number, Const) and isinstance(number.value, int):
        length = own - number.value
    endless = name == "repeat" and (number is None or (isinstance(number, Const) and number.value in (None, -1)))
    lasts = {"endless": endless and not call.given} if name in ("repeat", "take") else {}
    return _like(call, length=length, samples=None, partial=name != "repeat", **lasts)


@method("Dataset", "shuffle", "buffer_size=None, seed=None, reshuffle_each_iteration=None, *args, **kwargs")
def shuffle(call: Call) -> Value:
    """Each pass draws another order, with a seed as well, unless told not to (TensorFlow 2.21)."""
    if call.integer("buffer_size") == 1 or _in_one_batch(call.receiver.fields):
        return _like(call)
    anew = call.is_none("reshuffle_each_iteration") or call.flag("reshuffle_each_iteration") is True
    made = call.made(call.receiver)
    return _like(call, shuffled=made, reshuffles=made if anew else call.receiver.fields.get("reshuffles"))


def _in_one_batch(fields: Mapping[str, Any]) -> bool:
    samples, size = dim_of(fields.get("samples")), dim_of(fields.get("batch_size"))
    return samples is not None and size is not None and least(size - samples) >= 0


@method("Dataset", "enumerate", "start=0")
def enumerated(call: Call) -> Value:
    pair = (Array((), "int64", flavour="tensor"), call.receiver.fields["element"])
    return _like(call, Sequence("tuple", pair, Dim(2)))


@method("Dataset", "concatenate", "dataset, **kwargs")
def concatenate(call: Call) -> Value:
    return _like(call, length=None, samples=None, partial=True)


@method("Dataset", "as_numpy_iterator __iter__", "")
def iterate(call: Call) -> Value:
    found = spread(call.machine, call.receiver, call.site.span)
    return replace(found, made=call.made(call.receiver))


@method("Dataset", "cardinality __len__", "")
def cardinality(call: Call) -> Value:
    length = call.receiver.fields.get("length")
    return call.unknown("the number of elements of a dataset") if length is None else from_dim(length)
