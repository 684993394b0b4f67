"""The way of data to fit, the parameters in the tables, and the page that draws both."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from lstmlint.api import array_shape_text
from lstmlint.cli import main
from lstmlint.report.ways import way_of
from tests.unit.interpreter.following import follow

WINDOWS = """
X, y = [], []
for i in range(len(data) - 60):
    X.append(data[i:i + 60])
    y.append(data[i + 60])
X, y = np.array(X), np.array(y)
"""
MODEL = """
model = Sequential([Input((60, 1)), LSTM(4), Dense(1)])
model.compile("adam", "mse")
model.fit(X, y)
"""
WAYS = {
    "windows": (
        "data = pd.read_csv('a.csv')['close'].values\n" + WINDOWS + "X = X.reshape(-1, 60, 1)",
        "read_csv (n, columns) -> part (n,) -> windows (n - 60, 60) -> reshape (n - 60, 60, 1)",
    ),
    "a comprehension": (
        "data = np.arange(100.0)\nX = np.array([data[i:i + 60] for i in range(40)])[..., None]\ny = data[60:]",
        "arange (100,) -> windows (40, 60) -> part (40, 60, 1)",
    ),
    "made as it is": ("X, y = np.zeros((5, 60, 1)), np.zeros(5)", "zeros (5, 60, 1)"),
    "scaled and turned": (
        "from sklearn.preprocessing import MinMaxScaler\nX = MinMaxScaler().fit_transform(np.ones((60, 5)))\n"
        "X = X.T.reshape(5, 60, 1)\ny = np.zeros(5)",
        "ones (60, 5) -> fit_transform (60, 5) -> transpose (5, 60) -> reshape (5, 60, 1)",
    ),
    "not known": ("X, y = load()", ""),
}


@pytest.mark.parametrize("name", WAYS)
def test_way(name: str) -> None:
    program, expected = WAYS[name]
    (run,) = follow(program + MODEL).runs
    steps = [f"{step.operation} {array_shape_text(step.shape)}" for step in (way_of(run.x[0]) if run.x else ())]
    assert " -> ".join(steps) == expected


@pytest.fixture
def train(tmp_path: Path) -> Path:
    path = tmp_path / "train.py"
    head = "import numpy as np\nfrom keras import Input, Sequential\nfrom keras.layers import LSTM, Dense\n"
    data = "data = np.arange(100.0)\n" + WINDOWS + "X = X.reshape(-1, 60, 1)\n"
    path.write_text(head + data + MODEL.replace("LSTM(4)", "LSTM(4), LSTM(2)") + MODEL, encoding="utf-8")
    return path


def test_text(train: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["shapes", "--isolated", str(train)]) == 0
    text = capsys.readouterr().out
    assert re.search(r"LSTM\(4\) +\(batch, 4\) +96\b", text)
    assert "✗ needs ndim=3, got ndim=2" in text
    assert "101 parameters" in text
    assert "windows (40, 60) :8 -> reshape (40, 60, 1) :11" in text


def test_json(train: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["shapes", "--isolated", str(train), "--output-format", "json"]) == 0
    (file,) = json.loads(capsys.readouterr().out)["files"]
    broken, whole = file["models"]
    assert [layer["parameters"] for layer in broken["layers"]] == [96, None, 3]
    assert (broken["parameters"], whole["parameters"]) == (None, 101)
    assert [step["shape"] for step in file["events"][0]["x_way"][0]] == [[100], [40, 60], [40, 60, 1]]


def test_page(train: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert main(["shapes", "--isolated", str(train), "--html", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert "breaks here" in text
    assert "http" not in text
    assert "<script" not in text
    pictures = [ElementTree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", text)]
    # The key; two models of an input with three and two layers; three steps of x and of y, each told once.
    assert len(pictures) >= 1 + 4 + 3 + 3


def test_page_escapes_what_a_file_holds(tmp_path: Path) -> None:
    path, page = tmp_path / "evil.py", tmp_path / "page.html"
    path.write_text("import keras\nm = keras.Sequential([keras.layers.Dense('<script>')], name='<script>')\n")
    assert main(["shapes", "--isolated", str(path), "--html", str(page)]) == 0
    assert "<script" not in page.read_text(encoding="utf-8")


def test_a_way_is_told_once_for_all_turns_of_a_loop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "loop.py"
    path.write_text(
        "import numpy as np\nfrom keras import Input, Sequential\nfrom keras.layers import LSTM, Dense\n"
        "series = [np.random.rand(40, 2) for _ in range(30)]\n"
        "m = Sequential([Input((1, 2)), LSTM(4), Dense(1)])\nm.compile('adam', 'mse')\n"
        "for one in series:\n    for step in range(39):\n"
        "        m.train_on_batch(one[step].reshape(1, 1, 2), one[step + 1, :1].reshape(1, 1))\n"
        "m.predict(np.zeros((4, 1, 2)))\n",
        encoding="utf-8",
    )
    assert main(["shapes", "--isolated", str(path)]) == 0
    text = capsys.readouterr().out
    assert text.count("rand (40, 2)") <= 2, text


def test_shapes_alike_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "branches.py"
    path.write_text(
        "from keras import Input, Model\nfrom keras.layers import LSTM, concatenate\nx = Input((5, 2))\n"
        "m = Model(x, concatenate([LSTM(4)(x) for _ in range(5)]))\n",
        encoding="utf-8",
    )
    assert main(["shapes", "--isolated", str(path)]) == 0
    assert "5 × (batch, 4) -> (batch, 20)" in capsys.readouterr().out
