"""The command line: verbs, flags, and what they come to."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

from lstmlint import __version__
from lstmlint.api import Confidence, Severity
from lstmlint.baseline import DEFAULT_NAME
from lstmlint.config import Configuration, inline
from lstmlint.errors import UsageError
from lstmlint.settings import Settings, with_values

VERBS = ("check", "rule", "shapes", "verify")

_OVERVIEW = """\
Finds shape and state mistakes in Keras recurrent networks, and proves them by training.

usage: lstmlint [check] [PATH ...]    lint (default path: the current folder; `-` is standard input)
       lstmlint rule [CODE|NAME]      explain one rule, or list all of them
       lstmlint shapes PATH ...       print each model layer by layer with its shapes; nothing is run
       lstmlint verify PATH[:LINE]    train the flagged model to confirm or refute a finding

`lstmlint VERB --help` lists the flags. Exit code: 0 nothing found, 1 something found, 2 could not run.
"""


@dataclass(frozen=True, slots=True)
class Options:
    """All that was asked for on the command line; None where a flag was not given and the configuration decides."""

    paths: tuple[str, ...] = ()
    settings_flags: tuple[tuple[str, Any], ...] = ()
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    extend_exclude: tuple[str, ...] = ()
    config: tuple[str, ...] = ()
    isolated: bool = False
    show_settings: bool = False
    show_files: bool = False
    fix: bool | None = None
    unsafe_fixes: bool | None = None
    diff: bool = False
    interactive: bool = False
    add_ignore: str | None = None
    ignore_noqa: bool = False
    write_baseline: str | None = None
    output_format: str | None = None
    output_file: str | None = None
    statistics: bool = False
    color: str = "auto"
    quiet: bool = False
    verbose: bool = False
    stdin_filename: str | None = None
    exit_zero: bool = False
    jobs: int = 0
    cache: bool = True
    cache_dir: str | None = None
    verify: bool = False
    report: str | None = None


#: Flags that stand for a key of the configuration file.
_KEYS = ("min_confidence", "fail_on", "keras", "preview", "exclude", "force_exclude", "respect_gitignore", "baseline")


def configuration(options: Options) -> Configuration:
    """Where settings come from: ``--config FILE``, none, or the nearest file; flags on top. Raises UsageError."""
    files = [text for text in options.config if Path(text).is_file()]
    inlines = [inline(text) for text in options.config if text not in files]

    def override(settings: Settings) -> Settings:
        for values in inlines:
            settings = with_values(settings, values)
        return _with_flags(settings, options)

    explicit = Path(files[-1]) if files else None
    return Configuration(override, explicit, options.isolated)


def _with_flags(settings: Settings, options: Options) -> Settings:
    flags = with_values(settings, dict(options.settings_flags))
    return replace(
        flags,
        cli_select=options.select,
        cli_ignore=options.ignore,
        extend_select=settings.extend_select + options.extend_select,
        per_file_ignores=settings.per_file_ignores + options.per_file_ignores,
        extend_exclude=settings.extend_exclude + options.extend_exclude,
    )


class ArgumentParser(argparse.ArgumentParser):
    """Raises UsageError with the nearest flag where argparse would print its usage and exit."""

    def error(self, message: str) -> NoReturn:
        words = [word for word in message.split() if word.startswith("--")]
        known = [flag for action in self._actions for flag in action.option_strings]
        near = get_close_matches(words[-1].split("=")[0], known, n=1) if words and "unrecognized" in message else []
        raise UsageError(message + (f" (did you mean `{near[0]}`?)" if near else ""))


def _codes(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _per_file(text: str) -> tuple[str, tuple[str, ...]]:
    glob, colon, codes = text.rpartition(":")
    if not colon or not codes:
        raise argparse.ArgumentTypeError(f"`{text}` is not GLOB:CODE")
    return glob, (codes.strip(),)


def _per_files(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """``tests/*:LST3,LST4,docs/*:LST1``: a code without a glob belongs to the glob before it."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for word in _codes(text):
        if ":" not in word and found:
            glob, codes = found.pop()
            found.append((glob, (*codes, word)))
        else:
            found.append(_per_file(word))
    return found


def _jobs(text: str) -> int:
    if text == "auto":
        return 0
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"`{text}` is neither a number from 1 nor `auto`")
    return int(text)


def check_parser(verb: str = "check") -> argparse.ArgumentParser:
    parser = ArgumentParser(prog=f"lstmlint {verb}", allow_abbrev=False, argument_default=argparse.SUPPRESS)
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and folders; `-` is standard input")
    for add in (_add_rules, _add_fixes, _add_ignores, _add_output, _add_files, _add_config, _add_running):
        add(parser)
    return parser


def _add_rules(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("rules")
    for flag in ("--select", "--extend-select", "--ignore"):
        group.add_argument(flag, type=_codes, action="extend", metavar="CODE,…", help="codes, prefixes, names, or ALL")
    group.add_argument("--extend-ignore", dest="ignore", type=_codes, action="extend", help=argparse.SUPPRESS)
    group.add_argument("--per-file-ignores", type=_per_files, action="extend", metavar="GLOB:CODE,…")
    group.add_argument("--preview", action="store_true", help="run rules that are still on trial")
    group.add_argument("--min-confidence", choices=[c.value for c in Confidence], help="default: medium")


def _add_fixes(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("fixes")
    group.add_argument("--fix", action="store_true", help="apply the safe fixes")
    group.add_argument("--unsafe-fixes", action="store_true", help="apply, or show, also fixes that change numbers")
    group.add_argument("--diff", action="store_true", help="print what --fix would change, change nothing")
    group.add_argument("-i", "--interactive", action="store_true", help="ask for each fix")


def _add_ignores(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("ignores")
    group.add_argument(
        "--add-ignore", metavar="REASON", help="write an ignore comment at each finding (=REASON optional)"
    )
    group.add_argument("--ignore-noqa", action="store_true", help="report also what comments silence")
    group.add_argument("--baseline", metavar="FILE", help="leave out findings that FILE knows")
    group.add_argument("--write-baseline", metavar="FILE", help=f"write all findings to FILE (default {DEFAULT_NAME})")


def _add_output(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("output")
    group.add_argument("--output-format", metavar="F[:FILE],…", help="full concise json github sarif gitlab junit")
    group.add_argument("-o", "--output-file", metavar="FILE")
    group.add_argument("--statistics", action="store_true", help="count findings by rule")
    group.add_argument("--color", choices=["auto", "always", "never"])
    group.add_argument("-q", "--quiet", action="store_true", help="print findings only")
    group.add_argument("-v", "--verbose", action="store_true", help="print settings, timing and tracebacks")


def _add_files(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("files")
    group.add_argument("--exclude", type=_codes, action="extend", metavar="GLOB,…")
    group.add_argument("--extend-exclude", type=_codes, action="extend", metavar="GLOB,…")
    group.add_argument("--force-exclude", action="store_true", help="apply excludes to files named here, too")
    group.add_argument("--no-respect-gitignore", dest="respect_gitignore", action="store_false")
    group.add_argument("--stdin-filename", metavar="FILE", help="the name of what comes from standard input")
    group.add_argument("--show-files", action="store_true", help="list the files that would be linted")


def _add_config(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("configuration")
    group.add_argument("--config", action="append", metavar="FILE|'key = value'")
    group.add_argument("--isolated", action="store_true", help="read no configuration file")
    group.add_argument("--show-settings", action="store_true")
    group.add_argument("--keras", choices=["auto", "2", "3"], help="the Keras the code is for (default: auto)")


def _add_running(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("running")
    group.add_argument("--exit-zero", action="store_true", help="exit 0 whatever was found")
    group.add_argument("--fail-on", choices=[s.value for s in Severity], help="exit 1 from here up (default: warning)")
    group.add_argument("-j", "--jobs", type=_jobs, metavar="N|auto")
    group.add_argument("--no-cache", dest="cache", action="store_false")
    group.add_argument("--cache-dir", metavar="DIR")
    group.add_argument("--verify", action="store_true", help="train flagged models (needs `lstmlint[verify]`)")
    group.add_argument("--report", metavar="FILE.html", help="write one page with findings and experiments")
    group.add_argument("--version", action="version", version=f"lstmlint {__version__}")


def parse_check(arguments: Sequence[str], verb: str = "check") -> Options:
    """Raises UsageError."""
    given = vars(check_parser(verb).parse_args(list(_with_values(arguments))))
    flags = tuple((key.replace("_", "-"), given.pop(key)) for key in _KEYS if key in given)
    names = {field.name for field in fields(Options)}
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in given.items() if key in names
    }
    return Options(settings_flags=flags, **values)


def _with_values(arguments: Sequence[str]) -> Iterator[str]:
    """``--add-ignore`` and ``--write-baseline`` take their value after ``=`` only, so that a path may follow them."""
    for index, word in enumerate(arguments):
        following = arguments[index + 1] if index + 1 < len(arguments) else ""
        if word == "--add-ignore":
            yield "--add-ignore="
        elif word == "--write-baseline" and not following.endswith(".json"):
            yield f"--write-baseline={DEFAULT_NAME}"
        else:
            yield word


def overview() -> str:
    return _OVERVIEW
