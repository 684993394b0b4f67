"""Convolutions: ``keras/src/layers/convolutional``, with ``compute_conv_output_shape`` as the judge of sizes."""

from __future__ import annotations

from lstmlint.interpreter.dims import Dim, differ, modulo, unknown_dim
from lstmlint.keras_model.graph import Layer, Problem, Shape, Why
from lstmlint.keras_model.layers.checks import (
    all_required,
    argument,
    axis_problem,
    channels_first,
    data_format,
    every,
    maybe,
    min_ndim,
    positive,
    rank_problem,
    refuse,
    shown,
    sizes,
    tuple_of,
    unit_dim,
)
from lstmlint.keras_model.layers.names import known_names
from lstmlint.keras_model.layers.table import Given, LayerInput, Validate, layer
from lstmlint.keras_model.layers.windows import channels, padding_of, slide, spatial, too_short, with_channels

_KERNEL = (
    "kernel_initializer='glorot_uniform', bias_initializer='zeros', kernel_regularizer=None, bias_regularizer=None"
)
_LIMITS = "activity_regularizer=None, kernel_constraint=None, bias_constraint=None"
_TAIL = f"activation=None, use_bias=True, {_KERNEL}, {_LIMITS}"
_DEPTHWISE = (
    "activation=None, use_bias=True, depthwise_initializer='glorot_uniform', bias_initializer='zeros', "
    "depthwise_regularizer=None, bias_regularizer=None, activity_regularizer=None, depthwise_constraint=None, "
    "bias_constraint=None"
)
_SEPARABLE = (
    "activation=None, use_bias=True, depthwise_initializer='glorot_uniform', pointwise_initializer='glorot_uniform', "
    "bias_initializer='zeros', depthwise_regularizer=None, pointwise_regularizer=None, bias_regularizer=None, "
    "activity_regularizer=None, depthwise_constraint=None, pointwise_constraint=None, bias_constraint=None"
)


def rank_of(layer: Layer) -> int:
    """The number of axes a kernel slides over: ``Conv2D`` has 2."""
    return int(next(letter for letter in layer.kind if letter.isdigit()))


def windows(layer: Layer, size: str = "kernel_size") -> tuple[Dim, ...] | None:
    """How far each kernel reaches: dilation spreads it."""
    kernel, spread = sizes(layer, size, rank_of(layer)), sizes(layer, "dilation_rate", rank_of(layer))
    if kernel is None:
        return None
    spread = spread or tuple(unknown_dim() for _ in kernel)
    return tuple(step * (length - 1) + 1 for length, step in zip(kernel, spread, strict=True))


def slid(layer: Layer, shape: Shape, filters: Dim) -> Shape | None:
    """The input with every spatial axis slid over and ``filters`` channels."""
    space, reach = spatial(layer, shape), windows(layer)
    if space is None:
        return None
    reach = reach or tuple(unknown_dim() for _ in space)
    strides = sizes(layer, "strides", rank_of(layer)) or tuple(unknown_dim() for _ in space)
    moved = (slide(*axis, padding_of(layer)) for axis in zip(space, reach, strides, strict=False))
    return with_channels(layer, shape[0], tuple(moved), filters)


def unknown_space(layer: Layer, count: Dim | None, shape: Shape | None = None) -> Given:
    """The rank and the channels are sure whatever the input, the batch size if its rank is right."""
    if channels_first(layer) is None:
        return None
    space = spatial(layer, shape) if shape is not None and len(shape) == rank_of(layer) + 2 else None
    if shape is None or space is None:
        return with_channels(layer, None, tuple(unknown_dim() for _ in range(rank_of(layer))), count)
    return with_channels(layer, shape[0], tuple(maybe(size, lambda _: unknown_dim()) for size in space), count)


def convolution(layer: Layer, given: LayerInput) -> Given:
    """``filters`` channels, and each spatial axis as often as the kernel fits."""
    filters, shape = unit_dim(layer, "filters"), given.shape
    if layer.keras == 2 and shape is not None and len(shape) > rank_of(layer) + 2:
        return None
    if shape is None or len(shape) != rank_of(layer) + 2:
        return unknown_space(layer, filters)
    return slid(layer, shape, filters)


# What they require


def exact_rank(layer: Layer, given: LayerInput) -> Problem | None:
    """``min_ndim`` by ``input_spec``, and not more by the kernel; Keras 2 takes more axes as more batch axes."""
    shape, rank = given.shape, rank_of(layer) + 2
    if shape is None or len(shape) == rank or (layer.keras == 2 and len(shape) > rank):
        return None
    return rank_problem(shape, f"ndim={rank}")


