"""Arrays read from files, whose contents are not known."""

from __future__ import annotations

from lstmlint.interpreter.dims import symbol_dim, unknown_dim
from lstmlint.interpreter.library import Call, function
from lstmlint.interpreter.requests import (
    dtype,
)
from lstmlint.interpreter.values import Array, Sequence, Value


@function("numpy.load numpy.fromfile numpy.frombuffer numpy.fromstring numpy.memmap", "file, *args, **kwargs")
def load(call: Call) -> Value:
    """What a file holds is not known; what ``np.load`` gives is an array or an archive of arrays."""
    flat = call.name.rpartition(".")[2].startswith("from")
    return Array((unknown_dim(),), None, made=call.made()) if flat else Array(None, made=call.made())


@function("numpy.loadtxt numpy.genfromtxt", "fname, dtype=None, *args, usecols=None, unpack=False, **kwargs")
def loadtxt(call: Call) -> Value:
    """Rows of text: of two axes where several columns are asked for, of one where a single one is."""
    kind, rows, columns = dtype(call).of("float64"), symbol_dim("rows"), call["usecols"]
    if call.flag("unpack") is not False or "args" in call.given:
        return Array(None, kind, made=call.made())
    if isinstance(columns, Sequence) and columns.length.known and columns.length.constant > 1:
        return Array((rows, columns.length), kind, made=call.made())
    return Array((rows,) if call.dim("usecols") is not None else None, kind, made=call.made())
