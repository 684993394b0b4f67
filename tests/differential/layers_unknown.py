"""The same layer call with less known: sizes as symbols, arguments unknown, ranks unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmlint.interpreter.dims import Dim, Symbol, symbol_dim
from lstmlint.interpreter.values import Const, Sequence, Size, Tensor, Unknown, Value
from lstmlint.keras_model.graph import Layer
from lstmlint.keras_model.layers import LayerInput, call_layer, make_layer
from lstmlint.keras_model.layers.calling import Called
from tests.differential.layers_both import Case, PlainShape, Spec, refused_inside

Values = Mapping[Symbol, int]
#: What a symbol stands for may be anything: nothing can be compared.
ANYTHING = object()


class Veil:
    """Hides sizes behind symbols and arguments behind Unknown, as a stream of yes and no says."""

    def __init__(self, hidden: Iterator[bool]) -> None:
        self.hidden = hidden
        self.values: dict[Symbol, int] = {}

    def size(self, number: int) -> Dim:
        if number < 1 or not next(self.hidden, False):
            return Dim(number)
        dim = symbol_dim("n", low=1)
        self.values[next(iter(dim.symbols))] = number
        return dim

    def value(self, plain: Any) -> Value:
        match plain:
            case _ if next(self.hidden, False) and next(self.hidden, False):
                return Unknown("hidden")
            case Spec():
                return self.layer(plain)
            case list() | tuple():
                items = tuple(self.value(item) for item in plain)
                return Sequence("list" if isinstance(plain, list) else "tuple", items, Dim(len(items)))
            case int() if not isinstance(plain, bool):
                dim = self.size(plain)
                return Const(plain) if dim.known else Size(dim)
            case _:
                return Const(plain)

    def layer(self, spec: Spec) -> Layer:
        positional = [self.value(value) for value in spec.positional]
        keywords = {name: self.value(value) for name, value in spec.keywords.items()}
        return make_layer(spec.kind, positional, keywords, keras=3)

    def shape(self, plain: PlainShape) -> tuple[Dim | None, ...] | None:
        return tuple(None if size is None else self.size(size) for size in plain)


def call_veiled(case: Case, veil: Veil, ranks_known: bool = True) -> tuple[Layer, Called]:
    """The call with less known."""
    layer = veil.layer(case.spec)
    shapes = [veil.shape(shape) if ranks_known else None for shape in case.shapes]
    given = LayerInput(tuple(Tensor(shape, case.dtype) for shape in shapes), listed=case.listed)
    return layer, call_layer(layer, given)


def refuses(layer: Layer, called: Called) -> bool:
    return refused_inside(layer) or (called.problem is not None and called.problem.stage != "train")


def number_of(dim: Dim, values: Values) -> Any:
    """The size with every symbol replaced, ``ANYTHING`` where one is not ours."""
    total = dim.constant
    for monomial, factor in dim.terms:
        part = factor
        for symbol in monomial:
            number = _symbol(symbol, values)
            if number is ANYTHING:
                return ANYTHING
            part *= number
        total += part
    return total


def _symbol(symbol: Symbol, values: Values) -> Any:
    match symbol.key:
        case (str() as operator, Dim() as left, Dim() as right):
            numbers = number_of(left, values), number_of(right, values)
            if ANYTHING in numbers or numbers[1] == 0:
                return ANYTHING
            return numbers[0] // numbers[1] if operator == "//" else numbers[0] % numbers[1]
        case _:
            return values.get(symbol, ANYTHING)


def fits(veiled: tuple[Dim | None, ...] | None, real: PlainShape, values: Values) -> bool:
    """Whether a shape of which less is known allows the real one; None where the real one has None."""
    if veiled is None or real == "unknown":
        return True
    return len(veiled) == len(real) and all(_axis_fits(*axis, values) for axis in zip(veiled, real, strict=True))


def _axis_fits(dim: Dim | None, size: int | None, values: Values) -> bool:
    if dim is None:
        return size is None
    number = number_of(dim, values)
    return number is ANYTHING or number == size
