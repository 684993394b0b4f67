"""Resets of states, and the program's own callbacks that do them."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from lstmlint.interpreter.attributes import class_member, is_callback
from lstmlint.interpreter.functions import bind_receiver, call_function
from lstmlint.interpreter.library import Call, function, method
from lstmlint.interpreter.models import snapshot
from lstmlint.interpreter.uncalled import note_uncalled
from lstmlint.interpreter.values import Const, Function, Reference, Sequence, Unknown, Value
from lstmlint.keras_model.graph import Layer, Model
from lstmlint.keras_model.training import Hook, Reset

#: What Keras calls, in this order, in each of its methods.
TRAINING = (
    *("on_train_begin", "on_epoch_begin", "on_batch_begin", "on_train_batch_begin"),
    *("on_batch_end", "on_train_batch_end", "on_epoch_end", "on_train_end"),
)
TESTING = ("on_test_begin", "on_test_batch_begin", "on_test_batch_end", "on_test_end")
PREDICTING = ("on_predict_begin", "on_predict_batch_begin", "on_predict_batch_end", "on_predict_end")
_HOOKS = (*TRAINING, *TESTING, *PREDICTING)


@function("keras.callbacks.LambdaCallback", f"{', '.join(f'{hook}=None' for hook in _HOOKS)}, **kwargs")
def lambda_callback(call: Call) -> Value:
    return Reference("keras.callbacks.LambdaCallback", dict(call.arguments), call.made())


def run_hooks(call: Call, hooks: tuple[str, ...]) -> None:
    """What the program's own callbacks do while a model trains, is evaluated or predicts: resets in them count."""
    given = call.arguments.get("callbacks")
    items = given.items if isinstance(given, Sequence) and given.items is not None else (given,)
    for callback in items:
        if isinstance(callback, Reference):
            _forget_counters(call, callback)
            for hook in hooks:
                _run_hook(call, callback, hook)


def _forget_counters(call: Call, callback: Reference) -> None:
    """A hook runs many times: what the hooks assign to attributes has no one value."""
    for hook in _HOOKS:
        member = class_member(callback.type, hook) if callback.kind == "object" else None
        for name in _assigned(member.node) if isinstance(member, Function) else ():
            call.machine.memory.put(callback.fields, name, Unknown("an attribute that a callback changes"))


def _assigned(method: cst.CSTNode) -> Iterator[str]:
    """The attributes that a method assigns: ``counter`` for ``self.counter += 1``."""
    waiting = [method]
    while waiting:
        node = waiting.pop()
        match node:
            case cst.AssignTarget(target=cst.Attribute(attr=cst.Name(value=name))):
                yield name
            case cst.AugAssign(target=cst.Attribute(attr=cst.Name(value=name))):
                yield name
            case _:
                waiting.extend(node.children)


def _run_hook(call: Call, callback: Reference, hook: str) -> None:
    machine, found = call.machine, callback.fields.get(hook)
    if callback.kind == "object" and is_callback(callback.type):
        member = class_member(callback.type, hook) if found is None else None
        found = bind_receiver(member, callback) if isinstance(member, Function) else found
        machine.memory.put(callback.fields, "model", call.receiver)
    if not isinstance(found, Function):
        return
    before, machine.hooks = machine.hooks, (*machine.hooks, Hook(hook, call.site.span))
    counted = (Unknown("the number of the epoch or batch"),) if "epoch" in hook or "batch" in hook else ()
    try:
        result = call_function(machine, found, (*counted, Unknown("logs")), {}, call.site.span)
        if isinstance(found.node, cst.Lambda):
            note_uncalled(machine, result, machine.span(found.node.body))
    finally:
        machine.hooks = before


@method("Model", "reset_states reset_state", "states=None")
def reset_model(call: Call) -> Value:
    _reset(call, snapshot(call.machine, call.receiver), None)
    return Const(None)


@method("Layer", "reset_states reset_state", "states=None")
def reset_layer(call: Call) -> Value:
    _reset(call, None, call.receiver)
    return Const(None)


def _reset(call: Call, model: Model | None, layer: Layer | None) -> None:
    machine = call.machine
    if machine.turn > 1 and any(_same_reset(event, call, model, layer) for event in machine.record.events):
        return
    machine.record.events.append(
        Reset(
            call=call.site,
            model=model,
            layer=layer,
            method=call.name.rsplit(".", 1)[1],
            loops=machine.loops,
            conditional=machine.conditional,
            hooks=machine.hooks,
            order=machine.order,
        )
    )


def _same_reset(event: object, call: Call, model: Model | None, layer: Layer | None) -> bool:
    """Told before: a loop over layers resets another layer at each turn."""
    if not isinstance(event, Reset) or event.call.span != call.site.span or event.hooks != call.machine.hooks:
        return False
    return event.layer is layer and (event.model is None) == (model is None)
