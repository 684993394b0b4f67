"""Whether the answers follow when something is changed that should, or should not, count. In the worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lstmlint.verify.arrays import kept_steps
from lstmlint.verify.backend import loss_between, np, tf
from lstmlint.verify.experiment import made
from lstmlint.verify.loop import forget, recurrent
from lstmlint.verify.schema import ProgramPlan

#: Steps of 1 that free answers take along the gradient: each is long where it ends by then.
_FREE_STEPS = 30


def nudged(program: ProgramPlan, seed: int, probe: str) -> dict[str, Any]:
    """How far the answers move, and their size.

    ``padding``: the vector of word 0 is changed, and the last half of each sample is word 0. ``memory``: the weights
    that carry the state from step to step are changed. ``neighbours``: all samples but the first are changed, and the
    first one's answer is looked at. ``reach``: the last weights are pushed far to both sides, and the best loss within
    that range is compared with that of a constant answer. ``placed``: the padding, the last half of each sample, goes
    to the front. ``free``: instead of the answers themselves, numbers behind the last activation are trained.
    """
    model, x, y = made(program, seed)
    if any(recurrent(model)):  # such a model takes batches of its own size
        batch = program["training"]["batch_size"]
        x, y = ([array[:batch] for array in part] for part in (x, y))
    return _PROBES[probe](model, x, y)


def _padding(model: Any, x: list[Any], y: list[Any]) -> dict[str, Any]:
    padded = [array.copy() for array in x]
    padded[0][:, (padded[0].shape[1] + 1) // 2 :] = 0
    padded[0][:, 0] = np.maximum(padded[0][:, 0], 1)  # a sample of nothing but padding has no state of its own
    before = _answers(model, padded, y)
    for layer in model._flatten_layers():
        if type(layer).__name__ == "Embedding":
            table = layer.embeddings.numpy()
            table[0] += 5.0
            layer.embeddings.assign(table)
    after = _answers(model, padded, y)
    return {**_moved(before, after), "what": "outputs" if before.ndim else "loss"}


def _placed(model: Any, x: list[Any], y: list[Any]) -> dict[str, Any]:
    """The answers with the padding behind and in front; of a model that answers each step those of the real ones, in
    their new places or, behind an encoder, in the old."""
    kept = kept_steps(x[0])
    behind = x[0].shape[1] - kept
    before = model(_single(x), training=False).numpy()
    after = model(_single([np.roll(x[0], behind, axis=1), *x[1:]]), training=False).numpy()
    if before.ndim > 2 and before.shape[1] == x[0].shape[1]:
        places = (after, np.roll(after, -behind, axis=1))
        return min((_moved(before[:, :kept], one[:, :kept]) for one in places), key=lambda moved: moved["moved"])
    return _moved(before, after)


def _answers(model: Any, x: list[Any], y: list[Any]) -> Any:
    """The outputs; of a model that answers at every step the loss, which leaves out what is masked."""
    answer = model(_single(x), training=False)
    if answer.shape.rank < 3 or not y:
        return answer.numpy()
    return loss_between(model, tf.constant(y[0]), answer).numpy()


def _memory(model: Any, x: list[Any], y: list[Any]) -> dict[str, Any]:
    before = _twice(model, x)
    for weight in model.weights:
        if "recurrent_kernel" in getattr(weight, "path", weight.name):
            weight.assign(weight + 0.5)
    return _moved(before, _twice(model, x))


def _twice(model: Any, x: list[Any]) -> Any:
    """The outputs of a batch that follows another: what a stateful model carries over counts as memory."""
    forget(model)
    model(_single(x), training=False)
    return model(_single(x), training=False).numpy()


def _neighbours(model: Any, x: list[Any], y: list[Any]) -> dict[str, Any]:
    before = model(_single(x), training=False).numpy()
    turned = [np.concatenate([array[:1], array[1:][::-1] * 2]) for array in x]
    return _moved(before[:1], model(_single(turned), training=False).numpy()[:1])


#: Which way the gates of a layer stand in its bias to let through what stands at None.
_GATES: dict[str, tuple[int | None, ...]] = {"LSTM": (1, 1, None, 1), "GRU": (-1, 0, None)}


def _reach(model: Any, x: list[Any], y: list[Any]) -> dict[str, Any]:
    """The loss of the best answers within the range that the outputs have when their last weights are pushed far."""
    far = max(50.0, 2.0 * float(np.abs(y[0]).max(initial=0)))
    ends = [_pushed(model, x, by) for by in (-far, far)]
    low, high = min(end.min() for end in ends), max(end.max() for end in ends)
    wanted = y[0].reshape(ends[0].shape).astype("float32")
    best, middle = (np.clip(wanted, *bounds) for bounds in ((low, high), (wanted.mean(), wanted.mean())))
    losses = [float(loss_between(model, tf.constant(wanted), tf.constant(one))) for one in (best, middle)]
    said = f"outputs from {low:.3g} to {high:.3g} for targets from {wanted.min():.3g} to {wanted.max():.3g}"
    return {"moved": losses[0], "scale": max(losses[1], 1e-6), "said": said, "lowest": losses[0]}


def _free(model: Any, x: list[Any], y: list[Any]) -> dict[str, Any]:
    """The loss that answers come to which follow the gradient, and may be anything that the last activation gives."""
    activation, answer = _last_activation(model), model(_single(x), training=False)
    if not hasattr(answer, "_keras_logits"):  # by which Keras sees through an activation, unless a wrapper hides it
        activation = _hidden(activation)
    wanted = tf.constant(y[0])
    free = tf.Variable(np.random.default_rng(0).normal(size=answer.shape).astype("float32"))
    for _ in range(_FREE_STEPS):
        with tf.GradientTape() as tape:
            loss = loss_between(model, wanted, activation(free))
        free.assign_sub(tf.sign(tape.gradient(loss, free)))
    lowest = float(loss_between(model, wanted, activation(free)))
    said = f"answers behind this activation that follow the gradient come to a loss of {lowest:.3g}"
    return {"moved": lowest, "scale": 1.0, "said": said, "lowest": lowest}


def _hidden(activation: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda numbers: tf.identity(activation(numbers))


def _last_activation(model: Any) -> Callable[[Any], Any]:
    """What the layer in front of the model's only output does last."""
    history = model.outputs[0]._keras_history
    layer = getattr(history, "operation", None) or history.layer
    layer = getattr(layer, "layer", layer)
    activation: Callable[[Any], Any] = getattr(layer, "activation", None) or layer
    return activation


