"""The data holds a target for every step, and the model answers for the last one only."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Aim,
    Aimed,
    Change,
    Claim,
    Confidence,
    Cure,
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

rule = Rule(code="LST402", name="many-targets-one-output", severity=Severity.WARNING, since="0.1.0")


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    for aimed in misaimed(facts):
        if aimed.how is Aim.MANY_TARGETS:
            yield _finding(aimed, last_recurrent(aimed.run.model, aimed.index), facts)


def _finding(aimed: Aimed, node: Node | None, facts: Facts) -> Finding:
    last_step = node is not None and node.layer.returns_sequences is False and node.layer.call is not None
    shown = (
        last_step and node is not None and ((_as_many_steps(aimed, node) and _fixable(aimed, node)) or not aimed.raises)
    )
    layer = node.layer if node is not None and shown else None
    span = layer.call.span if layer is not None and layer.call is not None else aimed.run.call.span
    return Finding(
        span,
        f"the data holds {aimed.dims[1]} targets a sample, {array_shape_text(aimed.dims)}, but the model gives"
        f" {shape_text(aimed.shape)}: {_consequence(aimed)}",
        Confidence.HIGH if aimed.sure else Confidence.MEDIUM,
        label="returns its last step only" if layer is not None else f"{aimed.dims[1]} targets a sample",
        help=_help(aimed, node),
        labels=tuple(Label(place, text) for place, text in aimed.places(but=span)),
        fix=_fix(aimed, node if layer is not None and aimed.trained else None, facts),
        severity=Severity.ERROR if aimed.raises else Severity.WARNING,
        experiment=_experiment(aimed, node if layer is not None else None),
    )


def _consequence(aimed: Aimed) -> str:
    return f"`{aimed.loss}` {'refuses that' if aimed.raises else 'fits one output to all of them'}"


def _help(aimed: Aimed, node: Node | None) -> str:
    if node is not None and _as_many_steps(aimed, node):
        return "write `return_sequences=True`, so that there is an output for every step"
    return f"let the model give {aimed.dims[1]} outputs a sample, such as `Dense({aimed.dims[1]})`, one for each target"


def _as_many_steps(aimed: Aimed, node: Node) -> bool:
    """Whether there is a step for each target."""
    shape = node.input.shape if node.input is not None else None
    return shape is not None and len(shape) == 3 and shape[1] in (None, aimed.dims[1])


def _fix(aimed: Aimed, node: Node | None, facts: Facts) -> Fix | None:
    """Only where what follows works step by step, and there is a step for each target."""
    call = node.layer.core.call if node is not None else None
    if node is None or call is None or call.has_star or not made_once(node.layer, facts) or not _fixable(aimed, node):
        return None
    safety = Safety.SAFE if aimed.raises else Safety.UNSAFE
    return Fix("return the whole sequence", safety, (call.with_keyword("return_sequences", "True"),))


def _fixable(aimed: Aimed, node: Node) -> bool:
    nodes = aimed.run.model.nodes
    after = nodes[nodes.index(node) + 1 :] if node in nodes else ()
    plain = all(one.layer.kind in ("Dense", "Dropout", "Activation", "BatchNormalization") for one in after)
    wide = len(aimed.dims) == 2 or aimed.loss.startswith("sparse") or aimed.shape[-1] == aimed.dims[-1]
    return plain and wide and _as_many_steps(aimed, node)


def _experiment(aimed: Aimed, node: Node | None) -> Experiment:
    claim = Claim.RAISES if aimed.raises else Claim.TRAINS_SOMETHING_ELSE
    call = node.layer.core.call if node is not None else None
    if node is None or call is None or not _fixable(aimed, node):
        return Experiment(claim, aimed.run.model, aimed.run)
    change = Change("layer-argument", call.span, "return_sequences", True)
    return Experiment(claim, aimed.run.model, aimed.run, (Cure("return_sequences=True", (change,)),))
