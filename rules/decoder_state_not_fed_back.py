"""A decoder that works step by step is not given back the states that it returned."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Disordered,
    Facts,
    Finding,
    Model,
    Node,
    Rule,
    Run,
    Severity,
    is_nothing,
    is_state,
    labels_in,
    layer_name,
    misplaced,
    one_step,
    put_in_disorder,
    receiver_text,
    remembers_nothing,
    returns_states,
    starts_anew,
    stepping,
    wrong_text,
)

rule = Rule(
    code="LST214",
    name="decoder-state-not-fed-back",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="the program's own loop hands the states on, and its code is not run",
)


@rule.on(Model)
def lost(model: Model, facts: Facts) -> Iterator[Finding]:
    """Two layers start from the states that are given, and those of one only are returned."""
    kept = [node for node in stepping(model) if returns_states(node, model)]
    for node in stepping(model):
        if node in kept or not kept or node.span is None or node.span.path != facts.source.path:
            continue
        if node.layer.returns_state is True and not is_trained(model, facts):
            yield of_layer(node, kept[0], model)


def is_trained(model: Model, facts: Facts) -> bool:
    """Then it sees whole sequences, and its states are those of the start."""
    return any(run.trains for run in facts.runs_of(model))


def of_layer(node: Node, kept: Node, model: Model) -> Finding:
    assert node.span is not None
    labels = ((kept.span, "its states are returned"), (model.span, "returns those states only"))
    return Finding(
        node.span,
        f"`{node.layer.text}` starts from states that are inputs of the model, and its own new states are not among "
        "the outputs: at the next step it goes on from the states of another layer, or from old ones",
        Confidence.HIGH,
        label="its new states are dropped",
        help="return the states of every recurrent layer, with an `Input` for each, and feed all of them back",
        labels=labels_in(node.span.path, labels),
    )


@rule.on(Run)
def same_states(run: Run, facts: Facts) -> Iterator[Finding]:
    """The same states are given at every turn of the loop that predicts step by step."""
    if run.trains or not run.loops or run.conditional or not remembers_nothing(run.model):
        return
    if not len(run.again) == len(run.x) == len(run.model.inputs) or run.call.span.path != facts.source.path:
        return
    fed = list(zip(run.model.inputs, run.x, run.again, strict=True))
    states = [(x, later) for tensor, x, later in fed if is_state(tensor, run.model)]
    tokens = [(x, later) for tensor, x, later in fed if not is_state(tensor, run.model)]
    # A decoder that is given all the words so far starts from the beginning each time, and rightly so.
    moved = any(x is not later and one_step(x) for x, later in tokens)
    if states and moved and all(x is later or (is_nothing(x) and is_nothing(later)) for x, later in states):
        yield Finding(
            run.call.span,
            f"`{run.call.callee_text}` is asked step by step and given the same states at every turn: each step is "
            "decoded as if it were the first",
            Confidence.HIGH,
            label="the states never change",
            help="take the states that the decoder returns, and give them to it at the next turn",
            labels=labels_in(run.call.span.path, [(run.model.span, "takes its states as inputs")]),
        )


@rule.on(Run)
def forgotten(run: Run, facts: Facts) -> Iterator[Finding]:
    """A model that takes states is given none at any turn, but what it answered at the turn before."""
    node = starts_anew(run, facts) if run.call.span.path == facts.source.path else None
    if node is None:
        return
    yield Finding(
        run.call.span,
        f"`{run.call.callee_text}` is given one step at a time, its own answer of the turn before, and no states: "
        f"`{node.layer.text}` starts from nothing at each turn, and what came before that step is forgotten",
        Confidence.HIGH,
        label="no states at any turn",
        help="set the states to None before the loop only, and give the model at each turn those that it returned last",
        labels=labels_in(run.call.span.path, [(node.span, "could go on from states")]),
    )


@rule.on(Run)
def crossed(run: Run, facts: Facts) -> Iterator[Finding]:
    """The states come back to another layer, or in another order."""
    found = next((one for one in misplaced(run, facts) if one.back and not one.shared), None)
    if found is None or run.call.span.path != facts.source.path:
        return
    if (cause := put_in_disorder(found, facts)) is not None:
        yield in_the_model(run, cause, facts)
        return
    yield Finding(
        run.call.span,
        f"from its second turn on `{run.call.callee_text}` gives `{layer_name(found.node.layer, facts)}` "
        f"{wrong_text(found, facts)}: the states come back in another order than the decoder returns them",
        Confidence.HIGH,
        label="the states change places",
        help="take the decoder's states apart in the order of its outputs, and give each back to its own layer",
        labels=labels_in(run.call.span.path, [(found.node.span, "takes the states")]),
    )


def in_the_model(run: Run, cause: Disordered, facts: Facts) -> Finding:
    """The loop hands on what it is given, in order: the model has it in another."""
    name, (takes, returns) = receiver_text(run.call.callee_text) or "the model", cause.texts(facts)
    named = [(cause.misnamed, "an LSTM answers with its output, h and c")] if cause.misnamed is not None else []
    return Finding(
        cause.span,
        f"`{name}` takes its states as ({takes}) and returns them as "
        f"({returns}), and the loop gives each back where it came out: from its second turn on they are mixed up",
        Confidence.HIGH,
        label="another order than that of the inputs",
        help="name output, h and c in this order" if named else "put the states into the order of the inputs",
        labels=labels_in(cause.span.path, [(run.call.span, "asked again with what it returned"), *named]),
    )
