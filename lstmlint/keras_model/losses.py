"""Losses by one name, and how each treats shapes: what broadcasts, what raises (measured, see the tests against Keras)."""

from __future__ import annotations

_SHORT = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence",
    "logcosh": "log_cosh",
    "cosine_proximity": "cosine_similarity",
    "huber_loss": "huber",
}
_ACRONYMS = {"kldivergence": "kl_divergence", "logcosh": "log_cosh", "ctc": "ctc"}


def canonical_loss(name: str) -> str:
    """``MSE``, ``mse``, ``MeanSquaredError`` -> ``mean_squared_error``."""
    lower = name.lower()
    if lower in _SHORT:
        return _SHORT[lower]
    if lower in _ACRONYMS:
        return _ACRONYMS[lower]
    if "_" in name or name.islower():
        return lower
    snake = "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))
    return _SHORT.get(snake, snake)
