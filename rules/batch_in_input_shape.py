"""``input_shape`` holds the samples: the whole shape of the data, or their number in the place of the steps."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Change,
    Claim,
    Confidence,
    Cure,
    Edit,
    Experiment,
    Facts,
    Fed,
    Finding,
    Fix,
    Label,
    Model,
    Node,
    Rule,
    Safety,
    Severity,
    Tensor,
    Value,
    Whole,
    array_shape_text,
    given_whole,
    made_at,
    misfed,
    model_of,
    origin,
    rows_as_features,
    samples_as_steps,
    shape_text,
    takes_tokens,
    without_first,
    written_shape,
)

rule = Rule(code="LST103", name="batch-in-input-shape", severity=Severity.ERROR, since="0.1.0")


@rule.on(Node)
def check(node: Node, facts: Facts) -> Iterator[Finding]:
    """A recurrent layer is refused because the batch axis is declared along with the steps and features."""
    tensor = node.input
    if node.problem is None or tensor is None or not node.layer.recurrent or origin(tensor) is not None:
        return
    whole = given_whole(tensor, facts)
    span = made_at(tensor)
    if whole is None or span is None:
        return
    site, model = written_shape(tensor, facts), model_of(node, facts)
    yield Finding(
        site.span if site is not None else span,
        f"the input shape holds the batch axis as well, so that the model waits for {shape_text(tensor.shape)}",
        Confidence.HIGH,
        label="the first axis is that of the samples",
        help="declare (steps, features) only: Keras adds the batch axis itself",
        labels=tuple(_labels(node, whole)),
        fix=_fix(tensor, facts),
        experiment=Experiment(Claim.RAISES, model, whole.run, (_cure(tensor, model),)) if model is not None else None,
    )


def _cure(tensor: Tensor, model: Model) -> Cure:
    number = next((index for index, one in enumerate(model.inputs) if one is tensor), 0)
    return Cure("(steps, features) only", (Change("drop-input-axis", value=number),))


def _labels(node: Node, whole: Whole) -> Iterator[Label]:
    if node.span is not None and node.layer.call is not None:
        yield Label(node.span, "expects (batch, steps, features)")
    if whole.run is not None:
        yield Label(whole.run.call.span, "gives data of that very shape")


def _fix(tensor: Tensor, facts: Facts) -> Fix | None:
    """Keras refuses to build this model, so no working program changes."""
    site = written_shape(tensor, facts)
    text = without_first(site.text) if site is not None and not site.star else None
    if site is None or text is None:
        return None
    return Fix("leave the batch axis out", Safety.SAFE, (Edit(site.value, text),))


@rule.on(Facts)
def check_steps(facts: Facts, _: Facts) -> Iterator[Finding]:
    """The number of samples stands in the place of the steps, or of rows in that of the features."""
    for fed in misfed(facts, sure=False):
        if samples_as_steps(fed):
            yield _samples(fed, facts)
        elif (table := rows_as_features(fed)) is not None:
            yield _rows(fed, table, facts)


def _samples(fed: Fed, facts: Facts) -> Finding:
    """Keras 3 compares the steps with the data in functional models only."""
    site, run = written_shape(fed.tensor, facts), fed.run
    span = site.span if site is not None else made_at(fed.tensor) or run.call.span
    found = array_shape_text(fed.dims)
    axis = "steps" if len(fed.dims) > 2 or takes_tokens(run.model, fed.index) else "features"
    return Finding(
        span,
        f"the input shape holds the number of samples in the place of the {axis}: the data is {found}",
        Confidence.HIGH if all(dim.known for dim in fed.dims) else Confidence.MEDIUM,
        label=f"declares {shape_text(fed.shape)}",
        help=f"the {axis} are the second axis of the data, `X.shape[1]`",
        labels=(Label(run.call.span, f"gets {found}"),),
        severity=Severity.ERROR if fed.raises else Severity.INFO,
        experiment=Experiment(Claim.RAISES, run.model, run) if fed.raises else None,
        untestable=""
        if fed.raises
        else "Keras 3 does not compare the steps, and trains as it would with the right ones",
    )


def _rows(fed: Fed, table: Value, facts: Facts) -> Finding:
    site, run = written_shape(fed.tensor, facts), fed.run
    made, name = made_at(table), facts.name_of(table)
    whose = f"`{name}`" if name else "the data"
    return Finding(
        site.span if site is not None else made_at(fed.tensor) or run.call.span,
        f"the input shape holds the number of rows of {whose} in the place of the features, which are its columns",
        Confidence.MEDIUM,
        label=f"declares {shape_text(fed.shape)}",
        help=f"the features are the last axis of the data: `{name or 'X'}.shape[-1]`",
        labels=(
            Label(run.call.span, f"gets {array_shape_text(fed.dims)}"),
            *((Label(made, "rows and columns"),) if made is not None else ()),
        ),
        untestable="how many rows there are is not in the program",
    )
