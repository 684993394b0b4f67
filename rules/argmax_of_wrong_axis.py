"""`argmax` runs over one output, which is always 0, or over the samples."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Confidence,
    Const,
    Dim,
    Facts,
    Finding,
    Label,
    LibraryCall,
    Rule,
    Severity,
    array_shape_text,
    made_at,
    raw_outputs,
)

rule = Rule(
    code="LST412",
    name="argmax-of-wrong-axis",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="no training is asked: argmax over one number is 0",
)
#: Where each takes its array from, and the axis it takes without being told.
_ARGMAX = {
    "numpy.argmax": ("a", None),
    "Array.argmax": ("", None),
    "keras.ops.argmax": ("x", None),
    "keras.backend.argmax": ("x", -1),
    "tensorflow.argmax": ("input", 0),
    "tensorflow.math.argmax": ("input", 0),
}


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    if call.name not in _ARGMAX or call.call.span.path != facts.source.path:
        return
    source, usual = _ARGMAX[call.name]
    array = call.arguments.get(source, call.receiver)
    if not isinstance(array, Array) or not array.shape or raw_outputs(array) is None:
        return
    axis = _axis(call, usual, len(array.shape))
    text = _wrong(array, array.shape, axis) if axis is not ... else None
    if text is not None:
        yield _finding(call, array, *text)


def _axis(call: LibraryCall, usual: int | None, rank: int) -> object:
    """The axis counted from the front, None for all of them, ``...`` where it is not known."""
    match call.arguments.get("axis"):
        case None | Const(value=None):
            axis = usual
        case Const(value=int() as axis):
            pass
        case _:
            return ...
    return axis if axis is None else axis % rank


def _wrong(array: Array, shape: tuple[Dim, ...], axis: object) -> tuple[str, str] | None:
    """What is wrong with the axis and what to write; None where nothing is known to be."""
    sizes = shape if axis is None else shape[axis : axis + 1] if isinstance(axis, int) else ()
    if all(size == Dim(1) for size in sizes):
        return "takes the place of the largest of one number, which is always 0", "for a yes or no, write `> 0.5`"
    made = array.made
    whole = made is not None and made.operation.startswith("Model.") and len(shape) == 2 and shape[1] != Dim(1)
    if whole and axis == 0:
        return "runs over the samples: one place for each class, not one class for each sample", "write `axis=-1`"
    if whole and axis is None and shape[0].known and shape[0].constant > 1:
        return "runs over all samples and classes at once, and gives one number", "write `axis=-1`"
    return None


def _finding(call: LibraryCall, array: Array, text: str, advice: str) -> Finding:
    place = made_at(array)
    return Finding(
        call.call.span,
        f"`argmax` of the outputs {array_shape_text(array.shape)} {text}",
        Confidence.HIGH,
        label="over the wrong axis",
        help=advice,
        labels=(Label(place, "the outputs"),) if place is not None and place not in call.call.span else (),
    )
