"""The real run: a script's text executed in a worker process, with what its layers, arrays and runs really were.

Reads one JSON text a line (``{"text": ..., "graph": ...}``), answers with one line each. Models run eagerly: nearly the
same checks as in a compiled run, without seconds of tracing; stateful ones do not, nor any where a graph is asked for.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.differential.programs_tables import FILE, csv_text

NAME = "<program>"
#: A generated script takes two; one whose generator never yields would go on for ever.
MOST_SECONDS = 90
METHODS = ("fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch")
#: Stands for a size that a dataset leaves open.
OPEN = -1
Record = dict[str, Any]


def program_rows(frames: Any) -> list[int]:
    """The rows of the script on a stack, the outermost first."""
    return [row for frame, row in frames if frame.f_code.co_filename == NAME]


def shapes_of(value: Any) -> list[list[int]] | None:
    """The shape of each array in what was given as x or y; None where it is something else, such as nested lists."""
    if value is None:
        return []
    if hasattr(value, "element_spec"):
        return specified(value.element_spec)
    given = value if isinstance(value, list | tuple) else value.values() if isinstance(value, dict) else [value]
    return [list(one.shape) for one in given] if all(hasattr(one, "shape") for one in given) else None


def specified(spec: Any) -> list[list[int]] | None:
    """The shapes of a dataset's x without what is left open; None where the axes are not known."""
    first = spec[0] if isinstance(spec, tuple) else spec
    known = hasattr(first, "shape") and first.shape.rank is not None
    return [[OPEN if size is None else size for size in first.shape]] if known else None


def plain_value(value: Any) -> Any:
    """What is compared of a module-level name: an array's shape, a number, a tuple of numbers."""
    import numpy as np

    match value:
        case bool() | int() | str():
            return value
        case np.ndarray():
            return {"shape": list(value.shape), "kind": value.dtype.kind}
        case tuple() if value and all(isinstance(item, int) for item in value):
            return list(value)
        case list():
            return {"length": len(value)}
        case _:
            return None


def output_shapes(layer: Any) -> list[Any]:
    """The shapes a layer gives at its last call in a graph."""
    nodes = layer._inbound_nodes
    return [list(tensor.shape) for tensor in nodes[-1].output_tensors] if nodes else []


def layers_of(model: Any) -> list[Any]:
    kept = [layer for layer in model.layers if type(layer).__name__ != "InputLayer"]
    return [[type(layer).__name__, len(layer._inbound_nodes), output_shapes(layer)] for layer in kept]


def is_stateful(model: Any) -> bool:
    """Whether it keeps states, of whose batch size a compiled run and an eager one think differently."""
    layers = list(model._flatten_layers())
    return any(getattr(layer, "stateful", False) for layer in layers)


def shortened(model: Any, method: str, kwargs: dict[str, Any]) -> dict[str, Any]:
    """What makes a run short: one epoch, and one batch where no batch differs from the others but in its size."""
    if method.endswith("_on_batch"):
        return {}
    short: dict[str, Any] = {"verbose": 0} | ({"epochs": 1} if "epochs" in kwargs else {})
    any_size = model.built and not is_stateful(model) and all(tensor.shape[0] is None for tensor in inputs_of(model))
    if any_size and method in ("fit", "evaluate"):
        short["steps_per_epoch" if method == "fit" else "steps"] = 1
        if method == "fit":
            short["shuffle"] = False  # Else the one batch may be the last, which is smaller.
    return short


def inputs_of(model: Any) -> list[Any]:
    return list(getattr(model, "inputs", None) or [])


class Recorder:
    """Stands between the script and Keras, and writes down what passes."""

    def __init__(self) -> None:
        import keras

        self.runs: list[Record] = []
        self.graph = False
        self.keras = keras
        self.compile = keras.Model.compile
        keras.Model.compile = self._compile()
        for method in METHODS:
            setattr(keras.Model, method, self._run(method, getattr(keras.Model, method)))

    def _compile(self) -> Any:
        original, plain = self.compile, self.keras.optimizers.SGD

        def compile(model: Any, *args: Any, **kwargs: Any) -> Any:
            eager = {} if self.graph or is_stateful(model) else {"run_eagerly": True, "jit_compile": False}
            original(model, *args, **{**kwargs, **eager})
            if eager:
                model.optimizer = plain()  # The fewest operations a step; the script's own was made and accepted.

        return compile

    def _run(self, method: str, original: Any) -> Any:
        def run(model: Any, x: Any = None, *args: Any, **kwargs: Any) -> Any:
            with_y = not method.startswith("predict") and not hasattr(x, "element_spec")
            y = kwargs.get("y", args[0] if args else None) if with_y else None
            # A fit with validation data calls evaluate itself.
            if sys._getframe(1).f_code.co_filename == NAME:
                row = program_rows(traceback.walk_stack(sys._getframe(1)))[0]
                self.runs.append(
                    {"method": method, "row": row, "x": shapes_of(x), "y": shapes_of(y) if with_y else None}
                )
            return original(model, x, *args, **{**kwargs, **shortened(model, method, kwargs)})

        return run

    def models(self, names: dict[str, Any]) -> Record:
        found = {name: value for name, value in names.items() if isinstance(value, self.keras.Model)}
        return {name: layers_of(model) for name, model in found.items() if model.built}


def _ends_it(number: int, frame: object) -> None:
    raise TimeoutError("the script never ends")


def execute(text: str, recorder: Recorder) -> Record:
    """Run one script of ours, and say what became of it."""
    recorder.keras.backend.clear_session()
    recorder.keras.utils.set_random_seed(1)
    recorder.runs.clear()
    names: dict[str, Any] = {"__name__": "__main__"}
    raised = None
    signal.alarm(MOST_SECONDS)
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            exec(compile(text, NAME, "exec"), names)
    except Exception as error:
        rows = program_rows(traceback.walk_tb(error.__traceback__))
        raised = {"type": type(error).__name__, "message": str(error)[:300], "rows": rows}
    finally:
        signal.alarm(0)
    values = {name: plain_value(value) for name, value in names.items() if not name.startswith("__")}
    return {"raised": raised, "models": recorder.models(names), "runs": list(recorder.runs), "values": values}


def serve() -> None:
    import warnings

    warnings.simplefilter("ignore")
    answers = os.fdopen(os.dup(1), "w")
    signal.signal(signal.SIGALRM, _ends_it)
    recorder = Recorder()
    gc.collect()
    gc.freeze()  # Each script is cleared away with a collection: not through all of TensorFlow's own objects.
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        Path(FILE).write_text(csv_text(), encoding="utf-8")
        for line in sys.stdin:
            asked = json.loads(line)
            recorder.graph = asked["graph"]
            record = execute(asked["text"], recorder)
            answers.write(json.dumps(record) + "\n")
            answers.flush()


class Worker:
    """The process that runs the scripts, one after another."""

    def __init__(self) -> None:
        quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1", "KERAS_BACKEND": "tensorflow"}
        quiet |= {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", __name__ if __name__ != "__main__" else "tests.differential.programs_real"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=quiet,
        )

    def run(self, text: str, graph: bool = False) -> Record:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"text": text, "graph": graph}) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, "the worker died"
        record: Record = json.loads(answer)
        return record

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()


def statements(text: str) -> Iterator[tuple[int, int]]:
    """First and last row of each simple statement and of each header of a compound one."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if isinstance(body, list) and body else node.end_lineno
            yield node.lineno, max(last or node.lineno, node.lineno)


if __name__ == "__main__":
    serve()
