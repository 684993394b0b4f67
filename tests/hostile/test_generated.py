"""Programs that hypothesmith makes from Python's grammar, with names that Keras scripts use: never an exception.

``LSTMLINT_EXAMPLES`` sets how many (default 60; a long run takes 10,000).
"""

from __future__ import annotations

import os
import re
import zlib
from keyword import kwlist, softkwlist

import pytest
from hypothesis import HealthCheck, given, settings

from lstmlint.engine import lint_for
from lstmlint.settings import Settings

hypothesmith = pytest.importorskip("hypothesmith")

EXAMPLES = int(os.environ.get("LSTMLINT_EXAMPLES", "60"))
#: What generated names become: a program of unknown names alone would test little.
NAMES = [
    "np",
    "keras",
    "LSTM",
    "Dense",
    "Sequential",
    "Input",
    "Model",
    "model",
    "fit",
    "predict",
    "compile",
    "add",
    "reshape",
    "zeros",
    "array",
    "X",
    "y",
    "shape",
    "append",
    "range",
    "len",
    "pd",
    "read_csv",
    "values",
    "i",
    "units",
    "layers",
    "self",
    "super",
    "list",
    "dict",
    "call",
    "build",
    "batch_size",
    "return_sequences",
    "epochs",
]
IMPORTS = "import numpy as np, pandas as pd, keras\nfrom keras.layers import *\nfrom keras.models import *\n"
_NAME = re.compile(r"\b[A-Za-z_]\w*\b")
_WORDS = frozenset((*kwlist, *softkwlist, "__future__"))


def familiar(text: str) -> str:
    """The program with each of its names replaced by one of ours, the same one everywhere."""

    def renamed(match: re.Match[str]) -> str:
        word = match[0]
        return word if word in _WORDS else NAMES[zlib.crc32(word.encode()) % len(NAMES)]

    return _NAME.sub(renamed, text)


LINT = lint_for(Settings())


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=EXAMPLES < 1000)
@given(hypothesmith.from_node())
def test_generated_program(text: str) -> None:
    for program in (text, IMPORTS + familiar(text)):
        data = f"{program}\n# keras\n".encode("utf-8", "surrogatepass")
        crashes = LINT.file("generated.py", data, named=True).crashes
        assert not crashes, crashes[0].traceback
