"""``lstmlint -``: one file from standard input, as editors send it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from lstmlint.changes import diff
from lstmlint.commands.options import Options
from lstmlint.config import Configuration
from lstmlint.engine import Linted, lint_for
from lstmlint.fixes import fix_file
from lstmlint.report.line import write_lines

Finish = Callable[[Sequence[Linted]], int]


def check_stdin(options: Options, configuration: Configuration, finish: Finish) -> int:
    """Lint what comes in; with ``--fix`` the fixed text goes to standard output and the findings to standard error."""
    path = options.stdin_filename or "-"
    settings = configuration.settings_for(Path(os.path.abspath(path)).parent)
    lint, data = lint_for(settings, options.ignore_noqa), sys.stdin.buffer.read()
    if not (options.fix or options.diff):
        return finish([lint.file(path, data, named=True)])
    unsafe = settings.unsafe_fixes if options.unsafe_fixes is None else options.unsafe_fixes
    fixed = fix_file(path, data, lint, unsafe)
    if options.diff:
        write_lines(diff(path, data, fixed.data))
        return int(fixed.data != data)
    sys.stdout.buffer.write(fixed.data)
    sys.stdout.flush()
    return _to_stderr(finish, fixed.linted)


def _to_stderr(finish: Finish, linted: Linted) -> int:
    standard = sys.stdout
    sys.stdout = sys.stderr
    try:
        return finish([linted])
    finally:
        sys.stdout = standard
