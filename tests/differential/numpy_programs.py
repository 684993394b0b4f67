"""Random programs over numpy, drawn while they run, so that most calls fit and some do not."""

from __future__ import annotations

import random
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.differential.numpy_calls import TEMPLATES
from tests.differential.numpy_keys import drawn_key

#: The size that stands as ``n``: larger than any slice bound drawn.
SIZES = (7, 8, 10, 12)
LARGEST = 3000
#: The size of what these give depends on contents; slice bounds could lie outside.
_OF_CONTENTS = re.compile(r"unique|nonzero|argwhere|bincount|[<>=] [\d.]+\]")
Draw = Callable[["Drawing"], str]


@dataclass
class Program:
    """``lines`` after the import; of the values of ``names`` the last is an exception where numpy raised there."""

    n: int
    lines: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def text(self, n: str) -> str:
        return "\n".join(["import numpy as np", f"n = {n}", *self.lines, ""])


def is_numbers(value: Any) -> bool:
    return isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "biufc"


class Drawing:
    """One program being drawn: random choices, and what its names hold so far."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.names: dict[str, Any] = {"np": np, "n": rng.choice(SIZES)}
        self.arrays: list[str] = []
        self.of_n = {"n"}

    def hangs_on_n(self, text: str) -> bool:
        """Whether sizes may be open, so that the interpreter takes the bounds of slices to lie inside."""
        return not self.of_n.isdisjoint(re.findall(r"\w+", text))

    def chance(self, percent: int) -> bool:
        return self.rng.randrange(100) < percent

    def pick(self, *options: Any) -> Any:
        return self.rng.choice(options)

    def value(self, text: str) -> Any:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return eval(text, self.names)

    def size(self) -> str:
        return self.pick("n", "n", "1", "2", "3", "4", "0" if self.chance(15) else "5")

    def shape(self, most: int = 3) -> str:
        dims = [self.size() for _ in range(self.rng.randrange(1, most + 1))]
        return f"({', '.join(dims)},)"

    def array(self, depth: int = 2) -> tuple[str, Any]:
        """An operand: a name, or an expression on names."""
        text = self.pick(*self.arrays)
        if depth and self.chance(40):
            nested = self.pick(*NESTABLE)(self, depth - 1)
            if is_numbers(self.value(nested)) and not _OF_CONTENTS.search(nested):
                text = nested
        return text, np.asarray(self.value(text))

    def axis(self, array: Any) -> int:
        slack = 1 if self.chance(6) else 0
        low, high = -array.ndim - slack, array.ndim - 1 + slack
        return self.rng.randint(low, high) if high >= low else 0

    def axis_argument(self, array: Any) -> str:
        if self.chance(25):
            return "None"
        if array.ndim > 1 and self.chance(15):
            return repr(tuple(self.rng.sample(range(array.ndim), 2)))
        return str(self.axis(array))


# --- where arrays come from (not nested: draws must not be repeated) --------------------------------------------------

SOURCES: tuple[Draw, ...] = (
    lambda d: f"np.arange({d.pick('n', '6', '12', '24', '1, 7', '0, 12, 2', '5.0', '0, 1, 0.25', '7, 1, -2')})",
    lambda d: f"np.zeros({d.shape()})",
    lambda d: f"np.ones({d.shape()}, dtype={d.pick('int', 'np.float32', 'bool', repr('int32'), 'float')})",
    lambda d: f"np.full({d.shape()}, {d.pick('7', '2.5', 'True', '-1')})",
    lambda d: f"np.empty({d.shape()})",
    lambda d: f"np.random.rand({d.shape()[1:-2]})",
    lambda d: f"np.random.randn({d.shape()[1:-2]})",
    lambda d: f"np.random.randint({d.pick('5', '0, 3', '-4, 4', '1, 2')}, size={d.pick(d.shape(), d.size())})",
    lambda d: f"np.random.uniform({d.pick('', '-1, 1, ', '2.0, 5.0, ')}size={d.shape()})",
    lambda d: f"np.random.normal(size={d.shape()})",
    lambda d: f"np.random.default_rng(0).integers(0, 9, size={d.shape()})",
    lambda d: f"np.random.default_rng(1).normal(0, 1, {d.shape()})",
    lambda d: f"np.random.default_rng(1).random({d.shape()}, dtype=np.float32)",
    lambda d: f"np.random.choice({d.pick('5', '[1, 2, 3]', '[0.5, 2]')}, {d.shape(2)})",
    lambda d: f"np.random.permutation({d.size()})",
    lambda d: f"np.random.binomial(1, 0.5, size={d.shape()})",
    lambda d: f"np.random.multinomial(2, [0.5, 0.25, 0.25], size={d.shape()})",
    lambda d: f"np.ogrid[0:3, {d.pick('1:5', ':n', '4:1', '1:9:2')}][{d.pick('0', '1')}]",
    lambda d: f"np.mgrid[{d.pick('0:3, 1:5', ':4', '2:9:3, 0:2')}]",
    lambda d: f"np.linspace(0, {d.pick('1', '10', '-3')}, {d.size()}{d.pick('', ', endpoint=False')})",
    lambda d: f"np.eye({d.size()}{d.pick('', ', ' + d.size(), ', k=1')})",
    lambda d: f"np.identity({d.size()})",
    lambda d: f"np.array({d.pick('[1, 2, 3]', '[[1, 2], [3, 4]]', '[[1.5, 2], [0, -1]]', '[True, False]', '[]', '3')})",
    lambda d: f"np.array({d.pick('[[1, 2], [3]]', '[n, 2]', '[[[1], [2]], [[3], [4]]]', '[[0, 1, 2]]')})",
    lambda d: f"np.asarray([{d.pick('1, 2', '1, 2.5', 'True, 3')}], dtype={d.pick('float', 'np.int32', 'None')})",
    lambda d: f"np.array([[i * 2, i] for i in range({d.pick('3', 'n', '5')})])",
    lambda d: f"np.tri({d.size()})",
    lambda d: f"np.arange({d.pick('24', '12', '8')}).reshape({d.pick('2, -1', '-1, 4', '(4, -1)', '2, 2, -1')})",
    lambda d: f"np.zeros({d.pick('(2, -1)', '(2.5, 3)', '(n, 2)', '[3, n]')})",
    lambda d: f"np.diag([1, 2, 3]{d.pick('', ', 1', ', -1')})",
)


# --- what is done with them -------------------------------------------------------------------------------------------


def _reshaped(d: Drawing, depth: int) -> str:
    text, array = d.array(depth)
    return d.pick(f"{text}.reshape({_target(d, array)})", f"np.reshape({text}, ({_target(d, array)},))")


def _target(d: Drawing, array: Any) -> str:
    """Sizes whose product fits, mostly; one of them may be left open."""
    left, dims = array.size, []
    for _ in range(d.rng.randrange(3)):
        options = [k for k in (1, 2, 3, 4, 5, 6, d.names["n"]) if left and left % k == 0]
        size = d.pick(*options) if options and not d.chance(8) else d.pick(2, 3, 5)
        dims.append("n" if size == d.names["n"] else str(size))
        left = left // size
    dims.insert(d.rng.randrange(len(dims) + 1), "-1" if d.chance(60) else "n" if left == d.names["n"] else str(left))
    if d.chance(3):
        dims.append("-1")
    return ", ".join(dims)


def _indexed(d: Drawing, depth: int) -> str:
    text, array = d.array(depth)
    count = d.rng.randint(1, max(array.ndim, 1)) + (1 if d.chance(4) else 0)
    inside = d.hangs_on_n(text)
    keys = [drawn_key(d.rng, array.shape[i] if i < array.ndim else 3, inside) for i in range(count)]
    for extra in ("None", "...", "np.newaxis"):
        if d.chance(8):
            keys.insert(d.rng.randrange(len(keys) + 1), extra)
    if array.ndim == 0 and not d.chance(10):
        keys = [d.pick("...", "None", "()")]
    return f"{text}[{', '.join(keys)}]"


def _masked(d: Drawing, depth: int) -> str:
    text, _ = d.array(depth)
    return f"{text}[{text} {d.pick('>', '<=', '==')} {d.pick('0', '1', '0.5')}]"


def _plain(template: str) -> Callable[[Drawing, int], str]:
    """``X`` stands for an operand, ``A`` for an axis of it, ``M`` for an ``axis=`` argument."""

    def expression(d: Drawing, depth: int) -> str:
        text, array = d.array(depth)
        filled = template.replace("M", d.axis_argument(array)) if "M" in template else template
        while "A" in filled:
            filled = filled.replace("A", str(d.axis(array)), 1)
        while "K" in filled:
            filled = filled.replace("K", str(d.pick(0, 1, 2, 2, 3, -1)), 1)
        return filled.replace("X", text)

    return expression


def _permuted(d: Drawing, depth: int) -> str:
    text, array = d.array(depth)
    order = d.rng.sample(range(array.ndim), array.ndim) if not d.chance(6) else [0, 1, 1]
    listed = ", ".join(map(str, order))
    return d.pick(
        f"{text}.transpose({listed})", f"np.transpose({text}, [{listed}])", f"{text}.T", f"np.transpose({text})"
    )


def _joined(d: Drawing, depth: int) -> str:
    text, array = d.array(depth)
    others = [name for name in d.arrays if _alike(d.names[name], array) or d.chance(4)]
    parts = [text, *[d.pick(text, text, *others) for _ in range(d.rng.randrange(1, 3))]]
    axis = d.axis(array)
    template = d.pick(
        f"np.concatenate([PARTS], axis={axis})", "np.concatenate((PARTS))", f"np.stack([PARTS], axis={axis})",
        "np.stack([PARTS])", "np.vstack([PARTS])", "np.hstack((PARTS))", "np.dstack([PARTS])",
        "np.column_stack((PARTS))",
        "np.concatenate([PARTS], axis=None)", "np.array([PARTS])", "np.c_[PARTS]", "np.r_[PARTS]",
    )  # fmt: skip
    return str(template).replace("PARTS", ", ".join(parts))


def _alike(one: Any, other: Any) -> bool:
    return (
        isinstance(one, np.ndarray)
        and one.ndim == other.ndim
        and sum(a != b for a, b in zip(one.shape, other.shape, strict=False)) <= 1
    )


def _arithmetic(d: Drawing, depth: int) -> str:
    text, _ = d.array(depth)
    other = d.pick("2", "0.5", "n", "-1", "True", d.array(depth)[0], d.array(depth)[0], text)
    symbol = d.pick("+", "-", "*", "/", "//", "%", ">", "==", "<=", "!=", "&", "|")
    if d.chance(7):
        return f"({text} ** {d.pick(2, 3, 0.5, -1, 0)})"
    return f"({text} {symbol} {other})" if d.chance(70) else f"({other} {symbol} {text})"


def _called_twice(d: Drawing, depth: int) -> str:
    name = d.pick(
        "maximum", "minimum", "add", "multiply", "subtract", "divide", "logical_and", "greater", "hypot", "mod"
    )
    return f"np.{name}({d.array(depth)[0]}, {d.pick('2', '0.5', d.array(depth)[0])})"


def _product(d: Drawing, depth: int) -> str:
    text, array = d.array(depth)
    other = d.pick(d.array(depth)[0], f"{text}.T", f"np.ones(({array.shape[-1] if array.ndim else 2}, 3))")
    return d.pick(
        f"np.dot({text}, {other})", f"np.matmul({text}, {other})", f"({text} @ {other})", f"np.outer({text}, {other})",
        f"np.inner({text}, {other})", f"np.tensordot({text}, {other}, axes={d.pick(0, 1, 2)})", f"{text}.dot({other})",
        f"np.einsum({d.pick('ij,jk->ik', 'ij->ji', 'i,j->ij', 'bij,bjk->bik', 'ij->', 'ii')!r}, {text}, {other})",
    )  # fmt: skip


def _cut(d: Drawing, depth: int) -> str:
    """Bounds made of ``n`` on an axis of that size: they are taken to lie inside."""
    whole = [name for name in d.arrays if d.names[name].ndim and d.names[name].shape[0] == d.names["n"]]
    name = d.pick(*whole) if whole else "np.arange(n)"
    return f"{name}[{d.pick(':n - 2', 'n // 2:', ':int(n * 0.8)', '2:n', 'n - 3:n', ':n - 1:2', '::3', '1:n:2')}]"


def _selected(d: Drawing, depth: int) -> str:
    text, _ = d.array(depth)
    other = d.pick("0", "1.5", d.array(depth)[0], text)
    return d.pick(f"np.where({text} > 0, {text}, {other})", f"np.where({text} > 0.5, 1, {d.pick('0', '0.5')})")


def _padded(d: Drawing, depth: int) -> str:
    text, array = d.array(depth)
    pairs = ", ".join(f"({d.pick(0, 1)}, {d.pick(0, 2)})" for _ in range(array.ndim + (1 if d.chance(5) else 0)))
    mode = d.pick("", ", 'constant'", ", mode='edge'", ", constant_values=7")
    return f"np.pad({text}, {d.pick('1', '(1, 2)', f'[{pairs}]')}{mode})"


def _windowed(d: Drawing, depth: int) -> str:
    text, array = d.array(depth)
    view = "np.lib.stride_tricks.sliding_window_view"
    return d.pick(f"{view}({text}, {d.pick(2, 3)}, axis={d.axis(array)})", f"{view}({text}, {d.pick(1, 2, 3)})")


_CALLS: tuple[Callable[[Drawing, int], str], ...] = tuple(_plain(template) for template in TEMPLATES)
_SPECIAL = (
    _reshaped,
    _indexed,
    _permuted,
    _joined,
    _cut,
    _arithmetic,
    _called_twice,
    _product,
    _selected,
    _padded,
    _windowed,
)
NESTABLE: tuple[Callable[[Drawing, int], str], ...] = (
    *_SPECIAL,
    _reshaped,
    _indexed,
    _joined,
    _arithmetic,
    *_CALLS[::3],
)


def _statement(d: Drawing) -> str:
    if len(d.arrays) < 2 or d.chance(15):
        return str(d.pick(*SOURCES)(d))
    kind = d.rng.randrange(100)
    if kind < 50:
        return d.pick(*_CALLS)(d, 2)
    return _masked(d, 1) if kind > 96 else d.pick(*_SPECIAL)(d, 3)


def draw_program(rng: random.Random, longest: int = 9) -> Program:
    """A program of assignments; it ends where numpy raises."""
    d = Drawing(rng)
    program = Program(d.names["n"])
    for number in range(rng.randint(3, longest)):
        try:
            text = _statement(d)
        except Exception:
            # An operand raised while it was drawn: the whole expression would.
            continue
        name = f"v{number}"
        program.lines.append(f"{name} = {text}")
        if d.hangs_on_n(text):
            d.of_n.add(name)
        try:
            value = d.value(text)
        except AttributeError:
            # Numbers of numpy have not all methods that arrays without axes have; we make no difference.
            program.lines.pop()
            continue
        except Exception as error:
            program.values[name] = error
            break
        if not _small(value):
            program.lines.pop()
            continue
        program.values[name] = d.names[name] = value
        if is_numbers(value) and not _OF_CONTENTS.search(text):
            d.arrays.append(name)
    return program


def _small(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return len(value) <= 64 and all(_small(item) for item in value)
    return not isinstance(value, np.ndarray) or value.size <= LARGEST