def _pushed(model: Any, x: list[Any], far: float) -> Any:
    last = next(layer for layer in reversed(model.layers) if layer.weights)
    before = last.get_weights()
    last.set_weights([*before[:-1], before[-1] + _towards(last, before[-1].shape[-1], far)])
    answer = model(_single(x), training=False).numpy()
    last.set_weights(before)
    return answer


def _towards(layer: Any, width: int, far: float) -> Any:
    """What to add to a bias so that the results go to one end: gates are opened for what is to come out."""
    gates = _GATES.get(type(layer).__name__, (None,))
    return np.repeat([far if gate is None else gate * abs(far) for gate in gates], width // len(gates))


def _moved(before: Any, after: Any) -> dict[str, Any]:
    return {"moved": float(np.abs(after - before).max()), "scale": float(np.abs(before).max())}


def _single(x: list[Any]) -> Any:
    given = [tf.constant(array.astype("float32") if array.dtype.kind == "f" else array) for array in x]
    return given[0] if len(given) == 1 else given


_PROBES: dict[str, Callable[[Any, list[Any], list[Any]], dict[str, Any]]] = {
    "padding": _padding,
    "memory": _memory,
    "neighbours": _neighbours,
    "reach": _reach,
    "placed": _placed,
    "free": _free,
}
