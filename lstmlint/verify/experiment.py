"""One program trained with several seeds, and what it has learned. In the worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lstmlint.verify.amounts import own_data, updates
from lstmlint.verify.arrays import arrays
from lstmlint.verify.assemble import assemble, compile_model, seed_all
from lstmlint.verify.backend import loss_between, np, tf
from lstmlint.verify.loop import Loop, forget, orders, outputs, recurrent
from lstmlint.verify.schema import ProgramPlan

#: Points of a loss curve that are handed back.
_POINTS = 160
#: Answers that are handed back.
_ANSWERS = 8
#: A cured program that has come below this part of its floor has shown what it can: no need to go on.
_CLEARLY_BELOW = 0.3
#: Updates of a training that is done before anybody could wait for it.
_SHORT = 1000
#: A program this near to a floor that it cannot pass has arrived.
_AT_FLOOR = 1.01

Told = Callable[[int, int, float], None]


def trained(program: ProgramPlan, seeds: list[int], cured: bool, tell: Told) -> Iterator[dict[str, Any]]:
    """One result a seed. A ``cured`` program ends when it is clearly below the floor; ``tell`` hears of progress."""
    loop: Loop | None = None
    training = program["training"]
    for seed in seeds:
        model, x, y = made(program, seed)
        if loop is None:
            loop = Loop(model, x, y, training["batch_size"], training["resets"])
        else:
            loop.restart(model, x, y)
        floor, constant = floors(x, y, training["loss"])
        if any(recurrent(model)):
            floor = None  # what is remembered tells equal samples apart
        level = _level(floor, constant, cured)
        turns = orders(loop.samples, training["epochs"], training["order"] == "shuffled", seed)
        losses = loop.train(turns, lambda epoch, loss, seed=seed: tell(seed, epoch, loss), _enough(program, level))  # type: ignore[misc]
        learned = _learned(loop, losses)
        yield {"seed": seed, "floor": floor, "constant": constant, "clear": losses[-1] < level, **learned}


def made(program: ProgramPlan, seed: int) -> tuple[Any, list[Any], list[Any]]:
    """The model with the weights of the seed, and its data; a model that waits for data is built on it."""
    seed_all(seed)
    model = assemble(program["model"])
    x, y = arrays(program, seed)
    if not model.built:
        model.build((None, *x[0].shape[1:]))
    compile_model(model, program["training"])
    return model, x, y


def _level(floor: float | None, constant: float | None, cured: bool) -> float:
    """The loss at which nothing more is to be seen: at a floor that cannot be passed, or clearly below any."""
    if cured:
        return _CLEARLY_BELOW * (floor or constant or 0.0)
    return _AT_FLOOR * floor if floor else 0.0


def _enough(program: ProgramPlan, level: float) -> Callable[[list[float]], bool]:
    """When to end early; a short training on the program's own data goes on: its losses are those of ``fit``."""
    whole = own_data(program) and updates(program) * program["training"]["epochs"] <= _SHORT
    return lambda losses: losses[-1] < level and not whole


def _learned(loop: Loop, losses: list[float]) -> dict[str, Any]:
    """The curve, and what the model answers at the end: state forgotten first, then in order."""
    forget(loop.model)
    answer = outputs(loop.model, loop.x, loop.batch_size)
    given = tf.nest.map_structure(tf.constant, answer)
    wanted = [tf.constant(array[: len(part)]) for array, part in zip(loop.y, answer, strict=True)]
    pair = (wanted[0], given[0]) if len(answer) == 1 else (wanted, given)
    loss = loss_between(loop.model, *pair) - sum(loop.model.losses)
    return {
        "curve": _thinned(losses),
        "epochs": len(losses),
        "last": losses[-1],
        "evaluated": float(loss),
        "answers": _answers(answer[0]),
        "targets": _answers(loop.y[0]),
        "spread": float(answer[0].std()),
    }


def _thinned(losses: list[float]) -> list[list[float]]:
    """``[epoch, loss]`` from 1, at most so many, the first and the last among them."""
    wanted = np.unique(np.linspace(0, len(losses) - 1, min(len(losses), _POINTS)).round().astype(int))
    return [[int(index) + 1, losses[index]] for index in wanted]


def _answers(array: Any) -> list[float]:
    """The first answers: classes where the last axis holds several numbers, else the numbers."""
    array = np.asarray(array)
    if array.ndim > 1 and array.shape[-1] > 1:
        return [int(c) for c in array.reshape(-1, array.shape[-1])[:_ANSWERS].argmax(axis=-1)]
    return [round(float(value), 4) for value in array.ravel()[:_ANSWERS]]


def floors(x: list[Any], y: list[Any], losses: list[str]) -> tuple[float | None, float | None]:
    """The loss of the best answer that is equal for equal samples, and of the best that is equal for all.

    A model without memory cannot come below the first. None where the loss is not one that this is known for.
    """
    if len(y) != 1 or len(losses) != 1 or losses[0] not in _BEST or len(y[0]) != len(x[0]):
        return None, None
    keys = [b"".join(array[index].tobytes() for array in x) for index in range(len(x[0]))]
    groups: dict[bytes, list[int]] = {}
    for index, key in enumerate(keys):
        groups.setdefault(key, []).append(index)
    target = y[0].astype("float64")
    by_sample = sum(_BEST[losses[0]](target[rows]) * len(rows) for rows in groups.values()) / len(keys)
    return _nothing_small(by_sample), _nothing_small(_BEST[losses[0]](target))


def _nothing_small(loss: Any) -> float:
    """Rounding leaves 1e-33 where nothing is meant."""
    return float(loss) if loss > 1e-9 else 0.0


def _entropy(p: Any) -> Any:
    return -np.where(p > 0, p * np.log(np.where(p > 0, p, 1.0)), 0.0)


def _squared(target: Any) -> Any:
    return ((target - target.mean(axis=0)) ** 2).mean()


def _absolute(target: Any) -> Any:
    return np.abs(target - np.median(target, axis=0)).mean()


def _binary(target: Any) -> Any:
    mean = target.mean(axis=0)
    return (_entropy(mean) + _entropy(1.0 - mean)).mean()


def _categorical(target: Any) -> Any:
    return _entropy(target.mean(axis=0)).sum(axis=-1).mean()


def _sparse(target: Any) -> Any:
    if target.ndim > 1 and target.shape[-1] == 1:
        target = target[..., 0]
    return _categorical(np.eye(int(target.max(initial=0)) + 1)[target.astype(int)])


#: The loss of the best constant answer to an array of targets, (samples, ...).
_BEST: dict[str, Callable[[Any], Any]] = {
    "mean_squared_error": _squared,
    "mean_absolute_error": _absolute,
    "binary_crossentropy": _binary,
    "categorical_crossentropy": _categorical,
    "sparse_categorical_crossentropy": _sparse,
}
