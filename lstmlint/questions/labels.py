"""What the numbers of classes count from."""

from __future__ import annotations

from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Array
from lstmlint.questions.aims import Aimed
from lstmlint.questions.bounds import certain_bounds
from lstmlint.questions.kept import kept_from


def counted_from_one(aimed: Aimed) -> bool:
    """Whether ``to_categorical`` was given the classes 1, 2 ... so that its rows are wider than the output by one."""
    width, units = aimed.dims[-1].value, aimed.shape[-1]
    for made in kept_from(aimed.array):
        if made.operation == "keras.utils.to_categorical" and width is not None and made.sources:
            labels = made.sources[0]
            return isinstance(labels, Array) and certain_bounds(labels) == (1, width - 1) and units == Dim(width - 1)
    return False
