"""The kinds of generated scripts: what is predicted from what."""

from __future__ import annotations

from collections.abc import Callable

from tests.differential import programs_data as data
from tests.differential import programs_models as models
from tests.differential.programs_data import Plan
from tests.differential.programs_parts import build, input_shape, slip, split_data, spoil_data, train


def forecast(plan: Plan) -> None:
    """One vector or number for each sample."""
    plan.target = plan.one_of((), (), (1,), (2,), (3,))
    _numbers(plan)


def classify(plan: Plan) -> None:
    plan.labels = plan.one_of("binary", "onehot", "ids")
    plan.target = {"binary": plan.one_of((), (1,)), "onehot": (plan.dice.randrange(2, 5),), "ids": ()}[plan.labels]
    _numbers(plan)


def every_step(plan: Plan) -> None:
    """One target for each step."""
    plan.target = (plan.steps, plan.one_of(1, 1, 2, 3))
    _numbers(plan)


def encoder_decoder(plan: Plan) -> None:
    plan.target = (plan.dice.randrange(2, 6), plan.one_of(1, 2))
    _numbers(plan)


def _numbers(plan: Plan) -> None:
    plan.dice.choice(data.NUMBERS)(plan)
    spoil_data(plan)
    split = split_data(plan)
    build(plan, models.layers_for(plan), input_shape(plan))
    train(plan, *split)


def text(plan: Plan) -> None:
    """Tokens through an Embedding."""
    vocabulary = plan.dice.randrange(8, 30)
    plan.constant(vocabulary, "vocab_size", "max_features", "num_words")
    plan.labels = plan.one_of("binary", "onehot", "ids")
    plan.target = {"binary": (), "onehot": (plan.dice.randrange(2, 5),), "ids": ()}[plan.labels]
    data.tokens(plan, vocabulary)
    split = split_data(plan)
    masked = plan.one_of("", "", ", mask_zero=True")
    first = plan.one_of("Embedding({0}, 5{1})", "Embedding(input_dim={0}, output_dim=8{1})").format(
        plan.spell(vocabulary), masked
    )
    shape = plan.one_of(f"({plan.spell(plan.steps)},)", "(None,)", "(X.shape[1],)", "")
    build(plan, [first, *_textual(plan)], shape)
    train(plan, *split)


def _textual(plan: Plan) -> list[str]:
    """Layers behind an Embedding whose length may be None."""
    layers = [models.recurrent(plan, not slip(plan, "missing return_sequences"))] * plan.chance(2)
    width = plan.target[0] if plan.target else 1
    return [*layers, models.recurrent(plan, slip(plan, "extra return_sequences")), models.output(plan, width)]


def stateful(plan: Plan) -> None:
    """A stateful model with a batch size of its own."""
    batch = plan.one_of(1, 2, 4)
    plan.samples, plan.target = batch * plan.dice.randrange(2, 6), plan.one_of((), (1,))
    data.plain(plan)
    wrong = plan.chance(3)
    shape = plan.shape((batch, plan.steps, plan.features))
    layers = [models.recurrent(plan, False, "stateful=True"), models.output(plan, 1)]
    first = "Input(batch_shape={0})" if not plan.chance(8) else "Input(shape={0}[1:])"
    plan.say("model = Sequential()", *(f"model.add({layer})" for layer in [first.format(shape), *layers]))
    plan.say("model.compile(loss='mse', optimizer='adam')")
    given = batch + 1 if wrong and plan.chance(2) else batch
    plan.say(
        f"for epoch in range({plan.one_of(1, 2)}):", f"    model.fit(X, y, epochs=1, batch_size={given}, shuffle=False)"
    )
    plan.say("    model.layers[0].reset_states()")
    words = plan.one_of(
        f"X, batch_size={batch}", f"X[:{batch}], batch_size={batch}", *(("X", f"X[:{batch + 1}]") * wrong)
    )
    plan.say(f"p = model.predict({words})")


def two_inputs(plan: Plan) -> None:
    """A recurrent branch and a plain one."""
    plan.target, other = (1,), plan.dice.randrange(2, 6)
    data.plain(plan)
    short = 1 if slip(plan, "samples") else 0
    plan.say(f"Z = np.random.rand(len(X){' - 1' * short}, {plan.spell(other)})")
    plan.say(f"a = Input(shape={plan.shape((plan.steps, plan.features))})", f"b = Input(shape=({plan.spell(other)},))")
    plan.say(
        f"left = {models.recurrent(plan, slip(plan, 'extra return_sequences'))}(a)",
        "right = Dense(4, activation='relu')(b)",
    )
    plan.say(
        plan.one_of(
            "x = Concatenate()([left, right])",
            "x = concatenate([left, right])",
            "x = Concatenate(axis=1)([left, right])",
        )
    )
    plan.say(f"outputs = {models.output(plan, 1)}(x)", "model = Model(inputs=[a, b], outputs=outputs)")
    plan.say("model.compile(optimizer='adam', loss='mse')")
    given = "[Z, X]" if slip(plan, "features") else "X" if slip(plan, "lists") else "[X, Z]"
    plan.say(f"model.fit({given}, y, epochs=1, batch_size=4)", "p = model.predict([X[:2], Z[:2]])")


