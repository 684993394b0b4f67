"""Losses by one name, and how each treats shapes: what broadcasts, what raises (measured: tests/differential)."""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias

from lstmlint.interpreter.dims import Comparison, Dim, compare, least

_SHORT = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence",
    "logcosh": "log_cosh",
    "cosine_proximity": "cosine_similarity",
    "huber_loss": "huber",
}
_ACRONYMS = {"kldivergence": "kl_divergence", "logcosh": "log_cosh", "ctc": "ctc"}


def canonical_loss(name: str) -> str:
    """``MSE``, ``mse``, ``MeanSquaredError`` -> ``mean_squared_error``."""
    lower = name.lower()
    if lower in _SHORT:
        return _SHORT[lower]
    if lower in _ACRONYMS:
        return _ACRONYMS[lower]
    if "_" in name or name.islower():
        return lower
    snake = "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))
    return _SHORT.get(snake, snake)


class Match(Enum):
    """What a loss does with an output and a target of given shapes."""

    FITS = "each value has its target"
    BROADCASTS = "runs, and compares values that do not belong together"
    RAISES = "raises"
    MISFITS = "broadcasts or raises, depending on the batch size"
    UNKNOWN = "cannot tell"


#: Losses that subtract or multiply outputs and targets as numpy does.
ELEMENTWISE = frozenset(
    {
        *(
            "mean_squared_error",
            "mean_absolute_error",
            "mean_absolute_percentage_error",
            "huber",
            "log_cosh",
            "poisson",
        ),
        *("mean_squared_logarithmic_error", "cosine_similarity", "kl_divergence", "hinge", "squared_hinge"),
        *("categorical_hinge", "root_mean_squared_error"),
    }
)
#: Losses that want equal shapes.
STRICT = frozenset({"binary_crossentropy", "categorical_crossentropy"})
SPARSE = "sparse_categorical_crossentropy"

#: Before the name of a function of the program's own that subtracts or multiplies outputs and targets as they are.
OWN = "own "

_ONE = Dim(1)
_Dims: TypeAlias = tuple[Dim | None, ...]


def match(loss: str, output: _Dims, target: _Dims, batch: Dim | None = None, keras: int = 3) -> Match:
    """How ``loss`` compares ``output`` with ``target``: shapes with the batch axis, whose size (None: not known) is
    ``batch``.

    Mirrors ``squeeze_or_expand_to_same_rank`` and the losses of Keras 3.15, and ``compile_utils`` and ``losses_utils``
    of Keras 2.
    """
    if loss != SPARSE and loss not in ELEMENTWISE and loss not in STRICT and not loss.startswith(OWN):
        return Match.UNKNOWN
    out, wanted = (batch, *output[1:]), (batch, *target[1:])
    if keras == 2 and len(wanted) == 1 and len(out) == 2:
        wanted = (batch, _ONE)
    if loss == SPARSE:
        return _sparse(out, wanted)
    out, wanted = _same_rank(out, wanted, keras)
    if loss in STRICT:
        return _strict(out, wanted, keras)
    return _elementwise(out, wanted)


def _same_rank(out: _Dims, wanted: _Dims, keras: int) -> tuple[_Dims, _Dims]:
    """A last axis of 1 is dropped, or added, where that makes the ranks equal."""
    if len(out) == len(wanted) + 1 and out[-1] == _ONE:
        return (out, (*wanted, _ONE)) if len(wanted) == 1 and keras == 3 else (out[:-1], wanted)
    if len(wanted) == len(out) + 1 and wanted[-1] == _ONE:
        return ((*out, _ONE), wanted) if len(out) == 1 and keras == 3 else (out, wanted[:-1])
    return out, wanted


def _strict(out: _Dims, wanted: _Dims, keras: int) -> Match:
    if len(out) != len(wanted):
        return Match.RAISES if keras == 3 else Match.MISFITS
    found = _axes(out[1:], wanted[1:])
    return (Match.RAISES if keras == 3 else Match.MISFITS) if found is Match.BROADCASTS else found


def _sparse(out: _Dims, wanted: _Dims) -> Match:
    """Targets have the output's shape without its last axis, or with one of size 1."""
    if len(wanted) == len(out) + 1 and wanted[-1] == _ONE:
        wanted = wanted[:-1]
    if len(wanted) == len(out) and wanted[-1] == _ONE:
        wanted = wanted[:-1]
    elif len(wanted) == len(out) and wanted[-1] is not None and not wanted[-1].known:
        return Match.UNKNOWN
    if len(wanted) != len(out) - 1:
        return Match.RAISES
    found = _axes(out[1:-1], wanted[1:])
    return Match.RAISES if found is Match.BROADCASTS else found


def _elementwise(out: _Dims, wanted: _Dims) -> Match:
    if len(out) == len(wanted):
        return _axes(out[1:], wanted[1:])
    shorter, longer = sorted((out, wanted), key=len)
    inner = longer[len(longer) - len(shorter) :]
    found = _axes(inner[1:], shorter[1:])
    if found in (Match.RAISES, Match.UNKNOWN):
        return found
    return _batch_on_axis(shorter[0], inner[0])


def _batch_on_axis(batch: Dim | None, size: Dim | None) -> Match:
    """The samples of the shorter one lie on an inner axis of the longer one."""
    if size == _ONE or batch == _ONE:
        return Match.BROADCASTS
    if size is None or batch is None:
        return Match.MISFITS
    return {
        Comparison.EQUAL: Match.BROADCASTS,
        Comparison.DIFFERENT: Match.RAISES,
        Comparison.UNKNOWN: Match.MISFITS,
    }[compare(batch, size)]


def _axes(left: _Dims, right: _Dims) -> Match:
    """Axis by axis: all equal, one of 1 against another size, or no way."""
    found = [_axis(a, b) for a, b in zip(left, right, strict=True)]
    for worst in (Match.RAISES, Match.UNKNOWN, Match.MISFITS, Match.BROADCASTS):
        if worst in found:
            return worst
    return Match.FITS


def _axis(left: Dim | None, right: Dim | None) -> Match:
    if left is None or right is None:
        return Match.UNKNOWN
    match compare(left, right):
        case Comparison.EQUAL:
            return Match.FITS
        case Comparison.DIFFERENT:
            return Match.BROADCASTS if _ONE in (left, right) else _never_one(left, right)
        case _:
            return Match.UNKNOWN


def _never_one(left: Dim, right: Dim) -> Match:
    """Sizes that differ and are above 1 do not broadcast; a symbol may be 1."""
    above = all(dim.known or least(dim) > 1 for dim in (left, right))
    return Match.RAISES if above else Match.MISFITS
