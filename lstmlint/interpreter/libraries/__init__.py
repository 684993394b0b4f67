"""What libraries' functions return, one file a library; importing a file fills the table in ``library.py``."""

from __future__ import annotations

import importlib
import pkgutil


def load() -> None:
    """Import every file of this package."""
    for found in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{found.name}")
