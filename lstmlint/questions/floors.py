"""The loss below which no training can come where equal samples have different targets.

A model without memory gives equal samples equal answers, so the best it can do is the best constant answer of each
group of equal samples. Agrees with what Keras's losses give for that answer (``tests/unit/test_floors.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log
from statistics import fmean, median

from lstmlint.interpreter.values import Array

Row = tuple[float, ...]
#: Numbers that a comparison of samples looks at; more are left alone.
MOST_NUMBERS = 100_000


@dataclass(frozen=True, slots=True)
class Groups:
    """Equal samples by their contents, with the targets of each: ``members`` are the samples' numbers."""

    members: dict[Row, list[int]]
    targets: tuple[Row, ...]

    def contradiction(self) -> tuple[int, int] | None:
        """The first two equal samples whose targets differ."""
        for numbers in self.members.values():
            for other in numbers[1:]:
                if self.targets[other] != self.targets[numbers[0]]:
                    return numbers[0], other
        return None

    @property
    def parts(self) -> Iterator[list[Row]]:
        """The targets of each group."""
        return ([self.targets[number] for number in numbers] for numbers in self.members.values())


def grouped(x: Sequence[Array], y: Array, count: int | None = None) -> Groups | None:
    """The first ``count`` samples by their contents; None where contents or lengths are not known."""
    inputs, targets = [rows(array) for array in x], rows(y)
    if targets is None or not inputs or any(one is None or len(one) != len(targets) for one in inputs):
        return None
    members: dict[Row, list[int]] = {}
    for number in range(len(targets) if count is None else count):
        key = tuple(value for one in inputs if one is not None for value in one[number])
        members.setdefault(key, []).append(number)
    return Groups(members, tuple(targets))


def rows(array: Array) -> list[Row] | None:
    """The samples of an array, each as its numbers in order."""
    if array.elements is None or not array.shape or len(array.elements) > MOST_NUMBERS:
        return None
    count = array.shape[0].value
    numbers = [float(e) for e in array.elements if isinstance(e, (bool, int, float))]
    if not count or len(numbers) != len(array.elements):
        return None
    width = len(numbers) // count
    return [tuple(numbers[start : start + width]) for start in range(0, count * width, width)]


def floor(loss: str | None, groups: Groups, classes: int) -> float | None:
    """The loss of the best answer that is equal for equal samples. ``classes``: the size of the target's last axis."""
    return _mean_loss(loss, list(groups.parts), classes)


def constant_loss(loss: str | None, groups: Groups, classes: int) -> float | None:
    """The loss of the best answer that is equal for all samples: what a model knows that has learned nothing."""
    everything = [row for part in groups.parts for row in part]
    return _mean_loss(loss, [everything], classes)


def _mean_loss(loss: str | None, parts: Iterable[list[Row]], classes: int) -> float | None:
    best = _BEST.get(loss or "")
    if best is None:
        return None
    sums = [(best(part, classes) * len(part), len(part)) for part in parts]
    return sum(total for total, _ in sums) / sum(count for _, count in sums)


def _entropy(probability: float) -> float:
    return -probability * log(probability) if probability > 0 else 0.0


def _squared(part: list[Row], classes: int) -> float:
    columns = list(zip(*part, strict=True))
    return fmean(fmean((value - fmean(column)) ** 2 for value in column) for column in columns)


def _absolute(part: list[Row], classes: int) -> float:
    columns = list(zip(*part, strict=True))
    return fmean(fmean(abs(value - median(column)) for value in column) for column in columns)


def _binary(part: list[Row], classes: int) -> float:
    means = [fmean(column) for column in zip(*part, strict=True)]
    return fmean(_entropy(mean) + _entropy(1 - mean) for mean in means)


def _categorical(part: list[Row], classes: int) -> float:
    entropies = [_entropy(fmean(column)) for column in zip(*part, strict=True)]
    return sum(entropies) / (len(entropies) / classes)


def _sparse(part: list[Row], classes: int) -> float:
    columns = zip(*part, strict=True)
    return fmean(sum(_entropy(column.count(label) / len(column)) for label in set(column)) for column in columns)


_BEST: dict[str, Callable[[list[Row], int], float]] = {
    "mean_squared_error": _squared,
    "mean_absolute_error": _absolute,
    "binary_crossentropy": _binary,
    "categorical_crossentropy": _categorical,
    "sparse_categorical_crossentropy": _sparse,
}
