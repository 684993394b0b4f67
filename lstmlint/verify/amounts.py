"""How much of the data a plan takes, and what is known of it."""

from __future__ import annotations

import math

from lstmlint.interpreter.values import Array
from lstmlint.verify.schema import ArrayPlan, ProgramPlan


def own_data(program: ProgramPlan) -> bool:
    return all(array["values"] is not None for array in (*program["data"]["x"], *program["data"]["y"]))


def updates(program: ProgramPlan) -> int:
    """Weight updates of one epoch."""
    data = program["data"]
    samples = 1 if ["merge"] in data["steps"] else max((a["shape"][0] for a in data["x"] if a["shape"]), default=1)
    return max(-(-samples // program["training"]["batch_size"]), 1)


def fewer(count: int, batch: int, wanted: int, least: int) -> int:
    """About ``wanted`` samples, ``least`` whole batches at least, the last batch as short as before."""
    return min(count, max(least, wanted // batch) * batch + count % batch)


def head(array: ArrayPlan, count: int) -> ArrayPlan:
    shape = [count, *array["shape"][1:]]
    values = array["values"]
    return {**array, "shape": shape, "values": None if values is None else values[: math.prod(shape)]}


def generated(array: ArrayPlan) -> ArrayPlan:
    """The same array with contents that the task asks for."""
    return {**array, "values": None}


def numbers(array: Array) -> list[float] | None:
    """The contents, where every one is a finite number."""
    if array.elements is None or not all(isinstance(e, (bool, int, float)) for e in array.elements):
        return None
    numbers = [float(element) for element in array.elements]  # type: ignore[arg-type]
    return numbers if all(map(math.isfinite, numbers)) else None


def several(array: ArrayPlan) -> ArrayPlan:
    """Three batches, where a data set or a generator gives batches and only one of them is known."""
    return {**array, "shape": [array["shape"][0] * 3, *array["shape"][1:]], "values": None} if array["shape"] else array
