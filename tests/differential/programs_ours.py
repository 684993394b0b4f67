"""What lstmlint says of a script, held against what its real run recorded.

A disagreement is of one of these kinds, the worst first: ``crash`` (of lstmlint), ``false error`` (refused, but it
ran), ``wrong`` (a shape or number that is not so), ``missed error`` (it raised, nothing was said), ``unknown``.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any

from lstmlint.api import Severity
from lstmlint.engine import NotPython, interpreted, lint_for
from lstmlint.facts import Assigned, Facts
from lstmlint.interpreter.dims import Dim, Symbol
from lstmlint.interpreter.values import Array, Const, Reference, Sequence, Size, Unknown, Value
from lstmlint.keras_model.graph import Model, Node
from lstmlint.keras_model.training import Run
from lstmlint.settings import Settings
from lstmlint.text.source import SourceFile, Span
from tests.differential.numpy_both import number
from tests.differential.programs_real import METHODS, OPEN, Record, Worker, statements
from tests.differential.programs_tables import COLUMNS, FILE, ROWS

PATH = "program.py"
#: What others than Keras say when they refuse.
ELSEWHERE = ("too many indices for array",)
KINDS = {"f": "float", "i": "int", "b": "bool"}
#: Rules that say that Keras raises because of a shape, a batch size or a target.
FAMILIES = ("LST1", "LST4", "LST207", "LST208", "LST209")
#: Ids that may be past the end of an Embedding, labels that may pass one output: of a lucky draw Keras makes no error.
BY_CHANCE = (
    *("LST308", "LST309", "LST327"),
    "LST407 the last activation does not go with the loss: one output is one class",
)


@dataclass(frozen=True)
class Disagreement:
    kind: str
    what: str
    row: int = 0

    def __str__(self) -> str:
        return f"{self.kind}: row {self.row}: {self.what}"


@dataclass(frozen=True)
class Program:
    text: str
    real: Record
    facts: Facts

    @property
    def last_row(self) -> int:
        """The row of the script's own level at which it raised; past its end where it did not."""
        raised = self.real["raised"]
        return raised["rows"][0] if raised and raised["rows"] else len(self.text.split("\n")) + 1

    def statement(self, row: int) -> tuple[int, int]:
        around = [(first, last) for first, last in statements(self.text) if first <= row <= last]
        return min(around, key=lambda rows: rows[1] - rows[0], default=(row, row))

    @property
    def raising(self) -> list[tuple[int, int]]:
        """The statements that were running when the script raised, the outermost first."""
        return [self.statement(row) for row in (self.real["raised"] or {}).get("rows", ())] or [(0, 0)]

    @property
    def keras_raised(self) -> bool:
        """Whether it was no ``assert`` or endless loop of the script, nor NumPy's indexing, of which no rule speaks."""
        own = self.real["raised"]["type"] in ("AssertionError", "TimeoutError")
        return not own and not any(words in self.real["raised"]["message"] for words in ELSEWHERE)

    @property
    def hangs_on_columns(self) -> bool:
        """Whether what raised was given another width than it declares, which only the file tells."""
        runs = [run for run in self.facts.runs if self._raised_in(run.call.span)]
        fed = [pair for run in runs for pair in zip(run.x, run.model.inputs, strict=False)]
        shapes = [(one.shape, tensor.shape) for one, tensor in fed if isinstance(one, Array)]
        return any(_differs_in_file(ours[-1], declared[-1]) for ours, declared in shapes if ours and declared)

    def explains(self, span: Span) -> bool:
        """Whether a place is a statement that raised, a layer called there, or one of a model, where a run raised."""
        if self._raised_in(span) or any(self._raised_in(node.span) for node in self._calls_of(span)):
            return True
        if any(self._raised_in(model.call.span) for model in self._holders_of(span) if model.call is not None):
            return True
        in_run = any(f".{method}(" in self._words(rows) for method in METHODS for rows in self.raising)
        calls = [layer.call for model in self.facts.models for layer in model.layers if layer.call]
        return in_run and any(span in call.span or call.span in span for call in calls)

    def _raised_in(self, span: Span | None) -> bool:
        return span is not None and any(
            first <= span.end.row and span.start.row <= last for first, last in self.raising
        )

    def _calls_of(self, span: Span) -> Iterator[Node]:
        """The calls of the layer that is made at a place."""
        return (node for node in self.facts.nodes if node.layer.call is not None and span in node.layer.call.span)

    def _holders_of(self, span: Span) -> Iterator[Model]:
        """The models that a layer or model made at a place stands in."""
        for model in self.facts.models:
            if any(layer.call is not None and span in layer.call.span for layer in model.layers):
                yield model

    def _words(self, rows: tuple[int, int]) -> str:
        return "\n".join(self.text.split("\n")[rows[0] - 1 : rows[1]])


