"""A TensorFlow function is called on a symbolic Keras tensor while the model is put together."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Confidence, Facts, Finding, Label, LibraryCall, Rule, Sequence, Severity, Tensor

rule = Rule(
    code="LST506",
    name="tensorflow-function-on-keras-tensor",
    severity=Severity.ERROR,
    since="0.1.0",
    keras=frozenset({3}),
    untestable="the verifier calls layers only, no functions of TensorFlow",
)

#: What only looks at the tensor, or makes a layer of the function.
HARMLESS = ("tensorflow.keras.", "tensorflow.debugging", "tensorflow.print")
#: Tensors looked at on the way back to an input.
MOST_TENSORS = 400
OPS = {"reduce_sum": "sum", "reduce_mean": "mean", "reduce_max": "max", "reduce_min": "min", "concat": "concatenate"}


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    if call.traced or call.call.span.path != facts.source.path or not of_tensorflow(call):
        return
    tensor = next((tensor for value in call.arguments.values() for tensor in symbolic(value)), None)
    if tensor is None:
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
    )


def of_tensorflow(call: LibraryCall) -> bool:
    """A function of TensorFlow, the backend functions of its old Keras among them."""
    if call.written.startswith("tensorflow.keras.backend."):
        return call.name.rpartition(".")[2] not in ("is_keras_tensor", "int_shape")
    return call.name.startswith("tensorflow.") and not call.name.startswith(HARMLESS)


def symbolic(value: object) -> Iterator[Tensor]:
    items = value.items if isinstance(value, Sequence) and value.items is not None else (value,)
    yield from (item for item in items if isinstance(item, Tensor) and reaches_an_input(item))


def reaches_an_input(tensor: Tensor) -> bool:
    """Whether it certainly comes from `Input`: a layer called on what is not known may have run on data."""
    waiting, seen = [tensor], 0
    while waiting and seen < MOST_TENSORS:
        current, seen = waiting.pop(), seen + 1
        if current.made is not None and current.made.operation == "keras.Input":
            return True
        waiting.extend(current.node.inputs if current.node is not None else ())
    return False
