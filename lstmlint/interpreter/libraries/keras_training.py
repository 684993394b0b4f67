"""``compile``, ``fit``, ``evaluate``, ``predict``, resets: written down as events."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.interpreter.attributes import class_member, keras_base
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.functions import bind_receiver, call_function
from lstmlint.interpreter.library import Call, function, method
from lstmlint.interpreter.models import data_shape, snapshot
from lstmlint.interpreter.values import (
    Array,
    Const,
    Function,
    Library,
    Made,
    Mapped,
    Reference,
    Sequence,
    Table,
    Tensor,
    Unknown,
    Value,
)
from lstmlint.keras_model.graph import Layer, Model, Shape, all_known, array_shape_text
from lstmlint.keras_model.layers import LayerInput, call_model
from lstmlint.keras_model.losses import canonical_loss
from lstmlint.keras_model.training import Compile, Reset, Run

#: fit's and predict's own default.
BATCH_SIZE = Dim(32)
_FIT = (
    "x=None, y=None, batch_size=None, epochs=1, verbose='auto', callbacks=None, validation_split=0.0, "
    "validation_data=None, shuffle=True, class_weight=None, sample_weight=None, initial_epoch=0, steps_per_epoch=None, "
    "validation_steps=None, validation_batch_size=None, validation_freq=1, nb_epoch=None"
)


@method(
    "Model",
    "compile",
    "optimizer='rmsprop', loss=None, loss_weights=None, metrics=None, weighted_metrics=None, run_eagerly=False, "
    "steps_per_execution=1, jit_compile='auto', auto_scale_loss=True, sample_weight_mode=None, target_tensors=None",
)
def compile_model(call: Call) -> Value:
    losses, logits = _losses(call["loss"])
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


# --- runs -------------------------------------------------------------------------------------------------------------


@method("Model", "fit", _FIT)
def fit(call: Call) -> Value:
    run = _run(call, "fit")
    run_hooks(call)
    return Reference("keras.callbacks.History", {"keys": _history_keys(run)}, call.made())


@method("Model", "fit_generator", "generator, steps_per_epoch=None, epochs=1, *args, **kwargs")
def fit_generator(call: Call) -> Value:
    _run(replace(call, arguments={**call.arguments, "x": call["generator"]}), "fit_generator")
    run_hooks(call)
    return Reference("keras.callbacks.History", {}, call.made())


@method(
    "Model",
    "evaluate",
    "x=None, y=None, batch_size=None, verbose='auto', sample_weight=None, steps=None, callbacks=None, "
    "return_dict=False",
)
def evaluate(call: Call) -> Value:
    _run(call, "evaluate")
    return call.unknown("a loss")


@method("Model", "predict", "x, batch_size=None, verbose='auto', steps=None, callbacks=None")
def predict(call: Call) -> Value:
    return _predicted(call, _run(call, "predict"))


@method("Model", "predict_proba predict_on_batch", "x, batch_size=None, verbose=0")
def predict_on_batch(call: Call) -> Value:
    return _predicted(call, _run(call, call.name.rsplit(".", 1)[1]))


@method("Model", "predict_classes", "x, batch_size=32, verbose=0")
def predict_classes(call: Call) -> Value:
    run = _run(call, "predict_classes")
    rows = run.x[0].shape[0] if run.x and isinstance(run.x[0], Array) and run.x[0].shape else None
    return Array(None if rows is None else (rows,), "int64", made=call.made(*run.x))


@method("Model", "predict_generator", "generator, steps=None, *args, **kwargs")
def predict_generator(call: Call) -> Value:
    return _predicted(
        call, _run(replace(call, arguments={**call.arguments, "x": call["generator"]}), "predict_generator")
    )


@method("Model", "evaluate_generator", "generator, steps=None, *args, **kwargs")
def evaluate_generator(call: Call) -> Value:
    _run(replace(call, arguments={**call.arguments, "x": call["generator"]}), "evaluate_generator")
    return call.unknown("a loss")


@method("Model", "train_on_batch test_on_batch", "x, y=None, *args, **kwargs")
def on_batch(call: Call) -> Value:
    _run(call, call.name.rsplit(".", 1)[1])
    return call.unknown("a loss")


def run_call(call: Call, given: Value) -> Value:
    """``model(X)`` on data."""
    return _predicted(call, _run(replace(call, arguments={"x": given}), "call"), "tensor")


def _run(call: Call, name: str) -> Run:
    machine, model = call.machine, call.receiver
    x_value, y_value = machine.freeze(call["x"]), machine.freeze(call.arguments.get("y", Const(None)))
    element, kind = _element(call, x_value)
    if kind != "array":
        x_value, y_value = _pair(element)
    shapes = _shapes(x_value)
    seen = shapes if shapes and all(shape is not None for shape in shapes) else None
    if seen is not None and "seen" not in model.fields:
        machine.memory.put(model.fields, "seen", seen)
    built = snapshot(machine, model, seen)
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
        loops=machine.loops,
        conditional=machine.conditional,
        turn=machine.turn,
        order=machine.order,
    )
    _write_down(call, run)
    return run


def _write_down(call: Call, run: Run) -> None:
    """Further turns of a loop are told only where they show other shapes."""
    events = call.machine.record.events
    if run.turn > 1:
        shown = _signature(run)
        if any(isinstance(e, Run) and e.call.span == run.call.span and _signature(e) == shown for e in events):
            return
    events.append(run)


def _signature(run: Run) -> tuple[str, ...]:
    return tuple(array_shape_text(v.shape) if isinstance(v, Array) else type(v).__name__ for v in (*run.x, *run.y))


def _element(call: Call, value: Value) -> tuple[Value, str]:
    """What one batch of a generator or dataset is like, and the kind of data."""
    match value:
        case Reference(kind="generator", fields=fields):
            from lstmlint.interpreter.join import element_of
            from lstmlint.interpreter.loops import spread

            return element_of(spread(call.machine, value)) or Unknown("an empty generator"), "generator"
        case Reference(kind="Dataset", fields=fields):
            return fields.get("element", Unknown("an element of a dataset")), "dataset"
        case Reference(kind="object"):
            from lstmlint.interpreter.attributes import read_attribute
            from lstmlint.interpreter.calls import call_with

            getter = read_attribute(call.machine, value, "__getitem__", call.site.span)
            return call_with(call.machine, getter, (Const(0),), call.site.span), "sequence"
        case Reference(fields=fields) if "element" in fields:
            return fields["element"], str(fields.get("data_kind", "generator"))
        case _:
            return value, "array"


def _pair(element: Value) -> tuple[Value, Value]:
    if isinstance(element, Sequence) and element.kind == "tuple" and element.items:
        return element.items[0], element.items[1] if len(element.items) > 1 else Const(None)
    return element, Unknown("the targets of a generator") if isinstance(element, Unknown) else Const(None)


def _parts(value: Value) -> tuple[Value, ...]:
    match value:
        case Sequence(items=tuple() as items) if items and all(isinstance(i, (Array, Table, Unknown)) for i in items):
            return items
        case Mapped(items=items) if items:
            return tuple(item for _, item in items)
        case Const(value=None):
            return ()
        case Table(rows=rows, width=width):
            return (Array((rows, width), value.dtype, made=value.made),)
        case _:
            return (value,)


def _shapes(value: Value) -> tuple[Shape | None, ...]:
    return tuple(data_shape(part) for part in _parts(value))


def _in_order(value: Value, model: Model, side: str) -> tuple[Value, ...]:
    """A dict's arrays in the order of the model's inputs or outputs, where its keys are their names."""
    if isinstance(value, Mapped):
        names = [t.name for t in model.inputs] if side == "inputs" else [_output_name(t) for t in model.outputs]
        found = [value.get(name) for name in names]
        if found and all(item is not None for item in found):
            return tuple(found)
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


def _predicted(call: Call, run: Run, flavour: str = "numpy") -> Value:
    rows = next((v.shape[0] for v in run.x if isinstance(v, Array) and v.shape), None)
    arrays = tuple(_output_array(call, tensor.shape, rows, run, flavour) for tensor in _outputs_on(run))
    if not arrays:
        return Array(None, "float32", flavour=flavour, made=call.made(*run.x))
    return arrays[0] if len(arrays) == 1 else Sequence("list", arrays, Dim(len(arrays)), None, call.made(*run.x))


def _outputs_on(run: Run) -> tuple[Tensor, ...]:
    """The model's outputs for the steps and features that the data really has, not those that it declares."""
    shapes = tuple(data_shape(value) for value in run.x)
    if not shapes or None in shapes or len(shapes) != len(run.model.inputs) or not run.model.complete:
        return run.model.outputs
    tensors = tuple(Tensor(shape, "float32") for shape in shapes)
    outputs = call_model(run.model, LayerInput(tensors, len(tensors) > 1)).outputs
    return outputs if all(tensor.shape is not None for tensor in outputs) else run.model.outputs


