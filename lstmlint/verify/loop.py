"""Training as ``fit`` does it, in one compiled loop: the same batches, losses and updates, many epochs a call.

``fit`` comes back to Python for every batch and pays about 40 ms for every epoch; here the epochs of a chunk run inside
one ``tf.function``. What an epoch's loss is follows ``keras/src/backend/tensorflow/trainer.py``: the mean of the batch
losses, weighted by their sizes, measured before each update. Runs in the worker.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from lstmlint.verify.backend import LEGACY, loss_between, np, tf

#: A chunk of epochs holds about so many updates, so that progress shows. Counted and not timed: where training ends
#: early must not depend on how busy a machine is.
_CHUNK_UPDATES = 128
#: Up to so many steps are written out.
_FEW_STEPS = 4
#: More batches than these are asked about in a compiled call.
_FEW_BATCHES = 12

Progress = Callable[[int, float], None]
Enough = Callable[[list[float]], bool]


@dataclass(slots=True)
class Loop:
    """One compiled model on one data set. ``x`` and ``y`` hold one array for each input and output.

    ``resets`` is never, epoch or batch: when recurrent layers forget. Tracing costs half a second, so one loop serves
    several seeds: see ``restart``.
    """

    model: Any
    x: list[Any]
    y: list[Any]
    batch_size: int
    resets: str = "never"
    _run: Any = field(init=False, default=None)
    _fresh: list[Any] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.batch_size = min(self.batch_size, self.samples)
        unroll_short(self.model)
        self.model.optimizer.build(self.model.trainable_variables)
        self._fresh = [variable.numpy() for variable in self.model.optimizer.variables]
        rows = tf.TensorSpec((None, self.samples), tf.int32)
        data = [[tf.TensorSpec(array.shape, _as_fed(array).dtype) for array in part] for part in (self.x, self.y)]
        self._run = tf.function(self._compiled, input_signature=[rows, *data], autograph=False)

    @property
    def samples(self) -> int:
        return int(self.x[0].shape[0])

    def restart(self, model: Any, x: list[Any], y: list[Any]) -> None:
        """Begin again with the weights of a new model of the same plan, and its data."""
        for mine, new in zip(_variables(self.model), _variables(model), strict=True):
            mine.assign(new)
        for variable, value in zip(self.model.optimizer.variables, self._fresh, strict=True):
            variable.assign(value)
        self.x, self.y = x, y

    def train(
        self, orders: Iterator[Any], progress: Progress | None = None, enough: Enough | None = None
    ) -> list[float]:
        """The loss of each epoch; ``orders`` gives each epoch's order of the samples, and its end is the end.

        ``enough`` is asked after each chunk whether to stop early.
        """
        losses: list[float] = []
        chunk, waiting = 1, list(itertools.islice(orders, 1))
        while waiting:
            losses += self._epochs(np.stack(waiting).astype("int32"))
            if progress:
                progress(len(losses), losses[-1])
            if enough and enough(losses):
                break
            chunk = next_chunk(chunk, -(-self.samples // self.batch_size))
            waiting = list(itertools.islice(orders, chunk))
        return losses

    def _epochs(self, orders: Any) -> list[float]:
        x, y = ([tf.constant(_as_fed(array)) for array in part] for part in (self.x, self.y))
        return [float(loss) for loss in self._run(orders, x, y).numpy()]

    def _compiled(self, orders: Any, x: list[Any], y: list[Any]) -> Any:
        epochs = tf.shape(orders)[0]

        def epoch(index: Any, losses: Any) -> tuple[Any, Any]:
            return index + 1, losses.write(index, self._epoch(orders[index], x, y))

        losses = tf.TensorArray(tf.float32, size=epochs)
        _, losses = tf.while_loop(lambda index, _: index < epochs, epoch, (0, losses), parallel_iterations=1)
        return losses.stack()

    def _epoch(self, order: Any, x: list[Any], y: list[Any]) -> Any:
        """Whole batches, then the short one, as ``fit`` cuts them."""
        whole, rest = divmod(self.samples, self.batch_size)
        if self.resets == "epoch":
            forget(self.model)

        def batch(index: Any, total: Any) -> tuple[Any, Any]:
            rows = tf.slice(order, [index * self.batch_size], [self.batch_size])
            return index + 1, total + self._step(rows, x, y) * self.batch_size

        if whole == 1:
            total = batch(0, 0.0)[1]
        else:
            _, total = tf.while_loop(lambda index, _: index < whole, batch, (0, 0.0), parallel_iterations=1)
        if rest:
            total += self._step(_of_any_size(tf.slice(order, [whole * self.batch_size], [rest])), x, y) * rest
        return total / self.samples

    def _step(self, rows: Any, all_x: list[Any], all_y: list[Any]) -> Any:
        """One update; the loss before it. ``train_step`` of ``TensorFlowTrainer``."""
        if self.resets == "batch":
            forget(self.model)
        x, y = ([tf.gather(array, rows) for array in part] for part in (all_x, all_y))
        with tf.GradientTape() as tape:
            predicted = self.model(_single(x), training=True)
            loss = loss_between(self.model, _single(y), predicted, training=True)
            scaled = loss if LEGACY else self.model.optimizer.scale_loss(loss)
        weights = self.model.trainable_variables
        self.model.optimizer.apply_gradients(list(zip(tape.gradient(scaled, weights), weights, strict=True)))
        return tf.cast(loss, tf.float32)


def unroll_short(model: Any) -> None:
    """Write out what goes over so few steps that a loop costs more: the same numbers, traced and run in less time."""
    for layer in () if LEGACY else model._flatten_layers():
        if getattr(layer, "unroll", None) is False and len(layer._inbound_nodes) == 1:
            shape = getattr(layer.input, "shape", None)  # with initial states it is a list
            layer.unroll = shape is not None and shape[1] in range(1, _FEW_STEPS + 1)


def _variables(model: Any) -> list[Any]:
    """Weights, states and the seeds of dropout."""
    seeds = [
        generator.state for layer in model._flatten_layers() for generator in getattr(layer, "_seed_generators", ())
    ]
    return [*model.variables, *seeds]


def forget(model: Any) -> None:
    """Set the state of every recurrent layer to zeros."""
    for layer in recurrent(model):
        for state in _states(layer):
            state.assign(tf.zeros_like(state))


def recurrent(model: Any) -> Iterator[Any]:
    """The layers of a model that keep a state."""
    for layer in model._flatten_layers():
        if getattr(layer, "stateful", False) and getattr(layer, "states", None) is not None:
            yield layer


def _states(layer: Any) -> list[Any]:
    return list(tf.nest.flatten(layer.states))


def _of_any_size(rows: Any) -> Any:
    """``fit`` does not know a batch's size while it traces: a stateful model refuses a short one only if it is
    known."""
    return tf.raw_ops.PlaceholderWithDefault(input=rows, shape=[None])


def orders(samples: int, epochs: int, shuffled: bool, seed: int) -> Iterator[Any]:
    """Each epoch's order: as the samples stand, or shuffled by ``seed``."""
    random = np.random.default_rng(seed)
    for _ in range(epochs):
        yield random.permutation(samples) if shuffled else np.arange(samples)


