"""Pieces that a moving slice cuts of data, of which the two ends do not move alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim, Symbol, symbol_dim
from lstmlint.interpreter.values import BATCH_INDEX, Array, Const, Made, Sequence, Size, Slice, Table, Value
from lstmlint.keras_model.training import Run
from lstmlint.questions.provenance import ancestors, is_none

_RANGE = "builtins.range"
#: Sums and products looked through.
_DEEPEST = 12
#: Pieces that there are anyhow.
_SOME = 3


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """``data[start : stop]``, cut at ``made``: turn by turn ``start`` moves by ``step`` rows and ``stop`` by ``other``.

    ``empty`` is the index from which on nothing is in them, None where they grow.
    """

    made: Made
    step: int
    other: int
    empty: int | None


def uneven_pieces(run: Run, facts: Facts) -> Iterator[Pieces]:
    """Those among what a run is given, batch by batch or turn by turn."""
    if run.data_kind == "sequence":
        for fact in facts.assigned:
            yield from _uneven(getattr(fact.value, "made", None), asked=True)
    for value in (*run.x, *run.y):
        for one in ancestors(value):
            if isinstance(one, Array | Table | Sequence):
                yield from _uneven(one.made)


def _uneven(made: Made | None, asked: bool = False) -> Iterator[Pieces]:
    """``asked``: only what is cut for the batches of a ``Sequence``."""
    key = made.sources[1] if made is not None and made.operation == "index" and len(made.sources) > 1 else None
    if made is None or not isinstance(key, Slice) or not is_none(key.step):
        return
    start, stop = _end(key.start, _DEEPEST), _end(key.stop, _DEEPEST)
    index = _index_of(start, stop) if start is not None and stop is not None else None
    if index is None or start is None or stop is None or (asked and index.key != BATCH_INDEX):
        return
    (first, step), (last, other) = ((end.constant, dict(end.terms).get((index,), 0)) for end in (start, stop))
    turns = _turns(index)
    if 0 < other < step and 0 <= first < last:
        empty = -(-(last - first) // (step - other))
        if empty < turns:
            yield Pieces(made, step, other, empty)
    elif step == 1 and first == 0 and other == last > 1 and turns > 1:
        yield Pieces(made, step, other, None)


def _index_of(start: Dim, stop: Dim) -> Symbol | None:
    """The one index in both ends, with plain numbers before it."""
    symbols = start.symbols | stop.symbols
    index = next(iter(symbols)) if len(symbols) == 1 else None
    plain = index is not None and all(term == (index,) for end in (start, stop) for term, _ in end.terms)
    return index if plain and index is not None and _counts_turns(index) else None


def _counts_turns(symbol: Symbol) -> bool:
    """Whether it is the index of a batch or a loop, from 0 on by one: not a size, a share or a rest."""
    return symbol.low == 0 and symbol.step == 1 and symbol.high is not None and not isinstance(symbol.key, tuple)


def _turns(symbol: Symbol) -> int:
    """How many there are at least: where nobody knows that, a program that cuts data into pieces makes some."""
    high = symbol.high
    return high.constant + 1 if high is not None and high.known else _SOME


def _end(value: Value, deepest: int) -> Dim | None:
    """An end of a slice, with a symbol for the index where the interpreter followed one number only."""
    match value:
        case Size(dim=dim):
            return dim
        case Const(value=int() as number, made=made) if not isinstance(number, bool):
            if made is None or made.operation == "literal":
                return Dim(number)
            if made.operation in (BATCH_INDEX, _RANGE):
                # Of a loop that is followed number by number nobody tells here how many there are.
                key = made.span if made.operation == _RANGE else BATCH_INDEX
                return symbol_dim("i", key=key, high=symbol_dim("turns"))
            return _combined(made, deepest - 1) if made.operation == "arithmetic" and deepest else None
        case _:
            return None


def _combined(made: Made, deepest: int) -> Dim | None:
    if len(made.sources) != 2:
        return None
    left, right = (_end(source, deepest) for source in made.sources)
    if left is None or right is None:
        return None
    sums = {"+": left + right, "-": left - right, "*": left * right}
    return sums.get(made.operator)
