"""A preprocessing layer is adapted to a dataset of samples with their targets, and refuses what is not one tensor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmlint.api import (
    Array,
    Confidence,
    Const,
    Dim,
    Facts,
    Finding,
    Label,
    Layer,
    LibraryCall,
    Reference,
    Rule,
    Sequence,
    Severity,
    Tagged,
    call_refused,
    differ,
    unlike,
)

rule = Rule(code="LST123", name="adapted-to-pairs", severity=Severity.ERROR, since="0.1.0")
_TEXTS = frozenset({"TextVectorization", "StringLookup"})
_NUMBERS = frozenset({"IntegerLookup", "Discretization"})


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    layer, data = call.receiver, call.arguments.get("data")
    if call.name != "Layer.adapt" or not isinstance(layer, Layer) or not isinstance(data, Reference):
        return
    parts = _parts(data)
    if parts is None or call.call.span.path != facts.source.path or not _refuses(layer, parts, facts.keras):
        return
    made, name = data.made, facts.name_of(data)
    near = made is not None and made.span not in call.call.span and made.span.path == call.call.span.path
    yield Finding(
        call.call.span,
        f"`adapt` takes each element for one tensor, and those of {f'`{name}`' if name is not None else 'the dataset'}"
        f" are tuples of {len(parts)}: `{layer.kind}` raises",
        Confidence.HIGH,
        label="samples and targets",
        help="give it the samples alone: `adapt(dataset.map(lambda x, y: x))`",
        labels=(Label(made.span, f"{len(parts)} tensors an element"),) if made is not None and near else (),
        experiment=_experiment(layer, parts),
    )


def _experiment(layer: Layer, parts: tuple[Array, ...]) -> Tagged:
    split = layer.config.values.get("split")
    told = (layer.kind, split.value if isinstance(split, Const) and isinstance(split.value, str) else "")
    given = [_planned(layer, part) for part in parts]
    return call_refused("adapt", (*told, *sum(given, ())), (*told, *given[0]), "the samples alone")


def _planned(layer: Layer, part: Array) -> tuple[Any, ...]:
    """A dtype and a shape, for numbers or texts of the same kind."""
    usual = "str" if layer.kind in _TEXTS else "float32"
    return (part.dtype if _holds_numbers(part) else usual), part.shape or ()


def _parts(data: Reference) -> tuple[Array, ...] | None:
    """The tensors of an element that is a tuple of several."""
    element = data.fields.get("element") if data.kind == "Dataset" else None
    items = element.items if isinstance(element, Sequence) and element.kind == "tuple" else None
    arrays = tuple(item for item in items or () if isinstance(item, Array))
    return arrays if items is not None and len(items) > 1 and len(arrays) == len(items) else None


def _refuses(layer: Layer, parts: tuple[Array, ...], keras: int) -> bool:
    if layer.kind in _TEXTS:
        return any(map(_holds_numbers, parts)) or (layer.kind == "TextVectorization" and _splits_rows(layer, parts))
    if layer.kind in _NUMBERS:
        return any(_of_other_shape(parts[0], other) for other in parts[1:])
    # Keras 3 takes the first part of a tuple there, and Keras 2 none.
    return layer.kind == "Normalization" and keras == 2


def _holds_numbers(part: Array) -> bool:
    return part.dtype is not None and part.dtype.startswith(("int", "uint", "float", "bool"))


def _splits_rows(layer: Layer, parts: tuple[Array, ...]) -> bool:
    """Whether texts are split into words, of which a row may hold only one: two batches make rows of a batch."""
    split = layer.config.values.get("split")
    told = isinstance(split, Const) and split.value in ("whitespace", "character")
    return told and any(part.rank == 1 and differ(part.shape[0], Dim(1)) for part in parts if part.shape)


def _of_other_shape(one: Array, other: Array) -> bool:
    return one.shape is not None and other.shape is not None and unlike(one.shape, other.shape)
