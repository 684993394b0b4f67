"""Unsafe fixes are made where the experiment confirms the finding and the fixed program passes, and only there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lstmlint.api import Fix
from lstmlint.commands.proving import Prover
from lstmlint.commands.verifying import Verifier
from lstmlint.diagnostic import Diagnostic
from lstmlint.engine import lint_for
from lstmlint.settings import Settings, VerifySettings
from lstmlint.text.source import SourceFile
from lstmlint.verify.client import Worker

PROGRAM = """import numpy as np
from keras import Input, Sequential, layers
model = Sequential([Input((12, 2)), layers.LSTM(8, return_sequences=True), layers.Dense(1)])
model.compile(loss="mse", optimizer="adam")
model.fit(np.random.rand(40, 12, 2), np.random.rand(40, 1))
"""
FIXTURES = Path(__file__).parents[2] / "fixtures" / "rules"
LINT = lint_for(Settings(keras="3"))


def prover(worker: Worker) -> Prover:
    return Prover(Verifier(worker, VerifySettings(), quiet=True), {"train.py": LINT})


#: Rules whose findings are told by where values land.
TAGGED = {
    "LST306": "shuffled_time_split/bad_default.py",
    "LST314": "padding_truncates_floats/bad_literals.py",
    "LST316": "scaler_refitted/bad_test.py",
}


def found(program: str = PROGRAM, code: str = "LST401") -> tuple[Diagnostic, SourceFile]:
    linted = LINT.file("train.py", program.encode(), True)
    assert linted.source is not None
    return next(one for one in linted.diagnostics if one.code == code), linted.source


def test_a_fix_that_cures_is_made(worker: Worker) -> None:
    assert prover(worker).choose(*found())


def changing_nothing(diagnostic: Diagnostic, source: SourceFile) -> Diagnostic:
    assert diagnostic.fix is not None
    useless = tuple(replace(edit, content=source.slice(edit.span)) for edit in diagnostic.fix.edits)
    return replace(diagnostic, fix=Fix("change nothing", diagnostic.fix.safety, useless))


def test_a_fix_that_does_not_cure_is_not_made(worker: Worker) -> None:
    diagnostic, source = found()
    assert not prover(worker).choose(changing_nothing(diagnostic, source), source)


@pytest.mark.parametrize("code", TAGGED)
def test_where_values_land(code: str, worker: Worker) -> None:
    diagnostic, source = found((FIXTURES / TAGGED[code]).read_text(encoding="utf-8"), code)
    assert prover(worker).choose(diagnostic, source)
    assert not prover(worker).choose(changing_nothing(diagnostic, source), source)


def test_a_finding_without_an_experiment_is_not_fixed(worker: Worker) -> None:
    diagnostic, source = found()
    assert not prover(worker).choose(replace(diagnostic, fingerprint="another"), source)