def real_run(worker: Worker, text: str) -> Record:
    """What a script really does: in a graph where its eager run took what lstmlint says that Keras refuses.

    A convolution over fewer steps than its window is one that only a graph refuses.
    """
    record = worker.run(text)
    found = (*compare(text, record), *compare_findings(text, record))
    return worker.run(text, graph=True) if any(one.kind == "false error" for one in found) else record


def compare(text: str, real: Record) -> list[Disagreement]:
    """Everything in which lstmlint and the real run disagree."""
    try:
        facts = interpreted(SourceFile(PATH, text), 3)
    except Exception as error:
        return [Disagreement("crash", f"{type(error).__name__}: {error}")]
    assert not isinstance(facts, NotPython), facts.message
    program = Program(text, real, facts)
    return [*_values(program), *_models(program), *_runs(program), *_refusals(program)]


def compare_findings(text: str, real: Record) -> list[Disagreement]:
    """An error finding of the shape rules at the statement that raised, and nowhere that ran."""
    linted = lint_for(Settings()).file(PATH, text.encode(), named=True)
    if linted.crashes:
        return [Disagreement("crash", linted.crashes[0].error)]
    assert linted.facts is not None
    program = Program(text, real, linted.facts)
    found = [
        one
        for one in linted.diagnostics
        if (one.severity is Severity.ERROR and one.code.startswith(FAMILIES))
        or f"{one.code} {one.message}".startswith(BY_CHANCE)
    ]
    places = [(one.span, f"{one.code} {one.message}", [label.span for label in one.labels]) for one in found]
    return list(_judged(program, places))


def _judged(program: Program, places: list[tuple[Span, str, list[Span]]]) -> Iterator[Disagreement]:
    raised = program.real["raised"]
    here = [place for place in places if any(program.explains(span) for span in (place[0], *place[2]))]
    if raised and not here and program.keras_raised and not program.hangs_on_columns:
        yield Disagreement("missed error", f"{raised['type']}: {raised['message'][:160]}", (raised["rows"] or [0])[-1])
    for span, message, _ in places:
        if message.startswith(BY_CHANCE):
            continue
        if not raised or (span.end.row < program.last_row and not here):
            yield Disagreement("false error", message, span.start.row)


def _refusals(program: Program) -> Iterator[Disagreement]:
    """Layers that Keras refuses according to the layer table, where the script ran."""
    for node in program.facts.nodes:
        problem = node.problem or node.layer.problem
        span = node.span or (node.layer.call.span if node.layer.call else None)
        if problem and span and not program.real["raised"]:
            yield Disagreement("false error", f"{node.layer.text}: {problem.message}", span.start.row)


def fits(ours: tuple[Dim | None, ...] | None, real: list[int | None], batch: bool = False) -> str:
    """``same``, ``unknown`` or ``wrong``. A batch axis of None fits any."""
    if ours is None:
        return "unknown"
    if len(ours) != len(real):
        return "wrong"
    pairs = list(zip(ours, real, strict=True))[1 if batch else 0 :]
    return _worst({_dim_fits(*pair) for pair in pairs})


def _dim_fits(ours: Dim | None, real: int | None) -> str:
    if real == OPEN:
        return "same"
    number = None if ours is None else number_of(ours)
    if ours is not None and number is None:
        return "unknown"
    return "same" if number == real else "wrong"


def number_of(dim: Dim) -> int | None:
    """A size, also one made of the rows and columns of the file that every script finds; None with anything else."""
    keys = {symbol.key for symbol in _symbols_of(dim)}
    return number(dim, {key: size for key in keys if (size := _size_of_file(key)) is not None})


def _symbols_of(dim: Dim) -> Iterator[Symbol]:
    for symbol in dim.symbols:
        yield symbol
        for part in symbol.key if isinstance(symbol.key, tuple) else ():
            yield from _symbols_of(part) if isinstance(part, Dim) else ()


def _size_of_file(key: Hashable) -> int | None:
    match key:
        case ("rows", str() as path, *_) if path == FILE:
            return ROWS
        case ("columns", str() as path) if path == FILE:
            return len(COLUMNS)
        case _:
            return None


def _differs_in_file(width: Dim, declared: Dim | None) -> bool:
    known = declared is not None and declared.known and not width.known
    return known and number_of(width) not in (None, declared.value if declared is not None else None)


def _worst(words: set[str]) -> str:
    return next((word for word in ("wrong", "unknown") if word in words), "same")


def _shown(shape: Any) -> str:
    return "unknown" if shape is None else str(tuple(str(dim) for dim in shape))


def _values(program: Program) -> Iterator[Disagreement]:
    """Module-level names at the end of the script."""
    inner = list(_inner_rows(program.text))
    latest: dict[str, Assigned] = {}
    for assigned in program.facts.assigned:
        row = assigned.span.start.row
        if row < program.last_row and not any(first <= row <= last for first, last in inner):
            latest[assigned.name] = assigned
    for name, real in program.real["values"].items():
        if name in latest and real is not None and name != "_":
            word = _value_fits(latest[name].value, real)
            if word != "same":
                said = _value_text(latest[name].value)
                yield Disagreement(word, f"{name} is {real}, not {said}", latest[name].span.start.row)


