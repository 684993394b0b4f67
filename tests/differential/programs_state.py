"""Generated scripts about state: batch sizes in every way of feeding a stateful model, and states handed on.

``WARNED`` are those that Keras trains without a word, each with the code of the finding that it deserves.
"""

from __future__ import annotations

import random
from collections.abc import Callable

HEAD = """\
import numpy as np
import tensorflow as tf
import keras
from keras.layers import GRU, LSTM, Bidirectional, Concatenate, Dense, Input, SimpleRNN
from keras.models import Model, Sequential
"""
FUNCTIONAL = """\
steps_in = Input(batch_shape=({batch}, {steps}, 2))
model = Model(steps_in, Dense(1)({kind}(4, stateful=True)(steps_in)))
"""
SEQUENTIAL = """\
model = Sequential()
model.add(Input(batch_shape=({batch}, {steps}, 2)))
model.add({kind}(4, stateful=True))
model.add(Dense(1))
"""
FUNCTION = """\
def build(batch, units=4):
    model = Sequential([Input(shape=({steps}, 2), batch_size=batch), {kind}(units, stateful=True), Dense(1)])
    return model


model = build({batch})
"""
DATA = """\
x, y = np.random.rand({samples}, {steps}, 2).astype('float32'), np.random.rand({samples}, 1).astype('float32')
"""
#: Ways to feed a model; ``given`` is the batch size that is asked for.
FEEDS = (
    "model.fit(x, y, batch_size={given}, shuffle=False)",
    "model.fit(x, y, shuffle=False, batch_size={given}, validation_split=0.25)",
    "model.fit(x[:{whole}], y[:{whole}], batch_size={batch}, shuffle=False, validation_data=(x[:{part}], y[:{part}]))",
    "model.evaluate(x, y, batch_size={given})",
    "model.predict(x, batch_size={given})",
    "model.predict(x)",
    "model.train_on_batch(x[:{given}], y[:{given}])",
    "model.predict_on_batch(x[:{given}])",
    "model(x[:{given}])",
    "model.fit(tf.data.Dataset.from_tensor_slices((x, y)).batch({given}, drop_remainder=True))",
    "model.fit(tf.data.Dataset.from_tensor_slices((x, y)).batch({given}))",
    "model.evaluate(tf.data.Dataset.from_tensor_slices((x, y)).batch({given}).prefetch(1))",
)


def batches(dice: random.Random) -> str:
    """A stateful model for batches of one size, fed with batches of that size or another."""
    batch = dice.choice((1, 2, 3, 4, 6))
    given = batch if dice.random() < 0.6 else dice.choice((2, 3, 5, 8))
    samples = max(given, batch) * dice.randrange(2, 5) + dice.choice((0, 0, 1, 2))
    numbers = {
        "batch": batch,
        "given": given,
        "samples": samples,
        "steps": dice.randrange(2, 5),
        "whole": samples // batch * batch,
        "part": batch * 2 if dice.random() < 0.5 else batch + 1,
        "kind": dice.choice(("LSTM", "GRU", "SimpleRNN")),
    }
    lines = (HEAD, DATA, dice.choice((FUNCTIONAL, SEQUENTIAL, FUNCTION)), "model.compile('adam', 'mse')", _feed(dice))
    return "\n".join(lines).format(**numbers) + "\n"


def _feed(dice: random.Random) -> str:
    feed = dice.choice(FEEDS)
    return f"for epoch in range(2):\n    {feed}\n    print(epoch)" if dice.random() < 0.3 else feed


ENCODERS = {
    "LSTM({0}, return_state=True)": ("h", "c"),
    "GRU({0}, return_state=True)": ("h",),
    "SimpleRNN({0}, return_state=True)": ("h",),
    "Bidirectional(LSTM({0}, return_state=True))": ("fh", "fc", "bh", "bc"),
    "Bidirectional(GRU({0}, return_state=True))": ("fh", "bh"),
}
DECODERS = (
    *("LSTM({0}, return_sequences=True)", "GRU({0}, return_sequences=True)", "SimpleRNN({0}, return_sequences=True)"),
    *("Bidirectional(LSTM({0}, return_sequences=True))", "Bidirectional(GRU({0}, return_sequences=True))"),
    *("keras.layers.RNN(keras.layers.GRUCell({0}), return_sequences=True)",),
    *("keras.layers.RNN(keras.layers.LSTMCell({0}), return_sequences=True)",),
)


