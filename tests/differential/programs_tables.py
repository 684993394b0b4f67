"""Generated scripts that start from a CSV file or from text, forecast several steps, or keep their sizes somewhere."""

from __future__ import annotations

from tests.differential import programs_data as data
from tests.differential import programs_models as models
from tests.differential.programs_classes import declared
from tests.differential.programs_data import Plan
from tests.differential.programs_parts import compiled, slip, split_data, spoil_data, train

#: The file that a script finds in its folder: these columns, the first a date, and so many rows.
COLUMNS, ROWS = ("Date", "Open", "High", "Low", "Close", "Volume"), 60
FILE = "data.csv"


def csv_text() -> str:
    rows = (f"2020-{1 + i // 28:02}-{1 + i % 28:02},{i}.5,{i + 1}.5,{i}.25,{i}.75,{i * 10}" for i in range(ROWS))
    return "\n".join([",".join(COLUMNS), *rows, ""])


def from_csv(plan: Plan) -> None:
    """Prices: columns chosen, scaled, cut into windows, split, reshaped, trained on."""
    plan.imports |= {"import pandas as pd", "from sklearn.preprocessing import MinMaxScaler"}
    plan.target = ()
    plan.say(*_table(plan))
    plan.say(
        f"scaler = MinMaxScaler({plan.one_of('', 'feature_range=(0, 1)')})", "scaled = scaler.fit_transform(values)"
    )
    steps = plan.spell(plan.steps)
    plan.say(f"train_size = int(len(scaled) * {plan.one_of('0.8', '0.7', '0.67')})")
    plan.say("train_data, test_data = scaled[:train_size], scaled[train_size - " + steps + ":]")
    plan.say("def create_dataset(dataset, look_back):", "    dataX, dataY = [], []")
    plan.say("    for i in range(look_back, len(dataset)):", "        dataX.append(dataset[i - look_back:i])")
    plan.say("        dataY.append(dataset[i, 0])", "    return np.array(dataX), np.array(dataY)", "")
    plan.say(f"X, y = create_dataset(train_data, {steps})", f"X_test, y_test = create_dataset(test_data, {steps})")
    if plan.features == 1 and plan.chance(2):
        plan.say("X = np.reshape(X, (X.shape[0], X.shape[1], 1))", "X_test = X_test.reshape(-1, X_test.shape[1], 1)")
    if slip(plan, "samples"):  # Half of a number of rows that nobody knows may be all of them.
        plan.say(plan.one_of("X = X[1:]", "y = y[:-1]", "y = y[2:]"))
    spoil_data(plan)
    layers = [models.recurrent(plan, not slip(plan, "missing return_sequences")), "Dropout(0.2)"] * plan.chance(2)
    layers += [models.recurrent(plan, slip(plan, "extra return_sequences")), models.output(plan, 1)]
    plan.say(*plan.one_of(models.sequential_list, models.sequential_add)(plan, layers, declared(plan)), compiled(plan))
    train(plan, "X", "y", "X_test")


def _table(plan: Plan) -> list[str]:
    """``values`` (rows, features), numbers only."""
    plan.features = plan.one_of(1, 1, 2, 4)
    names = list(COLUMNS[1 : plan.features + 1])
    date = plan.one_of("", ", index_col='Date'", ", parse_dates=['Date'], index_col='Date'", ", index_col=0")
    read, chosen = f"df = pd.read_csv('{FILE}'{date})", "df" + repr(names).replace('"', "'").join("[]")
    numbers = plan.one_of(".values", ".to_numpy()", ".values.astype('float32')")
    one = [f"values = df['{names[0]}'].values.reshape(-1, 1)", f"values = df[['{names[0]}']].values"]
    if len(names) == 1:
        return [read, plan.one_of(*one, f"values = df.filter(['{names[0]}']).values")]
    if date and plan.chance(3):
        rest = list(COLUMNS[plan.features + 1 :])
        return [read, f"df = df.drop({rest}, axis=1)", f"values = df{numbers}"]
    used = [f"df = pd.read_csv('{FILE}', usecols={names})", f"values = df{numbers}"]
    last = [read.split(", ")[0].rstrip(")") + ")", f"values = df.iloc[:, 1:{len(names) + 1}]{numbers}"]
    return plan.one_of([read, f"values = {chosen}{numbers}"], used, last)


