"""The output formats by name, and writing several of them from one run."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lstmlint.errors import UsageError, did_you_mean
from lstmlint.report import concise, evidence, full, github, gitlab, json, junit, sarif, statistics, summary
from lstmlint.report.line import Line, wants_colour, write_lines
from lstmlint.run import Outcome

Renderer = Callable[[Outcome], Iterator[Line]]

FORMATS: dict[str, Renderer] = {
    "full": full.render,
    "concise": concise.render,
    "github": github.render,
    "json": json.render,
    "sarif": sarif.render,
    "gitlab": gitlab.render,
    "junit": junit.render,
    "statistics-json": statistics.render_json,
    "evidence": evidence.render,
}
#: Formats for people: only these are followed by the summary.
TEXTUAL = frozenset({"full", "concise", "github"})
#: Formats that a terminal shows in colour.
COLOURFUL = frozenset({"full", "concise", "evidence"})


@dataclass(frozen=True, slots=True)
class Output:
    """One format and where it goes; None is the standard output."""

    format: str
    file: str | None = None


def parse_outputs(text: str, first_file: str | None = None) -> tuple[Output, ...]:
    """``full,sarif:lstmlint.sarif`` -> outputs. ``first_file`` is ``--output-file``. Raises UsageError."""
    outputs = [_output(part.strip()) for part in text.split(",")]
    if first_file is not None:
        outputs[0] = Output(outputs[0].format, first_file)
    written = [output for output in outputs if output.file is None and output.format not in TEXTUAL | COLOURFUL]
    if written and sum(output.file is None for output in outputs) > 1:
        name = written[0].format
        raise UsageError(f"`{name}` and another format cannot share the standard output; give it a file: `{name}:FILE`")
    return tuple(outputs)


def _output(text: str) -> Output:
    name, _, file = text.partition(":")
    if name not in FORMATS:
        raise UsageError(f"unknown output format `{name}`{did_you_mean(name, FORMATS)}; one of {', '.join(FORMATS)}")
    return Output(name, file or None)


def report(outcome: Outcome, outputs: tuple[Output, ...], colour: str, quiet: bool, counts: bool = False) -> None:
    """Write every output; then, for people, the summary. ``counts``: a table of counts in the findings' place."""
    for output in outputs:
        lines = _renderer(output.format, counts)(outcome)
        if output.file is None:
            write_lines(lines, colour=_coloured(output.format, colour))
        else:
            _write_file(output.file, lines)
    last = next((output for output in reversed(outputs) if output.file is None), None)
    if not quiet and last is not None and last.format in TEXTUAL:
        write_lines(summary.render(outcome), colour=wants_colour(colour, sys.stdout))


def _renderer(name: str, counts: bool) -> Renderer:
    if not counts:
        return FORMATS[name]
    return statistics.render_json if name == "json" else statistics.render


def _coloured(name: str, colour: str) -> bool:
    return name in COLOURFUL and wants_colour(colour, sys.stdout)


def _write_file(file: str, lines: Iterator[Line]) -> None:
    try:
        with Path(file).open("w", encoding="utf-8", newline="\n") as stream:
            write_lines(lines, stream)
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror}") from None
