"""``argparse``: what ``parse_args`` gives when a script is called without arguments."""

from __future__ import annotations

from lstmlint.interpreter.library import Call, function, method
from lstmlint.interpreter.operators import to_int
from lstmlint.interpreter.values import Const, Library, Made, Reference, Unknown, Value

_PARSERS = "argparse.ArgumentParser argparse.group"


@function("argparse.ArgumentParser", "*args, **kwargs")
def parser(call: Call) -> Value:
    namespace = Reference("argparse.Namespace", {}, call.made())
    return Reference(call.name, {"namespace": namespace}, call.made())


@method(
    _PARSERS,
    "add_argument",
    "*flags, action=None, nargs=None, const=None, default=None, type=None, choices=None, required=False, help=None, "
    "metavar=None, dest=None, **kwargs",
)
def add_argument(call: Call) -> Value:
    """The argument's default becomes an attribute of the namespace; one that must be given is not known."""
    names = [flag.value for flag in call.items("flags") or () if isinstance(flag, Const)]
    plain = [name for name in names if isinstance(name, str)]
    name = call.text("dest") or _attribute(plain)
    if name is not None:
        call.machine.memory.put(call.receiver.fields["namespace"].fields, name, _default(call, plain, name))
    return Const(None)


def _attribute(flags: list[str]) -> str | None:
    """``--look-back`` is read as ``args.look_back``; the first long flag counts."""
    chosen = next((flag for flag in flags if flag.startswith("--")), flags[0] if flags else None)
    return None if chosen is None else chosen.lstrip("-").replace("-", "_")


def _default(call: Call, flags: list[str], name: str) -> Value:
    action, made = call.text("action"), Made(call.name, call.site.span, (call["default"],))
    if "default" in call.given:
        return _converted(call["default"], call["type"], made)
    if action in ("store_true", "store_false"):
        return Const(action == "store_false", made)
    required = call.flag("required") or (bool(flags) and not flags[0].startswith("-"))
    return Unknown(f"the argument {name}", made) if required else Const(None, made)


def _converted(value: Value, kind: Value, made: Made) -> Value:
    """A default given as text goes through ``type``."""
    if isinstance(value, Const) and isinstance(value.value, str) and isinstance(kind, Library):
        if kind.name == "builtins.int":
            return to_int(value, made)
        if kind.name == "builtins.float":
            try:
                return Const(float(value.value), made)
            except ValueError:
                return Unknown("a default that is no number", made)
    return value


@method(_PARSERS, "set_defaults", "**kwargs")
def set_defaults(call: Call) -> Value:
    for name, value in call.arguments.items():
        if name != "kwargs":
            call.machine.memory.put(call.receiver.fields["namespace"].fields, name, value)
    return Const(None)


@method(_PARSERS, "add_argument_group add_mutually_exclusive_group add_subparsers add_parser", "*args, **kwargs")
def group(call: Call) -> Value:
    """A group's arguments land in the same namespace."""
    return Reference("argparse.group", {"namespace": call.receiver.fields["namespace"]}, call.made())


@method(_PARSERS, "parse_args", "*args, **kwargs")
def parse_args(call: Call) -> Value:
    found: Value = call.receiver.fields["namespace"]
    return found


@method(_PARSERS, "parse_known_args", "*args, **kwargs")
def parse_known_args(call: Call) -> Value:
    from lstmlint.interpreter.dims import Dim
    from lstmlint.interpreter.values import Sequence

    rest = call.unknown("the arguments that are left")
    return Sequence("tuple", (call.receiver.fields["namespace"], rest), Dim(2), None, call.made())
