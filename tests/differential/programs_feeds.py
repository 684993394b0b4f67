"""Generated scripts whose batches come from datasets, generators, Sequences, or loops of their own."""

from __future__ import annotations

from tests.differential import programs_data as data
from tests.differential import programs_models as models
from tests.differential.programs_classes import declared
from tests.differential.programs_data import Plan
from tests.differential.programs_parts import slip, spoil_data


def small_model(plan: Plan) -> None:
    """One or two recurrent layers and an output, Sequential or functional, compiled."""
    shape = declared(plan).replace("X.shape[1]", str(plan.steps))
    layers = [models.recurrent(plan, not slip(plan, "missing return_sequences"))] * plan.chance(2)
    layers += [models.recurrent(plan, slip(plan, "extra return_sequences")), models.output(plan, 1)]
    plan.say(*plan.one_of(models.sequential_list, models.sequential_add, models.functional)(plan, layers, shape))
    plan.say(f"model.compile(loss={plan.one_of(repr('mse'), repr('mae'))}, optimizer='adam')")


def _arrays(plan: Plan, paired: bool = True) -> None:
    """X and y; as many of both where nothing but a loop's index pairs them."""
    plan.mistake = plan.mistake if paired or plan.mistake != "samples" else ""
    plan.target = plan.one_of((), (1,))
    plan.one_of(data.plain, data.flat_then_reshaped, data.windows)(plan)
    spoil_data(plan)


def sliced(plan: Plan) -> None:
    """``from_tensor_slices``, mapped, shuffled, batched."""
    _arrays(plan)
    plan.imports.add("import tensorflow as tf")
    batch = plan.one_of(2, 4, 8)
    steps = [".shuffle(10)"] * plan.chance(2) + [".map(lambda a, b: (a * 2, b))"] * plan.chance(3)
    steps += [".cache()"] * plan.chance(6) + [".repeat()"] * plan.chance(6)
    batched = f".batch({batch}{', drop_remainder=True' * plan.chance(4)})"
    steps += [] if slip(plan, "predict one") else [batched]
    steps += plan.one_of([], [], [".prefetch(1)"], [".prefetch(tf.data.AUTOTUNE)"])
    plan.say(f"dataset = tf.data.Dataset.from_tensor_slices((X, y)){''.join(steps)}")
    small_model(plan)
    bound = f", steps_per_epoch={plan.one_of(1, 2)}" if ".repeat()" in steps else ""
    words = plan.one_of("", ", validation_data=dataset") if not bound else ""
    plan.say(f"model.fit(dataset, epochs=1{bound}{words})", *(["score = model.evaluate(dataset)"] if not bound else []))
    plan.say("p = model.predict(X[:2])")


def windowed(plan: Plan) -> None:
    """A series cut by ``window`` and ``flat_map``, as the tutorials do."""
    plan.target, plan.features = (), 1
    plan.imports.add("import tensorflow as tf")
    length, size = plan.samples + plan.steps + 4, plan.spell(plan.steps)
    plan.say(f"series = np.sin(np.arange({length}) * 0.1).astype('float32')")
    start = plan.one_of("series", "tf.expand_dims(series, axis=-1)", "series[:, np.newaxis]")
    lines = [
        "def windowed_dataset(series, window_size, batch_size, shuffle_buffer):",
        "    dataset = tf.data.Dataset.from_tensor_slices(series)",
        "    dataset = dataset.window(window_size + 1, shift=1, drop_remainder=True)",
        "    dataset = dataset.flat_map(lambda window: window.batch(window_size + 1))",
        plan.one_of("    dataset = dataset.shuffle(shuffle_buffer)", ""),
        f"    dataset = dataset.map(lambda window: (window[:-1], {plan.one_of('window[-1]', 'window[-1:]')}))",
        "    return dataset.batch(batch_size).prefetch(1)",
        "",
    ]
    plan.say(*(line for line in lines if line.strip() or not line))
    plan.say(f"dataset = windowed_dataset({start}, {size}, 4, 10)")
    if start == "series" and plan.chance(2):
        expand = "Lambda(lambda x: keras.ops.expand_dims(x, axis=-1))"
        rows = [f"Input(({plan.one_of('None', size)},))", expand, models.recurrent(plan, False), "Dense(1)"]
        plan.say(f"model = Sequential([{', '.join(rows)}])", "model.compile(loss='mse', optimizer='sgd')")
    else:
        small_model(plan)
    plan.say("model.fit(dataset, epochs=1)")


