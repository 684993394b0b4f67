"""Calls of layers that work on values: Dense and its kin, dropout, normalization, attention, encodings."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.differential.layers_both import Case, Spec
from tests.differential.layers_draw import (
    ACTIVATIONS,
    Draw,
    Family,
    batch,
    count,
    maybe,
    odd,
    several,
    shape,
    size,
    sometimes,
)


def dense(draw: Draw) -> Case:
    keywords: dict[str, Any] = {}
    maybe(draw, keywords, "activation", *ACTIVATIONS)
    return Case(Spec("Dense", (count(draw),), odd(draw, keywords)), (shape(draw, draw(st.integers(2, 4))),))


def embedding(draw: Draw) -> Case:
    spec = Spec("Embedding", (count(draw), count(draw)), odd(draw, {}))
    return Case(spec, (shape(draw, 2, known_last=False),), dtype=draw(st.sampled_from(("int32", "float32"))))


SAME: tuple[Spec, ...] = (
    *(Spec("Activation", (name,)) for name in ACTIVATIONS),
    *(Spec("Dropout", (rate,)) for rate in (0, 0.5, 1, 1.5, -0.1, "a", None)),
    *(Spec("GaussianDropout", (0.3,)), Spec("GaussianNoise", (2,)), Spec("GaussianNoise", (0.1,))),
    *(Spec("AlphaDropout", (0.3,)), Spec("AlphaDropout", (3,)), Spec("Masking"), Spec("Identity")),
    *(Spec("ReLU", (6.0,)), Spec("ReLU", (-1,)), Spec("ReLU", (), {"threshold": None}), Spec("LeakyReLU")),
    *(Spec("LeakyReLU", (0.1,)), Spec("LeakyReLU", (), {"alpha": 0.1}), Spec("LeakyReLU", (None,)), Spec("ELU")),
    *(Spec("Softmax"), Spec("ActivityRegularization", (0.1,)), Spec("Dropout", (), {"rate": 0.5, "seed": 3})),
)


def same_shape(draw: Draw) -> Case:
    spec = draw(st.sampled_from(SAME))
    spec = Spec(spec.kind, spec.positional, odd(draw, dict(spec.keywords)))
    given = shape(draw, draw(st.integers(2, 4)), known_last=False)
    return Case(spec, (given,), dtype=draw(st.sampled_from(("float32", "int32", "float64"))))


def spatial_dropout(draw: Draw) -> Case:
    rank = draw(st.integers(1, 3))
    rate = draw(st.sampled_from((0, 0.5, 1, 1.5)))
    return Case(Spec(f"SpatialDropout{rank}D", (rate,), odd(draw, {})), (shape(draw, rank + 2, known_last=False),))


def normalization(draw: Draw) -> Case:
    names = ("BatchNormalization", "LayerNormalization", "UnitNormalization", "RMSNormalization", "Normalization")
    keywords: dict[str, Any] = {}
    maybe(draw, keywords, "axis", -1, 1, 2, -2, 3, [1], [1, 2], (-1, 1), "a", None, 1.5, one_in=2)
    kind = draw(st.sampled_from(names))
    if kind == "Normalization" and keywords.get("axis") == (-1, 1):
        keywords.pop("axis")  # A repeated axis: it depends on the sizes what happens.
    if kind in names[:2]:
        maybe(draw, keywords, "scale", False, one_in=3)
        maybe(draw, keywords, "center", False, one_in=3)
    return Case(Spec(kind, (), odd(draw, keywords)), (shape(draw, draw(st.integers(2, 4)), known_last=False),))


def group_normalization(draw: Draw) -> Case:
    keywords: dict[str, Any] = {"groups": draw(st.sampled_from((1, 2, 2, 3, -1, 0, 1.5, 32)))}
    maybe(draw, keywords, "axis", -1, 1, 2, -2)
    return Case(Spec("GroupNormalization", (), keywords), (shape(draw, draw(st.integers(2, 4)), high=8),))


def prelu(draw: Draw) -> Case:
    keywords: dict[str, Any] = {}
    maybe(draw, keywords, "shared_axes", 1, [1], [1, 2], [2], (1, 3), one_in=2)
    return Case(Spec("PReLU", (), keywords), (shape(draw, draw(st.integers(2, 4)), known_last=False),))


def attention(draw: Draw) -> Case:
    kind = draw(st.sampled_from(("Attention", "AdditiveAttention")))
    keywords: dict[str, Any] = {}
    maybe(draw, keywords, "use_scale", True, False)
    if kind == "Attention":
        maybe(draw, keywords, "score_mode", "dot", "concat", "x")
    shapes = several(draw, draw(st.sampled_from((1, 2, 2, 3, 4))))
    return Case(Spec(kind, (), odd(draw, keywords)), shapes, listed=len(shapes) > 1)


def multi_head_attention(draw: Draw) -> Case:
    keywords: dict[str, Any] = {}
    maybe(draw, keywords, "value_dim", 3, None, 0)
    maybe(draw, keywords, "output_shape", 5, (2, 3), None, one_in=4)
    batches = batch(draw)
    shapes = tuple((batches, size(draw, 4), size(draw, 4, none=sometimes(draw, 15))) for _ in range(2))
    if sometimes(draw, 3):
        last = size(draw, 4, none=sometimes(draw, 15))
        shapes += ((batches, shapes[1][1] if not sometimes(draw, 4) else size(draw), last),)
    heads = (count(draw, one_in=25), count(draw, one_in=25))
    return Case(Spec("MultiHeadAttention", heads, odd(draw, keywords)), shapes)


def einsum_dense(draw: Draw) -> Case:
    equations = (
        "ab,bc->ac",
        "abc,cd->abd",
        "...x,xy->...y",
        "abc,bcd->ad",
        "abc,cde->abde",
        "ab...,bc->ac...",
        "ab,cd->ad",
    )
    target = draw(st.sampled_from((3, (3,), (None, 3), (4, 3), (None, 2, 3), (2,), None)))
    keywords: dict[str, Any] = {}
    maybe(draw, keywords, "activation", *ACTIVATIONS, one_in=6)
    spec = Spec("EinsumDense", (draw(st.sampled_from((*equations, "ab->c"))), target), keywords)
    return Case(spec, (shape(draw, draw(st.integers(2, 4))),))


def numbers(draw: Draw) -> Case:
    """CategoryEncoding, Hashing, Discretization, Rescaling."""
    mode = draw(st.sampled_from(("int", "one_hot", "multi_hot", "count", "x")))
    kind = draw(st.sampled_from(("CategoryEncoding", "Hashing", "Discretization", "Rescaling")))
    bins = draw(st.sampled_from((3, 5, 0, -1, 2)))
    keywords: dict[str, Any] = {
        "CategoryEncoding": {"num_tokens": bins, "output_mode": mode},
        "Hashing": {"num_bins": bins, "output_mode": mode},
        "Discretization": {"bin_boundaries": [0.1, 0.5], "output_mode": mode},
        "Rescaling": {"scale": 0.5},
    }[kind]
    whole = kind in ("CategoryEncoding", "Hashing")
    given = (batch(draw), *(draw(st.sampled_from((1, 1, 2, 3, None))) for _ in range(draw(st.integers(0, 2)))))
    return Case(Spec(kind, (), keywords), (given,), dtype="int32" if whole else "float32")


def lookup(draw: Draw) -> Case:
    """TextVectorization, StringLookup and IntegerLookup with a written vocabulary."""
    kind = draw(st.sampled_from(("TextVectorization", "StringLookup", "IntegerLookup")))
    mode = draw(st.sampled_from(("int", "one_hot", "multi_hot", "count", "x")))
    words: list[Any] = [1, 2, 3] if kind == "IntegerLookup" else ["a", "b", "c", "d"]
    keywords: dict[str, Any] = {"output_mode": mode, "vocabulary": words}
    maybe(draw, keywords, "max_tokens", 10, 1, None)
    maybe(draw, keywords, "pad_to_max_tokens", True, one_in=4)
    if kind == "TextVectorization":
        maybe(draw, keywords, "output_sequence_length", 5, None, "a")
    else:
        maybe(draw, keywords, "num_oov_indices", 1, 2, 0)
    given = (batch(draw), *(draw(st.sampled_from((1, 1, 2, None))) for _ in range(draw(st.integers(0, 2)))))
    return Case(Spec(kind, (), keywords), (given,), dtype="int64" if kind == "IntegerLookup" else "string")


FAMILIES: tuple[Family, ...] = (
    *(dense, embedding, same_shape, spatial_dropout, normalization, group_normalization),
    *(prelu, attention, multi_head_attention, einsum_dense, numbers, lookup),
)