def asked_often(model: Any, batches: int) -> Any:
    """The model as it is asked, compiled where so many batches come that tracing pays: it costs ten of them."""
    ask = partial(model, training=False)
    return tf.function(ask, autograph=False) if batches > _FEW_BATCHES else ask


def outputs(model: Any, x: list[Any], batch_size: int, each: bool = False, ask: Any = None) -> list[Any]:
    """What the model answers now, batch after batch in order, one array for each output; ``ask`` as made before.

    State is carried on, unless ``each`` batch starts from zeros.

    A stateful model is not asked about a short last batch: it has no answers of that size.
    """
    samples = int(x[0].shape[0])
    if any(recurrent(model)) and samples >= batch_size:
        samples -= samples % batch_size
    ask = ask or asked_often(model, samples // batch_size)
    parts: list[list[Any]] = []
    for start in range(0, samples, batch_size):
        given = [tf.constant(_as_fed(array[start : min(start + batch_size, samples)])) for array in x]
        if each:
            forget(model)
        answer = ask(_single(given))
        parts.append([part.numpy() for part in tf.nest.flatten(answer)])
    return [np.concatenate(column) for column in zip(*parts, strict=True)]


def _as_fed(array: Any) -> Any:
    """``fit`` feeds floats as float32."""
    return array.astype("float32") if array.dtype.kind == "f" else array


def _single(arrays: list[Any]) -> Any:
    return arrays[0] if len(arrays) == 1 else arrays


def next_chunk(chunk: int, batches: int) -> int:
    """How many epochs of so many batches come next: four after the first, then more and more."""
    return max(1, min(chunk * 4, _CHUNK_UPDATES // batches))
