"""A crash, a kill, a hang or a lack of memory costs one plan its verdict; the next plan goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from asked import asked
from handmade import array, case, compiled, layer, run, sequential, shaped

from lstmlint.api import Claim, Finding
from lstmlint.verify.client import _ROOT, VerifierUnavailable, Worker, _environment
from lstmlint.verify.judge import Event, Verdict, verify_findings
from lstmlint.verify.plan import make_plan
from lstmlint.verify.schema import Plan

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def endless() -> Any:
    """Minutes of training."""
    model = sequential((None, 40, 4), layer("LSTM", 64), layer("Dense", 1), compiled=compiled("mean_squared_error"))
    ran = run(model, shaped(64, 40, 4), shaped(64, 1), batch_size=1, epochs=100_000)
    return case(Claim.CANNOT_LEARN, model, ran)


def plan_of(given: Any) -> Plan:
    finding: Finding = given[0]
    assert finding.experiment is not None
    return make_plan(finding.experiment, given[2])


def quick() -> Any:
    return asked(epochs=300)


@pytest.fixture
def own_worker() -> Any:
    with Worker() as fresh:
        yield fresh


def pair(worker: Worker, first: Any, timeout: float = 60.0, hear: Any = None) -> tuple[Verdict, Verdict]:
    one, two = verify_findings([first, quick()], worker=worker, timeout=timeout, progress=hear)
    assert one is not None
    assert two is not None
    return one, two


def test_hang(own_worker: Worker) -> None:
    """Too slow for its time: ended, and the next one is tried by a new process."""
    stopped, after = pair(own_worker, endless(), timeout=8.0)
    assert (stopped.verdict, stopped.reason) == ("inconclusive", "not finished after 8 s")
    assert after.verdict == "confirmed"


def test_stopped_process(own_worker: Worker) -> None:
    """A process that does nothing at all is as good as a hanging one."""

    def freeze(event: Event) -> None:
        if event.kind == "training" and event.index == 0:
            os.kill(own_worker.pid or 0, signal.SIGSTOP)

    stopped, after = pair(own_worker, quick(), 8.0, freeze)
    assert (stopped.verdict, stopped.reason) == ("inconclusive", "not finished after 8 s")
    assert after.verdict == "confirmed"


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_killed(own_worker: Worker, sign: signal.Signals) -> None:
    def kill(event: Event) -> None:
        if event.kind == "training" and event.index == 0:
            os.kill(own_worker.pid or 0, sign)

    ended, after = pair(own_worker, endless(), hear=kill)
    assert (ended.verdict, ended.reason) == ("inconclusive", f"the worker was ended by {sign.name}")
    assert after.verdict == "confirmed"


@linux
def test_out_of_memory() -> None:
    """A model and its optimizer of 1 GB, with less than that allowed."""
    model = sequential((None, 4, 8), layer("LSTM", 3000), layer("Dense", 1), compiled=compiled("mean_squared_error"))
    x, y = shaped(8, 4, 8), array([[0.0], [1.0]] * 4)
    large = case(Claim.CANNOT_LEARN, model, run(model, x, y, batch_size=8, epochs=300))
    with Worker(memory=900 * 1024**2) as small:
        ended, after = pair(small, large)
    assert ended.verdict == "inconclusive"
    assert ended.reason == "needs more than 0.9 GB of memory"
    assert after.verdict == "confirmed"


def test_crash_inside_a_plan(worker: Worker) -> None:
    """What TensorFlow refuses while training is a line, not an end."""
    model = sequential((None, 4, 2), layer("LSTM", 4), layer("Dense", 3), compiled=compiled("mean_squared_error"))
    impossible = case(Claim.CANNOT_LEARN, model, run(model, shaped(8, 4, 2), shaped(8, 7), batch_size=8))
    before = worker.pid
    failed, after = pair(worker, impossible)
    assert failed.verdict == "inconclusive"
    assert "shapes" in failed.reason
    assert (after.verdict, worker.pid) == ("confirmed", before)


def test_a_billion_parameters_are_refused(worker: Worker) -> None:
    model = sequential(
        (None, 10, 16), layer("LSTM", 16_000), layer("Dense", 1), compiled=compiled("mean_squared_error")
    )
    large = case(Claim.RAISES, model, run(model, shaped(32, 10, 16), shaped(32, 1)))
    began = time.monotonic()
    (verdict,) = verify_findings([large], worker=worker)
    assert verdict is not None
    assert verdict.verdict == "inconclusive"
    assert "1,025,104,001 parameters" in verdict.reason
    assert time.monotonic() - began < 1.0


def test_data_too_large_are_refused(worker: Worker) -> None:
    model = sequential((None, None, 100), layer("LSTM", 4), layer("Dense", 1), compiled=compiled("mean_squared_error"))
    large = case(Claim.RAISES, model, run(model, shaped(1, 10**8, 100), shaped(1, 1)))
    (verdict,) = verify_findings([large], worker=worker)
    assert verdict is not None
    assert verdict.verdict == "inconclusive"
    assert "elements" in verdict.reason


def test_no_way_to_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with Worker() as none:
        (verdict,) = verify_findings([quick()], worker=none)
    assert verdict is not None
    assert (verdict.verdict, verdict.reason) == ("inconclusive", "the worker ended with code 1")


def test_without_tensorflow(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "tensorflow.py").write_text("raise ImportError('No module named tensorflow')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Worker() as none, pytest.raises(VerifierUnavailable, match=r"install lstmlint\[verify\]"):
        verify_findings([quick()], worker=none)


def test_nothing_is_imported_from_the_linted_project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A ``json.py`` or ``tensorflow.py`` beside the script is the user's code: never run."""
    for name in ("json", "tensorflow", "keras", "numpy", "lstmlint"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", ".")
    with Worker() as fresh:
        (verdict,) = verify_findings([quick()], worker=fresh)
    assert verdict is not None
    assert verdict.verdict == "confirmed"
    assert not (tmp_path / "ran").exists()


def test_start_does_not_wait() -> None:
    began = time.monotonic()
    with Worker() as fresh:
        fresh.start()
        assert time.monotonic() - began < 0.5


@linux
def test_ends_with_its_parent() -> None:
    code = (
        "import time; from lstmlint.verify.client import Worker; worker = Worker(); worker.start();"
        "print(worker.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=_ROOT)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    time.sleep(0.5)
    parent.kill()
    parent.wait()
    assert ended(child, within=10.0)


def ended(pid: int, within: float) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        status = Path(f"/proc/{pid}/stat")
        if not status.exists() or ") Z " in status.read_text():
            return True
        time.sleep(0.1)
    return False


CONFINED = """
import json, os, socket, subprocess, sys, urllib.request
from lstmlint.verify.confine import confine
confine()
def tried(what):
    try:
        what()
    except Exception as error:
        return type(error).__name__
    return "done"
print(json.dumps({
    "write": tried(lambda: open(sys.argv[1], "w").write("x")),
    "low level": tried(lambda: os.write(os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY), b"x")),
    "connect": tried(lambda: socket.create_connection(("127.0.0.1", 9))),
    "program": tried(lambda: subprocess.run(["true"])),
    "system": tried(lambda: os.system("true")),
    "fork": tried(os.fork),
    "remove": tried(lambda: os.remove(sys.argv[2])),
    "read": tried(lambda: open(sys.argv[2]).read()),
}))
"""


def test_confined(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("here")
    command = [sys.executable, "-c", CONFINED, str(tmp_path / "new"), str(tmp_path / "kept")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=_ROOT, env=_environment(), check=True)
    answers = json.loads(done.stdout)
    assert answers.pop("read") == "done"
    assert answers.pop("low level") == "OSError"
    assert set(answers.values()) == {"PermissionError"}
    assert (tmp_path / "kept").read_text() == "here"
    assert not (tmp_path / "new").exists() or not (tmp_path / "new").read_text()


def test_a_line_that_is_no_plan_is_refused(worker: Worker) -> None:
    """The worker checks for itself what the parent has checked."""
    plan = plan_of(quick())
    plan["programs"][0]["model"]["layers"][0]["kind"] = "Lambda"
    process = subprocess.run(
        [sys.executable, "-B", "-m", "lstmlint.verify.worker"],
        input="nonsense\n" + json.dumps(plan) + "\n",
        capture_output=True,
        text=True,
        cwd=_ROOT,
        env=_environment(),
    )
    ready, *answers = map(json.loads, process.stdout.splitlines())
    assert ready["event"] == "ready"
    assert [answer["event"] for answer in answers] == ["refused", "refused"]
    assert "'Lambda' is not a layer that is built here" in answers[1]["reason"]
