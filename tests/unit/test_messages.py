"""Numbers and words in messages that have been wrong once: what a finding says about a fixture."""

from __future__ import annotations

from pathlib import Path

import pytest

from lstmlint.engine import lint_for
from lstmlint.settings import Settings

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "rules"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("shuffled_time_split/bad_target_cut_off.py", "shuffles windows of 5 steps"),
        ("padding_not_masked/bad_encoder.py", "`GRU` answers after the padding"),
        ("stateful_overlapping_windows/bad_functional.py", "has seen 4 steps of the next window already"),
        ("window_length_differs/bad_one_step.py", "has 1 step, (3, 1), but the model declares 6"),
    ],
)
def test_what_is_said(name: str, words: str) -> None:
    path = FIXTURES / name
    messages = [one.message for one in lint_for(Settings()).file(str(path), path.read_bytes()).diagnostics]
    assert any(words in message for message in messages), messages
