"""The verifier's scalers against scikit-learn's own, and what a look at the test part changes with each of them."""

from __future__ import annotations

import numpy as np
import pytest

from lstmlint.experiments import SCALERS
from lstmlint.verify import tags

preprocessing = pytest.importorskip("sklearn.preprocessing")


@pytest.mark.parametrize("name", sorted(SCALERS))
def test_scales_as_scikit_learn_does(name: str) -> None:
    fitted, values = np.arange(1.0, 33.0), np.linspace(-5.0, 60.0, 27)
    arguments = {"n_quantiles": len(fitted)} if name == "QuantileTransformer" else {}
    theirs = getattr(preprocessing, name)(**arguments).fit(fitted[:, None]).transform(values[:, None])[:, 0]
    ours = tags._scale(name, fitted, values)
    assert np.allclose(theirs, ours)


@pytest.mark.parametrize("name", sorted(SCALERS))
def test_a_fit_on_all_rows_moves_training_values(name: str) -> None:
    right, of, _ = tags._scaler(name, "all")
    assert right < of
    assert tags._scaler(name, "training")[:2] == (of, of)
