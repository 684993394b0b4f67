"""A call of fit, evaluate, predict or the model itself as a fact: the data in the model's order, batches, shuffling."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeAlias

from lstmlint.interpreter.dims import Dim, symbol_dim
from lstmlint.interpreter.library import Call
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.models import BUILT, FURTHER, data_shape, snapshot
from lstmlint.interpreter.own_losses import own_loss, own_metrics
from lstmlint.interpreter.values import (
    BATCH_INDEX,
    Array,
    Const,
    Function,
    Made,
    Mapped,
    Reference,
    Sequence,
    Table,
    Tensor,
    Unknown,
    Value,
)
from lstmlint.keras_model.graph import Model, Shape, array_shape_text
from lstmlint.keras_model.layers import LayerInput, call_model
from lstmlint.keras_model.training import Run
from lstmlint.text.edits import ArgumentSite, CallSite

#: What a model's class may define to do a method's work on a batch.
_STEPS = {
    **dict.fromkeys(("fit", "fit_generator", "train_on_batch"), "train_step"),
    **dict.fromkeys(("evaluate", "evaluate_generator", "test_on_batch"), "test_step"),
    **dict.fromkeys(("predict", "predict_generator", "predict_on_batch"), "predict_step"),
}
#: Two names, as validation data are mostly written.
_PAIR = re.compile(r"[(\[]\s*([\w.]+)\s*,\s*([\w.]+)\s*,?\s*[)\]]")
Shapes: TypeAlias = tuple[Shape | None, ...]
#: fit's and predict's own default.
BATCH_SIZE = Dim(32)


def record_run(call: Call, name: str, further: Mapping[str, Value] = MappingProxyType({})) -> Run:
    """Write down one run of a model on data, and on what its ``call`` takes beside them."""
    machine, model = call.machine, call.receiver
    x_value, y_value = machine.freeze(call["x"]), machine.freeze(call.arguments.get("y", Const(None)))
    element, kind = _element(call, x_value)
    if kind != "array":
        x_value, y_value = _pair(element, kind)
    shapes = _shapes(x_value)
    seen = shapes if shapes and all(shape is not None for shape in shapes) else None
    machine.memory.put(model.fields, BUILT, True)
    if seen is not None and "seen" not in model.fields:
        machine.memory.put(model.fields, "seen", seen)
    built = _given(machine, model, further if seen else {}, seen)
    run = Run(
        method=name,
        model=built,
        call=call.site,
        arguments=dict(call.arguments),
        x=_in_order(x_value, built, "inputs"),
        y=_in_order(y_value, built, "outputs"),
        x_value=x_value,
        y_value=y_value,
        batch_size=_batch_size(call, name, kind),
        epochs=call.dim("epochs"),
        shuffle=_shuffle(call, name, kind),
        validation_split=call.number("validation_split"),
        validation_data=_validation(call),
        data_kind=kind,
        further=further,
        loops=machine.loops,
        conditional=machine.conditional,
        turn=machine.turn,
        order=machine.order,
        identities=frozenset({built.identity}),
        hooks=machine.hooks,
    )
    step = _own_step(model, name)
    if step is not None:
        _take_step(call, step, x_value, y_value)
        run = replace(run, y=(), data_kind="unknown")
    run = replace(run, outputs=outputs_on(run), validation=_evaluated(call, run))
    run = replace(run, loss=own_loss(machine, run), metrics=own_metrics(machine, run))
    run = replace(run, following=_following(call, run))
    _write_down(call, run)
    return run


def _given(machine: Machine, model: Reference, further: Mapping[str, Value], seen: Shapes | None) -> Model:
    """The model as it stands in this run: at another it is called with something else beside the data."""
    machine.memory.put(model.fields, FURTHER, Mapped(tuple((Const(k), _symbolic(v)) for k, v in further.items())))
    built = snapshot(machine, model, seen)
    machine.memory.put(model.fields, FURTHER, Mapped())
    return built


def _symbolic(value: Value) -> Value:
    """Data as a model of the program's own sees them while it is traced: of any number of samples."""
    match value:
        case Array(shape=tuple() as shape, dtype=dtype, made=made) if shape:
            return Tensor((None, *shape[1:]), dtype, made=made)
        case Sequence(items=tuple() as items):
            return replace(value, items=tuple(map(_symbolic, items)))
        case _:
            return value


