"""Unsafe fixes are made where the experiment confirms the finding and the fixed program passes, and only there."""

from __future__ import annotations

from dataclasses import replace

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
LINT = lint_for(Settings(keras="3"))


def prover(worker: Worker) -> Prover:
    return Prover(Verifier(worker, VerifySettings(), quiet=True), {"train.py": LINT})


def found() -> tuple[Diagnostic, SourceFile]:
    linted = LINT.file("train.py", PROGRAM.encode(), True)
    assert linted.source is not None
    return next(one for one in linted.diagnostics if one.code == "LST401"), linted.source


def test_a_fix_that_cures_is_made(worker: Worker) -> None:
    assert prover(worker).choose(*found())


def test_a_fix_that_does_not_cure_is_not_made(worker: Worker) -> None:
    diagnostic, source = found()
    assert diagnostic.fix is not None
    (edit,) = diagnostic.fix.edits
    useless = replace(edit, content=source.slice(edit.span))
    fix = Fix("change nothing", diagnostic.fix.safety, (useless,))
    assert not prover(worker).choose(replace(diagnostic, fix=fix), source)


def test_a_finding_without_an_experiment_is_not_fixed(worker: Worker) -> None:
    diagnostic, source = found()
    assert not prover(worker).choose(replace(diagnostic, fingerprint="another"), source)
