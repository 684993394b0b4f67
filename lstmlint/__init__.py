"""A linter for Keras recurrent networks that proves what it says by training."""

from __future__ import annotations

__version__ = "0.1.0"
