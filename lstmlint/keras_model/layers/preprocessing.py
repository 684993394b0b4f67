"""Layers that turn raw values into numbers: ``keras/src/layers/preprocessing``.

What ``adapt`` learns is not known here, so a vocabulary's size is a size of its own unless it is written down.
"""

from __future__ import annotations

from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.values import Sequence
from lstmlint.keras_model.graph import Layer, Problem, Shape, Why, unequal
from lstmlint.keras_model.layers.checks import (
    all_required,
    argument,
    every,
    not_positive,
    one_input,
    one_of,
    refuse,
    shown,
    unit_dim,
)
from lstmlint.keras_model.layers.core import same_shape
from lstmlint.keras_model.layers.normalization import axes_exist, axes_known
from lstmlint.keras_model.layers.table import Given, LayerInput, layer

_MODES = ("int", "one_hot", "multi_hot", "binary", "count", "tf_idf", "tf-idf")


def _mode(layer: Layer) -> str | None:
    mode = layer.config.text("output_mode")
    return {"binary": "multi_hot", "tf-idf": "tf_idf"}.get(mode or "", mode)


def _encoded(shape: Shape, mode: str | None, depth: Dim | None) -> Shape | None:
    """``encode_categorical_inputs``: one_hot adds an axis unless the last is 1, the other modes replace the last."""
    match mode:
        case None:
            return None
        case "int":
            return shape
        case "one_hot" if len(shape) > 1 and shape[-1] is not None and shape[-1] != Dim(1):
            return (*shape, depth) if unequal(shape[-1], Dim(1)) else None
        case "one_hot" if len(shape) <= 1 or shape[-1] is None:
            return (*shape, depth)
        case _:
            return (*shape[:-1], depth)


def _vocabulary_size(layer: Layer) -> Dim:
    """``max_tokens`` where the output is padded to it, else the written vocabulary and what stands for the unknown."""
    if layer.config.flag("pad_to_max_tokens"):
        return unit_dim(layer, "max_tokens")
    words, unknown = layer.config["vocabulary"], layer.config.dim("num_oov_indices")
    if isinstance(words, Sequence) and unknown is not None and not _has_special(words, layer):
        return words.length + unknown
    return unknown_dim()


def _has_special(words: Sequence, layer: Layer) -> bool:
    """A vocabulary may come with its own place for the unknown: then nothing is added."""
    special = argument(layer, "oov_token")
    return words.items is None or any(getattr(item, "value", item) in (special, "", "[UNK]") for item in words.items)


def _tokens(layer: Layer) -> Problem | None:
    value = argument(layer, "max_tokens")
    if isinstance(value, int) and value <= 1:
        return refuse(f"max_tokens must be greater than 1, found {value}", "more than 1", str(value))
    if layer.config.flag("pad_to_max_tokens") and value is None:
        return refuse("pad_to_max_tokens needs max_tokens", "max_tokens", "nothing")
    return None


def lookup(layer: Layer, given: LayerInput) -> Given:
    """Indices of the input's shape, or one number for each word of the vocabulary."""
    return None if given.shape is None else _encoded(given.shape, _mode(layer), _vocabulary_size(layer))


_LOOKUP = "idf_weights=None, invert=False, output_mode='int'"
layer(
    "StringLookup",
    f"max_tokens=None, num_oov_indices=1, mask_token=None, oov_token='[UNK]', vocabulary=None, {_LOOKUP}, "
    "pad_to_max_tokens=False, sparse=False, encoding='utf-8', name=None, salt=None",
    requires=one_input,
    validate=every(one_of("output_mode", *_MODES), _tokens),
    keras2="max_tokens=None, num_oov_indices=1, mask_token=None, oov_token='[UNK]', vocabulary=None, idf_weights=None, "
    "encoding='utf-8', invert=False, output_mode='int', sparse=False, pad_to_max_tokens=False",
    dtype="lookup",
)(lookup)
layer(
    "IntegerLookup",
    "max_tokens=None, num_oov_indices=1, mask_token=None, oov_token=-1, vocabulary=None, vocabulary_dtype='int64', "
    f"{_LOOKUP}, sparse=False, pad_to_max_tokens=False, oov_method='floormod', salt=None, name=None",
    requires=one_input,
    validate=every(one_of("output_mode", *_MODES), _tokens),
    keras2="max_tokens=None, num_oov_indices=1, mask_token=None, oov_token=-1, vocabulary=None, "
    f"vocabulary_dtype='int64', {_LOOKUP}, sparse=False, pad_to_max_tokens=False",
    dtype="lookup",
)(lookup)


def _sequence_length(layer: Layer) -> Problem | None:
    length, mode = argument(layer, "output_sequence_length"), _mode(layer)
    if mode == "int" and isinstance(length, str | float | tuple):
        return refuse(f"output_sequence_length must be an integer, found {shown(length)}", "an integer", shown(length))
    if mode is not None and mode != "int" and isinstance(length, int | str | float | tuple):
        message = f"output_sequence_length is for output_mode 'int' only, found {mode!r}"
        return refuse(message, "output_mode='int'", repr(mode))
    return None


