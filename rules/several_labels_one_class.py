"""Samples with several labels, and a loss that knows one class a sample."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from lstmlint.api import (
    Compile,
    Confidence,
    Facts,
    Finding,
    Label,
    Node,
    Rule,
    Several,
    Severity,
    activated,
    activation_of,
    by_hand,
    several_labels,
)

rule = Rule(
    code="LST420",
    name="several-labels-one-class",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="the model learns something of either loss, and how much is a matter of the data",
)


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    told = set()
    for run in chain(facts.runs, by_hand(facts)):
        compiled = run.model.compiled
        for index, node in enumerate(activated(run.model) if run.trains and compiled is not None else ()):
            found = several_labels(run, index, facts)
            if found is not None and compiled is not None and node is not None and (id(compiled), index) not in told:
                told.add((id(compiled), index))
                yield _finding(compiled, node, found)


def _finding(compiled: Compile, node: Node, found: Several) -> Finding:
    activation, places = activation_of(node.layer), _places(node, found)
    return Finding(
        compiled.call.span,
        f"`categorical_crossentropy` knows one class a sample and weighs the outputs against one another, but"
        f" {'rows of the targets hold several ones' if found.ones is not None else 'each output is cut by itself'}",
        Confidence.HIGH,
        label="one class a sample",
        help="compile with `binary_crossentropy`, which asks of each output by itself"
        + (", and end the model in `sigmoid`" if activation == "softmax" else ""),
        labels=tuple(places),
    )


def _places(node: Node, found: Several) -> Iterator[Label]:
    if node.layer.call is not None:
        yield Label(node.layer.call.span, f"activation {activation_of(node.layer)}")
    if found.ones is not None:
        yield Label(found.ones, "several ones in a row")
    if found.cut is not None:
        yield Label(found.cut, "cuts each output by itself")
