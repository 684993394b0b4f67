"""``fit``, ``evaluate``, ``predict`` and the model called on data: written down as runs, and what they give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.libraries.keras_resets import PREDICTING, TESTING, TRAINING, run_hooks
from lstmlint.interpreter.library import Call, method
from lstmlint.interpreter.runs import record_run
from lstmlint.interpreter.values import Array, Const, Made, Mapped, Reference, Sequence, Tensor, Unknown, Value
from lstmlint.keras_model.graph import Shape, all_known, dim_of
from lstmlint.keras_model.training import Run

_FIT = (
    "x=None, y=None, batch_size=None, epochs=1, verbose='auto', callbacks=None, validation_split=0.0, "
    "validation_data=None, shuffle=True, class_weight=None, sample_weight=None, initial_epoch=0, steps_per_epoch=None, "
    "validation_steps=None, validation_batch_size=None, validation_freq=1, nb_epoch=None"
)


@method("Model", "fit", _FIT)
def fit(call: Call) -> Value:
    run = record_run(call, "fit")
    _run_training_hooks(call)
    return Reference("keras.callbacks.History", {"keys": _history_keys(run)}, call.made())


@method("Model", "fit_generator", "generator, steps_per_epoch=None, epochs=1, *args, **kwargs")
def fit_generator(call: Call) -> Value:
    record_run(replace(call, arguments={**call.arguments, "x": call["generator"]}), "fit_generator")
    _run_training_hooks(call)
    return Reference("keras.callbacks.History", {}, call.made())


def _run_training_hooks(call: Call) -> None:
    """The evaluation of the validation data runs its own before the epoch ends."""
    split = call.arguments.get("validation_split", Const(0.0))
    alone = call.is_none("validation_data") and isinstance(split, Const) and not split.value
    run_hooks(call, TRAINING if alone else (*TRAINING[:-2], *TESTING, *TRAINING[-2:]))


@method(
    "Model",
    "evaluate",
    "x=None, y=None, batch_size=None, verbose='auto', sample_weight=None, steps=None, callbacks=None, "
    "return_dict=False",
)
def evaluate(call: Call) -> Value:
    record_run(call, "evaluate")
    run_hooks(call, TESTING)
    return call.unknown("a loss")


@method("Model", "predict", "x, batch_size=None, verbose='auto', steps=None, callbacks=None")
def predict(call: Call) -> Value:
    run = record_run(call, "predict")
    run_hooks(call, PREDICTING)
    return _predicted(call, run)


@method("Model", "predict_proba predict_on_batch", "x, batch_size=None, verbose=0")
def predict_on_batch(call: Call) -> Value:
    return _predicted(call, record_run(call, call.name.rsplit(".", 1)[1]))


@method("Model", "predict_classes", "x, batch_size=32, verbose=0")
def predict_classes(call: Call) -> Value:
    run = record_run(call, "predict_classes")
    rows = _rows(run)
    return Array(None if rows is None else (rows,), "int64", made=call.made(*run.x))


@method("Model", "predict_generator", "generator, steps=None, *args, **kwargs")
def predict_generator(call: Call) -> Value:
    run = record_run(replace(call, arguments={**call.arguments, "x": call["generator"]}), "predict_generator")
    run_hooks(call, PREDICTING)
    return _predicted(call, run)


@method("Model", "evaluate_generator", "generator, steps=None, *args, **kwargs")
def evaluate_generator(call: Call) -> Value:
    record_run(replace(call, arguments={**call.arguments, "x": call["generator"]}), "evaluate_generator")
    run_hooks(call, TESTING)
    return call.unknown("a loss")


@method("Model", "train_on_batch test_on_batch", "x, y=None, *args, **kwargs")
def on_batch(call: Call) -> Value:
    record_run(call, call.name.rsplit(".", 1)[1])
    return call.unknown("a loss")


def run_call(call: Call, given: Value, further: Mapping[str, Value]) -> Value:
    """``model(X)`` on data, and on what its ``call`` takes beside them: the states of a decoder, say."""
    run = record_run(replace(call, arguments={"x": given}), "call", further)
    return _predicted(call, run, "tensor", tuple(value for value in further.values() if not isinstance(value, Const)))


def _predicted(call: Call, run: Run, flavour: str = "numpy", further: tuple[Value, ...] = ()) -> Value:
    rows, made = _rows(run), replace(call.made(*run.x, *further), receiver=call.receiver)
    same, drawn = len(run.outputs) == len(run.model.outputs), _pass_of(call, run)
    arrays = tuple(
        replace(
            _output_array(tensor.shape, rows, flavour, made),
            output=run.model.outputs[index] if same else None,
            drawn=drawn,
        )
        for index, tensor in enumerate(run.outputs)
    )
    if not arrays:
        return Array(None, "float32", flavour=flavour, made=made, drawn=drawn)
    if _told_apart(run.model.returned) == len(arrays):
        return _nested(run.model.returned, iter(arrays), made)
    return arrays[0] if len(arrays) == 1 else Sequence("list", arrays, Dim(len(arrays)), None, made)


def _told_apart(returned: Value | None) -> int | None:
    """How many tensors the ``call`` of a class of the program's own returns, where that is known."""
    match returned:
        case Tensor() | Unknown():
            return 1
        case Sequence(items=tuple() as items):
            counts = [_told_apart(item) for item in items]
            return None if None in counts else sum(count for count in counts if count)
        case Const():
            return 0
        case _:
            return None


def _nested(returned: Value | None, arrays: Iterator[Array], made: Made) -> Value:
    """The arrays nested as the tensors that ``call`` returns."""
    match returned:
        case Sequence(items=tuple() as items):
            return replace(returned, items=tuple(_nested(item, arrays, made) for item in items), made=made)
        case Const():
            return returned
        case _:
            return next(arrays)


def _rows(run: Run) -> Dim | None:
    """The samples that a model answers for: those of all batches, as far as a dataset is known to give so many."""
    rows = next((v.shape[0] for v in run.x if isinstance(v, Array) and v.shape), None)
    if rows is None or run.data_kind == "array":
        return rows
    given = run.arguments.get("x")
    counted = dim_of(given.fields.get("samples")) if isinstance(given, Reference) else None
    return counted or unknown_dim()


def _pass_of(call: Call, run: Run) -> Made | None:
    """The pass that a model makes over a dataset it is given."""
    return Made("pass", call.site.span, (call["x"],)) if run.data_kind == "dataset" else None


def _output_array(shape: Shape | None, rows: Dim | None, flavour: str, made: Made) -> Array:
    rest = None if shape is None else all_known(shape[1:])
    dims = None if rest is None or rows is None else (rows, *rest)
    return Array(dims, "float32", flavour=flavour, made=made)


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
