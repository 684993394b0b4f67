"""The model answers at every step, and the data holds one target a sample."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Aim,
    Aimed,
    Change,
    Claim,
    Confidence,
    Cure,
    Dim,
    Experiment,
    Facts,
    Finding,
    Fix,
    Label,
    Node,
    Rule,
    Safety,
    Severity,
    array_shape_text,
    last_recurrent,
    made_once,
    misaimed,
    shape_text,
)

rule = Rule(code="LST401", name="one-target-many-outputs", severity=Severity.WARNING, since="0.1.0")


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    for aimed in misaimed(facts):
        if aimed.how is Aim.ONE_TARGET:
            yield _finding(aimed, last_recurrent(aimed.run.model, aimed.index), facts)


def _finding(aimed: Aimed, node: Node | None, facts: Facts) -> Finding:
    every_step = node is not None and node.layer.returns_sequences is True and node.layer.call is not None
    layer = node.layer if node is not None and every_step else None
    span = layer.call.span if layer is not None and layer.call is not None else aimed.run.call.span
    return Finding(
        span,
        f"the model gives {shape_text(aimed.shape)}, an output at every step, for {_targets(aimed)} a sample,"
        f" {array_shape_text(aimed.dims)}: {_consequence(aimed)}",
        Confidence.HIGH if aimed.sure else Confidence.MEDIUM,
        label="returns every step" if layer is not None else "one target a sample",
        help=_help(layer is not None),
        labels=tuple(Label(place, text) for place, text in aimed.places(but=span)),
        fix=_fix(aimed, node if layer is not None and aimed.trained else None, facts),
        severity=Severity.ERROR if aimed.raises else Severity.WARNING,
        experiment=_experiment(aimed, node if layer is not None else None),
    )


def _targets(aimed: Aimed) -> str:
    """``one target``; as many as a row of targets holds, where that is more."""
    count = aimed.dims[1] if len(aimed.dims) == 2 else Dim(1)
    return "one target" if count == Dim(1) else f"{count} targets" if count.known else "a row of targets"


def _help(recurrent: bool) -> str:
    if recurrent:
        return "drop `return_sequences=True` from the last recurrent layer, or give a target for every step"
    return "end the steps before the output, with `Flatten` or pooling, or give a target for every step"


def _consequence(aimed: Aimed) -> str:
    if aimed.raises:
        return f"`{aimed.loss}` cannot compare them"
    return f"`{aimed.loss}` stretches the one over the steps of the other"


def _fix(aimed: Aimed, node: Node | None, facts: Facts) -> Fix | None:
    """Only where what follows the layer takes vectors as well."""
    call = node.layer.core.call if node is not None else None
    if node is None or call is None or not made_once(node.layer, facts) or not _takes_vectors(aimed, node):
        return None
    edit = call.without_keyword("return_sequences")
    safety = Safety.SAFE if aimed.raises else Safety.UNSAFE
    return Fix("return the last step only", safety, (edit,)) if edit is not None else None


def _takes_vectors(aimed: Aimed, node: Node) -> bool:
    nodes = aimed.run.model.nodes
    after = nodes[nodes.index(node) + 1 :] if node in nodes else ()
    return all(one.layer.kind in ("Dense", "Dropout", "Activation", "BatchNormalization") for one in after)


def _experiment(aimed: Aimed, node: Node | None) -> Experiment:
    claim = Claim.RAISES if aimed.raises else Claim.TRAINS_SOMETHING_ELSE
    call = node.layer.core.call if node is not None else None
    if node is None or call is None or not _takes_vectors(aimed, node):
        return Experiment(claim, aimed.run.model, aimed.run)
    change = Change("layer-argument", call.span, "return_sequences", False)
    return Experiment(claim, aimed.run.model, aimed.run, (Cure("return_sequences=False", (change,)),))
