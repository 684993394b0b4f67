"""A recurrent layer gets input without exactly the axes (batch, steps, features)."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Claim,
    Confidence,
    Experiment,
    Facts,
    Fed,
    Feed,
    Finding,
    Label,
    Node,
    Rule,
    Severity,
    Why,
    after_a_refusal,
    array_shape_text,
    given_whole,
    made_at,
    misfed,
    model_of,
    origin,
    refused_forms,
    refused_layer,
    shape_text,
)

rule = Rule(code="LST102", name="recurrent-input-rank", severity=Severity.ERROR, since="0.1.0")
_NEEDS = "(batch, steps, features)"


@rule.on(Node)
def check(node: Node, facts: Facts) -> Iterator[Finding]:
    """In the model itself: a shape declared with too few or too many axes, a layer before it that changes them."""
    problem, layer = node.problem, node.layer
    if problem is None or problem.why is not Why.RANK or not layer.recurrent or node.span is None or node.input is None:
        return
    source = origin(node.input)
    if after_a_refusal(node) or refused_layer(layer) is not None or (source is not None and _drops_steps(source)):
        return
    if source is None and given_whole(node.input, facts) is not None:
        return
    place = source.span if source is not None else made_at(node.input)
    yield Finding(
        node.span,
        f"`{layer.text}` needs input of {_needs(problem.expected)}, but gets {shape_text(node.input.shape)}",
        Confidence.HIGH,
        label=f"expects {problem.expected}, found {problem.found}",
        help=_help(node),
        labels=(Label(place, f"gives {shape_text(node.input.shape)}"),) if place and place != node.span else (),
        experiment=_experiment(node, facts),
    )


def _drops_steps(source: Node) -> bool:
    return source.layer.recurrent and source.layer.returns_sequences is False


def _needs(expected: str) -> str:
    return _NEEDS if expected == "ndim=3" else expected.replace("ndim=", "") + " axes"


def _help(node: Node) -> str:
    shape = node.input.shape if node.input else None
    source = origin(node.input)
    if source is not None:
        return f"keep the time axis: leave `{source.layer.text}` out, or put it behind the last recurrent layer"
    if shape is not None and len(shape) > 3:
        return "declare (steps, features) only: Keras adds the batch axis itself"
    return "declare (steps, features), and reshape the data to (samples, steps, features)"


def _experiment(node: Node, facts: Facts) -> Experiment | None:
    model = model_of(node, facts)
    return Experiment(Claim.RAISES, model, next(facts.runs_of(model), None)) if model else None


@rule.on(Facts)
def check_data(facts: Facts, _: Facts) -> Iterator[Finding]:
    """In the data: 2-D or 4-D arrays for a model of (steps, features)."""
    for fed in misfed(facts):
        if "x" in refused_forms(fed.run, facts.keras):
            continue  # no array at all, which is another rule's to say
        if fed.unbatched:
            yield _unbatched(fed)
        elif fed.how is Feed.RANK and len(fed.shape) >= 3 and not (fed.one_short and fed.predicts):
            yield _data_finding(fed)


def _data_finding(fed: Fed) -> Finding:
    run = fed.run
    steps = ", ".join(str(dim) if dim else "steps" for dim in fed.shape[1:])
    return Finding(
        run.call.span,
        f"{fed.name} has {len(fed.dims)} axes, {array_shape_text(fed.dims)},"
        f" but the model needs {shape_text(fed.shape)}",
        Confidence.HIGH if fed.sure else Confidence.MEDIUM,
        label=f"gets {array_shape_text(fed.dims)}",
        help=f"reshape the data to (samples, {steps})",
        labels=tuple(Label(place, text) for place, text in fed.places),
        experiment=Experiment(Claim.RAISES, run.model, run),
    )


def _unbatched(fed: Fed) -> Finding:
    run = fed.run
    end = "" if fed.raises else ", and Keras takes its steps for samples"
    return Finding(
        run.call.span,
        f"{fed.name} gives one sample at a time, {array_shape_text(fed.dims)},"
        f" but the model needs batches, {shape_text(fed.shape)}{end}",
        Confidence.HIGH if fed.sure else Confidence.MEDIUM,
        label=f"gets {array_shape_text(fed.dims)}",
        help="put the samples together: `.batch(32)`",
        labels=tuple(Label(place, text) for place, text in fed.places),
        severity=Severity.ERROR if fed.raises else Severity.WARNING,
        experiment=Experiment(Claim.RAISES, run.model, run) if fed.raises else None,
        untestable="" if fed.raises else "Keras runs on: what one sample is, no run tells",
    )
