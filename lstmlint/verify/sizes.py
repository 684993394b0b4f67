"""Numbers for sizes that the program alone knows, and what a model of those sizes would cost.

A symbol (the rows of a CSV) gets one number, the same everywhere in a plan; a derived size (``n // 2``) is computed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lstmlint.interpreter.dims import Dim, Symbol, floor_divide, modulo
from lstmlint.keras_model.graph import Layer, Model, Node, all_layers

#: Different primes, so that two sizes that are not the same do not come out the same by luck.
_NUMBERS = (11, 7, 13, 5, 17, 3, 19, 23)
#: A size that cannot be met after this many tries is not met.
_TRIES = 400

#: Numbers that a size is tried with.
_MOST_TRIED = 2000

#: More than this is not trained here: about 1 GB with the gradients and two optimizer slots, and minutes a step.
MOST_PARAMETERS = 60_000_000


class Unplannable(Exception):
    """This finding cannot be put to the test here; the text says why."""


@dataclass(slots=True)
class Sizes:
    """The numbers chosen so far; ``shift`` gives another choice, for another run. ``chosen`` tells people."""

    shift: int = 0
    numbers: dict[Symbol, int] = field(default_factory=dict)

    def number(self, dim: Dim) -> int:
        """The value of a size under the choice made."""
        total = dim.constant
        for monomial, factor in dim.terms:
            total += factor * math.prod(self._symbol(symbol) for symbol in monomial)
        return total

    def meet(self, given: Dim, wanted: Dim) -> None:
        """Choose so that two sizes are equal, where a size that is still free allows it.

        A number picked at random would make a crash that the program need not have.
        """
        difference = given - wanted
        for monomial, factor in difference.terms:
            free = monomial[0] if len(monomial) == 1 and abs(factor) == 1 else None
            if free is None or free in self.numbers or next(_roots(free), None) is not free:
                continue
            rest = difference - Dim(0, ((monomial, factor),))
            number = -factor * self.number(rest)
            if number >= max(free.low, 1):
                self.numbers[free] = number
                return
        self._grow(given, wanted)

    def _grow(self, given: Dim, wanted: Dim) -> None:
        """``int(n * 0.7) - 6`` cannot be turned round: the least ``n`` from which on it is as large as wanted."""
        roots = {root for monomial, factor in given.terms if factor > 0 for top in monomial for root in _roots(top)}
        free = next(iter(roots - self.numbers.keys()), None)
        if free is None or len(roots) > 1 or not wanted.known:
            return
        for number in range(max(free.low, 1), max(free.low, 1) + _MOST_TRIED):
            self.numbers[free] = number
            if self.number(given) >= wanted.constant:
                return
        del self.numbers[free]

    def settle(self, dims: Iterable[Dim]) -> None:
        """Choose so that each of ``dims`` is at least 1; raises Unplannable where that is not managed."""
        wanted = list(dims)
        for _ in range(_TRIES):
            short = next((dim for dim in wanted if self.number(dim) < 1), None)
            if short is None:
                return
            self._raise(short)
        raise Unplannable("no sizes found for which every array has at least one element")

    @property
    def chosen(self) -> Iterator[str]:
        """``n = 47``, for sizes that have a name."""
        for symbol, number in self.numbers.items():
            if symbol.name != "?":
                yield f"{symbol.name} = {number}"

    def _symbol(self, symbol: Symbol) -> int:
        match symbol.key:
            case ("//", Dim() as left, Dim() as right):
                return floor_divide(Dim(self.number(left)), Dim(max(self.number(right), 1))).constant
            case ("%", Dim() as left, Dim() as right):
                return modulo(Dim(self.number(left)), Dim(max(self.number(right), 1))).constant
            case ("int", Dim() as source, float() as factor):
                return int(self.number(source) * factor)
            case ("either", _, frozenset() as numbers):
                return int(max(numbers))
            case _:
                return self.numbers.setdefault(symbol, self._fresh(symbol))

    def _fresh(self, symbol: Symbol) -> int:
        return max(_NUMBERS[(len(self.numbers) + self.shift) % len(_NUMBERS)], symbol.low)

    def _raise(self, dim: Dim) -> None:
        """Make ``n - look_back - 1`` larger: its added symbols grow by what is missing."""
        missing = 1 - self.number(dim)
        grown = [symbol for monomial, factor in dim.terms if factor > 0 for symbol in monomial]
        free = [symbol for top in grown for symbol in _roots(top)]
        if not free:
            raise Unplannable(f"the size {dim} is {self.number(dim)}")
        for symbol in free:
            self.numbers[symbol] = self.numbers.get(symbol, self._fresh(symbol)) + missing


def _roots(symbol: Symbol) -> Iterator[Symbol]:
    """The free symbols that a derived one grows with."""
    match symbol.key:
        case ("//" | "int", Dim() as source, _):
            for inner in source.symbols:
                yield from _roots(inner)
        case ("%" | "either", _, _):
            return
        case _:
            yield symbol


def parameters(model: Model, sizes: Sizes) -> int:
    """About how many weights the model has, from the shapes; layers without a rule here count as none."""
    counted: set[int] = set()
    total = 0
    for node in model.nodes:
        if id(node.layer) not in counted:
            counted.add(id(node.layer))
            total += _weights(node.layer, _last_axis(node, sizes), sizes)
    nested = (layer.model for layer in all_layers(model) if layer.model is not None)
    return total + sum(parameters(inner, sizes) for inner in nested)


def _last_axis(node: Node, sizes: Sizes) -> int:
    shape = node.input.shape if node.input else None
    last = shape[-1] if shape else None
    return 1 if last is None else max(sizes.number(last), 1)


_GATES = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1, "CuDNNLSTM": 4, "CuDNNGRU": 3, "ConvLSTM1D": 4, "ConvLSTM2D": 4}


def _weights(layer: Layer, features: int, sizes: Sizes) -> int:
    def argument(name: str) -> int:
        dim = layer.config.dim(name)
        return 0 if dim is None else max(sizes.number(dim), 0)

    match layer.kind:
        case kind if kind in _GATES:
            units = argument("units") or argument("filters")
            return _GATES[kind] * units * (units + features + 1)
        case "Bidirectional":
            return 2 * sum(_weights(inner, features, sizes) for inner in layer.inner)
        case "TimeDistributed":
            return sum(_weights(inner, features, sizes) for inner in layer.inner)
        case "Dense":
            return argument("units") * (features + 1)
        case "Embedding":
            return argument("input_dim") * argument("output_dim")
        case "Conv1D" | "Conv2D" | "Conv3D":
            kernel = [dim for dim in layer.config.dims("kernel_size") or () if dim is not None]
            return argument("filters") * features * math.prod(max(sizes.number(dim), 1) for dim in kernel)
        case _:
            return 0