def several_ahead(plan: Plan) -> None:
    """Windows and the next values after each of them."""
    ahead = plan.dice.randrange(2, 5)
    plan.constant(ahead, "horizon", "n_ahead", "n_future")
    data.series(plan, plan.samples + plan.steps + ahead - 1)
    steps, future = plan.spell(plan.steps), plan.spell(ahead)
    plan.say("X, y = [], []", f"for i in range(len(series) - {steps} - {future} + 1):")
    plan.say(f"    X.append(series[i:i + {steps}])")
    column = plan.one_of("0", ":1")
    plan.say(f"    y.append(series[i + {steps}:i + {steps} + {future}, {column}])", "X, y = np.array(X), np.array(y)")
    spoil_data(plan)
    split = split_data(plan)
    plan.target = (ahead,) if column == "0" else (ahead, 1)
    recurrent = models.recurrent(plan, slip(plan, "extra return_sequences"))
    wide = ahead + 1 if slip(plan, "wrong units") else ahead
    layers = [recurrent, f"Dense({wide})"]
    if column == ":1":
        kept = not slip(plan, "missing return_sequences")
        decoder = [f"RepeatVector({wide})", models.recurrent(plan, kept), "TimeDistributed(Dense(1))"]
        layers = plan.one_of([*layers, f"Reshape(({future}, 1))"], [recurrent, *decoder])
    plan.say(*plan.dice.choice(models.STYLES)(plan, layers, declared(plan)), compiled(plan))
    train(plan, *split)


PHRASES = (
    "the cat sat on the mat",
    "a dog ran home",
    "the sun is hot today",
    "we like long walks",
    "rain fell all night",
)


def words(plan: Plan) -> None:
    """Texts through a Tokenizer, classified or continued word by word."""
    plan.imports |= {"from tensorflow.keras.preprocessing.text import Tokenizer"}
    plan.imports |= {"from tensorflow.keras.preprocessing.sequence import pad_sequences"}
    texts = plan.dice.sample(PHRASES, plan.dice.randrange(3, 6))
    plan.say(
        f"texts = {texts}", f"tokenizer = Tokenizer({plan.one_of('', 'num_words=50', 'oov_token=' + repr('<OOV>'))})"
    )
    plan.say("tokenizer.fit_on_texts(texts)", "total_words = len(tokenizer.word_index) + 1")
    plan.one_of(_classified, _continued)(plan)


def _classified(plan: Plan) -> None:
    longest = plan.spell(plan.steps)
    plan.say("sequences = tokenizer.texts_to_sequences(texts)", f"X = pad_sequences(sequences, maxlen={longest})")
    plan.say("y = np.array([i % 2 for i in range(len(texts))])")
    recurrent = models.recurrent(plan, slip(plan, "extra return_sequences"))
    first = models.recurrent(plan, not slip(plan, "missing return_sequences"))
    rows = ["Embedding(total_words, 6)", *[first] * plan.chance(3), recurrent, "Dense(1, activation='sigmoid')"]
    shape = plan.one_of(f"({longest},)", "", "(X.shape[1],)")
    plan.say(*plan.one_of(models.sequential_list, models.sequential_add)(plan, rows, shape))
    plan.say("model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])")
    plan.say("model.fit(X, y, epochs=1)", f"p = model.predict({'X[0]' if slip(plan, 'predict one') else 'X[:1]'})")