def _inner_rows(text: str) -> Iterator[tuple[int, int]]:
    import ast

    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, node.end_lineno or node.lineno


def _value_text(value: Value) -> str:
    return f"{type(value).__name__} {_shown(getattr(value, 'shape', None))} {getattr(value, 'why', '')}"


def _value_fits(ours: Value, real: Any) -> str:
    match ours, real:
        case Array(shape=shape, dtype=dtype), {"shape": sizes, "kind": kind}:
            word = fits(shape, sizes)
            clash = dtype is not None and kind in KINDS and not dtype.startswith(KINDS[kind])
            return "wrong" if clash else word
        case Const(value=value), int() | str():
            return "same" if value == real else "wrong"
        case Size(dim=dim), int():
            number = number_of(dim)
            return "unknown" if number is None else "same" if number == real else "wrong"
        case Sequence(kind="tuple", items=tuple() as items), list():
            return "same" if len(items) == len(real) else "wrong"
        case (Array(), int() | str() | list()) | (Const() | Size(), dict() | list()):
            return "wrong" if not (isinstance(ours, Array) and ours.shape in ((), None)) else "same"
        case ((Reference(kind="list") | Unknown()), {"length": _}):
            return "same"
        case _:
            return "unknown"


def _models(program: Program) -> Iterator[Disagreement]:
    """The layers of each model that the script left behind."""
    for name, layers in program.real["models"].items():
        ours = [model for model in program.facts.models if model.name == name] or list(program.facts.models)[-1:]
        if not ours:
            yield Disagreement("unknown", f"model {name} was not seen")
            continue
        yield from _layers(program, ours[-1], layers)


def _layers(program: Program, model: Model, layers: list[Any]) -> Iterator[Disagreement]:
    row = model.span.start.row
    nodes = [
        node for node in model.nodes if node.layer.kind not in ("InputLayer", "GetItem") and node.layer.kind.isalnum()
    ]
    if not model.complete:
        yield Disagreement("unknown", f"model is not complete: {model.reason}", row)
        return
    if program.real["raised"] and len(layers) < len(nodes):
        return  # It raised while the layers were added one by one.
    kinds, theirs = sorted(node.layer.kind for node in nodes), sorted(_kind(kind) for kind, _, _ in layers)
    if kinds != theirs:
        yield Disagreement("wrong", f"layers {kinds}, really {theirs}", row)
        return
    waiting = list(nodes)
    for kind, _, shapes in layers:
        node = next((n for n in waiting if n.layer.kind == _kind(kind) and _outputs_fit(n, shapes) == "same"), None)
        node = node or next(n for n in waiting if n.layer.kind == _kind(kind))
        waiting.remove(node)
        # Layers of a subclassed model are called on data only, and keep no shapes.
        word = _outputs_fit(node, shapes) if shapes else "same"
        if word != "same":
            said = [_shown(tensor.shape) for tensor in node.outputs]
            yield Disagreement(
                word, f"{node.layer.text} gives {shapes}, not {said}", node.span.start.row if node.span else row
            )


def _kind(kind: str) -> str:
    return {"GlobalMaxPool1D": "GlobalMaxPooling1D"}.get(kind, kind)


def _outputs_fit(node: Node, shapes: list[Any]) -> str:
    if len(node.outputs) != len(shapes):
        return "wrong"
    return _worst({fits(ours.shape, shape, batch=True) for ours, shape in zip(node.outputs, shapes, strict=True)})


def _runs(program: Program) -> Iterator[Disagreement]:
    """Each fit, evaluate and predict that happened."""
    seen: set[tuple[str, int]] = set()
    for real in program.real["runs"]:
        key = (real["method"], real["row"])
        if key not in seen and real["x"] is not None:
            seen.add(key)
            first, last = program.statement(real["row"])
            ours = [r for r in program.facts.runs if r.method == key[0] and first <= r.call.span.start.row <= last]
            yield from _run(real, ours)


def _run(real: Record, ours: list[Run]) -> Iterator[Disagreement]:
    if not ours:
        yield Disagreement("unknown", f"{real['method']} was not seen", real["row"])
        return
    for words, values, shapes in (("x", ours[0].x, real["x"]), ("y", ours[0].y, real["y"])):
        if shapes is None or any(isinstance(value, Reference | Sequence) for value in values):
            continue
        if len(values) != len(shapes):
            yield Disagreement("unknown" if not values else "wrong", f"{words}: {len(values)} arrays", real["row"])
            continue
        for value, shape in zip(values, shapes, strict=True):
            word = fits(value.shape, shape) if isinstance(value, Array) else "unknown"
            if word != "same":
                yield Disagreement(word, f"{words} is {shape}, not {_value_text(value)}", real["row"])
