"""pandas, scikit-learn and Keras's helpers run for real, against what the interpreter says of the same programs.

``LSTMLINT_EXAMPLES`` sets how many programs are compared over all tests (default 600).
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

pd = pytest.importorskip("pandas")
np = pytest.importorskip("numpy")
pytest.importorskip("sklearn")

from tests.differential.data_compare import HEAD, Known, contradictions, is_known, ours  # noqa: E402
from tests.differential.data_steps import CHANGES, loses_rows, step  # noqa: E402

EXAMPLES = int(os.environ.get("LSTMLINT_EXAMPLES", "200"))


def examples(share: float) -> settings:
    return settings(
        max_examples=max(int(EXAMPLES * share), 5),
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


def run(line: str, names: dict[str, Any]) -> bool:
    """Whether a line of a generated program runs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(line, names)
        except Exception:
            return False
    return True


#: How many expressions on tables were seen and how many of them known; how many values were compared over all tests.
SEEN = {"known": 0, "all": 0, "compared": 0}
#: Expressions that a long run found to be said wrongly.
FOUND = ["pd.DataFrame(np.arange(8).reshape(2, 4)).iloc[:, -2:-2].to_numpy()"]


def compare(program: str, names: dict[str, Any], checked: list[str], known: Known | None = None) -> int:
    """Every checked name against its real value; how many the interpreter knew."""
    values = ours(program)
    SEEN["compared"] += len(checked)
    for name in checked:
        assert name in values, program
        wrong = contradictions(values[name], names[name], known or {})
        assert not wrong, f"{program}\n# {name}: {wrong}"
    return sum(is_known(values[name]) for name in checked)


# --- pandas -----------------------------------------------------------------------------------------------------------

COLUMNS = ["Date", "Open", "Close", "Volume", "a b"]


@st.composite
def literal_tables(draw: st.DrawFn) -> str:
    """``pd.DataFrame(...)`` as scripts write it."""
    rows, width = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    names = COLUMNS[:width]
    numbers = [[draw(st.integers(0, 4)) for _ in range(rows)] for _ in names]
    match draw(st.integers(0, 4)):
        case 0:
            return f"pd.DataFrame({dict(zip(names, numbers, strict=True))!r})"
        case 1:
            return f"pd.DataFrame(np.zeros(({rows}, {width})), columns={names!r})"
        case 2:
            return f"pd.DataFrame({[list(row) for row in zip(*numbers, strict=True)]!r}, columns={names!r})"
        case 3:
            return f"pd.DataFrame(np.arange({rows * width}).reshape({rows}, {width}))"
        case _:
            return f"pd.DataFrame({[dict(zip(names, row, strict=True)) for row in zip(*numbers, strict=True)]!r})"


@st.composite
def csv_tables(draw: st.DrawFn) -> tuple[str, int]:
    """``pd.read_csv(...)`` of a file with all of COLUMNS, and the number of its rows."""
    arguments = ["header=0"] if draw(st.booleans()) else []
    if draw(st.booleans()):
        used = draw(st.lists(st.sampled_from(range(5)), min_size=1, max_size=4, unique=True).map(sorted))
        given_by_name = draw(st.booleans())
        arguments.append(f"usecols={[COLUMNS[i] for i in used] if given_by_name else used!r}")
        if draw(st.booleans()):
            arguments.append(f"index_col={COLUMNS[used[0]]!r}" if given_by_name else "index_col=0")
    elif draw(st.booleans()):
        arguments = ["header=0", f"names={['c0', 'c1', 'c2', 'c3', 'c4']!r}"]
    return f"pd.read_csv({', '.join(['FILE', *arguments])})", draw(st.integers(30, 40))


def _walk(data: st.DataObject, first: str, names: dict[str, Any], lines: list[str]) -> list[str]:
    """Up to four expressions, each over a value of those before it."""
    assert run(f"v0 = {first}", names), first
    lines.append(f"v0 = {first}")
    checked, sure = ["v0"], {"v0": True}
    for number in range(1, data.draw(st.integers(2, 5))):
        source = data.draw(st.sampled_from(checked))
        text = step(names[source], source, sure[source])
        if text is None:
            continue
        line = f"v{number} = {data.draw(text)}"
        sure[f"v{number}"] = sure[source] and not loses_rows(line)
        if run(line, names):
            lines.append(line)
            checked.append(f"v{number}")
    return checked


@examples(0.4)
@given(data=st.data())
def test_expressions_on_tables(data: st.DataObject) -> None:
    names: dict[str, Any] = {"pd": pd, "np": np}
    lines: list[str] = []
    checked = _walk(data, data.draw(literal_tables()), names, lines)
    SEEN["known"] += compare(HEAD + "\n".join(lines) + "\n", names, checked)
    SEEN["all"] += len(checked)


@pytest.mark.parametrize("expression", FOUND)
def test_found_before(expression: str) -> None:
    names: dict[str, Any] = {"pd": pd, "np": np}
    assert run(f"v0 = {expression}", names)
    compare(f"{HEAD}v0 = {expression}\n", names, ["v0"])


