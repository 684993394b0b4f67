"""The last activation and the loss do not go together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from lstmlint.api import (
    SCORED,
    Change,
    Claim,
    Compile,
    Confidence,
    Cure,
    Dim,
    Edit,
    Experiment,
    Facts,
    Finding,
    Fix,
    Label,
    Layer,
    Node,
    Rule,
    Run,
    Safety,
    Severity,
    activated,
    activation_of,
    by_hand,
    columns_of_questions,
    logits_are_found,
    loss_of_output,
    one_class_a_row,
    several_labels,
)

rule = Rule(code="LST407", name="activation-does-not-match-loss", severity=Severity.WARNING, since="0.1.0")
_LEARNS = "such a pair still learns something, and how much worse depends on the data"
_SOFT = dict.fromkeys(("categorical_crossentropy", "sparse_categorical_crossentropy"), "softmax")
_CROSS = {"binary_crossentropy": "sigmoid", **_SOFT}
#: Where Keras sees through a sigmoid it trains as behind a softmax, to the digit.
_QUIET_IF = {True: Severity.INFO}
#: Activations whose results are no probabilities.
_NO_PROBABILITY = frozenset({"linear", "relu", "tanh", "elu", "selu", "leaky_relu", "gelu"})


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    seen = set()
    for run in chain(facts.runs, by_hand(facts)):
        compiled: Compile | None = run.model.compiled
        for index, node in enumerate(activated(run.model)):
            key = (run.model.identity, index, id(compiled))
            if run.method in SCORED and compiled is not None and node is not None and key not in seen:
                seen.add(key)
                if several_labels(run, index, facts) is None:
                    yield from _check(run, compiled, index, node)


def _check(run: Run, compiled: Compile, index: int, node: Node) -> Iterator[Finding]:
    loss, activation = loss_of_output(run, index), activation_of(node.layer)
    wanted = _CROSS.get(loss or "")
    shape = node.outputs[0].shape if node.outputs and node.layer.call is not None else None
    if loss is None or wanted is None or activation is None or shape is None:
        return
    if activation in _NO_PROBABILITY and compiled.from_logits is False:
        yield _finding(run, compiled, node, f"`{activation}` gives no probabilities, which `{loss}` takes", wanted)
    elif compiled.from_logits and activation == wanted and not logits_are_found(run.model, index):
        yield _logits(run, compiled, node, loss, activation)
    elif activation == "sigmoid" and wanted == "softmax" and shape[-1] == Dim(1):
        found, advice = _finding(run, compiled, node, "one output is one class", wanted), "an output for each class"
        yield replace(found, help=f"compile with `binary_crossentropy`, or give {advice}", fix=None)
    elif activation == "sigmoid" and wanted == "softmax":
        text = f"`{loss}` takes one distribution over the classes, which sigmoids do not give"
        yield _finding(run, compiled, node, text, wanted, _QUIET_IF.get(logits_are_found(run.model, index)))
    elif activation == "sigmoid" and shape[-1] not in (Dim(1), Dim(2)) and one_class_a_row(run, index):
        text = f"each row of the targets holds one class, and `{loss}` takes each for a question of its own"
        found, advice = _finding(run, compiled, node, text, "softmax", Severity.INFO), "with `categorical_crossentropy`"
        yield replace(found, help=f"use `softmax` there, {advice}", fix=None)
    elif activation == "softmax" and loss == "binary_crossentropy" and shape[-1] not in (Dim(1), Dim(2)):
        text = "`binary_crossentropy` asks of each class by itself, softmax makes the classes exclude one another"
        yield _finding(run, compiled, node, text, "sigmoid", _QUIET_IF.get(not columns_of_questions(run, index)))


def _finding(
    run: Run, compiled: Compile, node: Node, text: str, wanted: str, severity: Severity | None = None
) -> Finding:
    assert node.layer.call is not None
    change = Change("layer-argument", node.layer.call.span, "activation", wanted)
    return Finding(
        node.layer.call.span,
        f"the last activation does not go with the loss: {text}",
        Confidence.HIGH,
        label=f"activation {activation_of(node.layer)}",
        help=f"use `{wanted}` there{_or_logits(run, compiled)}",
        labels=(Label(compiled.call.span, "the loss" if run.data_kind == "by hand" else "compiled here"),),
        fix=_fix(node.layer, wanted),
        severity=severity,
        experiment=_experiment(run, node.layer, wanted, change),
        untestable=_LEARNS,
    )


def _experiment(run: Run, layer: Layer, cure: str, change: Change) -> Experiment | None:
    """Where an activation has no gradient towards the targets, answers stay that started on the wrong side."""
    stuck = activation_of(layer) in _NO_PROBABILITY or change.kind == "training"
    experiment = Experiment(Claim.CANNOT_REACH, run.model, run, (Cure(cure, (change,)),), probe="free")
    return experiment if stuck and run.data_kind != "by hand" else None


def _or_logits(run: Run, compiled: Compile) -> str:
    where = "give the loss" if run.data_kind == "by hand" else "compile with the loss object and"
    return f", or {where} `from_logits=True`" if compiled.from_logits is False else ""


def _fix(layer: Layer, wanted: str) -> Fix | None:
    """An activation that is written out as text, or a Dense that has none."""
    call = layer.call
    if call is None or call.has_star or layer.kind not in ("Dense", "Activation"):
        return None
    site = call.keyword("activation") or call.positional(1 if layer.kind == "Dense" else 0)
    if site is None:
        return Fix(f"use {wanted}", Safety.UNSAFE, (call.with_keyword("activation", f'"{wanted}"'),))
    new, quote = (Edit(site.value, site.text[:1] + wanted + site.text[:1]),), site.text[:1]
    return Fix(f"use {wanted}", Safety.UNSAFE, new) if quote in ("'", '"') else None


def _logits(run: Run, compiled: Compile, node: Node, loss: str, activation: str) -> Finding:
    assert node.layer.call is not None
    plain = Change("training", name="from_logits", value=False)
    return Finding(
        compiled.call.span,
        f"`from_logits=True` is told of an output that `{activation}` has already turned into probabilities",
        Confidence.HIGH,
        label=f"`{loss}` applies {activation} once more",
        help=f"drop `from_logits=True`, or leave `{activation}` out of the model",
        labels=(Label(node.layer.call.span, f"applies {activation}"),),
        experiment=_experiment(run, node.layer, "from_logits=False", plain),
        untestable=_LEARNS,
    )
