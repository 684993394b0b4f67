"""The input that a model declares: ``input_shape=`` on a first layer, and ``keras.Input``."""

from __future__ import annotations

from collections.abc import Mapping

from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.values import Array, Const, Sequence, Tensor, Value
from lstmlint.keras_model.graph import Config, Layer, Problem, Shape, dim_of
from lstmlint.keras_model.layers.checks import plain, refuse, shown
from lstmlint.keras_model.layers.table import Given, LayerInput, layer

_TAKES_LENGTH = frozenset({"LSTM", "GRU", "SimpleRNN", "RNN", "CuDNNLSTM", "CuDNNGRU"})


def declared_shape(value: Value | None) -> Shape | None:
    """A shape argument item by item, an unknown item as a size of its own; None where it is no known tuple."""
    match value:
        case Sequence(items=tuple() as items):
            return tuple(_declared_dim(item) for item in items)
        case _:
            return None


def _declared_dim(item: Value) -> Dim | None:
    if isinstance(item, Const) and item.value is None:
        return None
    dim = dim_of(item)
    return unknown_dim() if dim is None else dim


def declared_input(layer: Layer) -> Shape | None:
    """The whole shape, batch axis first, that a first layer declares; None where it declares nothing that is known.

    Keras 3 reads ``input_dim`` and ``input_shape`` (and for InputLayer the rest), Keras 2 ``batch_input_shape`` and
    ``batch_size`` as well, ``input_length`` on Embedding and with ``input_dim`` on recurrent layers. Where Keras 3
    refuses ``batch_input_shape`` the layer has its problem; what was meant is read all the same, so that one mistake
    is told once.
    """
    config = layer.config
    if layer.kind == "InputLayer":
        return input_tensor(config).shape
    if layer.keras == 2 or config.has("batch_input_shape") or config.has("batch_size"):
        return _declared_2(layer)
    if config.has("input_dim") and layer.kind != "Embedding":
        return (None, config.dim("input_dim") or unknown_dim())
    shape = declared_shape(config.values.get("input_shape")) if config.has("input_shape") else None
    return None if shape is None else (None, *shape)


def _declared_2(layer: Layer) -> Shape | None:
    config = layer.config
    if config.has("batch_input_shape"):
        return declared_shape(config["batch_input_shape"])
    batch = _declared_dim(config["batch_size"]) if config.has("batch_size") else None
    shape = declared_shape(config["input_shape"]) if config.has("input_shape") else _from_parts(layer)
    return None if shape is None else (batch, *shape)


def _from_parts(layer: Layer) -> Shape | None:
    """``input_dim`` and ``input_length``."""
    config = layer.config
    length = _declared_dim(config["input_length"]) if config.has("input_length") else None
    if layer.kind == "Embedding":
        return _embedding_length(config) or (length,)
    if not config.has("input_dim"):
        return None
    features = config.dim("input_dim") or unknown_dim()
    return (length, features) if layer.kind in _TAKES_LENGTH else (features,)


def _embedding_length(config: Config) -> Shape | None:
    """Embedding takes a tuple of lengths too."""
    return declared_shape(config.values.get("input_length"))


def declared_problem(layer: Layer) -> Problem | None:
    """``input_shape=10`` where a tuple is needed, or a size that is none."""
    names = ("input_shape", "batch_input_shape", "batch_shape", "shape")
    for name in names:
        if layer.config.has(name):
            problem = shape_problem(name, layer.config[name])
            if problem is not None:
                return problem
    return None


def shape_problem(name: str, value: Value) -> Problem | None:
    """``standardize_shape``: a tuple of integers from 0 and None."""
    found = plain(value)
    scalar = isinstance(value, Array) and value.shape == ()
    if scalar or isinstance(found, bool | int | float | str):
        return refuse(f"{name} must be a tuple, found {shown(found)}", "a tuple", shown(found))
    if not isinstance(found, tuple):
        return None
    for item in found:
        if isinstance(item, str | float | tuple) or (isinstance(item, int) and item < 0):
            return refuse(f"{name} cannot hold {item!r}", "sizes from 0, or None", repr(item))
    return None


def input_tensor(config: Config) -> Tensor:
    """What ``keras.Input(shape, batch_size, dtype, name, batch_shape)`` gives, as far as its arguments are known."""
    dtype = config.text("dtype") if config.has("dtype") else "float32"
    return Tensor(_input_shape(config.values), dtype, name=config.text("name"))


def _input_shape(values: Mapping[str, Value]) -> Shape | None:
    for name in ("batch_shape", "batch_input_shape"):
        if not _absent(values.get(name)):
            return declared_shape(values[name])
    shape = next((values[name] for name in ("shape", "input_shape") if not _absent(values.get(name))), None)
    batch = values.get("batch_size")
    dims = declared_shape(shape)
    return None if dims is None else (None if _absent(batch) else _declared_dim(batch), *dims)


def _absent(value: Value | None) -> bool:
    return value is None or (isinstance(value, Const) and value.value is None)


_SHAPES = ("shape", "input_shape")
_BATCH_SHAPES = ("batch_shape", "batch_input_shape")


def input_problem(config: Config) -> Problem | None:
    """What ``keras.Input`` refuses: no shape, ``shape=(10)``, ``shape`` and ``batch_shape`` together."""
    given = [name for name in (*_SHAPES, *_BATCH_SHAPES) if not _absent(config.values.get(name))]
    for name in given:
        problem = shape_problem(name, config[name])
        if problem is not None:
            return problem
    whole = any(name in _BATCH_SHAPES for name in given)
    if whole and any(name in _SHAPES for name in given):
        return refuse("shape and batch_shape cannot both be given", "one of them", "both")
    if whole and config.has("batch_size"):
        return refuse("batch_size and batch_shape cannot both be given", "one of them", "both")
    if not given and config.is_none("tensor") and config.is_none("input_tensor"):
        return refuse("Input needs a shape", "shape", "nothing")
    return None


def _input_layer(layer: Layer) -> Problem | None:
    """Keras 2 makes an InputLayer of no shape, of an integer, and of a batch size given twice."""
    problem, config = input_problem(layer.config), layer.config
    if layer.keras == 3 or problem is None:
        return problem
    number = isinstance(plain(config.values.get("input_shape")), int)
    two = config.has("input_shape") and config.has("batch_input_shape")
    lenient = number or problem.found == "nothing" or (problem.found == "both" and not two)
    return None if lenient else problem


@layer(
    "InputLayer",
    "shape=None, batch_size=None, dtype=None, sparse=None, ragged=None, batch_shape=None, input_tensor=None, "
    "optional=False, name=None",
    validate=_input_layer,
    keras2="input_shape=None, batch_size=None, dtype=None, input_tensor=None, sparse=None, name=None, ragged=None, "
    "type_spec=None, optional=False",
    takes_base_keywords=False,
)
def input_layer(layer: Layer, given: LayerInput) -> Given:
    """The tensor that the model starts from; what it is called on does not matter."""
    return input_tensor(layer.config).shape
