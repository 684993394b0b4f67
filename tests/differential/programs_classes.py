"""Generated scripts with classes of their own: subclassed models, layers, cells, and models inside models."""

from __future__ import annotations

from tests.differential import programs_data as data
from tests.differential import programs_models as models
from tests.differential.programs_data import Plan
from tests.differential.programs_parts import compiled, slip, spoil_data, train


def declared(plan: Plan) -> str:
    """The shape of one sample, of another number of features where that is the mistake."""
    wrong = plan.features + plan.dice.randrange(1, 3) if slip(plan, "features") else plan.features
    return plan.one_of(f"({plan.spell(plan.steps)}, {plan.spell(wrong)})", f"(X.shape[1], {wrong})")


def subclassed(plan: Plan) -> None:
    """A model whose ``call`` says in which order its layers are applied."""
    plan.target = plan.one_of((1,), (2,))
    plan.dice.choice(data.NUMBERS)(plan)
    spoil_data(plan)
    layers = [models.recurrent(plan, not slip(plan, "missing return_sequences"))] * (plan.dice.randrange(3) > 0)
    layers.append(models.recurrent(plan, slip(plan, "extra return_sequences")))
    layers += [plan.one_of("Dropout(0.2)", "Dense(8, activation='relu')", "BatchNormalization()")] * plan.chance(2)
    layers.append(models.output(plan, plan.target[0]))
    name, base = plan.one_of("Forecaster", "MyModel", "RNNModel"), plan.one_of("Model", "keras.Model")
    plan.say(f"class {name}({base}):", *_constructor(plan, name), *_applied(plan, layers), "")
    plan.say(f"model = {name}({plan.one_of('', '5', 'units=3')})")
    if plan.chance(4):
        plan.say(f"model.build((None, {plan.spell(plan.steps)}, {plan.spell(plan.features)}))")
    plan.say(compiled(plan))
    train(plan, "X", "y", "X[:2]")


def _constructor(plan: Plan, name: str) -> list[str]:
    start = plan.one_of("super().__init__()", f"super({name}, self).__init__()")
    return ["    def __init__(self, units=4):", f"        {start}", "        self.units = units"]


def _applied(plan: Plan, layers: list[str]) -> list[str]:
    """The layers as attributes one by one, in a list, or as a Sequential of their own."""
    told = ", training=training" if plan.chance(3) else ""
    call = ["", f"    def call(self, {plan.one_of('inputs', 'x')}{', training=None' if told else ''}):"]
    source = "inputs" if "inputs" in call[1] else "x"
    match plan.one_of("attributes", "attributes", "list", "sequential"):
        case "list":
            made = [f"        self.stack = [{', '.join(layers[:-1])}]", f"        self.out = {layers[-1]}"]
            loop = [f"        x = {source}", "        for layer in self.stack:", "            x = layer(x)"]
            return [*made, *call, *loop, "        return self.out(x)"]
        case "sequential":
            made = [f"        self.net = Sequential([{', '.join(layers)}])"]
            return [*made, *call, f"        return self.net({source}{told})"]
        case _:
            made = [f"        self.layer{number} = {layer}" for number, layer in enumerate(layers)]
            steps = [f"        x = self.layer{number}({'x' if number else source})" for number in range(len(layers))]
            return [*made, *call, *steps, "        return x"]


def own_layer(plan: Plan) -> None:
    """Attention as people write it: a layer with weights that sums over the steps."""
    plan.target = (1,)
    plan.dice.choice(data.NUMBERS)(plan)
    spoil_data(plan)
    name = plan.one_of("Attention", "AttentionLayer", "Pooling")
    plan.say(f"class {name}({plan.one_of('Layer', 'keras.layers.Layer')}):")
    plan.say(*plan.one_of(_weighted, _scored, _last_step)(plan, name), "")
    sequences = not slip(plan, "missing return_sequences")
    plan.say(f"inputs = Input(shape={declared(plan)})", f"x = {models.recurrent(plan, sequences)}(inputs)")
    plan.say(f"x = {name}()(x)", f"outputs = {models.output(plan, 1)}(x)", "model = Model(inputs, outputs)")
    plan.say(compiled(plan))
    train(plan, "X", "y", "X[:2]")


