"""``pathlib``: paths, what lies in a folder, and the texts of files."""

from __future__ import annotations

from lstmlint.interpreter.dims import symbol_dim
from lstmlint.interpreter.libraries.python_texts import file_of
from lstmlint.interpreter.library import Call, attribute, function, method
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.values import Const, Reference, Sequence, Unknown, Value


@function("pathlib.Path pathlib.PurePath pathlib.PosixPath pathlib.Path.cwd pathlib.Path.home", "*args")
def path(call: Call) -> Value:
    return Reference("path", {}, call.made(*(call.items("args") or ())))


@method(
    "path",
    "joinpath resolve absolute with_suffix with_name with_stem expanduser relative_to rename __truediv__",
    "*args, **kwargs",
)
def another(call: Call) -> Value:
    return Reference("path", {}, call.made(call.receiver))


@attribute("path", "parent")
def parent(machine: Machine, value: Value) -> Value:
    return value


@attribute("path", "name stem suffix")
def name(machine: Machine, value: Value) -> Value:
    return Unknown("the name of a file", getattr(value, "made", None), text=True)


@method("path", "glob rglob iterdir", "*args, **kwargs")
def listing(call: Call) -> Value:
    inside = Reference("path", {}, call.made(call.receiver))
    return call.machine.new_list(Sequence("list", None, symbol_dim("files"), inside, inside.made))


@method("path", "open", "mode='r', *args, **kwargs")
def opened(call: Call) -> Value:
    return file_of(call, call.receiver)


@method("path", "read_text", "*args, **kwargs")
def text(call: Call) -> Value:
    return Unknown("the text of a file", call.made(call.receiver), text=True)


@method("path", "exists is_file is_dir", "*args")
def exists(call: Call) -> Value:
    return call.unknown("whether a file is there")


@method("path", "mkdir touch unlink rmdir write_text write_bytes chmod", "*args, **kwargs")
def done(call: Call) -> Value:
    return Const(None, call.made(call.receiver))


@method("path", "as_posix __str__ __fspath__", "")
def as_text(call: Call) -> Value:
    return Unknown("a path", call.made(call.receiver), text=True)
