"""`reshape` is used to swap axes, which puts values into other series and steps."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Claim,
    Confidence,
    Dim,
    Facts,
    Finding,
    Label,
    Laid,
    LibraryCall,
    Node,
    Rule,
    Severity,
    Tagged,
    array_shape_text,
    columns_read_by_rows,
    laid_as,
    laid_back,
    laid_end_to_end,
    long_axes,
    made_here,
    order_of_axes,
    reordered,
    same,
    shape_text,
)

rule = Rule(code="LST302", name="reshape-instead-of-transpose", severity=Severity.WARNING, since="0.1.0")

#: Layers that keep every axis what it is.
KEEP = frozenset({"Activation", "BatchNormalization", "Dropout", "GaussianNoise", "LayerNormalization", "Masking"})
RESHAPES = ("numpy.reshape", "Array.reshape")


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    result = call.result
    if call.name not in RESHAPES or call.call.span.path != facts.source.path or not isinstance(result, Array):
        return
    source = call.receiver if call.name == "Array.reshape" else next(iter(call.arguments.values()), None)
    if not isinstance(source, Array) or source.shape is None or result.shape is None or call.conditional:
        return
    if reordered((laid := laid_as(source, result, facts)).axes, result.shape) and not laid_back(source, result):
        yield finding(call, source, result, facts, laid)


@rule.on(LibraryCall)
def joined(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    """Arrays of one step each are joined along their rows and read on as if each were a series."""
    steps, result = laid_end_to_end(call, facts), call.result
    if steps is None or not steps.shape or call.call.span.path != facts.source.path or not isinstance(result, Array):
        return
    after = array_shape_text(result.shape)
    yield Finding(
        call.call.span,
        f"`reshape` makes {after} of {steps.shape[0]} arrays {array_shape_text(steps.shape[1:])} laid end to end: "
        "a row gets neighbouring rows of an array instead of one row of each",
        Confidence.HIGH,
        label=f"mixes rows and arrays: {after}",
        help="write `np.stack(..., axis=1)` instead of joining and reshaping",
        experiment=followed(steps.shape, result),
    )


@rule.on(Node)
def layer(node: Node, facts: Facts) -> Iterator[Finding]:
    """``Reshape((steps, sensors))`` on (sensors, steps): the same within a model."""
    shape, result = (tensor.shape if tensor is not None else None for tensor in (node.input, node.output))
    if node.layer.kind != "Reshape" or not shape or not result or node.span is None or not from_data(node):
        return
    if None in shape[1:] or None in result[1:] or node.span.path != facts.source.path:
        return
    axes, new = [[dim for dim in one[1:] if dim is not None] for one in (shape, result)]
    if reordered(tuple(axes), tuple(new)):
        before, after = shape_text(shape), shape_text(result)
        order = tuple(1 + next(i for i, dim in enumerate(axes) if same(dim, other)) for other in new)
        instead = f"`Permute({order})`" if len(set(order)) == len(axes) else "`Permute`"
        yield Finding(
            node.span,
            f"`{node.layer.text}` turns {before} into {after}: it reads the values on in their old order, so they land "
            "in other steps and features; axes are swapped by `Permute`",
            Confidence.HIGH,
            label=f"{before} -> {after}",
            help=f"swap axes with {instead}",
        )


@rule.on(Node)
def columns(node: Node, facts: Facts) -> Iterator[Finding]:
    """``Reshape((width, height * channels))`` on (height, width, channels), for a layer that goes along it."""
    width = columns_read_by_rows(node, facts)
    if width is None or node.input is None or node.output is None or node.span is None:
        return
    before, after = shape_text(node.input.shape), shape_text(node.output.shape)
    yield Finding(
        node.span,
        f"`{node.layer.text}` makes {after} of {before}: it reads on row by row, so each of the {width} steps gets a"
        " piece of a row where a whole column was meant",
        Confidence.HIGH,
        label=f"{before} -> {after}",
        help="bring the columns to the front first: `Permute((2, 1, 3))`",
        untestable="what the steps mean is not in the shapes",
    )


def from_data(node: Node) -> bool:
    """Whether the axes are still those of the data, or of a recurrent layer's steps."""
    source = next(node.producers, None)
    while source is not None and source.layer.kind in KEEP:
        source = next(source.producers, None)
    return source is None or source.layer.recurrent


def finding(call: LibraryCall, source: Array, result: Array, facts: Facts, laid: Laid) -> Finding:
    name, place = facts.name_of(source) or "array", made_here(source, facts)
    before, after = array_shape_text(laid.axes), array_shape_text(result.shape)
    swap = f"swap axes with `{name}.transpose(...)` or `np.swapaxes`, then reshape where an axis of 1 is missing"
    return Finding(
        call.call.span,
        f"`reshape` turns `{name}`{laid.how} {before} into {after}: it reads"
        " the values on in their old order, so they land in other rows and steps; axes are swapped by `transpose`",
        Confidence.MEDIUM if laid.assumes else Confidence.HIGH,
        label=f"{before} -> {after}",
        help=f"reshape to {before} first, then swap axes with `np.swapaxes`" if laid.how else swap,
        labels=(Label(place, before),) if place and place != call.call.span else (),
        notes=laid.assumes,
        experiment=followed(laid.axes, result),
    )


def followed(old: tuple[Dim, ...], result: Array) -> Tagged:
    """Where numbered values land, with ``reshape`` and with ``transpose``."""
    before, axes = long_axes(old), order_of_axes(old, result.shape or ())
    return Tagged(Claim.SCRAMBLES, "axes", (before, axes, "reshape"), (before, axes, "transpose"), "transpose")
