"""A layer refuses what is given to it: another number of axes, sizes that do not go together, too few steps."""

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
    Node,
    Problem,
    Rule,
    Run,
    Severity,
    Span,
    Why,
    after_a_refusal,
    array_shape_text,
    built_on_single_samples,
    made_at,
    mended_before,
    model_of,
    needs_every_step,
    origin,
    refused_by_layer,
    shape_text,
    states_as_input,
)

rule = Rule(code="LST106", name="layer-rejects-its-input", severity=Severity.ERROR, since="0.1.0")
_SAID_HERE = frozenset({Why.RANK, Why.AXIS, Why.ARITY, Why.TYPE, Why.SIZE})


@rule.on(Node)
def check(node: Node, facts: Facts) -> Iterator[Finding]:
    problem = node.problem
    if problem is None or problem.why not in _SAID_HERE or node.span is None or node.layer.call is None:
        return
    if (problem.why is Why.SIZE and node.layer.kind == "Reshape") or _said_elsewhere(node):
        return
    model = model_of(node, facts)
    if (run := built_on_single_samples(node, model, facts)) is not None:
        yield _refused(run, node, problem, _shapes(node).strip(), "put the samples together: `.batch(32)`")
        return
    yield Finding(
        _place(node, node.layer.call.span, node.span),
        f"`{_name(node, facts)}` refuses its input{_shapes(node)}: {problem.message}",
        Confidence.HIGH,
        label=_label(problem),
        help=_help(node, problem, facts),
        labels=tuple(_labels(node)),
        experiment=Experiment(Claim.RAISES, model, next(facts.runs_of(model), None)) if model is not None else None,
    )


def _name(node: Node, facts: Facts) -> str:
    """A model in a model by the name that it has in the program."""
    own = node.layer.model
    names = (one.name for one in facts.models if own is not None and one.identity == own.identity and one.name)
    return next(names, node.layer.text)


def _place(node: Node, made: Span, called: Span) -> Span:
    """A layer is made where it is meant to fit; a model in a model does not fit where it is called."""
    return called if node.layer.model is not None or made.path != called.path else made


@rule.on(Run)
def check_run(run: Run, facts: Facts) -> Iterator[Finding]:
    """In the data: fewer steps than a layer needs, where the model leaves their number open."""
    refused = refused_by_layer(run, facts) if run.turn == 1 else None
    if refused is None or refused[1].why not in _SAID_HERE or refused[0].layer.call is None:
        return
    node, problem = refused
    yield _refused(run, node, problem, _given(run), mended_before(node) or "give more steps, or make the layer smaller")


def _refused(run: Run, node: Node, problem: Problem, given: str, cure: str) -> Finding:
    places = ((node.layer.call and node.layer.call.span, "refuses it"), (made_at(run.x[0]), "made here"))
    return Finding(
        run.call.span,
        f"`{node.layer.text}` refuses what `{run.method}` gives, {given}: {problem.message}",
        Confidence.HIGH,
        label=f"gives {given}",
        help=cure,
        labels=tuple(Label(place, text) for place, text in places if place and place not in run.call.span),
        experiment=Experiment(Claim.RAISES, run.model, run),
    )


def _given(run: Run) -> str:
    return " and ".join(array_shape_text(value.shape) for value in run.x if isinstance(value, Array))


def _said_elsewhere(node: Node) -> bool:
    """A recurrent layer's number of axes, a lost time axis, states taken for one tensor: other rules' findings."""
    if node.layer.recurrent and node.problem is not None and node.problem.why is Why.RANK:
        return True
    if after_a_refusal(node):
        return True
    source = origin(node.input)
    if source is None or not source.layer.recurrent:
        return False
    lost = needs_every_step(node) and source.layer.returns_sequences is False
    return lost or states_as_input(node) is not None


def _shapes(node: Node) -> str:
    return " " * bool(node.inputs) + " and ".join(shape_text(tensor.shape) for tensor in node.inputs[:3])


def _label(problem: Problem) -> str:
    return f"expects {problem.expected}, found {problem.found}" if problem.expected and problem.found else "refuses"


def _help(node: Node, problem: Problem, facts: Facts) -> str:
    source = origin(node.input)
    if not node.inputs:
        return "call that layer on a tensor first: `x = layer(...)(x)`"
    if source is not None and source.layer.recurrent and source.layer.returns_sequences and problem.why is Why.RANK:
        return f"`{node.layer.kind}` wants one vector a sample: drop `return_sequences=True` from `{source.layer.text}`"
    if source is not None and source.layer.returns_sequences is False and node.layer.kind == "GetItem":
        return f"`{source.layer.text}` gives one vector a sample: write `return_sequences=True` for every step"
    given = node.input.shape if node.input is not None else None
    if node.layer.model is not None and given and problem.expected == shape_text((given[0], *given[2:])):
        return f"`TimeDistributed({_name(node, facts)})` calls it on each of the {given[1]} steps"
    if node.layer.kind == "TimeDistributed":
        return "give it a sequence, (batch, steps, ...), or use the wrapped layer alone"
    return mended_before(node) or "change the layer before it, or its arguments, so that the shapes go together"


def _labels(node: Node) -> Iterator[Label]:
    if node.span is not None and node.layer.call is not None and node.span != node.layer.call.span:
        inside = node.layer.model is not None
        yield Label(node.layer.call.span if inside else node.span, "made here" if inside else "called here")
    for tensor in node.inputs[:3]:
        place = made_at(tensor)
        if place is not None and node.layer.call is not None and place != node.layer.call.span:
            yield Label(place, f"gives {shape_text(tensor.shape)}")
