"""Attention, AdditiveAttention, MultiHeadAttention: ``keras/src/layers/attention``."""

from __future__ import annotations

from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.values import Const
from lstmlint.keras_model.graph import Layer, Problem, Shape, Why, dim_of, shape_text, unequal
from lstmlint.keras_model.layers.checks import (
    all_required,
    argument,
    axis_problem,
    every,
    not_positive,
    one_is_none,
    one_of,
    plain,
    refuse,
    shown,
    unit_dim,
)
from lstmlint.keras_model.layers.declared import declared_shape
from lstmlint.keras_model.layers.table import Given, LayerInput, Outputs, layer


def _gives_scores(given: LayerInput) -> bool | None:
    """``return_attention_scores`` of the call."""
    match plain(given.arguments.get("return_attention_scores", Const(False))):
        case bool() | int() as flag:
            return bool(flag)
        case _:
            return None


def _with_scores(given: LayerInput, output: Shape | None, scores: Shape | None) -> Given:
    match _gives_scores(given):
        case True:
            return Outputs((output, scores))
        case False:
            return output
        case _:
            return None


# Attention


def _two_or_three(layer: Layer, given: LayerInput) -> Problem | None:
    count = len(given.tensors)
    if given.listed and count in (2, 3):
        return None
    message = f"{layer.kind} needs a list [query, value] or [query, value, key], found {count}"
    return Problem(Why.ARITY, message, "2 or 3 inputs in a list", f"{count} inputs")


def _known_width(layer: Layer, given: LayerInput) -> Problem | None:
    """AdditiveAttention's scale has one weight for each feature of the query."""
    shape = given.shape
    if layer.kind != "AdditiveAttention" or not layer.config.flag("use_scale") or not shape or shape[-1] is not None:
        return None
    return axis_problem("the query's last axis must be known", shape, "a number of features", "None")


def _fit_together(layer: Layer, given: LayerInput) -> Problem | None:
    """Query and key need the same features, key and value the same steps: found out at the first training step."""
    query, value, key = (*given.shapes, given.shapes[-1])[:3]
    if not query or not value or not key or len(query) < 2 or len(value) < 2 or len(key) < 2:
        return None
    broadcasts = layer.kind == "AdditiveAttention" or layer.config.text("score_mode") == "concat"
    if not broadcasts and unequal(query[-1], key[-1]):
        return _train("query and key need the same features", query, key)
    return _train("key and value need the same steps", key, value) if unequal(key[-2], value[-2]) else None


def _train(message: str, left: Shape, right: Shape) -> Problem:
    texts = shape_text(left), shape_text(right)
    return Problem(Why.AXIS, f"{message}, found {texts[0]} and {texts[1]}", *texts, stage="train")


def attention(layer: Layer, given: LayerInput) -> Given:
    """``(query without its last axis, features of the value)``, then the scores where the call asks for them."""
    shapes = given.shapes
    if len(shapes) < 2 or not shapes[0] or not shapes[1]:
        return None if _gives_scores(given) is not True else Outputs((None, None))
    query, value, key = shapes[0], shapes[1], shapes[2] if len(shapes) > 2 else shapes[1]
    scores = (*query[:-1], key[-2]) if key is not None and len(key) > 1 else None
    return _with_scores(given, (*query[:-1], value[-1]), scores)


_attention_requires = all_required(_two_or_three, _known_width, _fit_together)
layer(
    "Attention",
    "use_scale=False, score_mode='dot', dropout=0.0, seed=None",
    requires=_attention_requires,
    validate=one_of("score_mode", "dot", "concat"),
    keras2="use_scale=False, score_mode='dot', dropout=0.0",
)(attention)
layer("AdditiveAttention", "use_scale=True, dropout=0.0", requires=_attention_requires)(attention)


# MultiHeadAttention


def _heads(layer: Layer) -> Problem | None:
    for name in ("num_heads", "key_dim", "value_dim"):
        value = argument(layer, name)
        if name == "value_dim" and value is None:
            continue
        if value is None or isinstance(value, str | float | tuple) or not_positive(value):
            return refuse(
                f"{name} must be a positive integer, found {shown(value)}", "a positive integer", shown(value)
            )
    return None


def _query_and_value(layer: Layer, given: LayerInput) -> Problem | None:
    count = len(given.tensors)
    if given.listed or count < 2:
        found = "a list" if given.listed else f"{count} inputs"
        return Problem(Why.ARITY, f"MultiHeadAttention needs query and value, found {found}", "query, value", found)
    return None


def _projected(layer: Layer, given: LayerInput) -> Problem | None:
    """Each input's features must be known, and key and value agree but for them."""
    for shape in given.shapes[:3]:
        if shape and shape[-1] is None:
            return axis_problem("the last axis must be known", shape, "a number of features", "None")
    if len(given.shapes) < 3 or not given.shapes[1] or not given.shapes[2]:
        return None
    value, key = given.shapes[1], given.shapes[2]
    pairs = list(zip(value[1:-1], key[1:-1], strict=False))
    if len(value) != len(key) or any(one_is_none(a, b) or unequal(a, b) for a, b in pairs):
        message = f"value and key need the same steps, found {shape_text(value)} and {shape_text(key)}"
        return Problem(Why.AXIS, message, shape_text(value), shape_text(key))
    return None


@layer(
    "MultiHeadAttention",
    "num_heads, key_dim, value_dim=None, dropout=0.0, use_bias=True, output_shape=None, attention_axes=None, "
    "sliding_window=None, flash_attention=None, kernel_initializer='glorot_uniform', bias_initializer='zeros', "
    "kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, "
    "bias_constraint=None, use_gate=False, seed=None",
    requires=all_required(_query_and_value, _projected),
    validate=every(_heads),
    keras2="num_heads, key_dim, value_dim=None, dropout=0.0, use_bias=True, output_shape=None, attention_axes=None, "
    "kernel_initializer='glorot_uniform', bias_initializer='zeros', kernel_regularizer=None, bias_regularizer=None, "
    "activity_regularizer=None, kernel_constraint=None, bias_constraint=None, softmax_robust_masking=False",
)
def multi_head_attention(layer: Layer, given: LayerInput) -> Given:
    """The query's shape, its last axis replaced by ``output_shape`` where that is given."""
    query = given.shape
    if not query:
        return None if _gives_scores(given) is not True else Outputs((None, None))
    steps = query[1] if len(query) > 1 else unknown_dim()
    scores = (query[0], unit_dim(layer, "num_heads"), steps, steps)
    return _with_scores(given, _projected_shape(layer, query), scores)


def _projected_shape(layer: Layer, query: Shape) -> Shape | None:
    if argument(layer, "output_shape") in (None, ()):
        return query
    single = dim_of(layer.config["output_shape"])
    target: tuple[Dim | None, ...] | None = (single,) if single is not None else None
    target = declared_shape(layer.config["output_shape"]) if target is None else target
    return None if target is None else (*query[:-1], *target)
