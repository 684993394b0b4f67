"""Something else than time stands on the time axis: samples, or the columns of a table."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Confidence,
    Facts,
    Finding,
    Label,
    Node,
    Rule,
    Run,
    Severity,
    Table,
    ancestors,
    array_shape_text,
    called_here,
    differ,
    first_fit,
    made_here,
    recurrent_layers,
    same,
    single_x,
    single_y,
)

rule = Rule(
    code="LST303",
    name="wrong-axis-as-time",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="values on the wrong axis are often learned as well as in order",
)

ATTENTION = frozenset({"Attention", "AdditiveAttention"})
RESHAPES = frozenset({"numpy.reshape", "Array.reshape", "numpy.expand_dims", "index"})


@rule.on(Node)
def over_the_batch(node: Node, facts: Facts) -> Iterator[Finding]:
    """Attention on (batch, units) weighs the samples of the batch against each other."""
    flat = [tensor.shape is not None and len(tensor.shape) == 2 for tensor in node.inputs]
    if node.layer.kind not in ATTENTION or len(flat) < 2 or not all(flat) or node.problem is not None:
        return
    if node.span is None or node.span.path != facts.source.path:
        return
    source = node.inputs[-1].node
    place = called_here(source.layer, facts) if source is not None else None
    yield Finding(
        node.span,
        f"`{node.layer.kind}` is given vectors (batch, units) without a time axis: it attends over the samples of the "
        "batch, so each answer depends on what else is in it",
        Confidence.HIGH,
        label="attends over the batch",
        help="let the recurrent layer return every step, `return_sequences=True`, and attend over those",
        labels=(Label(place, "gives one vector a sample"),) if place is not None else (),
    )


@rule.on(Run)
def one_sample(run: Run, facts: Facts) -> Iterator[Finding]:
    """All samples laid on the time axis of a single one, with all targets as its one answer."""
    x, y = single_x(run), single_y(run)
    if x is None or y is None or x.shape is None or y.shape is None or not trained_first(run, facts):
        return
    if len(x.shape) != 3 or len(y.shape) != 2 or not same(x.shape[0], 1) or not same(y.shape[0], 1):
        return
    output = run.model.output_shape
    vector = output is not None and len(output) == 2 and output[1] is not None and same(output[1], x.shape[1])
    if vector and same(x.shape[1], y.shape[1]) and differ(x.shape[1], 1):
        yield finding(
            run,
            x,
            f"all {x.shape[1]} rows are the steps of one sample, and all targets its one answer: there is nothing "
            "to learn from but this single sample",
            "give the samples an axis of their own: cut windows, (samples, steps, features), with a target for each; "
            "or return every step, `return_sequences=True`, with y of shape (1, steps, 1)",
            facts,
        )


@rule.on(Run)
def columns_as_steps(run: Run, facts: Facts) -> Iterator[Finding]:
    """The named columns of a table one after the other, as if they were one quantity at several times."""
    x = single_x(run)
    if x is None or x.shape is None or len(x.shape) != 3 or not trained_first(run, facts):
        return
    names = column_names(x)
    if names is not None and same(x.shape[2], 1) and same(x.shape[1], len(names)):
        shown = ", ".join(f"`{name}`" for name in names[:3])
        yield finding(
            run,
            x,
            f"the columns {shown}{', …' if len(names) > 3 else ''} stand on the time axis: the layer reads them as one "
            "quantity at successive times",
            f"the columns are the features: ({x.shape[0]}, steps, {len(names)}), with steps cut from successive rows",
            facts,
        )


def trained_first(run: Run, facts: Facts) -> bool:
    return run.trains and bool(recurrent_layers(run.model)) and first_fit(run, facts) is run


def column_names(x: Array) -> tuple[str, ...] | None:
    """The names of a table whose rows became the samples; None where they may be times themselves."""
    if x.made is None or x.made.operation not in RESHAPES:
        return None
    table = next((value for value in ancestors(x) if isinstance(value, Table)), None)
    shapes = [value.shape for value in ancestors(x) if isinstance(value, Array) and value.shape is not None]
    widths = [shape[1] for shape in shapes if len(shape) == 2]
    if table is None or table.columns is None or not widths or not same(widths[0], table.width):
        return None
    names = tuple(name for name in table.columns if isinstance(name, str))
    timeless = all(name.replace("_", "").replace(" ", "").isalpha() for name in names)
    return names if timeless and len(names) == len(table.columns) > 1 else None


def finding(run: Run, x: Array, message: str, advice: str, facts: Facts) -> Finding:
    return Finding(
        made_here(x, facts) or run.call.span,
        message,
        Confidence.MEDIUM,
        label=array_shape_text(x.shape),
        help=advice,
        labels=(Label(run.call.span, "trains on it"),),
    )
