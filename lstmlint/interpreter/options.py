"""Sizes that are one of a few numbers: what branches leave of ``1 if rises else -1``."""

from __future__ import annotations

import itertools

from lstmlint.interpreter.dims import Dim, Symbol, symbol_dim, unknown_dim

#: A size is followed as one of so many numbers.
MOST_OPTIONS = 16

_serials = itertools.count(1)


def either_dim(left: Dim, right: Dim) -> Dim:
    """A size that is one of two, or of the few that each of them is one of; equal to itself only."""
    numbers = options_of(left) | options_of(right)
    if not options_of(left) or not options_of(right) or len(numbers) > MOST_OPTIONS:
        return unknown_dim()
    key = ("either", next(_serials), numbers)
    return symbol_dim("?", min(numbers), key, high=Dim(max(numbers)), step=None)


def options_of(size: Dim) -> frozenset[int]:
    """The few numbers that a size is one of; nothing where these are not known."""
    match size:
        case Dim(terms=()):
            return frozenset((size.constant,))
        case Dim(terms=((((Symbol(key=("either", _, frozenset() as numbers)),), factor),)), constant=constant):
            return frozenset(factor * number + constant for number in numbers)
        case _:
            return frozenset()
