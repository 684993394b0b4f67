"""Numbers for the sizes of one run, chosen so that nothing crashes that need not: the data meet the model where they
can."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import of_two_vocabularies
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Array, Tensor
from lstmlint.keras_model.graph import Model
from lstmlint.keras_model.training import Run
from lstmlint.verify.rebuild import dims_of
from lstmlint.verify.sizes import Sizes

#: Samples of a data set whose size is not known: a prime, so that no other size divides it by luck.
_ROWS = 47


def choose(sizes: Sizes, model: Model, run: Run | None) -> None:
    """Settle every size of the model and of the run's data; raises Unplannable where that is not possible."""
    arrays = [value for value in (*run.x, *run.y) if isinstance(value, Array) and value.shape] if run else []
    for array in arrays:
        sizes.meet((array.shape or ())[0], Dim(_rows(sizes, model)))
    for size, wanted in _pairs(model, run):
        if not of_two_vocabularies(wanted, size):
            sizes.meet(size, wanted)
    sizes.settle((*dims_of(model), *(dim for array in arrays for dim in array.shape or ())))


def _rows(sizes: Sizes, model: Model) -> int:
    """Whole batches where the model fixes their size."""
    shape = model.input_shape
    batch = shape[0] if shape else None
    if batch is None:
        return _ROWS + sizes.shift
    whole = max(sizes.number(batch), 1)
    return max(-(-(_ROWS + sizes.shift) // whole), 2) * whole  # two batches at least: state is carried between them


def _pairs(model: Model, run: Run | None) -> Iterator[tuple[Dim, Dim]]:
    """Sizes of the data beside those of the model's inputs and outputs, without the samples."""
    if run is None:
        return
    sides = ((run.x, model.inputs), (run.y, model.outputs))
    for value, tensor in ((v, t) for values, tensors in sides for v, t in zip(values, tensors, strict=False)):
        if isinstance(value, Array) and value.shape and tensor.shape and len(value.shape) == len(tensor.shape):
            pairs = zip(value.shape[1:], tensor.shape[1:], strict=True)
            yield from ((size, wanted) for size, wanted in pairs if wanted is not None)


def vocabulary(model: Model, tensor: Tensor) -> Dim | None:
    """How many ids the Embedding takes that an input goes into, None where it goes into none."""
    for node in model.nodes:
        words = node.layer.config.dim("input_dim") if node.layer.kind == "Embedding" else None
        if words is not None and node.inputs and node.inputs[0] is tensor:
            return words
    return None
