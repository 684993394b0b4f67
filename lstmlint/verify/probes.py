"""What a model shows when it is asked: errors, the pairs a loss compares, what state changes. In the worker."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lstmlint.verify.arrays import arrays
from lstmlint.verify.asking import ask
from lstmlint.verify.assemble import assemble, compile_model, seed_all
from lstmlint.verify.backend import loss_between, np, tf
from lstmlint.verify.loop import asked_often, forget, outputs
from lstmlint.verify.refusals import prepared
from lstmlint.verify.schema import OWN_LOSS, ProgramPlan

#: Targets that are looked at one by one, and samples they are taken from.
_MOST_TARGETS, _MOST_SAMPLES = 96, 5
#: Losses that compare numbers one by one, so that pairs can be read off the gradient.
_BY_ELEMENT = frozenset(
    {
        *("mean_squared_error", "mean_absolute_error", "mean_squared_logarithmic_error", "huber"),
        *("log_cosh", "binary_crossentropy", "mean_absolute_percentage_error", "poisson"),
    }
)


#: Keras prints some messages in bold.
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def attempt(program: ProgramPlan, seed: int, eager: bool, every: bool = False) -> dict[str, Any]:
    """Build, compile and run a few batches: ``error`` with Keras's message and the stage it came at, or the losses."""
    call, stage = prepared(program) if program["tags"] else None, "build"
    try:
        if call is not None:
            stage = "the call"
            call()
            return {"error": None, "losses": []}
        if program["lookup"]:
            stage = "the call" if program["lookup"][1:] else "the name"
            ask(program)
            return {"error": None, "losses": []}
        seed_all(seed)
        model = assemble(program["model"])
        stage = program["training"]["method"]
        x, y = arrays(program, seed)
        compile_model(model, program["training"], eager)
        return {"error": None, "losses": _run(model, program, x, y, every)}
    except Exception as error:
        return {"error": {"stage": stage, "type": type(error).__name__, "message": _message(error)}, "losses": []}


def _run(model: Any, program: ProgramPlan, x: list[Any], y: list[Any], every: bool) -> list[float]:
    training = program["training"]
    method, batch = training["method"], training["batch_size"]
    if not x:
        return []  # a layer whose arguments are the matter
    how = {step[1]: step[2:] for step in program["data"]["steps"] if step[0] == "hand"}
    given, wanted = _handed(x, how.get("x")), _handed(y, how.get("y"))
    weights = dict(_weights(how, len(x[0])))
    match method:
        case "fit" if model.run_eagerly and not how:
            return list(_by_batch(model, x, y, batch, every))
        case "fit":
            history = model.fit(given, wanted, batch_size=batch, epochs=1, shuffle=False, verbose=0, **weights)
            return [float(loss) for loss in history.history["loss"]]
        case "evaluate":
            return [float(np.ravel(model.evaluate(given, wanted, batch_size=batch, verbose=0, **weights))[0])]
        case "train_on_batch" | "test_on_batch":
            return [float(np.ravel(getattr(model, method)(given, wanted, **weights))[0])]
        case "predict":
            model.predict(given, batch_size=batch, verbose=0)
        case "predict_on_batch":
            model.predict_on_batch(given)
        case _:
            model(tf.nest.map_structure(tf.constant, given))
    return []


def _handed(part: list[Any], how: list[Any] | None) -> Any:
    """Arrays as the program hands them to Keras: one by itself, or in a list, a tuple or a dict."""
    match how:
        case ["dict", *names]:
            return dict(zip(names, part, strict=False))
        case ["list"] | ["tuple"]:
            return list(part) if how == ["list"] else tuple(part)
        case _:
            return part[0] if len(part) == 1 else part


def _weights(how: dict[str, list[Any]], samples: int) -> Iterator[tuple[str, Any]]:
    """The arguments ``class_weight`` and ``sample_weight``; 0 stands for as many as there are samples."""
    match how.get("class_weight"):
        case ["dict", *pairs]:
            yield "class_weight", {int(key): float(weight) for key, weight in pairs}
        case ["text", text]:
            yield "class_weight", text
        case ["list", *weights]:
            yield "class_weight", np.array(weights)
    if "sample_weight" in how:
        rows, *rest = how["sample_weight"]
        yield "sample_weight", np.ones((rows or samples, *rest))


def _by_batch(model: Any, x: list[Any], y: list[Any], batch: int, every: bool) -> Iterator[float]:
    """``fit`` without what it pays for starting and tracing: a tenth of a second instead of half a one.

    Unless ``every`` batch is, only the first is trained on: what raises at a later one does so without an update too.
    """
    for start in range(0, len(x[0]), batch):
        given, wanted = ([array[start : start + batch] for array in part] for part in (x, y))
        one = model.train_on_batch if every or start == 0 else model.test_on_batch
        loss = one(*(part[0] if len(part) == 1 else part for part in (given, wanted)))
        yield float(np.ravel(loss)[0])


def numbers(program: ProgramPlan, seed: int) -> dict[str, Any]:
    """As ``attempt``, and whether a batch's loss is not a number."""
    result = attempt(program, seed, eager=True, every=True)
    nan = [index for index, loss in enumerate(result["losses"], 1) if not np.isfinite(loss)]
    last = f"a loss of {result['losses'][-1]:.3g}" if result["losses"] else "no loss"
    return {**result, "said": f"the loss is nan from batch {nan[0]} on" if nan else last, "nan": bool(nan)}


