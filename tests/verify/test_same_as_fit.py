"""The compiled loop gives the losses and weights that Keras's own ``fit`` gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from handmade import layer, sequential

from lstmlint.keras_model.graph import Layer
from lstmlint.verify.assemble import assemble, compile_model, seed_all
from lstmlint.verify.backend import keras, np
from lstmlint.verify.loop import Loop, forget, next_chunk, orders, outputs
from lstmlint.verify.rebuild import Rebuilder
from lstmlint.verify.schema import ModelPlan, TrainingPlan
from lstmlint.verify.sizes import Sizes

EPOCHS, SEED = 4, 7


@dataclass(frozen=True)
class Case:
    """A model of ``layers`` on ``samples`` of 5 steps of 2 features; ``width`` None: integer targets of 3 classes."""

    layers: tuple[Layer, ...]
    loss: str = "mean_squared_error"
    optimizer: str = "adam"
    rate: float | None = None
    batch: int = 4
    samples: int = 12
    stateful: bool = False
    resets: str = "never"
    shuffled: bool = False
    width: int | None = 1
    every_step: bool = False


def lstm(units: int = 6, **keywords: Any) -> Layer:
    return layer("LSTM", units, **keywords)


def head(units: int = 1, activation: str = "linear") -> Layer:
    return layer("Dense", units, activation=activation)


CASES = {
    "adam mse": Case((lstm(), head())),
    "short last batch": Case((lstm(), head()), samples=10),
    "batch larger than the data": Case((lstm(), head()), batch=32, samples=10),
    "sgd bce": Case((lstm(), head(3, "sigmoid")), "binary_crossentropy", "sgd", 0.1, width=3),
    "rmsprop cce": Case((layer("GRU", 5), head(3, "softmax")), "categorical_crossentropy", "rmsprop", width=3),
    "nadam sparse": Case((lstm(), head(3, "softmax")), "sparse_categorical_crossentropy", "nadam", width=None),
    "adagrad mae": Case((layer("SimpleRNN", 5), head()), "mean_absolute_error", "adagrad", 0.05),
    "adamax huber": Case((lstm(return_sequences=True), lstm(4), head()), "huber", "adamax"),
    "every step": Case((lstm(return_sequences=True), head()), every_step=True),
    "broadcast targets": Case((lstm(), head()), width=3),
    "bidirectional": Case((layer("Bidirectional", lstm(3)), head())),
    "dropout": Case((lstm(dropout=0.3), layer("Dropout", 0.4), head()), samples=10),
    "batch normalization": Case((lstm(), layer("BatchNormalization"), head()), samples=10),
    "penalty": Case((lstm(kernel_regularizer="l2"), head())),
    "shuffled": Case((lstm(), head()), samples=10, shuffled=True),
    "stateful": Case((lstm(stateful=True), head()), stateful=True),
    "stateful, reset each epoch": Case((lstm(stateful=True), head()), stateful=True, resets="epoch"),
    "stateful, reset each batch": Case((layer("GRU", 4, stateful=True), head()), stateful=True, resets="batch"),
    "stateful, shuffled": Case((lstm(stateful=True), head()), stateful=True, shuffled=True, optimizer="rmsprop"),
    "stateful, one left over": Case((lstm(stateful=True), head()), stateful=True, samples=9),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_same_losses_and_weights(case: Case) -> None:
    x, y = data(case)
    theirs, model = by_fit(case, x, y)
    mine, loop = by_loop(case, x, y)
    assert mine == pytest.approx(theirs, rel=2e-5, abs=1e-7)
    for ours, keras_weight in zip(loop.model.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, keras_weight, rtol=2e-4, atol=2e-6)


def test_second_seed_in_the_same_loop_is_as_good_as_a_new_one() -> None:
    """``restart`` gives what a loop of its own gives, dropout included."""
    case = CASES["dropout"]
    x, y = data(case)
    _, used = by_loop(case, x, y)
    alone, _ = by_loop(case, x * 2, y, seed=11)
    used.restart(made(case, 11), [x * 2], [y])
    assert used.train(orders(case.samples, EPOCHS, False, 11)) == alone


def test_outputs_are_those_that_predict_gives() -> None:
    case = CASES["stateful"]
    x, _ = data(case)
    model = made(case)
    (mine,) = outputs(model, [x], case.batch)
    forget(model)
    np.testing.assert_allclose(mine, model.predict(x, batch_size=case.batch, verbose=0), rtol=1e-5)


def test_stops_when_told() -> None:
    case = CASES["adam mse"]
    x, y = data(case)
    loop = Loop(made(case), [x], [y], case.batch)
    losses = loop.train(orders(case.samples, 500, False, SEED), enough=lambda losses: len(losses) > 3)
    assert 3 < len(losses) < 500


def data(case: Case) -> tuple[Any, Any]:
    random = np.random.default_rng(SEED)
    x = random.normal(size=(case.samples, 5, 2))
    if case.width is None:
        return x, random.integers(0, 3, case.samples)
    steps = (5,) if case.every_step else ()
    y = random.uniform(size=(case.samples, *steps, case.width))
    return x, np.eye(3)[y.argmax(axis=-1)] if "categorical" in case.loss else y


def plans(case: Case) -> tuple[ModelPlan, TrainingPlan]:
    batch = case.batch if case.stateful else None
    model = Rebuilder(Sizes()).model(sequential((batch, 5, 2), *case.layers))
    training: TrainingPlan = {
        "method": "fit",
        "loss": [case.loss],
        "own_loss": None,
        "from_logits": False,
        "optimizer": case.optimizer,
        "optimizer_arguments": {} if case.rate is None else {"learning_rate": case.rate},
        "batch_size": case.batch,
        "epochs": EPOCHS,
        "order": "shuffled" if case.shuffled else "ordered",
        "resets": case.resets,
    }
    return model, training


def made(case: Case, seed: int | None = SEED) -> Any:
    """``seed`` None: the caller has set it."""
    if seed is not None:
        seed_all(seed)
    model_plan, training = plans(case)
    model = assemble(model_plan)
    compile_model(model, training)
    return model


def by_loop(case: Case, x: Any, y: Any, seed: int = SEED) -> tuple[list[float], Loop]:
    loop = Loop(made(case, seed), [x], [y], case.batch, case.resets)
    return loop.train(orders(case.samples, EPOCHS, case.shuffled, seed)), loop


def by_fit(case: Case, x: Any, y: Any) -> tuple[list[float], Any]:
    """``fit``, one epoch a call where the order changes or state is reset; the order is part of the plan."""
    keras.utils.set_random_seed(SEED)
    model = made(case, None)
    losses = []
    for order in orders(case.samples, EPOCHS, case.shuffled, SEED):
        if case.resets == "epoch":
            forget(model)
        callbacks = [Forgets()] if case.resets == "batch" else []
        history = model.fit(
            x[order], y[order], batch_size=case.batch, epochs=1, shuffle=False, verbose=0, callbacks=callbacks
        )
        losses.append(history.history["loss"][0])
    return losses, model


class Forgets(keras.callbacks.Callback):  # type: ignore[misc]
    """Forgets the state before each batch, with Keras's own method."""

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        for item in self.model.layers:
            if getattr(item, "stateful", False):
                item.reset_state()


@pytest.mark.parametrize(("batches", "sizes"), [(1, [1, 4, 16, 64, 128, 128]), (50, [1, 2, 2]), (1000, [1, 1, 1])])
def test_chunks_are_counted_not_timed(batches: int, sizes: list[int]) -> None:
    """Where training ends early is the same on a busy machine."""
    chunk, found = 1, [1]
    for _ in sizes[1:]:
        chunk = next_chunk(chunk, batches)
        found.append(chunk)
    assert found == sizes
