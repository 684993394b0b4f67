"""Longer kinds of generated scripts, as projects and tutorials write them: parameters, classes, text."""

from __future__ import annotations

from tests.differential import programs_data as data
from tests.differential import programs_models as models
from tests.differential.programs_data import Plan
from tests.differential.programs_parts import compiled, slip, spoil_data, train


def stacked(plan: Plan) -> None:
    """Recurrent layers from a list of units, all but the last of them returning sequences."""
    plan.target = (1,)
    data.windows(plan)
    spoil_data(plan)
    sizes = [plan.dice.randrange(2, 7) for _ in range(plan.dice.randrange(1, 4))]
    last = "True" if slip(plan, "extra return_sequences") else "i < len(units) - 1"
    last = "i > 0" if slip(plan, "missing return_sequences") else last
    plan.say(f"units = {sizes}", "model = Sequential()", f"model.add(Input({_shape(plan)}))")
    plan.say(
        *plan.one_of(
            ["for i, size in enumerate(units):", f"    model.add(LSTM(size, return_sequences={last}))"],
            ["for i in range(len(units)):", f"    model.add(GRU(units[i], return_sequences={last}))"],
        )
    )
    plan.say(plan.one_of("    model.add(Dropout(0.1))", "    if i == 0:\n        model.add(BatchNormalization())"))
    plan.say(f"model.add({models.output(plan, 1)})", compiled(plan))
    train(plan, "X", "y", "X[:2]")


def _shape(plan: Plan) -> str:
    wrong = plan.features + 1 if slip(plan, "features") else plan.features
    return plan.one_of(f"({plan.spell(plan.steps)}, {wrong})", f"(X.shape[1], {plan.spell(wrong)})")


def with_parameters(plan: Plan) -> None:
    """A build function with parameters, called with some of them, by name or from a dict."""
    plan.target = (plan.one_of(1, 2),)
    data.plain(plan)
    spoil_data(plan)
    first, width = plan.dice.randrange(2, 7), plan.target[0] + (1 if slip(plan, "wrong units") else 0)
    kept = "False" if slip(plan, "missing return_sequences") else "True"
    lines = [
        f"def build_model(input_shape, units={first}, outputs=1, layers=1, dropout=0.2):",
        "    inputs = Input(shape=input_shape)",
        f"    x = LSTM(units, return_sequences={kept})(inputs)",
        "    for _ in range(layers):",
        f"        x = Bidirectional(GRU(units // 2 + 1, return_sequences={kept}))(x)",
        "    if dropout:",
        "        x = Dropout(dropout)(x)",
        "    x = LSTM(units)(x)",
        f"    return Model(inputs, {models.output(plan, 1).replace('Dense(1', 'Dense(outputs', 1)}(x))",
        "",
    ]
    plan.say(*lines)
    words = plan.one_of(f"outputs={width}, layers={plan.dice.randrange(3)}", f"units=4, outputs={width}, dropout=0")
    if plan.chance(2):
        plan.say(f"config = dict({words})", f"model = build_model({_shape(plan)}, **config)")
    else:
        plan.say(f"model = build_model({_shape(plan)}, {words})")
    plan.say(compiled(plan))
    train(plan, "X", "y", "X[:1]")


def in_a_class(plan: Plan) -> None:
    """A class that holds the sizes and the model."""
    plan.target = (1,)
    data.windows(plan)
    spoil_data(plan)
    layers = [models.recurrent(plan, not slip(plan, "missing return_sequences")), models.recurrent(plan, False)]
    name = plan.one_of("build", "_build_model")
    wrong = f"X.shape[-1] + {plan.dice.randrange(1, 3)}" if slip(plan, "features") else ""
    plan.say(
        "class Forecaster:",
        "    def __init__(self, steps, features, units=4):",
        "        self.steps = steps",
        "        self.features = features",
        "        self.units = units",
        f"        self.model = self.{name}()",
        "",
        f"    def {name}(self):",
        "        model = Sequential()",
        "        model.add(Input((self.steps, self.features)))",
        *(f"        model.add({layer})" for layer in layers),
        "        model.add(Dense(self.units, activation='relu'))",
        f"        model.add({models.output(plan, 1)})",
        f"        {compiled(plan)}",
        "        return model",
        "",
        "    def train(self, X, y):",
        "        return self.model.fit(X, y, epochs=1)",
        "",
        "    def predict(self, X):",
        "        return self.model.predict(X)",
        "",
        f"forecaster = Forecaster({plan.spell(plan.steps)}, {wrong or 'X.shape[-1]'})",
        "forecaster.train(X, y)",
        f"p = forecaster.predict({plan.one_of('X[0]', 'X[0][0]') if slip(plan, 'predict one') else 'X[:3]'})",
    )


