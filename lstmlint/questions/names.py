"""What a file is called, as far as the program says it."""

from __future__ import annotations

import re

from lstmlint.interpreter.values import Const, Made, Reference, Sequence, Unknown, Value
from lstmlint.keras_model.training import LibraryCall
from lstmlint.text.edits import ArgumentSite

#: What a text that is put together ends with: ``f"model-{epoch}.hdf5"``, ``folder + "/model.hdf5"``.
_END = re.compile(r"""(?:^[fF][rR]?|\+\s*)(["'])[^"'+]*?(?P<end>[^"'{}+]*)\1$""")
#: What stands behind the last place of ``"model-%03d.hdf5" % epoch``.
_BEHIND = re.compile(r"%[^a-zA-Z%]*[a-zA-Z%](?P<end>[^%]*)$")
#: What puts a path together of parts, the last of which ends it.
_JOINED = frozenset({"os.path.join", "posixpath.join", "formatted", "pathlib.Path", "builtins.str"})
#: Texts inside texts looked through.
_DEEPEST = 20


def file_name(value: Value | None, site: ArgumentSite) -> str | None:
    """A file's name, or what it certainly ends with; None where that is not known."""
    if site.star:
        return None
    found = _known_end(value, _DEEPEST)
    if found is not None or isinstance(value, Const):
        return found
    written = _END.search(site.text)
    return written["end"] if written is not None and "." in written["end"] else None


def ends_otherwise(name: str, wanted: tuple[str, ...]) -> bool:
    """Whether what a name ends with rules out every one of these ends, whatever stands before it."""
    return name != "" and not any(name.endswith(end) or end.endswith(name) for end in wanted)


def path_in(call: LibraryCall) -> Value | None:
    """The file that a call saves to or loads from."""
    given = call.arguments.get("args")
    items = given.items if isinstance(given, Sequence) and given.items else (None,)
    return call.arguments.get("filepath", items[0])


def same_path(one: Value | None, other: Value | None) -> bool:
    """The same text, or the very same value under a name."""
    if isinstance(one, Const) and isinstance(other, Const):
        return isinstance(one.value, str) and one.value == other.value
    return one is not None and one is other


def _known_end(value: Value | None, depth: int) -> str | None:
    match value:
        case Const(value=str() as text):
            return text
        case Unknown(made=Made(sources=(*_, last)) as made) | Reference(made=Made(sources=(*_, last)) as made) if depth:
            joined = made.operation in _JOINED or (made.operation == "arithmetic" and made.operator in ("+", "/"))
            return _known_end(last, depth - 1) if joined else _formatted(made)
        case _:
            return None


def _formatted(made: Made) -> str | None:
    match made:
        case Made(operation="arithmetic", operator="%", sources=(Const(value=str() as text), _)):
            found = _BEHIND.search(text)
            return found["end"] if found is not None else None
        case _:
            return None
