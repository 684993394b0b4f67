"""Where values land: each way on a program that makes the mistake (confirmed) and on one that does not (refuted)."""

from __future__ import annotations

from typing import Any

import pytest
from handmade import RULE, call, facts, layer, sequential

from lstmlint.api import Claim, Confidence, Dim, Finding, Tagged
from lstmlint.interpreter.dims import symbol_dim
from lstmlint.verify.client import Worker
from lstmlint.verify.judge import Verdict, verify_findings
from lstmlint.verify.plan import make_plan
from lstmlint.verify.sizes import Unplannable

#: The arguments of a way as written, and cured.
WAYS: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    "axes": (((4, 3, 2), (0, 2, 1), "reshape"), ((4, 3, 2), (0, 2, 1), "transpose")),
    "pieces": ((5, 4, "consecutive"), (5, 4, "dealt")),
    "overlap": ((6, 2, 1), (6, 2, 6)),
    "targets": ((6, 5, "forwards"), (6, 6, "forwards")),
    "split": ((6, "shuffled"), (6, "ordered")),
    "scaler": (("StandardScaler", "all"), ("StandardScaler", "training")),
    "refitted": (("RobustScaler", "fit_transform"), ("RobustScaler", "transform")),
    "pairs": ((7, "tall"), (7, "flat")),
    "pad": (("int32",), ("float32",)),
    "columns": ((4, "steps"), (4, "features")),
    "softmax": (((2, 5, 1), 2), ((2, 5, 1), 1)),
    "generator": (("timeseries_dataset_from_array", 6, 5), ("timeseries_dataset_from_array", 6, 6)),
    "generator of every third row": (
        ("timeseries_dataset_from_array", 6, 7, 3),
        ("timeseries_dataset_from_array", 6, 16, 3),
    ),
    "generator of pairs": (("TimeseriesGenerator", 6, 12), ("TimeseriesGenerator", 6, 6)),
    "windows turned around": ((6, 6, "backwards"), (6, 6, "forwards")),
    "end to end": ((6, 4, 1), (6, 6, 1)),
}
NAMES = {
    "generator of pairs": "generator",
    "generator of every third row": "generator",
    "windows turned around": "targets",
    "end to end": "overlap",
}


def verdict(worker: Worker, way: str, written: Any, cured: Any) -> Verdict:
    tagged = Tagged(Claim.SCRAMBLES, NAMES.get(way, way), written, cured, "the cure")
    finding = Finding(call().span, "a claim", Confidence.HIGH, experiment=tagged)
    (found,) = verify_findings([(finding, RULE, facts(sequential((None, 5, 2), layer("LSTM", 4))))], worker=worker)
    assert found is not None
    return found


@pytest.mark.parametrize("way", WAYS)
def test_wrong_and_right(worker: Worker, way: str) -> None:
    written, cured = WAYS[way]
    assert verdict(worker, way, written, cured).verdict == "confirmed"
    assert verdict(worker, way, cured, cured).verdict == "refuted"
    assert verdict(worker, way, written, written).verdict == "inconclusive"


@pytest.mark.parametrize("scaler", ["MinMaxScaler", "MaxAbsScaler", "StandardScaler", "RobustScaler"])
def test_scalers_are_those_of_scikit_learn(scaler: str) -> None:
    """The worker has no scikit-learn: its arithmetic is held against the real one here."""
    import numpy as np
    from sklearn import preprocessing

    from lstmlint.verify.tags import _scale

    fitted, values = np.random.default_rng(0).normal(size=(2, 30))
    real = getattr(preprocessing, scaler)().fit(fitted[:, None]).transform(values[:, None]).ravel()
    assert np.allclose(_scale(scaler, fitted, values), real)


def test_sizes_that_nobody_knows_get_numbers() -> None:
    n = symbol_dim("n")
    tagged = Tagged(Claim.SCRAMBLES, "axes", ((n, Dim(3)), (1, 0), "reshape"), ((n, Dim(3)), (1, 0), "transpose"), "")
    written, cured = make_plan(tagged, facts(sequential((None, 5, 2), layer("LSTM", 4))))["programs"]
    assert written["tags"][:3] == ["axes", [11, 3], [1, 0]]
    assert cured["tags"][1] == [11, 3]


def test_too_many_values_are_not_followed() -> None:
    shape = (Dim(10**5), Dim(10**5))
    tagged = Tagged(Claim.SCRAMBLES, "axes", (shape, (1, 0), "reshape"), (shape, (1, 0), "transpose"), "")
    with pytest.raises(Unplannable):
        make_plan(tagged, facts(sequential((None, 5, 2), layer("LSTM", 4))))


def test_an_open_size_is_never_one(worker: Worker) -> None:
    """Rows less a window: one row is left at first, and along an axis of 1 reshape does what transpose does."""
    rows = symbol_dim("rows", 1, key="rows") - symbol_dim("window", 80, key="window")
    shape = (Dim(12), rows, Dim(3))
    found = verdict(worker, "axes", (shape, (1, 0, 2), "reshape"), (shape, (1, 0, 2), "transpose"))
    assert found.verdict == "confirmed"
