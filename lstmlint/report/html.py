"""``--report FILE.html``: one page that needs nothing else: findings, shapes, experiments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from lstmlint.api import Facts, Model
from lstmlint.diagnostic import Diagnostic
from lstmlint.report.evidence import verdict_lines
from lstmlint.report.full import full_lines
from lstmlint.report.line import Line
from lstmlint.report.picture import curves, model_picture
from lstmlint.report.shapes import model_name
from lstmlint.report.summary import render as summary_lines
from lstmlint.run import Outcome

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
body { color: #222; background: #fff }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin: 0 0 .5rem }
article { border: 1px solid #ddd; border-left: 6px solid #888; border-radius: 4px; padding: 1rem; margin: 1.2rem 0 }
article.error { border-left-color: #c0392b } article.warning { border-left-color: #b9770e }
article.info { border-left-color: #2c5fa8 }
pre { background: #f6f6f4; padding: .7rem; overflow-x: auto; font: 13px/1.4 ui-monospace, monospace }
svg { max-width: 100%; height: auto; font: 13px system-ui, sans-serif } svg .layer { font-weight: 600 }
.bold, .red { font-weight: 600 } .red { color: #c0392b } .yellow { color: #8a5a00 } .cyan { color: #0b6e7f }
.blue { color: #2c5fa8 } .green { color: #1f7a4d } .dim { color: #777 } .magenta { color: #8e44ad }
"""


def page(outcome: Outcome, facts: Sequence[Facts]) -> str:
    """The whole page. Everything that comes from a linted file is escaped."""
    body = "".join(_article(diagnostic, outcome, facts) for diagnostic in outcome.diagnostics)
    summary = "<br>".join(_spans(line) for line in summary_lines(outcome))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>lstmlint</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>\n'
        f"<body><h1>lstmlint</h1><p>{summary}</p>{body}</body></html>\n"
    )


def _article(diagnostic: Diagnostic, outcome: Outcome, facts: Sequence[Facts]) -> str:
    quoted = "\n".join(_spans(line) for line in full_lines(diagnostic, outcome.sources, outcome.unsafe_fixes))
    return (
        f'\n<article class="{diagnostic.severity.value}" id="{escape(diagnostic.fingerprint)}">'
        f"<h2>{escape(diagnostic.code)} {escape(diagnostic.name)}</h2><pre>{quoted}</pre>"
        f"{_experiment(diagnostic)}{''.join(_pictures(diagnostic, facts))}</article>"
    )


def _experiment(diagnostic: Diagnostic) -> str:
    if diagnostic.verdict is None:
        return ""
    lines = "\n".join(_spans(line) for line in verdict_lines(diagnostic))
    return f"<h2>Experiment</h2>{curves(diagnostic.verdict.trials, diagnostic.verdict.floor) or f'<pre>{lines}</pre>'}"


def _pictures(diagnostic: Diagnostic, facts: Sequence[Facts]) -> Iterator[str]:
    """The models that the finding or one of its labels points into."""
    for one in facts:
        for model in one.models:
            if _concerns(diagnostic, model):
                yield f"<h2>{escape(model_name(model, one))}</h2>{model_picture(model)}"


def _concerns(diagnostic: Diagnostic, model: Model) -> bool:
    calls = [layer.call.span for layer in model.layers if layer.call] + ([model.call.span] if model.call else [])
    spans = [diagnostic.span, *(label.span for label in diagnostic.labels)]
    return any(span in call or call in span for span in spans for call in calls)


def _spans(line: Line) -> str:
    return "".join(f'<span class="{style}">{escape(text)}</span>' if style else escape(text) for text, style in line)
