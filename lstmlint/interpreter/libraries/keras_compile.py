"""``compile``: losses, optimizers and metrics by Keras's own names."""

from __future__ import annotations

from lstmlint.interpreter.calls import call_with
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.library import Call, method
from lstmlint.interpreter.models import snapshot
from lstmlint.interpreter.values import (
    Array,
    Const,
    Function,
    Library,
    Made,
    Mapped,
    Reference,
    Sequence,
    Unknown,
    Value,
    history,
)
from lstmlint.keras_model.losses import OWN, canonical_loss
from lstmlint.keras_model.training import Compile


@method(
    "Model",
    "compile",
    "optimizer='rmsprop', loss=None, loss_weights=None, metrics=None, weighted_metrics=None, run_eagerly=False, "
    "steps_per_execution=1, jit_compile='auto', auto_scale_loss=True, sample_weight_mode=None, target_tensors=None",
)
def compile_model(call: Call) -> Value:
    losses, logits = _losses(_by_output(call, call["loss"]))
    if isinstance(call["loss"], Function):
        losses = (_own_loss(call, call["loss"]),)
    event = Compile(
        call=call.site,
        arguments=dict(call.arguments),
        losses=losses,
        from_logits=logits,
        optimizer=_optimizer(call["optimizer"]),
        metrics=tuple(_metrics(call["metrics"])),
        order=call.machine.order,
    )
    call.machine.memory.put(call.receiver.fields, "compiled", event)
    if call.machine.turn == 1:
        call.machine.record.events.append(event)
    return Const(None)


#: Operations that give an array with other contents of the same shape.
_SHAPED_ALIKE = frozenset({"keras.ops.cast", "keras.ops.convert_to_tensor", "tensorflow.cast", "Array.astype"})


#: What losses do with differences, whose result depends on all of them alike.
_PLAIN = frozenset(
    {
        *("arithmetic", "literal", "square", "abs", "sqrt", "pow", "power", "log", "exp", "log1p"),
        *("mean", "reduce_mean", "sum", "reduce_sum"),
    }
)


def _own_loss(call: Call, loss: Function) -> str | None:
    """A function of the program's own, by its name, where it computes with outputs and targets as they are.

    It is called on arrays of which nothing is known: what it does with both of them is written in its result. One that
    picks the nearest of several targets, say, knows what it does.
    """
    pair = tuple(Array(None, "float32", flavour="tensor") for _ in range(2))
    with call.machine.tracing():
        result = call_with(call.machine, loss, pair, loss.span)
    steps = list(history(result))
    both = {id(one) for one in pair}
    operands = [{id(_uncast(one)) for one in made.sources} for made in steps if made.operation == "arithmetic"]
    plain = all(made.operation.rsplit(".", 1)[-1] in _PLAIN or made.operation in _SHAPED_ALIKE for made in steps)
    return OWN + loss.name if both in operands and plain else None


def _uncast(value: Value) -> Value:
    made = getattr(value, "made", None)
    return made.sources[0] if made is not None and made.operation in _SHAPED_ALIKE and made.sources else value


def _by_output(call: Call, loss: Value) -> Value:
    """The losses of a dict in the order of the outputs that its keys name; unknown ones where they do not."""
    outputs = snapshot(call.machine, call.receiver).outputs
    if not isinstance(loss, Mapped) or len(outputs) < 2:
        return loss
    names = [tensor.node.layer.name if tensor.node is not None else None for tensor in outputs]
    found = [loss.get(name) or Unknown(f"the loss of the output {name}") for name in names]
    return Sequence("list", tuple(found), Dim(len(found)))


def _losses(value: Value) -> tuple[tuple[str | None, ...], bool | None]:
    """The loss of each output by Keras's name, and whether the first takes logits."""
    match value:
        case Sequence(items=tuple() as items):
            return tuple(_loss_name(item) for item in items), _all_logits(items)
        case Mapped(items=items):
            return tuple(_loss_name(item) for _, item in items), _all_logits(tuple(item for _, item in items))
        case Const(value=None):
            return (), False
        case _:
            return (_loss_name(value),), _from_logits(value)


def _all_logits(losses: tuple[Value, ...]) -> bool | None:
    """One answer for several losses, None where they differ."""
    flags = {_from_logits(loss) for loss in losses}
    return flags.pop() if len(flags) == 1 else None


def _loss_name(value: Value) -> str | None:
    match value:
        case Const(value=str() as name):
            return canonical_loss(name)
        case Library(name=name) | Reference(kind=name) if name.startswith(("keras.losses.", "keras.metrics.")):
            return canonical_loss(name.rsplit(".", 1)[1])
        case Unknown(made=Made(operation=name)) if name.startswith("keras.losses."):
            return canonical_loss(name.rsplit(".", 1)[1])
        case _:
            return None


def _from_logits(value: Value) -> bool | None:
    match value:
        case Reference(fields=fields) if "from_logits" in fields:
            flag = fields["from_logits"]
            return bool(flag.value) if isinstance(flag, Const) else None
        case Unknown():
            return None
        case _:
            return False


def _optimizer(value: Value) -> str | None:
    match value:
        case Const(value=str() as name):
            return name.lower()
        case Library(name=name) | Reference(kind=name) if name.startswith("keras.optimizers."):
            return name.rsplit(".", 1)[1].lower()
        case Unknown(made=Made(operation=name)) if name.startswith("keras.optimizers."):
            return name.rsplit(".", 1)[1].lower()
        case _:
            return None


def _metrics(value: Value) -> list[str]:
    match value:
        case Const(value=str() as name):
            return [name]
        case Sequence(items=tuple() as items):
            return [name for item in items for name in _metrics(item)]
        case Mapped(items=items):
            return [name for _, item in items for name in _metrics(item)]
        case Library(name=name) | Reference(kind=name) if name.startswith(("keras.metrics.", "keras.losses.")):
            return [name.rsplit(".", 1)[1]]
        case _:
            return []
