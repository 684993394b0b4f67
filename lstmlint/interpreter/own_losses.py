"""A loss of the program's own, a function or a class derived from ``keras.losses.Loss``: interpreted on one batch."""

from __future__ import annotations

from lstmlint.interpreter.attributes import class_member
from lstmlint.interpreter.dims import Dim, symbol_dim
from lstmlint.interpreter.functions import bind_receiver, call_function
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.values import Array, Function, Reference, Tensor, Value
from lstmlint.keras_model.graph import Shape
from lstmlint.keras_model.training import Run

#: What the two tensors are called that a loss is given.
TRUTH, GUESS = "y_true", "y_pred"


def own_loss(machine: Machine, run: Run) -> Tensor | None:
    """What the loss makes of the targets and outputs of a batch; its graph leads back to both.

    None where the loss is Keras's own, or what it is given is not known.
    """
    given = run.model.compiled.arguments.get("loss") if run.model.compiled is not None else None
    if given is None or not run.trains or machine.turn > 1 or len(run.y) != 1 or len(run.outputs) != 1:
        return None
    function, wrapped = _function(given)
    target, output = run.y[0], run.outputs[0]
    if function is None or not isinstance(target, Array) or not target.shape or not output.shape:
        return None
    batch = symbol_dim("batch", 1, key=("batch", run.call.span))
    shapes = _ranks((batch, *target.shape[1:]), (batch, *output.shape[1:]), wrapped, machine.keras)
    truth, guess = (Tensor(shape, "float32", name=name) for shape, name in zip(shapes, (TRUTH, GUESS), strict=True))
    with machine.tracing():
        result = call_function(machine, function, (truth, guess), {}, run.call.span)
    return result if isinstance(result, Tensor) else None


def _function(loss: Value) -> tuple[Function | None, bool]:
    """What is called with targets and outputs, and whether it is a plain function, which Keras wraps."""
    match loss:
        case Function():
            return loss, True
        case Reference():
            method = class_member(loss.type, "call") if loss.type is not None else None
            return (bind_receiver(method, loss) if isinstance(method, Function) else None), False
        case _:
            return None, False


def _ranks(truth: Shape, guess: Shape, wrapped: bool, keras: int) -> tuple[Shape, Shape]:
    """Measured on Keras 3.15 and tf_keras 2.21: around a function a last axis of 1 is added or taken away.

    A loss class of the program's own gets both as they are, but that Keras 2 makes a column of flat targets.
    """
    one = Dim(1)
    if len(truth) == 1 and (keras == 2 or (wrapped and len(guess) == 2 and guess[-1] == one)):
        truth = (*truth, one)
    if wrapped and len(guess) == len(truth) + 1 and guess[-1] == one:
        guess = guess[:-1]
    if wrapped and len(truth) == len(guess) + 1 and truth[-1] == one:
        truth = truth[:-1]
    return truth, guess
