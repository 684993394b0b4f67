"""``initial_state`` has the wrong number of states, other widths than the layer, or another order."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Claim,
    Confidence,
    Experiment,
    Facts,
    Finding,
    Label,
    Model,
    Node,
    Problem,
    Rule,
    Run,
    Severity,
    Span,
    Why,
    disorder,
    labels_in,
    layer_name,
    made_at,
    misplaced,
    model_of,
    shape_text,
    states_given,
    taken_apart_wrongly,
    wrong_text,
)

rule = Rule(code="LST111", name="initial-state-mismatch", severity=Severity.ERROR, since="0.1.0")


@rule.on(Node)
def check(node: Node, facts: Facts) -> Iterator[Finding]:
    problem, span = node.problem, node.span
    if problem is None or problem.why is not Why.STATE or span is None or not states_given(node):
        return
    model = model_of(node, facts)
    known = model if node.state else None
    yield Finding(
        span,
        f"`{node.layer.text}` gets initial states {_shapes(node)}: {problem.message}",
        Confidence.HIGH,
        label=f"needs {problem.expected}",
        help=_help(node),
        labels=(*_labels(node, span), *_first_step(problem, model, facts)),
        experiment=Experiment(Claim.RAISES, known, next(facts.runs_of(known), None)) if known is not None else None,
        untestable="" if node.state else "the states are made in the program's own code",
    )


def _shapes(node: Node) -> str:
    return ", ".join(shape_text(tensor.shape) for tensor in states_given(node))


def _help(node: Node) -> str:
    wrong = (tensor.node.layer for tensor in states_given(node) if tensor.node is not None)
    double = next((layer for layer in wrong if layer.kind == "Bidirectional"), None)
    if double is not None and node.layer.kind != "Bidirectional":
        return (
            f"`{double.text}` runs both ways: give `{node.layer.kind}` twice its units, or one direction's states only"
        )
    if not node.state:
        return "make one of (batch, units) for each state: `h` and `c` of an LSTM, and of both ways for Bidirectional"
    return "give the states of a layer of the same kind and units, in the order in which it returns them"


def _labels(node: Node, span: Span) -> Iterator[Label]:
    seen = set()
    for tensor in states_given(node)[:3]:
        place = made_at(tensor)
        if place is not None and place != span and place not in seen:
            seen.add(place)
            yield Label(place, f"gives {shape_text(tensor.shape)}")


def _first_step(problem: Problem, model: Model | None, facts: Facts) -> Iterator[Label]:
    """Keras 3 checks states nowhere before it trains."""
    run = next((one for one in facts.runs if model is not None and one.model.identity == model.identity), None)
    if problem.stage == "train" and run is not None:
        yield Label(run.call.span, "fails at the first step")


@rule.on(Node)
def check_order(node: Node, facts: Facts) -> Iterator[Finding]:
    """States of the right widths in wrong places: the shapes fit, so Keras says nothing."""
    found = disorder(node)
    if found is None or node.span is None:
        return
    named, source = taken_apart_wrongly(node, facts), node.state[0].node
    places = ((source.span if source is not None else None, "gives the first"), (node.span, "takes the states"))
    yield Finding(
        named or node.span,
        f"`{node.layer.text}` {found[0]}",
        Confidence.HIGH,
        label="the names of other tensors" if named else "other states than it takes them for",
        help=found[1],
        labels=labels_in(facts.source.path, places if named else places[:1]),
        severity=Severity.WARNING,
    )


@rule.on(Run)
def check_inference(run: Run, facts: Facts) -> Iterator[Finding]:
    """The decoder is trained with one order of states, and asked with another."""
    found = next((one for one in misplaced(run, facts) if not one.back), None)
    if found is None or run.call.span.path != facts.source.path:
        return
    at_decoder = found.crossed and found.node.span is not None
    span = found.node.span if at_decoder and found.node.span is not None else run.call.span
    places = ((run.call.span, "gives it the states"), (found.node.span, "takes the states"))
    yield Finding(
        span,
        f"`{run.call.callee_text}` gives `{layer_name(found.node.layer, facts)}` {wrong_text(found, facts)}, unlike in "
        "training",
        Confidence.HIGH,
        label="the states are in another order" if at_decoder else "gives the states in another order",
        help="give each state where it stood in training: the order of the decoder's inputs, of its `initial_state` "
        "and of what `predict` is given must be one and the same",
        labels=tuple(Label(place, text) for place, text in places if place is not None and place != span),
        severity=Severity.WARNING,
    )
