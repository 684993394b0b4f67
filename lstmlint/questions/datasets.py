"""Datasets that a program takes for the tensors in them: each window of ``dataset.window`` is a dataset of its own."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.facts import Facts
from lstmlint.interpreter.values import Function, Made, Reference, Unknown, Value, history
from lstmlint.keras_model.training import BATCHED, LibraryCall, Run
from lstmlint.text.source import Span

#: Functions of TensorFlow that make a tensor of what they are given.
_OF_TENSORS = frozenset(
    {
        *("cast", "expand_dims", "squeeze", "reshape", "transpose", "convert_to_tensor", "constant", "gather", "split"),
        *("reduce_mean", "reduce_sum", "reduce_max", "reduce_min", "one_hot", "pad", "reverse", "unstack", "shape"),
    }
)


def taken_for_tensor(call: LibraryCall) -> tuple[Reference, Made | None] | None:
    """The dataset that is indexed, or given to a function of tensors, and the step that cut it as a window."""
    owner = call.receiver if call.name == "Dataset.__getitem__" else None
    module, _, name = call.name.rpartition(".")
    if module == "tensorflow" and name in _OF_TENSORS:
        owner = next(iter(call.arguments.values()), None)
    if not isinstance(owner, Reference) or owner.kind != "Dataset":
        return None
    if isinstance(owner.fields.get("element"), Unknown):  # its windows may be a dict or a tuple of datasets
        return None
    return owner, _cut(owner)


def fed_to_model(run: Run) -> tuple[Reference, Made | None] | None:
    """The dataset that stands in the place of the samples or targets of a dataset, and the step that cut it."""
    if run.data_kind != "dataset" or run.method not in BATCHED:
        return None
    owner = next((part for part in (*run.x, *run.y) if isinstance(part, Reference) and part.kind == "Dataset"), None)
    return (owner, _cut(owner)) if owner is not None else None


def _cut(window: Value) -> Made | None:
    return next((made for made in history(window) if made.operation == "Dataset.window"), None)


def mapped_by(call: LibraryCall, facts: Facts) -> Iterator[Span]:
    """Where a dataset runs the function that a call stands in, on other lines than its own."""
    for one in facts.calls_to("Dataset.map", "Dataset.flat_map"):
        function = one.arguments.get("map_func")
        if isinstance(function, Function) and call.call.span in function.span and call.call.span not in one.call.span:
            yield one.call.callee