def timeseries(plan: Plan) -> None:
    """``timeseries_dataset_from_array`` and ``TimeseriesGenerator``."""
    plan.target = ()
    data.series(plan, plan.samples + plan.steps)
    steps, batch = plan.spell(plan.steps), plan.one_of(2, 4)
    if plan.chance(2):
        maker = plan.one_of("keras.utils", "keras.preprocessing", "tf.keras.utils")
        plan.say(f"dataset = {maker}.timeseries_dataset_from_array(")
        targets = plan.one_of(f"series[{steps}:, 0]", f"targets=series[{steps}:, :1]", f"series[{steps}:][:, 0]")
        plan.say(f"    series[:-{steps}], {targets}, sequence_length={steps}, batch_size={batch})")
    else:
        plan.imports.add("from tensorflow.keras.preprocessing.sequence import TimeseriesGenerator")
        targets = plan.one_of("series[:, 0]", "series[:, :1]", "targets=series[:, 0]")
        plan.say(f"dataset = TimeseriesGenerator(series, {targets}, length={steps}, batch_size={batch})")
        plan.say(plan.one_of("x0, y0 = dataset[0]", "print(len(dataset))"))
    small_model(plan)
    plan.say("model.fit(dataset, epochs=1)", *(["score = model.evaluate(dataset)"] * plan.chance(2)))


def generated(plan: Plan) -> None:
    """A generator that yields batches for ever."""
    _arrays(plan, paired=False)
    batch = plan.one_of(2, 4)
    plan.say("def batches(X, y, batch_size):", "    while True:")
    if plan.chance(2):
        plan.say("        for i in range(0, len(X) - batch_size + 1, batch_size):")
        plan.say("            yield X[i:i + batch_size], y[i:i + batch_size]", "")
    else:
        plan.say("        chosen = np.random.randint(0, len(X), batch_size)")
        plan.say("        yield X[chosen], y[chosen]", "")
    small_model(plan)
    plan.say(f"model.fit(batches(X, y, {batch}), steps_per_epoch=2, epochs=1)")
    plan.say(f"p = model.predict({plan.one_of('X[0]', 'X[-1]') if slip(plan, 'predict one') else 'X[:2]'})")


def sequences(plan: Plan) -> None:
    """A ``keras.utils.Sequence`` of the script's own."""
    _arrays(plan, paired=False)
    base = plan.one_of("keras.utils.Sequence", "keras.utils.PyDataset")
    plan.say(f"class Batches({base}):", "    def __init__(self, x, y, batch_size=4, **kwargs):")
    plan.say(
        "        super().__init__(**kwargs)", "        self.x, self.y = x, y", "        self.batch_size = batch_size"
    )
    plan.say("", "    def __len__(self):", "        return int(np.ceil(len(self.x) / self.batch_size))", "")
    plan.say("    def __getitem__(self, index):", "        low = index * self.batch_size")
    plan.say("        high = min(low + self.batch_size, len(self.x))")
    plan.say("        return self.x[low:high], self.y[low:high]", "")
    small_model(plan)
    plan.say(f"model.fit(Batches(X, y{plan.one_of('', ', 2', ', batch_size=3')}), epochs=1)")


def by_hand(plan: Plan) -> None:
    """``train_on_batch`` in a loop over parts of the data."""
    _arrays(plan, paired=False)
    small_model(plan)
    batch, words = plan.one_of(1, 2, 4), plan.one_of("", "loss = ")
    plan.say(f"for epoch in range({plan.one_of(1, 2)}):", f"    for i in range(0, len(X), {batch}):")
    given = plan.one_of("X[i]", "X[i:i + 1][0]") if slip(plan, "predict one") else f"X[i:i + {batch}]"
    plan.say(f"        {words}model.train_on_batch({given}, y[i:i + {batch}])")
    plan.say(*plan.one_of(["p = model.predict_on_batch(X[:2])"], ["score = model.test_on_batch(X[:2], y[:2])"], []))


FEEDS = (sliced, sliced, windowed, timeseries, timeseries, generated, sequences, by_hand)
