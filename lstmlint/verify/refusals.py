"""What Keras is said to refuse, called on values made for it: one way of a closed list each. In the worker.

A way makes all that its call needs and gives the call back: what making it raises is no evidence.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from lstmlint.verify.backend import keras, np, tf
from lstmlint.verify.of_tensorflow import FUNCTIONS, OF_A_DATASET, OF_ONE, OF_SEVERAL, OF_TWO
from lstmlint.verify.schema import ProgramPlan

Call = Callable[[], Any]

#: Samples, steps and features of what a model is given; batches of a dataset.
_SHAPE, _BATCHES = (4, 2, 1), 2
#: Numbers of a dataset that is taken for a tensor.
_NUMBERS = 4
#: Elements of a dataset that a layer is adapted to.
_ELEMENTS = 2


def prepared(program: ProgramPlan) -> Call:
    """The call of a program; raises KeyError for a word that its way does not know."""
    way, *arguments = program["tags"]
    call: Call = CALLS[way](*arguments)
    return call


def _function(name: str, place: str, shape: list[int]) -> Call:
    """A function of TensorFlow on a Keras tensor of ``shape``, 0 for an open size: by itself, or inside a layer."""
    if name not in FUNCTIONS:
        raise KeyError(name)
    tensor = keras.Input(tuple(size or None for size in shape))
    function = partial(_on_tensor, operator.attrgetter(name)(tf), name)
    return {"alone": partial(function, tensor), "in a layer": partial(keras.layers.Lambda(function), tensor)}[place]


def _on_tensor(function: Callable[..., Any], name: str, tensor: Any) -> Any:
    if name in OF_TWO:
        return function(tensor, tensor, transpose_b=True)
    if name in OF_SEVERAL:
        return function([tensor, tensor], *OF_SEVERAL[name])
    return function(tensor, *OF_ONE[name])


def _attribute(name: str, shape: str) -> Call:
    """A tensor of a Sequential that nothing has gone through, with an input ``shape`` or without."""
    first = {"shaped": [keras.Input(_SHAPE[1:])], "unshaped": []}[shape]
    model = keras.Sequential([*first, keras.layers.LSTM(1)])
    return {
        "input": lambda: model.input,
        "output": lambda: model.output,
        "inputs": lambda: model.inputs[0],
        "outputs": lambda: model.outputs[0],
    }[name]


def _adapt(kind: str, split: str, *parts: Any) -> Call:
    """A preprocessing layer adapted to a dataset: ``parts`` are a dtype and a shape for each tensor of an element."""
    if kind not in _ADAPTED:
        raise KeyError(kind)
    given: dict[str, dict[str, Any]]
    given = {"TextVectorization": {"split": split or None}, "Discretization": {"num_bins": 2}}
    layer = getattr(keras.layers, kind)(**given.get(kind, {}))
    made = tuple(_elements(dtype, shape) for dtype, shape in zip(parts[::2], parts[1::2], strict=True))
    data = tf.data.Dataset.from_tensor_slices(made if len(made) > 1 else made[0])
    return partial(layer.adapt, data)


def _elements(dtype: str, shape: list[int]) -> Any:
    if dtype == "str":
        return np.full((_ELEMENTS, *shape), "some words")
    return np.ones((_ELEMENTS, *shape), np.dtype(dtype))


def _held_out(source: str, samples: int, part: float) -> Call:
    """``fit`` with ``validation_split``, 0 for none."""
    model, x, y = _compiled(), np.zeros((samples, *_SHAPE[1:])), np.zeros((samples, 1))
    split = {"validation_split": part} if part else {}
    if source == "array":
        return partial(model.fit, x, y, verbose=0, **split)
    return partial(model.fit, _SOURCES[source]((x, y)), verbose=0, **split)


def _paired(name: str, samples: int, targets: int) -> Call:
    """Two arrays put together row by row."""
    data, wanted = np.zeros(samples), np.zeros(targets)
    if name == "from_tensor_slices":
        return partial(tf.data.Dataset.from_tensor_slices, (data, wanted))
    return {"TimeseriesGenerator": partial(_series, data, wanted)}[name]


def _series(data: Any, targets: Any) -> Any:
    return tf.keras.preprocessing.sequence.TimeseriesGenerator(data, targets, 1)


def _metrics(argument: str, form: str, count: int) -> Call:
    """Names of metrics under one of the arguments of ``compile``, and the first training."""
    if argument not in ("metrics", "loss_weights"):
        raise KeyError(argument)
    model, x, y = _model(1, 1), np.zeros(_SHAPE), np.zeros((_SHAPE[0], 1))
    names: Any = {"list": ["mae"] * count, "text": "mae"}[form]

    def call() -> None:
        model.compile(loss="mean_squared_error", **{argument: names})
        model.fit(x, y, verbose=0)

    return call


def _batches(source: str, method: str, x: str, inputs: int, y: str, outputs: int) -> Call:
    """A model that is handed batches whose inputs and targets have a form."""
    given = _FORMS[x](np.zeros(_SHAPE), inputs)
    wanted = _FORMS[y](np.zeros((_SHAPE[0], 1)), outputs)
    model, data = _compiled(inputs, outputs), _SOURCES[source]((given, wanted))
    return partial({"fit": model.fit, "evaluate": model.evaluate}[method], data, verbose=0)


def _variable(which: str, method: str) -> Call:
    """A variable of Keras set by a function of the old backend, or by its own method."""
    model = _compiled()
    variable = {"learning rate": model.optimizer.learning_rate, "weight": model.layers[-1].bias}[which]
    value = np.zeros(variable.shape)
    if method.startswith("assign"):
        return partial(getattr(variable, method), value)
    if method == "batch_set_value":
        return partial(tf.keras.backend.batch_set_value, [(variable, value)])
    by = {name: getattr(tf.keras.backend, name) for name in ("set_value", "update", "update_add", "update_sub")}[method]
    return partial(by, variable, value)


def _untrained(method: str, compiled: str) -> Call:
    """A model trained that was compiled, or not."""
    made: dict[str, Call] = {"compiled": _compiled, "as it is": partial(_model, 1, 1)}
    model = made[compiled]()
    x, y = np.zeros(_SHAPE), np.zeros((_SHAPE[0], 1))
    return {"fit": partial(model.fit, x, y, verbose=0), "train_on_batch": partial(model.train_on_batch, x, y)}[method]


def _dataset(name: str, place: str, given: str) -> Call:
    """A dataset, or a tensor, indexed or given to a function of TensorFlow: by itself, or as a window in ``map``.

    Or a method of a model, given windows that are batched as they are, or put together before.
    """
    if place == "batched":
        return partial(_METHODS_OF_DATA[name], _compiled(), _windows(given).batch(_BATCHES))
    function = _indexed if name == "[...]" else partial(operator.attrgetter(name)(tf), **OF_A_DATASET[name])
    if place == "alone":
        one = {"dataset": tf.data.Dataset.range(_NUMBERS), "tensor": tf.range(_NUMBERS, dtype="int64")}[given]
        return partial(function, one)
    windows = tf.data.Dataset.range(_NUMBERS).window(_NUMBERS, drop_remainder=True)
    joined = {"dataset": windows, "tensor": windows.flat_map(lambda window: window.batch(_NUMBERS))}[given]
    return partial({"in map": joined.map}[place], lambda window: function(window))


def _windows(given: str) -> Any:
    """Windows and targets as long as the samples of a model."""
    rows = tf.data.Dataset.from_tensor_slices((np.zeros(_SHAPE[:2]), np.zeros(_SHAPE[:2])))
    windows = rows.unbatch().map(lambda x, y: (x[None], y)).window(_SHAPE[1], drop_remainder=True)
    together = windows.flat_map(lambda x, y: tf.data.Dataset.zip((x.batch(_SHAPE[1]), y.batch(_SHAPE[1]))))
    return {"dataset": windows, "tensor": together.map(lambda x, y: (x, y[-1:]))}[given]


def _indexed(given: Any) -> Any:
    return given[:-1]


def _model(inputs: int, outputs: int) -> Any:
    given = [keras.Input(_SHAPE[1:]) for _ in range(inputs)]
    hidden = keras.layers.LSTM(1)(given[0] if inputs == 1 else keras.layers.Concatenate()(given))
    answers = [keras.layers.Dense(1)(hidden) for _ in range(outputs)]
    return keras.Model(given[0] if inputs == 1 else given, answers[0] if outputs == 1 else answers)


def _compiled(inputs: int = 1, outputs: int = 1) -> Any:
    model = _model(inputs, outputs)
    model.compile(optimizer="adam", loss="mean_squared_error")
    return model


def _generated(batch: Any) -> Iterator[Any]:
    for _ in range(_BATCHES):
        yield batch


def _sequence(batch: Any) -> Any:
    class Batches(keras.utils.Sequence):  # type: ignore[misc, name-defined, unused-ignore]
        def __len__(self) -> int:
            return _BATCHES

        def __getitem__(self, index: int) -> Any:
            return batch

    return Batches()


#: What goes through a dataset.
_METHODS_OF_DATA: dict[str, Callable[[Any, Any], Any]] = {
    "fit": lambda model, data: model.fit(data, verbose=0),
    "evaluate": lambda model, data: model.evaluate(data, verbose=0),
    "predict": lambda model, data: model.predict(data, verbose=0),
}
#: What brings batches of its own.
_SOURCES: dict[str, Callable[[Any], Any]] = {
    "dataset": lambda batch: tf.data.Dataset.from_tensors(batch),
    "generator": _generated,
    "sequence": _sequence,
}
#: The inputs or targets of a batch.
_FORMS: dict[str, Callable[[Any, int], Any]] = {
    "array": lambda array, count: array if count == 1 else (array,) * count,
    "list": lambda array, count: [array] * count,
    "tuple": lambda array, count: (array,) * count,
    "number": lambda array, count: 0.0,
}
_ADAPTED = frozenset({"TextVectorization", "StringLookup", "IntegerLookup", "Discretization", "Normalization"})
CALLS: dict[str, Callable[..., Call]] = {
    "function": _function,
    "attribute": _attribute,
    "adapt": _adapt,
    "held out": _held_out,
    "paired": _paired,
    "metrics": _metrics,
    "batches": _batches,
    "variable": _variable,
    "untrained": _untrained,
    "dataset": _dataset,
}
