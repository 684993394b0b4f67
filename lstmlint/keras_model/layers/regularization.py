"""Dropout and noise: ``keras/src/layers/regularization``."""

from __future__ import annotations

from lstmlint.keras_model.layers.checks import between, data_format, every, ndim, one_input
from lstmlint.keras_model.layers.core import same_shape
from lstmlint.keras_model.layers.table import Validate, layer

_rate = between("rate", 0, 1)


def _newer(check: Validate) -> Validate:
    """Keras 2 looks at Dropout's rate only."""
    return lambda layer: check(layer) if layer.keras == 3 else None


layer("Dropout", "rate, noise_shape=None, seed=None", requires=one_input, validate=_rate)(same_shape)
layer("AlphaDropout", "rate, noise_shape=None, seed=None", requires=one_input, validate=_newer(_rate))(same_shape)
layer("GaussianDropout", "rate, seed=None", requires=one_input, validate=_newer(_rate))(same_shape)
layer("GaussianNoise", "stddev, seed=None", requires=one_input, validate=_newer(between("stddev", 0, 1)))(same_shape)
layer(
    "SpatialDropout1D",
    "rate, seed=None, name=None, dtype=None",
    requires=ndim(3),
    validate=_rate,
    keras2="rate",
    takes_base_keywords=False,
)(same_shape)
for _rank in (2, 3):
    layer(
        f"SpatialDropout{_rank}D",
        "rate, data_format=None, seed=None, name=None, dtype=None",
        requires=ndim(_rank + 2),
        validate=every(_rate, data_format),
        keras2="rate, data_format=None",
        takes_base_keywords=False,
    )(same_shape)
