"""The child process: plans come in as JSON lines, evidence goes out as JSON lines.

Started as ``python -m lstmlint.verify.worker``, it alone imports TensorFlow. It writes no files and reaches no
network, its memory is watched, and it ends when the parent does. A plan that fails gives a line that says so; what a
plan cannot survive, the parent sees as the process ending.
"""

from __future__ import annotations

import json
import math
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import IO, Any

from lstmlint.verify.confine import confine, watch
from lstmlint.verify.schema import OF_FUNCTIONS, Plan, ProgramPlan
from lstmlint.verify.validate import PlanError, check_plan

Send = Callable[[dict[str, Any]], None]


def main() -> int:
    """Serve until standard input ends. ``--memory BYTES`` bounds the resident memory, ``--keras 2`` means tf_keras."""
    memory = int(sys.argv[sys.argv.index("--memory") + 1]) if "--memory" in sys.argv else 0
    os.environ["TF_USE_LEGACY_KERAS"] = "1" if sys.argv[-2:] == ["--keras", "2"] else "0"
    requests, send = _pipes()
    confine()
    watch(memory)
    try:
        from lstmlint.verify.backend import keras, tf
    except ImportError as error:
        send({"event": "unavailable", "reason": str(error)})
        return 2
    send({"event": "ready", "keras": keras.__version__, "tensorflow": tf.__version__})
    for line in requests:
        _serve(line, send)
    return 0


def _pipes() -> tuple[IO[str], Send]:
    """Standard input and output for plans alone: what libraries print goes nowhere."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)

    def send(message: dict[str, Any]) -> None:
        answers.write(json.dumps(_finite(message), allow_nan=False) + "\n")
        answers.flush()

    return requests, send


def _finite(value: Any) -> Any:
    """JSON has no NaN: null stands for it."""
    match value:
        case float() if not math.isfinite(value):
            return None
        case dict():
            return {key: _finite(item) for key, item in value.items()}
        case list():
            return [_finite(item) for item in value]
        case _:
            return value


def _serve(line: str, send: Send) -> None:
    try:
        plan = check_plan(json.loads(line))
    except (ValueError, PlanError) as error:
        send({"event": "refused", "reason": str(error)[:400]})
        return
    try:
        for result in _results(plan, send):
            send({"event": "result", "id": plan["id"], **result})
        send({"event": "done", "id": plan["id"]})
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"[:400]
        send({"event": "failed", "id": plan["id"], "reason": reason, "trace": traceback.format_exc()[-1500:]})
    finally:
        from lstmlint.verify.backend import LEGACY, keras

        keras.backend.clear_session(**{} if LEGACY else {"free_memory": False})


def _results(plan: Plan, send: Send) -> Iterator[dict[str, Any]]:
    from lstmlint.verify import nudges, own_functions, probes, tags

    for index, program in enumerate(plan["programs"]):
        match plan["claim"]:
            case "raises":
                yield {"program": index, "seed": 0, **probes.attempt(program, 0, eager=index > 0)}
            case "becomes nan":
                yield {"program": index, "seed": 0, **probes.numbers(program, 0)}
            case "trains something else" if plan["probe"] in OF_FUNCTIONS:
                yield {"program": index, "seed": 0, **own_functions.asked_alone(program, 0, plan["probe"])}
            case "trains something else":
                yield {"program": index, "seed": 0, **probes.pairs(program, 0)}
            case "scrambles values" | "leaks":
                yield {"program": index, "seed": 0, **tags.landed(program)}
            case "padding counts" | "remembers nothing" | "mixes samples" | "cannot reach its targets":
                for seed in plan["seeds"]:
                    yield {"program": index, "seed": seed, **nudges.nudged(program, seed, plan["probe"])}
            case "state matters" | "state does not matter":
                for seed in plan["seeds"]:
                    yield {"program": index, "seed": seed, **probes.state(program, seed, plan["probe"])}
            case _:
                results = list(_trained(plan, index, send))
                yield from results
                if index and all(result["clear"] for result in results) and _generated(program):
                    return  # one cure is enough where the data are not the program's


def _generated(program: ProgramPlan) -> bool:
    return any(array["values"] is None for array in (*program["data"]["x"], *program["data"]["y"]))


def _trained(plan: Plan, index: int, send: Send) -> Iterator[dict[str, Any]]:
    from lstmlint.verify.experiment import trained

    program = plan["programs"][index]

    def tell(seed: int, epoch: int, loss: float) -> None:
        where = {"id": plan["id"], "program": index, "seed": seed}
        send({"event": "progress", **where, "epoch": epoch, "epochs": program["training"]["epochs"], "loss": loss})

    for result in trained(program, plan["seeds"], index > 0, tell):
        yield {"program": index, **result}


if __name__ == "__main__":
    sys.exit(main())
