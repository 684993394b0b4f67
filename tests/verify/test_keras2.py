"""Programs for Keras 2 are asked of tf_keras; where that is missing, Keras 3's word is doubted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from asked import asked
from handmade import case, compiled, layer, run, sequential, shaped

from lstmlint.api import Claim, Facts, Finding, Rule
from lstmlint.verify.client import Worker
from lstmlint.verify.judge import Verdict, verify_findings

Case = tuple[Finding, Rule, Facts]


def for_keras_2(given: Case) -> Case:
    finding, rule, about = given
    return finding, rule, replace(about, keras=2)


def verdict(worker: Worker, given: Case) -> Verdict:
    (found,) = verify_findings([given], worker=worker)
    assert found is not None
    return found


def other_window() -> Any:
    """Windows of nine steps for a model of seven: Keras 2 raises, Keras 3 trains on."""
    model = sequential((None, 7, 3), layer("LSTM", 4), layer("Dense", 1), compiled=compiled("mean_squared_error"))
    return case(Claim.RAISES, model, run(model, shaped(40, 9, 3), shaped(40, 1), batch_size=8))


def test_what_only_keras_2_refuses(worker: Worker) -> None:
    pytest.importorskip("tf_keras")
    old = verdict(worker, for_keras_2(other_window()))
    assert (old.verdict, old.notes[-1]) == ("confirmed", "on tf_keras, which is Keras 2")
    assert verdict(worker, other_window()).verdict == "refuted"


def test_training_on_keras_2(worker: Worker) -> None:
    pytest.importorskip("tf_keras")
    old = verdict(worker, for_keras_2(asked()))
    assert old.verdict == "confirmed"
    assert max(old.cured) < 0.3 < 0.46 < min(old.as_written)


def test_without_tf_keras(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "tf_keras.py").write_text("raise ImportError('No module named tf_keras')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Worker() as fresh:
        found = verdict(fresh, for_keras_2(other_window()))
    assert (found.verdict, found.reason) == ("inconclusive", "Keras runs it on Keras 3; the program is for Keras 2")