def _following(call: Call, run: Run) -> Run | None:
    """What fit goes on with after ``on_epoch_end``, which Keras calls on its data between epochs."""
    from lstmlint.interpreter.attributes import class_member
    from lstmlint.interpreter.functions import bind_receiver, call_function

    given = call.machine.freeze(call["x"])
    own = class_member(given.type, "on_epoch_end") if isinstance(given, Reference) and given.kind == "object" else None
    once = run.epochs is not None and run.epochs == Dim(1)
    if run.method not in ("fit", "fit_generator") or not isinstance(own, Function) or once or run.turn > 1:
        return None
    call_function(call.machine, bind_receiver(own, given), (), {}, call.site.span)
    x, y = _pair(*_element(call, given))
    return replace(run, x=_in_order(x, run.model, "inputs"), y=_in_order(y, run.model, "outputs"), x_value=x, y_value=y)


def _evaluated(call: Call, run: Run) -> Run | None:
    """What fit does with its validation data: an evaluation of its own."""
    given = call.machine.freeze(call.arguments.get("validation_data", Const(None)))
    element, kind = _element(call, given)
    if not run.trains or not isinstance(element, Sequence) or _own_step(call.receiver, "evaluate") is not None:
        return None
    x_value, y_value = _pair(replace(element, kind="tuple") if kind == "array" else element, kind)
    evaluated = replace(
        run,
        method="evaluate",
        call=_evaluating(call.site),
        x=_in_order(x_value, run.model, "inputs"),
        y=_in_order(y_value, run.model, "outputs"),
        x_value=x_value,
        y_value=y_value,
        batch_size=_batch_size(call, "evaluate", kind),
        epochs=None,
        shuffle=False,
        validation_split=None,
        validation_data=None,
        data_kind=kind,
    )
    return replace(evaluated, outputs=outputs_on(evaluated))


def _evaluating(site: CallSite) -> CallSite:
    """The call of fit with the parts of ``validation_data=(X_test, y_test)`` in the place of what it trains on."""
    given = site.keyword("validation_data")
    pair = _PAIR.fullmatch(given.text) if given is not None else None
    if given is None or pair is None:
        return replace(site, arguments=())
    return replace(site, arguments=tuple(ArgumentSite(None, given.span, given.value, text) for text in pair.groups()))


def _own_step(model: Value | None, method: str) -> Function | None:
    """The method of a class of the program's own that takes the data apart itself, whatever the inputs and outputs."""
    from lstmlint.interpreter.attributes import class_member

    own = model.type if isinstance(model, Reference) else None
    found = class_member(own, _STEPS.get(method, "")) if own is not None else None
    return found if isinstance(found, Function) else None


def _take_step(call: Call, step: Function, x: Value, y: Value) -> None:
    """Its own step on one batch: what it computes is written down, and what it calls is no run of the program's."""
    from lstmlint.interpreter.functions import bind_receiver, call_function

    machine, batch = call.machine, symbol_dim("batch", 1)
    if not all(isinstance(part, Array) and part.shape for part in (x, y)) or machine.turn > 1:
        return
    parts = tuple(_batch_of(part, batch) for part in (x, y))
    before = len(machine.record.events)
    call_function(machine, bind_receiver(step, call.receiver), (Sequence("tuple", parts, Dim(2)),), {}, call.site.span)
    del machine.record.events[before:]


def _batch_of(value: Value, batch: Dim) -> Value:
    if not isinstance(value, Array) or not value.shape:
        return value
    return replace(value, shape=(batch, *value.shape[1:]), elements=None, flavour="tensor")


def _write_down(call: Call, run: Run) -> None:
    """Further turns of a loop are told only where they show other shapes."""
    events = call.machine.record.events
    if run.turn > 1:
        shown = _signature(run)
        for place, e in enumerate(events):
            if isinstance(e, Run) and e.call.span == run.call.span and _signature(e) == shown:
                events[place] = replace(e, later=e.later or run, identities=e.identities | run.identities)
                return
    events.append(run)


def _signature(run: Run) -> tuple[str, ...]:
    return tuple(array_shape_text(v.shape) if isinstance(v, Array) else type(v).__name__ for v in (*run.x, *run.y))