def characters(plan: Plan) -> None:
    """The next character, from one-hot windows filled in a loop."""
    phrase = "the quick brown fox jumps"[: plan.dice.randrange(12, 25)]
    long = plan.dice.randrange(3, 6)
    plan.say(
        f"text = '{phrase}'", "chars = sorted(list(set(text)))", "char_to_int = {c: i for i, c in enumerate(chars)}"
    )
    plan.say(f"maxlen = {long}", "sentences, next_chars = [], []", "for i in range(0, len(text) - maxlen):")
    plan.say("    sentences.append(text[i:i + maxlen])", "    next_chars.append(text[i + maxlen])")
    plan.say(
        "x = np.zeros((len(sentences), maxlen, len(chars)), dtype=bool)", "y = np.zeros((len(sentences), len(chars)))"
    )
    plan.say("for i, sentence in enumerate(sentences):", "    for t, char in enumerate(sentence):")
    plan.say("        x[i, t, char_to_int[char]] = 1", "    y[i, char_to_int[next_chars[i]]] = 1")
    shape = "(maxlen,)" if slip(plan, "whole shape") else "(len(chars), maxlen)" if slip(plan, "swapped axes") else ""
    width = "len(chars) + 1" if slip(plan, "wrong units") else "len(chars)"
    recurrent = models.recurrent(plan, slip(plan, "extra return_sequences"))
    plan.say(
        "model = Sequential()", f"model.add(Input(shape={shape or '(maxlen, len(chars))'}))", f"model.add({recurrent})"
    )
    plan.say(f"model.add(Dense({width}, activation='softmax'))")
    plan.say(
        "model.compile(loss='categorical_crossentropy', optimizer='adam')", "model.fit(x, y, batch_size=8, epochs=1)"
    )
    plan.say(f"p = model.predict(x[{'0' if slip(plan, 'predict one') else '0:1'}])[0]")


def two_outputs(plan: Plan) -> None:
    """One recurrent trunk with two heads."""
    data.plain(plan)
    wide = plan.dice.randrange(2, 4)
    plan.say(f"z = np.random.rand(len(X), {wide + (1 if slip(plan, 'labels') else 0)})")
    plan.say(f"inputs = Input(shape={_shape(plan)})", f"x = {models.recurrent(plan, False)}(inputs)")
    plan.say("first = Dense(1, name='first')(x)", f"second = Dense({wide}, name='second')(x)")
    plan.say("model = Model(inputs=inputs, outputs=[first, second])")
    losses = plan.one_of("['mse', 'mae']", "{'first': 'mse', 'second': 'mse'}", "'mse'")
    plan.say(f"model.compile(optimizer='adam', loss={losses})")
    given = plan.one_of("[y, z]", "{'first': y, 'second': z}" if losses.startswith("{") else "[y, z]")
    given = "y" if slip(plan, "samples") else given
    plan.say(f"model.fit(X, {given}, epochs=1, batch_size=4)", "a, b = model.predict(X[:2])")


def datasets(plan: Plan) -> None:
    """Batches from tf.data, or from timeseries_dataset_from_array."""
    plan.imports.add("import tensorflow as tf")
    if plan.chance(2):
        data.plain(plan)
        plan.say("dataset = tf.data.Dataset.from_tensor_slices((X, y)).shuffle(10).batch(4)")
    else:
        data.series(plan, plan.samples + plan.steps)
        steps = plan.spell(plan.steps)
        plan.say("dataset = tf.keras.utils.timeseries_dataset_from_array(")
        plan.say(f"    series[:-{steps}], series[{steps}:, 0], sequence_length={steps}, batch_size=4)")
    rows = [
        f"model = Sequential([Input({_plain_shape(plan)}), {models.recurrent(plan, False)}, {models.output(plan, 1)}])"
    ]
    plan.say(
        *rows,
        "model.compile(loss='mse', optimizer='adam')",
        "model.fit(dataset, epochs=1)",
        "score = model.evaluate(dataset)",
    )


def _plain_shape(plan: Plan) -> str:
    wrong = plan.features + 1 if slip(plan, "features") else plan.features
    return f"({plan.spell(plan.steps)}, {wrong})"


LONGER = (stacked, stacked, with_parameters, with_parameters, in_a_class, characters, two_outputs, datasets)
