"""What a file is called, as far as the program says it."""

from __future__ import annotations

import re

from lstmlint.interpreter.values import Const, Value
from lstmlint.text.edits import ArgumentSite

#: What a text that is put together ends with: ``f"model-{epoch}.hdf5"``, ``folder + "/model.hdf5"``.
_END = re.compile(r"""(?:^[fF][rR]?|\+\s*)(["'])[^"'+]*?(?P<end>[^"'{}+]*)\1$""")


def file_name(value: Value | None, site: ArgumentSite) -> str | None:
    """A file's name, or what it ends with, the dot of its kind included; None where that is not known."""
    if site.star or not isinstance(value, Const):
        found = _END.search(site.text) if not site.star else None
        return found["end"] if found is not None and "." in found["end"] else None
    return value.value if isinstance(value.value, str) else None
