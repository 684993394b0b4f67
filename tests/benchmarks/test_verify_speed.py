"""What verifying costs beside the program's own ``fit`` calls and beside importing TensorFlow, measured in one run.

Ratios, not seconds: the machine may be slow or busy. ``python -m pytest -s tests/benchmarks`` prints the numbers.
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "verify"))

from asked import asked
from test_claims import (
    BROADCAST,
    STATEFUL,
    features,
    memory,
    predicting,
    remembering,
    stacked,
    without_batch_size,
)

from lstmlint.api import Change, Claim, Cure
from lstmlint.verify.client import Worker
from lstmlint.verify.judge import verify_findings

#: The asked program, in our words: what its author waits for.
FIT = """
import sys, time
import numpy as np
from keras import Input, Sequential, layers
model = Sequential([Input((1, 3)), layers.LSTM(20), layers.Dense(3, activation="sigmoid")])
model.compile(loss="binary_crossentropy", optimizer="adam")
x, y = np.array([[[1, 0, 0]], [[1, 0, 0]]]), np.array([[0, 1, 0], [0, 0, 1]])
began = time.perf_counter()
model.fit(x, y, batch_size=2, epochs=300, shuffle=False, verbose=0)
print(time.perf_counter() - began)
"""


@dataclass(frozen=True)
class Times:
    """Seconds: 300 epochs of ``fit``; the same training here; TensorFlow alone; verifying 1 and 20 findings from
    cold."""

    fit: float
    training: float
    tensorflow: float
    one: float
    twenty: float


@pytest.fixture(scope="module")
def times() -> Times:
    fit = float(python("-c", FIT).stdout)
    tensorflow = timed(lambda: python("-c", "import tensorflow"))
    one = timed(lambda: verify_findings([stacked()]))
    twenty = timed(lambda: verify_findings(list(twenty_findings())))
    found = Times(fit, training_seconds(), tensorflow, one, twenty)
    print(f"\n{found}\nfit / training {found.fit / found.training:.1f}")
    print(f"one / import {found.one / found.tensorflow:.2f}  twenty / import {found.twenty / found.tensorflow:.2f}")
    return found


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)


def timed(what: Any) -> float:
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


def training_seconds() -> float:
    """The asked program as written with one seed: building, tracing and 300 epochs, by a worker that is ready."""
    with Worker() as worker:
        verify_findings([predicting(4)], worker=worker)
        finding, rule, facts = asked()
        experiment = finding.experiment
        alone = type(experiment)(experiment.claim, experiment.model, experiment.run, (), experiment.floor)
        only = type(finding)(finding.span, finding.message, finding.confidence, experiment=alone)
        (verdict,) = verify_findings([(only, rule, facts)], worker=worker, seeds=1)
    assert verdict is not None
    assert verdict.as_written
    return verdict.seconds


def twenty_findings() -> Any:
    """As a folder of scripts gives them: mostly crashes, then broadcast losses, state, and two that are trained."""
    for _ in range(4):
        yield from (stacked(), features(2, 3), without_batch_size(None))
    yield from (given for given, _ in list(BROADCAST.values())[:3])
    ordered = Cure("ordered", (Change("training", None, "shuffle", False),))
    yield memory(True, Claim.STATE_MATTERS, "order", ordered)
    yield memory(False, Claim.STATE_DOES_NOT_MATTER, "reset", STATEFUL)
    yield memory(True, Claim.STATE_MATTERS, "passes", Cure("reset", (Change("training", None, "resets", "epoch"),)))
    yield remembering(1, 1, "mean_squared_error", "linear")
    yield asked()


ROOT = Path(__file__).parents[2]
#: Two LSTM layers, the first without ``return_sequences``: one finding, LST101.
CRASH = """import numpy as np
from keras import Input, Sequential, layers
model = Sequential([Input((10, 3)), layers.LSTM(16), layers.LSTM(8), layers.Dense(1)])
model.compile(loss="mse", optimizer="adam")
model.fit(np.zeros((64, 10, 3)), np.zeros((64, 1)), epochs=5)
"""


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """Seconds of whole commands, as a user waits for them, and of importing TensorFlow between them."""
    crash = tmp_path_factory.mktemp("crash") / "train.py"
    crash.write_text(CRASH)
    imports = [timed(lambda: python("-c", "import tensorflow")) for _ in range(3)]
    asked = str(ROOT / "fixtures/stack_overflow/asked_keras3.py")
    found = {
        "import": sorted(imports)[1],
        "asked": timed(lambda: command("verify", "--isolated", asked)),
        "crash": timed(lambda: command("verify", "--isolated", str(crash))),
    }
    print(f"\n{found}")
    return found


def command(*words: str) -> None:
    """Exit code 1: something was confirmed."""
    ended = subprocess.run([sys.executable, "-m", "lstmlint", *words], capture_output=True, text=True, cwd=ROOT)
    assert ended.returncode == 1, ended.stdout + ended.stderr


def test_the_whole_command_on_a_crash_in_twice_the_import(commands: dict[str, float]) -> None:
    assert commands["crash"] < 2 * commands["import"]


def test_the_whole_command_on_the_asked_program_in_twice_the_import(commands: dict[str, float]) -> None:
    """Two findings that share one experiment: six trainings of 300 epochs."""
    assert commands["asked"] < 2 * commands["import"]


def test_twenty_are_twenty() -> None:
    assert len(list(twenty_findings())) == 20


def test_training_is_ten_times_faster_than_fit(times: Times) -> None:
    assert times.fit > 10 * times.training


def test_one_finding_in_twice_the_import(times: Times) -> None:
    assert times.one < 2 * times.tensorflow


def test_twenty_findings_in_thrice_the_import(times: Times) -> None:
    assert times.twenty < 3 * times.tensorflow
