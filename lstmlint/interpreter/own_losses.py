"""Losses and metrics of the program's own, interpreted on one batch: functions, and classes derived from a loss."""

from __future__ import annotations

from lstmlint.interpreter.attributes import class_member
from lstmlint.interpreter.dims import Dim, symbol_dim
from lstmlint.interpreter.functions import bind_receiver, call_function
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.values import Array, Function, Mapped, Reference, Sequence, Tensor, Value
from lstmlint.keras_model.graph import Shape
from lstmlint.keras_model.training import Run

#: What the two tensors are called that a loss is given.
TRUTH, GUESS = "y_true", "y_pred"


def own_loss(machine: Machine, run: Run) -> Tensor | None:
    """What the loss makes of the targets and outputs of a batch; its graph leads back to both.

    None where the loss is Keras's own, or what it is given is not known.
    """
    given = _compiled(run, "loss")
    function, wrapped = _function(_only(machine.freeze(given))) if given is not None else (None, False)
    return None if function is None else _made_of_batch(machine, run, function, wrapped)


def own_metrics(machine: Machine, run: Run) -> tuple[Tensor, ...]:
    """What metrics that are functions of the program make of a batch: Keras 3 gives them both tensors as they are."""
    given = _compiled(run, "metrics")
    content = machine.freeze(given) if given is not None else None
    items = content.items or () if isinstance(content, Sequence) else ()
    functions = (item for item in items if isinstance(item, Function))
    results = (_made_of_batch(machine, run, function, wrapped=machine.keras == 2) for function in functions)
    return tuple(result for result in results if result is not None)


def _compiled(run: Run, name: str) -> Value | None:
    return run.model.compiled.arguments.get(name) if run.model.compiled is not None else None


def _made_of_batch(machine: Machine, run: Run, function: Function, wrapped: bool) -> Tensor | None:
    if not run.trains or machine.turn > 1 or len(run.y) != 1 or len(run.outputs) != 1:
        return None
    shapes = _shapes(machine, run, wrapped)
    truth, guess = (Tensor(shape, "float32", name=name) for shape, name in zip(shapes, (TRUTH, GUESS), strict=True))
    with machine.tracing():
        result = call_function(machine, function, (truth, guess), {}, run.call.span)
    return result if isinstance(result, Tensor) else None


def _shapes(machine: Machine, run: Run, wrapped: bool) -> tuple[Shape | None, Shape | None]:
    """The shapes of targets and outputs as the loss gets them; of neither where one is not known."""
    target, output = run.y[0], run.outputs[0]
    if not isinstance(target, Array) or not target.shape or not output.shape:
        return None, None
    batch = symbol_dim("batch", 1, key=("batch", run.call.span))
    return _ranks((batch, *target.shape[1:]), (batch, *output.shape[1:]), wrapped, machine.keras)


def _only(loss: Value) -> Value:
    """The loss of a model's one output, which may stand in a list or a dict."""
    match loss:
        case Sequence(items=(one,)) | Mapped(items=((_, one),), open=False):
            return one
        case _:
            return loss


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
