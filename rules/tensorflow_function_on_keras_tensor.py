"""A TensorFlow function is called on a symbolic Keras tensor while the model is put together."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    REPLACED,
    Confidence,
    Facts,
    Finding,
    Label,
    LibraryCall,
    Rule,
    Severity,
    Tagged,
    Tensor,
    call_refused,
    refused_tensor,
)

rule = Rule(
    code="LST506",
    name="tensorflow-function-on-keras-tensor",
    severity=Severity.ERROR,
    since="0.1.0",
    keras=frozenset({3}),
)

OPS = {"reduce_sum": "sum", "reduce_mean": "mean", "reduce_max": "max", "reduce_min": "min", "concat": "concatenate"}


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    """A layer that defines `__call__` is told there, by LST128."""
    tensor = refused_tensor(call) if call.call.span.path == facts.source.path else None
    if tensor is None or any(call.call.span in one.call.span for one in facts.calls_to(REPLACED)):
        return
    name = call.name.rpartition(".")[2]
    made = tensor.made.span if tensor.made is not None and tensor.made.span else None
    yield Finding(
        call.call.span,
        f"`{call.call.callee_text}` gets a symbolic Keras tensor: crashes on Keras 3 (ValueError), works on Keras 2",
        Confidence.HIGH,
        label="a TensorFlow function takes values, not Keras tensors",
        help=f"use `keras.ops.{OPS.get(name, name)}`, or put the call into a layer's `call` or a `Lambda`",
        labels=(Label(made, "a symbolic tensor"),) if made and made.path == facts.source.path else (),
        experiment=_experiment(call, tensor),
        untestable="" if tensor.shape else "the axes of the tensor are not known",
    )


def _experiment(call: LibraryCall, tensor: Tensor) -> Tagged | None:
    if not tensor.shape:
        return None
    name = call.written.removeprefix("tensorflow.")
    shape = tuple(0 if dim is None else dim for dim in tensor.shape[1:])
    return call_refused("function", (name, "alone", shape), (name, "in a layer", shape), "the call inside a layer")
