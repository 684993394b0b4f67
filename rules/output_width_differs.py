"""The model's output is not as wide as the targets, and the loss refuses the two."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Aim,
    Aimed,
    Claim,
    Confidence,
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
    Safety,
    Severity,
    array_shape_text,
    counted_from_one,
    differ,
    made_at,
    made_once,
    misaimed,
    of_two_vocabularies,
    shape_text,
)

rule = Rule(code="LST404", name="output-width-differs", severity=Severity.ERROR, since="0.1.0")


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    for aimed in misaimed(facts):
        if aimed.how is Aim.WIDTH:
            yield _finding(aimed, facts)


def _finding(aimed: Aimed, facts: Facts) -> Finding:
    out, steps = made_at(aimed.output), _maker_of_steps(aimed)
    maker = (steps.span if steps is not None else None) or out
    span = maker if maker is not None and aimed.trained else aimed.run.call.span
    two = ", the words of two Tokenizers" if of_two_vocabularies(aimed.shape[-1], aimed.dims[-1]) else ""
    return Finding(
        span,
        f"the model gives {shape_text(aimed.shape)} for targets {array_shape_text(aimed.dims)}{two}:"
        f" `{aimed.loss}` cannot compare them",
        Confidence.HIGH if aimed.sure else Confidence.MEDIUM,
        label=f"makes {steps.outputs[0].shape[1]} steps"
        if steps is not None and steps.outputs[0].shape
        else f"gives {shape_text(aimed.shape)}",
        help=_help(aimed) if steps is None else _fewer_steps(steps, aimed),
        labels=tuple(Label(place, text) for place, text in aimed.places(but=span)),
        fix=_fix(aimed, facts) if aimed.trained else None,
        experiment=Experiment(Claim.RAISES, aimed.run.model, aimed.run),
    )


def _maker_of_steps(aimed: Aimed) -> Node | None:
    """The layer that made the steps, where these differ from the targets' and the numbers of each do not."""
    shape, dims = aimed.shape, aimed.dims
    if len(shape) != 3 or len(dims) != 3 or shape[1] is None or not differ(shape[1], dims[1]):
        return None
    node: Node | None = aimed.output.node
    while node is not None and node.inputs:
        given = [tensor.shape for tensor in node.inputs]
        if all(one is None or len(one) < 3 or one[1] is None or differ(one[1], shape[1]) for one in given):
            return node
        node = node.inputs[0].node if len(given) == 1 else None
    return None


def _fewer_steps(steps: Node, aimed: Aimed) -> str:
    given = [tensor.shape for tensor in steps.inputs]
    if len(given) > 1 and all(one and len(one) == 3 and one[1] == aimed.dims[1] for one in given):
        return "join the features, `axis=-1`: joined along the steps, the parts come one after the other"
    return "give the model as many steps as the targets have"


def _wanted(aimed: Aimed) -> Dim | None:
    """The units that would fit: the targets' width, one for targets without a last axis."""
    if len(aimed.dims) == len(aimed.shape):
        return aimed.dims[-1] if not aimed.loss.startswith("sparse") else None
    return Dim(1) if len(aimed.dims) == len(aimed.shape) - 1 and not aimed.loss.startswith("sparse") else None


def _help(aimed: Aimed) -> str:
    wanted = _wanted(aimed)
    if not aimed.trained:
        return "make them like the targets that the model is trained on"
    if wanted is None:
        return "bring both to one shape"
    if counted_from_one(aimed):
        return f"count the labels from 0 before `to_categorical`: as 1 to {wanted - 1} they take a column for 0 too"
    if of_two_vocabularies(aimed.shape[-1], aimed.dims[-1]):
        return "end the model in one unit for each word that the targets are made of"
    return f"end the model in `Dense({wanted})`, as wide as the targets, or give targets as wide as the output"


def _fix(aimed: Aimed, facts: Facts) -> Fix | None:
    """Safe, since Keras raises today: the units of a Dense that is written with a number."""
    node, wanted = aimed.output.node, _wanted(aimed)
    layer: Layer | None = node.layer if node is not None else None
    call = layer.call if layer is not None and layer.kind == "Dense" else None
    if call is None or wanted is None or not wanted.known or not aimed.raises or not made_once(node.layer, facts):
        return None
    if counted_from_one(aimed):
        return None
    site = call.keyword("units") or call.positional(0)
    rest_fits = len(aimed.dims) != len(aimed.shape) or len(aimed.dims) == 2
    if site is None or not site.text.isdigit() or not rest_fits:
        return None
    return Fix(f"make the output {wanted} wide", Safety.SAFE, (Edit(site.value, str(wanted)),))
