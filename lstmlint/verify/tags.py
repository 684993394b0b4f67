"""Where values land that are sent the program's way: each is a number that tells where it started. In the worker.

A way gives how many values are right, of how many, and one that is not, in words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lstmlint.verify.backend import keras, np, tf
from lstmlint.verify.schema import ProgramPlan

Landed = tuple[int, int, str]

#: Windows of a series that is split or fed; rows of a table that is scaled, and how many of them train.
_WINDOWS, _ROWS, _TRAINED = 60, 50, 40
#: Batches that follow one another.
_BATCHES = 3


def landed(program: ProgramPlan) -> dict[str, Any]:
    way, *arguments = program["tags"]
    right, count, example = WAYS[way](*arguments)
    return {"right": int(right), "of": int(count), "example": example}


def _axes(shape: list[int], axes: list[int], method: str) -> Landed:
    """Two axes swapped: ``transpose`` keeps each value with its row and step, ``reshape`` reads on in the old order."""
    tags = np.arange(int(np.prod(shape))).reshape(shape)
    wanted = tags.transpose(axes)
    got = wanted if method == "transpose" else tags.reshape(wanted.shape)
    wrong = np.argwhere(got != wanted)
    example = ""
    if len(wrong):
        place = tuple(map(int, wrong[0]))
        came, meant = (tuple(map(int, np.unravel_index(int(part[place]), shape))) for part in (got, wanted))
        example = f"place {list(place)} gets what stood at {list(came)}, not {list(meant)}"
    return got.size - len(wrong), got.size, example


def _pieces(steps: int, batch: int, layout: str) -> Landed:
    """A series cut into pieces for a stateful model: does each row of a batch go on where that row stopped before?"""
    series = np.arange(_BATCHES * batch * steps)
    pieces = series.reshape(-1, steps)
    if layout == "dealt":
        pieces = series.reshape(batch, -1, steps).swapaxes(0, 1).reshape(-1, steps)
    return _following(pieces.reshape(_BATCHES, batch, steps), lambda first, last: first == last + 1, "goes on with")


def _overlap(steps: int, batch: int, stride: int) -> Landed:
    """Windows fed to a stateful model in order: does a row's state already know the first step of its next window?"""
    starts = np.arange(_BATCHES * batch) * stride
    windows = (starts[:, None] + np.arange(steps)).reshape(_BATCHES, batch, steps)
    return _following(windows, lambda first, last: first > last, "comes back to")


def _following(batches: Any, fits: Callable[[Any, Any], Any], verb: str) -> Landed:
    first, last = batches[1:, :, 0], batches[:-1, :, -1]
    wrong = np.argwhere(~fits(first, last))
    example = ""
    if len(wrong):
        batch, row = map(int, wrong[0])
        example = f"after step {last[batch, row]} row {row} {verb} step {first[batch, row]}"
    return first.size - len(wrong), first.size, example


def _targets(length: int, row: int, direction: str) -> Landed:
    """Windows with a target each: is it a step that lies behind its window in time?"""
    time = np.arange(_WINDOWS + length + row)
    series = time[::-1] if direction == "backwards" else time
    windows = np.stack([series[i : i + length] for i in range(_WINDOWS)])
    return _behind(windows, series[row : row + _WINDOWS], lambda target, last: target > last)


def _behind(windows: Any, targets: Any, fits: Callable[[Any, Any], Any]) -> Landed:
    first, last = windows.min(axis=1), windows.max(axis=1)
    wrong = np.flatnonzero(~fits(targets, last))
    example = ""
    if len(wrong):
        here = wrong[0]
        example = f"the window of steps {first[here]} to {last[here]} has step {targets[here]} as its target"
    return len(targets) - len(wrong), len(targets), example


def _generator(name: str, length: int, row: int, rate: int = 1) -> Landed:
    """Keras's own generator on numbered rows: is the target, that many rows from its start, right behind its window?"""
    data = np.arange(_WINDOWS + length * rate)
    if name == "TimeseriesGenerator":  # it takes the target from behind each window itself
        given = data + row - length
        made = tf.keras.preprocessing.sequence.TimeseriesGenerator(data, given, length, rate)
    else:
        made = keras.utils.timeseries_dataset_from_array(data, data + row, length, sampling_rate=rate)
    batches = [(np.asarray(x), np.asarray(y)) for x, y in made]
    windows, answers = (np.concatenate([batch[part] for batch in batches]) for part in (0, 1))
    return _behind(windows, answers, lambda target, last: (target > last) & (target <= last + rate))


