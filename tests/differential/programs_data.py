"""The data part of a generated script: arrays X and y of planned sizes, in the ways people make them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass
class Plan:
    """What a script is about, and the text written so far.

    ``mistake`` names the one thing it does wrong, empty for none; ``names`` maps a size to the constants that hold it.
    ``target`` is the shape of y without the samples.
    """

    dice: random.Random
    samples: int
    steps: int
    features: int
    target: tuple[int, ...] = ()
    labels: str = "real"  # real | binary | ids | onehot | tokens
    mistake: str = ""
    head: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    imports: set[str] = field(default_factory=set)
    names: dict[int, list[str]] = field(default_factory=dict)
    span: str = ""  # the window length as written

    def one_of(self, *options: T) -> T:
        return self.dice.choice(options)

    def chance(self, one_in: int) -> bool:
        return self.dice.randrange(one_in) == 0

    def say(self, *lines: str) -> None:
        self.lines.extend(lines)

    def spell(self, size: int) -> str:
        """A size as a number, or by the constant that holds it."""
        names = self.names.get(size, [])
        return self.dice.choice(names) if names and not self.chance(3) else str(size)

    def constant(self, size: int, *names: str) -> None:
        """Now and then a constant for a size, at the top of the script."""
        if self.chance(2):
            return
        name = self.one_of(*names)
        self.head.append(f"{name} = {size}")
        self.names.setdefault(size, []).append(name)

    def shape(self, sizes: Sequence[int]) -> str:
        words = [self.spell(size) for size in sizes]
        return f"({words[0]},)" if len(words) == 1 else f"({', '.join(words)})"


def random_array(plan: Plan, sizes: Sequence[int]) -> str:
    """An expression for an array of these sizes."""
    shape, arguments = plan.shape(sizes), ", ".join(plan.spell(size) for size in sizes)
    total = 1
    for size in sizes:
        total *= size
    return plan.one_of(
        f"np.random.rand({arguments})",
        f"np.random.randn({arguments})",
        f"np.random.random({shape})",
        f"np.random.random(size={shape})",
        f"np.random.normal(size={shape})",
        f"np.random.normal(0, 1, {shape})",
        f"np.random.uniform(-1, 1, {shape})",
        f"np.zeros({shape})",
        f"np.ones({shape}, dtype='float32')",
        f"np.random.rand({arguments}).astype('float32')",
        f"np.random.randint(0, 10, {shape}).astype(np.float32)",
        f"np.random.randint(0, 10, size={shape}) / 10.0",
        f"np.random.default_rng(0).normal(size={shape})",
        f"np.arange({total}).reshape({arguments})",
        f"np.arange({total}, dtype='float32').reshape({shape}) / {total}",
        f"np.linspace(0, 1, {total}).reshape({shape})",
        f"np.full({shape}, 0.5)",
        f"np.random.rand({total}).reshape({shape})",
        f"np.concatenate([np.zeros({shape})[:1], np.random.rand({arguments})[1:]])",
        f"np.array([np.random.rand({', '.join(map(str, sizes[1:]))}) for _ in range({plan.spell(sizes[0])})])",
    )


def targets(plan: Plan, samples: int, length_of: str = "") -> str:
    """An expression for y; ``length_of`` names an array with as many samples."""
    count = f"len({length_of})" if length_of and plan.chance(2) else plan.spell(samples)
    inner = [plan.spell(size) for size in plan.target]
    shape = f"({', '.join([count, *inner])}{'' if inner else ','})"
    high = plan.target[-1] if plan.target and plan.labels == "onehot" else 3
    match plan.labels:
        case "binary":
            return plan.one_of(f"np.random.randint(0, 2, {shape})", f"np.random.randint(2, size={shape})")
        case "ids":
            return f"np.random.randint(0, {plan.names.get(-1, [str(high)])[0]}, size={shape})"
        case "onehot":
            flat = f"({', '.join([count, *inner[:-1]])},)"
            plan.imports.add("from tensorflow.keras.utils import to_categorical")
            return f"to_categorical(np.random.randint(0, {high}, {flat}), num_classes={inner[-1]})"
        case _:
            arguments = ", ".join([count, *inner])
            return plan.one_of(f"np.random.rand({arguments})", f"np.random.random({shape})", f"np.zeros({shape})")


def plain(plan: Plan) -> None:
    """X and y at random."""
    plan.say(f"X = {random_array(plan, (plan.samples, plan.steps, plan.features))}")
    plan.say(f"y = {targets(plan, plan.samples, 'X')}")


def flat_then_reshaped(plan: Plan) -> None:
    """A table of rows, reshaped to three axes."""
    n, t, f = plan.samples, plan.steps, plan.features
    plan.say(f"data = {random_array(plan, (n, t * f))}")
    ways = [
        f"X = data.reshape((data.shape[0], {plan.spell(t)}, {plan.spell(f)}))",
        f"X = data.reshape(-1, {plan.spell(t)}, {plan.spell(f)})",
        f"X = np.reshape(data, (len(data), {plan.spell(t)}, {plan.spell(f)}))",
        f"X = data.reshape(data.shape[0], {plan.spell(t)}, data.shape[1] // {plan.spell(t)})",
    ]
    if f == 1:
        ways += [
            "X = np.expand_dims(data, axis=-1)",
            "X = data[:, :, np.newaxis]",
            "X = data[..., None]",
            "X = data.reshape(data.shape[0], data.shape[1], 1)",
            "X = np.expand_dims(data, 2)",
        ]
    plan.say(plan.dice.choice(ways), f"y = {targets(plan, n, 'X')}")


def swapped_to_place(plan: Plan) -> None:
    """Features first, then transposed or gathered."""
    n, t, f = plan.samples, plan.steps, plan.features
    match plan.one_of("transpose", "swapaxes", "stack", "dstack"):
        case "transpose":
            plan.say(f"data = {random_array(plan, (n, f, t))}")
            plan.say(plan.one_of("X = data.transpose(0, 2, 1)", "X = np.transpose(data, (0, 2, 1))"))
        case "swapaxes":
            plan.say(f"data = {random_array(plan, (t, n, f))}")
            plan.say(
                plan.one_of("X = np.swapaxes(data, 0, 1)", "X = data.swapaxes(0, 1)", "X = np.moveaxis(data, 1, 0)")
            )
        case "stack":
            plan.say(f"columns = [np.random.rand({n}, {t}) for i in range({plan.spell(f)})]")
            plan.say(plan.one_of("X = np.stack(columns, axis=-1)", "X = np.stack(columns, axis=2)"))
        case _:
            plan.say(f"first = np.random.rand({n}, {t})")
            plan.say(f"X = np.dstack([{', '.join(['first'] * f)}])")
    plan.say(f"y = {targets(plan, n, 'X')}")


def literal(plan: Plan) -> None:
    """Small arrays written out."""
    n, t, f = min(plan.samples, 4), plan.steps, plan.features
    plan.samples = n
    rows = [[[round(plan.dice.random(), 1) for _ in range(f)] for _ in range(t)] for _ in range(n)]
    if plan.chance(2) and f == 1:
        plan.say(f"X = np.array({[[row[0] for row in sample] for sample in rows]})")
        plan.say("X = X.reshape((X.shape[0], X.shape[1], 1))")
    else:
        plan.say(f"X = np.array({rows}{plan.one_of('', ', dtype=float', ', dtype=np.float32')})")
    plan.say(f"y = {targets(plan, n)}")


def series(plan: Plan, length: int) -> None:
    """A series called ``series`` of (length,) or (length, features)."""
    f = plan.features
    if f == 1 and plan.chance(2):
        plan.say(
            plan.one_of(
                f"series = np.sin(np.arange({length}) * 0.1)",
                f"series = np.sin(np.linspace(0, 20, {length}))",
                f"series = np.array([np.cos(0.1 * i) for i in range({length})])",
                f"series = np.cumsum(np.random.randn({length}))",
                f"series = np.sin(np.arange(0, {length})) + 0.1 * np.random.randn({length})",
            )
        )
        plan.say(plan.one_of("series = series.reshape(-1, 1)", "series = series[:, None]"))
        return
    match plan.one_of("array", "columns", "frame"):
        case "columns" if f > 1:
            plan.say(f"a = np.sin(np.arange({length}))")
            names = ", ".join(["a", *(f"a * {i}" for i in range(2, f + 1))])
            plan.say(plan.one_of(f"series = np.column_stack(({names}))", f"series = np.vstack([{names}]).T"))
        case "frame":
            plan.imports.add("import pandas as pd")
            columns = ", ".join(f"'{name}': np.random.rand({length})" for name in "abcdefgh"[:f])
            plan.say(f"df = pd.DataFrame({{{columns}}})")
            plan.say(
                plan.one_of("series = df.values", "series = df.to_numpy()", "series = df.values.astype('float32')")
            )
        case _:
            plan.say(f"series = {random_array(plan, (length, f))}")
    if plan.chance(4):
        plan.imports.add("from sklearn.preprocessing import MinMaxScaler")
        plan.say("scaler = MinMaxScaler(feature_range=(0, 1))", "series = scaler.fit_transform(series)")


def windows(plan: Plan) -> None:
    """Windows cut from a series; y is what follows, where the target allows it, else random."""
    gap = plan.dice.randrange(2)
    series(plan, plan.samples + plan.steps + gap)
    span = plan.spell(plan.steps)
    follows = "series[i + {0}, 0]" if not plan.target else "series[i + {0}, :1]" if plan.target == (1,) else ""
    plan.span = span
    own = plan.labels == "real" and bool(follows)
    item = follows.format(span) if own else "0.0"
    plan.one_of(_helper, _loop, _comprehension, _filled)(plan, item, gap)
    if not own:
        plan.say(f"y = {targets(plan, plan.samples, 'X')}")


def _helper(plan: Plan, item: str, gap: int) -> None:
    data, width = plan.one_of("dataset", "sequence", "series"), plan.one_of("look_back", "n_steps", "window")
    item = item.replace("series", data).replace(f"i + {plan.span}", f"i + {width}")
    name = plan.one_of("create_dataset", "split_sequence", "make_windows")
    default = plan.one_of("", "=1", "=3")
    body = [
        f"def {name}({data}, {width}{default}):",
        f"    {plan.one_of('X, y = [], []', 'X, y = list(), list()')}",
        f"    for i in range(len({data}) - {width}{' - 1' if gap else ''}):",
        plan.one_of(
            f"        a = {data}[i:(i + {width})]\n        X.append(a)",
            f"        X.append({data}[i:i + {width}])",
            f"        end = i + {width}\n        if end > len({data}) - 1:\n            break\n"
            f"        X.append({data}[i:end, :])",
        ),
        f"        y.append({item})",
        "    return np.array(X), np.array(y)",
        "",
    ]
    plan.lines[0:0] = [line for part in body for line in part.split("\n")]
    word = plan.one_of("{1}", "{0}={1}").format(width, plan.spell(plan.steps))
    plan.say(f"X, y = {name}(series, {word})")


def _loop(plan: Plan, item: str, gap: int) -> None:
    width, less = plan.span, " - 1" if gap else ""
    plan.say(plan.one_of("X, y = [], []", "X = []\ny = []"))
    if plan.chance(2):
        plan.say(f"for i in range(len(series) - {width}{less}):", f"    X.append(series[i:i + {width}])")
    else:
        plan.say(f"for i in range({width}, len(series){less}):", f"    X.append(series[i - {width}:i])")
        item = item.replace(f"i + {width}", "i")
    plan.say(f"    y.append({item})")
    plan.say(plan.one_of("X, y = np.array(X), np.array(y)", "X = np.array(X)\ny = np.asarray(y)"))


def _comprehension(plan: Plan, item: str, gap: int) -> None:
    width, less = plan.span, " - 1" if gap else ""
    plan.say(f"X = np.array([series[i:i + {width}] for i in range(len(series) - {width}{less})])")
    plan.say(f"y = np.array([{item} for i in range(len(series) - {width}{less})])")


def _filled(plan: Plan, item: str, gap: int) -> None:
    width = plan.span
    plan.say(f"n = len(series) - {width}{' - 1' if gap else ''}", f"X = np.zeros((n, {width}, series.shape[1]))")
    plan.say("y = np.zeros((n, 1))" if item.endswith(":1]") else "y = np.zeros(n)", "for i in range(n):")
    plan.say(f"    X[i] = series[i:i + {width}]", f"    y[i] = {item}")


NUMBERS = (plain, plain, flat_then_reshaped, swapped_to_place, literal, windows, windows, windows)


def tokens(plan: Plan, vocabulary: int) -> None:
    """Integer tokens (samples, steps)."""
    n, t = plan.samples, plan.steps
    if plan.chance(2):
        plan.say(f"X = np.random.randint(0, {plan.spell(vocabulary)}, ({plan.spell(n)}, {plan.spell(t)}))")
    else:
        plan.imports.add("from tensorflow.keras.preprocessing.sequence import pad_sequences")
        texts = [[plan.dice.randrange(1, vocabulary) for _ in range(plan.dice.randrange(1, t + 3))] for _ in range(n)]
        padding = plan.one_of("", ", padding='post'", ", padding='pre', truncating='post'")
        plan.say(f"sequences = {texts}", f"X = pad_sequences(sequences, maxlen={plan.spell(t)}{padding})")
    plan.say(f"y = {targets(plan, n, 'X')}")
