"""The data of a plan as numpy arrays: the program's own, or generated with a task whose answer is known. In the worker.

A generated task is a code of a few symbols: each symbol has one sample and one target that stand for it. Under
``learnable`` a sample's target is its own symbol's; under ``previous-sample`` it is that of the sample before, so
that a model without memory sees equal samples with different targets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lstmlint.verify.backend import np
from lstmlint.verify.schema import ArrayPlan, DataPlan, ProgramPlan

#: Symbols of a generated task.
_SYMBOLS = 3
#: Losses whose targets are probabilities of exclusive classes, or zeros and ones.
_ONE_HOT = frozenset({"categorical_crossentropy", "kl_divergence", "categorical_hinge"})
_BINARY = frozenset({"binary_crossentropy"})
_SIGNS = frozenset({"hinge", "squared_hinge"})

Arrays = tuple[list[Any], list[Any]]


def arrays(program: ProgramPlan, seed: int) -> Arrays:
    """x and y, one array for each input and output, after the plan's data steps. One seed always gives the same."""
    data = program["data"]
    random = np.random.default_rng(seed)
    x, y = _drawn(data, program["training"]["loss"], random)
    for step in data["steps"]:
        x, y = _step(step, x, y)
    return x, y


def _drawn(data: DataPlan, losses: list[str], random: Any) -> Arrays:
    samples = max((array["shape"][0] for array in (*data["x"], *data["y"]) if array["shape"]), default=0)
    symbols, answers = _symbols(data, samples, random)
    named = [*losses, *[""] * len(data["y"])]
    x = [_array(plan, symbols, "", random) for plan in data["x"]]
    y = [_array(plan, answers, loss, random) for plan, loss in zip(data["y"], named, strict=False)]
    return x, y


def _symbols(data: DataPlan, samples: int, random: Any) -> tuple[Any, Any]:
    """The symbol of each sample and of each target; where one side is the program's own, the other follows it."""
    later = 1 if data["task"] == "previous-sample" else 0
    own_x, own_y = (_rows(arrays, samples) for arrays in (data["x"], data["y"]))
    if own_y is not None and own_x is None:
        return np.roll(own_y, -later), own_y
    symbols = _balanced(samples, random) if own_x is None else own_x
    answers = np.roll(symbols, later)
    if later and samples:
        answers[0] = 0  # nothing came before the first sample
    return symbols, answers


def _rows(arrays: list[ArrayPlan], samples: int) -> Any:
    """Equal rows the same number, where the contents of the only array are known."""
    if len(arrays) != 1 or arrays[0]["values"] is None or arrays[0]["shape"][:1] != [samples]:
        return None
    return np.unique(_own(arrays[0]).reshape(samples, -1), axis=0, return_inverse=True)[1].ravel()


def _balanced(samples: int, random: Any) -> Any:
    """Every symbol about as often as the others, in a random order."""
    return random.permutation(np.arange(samples) % _SYMBOLS)


def _array(plan: ArrayPlan, symbols: Any, loss: str, random: Any) -> Any:
    return _coded(plan, symbols, loss, random) if plan["values"] is None else _own(plan)


def _own(plan: ArrayPlan) -> Any:
    return np.asarray(plan["values"], dtype="float64").reshape(plan["shape"]).astype(plan["dtype"])


def _coded(plan: ArrayPlan, symbols: Any, loss: str, random: Any) -> Any:
    """Each sample the array that stands for its symbol."""
    shape = plan["shape"]
    if not shape:
        return np.zeros((), plan["dtype"])
    count = shape[0]
    code = _code(plan, tuple(shape[1:]), loss, max(_SYMBOLS, int(symbols.max(initial=0)) + 1), random)
    return code[np.resize(symbols, count) if count else np.zeros(0, int)].astype(plan["dtype"])


def _code(plan: ArrayPlan, shape: tuple[int, ...], loss: str, symbols: int, random: Any) -> Any:
    """One array of ``shape`` for each of so many symbols."""
    if plan["classes"] is not None:
        return np.stack([np.full(shape, symbol % plan["classes"]) for symbol in range(symbols)])
    if loss in _ONE_HOT and shape:
        return np.stack([np.broadcast_to(np.eye(shape[-1])[s % shape[-1]], shape) for s in range(symbols)])
    if loss in _BINARY | _SIGNS:
        bits = np.stack([_bits(shape, symbol) for symbol in range(symbols)])
        return bits if loss in _BINARY else 2.0 * bits - 1.0
    drawn = _apart(plan["low"], plan["high"], symbols, shape, random)
    whole = plan["dtype"].startswith(("int", "uint"))
    return np.floor(drawn) if whole else drawn


def _apart(low: float, high: float, symbols: int, shape: tuple[int, ...], random: Any) -> Any:
    """Numbers spread evenly over a range, in another order for each place: two symbols are nowhere alike."""
    steps = np.broadcast_to((np.arange(symbols) + 0.5) / symbols, (*shape, symbols))
    return low + (high - low) * np.moveaxis(random.permuted(steps, axis=-1), -1, 0)


def _bits(shape: tuple[int, ...], symbol: int) -> Any:
    """0 for the first symbol, 1 for the second; along a last axis of several, one of them set."""
    width = shape[-1] if shape else 1
    if width == 1:
        return np.full(shape, symbol % 2, dtype=float)
    return np.broadcast_to(np.eye(width)[symbol % width], shape)


def _step(step: list[Any], x: list[Any], y: list[Any]) -> Arrays:
    match step:
        case ["hand", *_]:
            return x, y
        case ["merge"]:
            return [_merged(array) for array in x], [_merged_targets(array) for array in y]
        case ["reshape-x", *shape]:
            return [x[0].reshape(shape), *x[1:]], y
        case ["reshape-y", *shape]:
            return x, [y[0].reshape(shape), *y[1:]]
        case ["pad", filler]:
            return [_padded(x[0], filler), *x[1:]], y
        case [form, "x"] if form in _FORMS:
            return [_FORMS[form](x[0]), *x[1:]], y
        case [form, "y"] if form in _FORMS:
            return x, [_FORMS[form](y[0]), *y[1:]]
        case _:
            raise ValueError(f"no data step {step[0]!r}")


def _merged(array: Any) -> Any:
    """(n, steps, features) -> (1, n * steps, features)."""
    return array.reshape(1, -1, *array.shape[2:])


def _merged_targets(array: Any) -> Any:
    """(n, outputs) or (n,) -> (1, n, outputs)."""
    return array.reshape(1, array.shape[0], -1)


def _padded(array: Any, filler: float) -> Any:
    """The last half of each sample's steps is filler, and nothing else is."""
    padded = np.where(array == filler, filler + 1, array).astype(array.dtype)
    padded[:, kept_steps(array) :] = filler
    return padded


def kept_steps(array: Any) -> int:
    """How many of the steps of (n, steps, ...) are no filler after padding."""
    return int((array.shape[1] + 1) // 2)


def _ragged(array: Any) -> Any:
    """Samples of different lengths, as numpy holds them: objects."""
    samples = np.empty(len(array), dtype=object)
    for index, sample in enumerate(array):
        samples[index] = np.ravel(sample)[: 1 + index % 2].tolist()
    return samples


def _with_nan(array: Any) -> Any:
    holed = array.astype("float32")
    holed.flat[0] = np.nan
    return holed


#: Forms in which data are handed to Keras that are no plain arrays.
_FORMS: dict[str, Callable[[Any], Any]] = {
    "list": lambda array: array.tolist(),
    "arrays": list,
    "ragged": _ragged,
    "text": lambda array: array.astype("str"),
    "nan": _with_nan,
}