def started(dice: random.Random) -> str:
    """A decoder that starts from an encoder's states: as many as it needs or not, of its width or not."""
    encoder, states = dice.choice(list(ENCODERS.items()))
    units = dice.randrange(2, 5)
    wide = units if dice.random() < 0.7 else units * 2
    given = list(states) if dice.random() < 0.7 else list(states[: dice.randrange(1, len(states) + 1)])
    lines = (
        HEAD,
        "x, t = np.random.rand(6, 5, 2), np.random.rand(6, 3, 2)",
        "source, target = Input((5, 2)), Input((3, 2))",
        f"out, {', '.join(states)} = {encoder.format(units)}(source)",
        f"steps = {dice.choice(DECODERS).format(wide)}(target, initial_state=[{', '.join(given)}])",
        "model = Model([source, target], Dense(2)(steps))",
        "model.compile('adam', 'mse')",
        "model.fit([x, t], t, batch_size=3)",
    )
    return "\n".join(lines) + "\n"


KINDS: tuple[Callable[[random.Random], str], ...] = (batches, batches, started)

TRAINED = """\
x, y = np.random.rand({n}, {steps}, 1), np.random.rand({n}, 1)
memory = {kind}(3, stateful=True)
model = Sequential([Input(batch_shape=({batch}, {steps}, 1)), memory, Dense(1)])
model.compile('adam', 'mse')
"""
STATELESS = """\
x, y = np.random.rand({n}, {steps}, 1), np.random.rand({n}, 1)
memory = {kind}(3)
model = Sequential([Input((None, 1)), memory, Dense(1)])
model.compile('adam', 'mse')
"""
WARNED = {
    "LST201": """\
x = np.tile([[[1.0]], [[0.0]]], ({batch}, {steps}, 1))
y = np.arange(2 * {batch}).reshape(-1, 1) / 8
model = Sequential([Input(({steps}, 1)), {kind}(3), Dense(1)])
model.compile('adam', 'mse')
model.fit(x, y, epochs=2)
""",
    "LST202": """\
flow = np.random.rand({n})
level = np.cumsum(flow)
model = Sequential([Input((1, 1)), {kind}(3), Dense(1)])
model.compile('adam', 'mse')
model.fit(flow.reshape(-1, 1, 1), level, batch_size={batch})
""",
    "LST203": STATELESS + "for _ in range(2):\n    model.fit(x, y, batch_size={batch})\n    memory.reset_state()\n",
    "LST204": TRAINED + "for _ in range(2):\n    model.fit(x, y, batch_size={batch})\n    memory.reset_state()\n",
    "LST205": TRAINED + "model.fit(x, y, batch_size={batch}, epochs=4, shuffle=False)\n",
    "LST206": TRAINED
    + "for k in range({n} // {batch}):\n"
    + "    model.train_on_batch(x[k * {batch}:(k + 1) * {batch}], y[k * {batch}:(k + 1) * {batch}])\n"
    + "    memory.reset_state()\n",
    "LST209": TRAINED
    + "x, y = x[:{batch} * 2 + 1], y[:{batch} * 2 + 1]\nmodel.fit(x, y, batch_size={batch}, shuffle=False)\n",
    "LST210": """\
river = np.random.rand(30)
x = np.array([river[i:i + {steps}] for i in range(30 - {steps})])[..., None]
y = river[{steps}:]
memory = {kind}(3, stateful=True)
model = Sequential([Input(batch_shape=(1, {steps}, 1)), memory, Dense(1)])
model.compile('adam', 'mse')
for _ in range(2):
    model.fit(x, y, batch_size=1, shuffle=False)
    memory.reset_state()
""",
    "LST211": TRAINED
    + "x = np.random.rand({n} * {steps}).reshape(-1, {steps}, 1)\n"
    + "for _ in range(2):\n    model.fit(x, y, batch_size={batch}, shuffle=False)\n    memory.reset_state()\n",
    "LST212": TRAINED
    + "machines = [np.random.rand({n}, {steps}, 1) for _ in range(3)]\n"
    + "for _ in range(2):\n"
    + "    for part in machines:\n"
    + "        model.fit(part, part[:, -1], batch_size={batch}, shuffle=False)\n"
    + "    memory.reset_state()\n",
    "LST213": TRAINED
    + "memory.reset_state()\nmodel.fit(x, y, batch_size={batch}, shuffle=False)\n"
    + "model.predict(x, batch_size={batch})\n",
    "LST214": """\
word, h = Input((1, 2)), Input((3,))
steps, new = GRU(3, return_sequences=True, return_state=True)(word, initial_state=h)
decoder = Model([word, h], [Dense(2)(steps), new])
last, state = np.random.rand({batch}, 1, 2), np.zeros(({batch}, 3))
for _ in range(3):
    last, later = decoder.predict([last, state])
""",
}


def warned(code: str, dice: random.Random) -> str:
    """A script that trains, and that deserves the finding."""
    batch = dice.choice((2, 3, 4))
    numbers = {"batch": batch, "n": batch * dice.randrange(3, 6), "steps": dice.randrange(2, 5)}
    return (HEAD + "\n" + WARNED[code]).format(kind=dice.choice(("LSTM", "GRU", "SimpleRNN")), **numbers)
