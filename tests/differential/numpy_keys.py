"""Indices and slices of an axis."""

from __future__ import annotations

import random


def drawn_key(rng: random.Random, size: int, inside: bool) -> str:
    """An index, a slice or several indices of an axis; with ``inside`` the slice's bounds lie in it."""
    positions = range(-size, size) if size else range(1)
    index = rng.choice(positions) if rng.randrange(100) > 2 else size + 5
    many = [rng.choice(positions) for _ in range(rng.choice((1, 2, 2, 3)))]
    bounds = [(start, stop) for start in (None, 1, 2, -2) for stop in (None, 3, -1)]
    bounds_of_two = [(start, stop) for start in (None, 1) for stop in (None, 5)]
    return str(
        rng.choice(
            (
                index,
                ":",
                _slice(rng.choice([pair for pair in bounds if not inside or _lies_inside(pair, size)])),
                "::2",
                "::-1",
                _slice(rng.choice([pair for pair in bounds_of_two if not inside or _lies_inside(pair, size)])) + ":2",
                repr(many),
                f"np.array({many!r})",
                f"np.arange({min(size, 3)})",
            )
        )
    )


def _slice(bounds: tuple[int | None, int | None]) -> str:
    return ":".join("" if bound is None else str(bound) for bound in bounds)


def _lies_inside(bounds: tuple[int | None, int | None], size: int) -> bool:
    start, stop = bounds
    first = 0 if start is None else start if start >= 0 else size + start
    last = size if stop is None else stop if stop >= 0 else size + stop
    return 0 <= first <= last <= size
