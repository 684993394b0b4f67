"""The model part of a generated script: layers for a plan, and the styles in which people put them together."""

from __future__ import annotations

from tests.differential.programs_data import Plan

#: Mistakes that are made in the layers.
IN_LAYERS = (
    *("missing return_sequences", "extra return_sequences", "flatten before recurrent", "repeat on sequence"),
    *("time distributed on vector", "reshape to another size", "kernel too long", "no units", "wrong units"),
)


def recurrent(plan: Plan, sequences: bool, extra: str = "") -> str:
    """A recurrent layer, also inside Bidirectional."""
    kind = plan.one_of("LSTM", "LSTM", "LSTM", "GRU", "SimpleRNN")
    words = [plan.one_of("{0}", "{0}", "units={0}").format(units(plan))]
    if sequences or plan.chance(8):
        words.append(f"return_sequences={sequences}")
    words += [plan.one_of("activation='relu'", "activation='tanh'", "dropout=0.1", "go_backwards=True")] * plan.chance(
        4
    )
    words += [extra] if extra else []
    text = f"{kind}({', '.join(words)})"
    if extra or not plan.chance(4):
        return text
    mode = plan.one_of("", "", ", merge_mode='sum'", ", merge_mode='concat'", ", merge_mode='ave'")
    return f"Bidirectional({text}{mode})"


def units(plan: Plan) -> str:
    if plan.mistake == "no units":
        plan.mistake = ""
        return plan.one_of("0", "-3", "2.5", "'8'")
    return plan.spell(plan.dice.randrange(1, 9))


def on_sequences(plan: Plan) -> str:
    """A layer that leaves three axes three."""
    if plan.mistake == "kernel too long":
        plan.mistake = ""
        return plan.one_of("Conv1D(4, 40)", "MaxPooling1D(40)", "Conv1D(filters=4, kernel_size=50, activation='relu')")
    return plan.one_of(
        "Dropout(0.2)",
        "BatchNormalization()",
        "LayerNormalization()",
        "SpatialDropout1D(0.1)",
        "Activation('relu')",
        "Conv1D(filters=4, kernel_size=2, activation='relu')",
        "Conv1D(4, 3, padding='same')",
        "Conv1D(3, 2, padding='causal')",
        "Conv1D(4, 2, strides=2, padding='same')",
        "MaxPooling1D(pool_size=2, padding='same')",
        "AveragePooling1D(2, strides=1, padding='same')",
        "Dense(6, activation='relu')",
        "TimeDistributed(Dense(4))",
        "TimeDistributed(Dropout(0.1))",
        "ZeroPadding1D(1)",
        "UpSampling1D(2)",
        "GaussianNoise(0.1)",
        "LeakyReLU()",
    )


def keeps_steps(plan: Plan) -> str:
    """A layer that keeps both the steps and the three axes."""
    return plan.one_of(
        *("Dropout(0.2)", "BatchNormalization()", "TimeDistributed(Dense(4, activation='relu'))", "Dense(5)"),
        *("Conv1D(4, 3, padding='same')", "LayerNormalization()", "Activation('tanh')"),
    )


def on_vectors(plan: Plan) -> str:
    return plan.one_of(
        *(
            "Dropout(0.5)",
            "BatchNormalization()",
            "Dense(8, activation='relu')",
            "Dense(units=4)",
            "Activation('relu')",
        ),
        *("Flatten()", "Dense(16, 'relu')", "LayerNormalization()", "LeakyReLU()"),
    )


def to_vector(plan: Plan) -> list[str]:
    """From steps to one vector: the last output, pooling or all steps flattened."""
    if plan.mistake == "extra return_sequences":
        plan.mistake = ""
        return [recurrent(plan, True)]
    if plan.mistake == "flatten before recurrent":
        plan.mistake = ""
        return [
            plan.one_of("Flatten()", "GlobalAveragePooling1D()", "Lambda(lambda x: x[:, -1, :])"),
            recurrent(plan, False),
        ]
    if plan.chance(5):
        pool = plan.one_of("Flatten()", "GlobalAveragePooling1D()", "GlobalMaxPooling1D()", "GlobalMaxPool1D()")
        return [recurrent(plan, True), pool]
    return [recurrent(plan, False)]


def body(plan: Plan) -> list[str]:
    """Layers on sequences, recurrent ones among them."""
    layers = ["Masking(mask_value=0.0)"] if plan.chance(8) else []
    steady = len(plan.target) == 2
    for _ in range(plan.dice.randrange(3)):
        if plan.chance(2):
            layers.append(keeps_steps(plan) if steady else on_sequences(plan))
        else:
            wrong = plan.mistake == "missing return_sequences"
            plan.mistake = "" if wrong else plan.mistake
            layers.append(recurrent(plan, not wrong))
    if plan.mistake == "kernel too long":
        layers.append(on_sequences(plan))
    if plan.mistake == "missing return_sequences":
        plan.mistake = ""
        layers.append(recurrent(plan, False))
    return layers


