"""How many numbers a layer learns or keeps: what ``count_params()`` says once it is built on a shape.

The formulas are those of each layer's ``build``; sizes stay symbolic where the program's are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from lstmlint.interpreter.dims import Dim, product
from lstmlint.interpreter.values import Tensor
from lstmlint.keras_model.graph import Layer, Model, Node, Shape, all_known
from lstmlint.keras_model.layers.binding import ALIASES
from lstmlint.keras_model.layers.table import LAYERS

#: A layer and the shapes of its inputs; None where the count cannot be told.
Count: TypeAlias = Callable[[Layer, tuple[Shape, ...]], Dim | None]

_COUNTS: dict[str, Count] = {}
_GATES = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}


def parameters(layer: Layer, shapes: tuple[Shape | None, ...]) -> Dim | None:
    """The weights of a layer built on inputs of these shapes; None where they cannot be told."""
    known = tuple(shape for shape in shapes if shape is not None)
    if layer.model is not None:
        return model_parameters(layer.model)
    if layer.own is not None or layer.problem is not None or len(known) != len(shapes) or not known:
        return Dim(0) if layer.kind in _WITHOUT else None
    count = _COUNTS.get(ALIASES.get(layer.kind, layer.kind))
    if count is not None:
        return count(layer, known)
    return Dim(0) if layer.kind in _WITHOUT else None


def node_parameters(node: Node) -> Dim | None:
    """Of the layer that a node calls; of MultiHeadAttention with what it attends to."""
    others = [node.arguments.get(name) for name in ("value", "key")] if node.layer.kind == "MultiHeadAttention" else []
    more = tuple(other.shape for other in others if isinstance(other, Tensor))
    return None if node.problem else parameters(node.layer, (*(tensor.shape for tensor in node.inputs), *more))


def model_parameters(model: Model) -> Dim | None:
    """Of all layers of a model, each layer once; None where any cannot be told."""
    nodes = {id(node.layer): node for node in reversed(model.nodes)}
    total = Dim(0)
    for node in nodes.values():
        count = node_parameters(node)
        if count is None:
            return None
        total = total + count
    return total if model.complete else None


def _counts(*kinds: str) -> Callable[[Count], Count]:
    def register(count: Count) -> Count:
        _COUNTS.update(dict.fromkeys(kinds, count))
        return count

    return register


def _last(shape: Shape) -> Dim | None:
    return shape[-1] if shape else None


def _flag(layer: Layer, name: str) -> Dim | None:
    flag = layer.config.flag(name)
    return None if flag is None else Dim(int(flag))


def _kernel(layer: Layer, axes: int) -> Dim | None:
    """The number of places that a kernel covers."""
    size = all_known(layer.config.dims("kernel_size"))
    if size is None:
        return None
    return product(size * axes if len(size) == 1 else size)


def _channels(layer: Layer, shape: Shape) -> Dim | None:
    first = layer.config.text("data_format") == "channels_first"
    return shape[1 if first else -1] if len(shape) > 2 else None


@_counts("Dense")
def _dense(layer: Layer, shapes: tuple[Shape, ...]) -> Dim | None:
    features, units, bias = _last(shapes[0]), layer.config.dim("units"), _flag(layer, "use_bias")
    return None if features is None or units is None or bias is None else (features + bias) * units


@_counts("LSTM", "GRU", "SimpleRNN", "LSTMCell", "GRUCell", "SimpleRNNCell")
def _recurrent(layer: Layer, shapes: tuple[Shape, ...]) -> Dim | None:
    features, units, bias = _last(shapes[0]), layer.config.dim("units"), _flag(layer, "use_bias")
    kind = ALIASES.get(layer.kind, layer.kind).removesuffix("Cell")
    if features is None or units is None or bias is None:
        return None
    if kind == "GRU" and layer.config.flag("reset_after") is not False:
        bias = bias * 2
    return (features + units + bias) * units * _GATES[kind]


@_counts("RNN")
def _cells(layer: Layer, shapes: tuple[Shape, ...]) -> Dim | None:
    return parameters(layer.inner[0], shapes) if len(layer.inner) == 1 else _stacked(layer, shapes)


@_counts("StackedRNNCells")
def _stacked(layer: Layer, shapes: tuple[Shape, ...]) -> Dim | None:
    total, shape = Dim(0), shapes[0]
    for cell in layer.inner:
        count, units = parameters(cell, (shape,)), cell.config.dim("units")
        if count is None or units is None:
            return None
        total, shape = total + count, (*shape[:-1], units)
    return total if layer.inner else None


@_counts("Bidirectional")
def _bidirectional(layer: Layer, shapes: tuple[Shape, ...]) -> Dim | None:
    both = [parameters(inner, shapes[:1]) for inner in (layer.inner * 2)[:2]]
    return both[0] + both[1] if len(both) == 2 and both[0] is not None and both[1] is not None else None


@_counts("TimeDistributed")
def _each_step(layer: Layer, shapes: tuple[Shape, ...]) -> Dim | None:
    return parameters(layer.inner[0], tuple((*s[:1], *s[2:]) for s in shapes)) if layer.inner else None


@_counts("Embedding")
def _embedding(layer: Layer, shapes: tuple[Shape, ...]) -> Dim | None:
    vocabulary, width = layer.config.dim("input_dim"), layer.config.dim("output_dim")
    return None if vocabulary is None or width is None else vocabulary * width


@_counts("Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
def _convolution(layer: Layer, shapes: tuple[Shape, ...]) -> Dim | None:
    kernel, channels = _kernel(layer, len(shapes[0]) - 2), _channels(layer, shapes[0])
    filters, bias, groups = layer.config.dim("filters"), _flag(layer, "use_bias"), layer.config.number("groups")
    if kernel is None or channels is None or filters is None or bias is None or (groups or 1) != 1:
        return None
    return (kernel * channels + bias) * filters


@_counts("SeparableConv1D", "SeparableConv2D")
def _separable(layer: Layer, shapes: tuple[Shape, ...]) -> Dim | None:
    kernel, channels = _kernel(layer, len(shapes[0]) - 2), _channels(layer, shapes[0])
    filters, bias, depth = layer.config.dim("filters"), _flag(layer, "use_bias"), layer.config.dim("depth_multiplier")
    if kernel is None or channels is None or filters is None or bias is None or depth is None:
        return None
    return kernel * channels * depth + (channels * depth + bias) * filters


@_counts("DepthwiseConv1D", "DepthwiseConv2D")
def _depthwise(layer: Layer, shapes: tuple[Shape, ...]) -> Dim | None:
    kernel, channels = _kernel(layer, len(shapes[0]) - 2), _channels(layer, shapes[0])
    bias, depth = _flag(layer, "use_bias"), layer.config.dim("depth_multiplier")
    if kernel is None or channels is None or bias is None or depth is None:
        return None
    return (kernel + bias) * channels * depth


@_counts("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
def _conv_lstm(layer: Layer, shapes: tuple[Shape, ...]) -> Dim | None:
    kernel, filters, bias = _kernel(layer, len(shapes[0]) - 3), layer.config.dim("filters"), _flag(layer, "use_bias")
    channels = shapes[0][2 if layer.config.text("data_format") == "channels_first" else -1]
    if kernel is None or filters is None or bias is None or channels is None:
        return None
    return (kernel * (channels + filters) + bias) * filters * 4


@_counts("BatchNormalization", "LayerNormalization")
def _normalization(layer: Layer, shapes: tuple[Shape, ...]) -> Dim | None:
    """A scale and a shift; BatchNormalization keeps the running mean and variance as well."""
    width, scale, center = _last(shapes[0]), _flag(layer, "scale"), _flag(layer, "center")
    axis = layer.config.dims("axis")
    if width is None or scale is None or center is None or axis not in ((Dim(-1),), (Dim(len(shapes[0]) - 1),)):
        return None
    return width * (scale + center + (2 if layer.kind == "BatchNormalization" else 0))


@_counts("PReLU")
def _prelu(layer: Layer, shapes: tuple[Shape, ...]) -> Dim | None:
    sizes = all_known(shapes[0][1:])
    return product(sizes) if sizes is not None and layer.config.is_none("shared_axes") else None


@_counts("AdditiveAttention")
def _additive(layer: Layer, shapes: tuple[Shape, ...]) -> Dim | None:
    width, scaled = _last(shapes[0]), _flag(layer, "use_scale")
    return None if width is None or scaled is None else width * scaled


@_counts("Attention")
def _attention(layer: Layer, shapes: tuple[Shape, ...]) -> Dim | None:
    score = layer.config.text("score_mode")
    scaled = _flag(layer, "use_scale")
    return None if scaled is None or score is None else scaled + (1 if score == "concat" else 0)


@_counts("MultiHeadAttention")
def _heads(layer: Layer, shapes: tuple[Shape, ...]) -> Dim | None:
    """Query, key and value are projected to heads of ``key_dim``, and what comes out back to the query's width."""
    config = layer.config
    widths = [_last(shape) for shape in (*shapes, *shapes[-1:] * 2)[:3]]
    heads, size, bias = config.dim("num_heads"), config.dim("key_dim"), _flag(layer, "use_bias")
    plain = config.is_none("output_shape") and config.is_none("value_dim")
    query, value, key = widths
    if query is None or value is None or key is None or heads is None or size is None or bias is None or not plain:
        return None
    return heads * size * (query + value + key + bias * 3) + (heads * size + bias) * query


_WITH = frozenset(_COUNTS) | {
    "EinsumDense", "Normalization", "GroupNormalization", "UnitNormalization", "SpectralNormalization", "Lambda",
    "GroupQueryAttention", "RMSNormalization", "TextVectorization", "StringLookup", "IntegerLookup", "Discretization",
    "LocallyConnected1D", "LocallyConnected2D", "RNN", "StackedRNNCells", "CuDNNLSTM", "CuDNNGRU",
}  # fmt: skip
#: Layers that learn and keep nothing.
_WITHOUT = frozenset(LAYERS) - _WITH
