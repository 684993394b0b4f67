"""A small rule set over source text, so that the engine can be tested without the interpreter and the real rules."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from lstmlint.api import Confidence, Edit, Facts, Finding, Fix, Label, Rule, Safety, Severity, Span
from lstmlint.engine import Lint, NotPython
from lstmlint.registry import OWN, Registry
from lstmlint.settings import Settings
from lstmlint.text.source import Position, SourceFile

drops_steps = Rule("LST101", "stacked-lstm-drops-time-axis", Severity.ERROR, since="0.1.0")
shuffles = Rule("LST204", "stateful-shuffled", Severity.WARNING, since="0.1.0")
trial = Rule("LST299", "on-trial", Severity.WARNING, since="0.1.0", preview=True)
opinion = Rule("LST701", "an-opinion", Severity.INFO, since="0.1.0")


def span_at(source: SourceFile, start: int, end: int) -> Span:
    return Span(source.path, source.position(start), source.position(end))


@drops_steps.on(Facts)
def _bare_lstm(facts: Facts, _: Facts) -> Iterator[Finding]:
    """Each ``LSTM(n)`` that another ``LSTM`` follows anywhere later."""
    source = facts.source
    for match in re.finditer(r"LSTM\((\d+)\)", source.text):
        following = re.search(r"LSTM\(", source.text[match.end() :])
        if following is None:
            continue
        at = source.position(match.end() - 1)
        start = match.end() + following.start()
        yield Finding(
            span_at(source, match.start(), match.end()),
            f"`{match[0]}` returns its last step only, but the next `LSTM` needs every step",
            Confidence.HIGH,
            label=f"gives (batch, {match[1]}): the time axis ends here",
            labels=(Label(span_at(source, start, start + 4), "expects (batch, time, features)"),),
            fix=Fix(
                "return the whole sequence",
                Safety.SAFE,
                (Edit(Span(source.path, at, at), ", return_sequences=True"),),
            ),
        )


@shuffles.on(Facts)
def _fit(facts: Facts, _: Facts) -> Iterator[Finding]:
    """Each ``model.fit(...)`` without ``shuffle``; its fix changes numbers."""
    source = facts.source
    for match in re.finditer(r"model\.fit\(([^()]*)\)", source.text):
        if "shuffle" in match[1]:
            continue
        at = source.position(match.end() - 1)
        yield Finding(
            span_at(source, match.start(), match.end()),
            "`fit` shuffles the batches of a stateful LSTM",
            Confidence.MEDIUM,
            help="keep the order of the batches",
            notes=("assumes that the rows are in order",),
            fix=Fix("keep the order", Safety.UNSAFE, (Edit(Span(source.path, at, at), ", shuffle=False"),)),
        )


def facts_of(source: SourceFile, keras: int) -> Facts | NotPython:
    try:
        ast.parse(source.text)
    except SyntaxError as error:
        return NotPython(error.msg, Position(error.lineno or 1, error.offset or 1))
    return Facts(source, keras)


RULES = (drops_steps, shuffles, trial, opinion)


def registry(*more: Rule) -> Registry:
    return Registry(tuple(sorted((*OWN, *RULES, *more), key=lambda rule: rule.code)))


def lint(settings: Settings | None = None, *more: Rule, ignore_noqa: bool = False) -> Lint:
    return Lint(settings or Settings(), registry(*more), facts_of, ignore_noqa)


STACKED = """\
from keras import Sequential
from keras.layers import LSTM, Input

model = Sequential([
    Input(shape=(10, 1)),
    LSTM(64),
    LSTM(32),
])
"""


def write(folder: Path, name: str, text: str = STACKED) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