def _weighted(plan: Plan, name: str) -> list[str]:
    """Weights made in ``build`` from the input's shape."""
    math, summed = plan.one_of(
        ("keras.ops.{0}", "keras.ops.sum"), ("tf.{0}", "tf.reduce_sum"), ("tf.math.{0}", "tf.math.reduce_sum")
    )
    product, squashed = ("keras.ops.matmul" if "ops" in math else "tf.matmul"), math.format("tanh")
    soft = "keras.ops.softmax" if "ops" in math else "tf.nn.softmax"
    bias = plan.one_of("input_shape[1], 1", "1,", "1, 1")
    return [
        "    def build(self, input_shape):",
        "        self.W = self.add_weight(name='W', shape=(input_shape[-1], 1), initializer='normal')",
        f"        self.b = self.add_weight(name='b', shape=({bias}), initializer='zeros')",
        plan.one_of(f"        super({name}, self).build(input_shape)", "        self.built = True"),
        "",
        "    def call(self, x):",
        f"        scores = {squashed}({product}(x, self.W) + self.b)",
        f"        weights = {soft}(scores, axis=1)",
        f"        return {summed}(x * weights, axis=1)",
    ]


def _scored(plan: Plan, _: str) -> list[str]:
    """A Dense inside gives the scores."""
    return [
        "    def __init__(self, **kwargs):",
        "        super().__init__(**kwargs)",
        f"        self.score = Dense({plan.one_of('1', '1, activation=' + repr('tanh'))})",
        "",
        "    def call(self, values):",
        "        weights = keras.ops.softmax(self.score(values), axis=1)",
        f"        return keras.ops.{plan.one_of('sum(values * weights', 'mean(weights * values')}, axis=1)",
    ]


def _last_step(plan: Plan, _: str) -> list[str]:
    return [
        "    def call(self, x):",
        f"        return {plan.one_of('x[:, -1]', 'x[:, -1, :]', 'x[:, 0, :] + x[:, -1]')}",
    ]


def cells(plan: Plan) -> None:
    """``RNN`` over cells, alone or stacked."""
    plan.target = (1,)
    data.plain(plan)
    spoil_data(plan)
    made = [f"{plan.one_of('LSTMCell', 'GRUCell', 'SimpleRNNCell')}({models.units(plan)})" for _ in range(3)]
    cell = plan.one_of(made[0], f"[{made[0]}, {made[1]}]", f"StackedRNNCells([{', '.join(made)}])")
    if plan.chance(2):
        first = f"RNN({cell}, return_sequences={not slip(plan, 'missing return_sequences')})"
        layers = [first, models.recurrent(plan, slip(plan, "extra return_sequences"))]
    else:
        layers = [f"RNN({cell})"] + ["LSTM(4)"] * slip(plan, "missing return_sequences")
    plan.say(
        f"inputs = Input({declared(plan)})", f"x = {layers[0]}(inputs)", *(f"x = {layer}(x)" for layer in layers[1:])
    )
    plan.say(f"model = Model(inputs, {models.output(plan, 1)}(x))", compiled(plan))
    train(plan, "X", "y", "X[:1]")


