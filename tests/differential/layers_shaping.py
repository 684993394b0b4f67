"""Calls of layers that lay the axes out anew, pad, crop, repeat or merge."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.differential.layers_both import Case, Spec
from tests.differential.layers_draw import Draw, Family, batch, count, maybe, odd, several, shape, sometimes, tuple_size


def repeat_vector(draw: Draw) -> Case:
    return Case(Spec("RepeatVector", (count(draw),), odd(draw, {})), (shape(draw, 2, known_last=False),))


def reshape(draw: Draw) -> Case:
    target: Any = tuple(draw(st.lists(st.sampled_from((1, 2, 3, 4, 6, 12, -1)), min_size=0, max_size=4)))
    given = (batch(draw), *draw(st.lists(st.sampled_from((1, 2, 3, 4, 6, 12, None)), max_size=4)))
    if None not in given[1:] and not sometimes(draw, 3):
        target = _factors(draw, given[1:])
    if sometimes(draw, 20):
        target = draw(st.sampled_from((3, None, (-2, 3), (None, 2), (-1, -1), 2.5)))
    return Case(Spec("Reshape", (target,), odd(draw, {})), (given,), dtype=draw(st.sampled_from(("float32", "int32"))))


def _factors(draw: Draw, axes: tuple[int, ...]) -> tuple[int, ...]:
    """A shape with the same number of elements, -1 in place of one axis now and then."""
    flat = sorted(axes, key=lambda _: draw(st.integers(0, 3)))
    if flat and sometimes(draw, 2):
        flat[draw(st.integers(0, len(flat) - 1))] = -1
    return tuple(flat)


def flatten(draw: Draw) -> Case:
    keywords: dict[str, Any] = {}
    maybe(draw, keywords, "data_format", "channels_first", "channels_last", None, "other", one_in=6)
    return Case(Spec("Flatten", (), odd(draw, keywords)), (shape(draw, draw(st.integers(1, 5)), known_last=False),))


def permute(draw: Draw) -> Case:
    rank = draw(st.integers(1, 3))
    dims: Any = tuple(draw(st.permutations(range(1, rank + 1))))
    if sometimes(draw, 12):
        dims = draw(st.sampled_from(((0, 1), (1, 1), (2, 3), 2, None, (1, 3))))
    return Case(Spec("Permute", (dims,)), (shape(draw, rank + 1, known_last=False),))


def merge(draw: Draw) -> Case:
    kind = draw(st.sampled_from(("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")))
    shapes = several(draw, 2 if kind == "Subtract" and not sometimes(draw) else draw(st.integers(1, 3)))
    return Case(Spec(kind, (), odd(draw, {})), shapes, listed=len(shapes) > 1 or not sometimes(draw, 2))


def concatenate(draw: Draw) -> Case:
    keywords: dict[str, Any] = {}
    maybe(draw, keywords, "axis", -1, 1, 2, -2, 0, 5, -3, 3, one_in=2)
    shapes = several(draw, draw(st.integers(1, 3)))
    return Case(Spec("Concatenate", (), keywords), shapes, listed=len(shapes) > 1 or not sometimes(draw, 2))


def dot(draw: Draw) -> Case:
    axes = draw(st.sampled_from((1, 2, -1, (1, 1), (2, 2), (1, 2), (2, 1), (-1, -1), (-1, 1), "a", (1,), 3, [1, 1])))
    shapes = several(draw, 2 if not sometimes(draw) else draw(st.integers(1, 3)))
    return Case(Spec("Dot", (axes,)), shapes, listed=len(shapes) > 1)


def padding(draw: Draw) -> Case:
    """ZeroPadding and Cropping: an integer, or pairs."""
    rank = draw(st.integers(1, 3))
    pair = st.tuples(st.integers(0, 2), st.integers(0, 2))
    right = pair if rank == 1 else st.one_of(st.tuples(*(pair,) * rank), st.tuples(*(st.integers(0, 2),) * rank))
    amount: tuple[Any, ...] = (draw(st.one_of(st.integers(0, 2), right)),)
    if sometimes(draw, 8):
        amount = (draw(st.sampled_from((-1, "a", None, (1,), (1, 2, 3), ((1, 2),), ((1, 2), (1, -1)), 1.5))),)
    kind = draw(st.sampled_from((f"ZeroPadding{rank}D", f"Cropping{rank}D")))
    keywords: dict[str, Any] = {}
    maybe(draw, keywords, "data_format", "channels_first", "channels_last", "x", one_in=6)
    return Case(Spec(kind, () if sometimes(draw) else amount, keywords), (shape(draw, rank + 2, known_last=False),))


def upsampling(draw: Draw) -> Case:
    rank = draw(st.integers(1, 3))
    amount = () if sometimes(draw) else (tuple_size(draw, rank),)
    keywords: dict[str, Any] = {}
    maybe(draw, keywords, "data_format", "channels_first", "channels_last", "x", one_in=6)
    return Case(Spec(f"UpSampling{rank}D", amount, keywords), (shape(draw, rank + 2, known_last=False),))


FAMILIES: tuple[Family, ...] = (
    *(repeat_vector, reshape, flatten, permute, merge),
    *(concatenate, dot, padding, upsampling),
)
