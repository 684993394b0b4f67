"""``lstmlint shapes``: every model layer by layer, and every fit with what goes into it. Nothing is run."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from lstmlint.commands.options import ArgumentParser, Options, configuration
from lstmlint.discover import Target, discover, mentions_keras
from lstmlint.engine import Studied, lint_for
from lstmlint.errors import UsageError
from lstmlint.report.line import wants_colour, write_lines
from lstmlint.report.shape_statistics import statistics_lines
from lstmlint.report.shapes import shape_lines, shape_object
from lstmlint.report.shapes_page import shapes_page
from lstmlint.text.reading import read_bytes


def shapes(words: Sequence[str]) -> int:
    given = _parser().parse_args(list(words))
    options = Options(isolated=given.isolated, settings_flags=(("keras", given.keras),) if given.keras else ())
    studied = list(_studied(discover(given.paths, configuration(options))))
    if given.html:
        _write_page(given.html, shapes_page(studied))
    elif given.statistics:
        write_lines(statistics_lines(studied))
    elif given.output_format == "json":
        print(json.dumps(shape_object(studied), indent=2, ensure_ascii=False))
    else:
        write_lines(shape_lines(studied), colour=wants_colour(given.color, sys.stdout))
    return 2 if any(_told(one, given.verbose) for one in studied) else 0


def _write_page(file: str, page: str) -> None:
    try:
        Path(file).write_text(page, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror}") from None


def _parser() -> argparse.ArgumentParser:
    parser = ArgumentParser(prog="lstmlint shapes", allow_abbrev=False)
    parser.add_argument("paths", nargs="+", metavar="PATH")
    parser.add_argument("--output-format", choices=["text", "json"], default="text")
    parser.add_argument(
        "--statistics", action="store_true", help="how many models are complete, and why others are not"
    )
    parser.add_argument("--html", metavar="FILE", help="write one page that draws every shape")
    parser.add_argument("--keras", choices=["auto", "2", "3"])
    parser.add_argument("--isolated", action="store_true", help="read no configuration file")
    parser.add_argument("--color", choices=["auto", "always", "never"], default="auto")
    parser.add_argument("-v", "--verbose", action="store_true", help="print tracebacks")
    return parser


def _studied(targets: Iterator[Target]) -> Iterator[Studied]:
    for target in targets:
        try:
            data = read_bytes(target.path)
        except OSError as error:
            raise UsageError(f"cannot read {target.path}: {error.strerror}") from None
        if mentions_keras(data):
            yield lint_for(target.settings).facts(target.path, data)
        elif target.named:
            yield Studied(target.path, "no Keras in it")


def _told(studied: Studied, verbose: bool) -> bool:
    for crash in studied.crashes:
        print(f"lstmlint: error: {crash.where} crashed: {crash.error}", file=sys.stderr)
        if verbose:
            print(crash.traceback, file=sys.stderr)
    return bool(studied.crashes)
