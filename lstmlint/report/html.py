"""``--report FILE.html``: one page that needs nothing else: findings, code, shapes, experiments, how to repeat them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from lstmlint import __version__
from lstmlint.api import Facts, Model
from lstmlint.diagnostic import Diagnostic
from lstmlint.report.curves import curves
from lstmlint.report.evidence import counts, verdict_sentence
from lstmlint.report.full import code_lines, cure_lines, note_lines
from lstmlint.report.line import Line
from lstmlint.report.picture import model_picture
from lstmlint.report.shapes import model_name
from lstmlint.report.style import STYLE
from lstmlint.report.summary import render as summary_lines
from lstmlint.run import Outcome

if TYPE_CHECKING:
    from lstmlint.verify.verdict import Trial, Verdict

_CODE = re.compile(r"`([^`]+)`")


def page(outcome: Outcome, facts: Sequence[Facts]) -> str:
    """The whole page. Everything that comes from a linted file is escaped."""
    body = "".join(_article(diagnostic, outcome, facts) for diagnostic in outcome.diagnostics)
    summary = "<br>".join(_CODE.sub(r"<code>\1</code>", _spans(line)) for line in summary_lines(outcome))
    verdicts = (
        f'<p class="verdicts">{escape(counts(outcome))}</p>' if any(d.verdict for d in outcome.diagnostics) else ""
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>lstmlint</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>\n'
        f"<body><main><h1>lstmlint</h1><p>{summary}</p>{verdicts}{_contents(outcome)}{body}"
        f'<p class="soft">lstmlint {escape(__version__)}</p></main></body></html>\n'
    )


def _contents(outcome: Outcome) -> str:
    """One line for each finding, with its verdict."""
    items = (
        f'<li class="{one.severity.value}"><span class="code">{escape(one.code)}</span>'
        f'<a class="text" href="#{escape(one.fingerprint)}">{_prose(one.message)}</a>{_badge(one)}</li>'
        for one in outcome.diagnostics
    )
    return f"<nav><ol>{''.join(items)}</ol></nav>" if len(outcome.diagnostics) > 1 else ""


def _article(diagnostic: Diagnostic, outcome: Outcome, facts: Sequence[Facts]) -> str:
    sources = outcome.sources
    where = f"{diagnostic.path}:{sources.start(diagnostic.span)}"
    return (
        f'\n<article class="{diagnostic.severity.value}" id="{escape(diagnostic.fingerprint)}">'
        f'<div class="head"><span class="code">{escape(diagnostic.code)}</span>'
        f"<span>{escape(diagnostic.name)}</span>{_badge(diagnostic)}"
        f'<code class="where soft">{escape(where)}</code></div>'
        f"<h2>{_prose(diagnostic.message)}</h2>{_pre(code_lines(diagnostic, sources))}"
        f"{_cure(diagnostic, outcome)}{_experiment(diagnostic, outcome)}{''.join(_pictures(diagnostic, facts))}"
        f'<h3>Notes</h3><ul class="notes">{"".join(_notes(diagnostic, outcome))}</ul></article>'
    )


def _notes(diagnostic: Diagnostic, outcome: Outcome) -> Iterator[str]:
    for line in note_lines(diagnostic, outcome.sources):
        words = "".join(text for text, _ in line).strip().removeprefix("note:")
        yield f"<li>{_prose(words.strip())}</li>"


def _badge(diagnostic: Diagnostic) -> str:
    if diagnostic.verdict is None:
        return ""
    word = escape(diagnostic.verdict.verdict)
    return f'<span class="badge {word}">{word}</span>'


def _cure(diagnostic: Diagnostic, outcome: Outcome) -> str:
    lines = list(cure_lines(diagnostic, outcome.sources))
    if not lines:
        return ""
    text, *difference = lines
    words = "".join(part for part, _ in text).removeprefix("help:").strip()
    return f"<h3>What to write instead</h3><p>{_prose(words)}</p>{_pre(difference) if difference else ''}"


def _experiment(diagnostic: Diagnostic, outcome: Outcome) -> str:
    verdict: Verdict | None = diagnostic.verdict
    if verdict is None:
        return (
            f'<p class="soft">Not testable by training: {_prose(diagnostic.untestable)}.</p>'
            if diagnostic.untestable
            else ""
        )
    place = outcome.sources.start(diagnostic.span)
    where = diagnostic.path if place.cell else f"{diagnostic.path}:{place.row}"
    seeds = f"{'seed' if len(verdict.seeds) == 1 else 'seeds'} {', '.join(map(str, verdict.seeds))}"
    sentence = verdict_sentence(verdict)
    reason = "" if verdict.reason in sentence else f"<p>{escape(verdict.reason)}</p>"
    planned = f'<p class="soft">Planned with {escape("; ".join(verdict.notes))}.</p>' if verdict.notes else ""
    return (
        f'<h3>Experiment</h3><div class="result {escape(verdict.verdict)}"><strong>{escape(sentence)}'
        f"</strong>{reason}</div>{curves(verdict.trials, verdict.floor)}"
        f"{_table(verdict.trials)}{planned}"
        f'<p class="soft">Repeat it: <code>lstmlint verify {escape(where)}</code>'
        f"{f' ({seeds})' if verdict.seeds else ''}, {verdict.seconds:.1f} s.</p>"
    )


def _table(trials: Sequence[Trial]) -> str:
    programs = list(dict.fromkeys(trial.program for trial in trials))
    answered, seeded = any(trial.answers for trial in trials), len({trial.seed for trial in trials}) > 1
    rows = "".join(_row(trial, programs.index(trial.program) % 5, answered, seeded) for trial in trials)
    heads = ["program", *(["seed"] if seeded else []), "result", *(["predicts", "for"] if answered else [])]
    head = f"<tr>{''.join(f'<th>{name}</th>' for name in heads)}</tr>"
    return f'<div class="scroll"><table>{head}{rows}</table></div>' if trials else ""


def _row(trial: Trial, colour: int, answered: bool, seeded: bool) -> str:
    answers, targets = (" ".join(f"{one:g}" for one in part[:6]) for part in (trial.answers, trial.targets))
    seed = f"<td>{trial.seed}</td>" if seeded else ""
    rest = "".join(f"<td>{escape(cell)}</td>" for cell in ((answers, targets) if answered else ()))
    program = f'<td><span class="dot"></span>{escape(trial.program)}</td>'
    return f'<tr class="p{colour}">{program}{seed}<td>{_bar(trial.part)}{escape(_result(trial))}</td>{rest}</tr>'


def _bar(part: float | None) -> str:
    return "" if part is None else f'<span class="bar"><i style="width:{100 * part:.0f}%"></i></span>'


def _result(trial: Trial) -> str:
    if trial.error is not None:
        return trial.error if len(trial.error) <= 160 else f"{trial.error[:159]}…"
    if trial.said:
        return trial.said
    if not trial.curve:
        return "runs" if trial.last is None else f"runs, loss {trial.last:.3f}"
    last = "not a number" if trial.last is None else f"{trial.last:.3f}"
    return f"loss {trial.curve[0][1]:.3f} → {last} in {trial.curve[-1][0]} epochs"


def _pictures(diagnostic: Diagnostic, facts: Sequence[Facts]) -> Iterator[str]:
    """The models that the finding or one of its labels points into."""
    for one in facts:
        for model in one.models:
            if one.source.path == diagnostic.path and _concerns(diagnostic, model):
                yield f"<h3>Shapes of {escape(model_name(model, one))}</h3>{model_picture(model)}"


def _concerns(diagnostic: Diagnostic, model: Model) -> bool:
    calls = [layer.call.span for layer in model.layers if layer.call] + ([model.call.span] if model.call else [])
    spans = [diagnostic.span, *(label.span for label in diagnostic.labels)]
    return any(span in call or call in span for span in spans for call in calls)


def _pre(lines: Iterator[Line] | Sequence[Line], attributes: str = "") -> str:
    text = "\n".join(_spans(line) for line in lines)
    return f"<pre{attributes}>{text}</pre>" if text else ""


def _prose(text: str) -> str:
    """Words in back-ticks as code."""
    return _CODE.sub(r"<code>\1</code>", escape(text))


def _spans(line: Line) -> str:
    return "".join(f'<span class="{style}">{escape(text)}</span>' if style else escape(text) for text, style in line)