def _message(error: Exception) -> str:
    """Keras's own words, without the traceback that TensorFlow puts into some messages."""
    text = _COLOUR.sub("", str(error))
    if "Detected at node" in text or "[[{{node" in text:
        useful = [
            line for line in text.splitlines() if line and not line.lstrip().startswith(("File", "Detected", "at "))
        ]
        text = next((line for line in reversed(useful) if "[[" not in line and "Stack trace" not in line), text)
        text = text.strip()
    return " ".join(text.split())[:400]


def pairs(program: ProgramPlan, seed: int) -> dict[str, Any]:
    """Which outputs the loss compares with which targets, and the lowest loss that any outputs can reach.

    Read off the gradient: target j is compared with output i where changing j changes the pull on i. ``most_outputs``
    is how many outputs one target is held against, ``most_targets`` how many targets one output is.
    """
    seed_all(seed)
    model = assemble(program["model"])
    compile_model(model, program["training"])
    most = min(_MOST_SAMPLES, program["training"]["batch_size"])
    x, y = ([array[:most] for array in part] for part in arrays(program, seed))
    answer = outputs(model, x, len(x[0]))
    loss = program["training"]["loss"][0]
    if len(answer) != 1 or len(y) != 1 or loss not in (*_BY_ELEMENT, OWN_LOSS):
        return {"pairs": None}
    matrix = _compared(model, answer[0].shape, y[0].shape, np.random.default_rng(seed))
    return {
        "pairs": {
            "output": list(answer[0].shape),
            "target": list(y[0].shape),
            "most_outputs": int(matrix.sum(axis=0).max(initial=0)),
            "most_targets": int(matrix.sum(axis=1).max(initial=0)),
            "lowest": None if loss == OWN_LOSS else _lowest(model, matrix, answer[0].shape, y[0]),
        }
    }


def _compared(model: Any, output: tuple[int, ...], target: tuple[int, ...], random: Any) -> Any:
    """Outputs by targets, true where compared; only the first targets are looked at."""
    answer = tf.constant(random.uniform(0.3, 0.7, output).astype("float32"))
    wanted = random.choice([0.1, 0.9], target).astype("float32")
    pull = _pull(model, answer, wanted)
    columns = []
    for index in range(min(wanted.size, _MOST_TARGETS)):
        other = wanted.copy()
        other.flat[index] = 1.0 - other.flat[index]
        columns.append(_moves(pull, _pull(model, answer, other)))
    return np.stack(columns, axis=1) if columns else np.zeros((pull.size, 0), bool)


def _moves(before: Any, after: Any) -> Any:
    """Which pulls changed, but for a factor that all have in common: a root over the whole batch gives them one."""
    parts = after[before != 0] / before[before != 0]
    return np.abs(after - before * (np.median(parts) if parts.size else 1.0)) > 1e-7


def _pull(model: Any, answer: Any, wanted: Any) -> Any:
    with tf.GradientTape() as tape:
        tape.watch(answer)
        loss = loss_between(model, tf.constant(wanted), answer)
    return tape.gradient(loss, answer).numpy().ravel()


def _lowest(model: Any, matrix: Any, shape: tuple[int, ...], target: Any) -> float | None:
    """The loss of the best outputs there are: each the mean of the targets it is held against."""
    if matrix.shape[1] < target.size:
        return None
    flat = target.astype("float64").ravel()
    best = (matrix @ flat) / np.maximum(matrix.sum(axis=1), 1)
    answer = tf.constant(best.reshape(shape).astype("float32"))
    return float(loss_between(model, tf.constant(target.astype("float32")), answer).numpy())


def state(program: ProgramPlan, seed: int, probe: str) -> dict[str, Any]:
    """How far the outputs for the same data move when only the state can differ: 0 where state plays no part.

    ``reset``: after a pass, going on against starting from zeros. ``passes``: the second pass as the program makes it
    against the first. ``start``: after a pass, as the program comes to it against from zeros. ``order``: as the program
    orders the samples against as they stand. ``batches``: one batch after the other as the program resets between them
    against each from zeros.
    """
    seed_all(seed)
    model = assemble(program["model"])
    x, _ = arrays(program, seed)
    batch = program["training"]["batch_size"]
    forgets = probe in ("passes", "start") and program["training"]["resets"] != "never"
    ask = asked_often(model, 2 * len(x[0]) // batch)
    first = outputs(model, x, batch, probe == "batches" and program["training"]["resets"] == "batch", ask)
    order = np.arange(len(first[0]))
    if probe == "order" and program["training"]["order"] == "shuffled":
        order = np.random.default_rng(seed).permutation(order)
    if probe == "order" or forgets:
        forget(model)
    again = outputs(model, [array[order] for array in x], batch, probe == "batches", ask)
    second = [part[np.argsort(order)] for part in again]
    moved = max(float(np.abs(a - b).max(initial=0.0)) for a, b in zip(first, second, strict=True))
    scale = max(float(np.abs(a).max(initial=0.0)) for a in first)
    return {"moved": moved, "scale": scale}
