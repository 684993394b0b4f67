"""The last activation cannot give the values that the targets hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lstmlint.api import (
    REACH,
    Array,
    Change,
    Claim,
    Confidence,
    Cure,
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
    Span,
    beyond,
    certain_bounds,
    first_fit,
    last_activation,
    loss_of_output,
    made_at,
    outside,
    ranged,
    standardised,
)

Ends = tuple[float, float]
rule = Rule(code="LST409", name="output-cannot-reach-target", severity=Severity.WARNING, since="0.1.0")
#: Standardised values lie within about so many standard deviations.
_SPREAD = 2.0
_BY_CLASS = "categorical_crossentropy"
_CROSS = frozenset({"binary_crossentropy", _BY_CLASS})
_COMPARED = frozenset({"mean_squared_error", "mean_absolute_error", "huber", "log_cosh", *_CROSS})


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    if not run.trains or run.turn > 1 or first_fit(run, facts) is not run or len(run.y) != len(run.model.outputs):
        return
    for index, (node, value) in enumerate(zip(ranged(run.model), run.y, strict=True)):
        loss, activation = loss_of_output(run, index), last_activation(node.layer) if node is not None else None
        reach = REACH.get(activation or "")
        if node is None or reach is None or loss not in _COMPARED or not isinstance(value, Array):
            continue
        if loss == _BY_CLASS and value.rank != len(run.model.outputs[index].shape or ()):
            continue
        found, scaled = certain_bounds(value) or beyond(value, activation or ""), standardised(value)
        if found is not None and node.layer.call is not None and outside(found, reach):
            yield _finding(run, node, value, found, reach, loss)
        elif scaled is not None and node.layer.call is not None and reach[0] >= -1:
            yield _too_narrow(run, node, value, reach, scaled)


def _finding(run: Run, node: Node, value: Array, found: Ends, reach: Ends, loss: str) -> Finding:
    call, place = node.layer.call, made_at(value)
    assert call is not None
    ends, activation = _ends(reach), last_activation(node.layer)
    return Finding(
        call.span,
        f"`{activation}` gives values from {ends}{' that add up to 1' if activation == 'softmax' else ''},"
        f" but the targets reach from {found[0]:g} to {found[1]:g}",
        Confidence.HIGH if value.elements is not None else Confidence.MEDIUM,
        label=f"{ends} only",
        help=_help(node.layer, loss, found),
        labels=(
            Label(run.call.span, "trains on them"),
            *(
                (Label(place, f"{found[0]:g} to {found[1]:g}"),)
                if place is not None and place not in run.call.span
                else ()
            ),
        ),
        fix=_fix(node.layer) if loss not in _CROSS else None,
        experiment=_reaching(run, node, value, found) if loss not in _CROSS else None,
        untestable="cross-entropies of other targets than probabilities have no least value to come to",
    )


def _without(layer: Layer) -> str:
    behind = f"end the model with a Dense behind the `{layer.kind}`"
    return behind if layer.recurrent else "end the model without an activation"


def _help(layer: Layer, loss: str, found: Ends) -> str:
    if found == (-1, 1) and loss == "binary_crossentropy":
        return "let the classes be 0 and 1: `(targets + 1) / 2`"
    if loss in _CROSS:
        return f"measured values are for `mse`, not `{loss}`: {_without(layer)}"
    scaled = ", or scale the targets into that range and back after predict"
    return _without(layer) + (scaled if last_activation(layer) != "softmax" else "")


def _ends(reach: Ends) -> str:
    return f"{reach[0]:g} to {reach[1]:g}" if reach[1] != float("inf") else f"{reach[0]:g} upwards"


def _too_narrow(run: Run, node: Node, value: Array, reach: Ends, scaled: Span) -> Finding:
    """Standardised values have mean 0, whatever they were before, and their squares the mean 1."""
    call, below = node.layer.call, reach[0] == 0
    assert call is not None
    return Finding(
        call.span,
        f"`{last_activation(node.layer)}` gives values from {_ends(reach)}, but the targets are standardised: their "
        + ("mean is 0, and many of them lie below" if below else "mean square is 1, and many of them lie outside"),
        Confidence.HIGH if below else Confidence.MEDIUM,
        label=f"{_ends(reach)} only",
        help=f"{_without(node.layer)}, or scale the targets with MinMaxScaler",
        labels=(Label(scaled, "mean 0, variance 1"), Label(run.call.span, "trains on them")),
        fix=_fix(node.layer),
        experiment=_reaching(run, node, value, (-_SPREAD, _SPREAD)),
    )


def _reaching(run: Run, node: Node, value: Array, ends: Ends) -> Experiment | None:
    if len(run.y) != 1:
        return None
    spread = replace(run, y=(replace(value, low=ends[0], high=ends[1]),))
    return Experiment(Claim.CANNOT_REACH, run.model, spread, _cures(node.layer), probe="reach")


def _cures(layer: Layer) -> tuple[Cure, ...]:
    if layer.call is None or layer.kind not in ("Dense", "Activation"):
        return ()
    return (Cure("no activation", (Change("layer-argument", layer.call.span, "activation", "linear"),)),)


def _fix(layer: Layer) -> Fix | None:
    edit = layer.call.without_keyword("activation") if layer.call is not None and layer.kind == "Dense" else None
    return Fix("drop the activation", Safety.UNSAFE, (edit,)) if edit is not None else None