def known_channels(layer: Layer, given: LayerInput) -> Problem | None:
    shape = given.shape
    if shape is None or channels(layer, shape) is not None:
        return None
    return axis_problem("the channels axis must be known", shape, "a number of channels", "None")


def _grouped(layer: Layer, given: LayerInput) -> Problem | None:
    groups, shape = layer.config.dim("groups"), given.shape
    count = None if shape is None else channels(layer, shape)
    if groups is None or count is None or groups == Dim(0) or not differ(modulo(count, groups), 0):
        return None
    return axis_problem(
        f"the channels must be a multiple of groups={groups}", shape or (), f"a multiple of {groups}", f"{count}"
    )


def _long_enough(layer: Layer, given: LayerInput) -> Problem | None:
    shape = given.shape
    if shape is None:
        return None
    return too_short(layer, shape, windows(layer), padding_of(layer))


_conv_requires = all_required(min_ndim(0), exact_rank, known_channels, _grouped, _long_enough)
_transpose_requires = all_required(min_ndim(0), exact_rank, known_channels)
_depthwise_requires = all_required(min_ndim(0), exact_rank, known_channels, _long_enough)


def padding_among(*allowed: str) -> Validate:
    def check(layer: Layer) -> Problem | None:
        value = argument(layer, "padding")
        if value is None or isinstance(value, int | float) or (isinstance(value, str) and value.lower() not in allowed):
            return refuse(
                f"padding must be one of {', '.join(allowed)}, found {shown(value)}", ", ".join(allowed), shown(value)
            )
        return None

    return check


def _causal_once(*allowed: str) -> Validate:
    """A separable convolution is causal in Keras 2 only."""
    newer, older = padding_among(*allowed), padding_among(*allowed, "causal")
    return lambda layer: (older if layer.keras == 2 and rank_of(layer) == 1 else newer)(layer)


def not_both(layer: Layer) -> Problem | None:
    """``strides > 1`` and ``dilation_rate > 1`` exclude each other."""
    strides, spread = (sizes(layer, name, rank_of(layer)) for name in ("strides", "dilation_rate"))
    if not strides or not spread or not _above_one(strides) or not _above_one(spread):
        return None
    return refuse("strides over 1 and dilation_rate over 1 do not go together", "one of them 1", "both over 1")


def _older_not_both(layer: Layer) -> Problem | None:
    return not_both(layer) if layer.keras == 2 else None


def _above_one(dims: tuple[Dim, ...]) -> bool:
    return any(dim.value is not None and dim.value > 1 for dim in dims)


def _filters(layer: Layer) -> Problem | None:
    """A multiple of the groups, both positive."""
    groups, filters = layer.config.dim("groups"), layer.config.dim("filters")
    if groups is None or filters is None or groups == Dim(0) or not differ(modulo(filters, groups), 0):
        return None
    return refuse(f"filters={filters} is not a multiple of groups={groups}", f"a multiple of {groups}", str(filters))


def _kernel(rank: int, *paddings: str) -> Validate:
    tuples = (tuple_of(name, rank) for name in ("kernel_size", "strides", "dilation_rate"))
    return every(*tuples, padding_among(*paddings), data_format, known_names)


def _output_padding(layer: Layer) -> Problem | None:
    """Smaller than the stride."""
    rank = rank_of(layer)
    extra, strides = sizes(layer, "output_padding", rank), sizes(layer, "strides", rank)
    if argument(layer, "output_padding") is None:
        return None
    refused = tuple_of("output_padding", rank, low=0)(layer)
    for more, stride in zip(extra or (), strides or (), strict=False):
        if more.value is not None and stride.value is not None and more.value >= stride.value:
            return refuse(f"output_padding {more} must be less than strides {stride}", f"less than {stride}", str(more))
    return refused


def _positive_filters(layer: Layer) -> Problem | None:
    """None and whole floats get as far as the weights; a broken number fails the division by the groups."""
    value = argument(layer, "filters")
    if value is None:
        return Problem(Why.ARGUMENT, "filters must be a positive integer, found None", "a positive integer", "None")
    grouped = layer.kind in ("Conv1D", "Conv2D", "Conv3D")
    return positive("filters", strict=grouped and isinstance(value, float) and not value.is_integer())(layer)


