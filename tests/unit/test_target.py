"""Which Keras a program is for."""

from __future__ import annotations

from pathlib import Path

import pytest

from lstmlint.target import keras_target, speaks_of_keras_2
from lstmlint.text.source import SourceFile
from tests.unit.linting import write


@pytest.mark.parametrize(
    ("requirements", "legacy"),
    [
        ("keras<3", True),
        ("keras==2.4.3", True),
        ("keras~=2.4", True),
        ('keras = "^2.4"', True),
        ("  - keras=2.3.1", True),
        ("tensorflow==2.15.0", True),
        ("tensorflow-gpu==1.15", True),
        ("tensorflow>=2.8,<2.16", True),
        ("tensorflow<2.16", True),
        ("tensorflow~=2.4.1", True),
        ("tf-keras", True),
        ("tf_keras>=2", True),
        ("keras", False),
        ("keras>=3", False),
        ("tensorflow>=2.16", False),
        ("tensorflow>=2.8", False),
        ("tensorflow~=2.4", False),
        ("tensorflow==2.21", False),
        ("# keras==2.0", False),
        ("keras-tuner==1.0", False),
        ("tensorflow-text==2.5", False),
    ],
)
def test_pins(requirements: str, legacy: bool) -> None:
    assert speaks_of_keras_2(requirements) is legacy


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("import tf_keras as keras\n", 2),
        ("from tf_keras.layers import LSTM\n", 2),
        ('import os\nos.environ["TF_USE_LEGACY_KERAS"] = "1"\n', 2),
        ("%tensorflow_version 1.x\n", 2),
        ("!pip install keras==2.3.1\n", 2),
        ("from keras.layers.recurrent import LSTM\n", 3),
        ("from keras.utils import np_utils\n", 3),
        ("import keras\n", 3),
        ("from tensorflow.python.keras.layers import LSTM\n", 2),
        ("from keras.layers.core import Dense\n", 3),
        ("x = 'tf_keras is another thing'\n", 3),
    ],
)
def test_the_file_itself(tmp_path: Path, text: str, version: int) -> None:
    (tmp_path / ".git").mkdir()
    assert keras_target(SourceFile(str(tmp_path / "t.py"), text), text, "auto") == version


@pytest.mark.parametrize(
    ("name", "text", "version"),
    [
        ("requirements.txt", "numpy\nkeras==2.2.4\n", 2),
        ("requirements.txt", "keras>=3.1\n", 3),
        ("pyproject.toml", '[project]\ndependencies = ["tensorflow<2.16"]\n', 2),
        ("environment.yml", "dependencies:\n  - tensorflow=2.1\n", 2),
        ("README.md", "keras==2.2.4", 3),
    ],
)
def test_the_project_around_it(tmp_path: Path, name: str, text: str, version: int) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, name, text)
    source = SourceFile(str(tmp_path / "deep" / "down" / "t.py"), "import keras\n")
    assert keras_target(source, source.text, "auto") == version
    assert keras_target(source, source.text, "3") == 3