@layer(
    "TextVectorization",
    "max_tokens=None, standardize='lower_and_strip_punctuation', split='whitespace', ngrams=None, output_mode='int', "
    "output_sequence_length=None, pad_to_max_tokens=False, vocabulary=None, idf_weights=None, sparse=False, "
    "ragged=False, encoding='utf-8', name=None",
    requires=one_input,
    validate=every(one_of("output_mode", *_MODES), _sequence_length, _tokens),
    dtype="lookup",
)
def text_vectorization(layer: Layer, given: LayerInput) -> Given:
    """``(batch, output_sequence_length)`` indices, or for each text one number for each word of the vocabulary."""
    shape, mode = given.shape, _mode(layer)
    if mode == "int":
        none = argument(layer, "output_sequence_length") is None
        steps = None if none else unit_dim(layer, "output_sequence_length")
        return (steps,) if shape == () else (shape[0] if shape else None, steps)
    if shape is None or mode is None:
        return None
    split = (*shape, Dim(1)) if len(shape) <= 1 else shape
    words = (*shape, None) if argument(layer, "split") is not None else split
    return _encoded(words, mode, _text_depth(layer))


def _text_depth(layer: Layer) -> Dim:
    """Its lookup has one place for the unknown and, outside int mode, no mask."""
    if layer.config.flag("pad_to_max_tokens"):
        return unit_dim(layer, "max_tokens")
    words = layer.config["vocabulary"]
    known = isinstance(words, Sequence) and not _has_special(words, layer)
    return words.length + 1 if isinstance(words, Sequence) and known else unknown_dim()


# Numbers


def _depth(layer: Layer) -> Problem | None:
    name = "num_tokens" if layer.kind == "CategoryEncoding" else "num_bins"
    value = argument(layer, name)
    if value is None or isinstance(value, str | tuple) or not_positive(value):
        return refuse(f"{name} must be a positive integer, found {shown(value)}", "a positive integer", shown(value))
    return None


@layer(
    "CategoryEncoding",
    "num_tokens=None, output_mode='multi_hot', sparse=False",
    requires=one_input,
    validate=every(one_of("output_mode", "one_hot", "multi_hot", "binary", "count"), _depth),
)
def category_encoding(layer: Layer, given: LayerInput) -> Given:
    """One number for each token."""
    return None if given.shape is None else _encoded(given.shape, _mode(layer), unit_dim(layer, "num_tokens"))


@layer(
    "Hashing",
    "num_bins, mask_value=None, salt=None, output_mode='int', sparse=False",
    requires=one_input,
    validate=every(one_of("output_mode", "int", "one_hot", "multi_hot", "count"), _depth),
    dtype="lookup",
)
def hashing(layer: Layer, given: LayerInput) -> Given:
    """Bins of the input's shape, or one number for each bin in place of the last axis."""
    mode = _mode(layer)
    if given.shape is None or mode is None:
        return None
    return given.shape if mode == "int" else (*given.shape[:-1], unit_dim(layer, "num_bins"))


def _bins(layer: Layer) -> Problem | None:
    given = [name for name in ("num_bins", "bin_boundaries") if argument(layer, name) is not None]
    if len(given) == 1:
        return None
    return refuse("Discretization needs either num_bins or bin_boundaries", "one of them", f"{len(given)} of them")


@layer(
    "Discretization",
    "bin_boundaries=None, num_bins=None, epsilon=0.01, output_mode='int', sparse=False, dtype=None, name=None",
    requires=one_input,
    validate=every(one_of("output_mode", "int", "one_hot", "multi_hot", "count"), _bins),
    takes_base_keywords=False,
    dtype="bins",
)
def discretization(layer: Layer, given: LayerInput) -> Given:
    """Bins of the input's shape, or one number for each bin."""
    shape, mode, bounds = given.shape, _mode(layer), layer.config["bin_boundaries"]
    if shape is None or mode is None:
        return None
    depth = bounds.length + 1 if isinstance(bounds, Sequence) else unit_dim(layer, "num_bins")
    if mode in ("int", "one_hot"):
        return _encoded(shape, mode, depth)
    return (shape[0], *shape[2:], depth) if len(shape) >= 2 else (depth,)


layer("Rescaling", "scale, offset=0.0", requires=one_input)(same_shape)


def _axes(layer: Layer) -> Problem | None:
    """An integer, a tuple, or None for one mean of everything."""
    value = argument(layer, "axis")
    if isinstance(value, float):
        return refuse(f"axis must be an integer or a tuple, found {shown(value)}", "an integer", shown(value))
    if isinstance(value, str):
        return Problem(
            Why.ARGUMENT, f"axis must be an integer or a tuple, found {shown(value)}", "an integer", shown(value)
        )
    return None


def _both(layer: Layer) -> Problem | None:
    given = [name for name in ("mean", "variance") if argument(layer, name) is not None]
    if len(given) != 1:
        return None
    return refuse("mean and variance must both be given", "both", given[0])


layer(
    "Normalization",
    "axis=-1, mean=None, variance=None, invert=False",
    requires=all_required(one_input, axes_exist, axes_known),
    validate=every(_axes, _both),
)(same_shape)
