"""Run our own fixture programs on the installed Keras, one after another in one process, and say how each ended.

Reads lines of JSON ``{"path", "keras"}`` and writes one line for each: ``{"path", "error", "rows"}``, where ``rows``
are the rows of the program that the traceback goes through, and ``error`` is null where it ran to its end.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
import traceback
import warnings
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
_IMPORT = re.compile(r"^(\s*)(from|import) (?:tensorflow\.)?keras\b", re.MULTILINE)


def on_keras_2(text: str) -> str:
    """The program with Keras 2's package in the place of Keras, every line where it was."""
    text = re.sub(r"^(\s*)import keras\s*$", r"\1import tf_keras as keras", text, flags=re.MULTILINE)
    return _IMPORT.sub(r"\1\2 tf_keras", text)


def run(path: str, keras: int) -> dict[str, Any]:
    """One program, in names of its own, quiet."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    code = compile(on_keras_2(text) if keras == 2 else text, path, "exec")
    _start_anew(keras)
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(code, {"__name__": "__main__"})
    except Exception as error:
        rows = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
        return {"path": path, "error": f"{type(error).__name__}: {error}"[:2000], "rows": rows}
    return {"path": path, "error": None, "rows": []}


def _start_anew(keras: int) -> None:
    import numpy

    if keras == 2:
        import tf_keras as package
    else:
        import keras as package

    package.backend.clear_session()
    package.utils.set_random_seed(0)
    numpy.random.seed(0)


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(run(asked["path"], asked["keras"])), file=sys.__stdout__, flush=True)


if __name__ == "__main__":
    main()
