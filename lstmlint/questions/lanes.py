"""Stretches of a recording laid side by side, piece after piece, so that each row of a batch follows one of them."""

from __future__ import annotations

from lstmlint.interpreter.dims import Dim, same
from lstmlint.interpreter.values import Array, Made
from lstmlint.questions.batches import unordered

_RESHAPES = frozenset({"numpy.reshape", "Array.reshape"})
NONE = (None, None, None)
_TURNS = frozenset({"swapaxes", "transpose", "moveaxis"})


def lanes_of(x: Array) -> tuple[Made, Dim, Dim] | tuple[None, None, None]:
    """How many stretches stand side by side in ``.reshape(lanes, -1, steps, features).swapaxes(0, 1).reshape(...)``.

    Row ``i`` of sample ``t * lanes + i`` goes on in the sample ``lanes`` later, and in no other. The step that lays
    them out, the stretches and the samples.
    """
    made = unordered(x)
    turned = made.sources[0] if made is not None and made.operation in _RESHAPES else None
    if made is None or not isinstance(turned, Array) or turned.made is None or not turned.shape or not x.shape:
        return NONE
    before = turned.made.sources[0] if turned.made.sources else None
    is_turn = turned.made.operation.rpartition(".")[2] in _TURNS
    if not is_turn or not isinstance(before, Array) or not before.shape or len(before.shape) != len(x.shape) + 1:
        return NONE
    lanes, pieces, *rest = before.shape
    swapped = _alike(turned.shape, (pieces, lanes, *rest)) and _alike(x.shape[1:], tuple(rest))
    # Where two axes are of one size, which of them was moved is not told by the shapes.
    told = not any(same(lanes, other) for other in (pieces, *rest)) and not any(same(pieces, one) for one in rest)
    return (made, lanes, x.shape[0]) if swapped and told else NONE


def _alike(left: tuple[Dim, ...], right: tuple[Dim, ...]) -> bool:
    return len(left) == len(right) and all(map(same, left, right))