def _output_array(call: Call, shape: Shape | None, rows: Dim | None, run: Run, flavour: str) -> Array:
    rest = None if shape is None else all_known(shape[1:])
    dims = None if rest is None or rows is None else (rows, *rest)
    return Array(dims, "float32", flavour=flavour, made=call.made(*run.x))


# --- resets -----------------------------------------------------------------------------------------------------------


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
            hook=machine.hook,
            order=machine.order,
        )
    )


def _same_reset(event: object, call: Call, model: Model | None, layer: Layer | None) -> bool:
    """Told before: a loop over layers resets another layer at each turn."""
    if not isinstance(event, Reset) or event.call.span != call.site.span:
        return False
    return event.layer is layer and (event.model is None) == (model is None)


# --- histories --------------------------------------------------------------------------------------------------------


def _history_keys(run: Run) -> Mapped:
    """What the history of a fit holds; open where metrics, outputs or callbacks are not plain."""
    compiled = run.model.compiled
    given = compiled.arguments.get("metrics", Const(None)) if compiled else Unknown("a model that is not compiled")
    items = given.items if isinstance(given, Sequence) else ()
    none = isinstance(given, Const) and given.value is None
    plain = none or (bool(items) and all(isinstance(i, Const) and isinstance(i.value, str) for i in items or ()))
    checked = run.validation_data is not None or run.validation_split != 0
    unsure = run.validation_data is None and run.validation_split is None
    callbacks = run.arguments.get("callbacks", Const(None))
    quiet = isinstance(callbacks, Const) and callbacks.value is None
    names = ["loss", *(str(item.value) for item in items or () if isinstance(item, Const))]
    names += [f"val_{name}" for name in names] if checked else []
    known = plain and quiet and not unsure and len(run.model.outputs) == 1
    return Mapped(tuple((Const(name), Const(None)) for name in names), open=not known)