def _element(call: Call, value: Value) -> tuple[Value, str]:
    """What one batch of a generator or dataset is like, and the kind of data."""
    match value:
        case Reference(kind="generator", fields=fields):
            from lstmlint.interpreter.join import element_of
            from lstmlint.interpreter.spreading import spread

            return element_of(spread(call.machine, value)) or Unknown("an empty generator"), "generator"
        case Reference(kind="Dataset", fields=fields):
            return fields.get("element", Unknown("an element of a dataset")), "dataset"
        case Reference(kind="object"):
            from lstmlint.interpreter.attributes import read_attribute
            from lstmlint.interpreter.calls import call_with

            getter = read_attribute(call.machine, value, "__getitem__", call.site.span)
            first = Const(0, Made(BATCH_INDEX, call.site.span))
            return call.machine.freeze(call_with(call.machine, getter, (first,), call.site.span)), "sequence"
        case Reference(fields=fields) if "element" in fields:
            return fields["element"], str(fields.get("data_kind", "generator"))
        case _:
            return value, "array"


def _pair(element: Value, kind: str) -> tuple[Value, Value]:
    """Inputs and targets of a batch: a tuple; what a ``Sequence`` gives may be a list as well."""
    kinds = ("tuple", "list") if kind == "sequence" else ("tuple",)
    if isinstance(element, Sequence) and element.kind in kinds and element.items:
        return element.items[0], element.items[1] if len(element.items) > 1 else Const(None)
    return element, Unknown("the targets of a generator") if isinstance(element, Unknown) else Const(None)


def _parts(value: Value) -> tuple[Value, ...]:
    match value:
        case Sequence(items=tuple() as items) if items and all(isinstance(i, (Array, Table, Unknown)) for i in items):
            return tuple(map(_column, items))
        case Mapped(items=items) if items:
            return tuple(_column(item) for _, item in items)
        case Const(value=None):
            return ()
        case Table(rows=rows, width=width):
            return (Array((rows, width), value.dtype, made=value.made),)
        case _:
            return (_column(value),)


def _column(value: Value) -> Value:
    """A Series, which Keras takes as a table of one column (Keras 3.15.1, array_slicing.py; Keras 2 as well)."""
    if isinstance(value, Array) and value.flavour == "series" and value.shape is not None and len(value.shape) == 1:
        return replace(value, shape=(*value.shape, Dim(1)), flavour="numpy")
    return value


def _shapes(value: Value) -> Shapes:
    return tuple(data_shape(part) for part in _parts(value))


def _in_order(value: Value, model: Model, side: str) -> tuple[Value, ...]:
    """A dict's arrays in the order of the model's inputs or outputs, where its keys are their names."""
    if isinstance(value, Mapped):
        names = [t.name for t in model.inputs] if side == "inputs" else [_output_name(t) for t in model.outputs]
        found = [value.get(name) for name in names]
        if found and all(item is not None for item in found):
            return tuple(_column(item) for item in found if item is not None)
    return _parts(value)


def _output_name(tensor: object) -> str | None:
    node = getattr(tensor, "node", None)
    return node.layer.name if node is not None else None


def _batch_size(call: Call, name: str, kind: str) -> Dim | None:
    if kind != "array" or name not in ("fit", "evaluate", "predict", "predict_classes", "predict_proba"):
        return None
    return BATCH_SIZE if call.is_none("batch_size") else call.dim("batch_size")


def _shuffle(call: Call, name: str, kind: str) -> bool | None:
    """Whether fit shuffles the samples: not those of a generator or dataset."""
    if name != "fit" or kind in ("generator", "dataset"):
        return False
    match call["shuffle"]:
        case Const(value=bool() as flag):
            return flag
        case Const(value="batch"):
            return True
        case _:
            return None


def _validation(call: Call) -> tuple[Value, ...] | None:
    value = call.arguments.get("validation_data")
    match value:
        case Sequence(items=tuple() as items):
            return items
        case None | Const(value=None):
            return None
        case _:
            return (value,)


def outputs_on(run: Run) -> tuple[Tensor, ...]:
    """The model's outputs for the steps and features that the data really has, not those that it declares."""
    shapes = tuple(data_shape(value) for value in run.x)
    if not shapes or None in shapes or len(shapes) != len(run.model.inputs) or not run.model.complete:
        return run.model.outputs
    tensors = tuple(Tensor(shape, "float32") for shape in shapes)
    outputs = call_model(run.model, LayerInput(tensors, len(tensors) > 1)).outputs
    return outputs if all(tensor.shape is not None for tensor in outputs) else run.model.outputs
