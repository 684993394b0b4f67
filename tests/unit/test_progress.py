"""What is shown while experiments run."""

from __future__ import annotations

import io

from rich.console import Console

from lstmlint.report.progress import Progress
from lstmlint.verify.verdict import Event


def shown(*events: Event) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=100, color_system=None)
    with Progress(console) as progress:
        for event in events:
            progress.hear(event)
    return out.getvalue()


def training(program: str, epoch: int, loss: float) -> Event:
    return Event("training", 1, 3, program, 0, epoch, 300, loss)


def test_both_losses_are_shown() -> None:
    text = shown(training("as written", 1, 0.7), training("as written", 90, 0.62), training("one sequence", 90, 0.21))
    assert "verifying 2 of 3" in text
    assert "loss 0.620" in text
    assert "loss 0.210" in text


def test_the_next_finding_starts_empty() -> None:
    text = shown(training("as written", 1, 0.7), Event("planned", 2, 3))
    assert "as written" not in text.rsplit("verifying 3 of 3", 1)[-1]
