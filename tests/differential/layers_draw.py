"""What is drawn of every layer call: sizes, shapes, numbers of units, keywords; now and then a wrong one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.differential.layers_both import Case, PlainShape

Draw = Callable[[st.SearchStrategy[Any]], Any]
Family = Callable[[Draw], Case]
ACTIVATIONS = ("relu", "tanh", None, "linear", "softmax", "softmaxx", "sigmoid")
#: Keywords that some layers of some Keras version take.
STRANGE = (("foo", 3), ("input_length", 4), ("batch_input_shape", (2, 4, 3)), ("weights", None), ("time_major", False))


def sometimes(draw: Draw, one_in: int = 12) -> bool:
    return draw(st.integers(1, one_in)) == 1


def size(draw: Draw, high: int = 6, none: bool = True) -> int | None:
    """An axis: small, None now and then."""
    return None if none and sometimes(draw, 4) else draw(st.integers(1, high))


def batch(draw: Draw) -> int | None:
    return draw(st.sampled_from((None, None, 2, 4)))


def shape(draw: Draw, rank: int, high: int = 6, known_last: bool = True) -> PlainShape:
    """A batch shape of ``rank`` axes, or now and then of another rank."""
    if sometimes(draw, 10):
        rank = draw(st.integers(1, 6))
    axes = [size(draw, high) for _ in range(rank - 2)]
    last = [size(draw, high, none=not known_last or sometimes(draw, 15))] if rank > 1 else []
    return (batch(draw), *axes, *last)


def several(draw: Draw, number: int) -> tuple[PlainShape, ...]:
    """Shapes that are alike but for an axis now and then."""
    rank = draw(st.integers(2, 4))
    base = (batch(draw), *(size(draw, 4) for _ in range(rank - 1)))
    return tuple(_varied(draw, base) for _ in range(number))


def _varied(draw: Draw, base: PlainShape) -> PlainShape:
    axes = list(base)
    if sometimes(draw, 3):
        axes[draw(st.integers(0, len(axes) - 1))] = draw(st.sampled_from((1, 2, 3, None)))
    if sometimes(draw, 10):
        axes.append(draw(st.integers(1, 3)))
    return tuple(axes)


def count(draw: Draw, *, one_in: int = 15, high: int = 5) -> Any:
    """A number of units: positive, or now and then something Keras must refuse."""
    if sometimes(draw, one_in):
        return draw(st.sampled_from((0, -1, 2.5, "3", None, 2.0)))
    return draw(st.integers(1, high))


def maybe(draw: Draw, keywords: dict[str, Any], name: str, *values: Any, one_in: int = 3) -> None:
    """Add a keyword with one of the values, or leave it out."""
    if sometimes(draw, one_in):
        keywords[name] = draw(st.sampled_from(values))


def odd(draw: Draw, keywords: dict[str, Any]) -> dict[str, Any]:
    """Now and then a keyword that no layer has, or one that the base layer takes."""
    if sometimes(draw, 25):
        name, value = draw(st.sampled_from(STRANGE))
        keywords[name] = value
    if sometimes(draw, 25):
        keywords["trainable"] = False
    if sometimes(draw, 25):
        keywords["dtype"] = draw(st.sampled_from(("float32", "float16", "float64")))
    return keywords


def tuple_size(draw: Draw, rank: int, high: int = 3) -> Any:
    """``kernel_size``: an integer, a tuple, or now and then a wrong one."""
    if sometimes(draw, 30):
        return draw(st.sampled_from((0, -1, "3", (1,) * (rank + 1), 2.5, None, (0,) * rank)))
    return draw(st.one_of(st.integers(1, high), st.tuples(*(st.integers(1, high) for _ in range(rank)))))


def window_keywords(draw: Draw, rank: int, *paddings: str) -> dict[str, Any]:
    keywords: dict[str, Any] = {}
    maybe(draw, keywords, "padding", *paddings, one_in=2)
    if sometimes(draw, 3):
        keywords["strides"] = tuple_size(draw, rank)
    if sometimes(draw, 8):
        keywords["data_format"] = draw(st.sampled_from(("channels_first", "channels_last", "Channels_Last", "x", None)))
    return keywords