def _continued(plan: Plan) -> None:
    """Beginnings of each line, padded in front; the last word of each is the target."""
    plan.imports.add("from tensorflow.keras.utils import to_categorical")
    plan.say("input_sequences = []", "for line in texts:", "    tokens = tokenizer.texts_to_sequences([line])[0]")
    plan.say("    for i in range(1, len(tokens)):", "        input_sequences.append(tokens[:i + 1])")
    plan.say("longest = max(len(s) for s in input_sequences)")
    plan.say("input_sequences = np.array(pad_sequences(input_sequences, maxlen=longest, padding='pre'))")
    plan.say("X, labels = input_sequences[:, :-1], input_sequences[:, -1]")
    whole = plan.one_of("categorical", "sparse")
    plan.say("y = to_categorical(labels, num_classes=total_words)" if whole == "categorical" else "y = labels")
    width = "total_words + 1" if slip(plan, "wrong units") else "total_words"
    rows = ["Embedding(total_words, 5)", models.recurrent(plan, slip(plan, "extra return_sequences"))]
    rows.append(f"Dense({width}, activation='softmax')")
    plan.say(*models.sequential_list(plan, rows, plan.one_of("(longest - 1,)", "(X.shape[1],)")))
    loss = "categorical_crossentropy" if whole == "categorical" else "sparse_categorical_crossentropy"
    plan.say(f"model.compile(loss='{loss}', optimizer='adam')", "model.fit(X, y, epochs=1)")
    plan.say("seed = pad_sequences([tokenizer.texts_to_sequences(['the cat'])[0]], maxlen=longest - 1)")
    plan.say("p = model.predict(seed)")


def settings(plan: Plan) -> None:
    """Sizes kept in a dict, a class, a dataclass or argparse's defaults."""
    plan.target, units, batch = (1,), plan.dice.randrange(2, 7), plan.one_of(2, 4, 8)
    steps, features = plan.steps, plan.features + (1 if slip(plan, "features") else 0)
    kept = {"steps": steps, "features": features, "units": units, "batch_size": batch}
    written = [f"{name} = {value}" for name, value in kept.items()]
    typed = [f"    {name}: int = {value}" for name, value in kept.items()]
    options = [f"parser.add_argument('--{name}', type=int, default={value})" for name, value in kept.items()]
    lines, form = plan.one_of(
        ([f"config = {kept}"], "config['{0}']"),
        (["class Config:", *(f"    {line}" for line in written), ""], "Config.{0}"),
        (["class Config:", *(f"    {line}" for line in written), "", "cfg = Config()"], "cfg.{0}"),
        (["@dataclass", "class Settings:", *typed, "", "settings = Settings()"], "settings.{0}"),
        (["parser = argparse.ArgumentParser()", *options, "args = parser.parse_args([])"], "args.{0}"),
    )
    plan.imports |= {"from dataclasses import dataclass"} if "dataclass" in lines[0] else set()
    plan.imports |= {"import argparse"} if "argparse" in lines[0] else set()
    plan.say(*lines)
    plan.say(
        f"X = np.random.rand({plan.samples}, {form.format('steps')}, {plan.features})", "y = np.random.rand(len(X), 1)"
    )
    spoil_data(plan)
    size = form.format("units")
    flag = "" if slip(plan, "missing return_sequences") else ", return_sequences=True"
    shape = f"({form.format('steps')}, {form.format('features')})"
    rows = [
        f"LSTM({size}{flag})",
        f"GRU({size} // 2 + 1{', return_sequences=True' * slip(plan, 'extra return_sequences')})",
    ]
    plan.say(*plan.dice.choice(models.STYLES)(plan, [*rows, models.output(plan, 1)], shape))
    plan.say("model.compile(loss='mse', optimizer='adam')")
    plan.say(f"model.fit(X, y, epochs=1, batch_size={form.format('batch_size')})")
    plan.say(f"p = model.predict({plan.one_of('X[0]', 'X[0, :]') if slip(plan, 'predict one') else 'X[:1]'})")


TABLES = (from_csv, from_csv, several_ahead, several_ahead, words, settings)
