"""What a layer learns or keeps: the shapes of what ``get_weights()`` gives, and what ``count_params()`` counts.

The shapes are those of each layer's ``build``, in its order; sizes stay symbolic where the program's are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from lstmlint.interpreter.dims import Dim, product
from lstmlint.interpreter.values import Tensor
from lstmlint.keras_model.graph import Layer, Model, Node, Shape, all_known
from lstmlint.keras_model.layers.binding import ALIASES
from lstmlint.keras_model.layers.table import LAYERS

#: The shapes of arrays.
Weights: TypeAlias = tuple[tuple[Dim, ...], ...]
#: A layer and the shapes of its inputs; None where its weights cannot be told.
Build: TypeAlias = Callable[[Layer, tuple[Shape, ...]], Weights | None]

_BUILDS: dict[str, Build] = {}
_GATES = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}
ONE = Dim(1)


def weights(layer: Layer, shapes: tuple[Shape | None, ...]) -> Weights | None:
    """The weights of a layer built on inputs of these shapes; None where they cannot be told."""
    known = tuple(shape for shape in shapes if shape is not None)
    if layer.model is not None:
        return model_weights(layer.model)
    if layer.own is not None or layer.problem is not None or len(known) != len(shapes) or not known:
        return () if layer.kind in _WITHOUT else None
    build = _BUILDS.get(ALIASES.get(layer.kind, layer.kind))
    if build is not None:
        return build(layer, known)
    return () if layer.kind in _WITHOUT else None


def node_weights(node: Node) -> Weights | None:
    """Of the layer that a node calls; of MultiHeadAttention with what it attends to."""
    others = [node.arguments.get(name) for name in ("value", "key")] if node.layer.kind == "MultiHeadAttention" else []
    more = tuple(other.shape for other in others if isinstance(other, Tensor))
    return None if node.problem else weights(node.layer, (*(tensor.shape for tensor in node.inputs), *more))


def model_weights(model: Model) -> Weights | None:
    """Of all layers of a model, each layer once; None where any cannot be told."""
    nodes = {id(node.layer): node for node in reversed(model.nodes)}
    return _joined(map(node_weights, reversed(nodes.values()))) if model.complete else None


def node_parameters(node: Node) -> Dim | None:
    return _counted(node_weights(node))


def model_parameters(model: Model) -> Dim | None:
    return _counted(model_weights(model))


def parameters(layer: Layer, shapes: tuple[Shape | None, ...]) -> Dim | None:
    """How many numbers a layer built on inputs of these shapes learns or keeps."""
    return _counted(weights(layer, shapes))


def _counted(found: Weights | None) -> Dim | None:
    return None if found is None else sum(map(product, found), Dim(0))


def _joined(parts: Iterable[Weights | None]) -> Weights | None:
    """One after the other; None where one of them is not known."""
    found: Weights = ()
    for part in parts:
        if part is None:
            return None
        found += part
    return found


def _builds(*kinds: str) -> Callable[[Build], Build]:
    def register(build: Build) -> Build:
        _BUILDS.update(dict.fromkeys(kinds, build))
        return build

    return register


def _last(shape: Shape) -> Dim | None:
    return shape[-1] if shape else None


def _with_bias(layer: Layer, kernels: Weights, *bias: Dim) -> Weights | None:
    flag = layer.config.flag("use_bias")
    return None if flag is None else (*kernels, bias) if flag else kernels


def _kernel(layer: Layer, axes: int) -> tuple[Dim, ...] | None:
    size = all_known(layer.config.dims("kernel_size"))
    if size is None:
        return None
    return size * axes if len(size) == 1 else size


def _channels(layer: Layer, shape: Shape) -> Dim | None:
    first = layer.config.text("data_format") == "channels_first"
    return shape[1 if first else -1] if len(shape) > 2 else None


@_builds("Dense")
def _dense(layer: Layer, shapes: tuple[Shape, ...]) -> Weights | None:
    features, units = _last(shapes[0]), layer.config.dim("units")
    return None if features is None or units is None else _with_bias(layer, ((features, units),), units)


@_builds("LSTM", "GRU", "SimpleRNN", "LSTMCell", "GRUCell", "SimpleRNNCell")
def _recurrent(layer: Layer, shapes: tuple[Shape, ...]) -> Weights | None:
    features, units = _last(shapes[0]), layer.config.dim("units")
    kind = ALIASES.get(layer.kind, layer.kind).removesuffix("Cell")
    if features is None or units is None:
        return None
    gates = units * _GATES[kind]
    twice = kind == "GRU" and layer.config.flag("reset_after") is not False
    return _with_bias(layer, ((features, gates), (units, gates)), *((Dim(2), gates) if twice else (gates,)))


@_builds("RNN")
def _cells(layer: Layer, shapes: tuple[Shape, ...]) -> Weights | None:
    return weights(layer.inner[0], shapes) if len(layer.inner) == 1 else _stacked(layer, shapes)


@_builds("StackedRNNCells")
def _stacked(layer: Layer, shapes: tuple[Shape, ...]) -> Weights | None:
    parts: list[Weights | None] = []
    shape = shapes[0]
    for cell in layer.inner:
        units = cell.config.dim("units")
        parts.append(weights(cell, (shape,)) if units is not None else None)
        shape = (*shape[:-1], units)
    return _joined(parts) if layer.inner else None


@_builds("Bidirectional")
def _bidirectional(layer: Layer, shapes: tuple[Shape, ...]) -> Weights | None:
    return _joined(weights(inner, shapes[:1]) for inner in (layer.inner * 2)[:2]) if layer.inner else None


@_builds("TimeDistributed")
def _each_step(layer: Layer, shapes: tuple[Shape, ...]) -> Weights | None:
    return weights(layer.inner[0], tuple((*s[:1], *s[2:]) for s in shapes)) if layer.inner else None


@_builds("Embedding")
def _embedding(layer: Layer, shapes: tuple[Shape, ...]) -> Weights | None:
    vocabulary, width = layer.config.dim("input_dim"), layer.config.dim("output_dim")
    return None if vocabulary is None or width is None else ((vocabulary, width),)


@_builds("Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
def _convolution(layer: Layer, shapes: tuple[Shape, ...]) -> Weights | None:
    kernel, channels = _kernel(layer, len(shapes[0]) - 2), _channels(layer, shapes[0])
    filters, groups = layer.config.dim("filters"), layer.config.number("groups")
    if kernel is None or channels is None or filters is None or (groups or 1) != 1:
        return None
    ends = (filters, channels) if layer.kind.endswith("Transpose") else (channels, filters)
    return _with_bias(layer, ((*kernel, *ends),), filters)


@_builds("SeparableConv1D", "SeparableConv2D")
def _separable(layer: Layer, shapes: tuple[Shape, ...]) -> Weights | None:
    kernel, channels = _kernel(layer, len(shapes[0]) - 2), _channels(layer, shapes[0])
    filters, depth = layer.config.dim("filters"), layer.config.dim("depth_multiplier")
    if kernel is None or channels is None or filters is None or depth is None:
        return None
    pointwise = (*(ONE for _ in kernel), channels * depth, filters)
    return _with_bias(layer, ((*kernel, channels, depth), pointwise), filters)


@_builds("DepthwiseConv1D", "DepthwiseConv2D")
def _depthwise(layer: Layer, shapes: tuple[Shape, ...]) -> Weights | None:
    kernel, channels = _kernel(layer, len(shapes[0]) - 2), _channels(layer, shapes[0])
    depth = layer.config.dim("depth_multiplier")
    if kernel is None or channels is None or depth is None:
        return None
    return _with_bias(layer, ((*kernel, channels, depth),), channels * depth)


@_builds("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
def _conv_lstm(layer: Layer, shapes: tuple[Shape, ...]) -> Weights | None:
    kernel, filters = _kernel(layer, len(shapes[0]) - 3), layer.config.dim("filters")
    channels = shapes[0][2 if layer.config.text("data_format") == "channels_first" else -1]
    if kernel is None or filters is None or channels is None:
        return None
    gates = filters * 4
    return _with_bias(layer, ((*kernel, channels, gates), (*kernel, filters, gates)), gates)


@_builds("BatchNormalization", "LayerNormalization")
def _normalization(layer: Layer, shapes: tuple[Shape, ...]) -> Weights | None:
    """A scale and a shift; BatchNormalization keeps the running mean and variance as well."""
    width, scale, center = _last(shapes[0]), layer.config.flag("scale"), layer.config.flag("center")
    axis = layer.config.dims("axis")
    if width is None or scale is None or center is None or axis not in ((Dim(-1),), (Dim(len(shapes[0]) - 1),)):
        return None
    return ((width,),) * (scale + center + (2 if layer.kind == "BatchNormalization" else 0))


@_builds("PReLU")
def _prelu(layer: Layer, shapes: tuple[Shape, ...]) -> Weights | None:
    sizes = all_known(shapes[0][1:])
    return (sizes,) if sizes is not None and layer.config.is_none("shared_axes") else None


@_builds("AdditiveAttention")
def _additive(layer: Layer, shapes: tuple[Shape, ...]) -> Weights | None:
    width, scaled = _last(shapes[0]), layer.config.flag("use_scale")
    return None if width is None or scaled is None else ((width,),) * scaled


@_builds("Attention")
def _attention(layer: Layer, shapes: tuple[Shape, ...]) -> Weights | None:
    score, scaled = layer.config.text("score_mode"), layer.config.flag("use_scale")
    return None if scaled is None or score is None else ((),) * (scaled + (score == "concat"))


@_builds("MultiHeadAttention")
def _heads(layer: Layer, shapes: tuple[Shape, ...]) -> Weights | None:
    """Query, key and value are projected to heads of ``key_dim``, and what comes out back to the query's width."""
    config = layer.config
    query, value, key = (_last(shape) for shape in (*shapes, *shapes[-1:] * 2)[:3])
    heads, size, bias = config.dim("num_heads"), config.dim("key_dim"), config.flag("use_bias")
    plain = config.is_none("output_shape") and config.is_none("value_dim")
    if query is None or value is None or key is None or heads is None or size is None or bias is None or not plain:
        return None
    projected = [part for width in (query, key, value) for part in ((width, heads, size), *((heads, size),) * bias)]
    return (*projected, (heads, size, query), *((query,),) * bias)


_WITH = frozenset(_BUILDS) | {
    "EinsumDense", "Normalization", "GroupNormalization", "UnitNormalization", "SpectralNormalization", "Lambda",
    "GroupQueryAttention", "RMSNormalization", "TextVectorization", "StringLookup", "IntegerLookup", "Discretization",
    "LocallyConnected1D", "LocallyConnected2D", "RNN", "StackedRNNCells", "CuDNNLSTM", "CuDNNGRU",
}  # fmt: skip
#: Layers that learn and keep nothing.
_WITHOUT = frozenset(LAYERS) - _WITH
