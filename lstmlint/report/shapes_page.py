"""``shapes --html FILE``: one page that needs nothing else, with every shape drawn so that a beginner can read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from lstmlint.api import Dim, Facts, Model, Node, array_shape_text, shape_text
from lstmlint.engine import Studied
from lstmlint.keras_model.layers.weights import model_parameters, node_parameters
from lstmlint.report.boxes import labelled, sheets, strip, windows
from lstmlint.report.shapes import model_name, shapes_text
from lstmlint.report.ways import Step, way_of
from lstmlint.text.sources import Sources

_STYLE = """
:root { color-scheme: light dark; --text: #1d2430; --dim: #69707d; --back: #fff; --card: #f6f7f9; --line: #d5d9e0;
  --cell: #3b6fb6; --sheet: #dbe6f5; --edge: #8aa9d1; --bad: #b3261e; --badback: #fdecea }
@media (prefers-color-scheme: dark) { :root { --text: #e6e9ef; --dim: #9aa3b2; --back: #14171c; --card: #1d222a;
  --line: #353c48; --cell: #7fb0f0; --sheet: #26364d; --edge: #5b7fae; --bad: #ff8a80; --badback: #3a1f1f } }
.key svg { font: 12px system-ui, sans-serif; fill: var(--text); flex: none }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); max-width: 70rem;
  margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem; margin-bottom: .2rem } h2 { font-size: 1.15rem; margin: 2rem 0 .4rem }
h3 { font-size: 1rem; margin: 1.2rem 0 .4rem } code { font: .92em ui-monospace, monospace }
.dim { color: var(--dim) } .key { display: flex; gap: 2rem; align-items: center;
  background: var(--card); border-radius: 8px; padding: .8rem 1rem } .key p { margin: 0; max-width: 42rem }
ol { list-style: none; padding: 0; margin: 0; display: flex; flex-wrap: wrap; gap: .8rem 1.6rem }
li { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .6rem .8rem;
  position: relative; min-width: 8rem; max-width: 20rem } li p { margin: 0 }
li + li::before { content: "\\2192"; position: absolute; left: -1.35rem; top: 40%; color: var(--dim) }
li .name { font-weight: 600; overflow-wrap: anywhere } li svg { display: block; margin: .5rem 0 }
li.bad { border-color: var(--bad); background: var(--badback) } li.bad .name, .bad .why { color: var(--bad) }
.cell { fill: var(--cell) } .sheet { fill: var(--sheet); stroke: var(--edge) } .unknown { fill: var(--dim) }
"""
_KEY = (
    "Each sheet is one <b>sample</b>, one example that the model sees. On it, time runs from left to right: each "
    "column is one <b>step</b>. What is known at a step stands below each other: each row is one <b>feature</b>. "
    "A single sheet is a series that has not been cut into samples yet. Boxes stand for sizes roughly; the numbers "
    "are exact."
)


def shapes_page(studied: Iterable[Studied]) -> str:
    """The whole page. Everything that comes from a linted file is escaped."""
    body = "".join(part for one in studied if one.facts is not None for part in _file(one.facts))
    key = f'<div class="key">{labelled()}<p>{_KEY}</p></div>'
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>lstmlint shapes</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>\n'
        f"<body><h1>Shapes</h1><p class=dim>As lstmlint reads them; nothing was run.</p>{key}"
        f"{body or '<p>No models found.</p>'}</body></html>\n"
    )


def _file(facts: Facts) -> Iterator[str]:
    sources = Sources([facts.source])
    for model in facts.models:
        row = sources.start(model.span).row
        name = escape(model_name(model, facts))
        yield f"<h2>{name} <span class=dim>{escape(facts.source.path)}, line {row}</span></h2>"
        if not model.complete:
            yield f"<p class=dim>Incomplete: {escape(model.reason or 'a part of it is not known')}.</p>"
        yield f"<h3>The model{_total(model)}</h3><ol>{''.join(_layers(model))}</ol>"
        yield from _ways(model, facts, sources)


def _total(model: Model) -> str:
    total = model_parameters(model)
    return f", {_number(total)} parameters" if total is not None and model.nodes else ""


def _number(count: Dim) -> str:
    return escape(str(count) if count.value is None else f"{count.value:,}")


def _layers(model: Model) -> Iterator[str]:
    for tensor in model.inputs:
        yield _card("Input", sheets(tensor.shape), shape_text(tensor.shape))
    for node in model.nodes:
        yield _layer(node)


def _layer(node: Node) -> str:
    if node.problem is not None:
        got = shapes_text(node.inputs)
        why = f'<p class="why">breaks here: {escape(node.problem.message)}</p>'
        picture = sheets(node.inputs[0].shape if node.inputs else None)
        return _card(node.layer.text, picture, f"got {got}", why, "bad")
    shapes = shapes_text(node.outputs)
    count = node_parameters(node)
    more = f"<p class=dim>{_number(count)} parameters</p>" if count is not None and count != Dim(0) else ""
    return _card(node.layer.text, sheets(node.outputs[0].shape if node.outputs else None), shapes, more)


def _card(name: str, picture: str, shape: str, more: str = "", kind: str = "") -> str:
    return (
        f'<li class="{kind}"><p class="name">{escape(name)}</p>{picture}<p><code>{escape(shape)}</code></p>{more}</li>'
    )


def _ways(model: Model, facts: Facts, sources: Sources) -> Iterator[str]:
    """Of everything that trains the model, where it comes from; each array once."""
    told = set[int]()
    for run in facts.runs_of(model):
        for role, values in (("x", run.x), ("y", run.y)) if run.trains else ():
            for value in values:
                steps = way_of(value)
                if steps and id(value) not in told:
                    told.add(id(value))
                    cards = "".join(_step(steps, index, sources) for index in range(len(steps)))
                    name = escape(facts.name_of(value) or role)
                    yield f"<h3>The way of <code>{name}</code> to <code>{run.method}</code></h3><ol>{cards}</ol>"


def _step(steps: Sequence[Step], index: int, sources: Sources) -> str:
    step = steps[index]
    line = "" if step.span is None else f"<p class=dim>line {sources.start(step.span).row}</p>"
    return _card(step.operation, _picture(steps, index), array_shape_text(step.shape), line)


def _picture(steps: Sequence[Step], index: int) -> str:
    """A strip until it is cut into samples, sheets from then on."""
    cut = next((at for at, step in enumerate(steps) if step.operation == "windows"), None)
    if cut is not None and index >= cut:
        return windows(steps[index].shape)
    shape = steps[index].shape
    return sheets(shape) if shape is not None and len(shape) > 2 else strip(shape)
