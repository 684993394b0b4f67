"""Exact sizes: integer polynomials over named symbols, and what can be told about two of them.

``n - look_back - 1`` stays what it is. Two sizes are *equal*, *different* or it *cannot be told*;
rules act on the first two only. What is not a polynomial (``n // 2``) becomes a symbol of its own whose
identity is the expression, so that ``n // 2`` equals ``n // 2`` and nothing else.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from enum import Enum

#: Coefficients and constants beyond this are not followed: a hostile literal must not cost memory.
LARGEST = 10**18
#: A symbol whose text is longer is no longer followed.
LONGEST_NAME = 80
#: A nameless size made from more symbols is a new one.
HEAVIEST = 60
#: A sum of more products than this is not a size anybody wrote.
MOST_TERMS = 24

_serials = itertools.count(1)


class Comparison(Enum):
    """What is known about two sizes."""

    EQUAL = "equal"
    DIFFERENT = "different"
    UNKNOWN = "cannot tell"


@dataclass(frozen=True, slots=True)
class Symbol:
    """An integer nobody knows before the program runs: the rows of a CSV, a loop's index.

    ``name`` is how it is shown (``?`` where the source has no name for it), ``key`` is its identity,
    ``low`` the least value it can have, ``high`` the greatest where there is one (a loop's last index). ``step`` is how
    far apart the values are that a loop's index takes, None where that is not known.
    """

    name: str
    key: Hashable
    low: int = 0
    high: Dim | None = field(default=None, compare=False)
    #: How many symbols its key is made of: comparing and hashing costs as much.
    weight: int = field(default=1, compare=False)
    step: int | None = field(default=1, compare=False)


_Monomial = tuple[Symbol, ...]


def _order(monomial: _Monomial) -> tuple[int, tuple[tuple[str, int], ...]]:
    return (-len(monomial), tuple(map(_rank, monomial)))


def _rank(symbol: Symbol) -> tuple[str, int]:
    """One order for equal products. The key itself can be a whole value: its hash is enough, and cheap."""
    return symbol.name, hash(symbol.key)


@dataclass(frozen=True, slots=True)
class Dim:
    """A polynomial with integer coefficients: ``constant`` plus the sum of ``terms``."""

    constant: int
    terms: tuple[tuple[_Monomial, int], ...] = ()

    @property
    def value(self) -> int | None:
        """The number, where it is one."""
        return None if self.terms else self.constant

    @property
    def known(self) -> bool:
        return not self.terms

    @property
    def symbols(self) -> frozenset[Symbol]:
        return frozenset(symbol for monomial, _ in self.terms for symbol in monomial)

    @property
    def anonymous(self) -> bool:
        """Whether nothing at all is known about it, not even a name."""
        return any(symbol.name == "?" for symbol in self.symbols)

    def __add__(self, other: Dim | int) -> Dim:
        other = as_dim(other)
        return _collect(self.constant + other.constant, itertools.chain(self.terms, other.terms))

    def __neg__(self) -> Dim:
        return Dim(-self.constant, tuple((monomial, -factor) for monomial, factor in self.terms))

    def __sub__(self, other: Dim | int) -> Dim:
        return self + -as_dim(other)

    def __mul__(self, other: Dim | int) -> Dim:
        other = as_dim(other)
        if len(self.terms) * len(other.terms) > MOST_TERMS**2:
            return unknown_dim()
        mine, theirs = (((), self.constant), *self.terms), (((), other.constant), *other.terms)
        products = [(tuple(sorted((*a, *b), key=_rank)), p * q) for a, p in mine for b, q in theirs]
        return _collect(0, products)

    def __str__(self) -> str:
        if self.anonymous:
            return "?"
        added_first = sorted(self.terms, key=lambda term: term[1] < 0)
        parts = [_term_text(monomial, factor) for monomial, factor in added_first]
        if self.constant or not parts:
            parts.insert(len(parts) if self.terms and added_first[0][1] > 0 else 0, str(self.constant))
        return " + ".join(parts).replace("+ -", "- ")


def _term_text(monomial: _Monomial, factor: int) -> str:
    names = "*".join(f"({s.name})" if " " in s.name and len(monomial) > 1 else s.name for s in monomial)
    match factor:
        case 1:
            return names
        case -1:
            return f"-{names}"
        case _:
            return f"{factor}*{names}"


def _collect(constant: int, terms: Iterable[tuple[_Monomial, int]]) -> Dim:
    sums: dict[_Monomial, int] = {}
    for monomial, factor in terms:
        sums[monomial] = sums.get(monomial, 0) + factor
    constant += sums.pop((), 0)
    kept = tuple(sorted(((m, f) for m, f in sums.items() if f), key=lambda term: _order(term[0])))
    too_large = abs(constant) > LARGEST or any(abs(factor) > LARGEST for _, factor in kept)
    too_long = len(kept) > MOST_TERMS or any(len(monomial) > MOST_TERMS for monomial, _ in kept)
    return unknown_dim() if too_large or too_long else Dim(constant, kept)


def as_dim(value: Dim | int) -> Dim:
    """The size of a plain integer; one too large to follow becomes unknown."""
    if isinstance(value, Dim):
        return value
    return Dim(int(value)) if abs(value) <= LARGEST else unknown_dim()


def symbol_dim(
    name: str, low: int = 0, key: Hashable | None = None, high: Dim | None = None, step: int | None = 1
) -> Dim:
    """A new size called ``name``; two calls give two sizes unless ``key`` is the same."""
    return Dim(0, (((Symbol(name, next(_serials) if key is None else key, low, high, step=step),), 1),))


def unknown_dim() -> Dim:
    """A size of which nothing is known. Equal to itself only."""
    return symbol_dim("?")


def compare(left: Dim | int, right: Dim | int) -> Comparison:
    """Equal, different, or cannot tell, for every value the symbols can take."""
    difference = as_dim(left) - as_dim(right)
    if not difference.terms:
        return Comparison.DIFFERENT if difference.constant else Comparison.EQUAL
    if least(difference) > 0 or least(-difference) > 0:
        return Comparison.DIFFERENT
    return Comparison.UNKNOWN


def same(left: Dim | int, right: Dim | int) -> bool:
    return compare(left, right) is Comparison.EQUAL


def differ(left: Dim | int, right: Dim | int) -> bool:
    """Whether two sizes of data certainly differ; data has at least one sample, so ``n`` and ``3*n`` do."""
    if compare(left, right) is Comparison.DIFFERENT:
        return True
    if _below(as_dim(left), as_dim(right)) or _below(as_dim(right), as_dim(left)):
        return True
    ratio = exact_quotient(as_dim(left), as_dim(right)) or exact_quotient(as_dim(right), as_dim(left))
    return ratio is not None and ratio.known and ratio.constant > 1


def _below(left: Dim, right: Dim) -> bool:
    """Whether ``a // d + c`` is certainly less than another size: windows cut at every d-th row, and all the rows."""
    match left.terms:
        case (((Symbol(key=("//", Dim() as dividend, Dim(terms=()) as divisor)),), 1),) if divisor.constant > 1:
            return least((right - left.constant) * divisor.constant - dividend) >= 1
        case _:
            return False


def at_most(size: Dim, limit: Dim | None) -> Dim:
    """A size, or the limit where that is certainly less and there is anything at all."""
    if limit is None or not (limit.known and size.known):
        return size
    return limit if 0 < limit.constant < size.constant else size


def least(dim: Dim) -> float:
    """A lower bound, ``-inf`` where there is none. A loop's index counts down from its greatest value."""
    for _ in range(4):
        capped = next(((m[0], f) for m, f in dim.terms if f < 0 and len(m) == 1 and m[0].high is not None), None)
        if capped is None:
            break
        symbol, factor = capped
        assert symbol.high is not None
        dim = dim + (symbol.high - Dim(0, (((symbol,), 1),))) * factor
    bound: float = dim.constant
    for monomial, factor in dim.terms:
        if factor < 0 or any(symbol.low < 0 for symbol in monomial):
            return -math.inf
        bound += factor * math.prod(symbol.low for symbol in monomial)
    return bound


def exact_quotient(dividend: Dim, divisor: Dim) -> Dim | None:
    """``dividend / divisor`` where the division is exact for all values of the symbols, else None."""
    if divisor == Dim(0):
        return None
    match divisor.terms:
        case ():
            monomial, factor = (), divisor.constant
        case ((monomial, factor),) if not divisor.constant:
            pass
        case _:
            return Dim(1) if dividend == divisor else _long_division(dividend, divisor)
    quotients = []
    for term, coefficient in (((), dividend.constant), *dividend.terms):
        if coefficient % factor:
            return None
        rest = _without(term, monomial) if coefficient else ()
        if rest is None:
            return None
        quotients.append((rest, coefficient // factor))
    return _collect(0, quotients)


def _without(term: _Monomial, monomial: _Monomial) -> _Monomial | None:
    rest = list(term)
    for symbol in monomial:
        if symbol not in rest:
            return None
        rest.remove(symbol)
    return tuple(rest)


def _long_division(dividend: Dim, divisor: Dim) -> Dim | None:
    """``(n - 3) * 60 / (n - 3)``: divide leading terms until nothing is left."""
    quotient, (lead, factor) = Dim(0), divisor.terms[0]
    for _ in range(MOST_TERMS):
        if dividend == Dim(0):
            return quotient
        if not dividend.terms:
            return None
        term, coefficient = dividend.terms[0]
        rest = _without(term, lead)
        if rest is None or coefficient % factor:
            return None
        step = _collect(0, [(rest, coefficient // factor)])
        quotient, dividend = quotient + step, dividend - step * divisor
    return None


def floor_divide(dividend: Dim, divisor: Dim) -> Dim:
    """``dividend // divisor``; a symbol of its own where that is not a polynomial."""
    if divisor == Dim(0):
        return unknown_dim()
    if dividend.known and divisor.known:
        return Dim(dividend.constant // divisor.constant)
    exact = exact_quotient(dividend, divisor)
    if exact is not None:
        return exact
    return _fewer(*_lowest_terms(dividend, divisor))


def _lowest_terms(dividend: Dim, divisor: Dim) -> tuple[Dim, Dim]:
    """``5*n // 50`` is ``n // 10``: what divides both for all values goes."""
    if not divisor.known or divisor.constant < 2:
        return dividend, divisor
    factor = math.gcd(divisor.constant, dividend.constant, *(factor for _, factor in dividend.terms))
    return exact_quotient(dividend, Dim(factor)) or dividend, Dim(divisor.constant // factor)


def _fewer(dividend: Dim, divisor: Dim) -> Dim:
    """``n // 10``, of which is known that it is less than ``n`` where there is anything to divide."""
    found = _atom("//", dividend, divisor)
    if not (divisor.known and divisor.constant > 1 and least(dividend) >= 1) or found.anonymous:
        return found
    return symbol_dim(str(found), key=("//", dividend, divisor), high=dividend - 1)


def modulo(dividend: Dim, divisor: Dim) -> Dim:
    """``dividend % divisor``; a symbol of its own where that cannot be told."""
    if divisor == Dim(0):
        return unknown_dim()
    if dividend.known and divisor.known:
        return Dim(dividend.constant % divisor.constant)
    if exact_quotient(dividend, divisor) is not None:
        return Dim(0)
    return _atom("%", dividend, divisor)


def truncated(source: Dim, factor: float) -> Dim:
    """``int(source * factor)``, such as the size of a training part."""
    if source.known:
        return as_dim(int(source.constant * factor))
    if source.anonymous:
        return _nameless(("int", source, factor), source)
    high = source - 1 if 0 <= factor < 1 and least(source) >= 1 else None
    return symbol_dim(f"int({_wrapped(source)} * {factor:g})", key=("int", source, factor), high=high)


def rounded_up(source: Dim, factor: float) -> Dim:
    """``ceil(source * factor)``, such as the size of a test part."""
    if source.known:
        return as_dim(math.ceil(source.constant * factor))
    if source.anonymous:
        return _nameless(("ceil", source, factor), source)
    return symbol_dim(f"ceil({_wrapped(source)} * {factor:g})", key=("ceil", source, factor))


def _atom(operator: str, left: Dim, right: Dim) -> Dim:
    if left.anonymous or right.anonymous:
        return _nameless((operator, left, right), left, right)
    name = f"{_wrapped(left)} {operator} {_wrapped(right)}"
    return symbol_dim(name, key=(operator, left, right)) if len(name) <= LONGEST_NAME else unknown_dim()


def _nameless(key: tuple[Hashable, ...], *sources: Dim) -> Dim:
    """A size made from others, equal to what is made from them in the same way; too long a way is not followed."""
    weight = 1 + sum(symbol.weight for source in sources for symbol in source.symbols)
    return Dim(0, (((Symbol("?", key, weight=weight),), 1),)) if weight <= HEAVIEST else unknown_dim()


def _wrapped(dim: Dim) -> str:
    text = str(dim)
    is_call = text.startswith("int(") and text.index(")") == len(text) - 1
    return f"({text})" if " " in text and not is_call else text


def product(dims: Iterable[Dim]) -> Dim:
    total = Dim(1)
    for dim in dims:
        total = total * dim
    return total