def output(plan: Plan, width: int) -> str:
    if plan.mistake == "wrong units":
        plan.mistake, width = "", width + plan.dice.randrange(1, 3)
    activation = {"binary": "sigmoid", "onehot": "softmax", "ids": "softmax"}.get(plan.labels, "")
    width = width if plan.labels != "ids" else int(plan.names.get(-1, ["3"])[0])
    tail = f", activation='{activation}'" if activation else plan.one_of("", "", ", activation='linear'")
    return f"Dense({plan.spell(width)}{tail})"


def layers_for(plan: Plan) -> list[str]:
    """The layers after the input."""
    match plan.target:
        case (steps, width) if steps != plan.steps or plan.chance(3):
            repeat = "" if plan.mistake == "repeat on sequence" else plan.mistake
            first = [recurrent(plan, plan.mistake == "repeat on sequence"), f"RepeatVector({plan.spell(steps)})"]
            plan.mistake = repeat
            return [*first, recurrent(plan, True), f"TimeDistributed({output(plan, width)})"]
        case (_, width):
            last = output(plan, width)
            wrapped = last if plan.chance(2) else f"TimeDistributed({last})"
            return [*body(plan), recurrent(plan, True), wrapped]
        case _:
            return [*body(plan), *to_vector(plan), *_head(plan), output(plan, plan.target[0] if plan.target else 1)]


def _head(plan: Plan) -> list[str]:
    layers = [on_vectors(plan) for _ in range(plan.dice.randrange(3) // 2 + plan.chance(3))]
    if plan.mistake == "time distributed on vector":
        plan.mistake = ""
        layers.append("TimeDistributed(Dense(4))")
    if plan.mistake == "reshape to another size":
        plan.mistake = ""
        layers += ["Dense(6)", plan.one_of("Reshape((4, 2))", "Reshape(target_shape=(5,))")]
    return layers


def with_argument(layer: str, argument: str) -> str:
    """``LSTM(4)`` -> ``LSTM(4, input_shape=(3, 1))``, outside a wrapper's own layer."""
    return f"{layer[:-1]}{'' if layer.endswith('()') else ', '}{argument})"


def sequential_list(plan: Plan, layers: list[str], shape: str) -> list[str]:
    layers = _with_input(plan, layers, shape)
    name = plan.one_of("Sequential", "keras.Sequential", "tf.keras.Sequential", "keras.models.Sequential")
    return [f"model = {name}([", *(f"    {layer}," for layer in layers), "])"]


def sequential_add(plan: Plan, layers: list[str], shape: str) -> list[str]:
    first, *rest = _with_input(plan, layers, shape)
    lines = ["model = Sequential()", f"model.add({first})"]
    if plan.chance(6) and rest:
        repeated = plan.one_of("Dropout(0.1)", "BatchNormalization()")
        lines += [f"for _ in range({plan.dice.randrange(1, 3)}):", f"    model.add({repeated})"]
    return [*lines, *(f"model.add({layer})" for layer in rest)]


def _with_input(plan: Plan, layers: list[str], shape: str) -> list[str]:
    """The input's shape as an Input, as an argument of the first layer, or not at all."""
    match plan.one_of("input", "argument", "argument", "none") if shape else "none":
        case "input":
            return [
                plan.one_of("Input(shape={0})", "keras.Input({0})", "Input({0})", "InputLayer(shape={0})").format(
                    shape
                ),
                *layers,
            ]
        case "argument":
            return [with_argument(layers[0], f"input_shape={shape}"), *layers[1:]]
        case _:
            return layers


def functional(plan: Plan, layers: list[str], shape: str) -> list[str]:
    x, entry = plan.one_of("x", "h", "out"), plan.one_of("inputs", "inp", "inputs")
    lines = [f"{entry} = {plan.one_of('Input', 'keras.Input', 'keras.layers.Input')}(shape={shape})"]
    for number, layer in enumerate(layers):
        source = entry if not number else x
        lines.append(f"{'outputs' if number == len(layers) - 1 else x} = {layer}({source})")
    made = plan.one_of(
        "Model({0}, outputs)", "keras.Model(inputs={0}, outputs=outputs)", "Model(inputs=[{0}], outputs=outputs)"
    )
    return [*lines, f"model = {made.format(entry)}"]


def functional_loop(plan: Plan, layers: list[str], shape: str) -> list[str]:
    """Layers in a list, applied by a loop."""
    lines = [f"inputs = Input({shape})", "x = inputs", f"for layer in [{', '.join(layers[:-1])}]:", "    x = layer(x)"]
    return [*lines, f"outputs = {layers[-1]}(x)", "model = Model(inputs, outputs)"]


STYLES = (sequential_list, sequential_list, sequential_add, sequential_add, functional, functional, functional_loop)
