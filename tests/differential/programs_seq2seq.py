"""Generated scripts of encoders and decoders that share states, and of pictures or parts over time."""

from __future__ import annotations

from tests.differential import programs_models as models
from tests.differential.programs_data import Plan, random_array
from tests.differential.programs_parts import compiled, slip, train


def translator(plan: Plan) -> None:
    """Teacher forcing over one-hot or embedded tokens, then the two models used for inference."""
    units, source, target = plan.dice.randrange(2, 7), plan.dice.randrange(5, 9), plan.dice.randrange(5, 9)
    n, wide = plan.samples, units + 1 if slip(plan, "wrong units") else units
    plan.constant(units, "latent_dim", "units")
    steps, ahead = plan.spell(plan.steps), plan.dice.randrange(2, 5)
    embedded = plan.chance(2)
    size = plan.spell(units)
    if embedded:
        plan.say(
            f"E = np.random.randint(0, {source}, ({n}, {steps}))", f"D = np.random.randint(0, {target}, ({n}, {ahead}))"
        )
        plan.say("encoder_inputs = Input(shape=(None,))", f"x = Embedding({source}, {size})(encoder_inputs)")
    else:
        plan.say(f"E = np.random.rand({n}, {steps}, {source})", f"D = np.random.rand({n}, {ahead}, {target})")
        wrong = source + 1 if slip(plan, "features") else source
        plan.say(f"encoder_inputs = Input(shape=(None, {wrong}))", "x = encoder_inputs")
    plan.say(f"T = np.random.rand({n}, {ahead}, {target})")
    plan.say(f"encoder = LSTM({size}, return_state=True)", "encoder_outputs, state_h, state_c = encoder(x)")
    plan.say("encoder_states = [state_h, state_c]")
    plan.say(
        *_decoder(plan, embedded, target, wide), "model = Model([encoder_inputs, decoder_inputs], decoder_outputs)"
    )
    loss = plan.one_of("categorical_crossentropy", "mse")
    plan.say(f"model.compile(optimizer='rmsprop', loss='{loss}')")
    given = "[D, E]" if slip(plan, "samples") else "[E, D]"
    plan.say(f"model.fit({given}, T, batch_size=4, epochs=1)")
    if plan.chance(2) and not embedded:
        plan.say(*_inference(plan, units, target))


def _decoder(plan: Plan, embedded: bool, target: int, wide: int) -> list[str]:
    flag = "" if slip(plan, "missing return_sequences") else "return_sequences=True, "
    start = (
        ["decoder_inputs = Input(shape=(None,))", f"d = Embedding({target}, 4)(decoder_inputs)"]
        if embedded
        else [f"decoder_inputs = Input(shape=(None, {target}))", "d = decoder_inputs"]
    )
    return [
        *start,
        f"decoder_lstm = LSTM({wide}, {flag}return_state=True)",
        "decoder_outputs, _, _ = decoder_lstm(d, initial_state=encoder_states)",
        f"decoder_dense = Dense({target}, activation='softmax')",
        "decoder_outputs = decoder_dense(decoder_outputs)",
    ]


def _inference(plan: Plan, units: int, target: int) -> list[str]:
    size = plan.spell(units)
    return [
        "encoder_model = Model(encoder_inputs, encoder_states)",
        f"state_in = [Input(shape=({size},)), Input(shape=({size},))]",
        "d_out, h, c = decoder_lstm(decoder_inputs, initial_state=state_in)",
        "decoder_model = Model([decoder_inputs] + state_in, [decoder_dense(d_out), h, c])",
        f"states = encoder_model.predict({plan.one_of('E[:1]', 'E[0:1]')})",
        f"token = np.zeros((1, 1, {target}))",
        plan.one_of(
            "tokens, h1, c1 = decoder_model.predict([token] + states)",
            "for _ in range(2):\n    tokens, h1, c1 = decoder_model.predict([token] + states)\n    states = [h1, c1]",
        ),
    ]


def both_ways(plan: Plan) -> None:
    """A bidirectional encoder, whose states are joined for the decoder."""
    units, n, ahead = plan.dice.randrange(2, 5), plan.samples, plan.dice.randrange(2, 4)
    double = units if slip(plan, "wrong units") else 2 * units
    features = plan.spell(plan.features)
    plan.say(f"X = np.random.rand({n}, {plan.spell(plan.steps)}, {features})", f"y = np.random.rand({n}, {ahead}, 1)")
    wrong = plan.features + 1 if slip(plan, "features") else plan.features
    plan.say(f"inputs = Input(shape=({plan.spell(plan.steps)}, {wrong}))")
    plan.say(f"out, fh, fc, bh, bc = Bidirectional(LSTM({units}, return_state=True))(inputs)")
    plan.say("h = Concatenate()([fh, bh])", "c = Concatenate()([fc, bc])", f"x = RepeatVector({ahead})(out)")
    flag = not slip(plan, "missing return_sequences")
    plan.say(f"x = LSTM({double}, return_sequences={flag})(x, initial_state=[h, c])")
    plan.say("outputs = TimeDistributed(Dense(1))(x)", "model = Model(inputs, outputs)")
    plan.say("model.compile(loss='mse', optimizer='adam')", "model.fit(X, y, epochs=1, batch_size=4)")
    plan.say(f"p = model.predict({plan.one_of('X[0]', 'X[-1]') if slip(plan, 'predict one') else 'X[:1]'})")


