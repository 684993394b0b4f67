"""Arguments -> command -> exit code. The one place where errors of use become a message."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from lstmlint import __version__
from lstmlint.commands.options import VERBS, overview
from lstmlint.errors import UsageError

FOUND, FAILED, INTERRUPTED = 1, 2, 130

Command = Callable[[Sequence[str]], int]

_COMMANDS = {
    "check": ("lstmlint.commands.checking", "check"),
    "rule": ("lstmlint.commands.explaining", "rule"),
    "shapes": ("lstmlint.commands.shapes", "shapes"),
    "verify": ("lstmlint.commands.checking", "verify"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; gives the exit code: 0 clean, 1 findings, 2 could not run, 130 interrupted."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _dispatch(words)
    except UsageError as error:
        print(f"lstmlint: error: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("lstmlint: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader is gone (`lstmlint | head`); Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FOUND


def _dispatch(words: list[str]) -> int:
    if words[:1] in (["-h"], ["--help"]):
        print(overview(), end="")
        return 0
    if words[:1] in (["-V"], ["--version"]):
        print(f"lstmlint {__version__}")
        return 0
    verb = words.pop(0) if words and words[0] in VERBS else "check"
    return _command(verb)(words)


def _command(verb: str) -> Command:
    """Imported when called for: each command pays only for what it needs."""
    module, name = _COMMANDS[verb]
    command: Command = getattr(import_module(module), name)
    return command
