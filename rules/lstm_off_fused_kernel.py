"""An argument keeps an LSTM or GRU off the fused kernel of cuDNN."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    ArgumentSite,
    Confidence,
    Const,
    Facts,
    Finding,
    Layer,
    Node,
    Rule,
    Severity,
    Value,
)

rule = Rule(
    code="LST601",
    name="lstm-off-fused-kernel",
    severity=Severity.INFO,
    since="0.1.0",
    untestable="it is about time on a GPU, and the verifier trains on the CPU",
)

#: What `cudnn_ok` and the layers of Keras 3.15.1 ask for (keras/src/backend/tensorflow/rnn.py).
NEEDED: dict[str, object] = {
    "activation": "tanh",
    "recurrent_activation": "sigmoid",
    "use_bias": True,
    "unroll": False,
    "recurrent_dropout": 0,
}


@rule.on(Node)
def check(node: Node, facts: Facts) -> Iterator[Finding]:
    layer = node.layer.core
    place = layer.call
    if layer.kind not in ("LSTM", "GRU") or place is None or place.span.path != facts.source.path:
        return
    needed = NEEDED | ({"reset_after": True} if layer.kind == "GRU" else {})
    for name, wanted in needed.items():
        argument = place.keyword(name)
        if argument is not None and argument.name and other_than(layer.config[name], wanted):
            yield finding(layer, argument, wanted)


def other_than(value: Value, wanted: object) -> bool:
    return isinstance(value, Const) and value.value != wanted


def finding(layer: Layer, argument: ArgumentSite, wanted: object) -> Finding:
    return Finding(
        argument.span,
        f"`{argument.name}={argument.text}` keeps this `{layer.kind}` off the fused cuDNN kernel, "
        "which is several times "
        "faster on a GPU",
        Confidence.HIGH,
        label="cuDNN knows the default only",
        help=f"leave `{argument.name}` at its default, {wanted!r}, if the model does not need another",
    )
