"""The parent's side of the pipe: starts the worker, hands it plans, ends it when time is up, and starts it again."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from lstmlint.verify.confine import OUT_OF_MEMORY
from lstmlint.verify.schema import Plan
from lstmlint.verify.validate import PlanError, check_plan

#: Importing TensorFlow on a slow, busy machine. Seconds.
_START_SECONDS = 120.0
#: Resident memory the worker may use, with the 600 MB or so that TensorFlow takes by itself. Bytes.
MEMORY = 4 * 1024**3

Message = dict[str, Any]
Progress = Callable[[Message], None]


class VerifierUnavailable(Exception):
    """TensorFlow is not there; the text names the extra to install."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What came back for one plan. ``failure`` says why it is not whole, None where it is."""

    results: tuple[Message, ...]
    seconds: float
    failure: str | None = None


@dataclass(slots=True)
class Worker:
    """One worker process for many plans. ``start`` returns at once: TensorFlow is imported while linting goes on.

    ``keras`` 2 asks tf_keras, which keeps Keras 2's behaviour.
    """

    memory: int = MEMORY
    keras: int = 3
    start_seconds: float = _START_SECONDS
    _process: subprocess.Popen[str] | None = None
    _lines: queue.Queue[str | None] = field(default_factory=queue.Queue)
    _ready: bool = False
    _other: Worker | None = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the process if there is none, without waiting for it."""
        if self._process is not None and self._process.poll() is None:
            return
        self._ready = False
        self._lines = queue.Queue()
        self._process = subprocess.Popen(
            [sys.executable, "-B", "-m", "lstmlint.verify.worker", *self._words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            cwd=_ROOT,
            env=_environment(),
            start_new_session=True,
        )
        threading.Thread(target=_read, args=(self._process.stdout, self._lines), daemon=True).start()

    def of(self, keras: int) -> Worker:
        """The worker that asks this version of Keras: itself, or one that ends with it."""
        if keras == self.keras:
            return self
        if self._other is None:
            self._other = Worker(self.memory, keras, self.start_seconds)
        return self._other

    @property
    def _words(self) -> list[str]:
        return ["--memory", str(self.memory), "--keras", str(self.keras)]

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        self._end()
        if self._other is not None:
            self._other.stop()

    def _end(self) -> None:
        process, self._process, self._ready = self._process, None, False
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream:
                with contextlib.suppress(OSError):
                    stream.close()

    def run(self, plan: Plan, timeout: float, progress: Progress | None = None) -> Evidence:
        """Put one plan to the test, within ``timeout`` seconds; never raises for what the plan does.

        Raises VerifierUnavailable where TensorFlow cannot be imported.
        """
        began = time.monotonic()
        try:
            request = json.dumps(check_plan(plan), allow_nan=False)
        except PlanError as error:
            return Evidence((), 0.0, f"not a plan: {error}")
        failure = self._await_start()
        if failure:
            return Evidence((), time.monotonic() - began, failure)
        started = time.monotonic()
        results: list[Message] = []
        failure = self._converse(request, started + timeout, results, progress)
        if failure == _TIMED_OUT:
            self._end()
            failure = f"not finished after {timeout:g} s"
        return Evidence(tuple(results), time.monotonic() - started, failure)

    def _await_start(self) -> str | None:
        self.start()
        if self._ready:
            return None
        message = self._next(time.monotonic() + self.start_seconds)
        match message:
            case {"event": "ready"}:
                self._ready = True
                return None
            case {"event": "unavailable", "reason": str() as reason}:
                self._end()
                raise VerifierUnavailable(f"{reason}: install lstmlint[verify{'-keras2' if self.keras == 2 else ''}]")
            case _:
                failure = self._ended() if message is None else "TensorFlow was not imported in time"
                self._end()
                return failure

    def _converse(self, request: str, deadline: float, results: list[Message], progress: Progress | None) -> str | None:
        """Hand over the plan and listen until it is done; why it is not, else None."""
        process = self._process
        if process is None or process.stdin is None:
            return "the worker is not running"
        with contextlib.suppress(OSError):
            process.stdin.write(request + "\n")
            process.stdin.flush()
        for message in iter(lambda: self._next(deadline), None):
            match message:
                case {"event": "progress"}:
                    if progress:
                        progress(message)
                case {"event": "result"}:
                    results.append(message)
                case {"event": "done"}:
                    return None
                case {"event": "failed" | "refused", "reason": str() as reason}:
                    return reason
                case _:
                    return _TIMED_OUT
        return self._ended()

    def _next(self, deadline: float) -> Message | None:
        """The next message; None where the process has ended, ``{}`` where the time is up."""
        try:
            line = self._lines.get(timeout=max(deadline - time.monotonic(), 0.0))
        except queue.Empty:
            return {}
        if line is None:
            return None
        try:
            message = json.loads(line)
        except ValueError:
            return {}
        return message if isinstance(message, dict) else {}

    def _ended(self) -> str:
        """Why the process is gone."""
        code = self._process.wait() if self._process else None
        self._end()
        match code:
            case int() if code == OUT_OF_MEMORY:
                return f"needs more than {self.memory / 1024**3:.1f} GB of memory"
            case int() if code < 0:
                return f"the worker was ended by {signal.Signals(-code).name}"
            case _:
                return f"the worker ended with code {code}"


_TIMED_OUT = "timed out"
#: The folder that holds the package: nothing of the linted project can be imported from there.
_ROOT = str(Path(__file__).resolve().parents[2])
_KEPT = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "TMPDIR",
    "TEMP",
    "SYSTEMROOT",
    "VIRTUAL_ENV",
    "PYTHONHOME",
)


def _environment() -> dict[str, str]:
    """What Python needs and no more; a relative PYTHONPATH entry would lead into the linted project."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    paths = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if os.path.isabs(path)]
    return {**kept, "PYTHONPATH": os.pathsep.join([_ROOT, *paths])}


def _read(stream: IO[str] | None, lines: queue.Queue[str | None]) -> None:
    """Pass lines on until the process ends, then None."""
    with contextlib.suppress(OSError, ValueError):
        for line in stream or ():
            lines.put(line)
    lines.put(None)