def _split(length: int, order: str) -> Landed:
    """Windows one step apart, a fifth of them held out: does a test window share no step with training windows?"""
    windows = np.arange(_WINDOWS)[:, None] + np.arange(length)
    rows = np.random.default_rng(0).permutation(_WINDOWS) if order == "shuffled" else np.arange(_WINDOWS)
    trained, tested = np.split(rows, [_WINDOWS * 4 // 5])
    if order == "ordered":
        tested = np.arange(_WINDOWS, _WINDOWS + len(tested)) + length  # those that reach over the border are left out
        windows = np.arange(tested[-1] + 1)[:, None] + np.arange(length)
    shared = np.isin(windows[tested], windows[trained]).sum(axis=1)
    wrong = np.flatnonzero(shared)
    example = ""
    if len(wrong):
        example = f"{shared[wrong[0]]} of the {length} steps of a test window stand in training windows"
    return len(tested) - len(wrong), len(tested), example


def _scale(scaler: str, fitted: Any, values: Any) -> Any:
    """What scikit-learn's scaler makes of values after a fit on others."""
    match scaler:
        case "QuantileTransformer":
            return np.interp(values, np.sort(fitted), np.linspace(0.0, 1.0, len(fitted)))
        case "MinMaxScaler":
            middle, width = fitted.min(), np.ptp(fitted)
        case "MaxAbsScaler":
            middle, width = 0.0, np.abs(fitted).max()
        case "RobustScaler":
            middle, width = np.median(fitted), np.subtract(*np.percentile(fitted, [75, 25]))
        case _:
            middle, width = fitted.mean(), fitted.std()
    return (values - middle) / width


def _scaler(scaler: str, rows: str) -> Landed:
    """A rising series, its end held out, which then falls below 0: do the training values stay as they were?

    Larger test values alone would not show a scale made of quantiles, which counts what is above and below.
    """
    series = np.arange(1.0, _ROWS + 1)
    other = np.where(np.arange(_ROWS) < _TRAINED, series, -2 * series)
    trained = slice(_TRAINED)
    seen = slice(None) if rows == "all" else trained
    before, after = (_scale(scaler, one[seen], one[trained]) for one in (series, other))
    equal = np.isclose(before, after)
    example = f"with test values below 0 a training value becomes {after[-1]:.2f} instead of {before[-1]:.2f}"
    return equal.sum(), equal.size, "" if equal.all() else example


def _refitted(scaler: str, method: str) -> Landed:
    """Test values of a rising series: does the model meet each under the number that training had for it?"""
    series = np.arange(1.0, _ROWS + 1)
    trained, tested = series[:_TRAINED], series[_TRAINED:]
    wanted = _scale(scaler, trained, tested)
    got = wanted if method == "transform" else _scale(scaler, tested, tested)
    equal = np.isclose(got, wanted)
    example = f"the value {tested[0]:g} becomes {got[0]:.2f}, where the scale of training makes {wanted[0]:.2f} of it"
    return equal.sum(), equal.size, "" if equal.all() else example


def _pairs(rows: int, shape: str) -> Landed:
    """Outputs less targets: is each output held against its own target alone?"""
    outputs, targets = np.arange(rows)[:, None], np.arange(rows)
    table = (outputs.ravel() if shape == "flat" else outputs) - targets
    right = int((table == 0).sum())
    example = f"{rows} outputs and {rows} targets give {table.size} differences" if right < table.size else ""
    return right, table.size, example


def _pad(dtype: str) -> Landed:
    """Numbers with fractions through Keras's own ``pad_sequences``."""
    values = (np.arange(_ROWS) + 0.5) / _ROWS
    padded = keras.utils.pad_sequences([values.tolist()], dtype=dtype)[0]
    equal = np.isclose(padded, values)
    return equal.sum(), equal.size, "" if equal.all() else f"{values[-1]:.2f} becomes {padded[-1]:g}"


def _columns(count: int, axis: str) -> Landed:
    """A table laid out for a recurrent layer: is each step of a sample a later row than the step before?"""
    rows = np.repeat(np.arange(_ROWS)[:, None], count, axis=1)
    samples = rows if axis == "steps" else np.stack([rows[i : i + count, 0] for i in range(_ROWS - count)])
    later = np.diff(samples, axis=1) > 0
    example = f"the {count} steps of a sample are columns of the same row" if not later.all() else ""
    return later.sum(), later.size, example


def _softmax(shape: list[int], axis: int) -> Landed:
    """Scores of ``shape`` made weights along an axis: does each weight follow from its score?"""
    random = np.random.default_rng(0)
    scores, changed = random.normal(size=shape), random.normal(size=shape)
    first, other = (tf.nn.softmax(one, axis=axis).numpy() for one in (scores, changed))
    follows = first != other
    high, low = scores.max(), scores.min()
    example = f"scores of {high:.2f} and {low:.2f} both become {first.flat[0]:.1f}" if not follows.all() else ""
    return int(follows.sum()), follows.size, example


WAYS: dict[str, Callable[..., Landed]] = {
    "axes": _axes,
    "pieces": _pieces,
    "overlap": _overlap,
    "targets": _targets,
    "generator": _generator,
    "split": _split,
    "scaler": _scaler,
    "refitted": _refitted,
    "pairs": _pairs,
    "pad": _pad,
    "columns": _columns,
    "softmax": _softmax,
}
