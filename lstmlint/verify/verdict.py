"""What an experiment has shown, as plain data: for the reports, the JSON output and the progress display."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Trial:
    """One program with one seed. ``curve`` is ``(epoch, loss)`` from 1; ``answers`` and ``targets`` are the first few:
    classes where an answer is several numbers. ``evaluated`` is the loss at the end with the weights held still;
    ``said`` what was seen where that is not a loss, ``part`` how much of it, from 0 to 1."""

    program: str
    seed: int
    last: float | None = None
    evaluated: float | None = None
    curve: tuple[tuple[int, float], ...] = ()
    answers: tuple[float, ...] = ()
    targets: tuple[float, ...] = ()
    error: str | None = None
    stage: str | None = None
    said: str = ""
    part: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an experiment has shown. ``as_written`` and ``cured`` are last losses, one a seed, of the best cure;
    ``error`` is Keras's message as written; ``reason`` one sentence; ``trials`` and ``notes`` are for the report."""

    verdict: str
    claim: str
    seeds: tuple[int, ...] = ()
    as_written: tuple[float, ...] = ()
    cured: tuple[float, ...] = ()
    floor: float | None = None
    error: str | None = None
    seconds: float = 0.0
    reason: str = ""
    trials: tuple[Trial, ...] = ()
    notes: tuple[str, ...] = ()

    def fields(self) -> dict[str, Any]:
        """``verification`` of the JSON format."""
        return {
            "verdict": self.verdict,
            "claim": self.claim,
            "seeds": list(self.seeds),
            "as_written": list(self.as_written),
            "cured": list(self.cured),
            "floor": self.floor,
            "error": self.error,
            "seconds": round(self.seconds, 2),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Event:
    """Progress: finding ``index`` of ``count``, its program and seed, and the loss after ``epoch`` of ``epochs``.

    ``kind`` is ``planned``, ``training`` or ``judged``, then with the verdict.
    """

    kind: str
    index: int
    count: int
    program: str = ""
    seed: int = 0
    epoch: int = 0
    epochs: int = 0
    loss: float | None = None
    verdict: Verdict | None = None