def merged(plan: Plan) -> None:
    """Two recurrent branches on one input, added or concatenated."""
    plan.target = (1,)
    data.plain(plan)
    wide = plan.dice.randrange(2, 6)
    other = wide + 1 if plan.chance(4) else wide
    flag = plan.one_of("", ", return_sequences=True")
    uneven = "" if plan.chance(5) else flag
    plan.say(f"inputs = Input({plan.shape((plan.steps, plan.features))})")
    plan.say(f"a = LSTM({wide}{flag})(inputs)", f"b = GRU({other}{uneven})(inputs)")
    plan.say(
        plan.one_of(
            "x = Add()([a, b])", "x = add([a, b])", "x = Concatenate()([a, b])", "x = Concatenate(axis=1)([a, b])"
        )
    )
    plan.say(
        *(["x = Flatten()(x)"] if flag else []),
        f"outputs = {models.output(plan, 1)}(x)",
        "model = Model(inputs, outputs)",
    )
    plan.say("model.compile('adam', 'mse')", "model.fit(X, y, epochs=1)")


def with_states(plan: Plan) -> None:
    """An encoder that hands its states to a decoder."""
    kind, size, width = plan.one_of("LSTM", "LSTM", "GRU"), plan.dice.randrange(2, 6), plan.one_of(1, 2)
    states = "h, c" if kind == "LSTM" else "h"
    wide = size + 1 if slip(plan, "wrong units") else size
    steps = plan.dice.randrange(2, 5)
    data.plain(plan)
    plan.say(f"T = np.random.rand({plan.samples}, {steps}, {width})")
    plan.say(f"encoder_in = Input(shape={plan.shape((plan.steps, plan.features))})")
    unpacked = f"_, {states}" if not plan.chance(12) else f"_, {states}, extra"
    plan.say(
        f"{unpacked} = {kind}({size}, return_state=True)(encoder_in)", f"decoder_in = Input(shape=(None, {width}))"
    )
    given = plan.one_of(f"[{states}]", states if kind == "GRU" else f"[{states}]")
    flags = plan.one_of("return_sequences=True, return_state=True", "return_sequences=True")
    decoded = f"x, {', '.join('_' for _ in states.split(', '))}" if "return_state" in flags else "x"
    plan.say(f"{decoded} = {kind}({wide}, {flags})(decoder_in, initial_state={given})")
    plan.say(f"outputs = Dense({width})(x)", "model = Model([encoder_in, decoder_in], outputs)")
    plan.say("model.compile(optimizer='adam', loss='mse')", "model.fit([X, T], T, epochs=1, batch_size=8)")


def frames(plan: Plan) -> None:
    """Pictures over time: ConvLSTM2D, or a Conv1D inside TimeDistributed."""
    side, target = plan.dice.randrange(3, 6), plan.one_of((), (1,))
    plan.target = target
    rank = plan.one_of(4, 5) if plan.chance(4) else 5
    sizes = (*(4, plan.steps, side, side)[: rank - 1], 1)
    plan.samples = 4
    plan.say(f"X = {data.random_array(plan, sizes)}", f"y = {data.targets(plan, 4)}")
    first = plan.one_of(
        "ConvLSTM2D(3, (2, 2){0})", "ConvLSTM2D(filters=2, kernel_size=(3, 3), padding='same'{0})"
    ).format(plan.one_of("", ", return_sequences=True"))
    build(
        plan,
        [first, *plan.one_of(["Flatten()"], ["BatchNormalization()", "Flatten()"]), "Dense(1)"],
        plan.shape(sizes[1:]),
    )
    train(plan, "X", "y", "X")


Kind = Callable[[Plan], None]
KINDS: tuple[Kind, ...] = (
    *(forecast,) * 6,
    *(classify,) * 3,
    *(every_step,) * 3,
    *(encoder_decoder,) * 2,
    *(text,) * 3,
    *(stateful, stateful, two_inputs, merged, frames, with_states),
)