def _groups(layer: Layer) -> Problem | None:
    return positive("groups")(layer) if layer.keras == 3 else None


def _ones(rank: int) -> str:
    return "1" if rank == 1 else str((1,) * rank)


for _rank in (1, 2, 3):
    _paddings = ("valid", "same", "causal") if _rank == 1 else ("valid", "same")
    _moves = f"strides={_ones(_rank)}, padding='valid'"
    layer(
        f"Conv{_rank}D",
        f"filters, kernel_size, {_moves}, data_format=None, dilation_rate={_ones(_rank)}, groups=1, {_TAIL}",
        requires=_conv_requires,
        validate=every(_kernel(_rank, *_paddings), not_both, _positive_filters, _groups, _filters),
    )(convolution)


# Transposed


def _grow(size: Dim | None, kernel: Dim, stride: Dim, extra: Dim | None, padding: str | None) -> Dim | None:
    """``_get_output_shape_given_tf_padding``."""
    if size is None:
        return None
    if padding == "same":
        rest = None if kernel.value is None else kernel.value % 2
        if extra is None:
            return size * stride
        return unknown_dim() if rest is None else (size - 1) * stride + rest + extra
    if padding != "valid":
        return unknown_dim()
    if extra is None:
        if kernel.value is None or stride.value is None:
            return unknown_dim()
        extra = Dim(max(kernel.value, stride.value) - kernel.value)
    return (size - 1) * stride + kernel + extra


def transposed(layer: Layer, given: LayerInput) -> Given:
    """The convolution's sizes the other way round."""
    rank, shape, filters = rank_of(layer), given.shape, unit_dim(layer, "filters")
    if shape is None or len(shape) != rank + 2:
        return unknown_space(layer, filters)
    space, reach, strides = spatial(layer, shape), windows(layer), sizes(layer, "strides", rank)
    if space is None or reach is None or strides is None:
        return unknown_space(layer, filters, shape)
    none = argument(layer, "output_padding") is None
    extra = (None,) * rank if none else sizes(layer, "output_padding", rank) or tuple(unknown_dim() for _ in space)
    grown = (_grow(*axis, padding_of(layer)) for axis in zip(space, reach, strides, extra, strict=True))
    return with_channels(layer, shape[0], tuple(grown), filters)


for _rank in (1, 2, 3):
    _moves = f"strides={_ones(_rank)}, padding='valid'"
    _format = "output_padding=None, data_format=None" if _rank < 3 else "data_format=None, output_padding=None"
    layer(
        f"Conv{_rank}DTranspose",
        f"filters, kernel_size, {_moves}, {_format}, dilation_rate={_ones(_rank)}, {_TAIL}",
        requires=_transpose_requires,
        validate=every(_kernel(_rank, "valid", "same"), not_both, _positive_filters, _output_padding),
        keras2=f"filters, kernel_size, {_moves}, output_padding=None, data_format=None, "
        f"dilation_rate={_ones(_rank)}, {_TAIL}",
    )(transposed)


# Depthwise and separable


def depthwise(layer: Layer, given: LayerInput) -> Given:
    """``depth_multiplier`` channels for each channel of the input."""
    shape = given.shape
    if shape is None or len(shape) != rank_of(layer) + 2:
        return unknown_space(layer, unknown_dim())
    count = channels(layer, shape)
    return slid(layer, shape, unknown_dim() if count is None else count * unit_dim(layer, "depth_multiplier"))


for _rank in (1, 2):
    _moves = f"strides={_ones(_rank)}, padding='valid'"
    layer(
        f"DepthwiseConv{_rank}D",
        f"kernel_size, {_moves}, depth_multiplier=1, data_format=None, dilation_rate={_ones(_rank)}, {_DEPTHWISE}",
        requires=_depthwise_requires,
        validate=every(_kernel(_rank, "valid", "same"), positive("depth_multiplier", strict=False)),
    )(depthwise)
    layer(
        f"SeparableConv{_rank}D",
        f"filters, kernel_size, {_moves}, data_format=None, dilation_rate={_ones(_rank)}, depth_multiplier=1, "
        f"{_SEPARABLE}",
        requires=_depthwise_requires,
        validate=every(
            _kernel(_rank, "valid", "same", "causal"),
            _causal_once("valid", "same"),
            _older_not_both,
            _positive_filters,
            positive("depth_multiplier", strict=False),
        ),
    )(convolution)
