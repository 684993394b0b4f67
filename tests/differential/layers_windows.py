"""Calls of convolutions and poolings."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.differential.layers_both import Case, Spec
from tests.differential.layers_draw import (
    ACTIVATIONS,
    Draw,
    Family,
    count,
    maybe,
    odd,
    shape,
    sometimes,
    tuple_size,
    window_keywords,
)


def convolution(draw: Draw) -> Case:
    rank = draw(st.sampled_from((1, 1, 1, 2, 2, 3)))
    keywords = window_keywords(draw, rank, "valid", "same", "causal", "SAME", "full")
    if sometimes(draw, 5):
        keywords["dilation_rate"] = tuple_size(draw, rank, 2)
    maybe(draw, keywords, "activation", *ACTIVATIONS, one_in=8)
    family = draw(st.sampled_from(("Conv", "Conv", "Conv", "Separable", "Depthwise", "Transpose")))
    rank = min(rank, 2) if family in ("Separable", "Depthwise") else rank
    kind = {"Conv": f"Conv{rank}D", "Transpose": f"Conv{rank}DTranspose"}.get(family, f"{family}Conv{rank}D")
    first: tuple[Any, ...] = () if family == "Depthwise" else (count(draw, one_in=25, high=4),)
    if family == "Conv":
        maybe(draw, keywords, "groups", 1, 2, 3, 0, one_in=8)
    if family in ("Separable", "Depthwise"):
        maybe(draw, keywords, "depth_multiplier", 1, 2, 3, 0, one_in=5)
    if family == "Transpose":
        maybe(draw, keywords, "output_padding", 0, 1, (1,) * rank, None, one_in=6)
    return Case(Spec(kind, (*first, tuple_size(draw, rank)), odd(draw, keywords)), (shape(draw, rank + 2, 8),))


def pooling(draw: Draw) -> Case:
    rank = draw(st.sampled_from((1, 1, 2, 3)))
    keywords = window_keywords(draw, rank, "valid", "same", "causal", "SAME")
    pool: tuple[Any, ...] = () if sometimes(draw, 4) else (tuple_size(draw, rank),)
    kind = draw(st.sampled_from((f"MaxPooling{rank}D", f"AveragePooling{rank}D", f"MaxPool{rank}D", f"AvgPool{rank}D")))
    return Case(Spec(kind, pool, odd(draw, keywords)), (shape(draw, rank + 2, 8, known_last=False),))


def global_pooling(draw: Draw) -> Case:
    rank = draw(st.sampled_from((1, 1, 2, 3)))
    kind = draw(st.sampled_from((f"GlobalMaxPooling{rank}D", f"GlobalAveragePooling{rank}D", f"GlobalAvgPool{rank}D")))
    keywords: dict[str, Any] = {}
    maybe(draw, keywords, "keepdims", True, False)
    maybe(draw, keywords, "data_format", "channels_first", "channels_last", "x")
    return Case(Spec(kind, (), odd(draw, keywords)), (shape(draw, rank + 2, known_last=False),))


FAMILIES: tuple[Family, ...] = (convolution, pooling, global_pooling)
