"""A scaler that was fitted on several columns inverts an array of another width."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Confidence,
    Dim,
    Facts,
    Finding,
    Label,
    LibraryCall,
    Rule,
    Severity,
    Table,
    Value,
    array_shape_text,
    differ,
    is_scaler,
)

rule = Rule(
    code="LST310",
    name="inverse-transform-width",
    severity=Severity.ERROR,
    since="0.1.0",
    untestable="scikit-learn raises, not the model",
)

FITS = (".fit", ".fit_transform", ".partial_fit")


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    kind, _, method = call.name.rpartition(".")
    if method != "inverse_transform" or not is_scaler(kind):
        return
    given, fitted = shape_of(call.arguments.get("X")), fitted_before(call, kind, facts)
    if given is None or fitted is None or call.conditional or call.call.span.path != facts.source.path:
        return
    width = width_of(fitted.arguments.get("X"))
    # A scale of one column is stretched over any width, which is often what is meant.
    several = width is not None and width.known and width.constant > 1
    if width is not None and (len(given) != 2 or (several and differ(given[1], width))):
        yield finding(call, fitted, given, width)


def fitted_before(call: LibraryCall, kind: str, facts: Facts) -> LibraryCall | None:
    """The last fit of the same scaler before; None where it is not certain which one that is."""
    names = tuple(kind + suffix for suffix in FITS)
    fits = [one for one in facts.calls_to(*names) if one.receiver is call.receiver and one.order < call.order]
    uncertain = any(one.conditional or one.loops != call.loops[: len(one.loops)] for one in fits)
    return fits[-1] if fits and not uncertain else None


def shape_of(value: Value | None) -> tuple[Dim, ...] | None:
    match value:
        case Array(shape=shape):
            return shape
        case Table(rows=rows, width=width):
            return (rows, width)
        case _:
            return None


def width_of(value: Value | None) -> Dim | None:
    shape = shape_of(value)
    return shape[1] if shape is not None and len(shape) == 2 else None


def finding(call: LibraryCall, fitted: LibraryCall, given: tuple[Dim, ...], width: Dim) -> Finding:
    argument = call.call.keyword("X") or call.call.positional(0)
    name = f"`{argument.text}`" if argument is not None and len(argument.text) <= 30 else "an array"
    columns = "1 column" if width == Dim(1) else f"{width} columns" if width.known else "all columns of its table"
    two_axes = len(given) == 2
    return Finding(
        call.call.span,
        f"the scaler was fitted on {columns} and inverts {name} {array_shape_text(given)}: scikit-learn raises "
        f"ValueError{'' if two_axes else ', it wants two axes'}",
        Confidence.HIGH if all(dim.known for dim in given[1:]) else Confidence.MEDIUM,
        label=array_shape_text(given),
        help=(
            "fit a scaler of its own on the target column and invert with that one; or put the predictions into their "
            f"column of an array of {width if width.known else 'as many'} columns first"
            if two_axes
            else f"reshape to (rows, {width}) first"
        ),
        labels=(Label(fitted.call.span, f"fitted on {columns}"),)
        if fitted.call.span.path == call.call.span.path
        else (),
    )