def parts(plan: Plan) -> None:
    """A window cut into parts, each read by a small convolution, the parts by a recurrent layer."""
    count, length, n = plan.dice.randrange(2, 4), plan.dice.randrange(4, 7), plan.samples
    features = plan.features
    plan.say(f"data = {random_array(plan, (n, count * length, features))}", f"y = np.random.rand({n})")
    plan.say(f"n_seq, n_len = {count}, {length}", f"X = data.reshape((data.shape[0], n_seq, n_len, {features}))")
    if slip(plan, "rank"):
        plan.say(plan.one_of("X = data", "X = X[:, 0]"))
    first = plan.one_of("(None, n_len, {0})", "(n_seq, n_len, {0})").format(features + slip(plan, "features"))
    kernel = length + 2 if plan.chance(12) else plan.one_of(1, 2, 3)
    rows = [f"TimeDistributed(Conv1D(4, {kernel}, activation='relu'))"]
    rows += plan.one_of(["TimeDistributed(MaxPooling1D(pool_size=2))"], ["TimeDistributed(Dropout(0.1))"], [])
    flat = plan.one_of("TimeDistributed(Flatten())", "TimeDistributed(GlobalAveragePooling1D())")
    rows += [] if slip(plan, "missing return_sequences") else [flat]
    rows += [models.recurrent(plan, slip(plan, "extra return_sequences")), models.output(plan, 1)]
    plan.say(*plan.one_of(models.sequential_add, models.sequential_list)(plan, rows, first), compiled(plan))
    train(plan, "X", "y", "X[:2]")


def films(plan: Plan) -> None:
    """ConvLSTM in one or two dimensions, also as an encoder and decoder over frames."""
    n, t, side, rank = 4, plan.dice.randrange(2, 4), plan.dice.randrange(4, 6), plan.one_of(1, 2, 2)
    sizes = (n, t, *(side,) * rank, plan.one_of(1, 2))
    plan.say(f"X = {random_array(plan, sizes)}", f"y = np.random.rand({n}, 1)")
    if slip(plan, "rank"):
        plan.say(plan.one_of("X = X[..., 0]", "X = X[:, 0]"))
    shape = (*sizes[1:-1], sizes[-1] + slip(plan, "features"))
    kept = plan.one_of("", ", padding='same'")
    rows = [f"ConvLSTM{rank}D(3, 2{kept}, return_sequences=True)"] * plan.chance(2)
    rows += ["BatchNormalization()"] * plan.chance(3)
    rows += [f"ConvLSTM{rank}D(filters=2, kernel_size=2{', return_sequences=True' * plan.chance(4)})", "Flatten()"]
    rows.append(models.output(plan, 1))
    plan.say(*plan.one_of(models.sequential_add, models.functional)(plan, rows, str(shape)), compiled(plan))
    train(plan, "X", "y", "X[:1]")


def per_frame(plan: Plan) -> None:
    """A small network for each picture, applied over time, then a recurrent layer."""
    n, t, side = 4, plan.dice.randrange(2, 4), plan.dice.randrange(4, 7)
    plan.say(f"X = {random_array(plan, (n, t, side, side, 1))}", f"y = np.random.randint(0, 3, {n})")
    plan.say(
        f"cnn = Sequential([Input(({side}, {side}, {1 + slip(plan, 'features')})), Conv2D(2, 2, activation='relu'),"
    )
    flat = plan.one_of("Flatten()", "GlobalAveragePooling2D()")
    plan.say(f"    MaxPooling2D(2), {'Dropout(0.1)' if slip(plan, 'missing return_sequences') else flat}])")
    rows = ["TimeDistributed(cnn)", models.recurrent(plan, slip(plan, "extra return_sequences"))]
    rows.append("Dense(3, activation='softmax')")
    shape = f"({t}, {side}, {side}, 1)"
    plan.say(*plan.one_of(models.sequential_add, models.functional)(plan, rows, shape))
    plan.say("model.compile(loss='sparse_categorical_crossentropy', optimizer='adam')", "model.fit(X, y, epochs=1)")
    plan.say(f"p = model.predict({'X[0]' if slip(plan, 'predict one') else 'X[:2]'})")


SEQ2SEQ = (translator, translator, both_ways, parts, parts, films, per_frame)
