"""Something else than time stands on the time axis: samples, or the columns of a table."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Claim,
    Confidence,
    Experiment,
    Facts,
    Finding,
    Label,
    Made,
    Node,
    Rule,
    Run,
    Severity,
    Tagged,
    array_shape_text,
    called_here,
    columns_over_time,
    differ,
    made_by,
    model_of,
    same,
    single_x,
    single_y,
    trained_first,
    turned_window,
)

rule = Rule(code="LST303", name="wrong-axis-as-time", severity=Severity.WARNING, since="0.1.0")

ATTENTION = frozenset({"Attention", "AdditiveAttention"})


@rule.on(Node)
def over_the_batch(node: Node, facts: Facts) -> Iterator[Finding]:
    """Attention on (batch, units) weighs the samples of the batch against each other."""
    flat = [tensor.shape is not None and len(tensor.shape) == 2 for tensor in node.inputs]
    if node.layer.kind not in ATTENTION or len(flat) < 2 or not all(flat) or node.problem is not None:
        return
    if node.span is None or node.span.path != facts.source.path:
        return
    place = called_here(source.layer, facts) if (source := node.inputs[-1].node) is not None else None
    model = model_of(node, facts)
    yield Finding(
        node.span,
        f"`{node.layer.kind}` is given vectors (batch, units) without a time axis: it attends over the samples of the "
        "batch, so each answer depends on what else is in it",
        Confidence.HIGH,
        label="attends over the batch",
        help="let the recurrent layer return every step, `return_sequences=True`, and attend over those",
        labels=(Label(place, "gives one vector a sample"),) if place is not None else (),
        experiment=Experiment(Claim.MIXES_SAMPLES, model, probe="neighbours") if model is not None else None,
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
        what = f"all {x.shape[1]} rows are the steps of one sample, and all targets its one answer"
        advice = (
            "give the samples an axis of their own: cut windows, (samples, steps, features), with a target for each; "
            "or return every step, `return_sequences=True`, with y of shape (1, steps, 1)"
        )
        yield finding(run, x, f"{what}: there is nothing to learn from but this single sample", advice, facts)


@rule.on(Run)
def columns(run: Run, facts: Facts) -> Iterator[Finding]:
    """The named columns of a table laid out as if they were one quantity at several times."""
    x = single_x(run)
    names = columns_over_time(x) if x is not None and trained_first(run, facts) else None
    if x is None or names is None or x.shape is None:
        return
    steps, features = x.shape[1:]
    shown = ", ".join(f"`{name}`" for name in names[:3]) + (", …" if len(names) > 3 else "")
    what = f"the columns {shown} stand on the time axis: the layer reads them as one quantity at successive times"
    if not same(features, 1):
        what = f"each row of the columns {shown} is cut into {steps} steps of {features}, as if they were {steps} times"
    advice = f"the columns are the features: ({x.shape[0]}, steps, {len(names)}), with steps cut from successive rows"
    yield finding(run, x, what, advice, facts)


@rule.on(Run)
def turned(run: Run, facts: Facts) -> Iterator[Finding]:
    """Windows (columns, steps): the layer walks along the columns."""
    x = single_x(run)
    found = turned_window(x) if x is not None and trained_first(run, facts) else None
    if x is None or found is None or x.shape is None:
        return
    window, made = found
    what = (
        f"windows of {window.length} steps are turned, so that the columns stand on the time axis of "
        f"{array_shape_text(x.shape)}: the layer walks along the columns and reads the steps as features"
    )
    advice = f"leave the windows as they are cut: ({x.shape[0]}, {x.shape[2]}, {x.shape[1]}), steps before features"
    yield finding(run, x, what, advice, facts, made)


def finding(run: Run, x: Array, message: str, advice: str, facts: Facts, made: Made | None = None) -> Finding:
    made = made or made_by(x, "numpy.reshape", "Array.reshape", "numpy.expand_dims") or x.made
    return Finding(
        made.span if made and made.span.path == facts.source.path else run.call.span,
        message,
        Confidence.MEDIUM,
        label=array_shape_text(x.shape),
        experiment=followed(x),
        untestable="a single sample is learned by heart, as written and cured",
        help=advice,
        labels=(Label(run.call.span, "trains on it"),),
    )


def followed(x: Array) -> Tagged | None:
    """Whether the steps of a sample are rows that follow one another; of many samples only."""
    if x.shape is None or same(x.shape[0], 1):
        return None
    return Tagged(Claim.SCRAMBLES, "columns", (x.shape[1], "steps"), (x.shape[1], "features"), "rows as steps")