def test_most_of_it_is_known() -> None:
    """A comparison proves nothing where the interpreter knows nothing."""
    assert SEEN["all"] == 0 or SEEN["known"] > 0.85 * SEEN["all"]


@examples(0.2)
@given(data=st.data())
def test_expressions_on_files(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    call, rows = data.draw(csv_tables())
    path = tmp_path_factory.getbasetemp() / f"{rows}.csv"
    if not path.exists():
        pd.DataFrame(np.arange(rows * 5).reshape(rows, 5), columns=COLUMNS).to_csv(path, index=False)
    names: dict[str, Any] = {"pd": pd, "np": np}
    lines: list[str] = []
    checked = _walk(data, call.replace("FILE", repr(str(path))), names, lines)
    compare(HEAD + "\n".join(lines) + "\n", names, checked, {"n": rows, ("columns", str(path)): 5})


@examples(0.1)
@given(data=st.data())
def test_changes_in_place(data: st.DataObject) -> None:
    names: dict[str, Any] = {"pd": pd, "np": np}
    lines = [f"v0 = {data.draw(literal_tables())}"]
    assert run(lines[0], names)
    for _ in range(data.draw(st.integers(1, 3))):
        columns = list(names["v0"].columns)
        if not columns:
            break
        text = data.draw(st.sampled_from(CHANGES))
        line = text.format(x="v0", c=data.draw(st.sampled_from(columns)), w=len(columns))
        names["before"] = names["v0"].copy()
        if run(line, names):
            lines.append(line)
        else:
            names["v0"] = names["before"]
    lines.append("v1 = v0")
    assert run("v1 = v0", names)
    compare(HEAD + "\n".join(lines) + "\n", names, ["v1"])


# --- scikit-learn -----------------------------------------------------------------------------------------------------

_CLASSES = "MinMaxScaler, StandardScaler, RobustScaler, MaxAbsScaler, LabelEncoder, OneHotEncoder, OrdinalEncoder"
SKLEARN = (
    HEAD
    + f"from sklearn.preprocessing import LabelBinarizer, {_CLASSES}\n"
    + "from sklearn.model_selection import train_test_split\n"
)
SCALERS = [
    "MinMaxScaler()",
    "MinMaxScaler(feature_range=(-1, 1))",
    "StandardScaler()",
    "RobustScaler()",
    "MaxAbsScaler()",
]


def _world(head: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    assert run(head, names)
    return names


@examples(0.08)
@given(data=st.data())
def test_scalers(data: st.DataObject) -> None:
    rows, width = data.draw(st.integers(2, 9)), data.draw(st.integers(1, 4))
    kind = data.draw(st.sampled_from(["float64", "float32", "int64"]))
    lines = [
        f"x = np.arange({rows * width}, dtype={kind!r}).reshape({rows}, {width})",
        f"s = {data.draw(st.sampled_from(SCALERS))}",
        data.draw(st.sampled_from(["v0 = s.fit_transform(x)", "s.fit(x)\nv0 = s.transform(x)"])),
        f"v1 = s.transform(x[:{data.draw(st.integers(1, rows))}] + 100)",
        "v2 = s.inverse_transform(v0)",
        "v3 = s.fit_transform(pd.DataFrame(x))",
    ]
    names = _world(SKLEARN)
    assert all(run(line, names) for line in lines)
    compare(SKLEARN + "\n".join(lines) + "\n", names, ["v0", "v1", "v2", "v3"])


@examples(0.1)
@given(data=st.data())
def test_splits(data: st.DataObject) -> None:
    rows, width = data.draw(st.integers(3, 40)), data.draw(st.integers(1, 3))
    sizes = st.one_of(
        st.floats(0.05, 0.9).map(lambda f: f"test_size={round(f, 2)}"),
        st.integers(1, rows - 1).map(lambda n: f"test_size={n}"),
        st.floats(0.1, 0.9).map(lambda f: f"train_size={round(f, 2)}"),
        st.just("random_state=0"),
    )
    shuffle = data.draw(st.sampled_from(["", ", shuffle=False"]))
    lines = [
        f"x = np.zeros(({rows}, {width}))",
        f"y = pd.Series(np.arange({rows}), name='y')",
        f"z = list(range({rows}))",
        f"v0, v1, v2, v3, v4, v5 = train_test_split(x, y, z, {data.draw(sizes)}{shuffle})",
        "v6, v7 = train_test_split(pd.DataFrame(x), shuffle=False)",
    ]
    names = _world(SKLEARN)
    if all(run(line, names) for line in lines):
        compare(SKLEARN + "\n".join(lines) + "\n", names, [f"v{i}" for i in (0, 1, 2, 3, 6, 7)])


@examples(0.06)
@given(data=st.data())
def test_encoders(data: st.DataObject) -> None:
    labels = data.draw(st.lists(st.sampled_from(["cat", "dog", "cow", "ant"]), min_size=2, max_size=9))
    lines = [
        f"y = {labels!r}",
        "e = LabelEncoder()",
        "v0 = e.fit_transform(y)",
        "v1 = e.inverse_transform(v0)",
        "b = LabelBinarizer()",
        "v2 = b.fit_transform(y)",
        "v3 = b.transform(y[:1])",
        "v4 = OneHotEncoder(sparse_output=False).fit_transform(np.array(y).reshape(-1, 1))",
        "v5 = len(e.classes_)",
        "v6 = OrdinalEncoder().fit_transform(np.array(y).reshape(-1, 1))",
    ]
    names = _world(SKLEARN)
    assert all(run(line, names) for line in lines)
    compare(SKLEARN + "\n".join(lines) + "\n", names, ["v0", "v1", "v2", "v3", "v4", "v5", "v6"])


_MORE = SKLEARN + "from sklearn.decomposition import PCA\nfrom sklearn.model_selection import KFold, TimeSeriesSplit\n"


@examples(0.08)
@given(data=st.data())
def test_components_and_folds(data: st.DataObject) -> None:
    rows, width = data.draw(st.integers(8, 30)), data.draw(st.integers(2, 5))
    folds, kept = data.draw(st.integers(2, 4)), data.draw(st.integers(1, width))
    maker = data.draw(
        st.sampled_from([f"TimeSeriesSplit(n_splits={folds})", f"KFold({folds})", f"KFold(n_splits={folds})"])
    )
    lines = [
        f"x = np.random.rand({rows}, {width})",
        f"p = PCA({data.draw(st.sampled_from(['n_components=', '']))}{kept})",
        data.draw(st.sampled_from(["v0 = p.fit_transform(x)", "p.fit(x)\nv0 = p.transform(x)"])),
        "v1 = p.transform(x[:3])",
        "v2 = p.inverse_transform(v0)",
        f"for train, test in {maker}.split(x):\n    v3, v4 = x[train], x[test]",
        "v5 = v3.shape[1]",
    ]
    names = _world(_MORE)
    assert all(run(line, names) for line in lines)
    compare(_MORE + "\n".join(lines) + "\n", names, ["v0", "v1", "v2", "v3", "v4", "v5"])


# --- keras.utils ------------------------------------------------------------------------------------------------------

KERAS = HEAD + "import keras\nfrom keras.utils import to_categorical, pad_sequences\n"


def keras_world() -> dict[str, Any]:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    pytest.importorskip("keras")
    return _world(KERAS)


@examples(0.1)
@given(data=st.data())
def test_labels_and_padding(data: st.DataObject) -> None:
    labels = data.draw(st.lists(st.integers(0, 5), min_size=1, max_size=6))
    texts = data.draw(st.lists(st.lists(st.integers(1, 99), max_size=5), min_size=1, max_size=4))
    options = [
        *(data.draw(st.sampled_from(["", f", {side}='post'"])) for side in ("padding", "truncating")),
        data.draw(st.sampled_from(["", ", maxlen=3", ", maxlen=6"])),
        data.draw(st.sampled_from(["", ", dtype='float32'", ", value=-1"])),
    ]
    lines = [
        f"v0 = to_categorical({labels!r})",
        f"v1 = to_categorical(np.array({labels!r}).reshape(-1, 1), num_classes=7)",
        f"v2 = to_categorical(np.zeros(({len(labels)}, 4)), 5)",
        f"v3 = pad_sequences({texts!r}{''.join(options)})",
        f"v4 = pad_sequences([np.zeros((k, 2)) for k in {[1, 3, 2]!r}]{''.join(options)})",
    ]
    names = keras_world()
    assert all(run(line, names) for line in lines), lines
    compare(KERAS + "\n".join(lines) + "\n", names, ["v0", "v1", "v2", "v3", "v4"])


@examples(0.04)
@given(data=st.data())
def test_datasets_of_windows(data: st.DataObject) -> None:
    """A full batch of a real dataset is as the interpreter says."""
    rows, width = data.draw(st.integers(30, 50)), data.draw(st.integers(1, 3))
    window, batch = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 5))
    rate = data.draw(st.integers(1, 2))
    tail = f"sequence_length={window}, batch_size={batch}, sampling_rate={rate}"
    lines = [
        f"x = np.zeros(({rows}, {width}))",
        f"d = keras.utils.timeseries_dataset_from_array(x, x[{window}:, 0], {tail})",
        "v0, v1 = next(iter(d))",
        "w = keras.utils.timeseries_dataset_from_array(x, None, " + tail + ")",
        "v2 = next(iter(w))",
    ]
    names = keras_world()
    assert all(run(line, names) for line in lines), lines
    compare(KERAS + "\n".join(lines) + "\n", names, ["v0", "v1", "v2"])


def test_the_path_is_read_once(tmp_path: Path) -> None:
    """Two readings of one file have the same rows; two files do not."""
    from lstmlint.interpreter.dims import Comparison
    from lstmlint.interpreter.dims import compare as compare_sizes

    values = ours("import pandas as pd\na = pd.read_csv('x.csv')\nb = pd.read_csv('x.csv')\nc = pd.read_csv('y.csv')\n")
    assert compare_sizes(values["a"].rows, values["b"].rows) is Comparison.EQUAL
    assert compare_sizes(values["a"].rows, values["c"].rows) is Comparison.UNKNOWN