def nested(plan: Plan) -> None:
    """An encoder and a decoder that are models themselves, called one after the other."""
    plan.target = (plan.steps, plan.features)
    data.plain(plan)
    spoil_data(plan)
    wide, steps = plan.dice.randrange(2, 7), plan.spell(plan.steps)
    inner = wide + 1 if slip(plan, "wrong units") else wide
    sequences = slip(plan, "extra return_sequences")
    plan.say(f"encoder = Sequential([Input({declared(plan)}), {_of_width(plan, wide, sequences)}])")
    plan.say(f"decoder = Sequential([Input(({inner},)), RepeatVector({steps}), {models.recurrent(plan, True)},")
    plan.say(f"    TimeDistributed(Dense({plan.spell(plan.features)}))])")
    plan.say(
        *plan.one_of(
            ["model = Sequential([encoder, decoder])"],
            [f"inputs = Input(({steps}, {plan.features}))", "model = Model(inputs, decoder(encoder(inputs)))"],
            ["model = Model(encoder.inputs, decoder(encoder.outputs[0]))"],
        )
    )
    plan.say("model.compile('adam', 'mse')")
    train(plan, "X", plan.one_of("X", "y"), "X[:2]")
    plan.say("codes = encoder.predict(X[:2])")


def _of_width(plan: Plan, wide: int, sequences: bool) -> str:
    return f"{plan.one_of('LSTM', 'GRU')}({wide}{', return_sequences=True' * sequences})"


def residual(plan: Plan) -> None:
    """Two recurrent layers whose outputs are added, as layers or as tensors."""
    plan.target = (1,)
    data.windows(plan)
    spoil_data(plan)
    wide = plan.dice.randrange(2, 6)
    other = wide + 1 if slip(plan, "wrong units") else wide
    flag = "" if slip(plan, "missing return_sequences") else ", return_sequences=True"
    plan.say(f"inputs = Input(shape={declared(plan)})", f"x = LSTM({wide}{flag})(inputs)")
    plan.say(f"y1 = {plan.one_of('LSTM', 'GRU')}({other}, return_sequences=True)(x)")
    plan.say(plan.one_of("x = Add()([x, y1])", "x = x + y1", "x = add([x, y1])", "x = Multiply()([x, y1])", "x += y1"))
    ends = ("x = GlobalAveragePooling1D()(x)", "x = x[:, -1, :]", "x = Flatten()(x)", "x = LSTM(3)(x)")
    plan.say(plan.one_of(*ends, "x = keras.ops.mean(x, axis=1)", "x = Lambda(lambda t: t[:, -1])(x)"))
    plan.say(f"model = Model(inputs, {models.output(plan, 1)}(x))", compiled(plan))
    train(plan, "X", "y", "X[-1:]")


def attention(plan: Plan) -> None:
    """Keras's own attention layers over the steps of a recurrent layer."""
    plan.target = (1,)
    data.plain(plan)
    spoil_data(plan)
    wide, flag = plan.dice.randrange(2, 6), not slip(plan, "missing return_sequences")
    plan.say(f"inputs = Input(shape={declared(plan)})", f"x = LSTM({wide}, return_sequences={flag})(inputs)")
    plan.say(
        *plan.one_of(
            ["x = Attention()([x, x])", "x = GlobalAveragePooling1D()(x)"],
            ["x = MultiHeadAttention(num_heads=2, key_dim=3)(x, x)", "x = Flatten()(x)"],
            ["a = AdditiveAttention()([x, x])", "x = Concatenate()([x, a])", "x = GlobalMaxPooling1D()(x)"],
            ["e = Dense(1, activation='tanh')(x)", "e = Flatten()(e)", "a = Activation('softmax')(e)",
             f"a = RepeatVector({wide})(a)", "a = Permute([2, 1])(a)", "x = Multiply()([x, a])",
             "x = Lambda(lambda t: keras.ops.sum(t, axis=1))(x)"],
            ["last = Lambda(lambda t: t[:, -1, :])(x)", "s = Dot(axes=[2, 1])([x, last])",
             "a = Activation('softmax')(s)", "x = Dot(axes=[1, 1])([x, a])"],
        )
    )  # fmt: skip
    plan.say(f"outputs = {models.output(plan, 1)}(x)", "model = Model(inputs=inputs, outputs=outputs)", compiled(plan))
    train(plan, "X", "y", "X[:3]")


CLASSES = (subclassed, subclassed, own_layer, cells, nested, residual, attention)