# --- callbacks --------------------------------------------------------------------------------------------------------

_HOOKS = (
    *("on_train_begin", "on_epoch_begin", "on_batch_begin", "on_train_batch_begin"),
    *("on_batch_end", "on_train_batch_end", "on_epoch_end", "on_train_end"),
)


@function("keras.callbacks.LambdaCallback", f"{', '.join(f'{hook}=None' for hook in _HOOKS)}, **kwargs")
def lambda_callback(call: Call) -> Value:
    return Reference("keras.callbacks.LambdaCallback", dict(call.arguments), call.made())


def run_hooks(call: Call) -> None:
    """What the program's own callbacks do while it trains: resets in them count."""
    given = call.arguments.get("callbacks")
    items = given.items if isinstance(given, Sequence) and given.items is not None else (given,)
    for callback in items:
        if isinstance(callback, Reference):
            for hook in _HOOKS:
                _run_hook(call, callback, hook)


def _run_hook(call: Call, callback: Reference, hook: str) -> None:
    machine, found = call.machine, callback.fields.get(hook)
    if callback.kind == "object" and keras_base(callback.type) == "Callback":
        member = class_member(callback.type, hook)
        found = bind_receiver(member, callback) if isinstance(member, Function) else None
        machine.memory.put(callback.fields, "model", call.receiver)
    if not isinstance(found, Function):
        return
    before, machine.hook = machine.hook, hook
    try:
        call_function(
            machine, found, (Unknown("the number of the epoch or batch"), Unknown("logs")), {}, call.site.span
        )
    finally:
        machine.hook = before
