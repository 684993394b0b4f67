"""What rules about state ask: whether a model keeps state, when it is forgotten, how often the data pass through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim, differ, same
from lstmlint.interpreter.values import Array, Made, Unknown, Value, history
from lstmlint.keras_model.graph import Layer, Model, Shape, all_layers, dim_of
from lstmlint.keras_model.layers import LAYERS
from lstmlint.keras_model.training import LibraryCall, Loop, Reset, Run
from lstmlint.questions.provenance import ancestors
from lstmlint.text.edits import CallSite, Edit
from lstmlint.text.source import Position, SourceFile, Span

#: What makes each item of a series from all those before it, and what moves them to later places.
_RUNNING = frozenset(
    {"numpy.cumsum", "numpy.cumprod", "Array.cumsum", "Array.cumprod", "numpy.convolve", "Series.cumsum"}
)
_LATER = frozenset({"numpy.roll", "Series.shift"})
#: Methods that take one batch.
_BY_BATCH = frozenset({"train_on_batch", "test_on_batch", "predict_on_batch", "call"})
#: Where a pass is longer, less than one update in fifty starts from a foreign state.
_LONG_PASS = 50
#: Methods that put states, or what a metric has counted, back to nothing.
RESETS = frozenset({"reset_states", "reset_state"})


def recurrent_layers(model: Model) -> tuple[Layer, ...]:
    """The recurrent layers, also those of models inside the model."""
    return tuple(layer for layer in all_layers(model) if layer.recurrent)


def recurrent_program(facts: Facts) -> bool:
    return any(recurrent_layers(model) for model in facts.models)


def stateful_layers(model: Model) -> tuple[Layer, ...]:
    return tuple(layer for layer in recurrent_layers(model) if layer.stateful)


def remembers_nothing(model: Model) -> bool:
    """Whether a model certainly starts every sample from zeros: stateless recurrent layers and nothing unseen."""
    layers = tuple(all_layers(model))
    seen = all((layer.kind in LAYERS and layer.own is None) or layer.model is not None for layer in layers)
    return seen and not model.opaque and model.stateful is False and bool(recurrent_layers(model))


def batch_of(model: Model) -> Dim | None:
    """The batch size that the model's input fixes."""
    shape: Shape | None = model.inputs[0].shape if model.inputs else None
    return shape[0] if shape else None


def samples_of(run: Run) -> Dim | None:
    """How many samples a run goes through."""
    first = run.x[0] if run.x else None
    return first.shape[0] if isinstance(first, Array) and first.shape else None


def single_x(run: Run) -> Array | None:
    """The one array that a run is given as x; None where there are several, or it is not known."""
    return run.x[0] if len(run.x) == 1 and isinstance(run.x[0], Array) else None


def single_y(run: Run) -> Array | None:
    return run.y[0] if len(run.y) == 1 and isinstance(run.y[0], Array) else None


def loss_of(run: Run) -> str | None:
    """Keras's name of the loss, where there is one."""
    losses: tuple[str | None, ...] = run.model.compiled.losses if run.model.compiled else ()
    return losses[0] if len(losses) == 1 else None


def made_here(value: Value, facts: Facts) -> Span | None:
    """Where a value was made, if that is in the linted file."""
    made = getattr(value, "made", None)
    return made.span if made is not None and made.span and made.span.path == facts.source.path else None


def called_here(layer: Layer, facts: Facts) -> Span | None:
    """Where a layer was made, if that is in the linted file."""
    return layer.call.span if layer.call and layer.call.span.path == facts.source.path else None


def steps_of(run: Run) -> Dim | None:
    """Steps of each sample, where the data have three axes."""
    first = run.x[0] if len(run.x) == 1 else None
    return first.shape[1] if isinstance(first, Array) and first.shape and len(first.shape) == 3 else None


def resets_that_may(facts: Facts, model: Model) -> Iterator[Reset]:
    """Resets of the model or a layer of it, and those of something that is not known."""
    layers = tuple(all_layers(model))
    for reset in facts.resets:
        unknown = reset.model is None and reset.layer is None
        whole = reset.model is not None and reset.model.identity == model.identity
        if unknown or whole or any(reset.layer is one or reset.layer is one.core for one in layers):
            yield reset


def made_inside(value: Value, loop: Loop) -> bool:
    """Whether a value changes from turn to turn: made in the loop, or taken from what it runs over."""
    return any(made.span is not None and made.span in loop.span for made in history(value)) or value is loop.over


def bound_inside(facts: Facts, model: Model, loop: Loop) -> bool:
    """Whether the loop makes the model anew at each turn, be it in a function that it calls."""
    named = any(id(one.value) == model.identity and one.span in loop.span for one in facts.assigned)
    return named or model.span in loop.span or any(_around(loop, call) for call in facts.calls_at(model.span))


def _around(loop: Loop, call: LibraryCall) -> bool:
    return any(one.span == loop.span for one in call.loops)


def passes(run: Run, facts: Facts) -> tuple[Loop | None, Dim] | None:
    """What makes the same data go through the model several times: a loop around the run, or its epochs."""
    if run.epochs is not None and _several(run.epochs):
        return None, run.epochs
    for loop in run.loops if len(run.identities) < 2 else ():
        if loop.turns is None or not _several(loop.turns) or bound_inside(facts, run.model, loop):
            continue
        if run.x and not any(made_inside(value, loop) or isinstance(value, Unknown) for value in run.x):
            return loop, loop.turns
    return None


def long_pass(run: Run) -> bool:
    """Whether a pass has many batches: known to, or row by row through a series of unknown length."""
    samples, batch, steps = samples_of(run), run.batch_size, steps_of(run)
    if samples is None or batch is None or not batch.value:
        return False
    if samples.value is None:
        return batch == Dim(1) == steps
    return samples.value // batch.value >= _LONG_PASS


def one_batch(run: Run) -> bool:
    """Whether a run takes one batch: also a ``fit`` of as many samples as the model's batches have, cut in the loop."""
    samples, size, x = samples_of(run), batch_of(run.model), single_x(run)
    if run.method != "fit" or x is None or not run.loops or samples is None or size is None:
        return run.method in _BY_BATCH
    return same(samples, size) and run.epochs == Dim(1) and made_inside(x, run.loops[-1])


def _several(turns: Dim) -> bool:
    """More than once: a number over 1, or a size that is not known to be one."""
    return turns.value > 1 if turns.value is not None else not turns.anonymous and differ(turns, 1)


def trained_by_hand(run: Run, facts: Facts) -> bool:
    """Whether a call of the model is a step of a training loop of the program's own: gradients are applied with it."""
    if run.method != "call" or not run.loops:
        return False
    applied = (call for call in facts.calls if call.name.endswith(".apply_gradients"))
    return any(call.loops and call.loops[-1].span == run.loops[-1].span for call in applied)


def receiver_text(callee: str) -> str:
    """``model`` of ``model.fit``."""
    return callee.rpartition(".")[0]


def operations(value: Value) -> Iterator[Made]:
    """The steps that made a value, the latest first, each place once."""
    seen = set()
    for made in history(value):
        if (made.operation, made.span) not in seen:
            seen.add((made.operation, made.span))
            yield made


def input_call(model: Model) -> CallSite | None:
    """Where the model's input is declared: ``Input(...)``, or the first layer where it has ``input_shape``."""
    made = model.inputs[0].made if model.inputs else None
    site = next((one for one in made.sources if isinstance(one, CallSite)), None) if made else None
    if site is not None:
        return site
    first = model.layers[0].call if model.declared and model.layers else None
    declares = ("input_shape", "batch_input_shape", "batch_shape", "input_dim")
    return first if first is not None and any(first.keyword(name) for name in declares) else None


def sample_text(array: Array, number: int) -> str:
    """``[1, 0, 0]``: one sample of an array with known contents, shortened."""
    count = array.shape[0].value if array.shape else None
    if array.elements is None or not count:
        return "?"
    width = len(array.elements) // count
    return _nested(
        array.elements[number * width : (number + 1) * width], [d.value or 1 for d in (array.shape or ())[1:]]
    )


def _nested(elements: Sequence[object], sizes: list[int]) -> str:
    if not sizes:
        return f"{elements[0]:g}" if isinstance(elements[0], float) else str(elements[0])
    step = len(elements) // sizes[0] if sizes[0] else 0
    words = [_nested(elements[i * step : (i + 1) * step], sizes[1:]) for i in range(min(sizes[0], 6))]
    return f"[{', '.join(words)}{', …' if sizes[0] > 6 else ''}]"


def removal(source: SourceFile, span: Span) -> Edit | None:
    """The edit that takes out a statement that stands alone on its line; ``pass`` where its block would be empty."""
    row, line = span.start.row, source.line(span.start.row)
    if span.path != source.path or span.end.row != row or line.strip() != source.slice(span):
        return None
    before = _neighbour(source, row, -1)
    after = _neighbour(source, row, 1)
    if before.rstrip().endswith(":") and _indent(after) < _indent(line):
        return Edit(span, "pass")
    return Edit(Span(span.path, Position(row, 1), Position(row + 1, 1)), "")


def _neighbour(source: SourceFile, row: int, step: int) -> str:
    """The nearest line that is not empty."""
    row += step
    while 1 <= row <= source.rows and not source.line(row).strip():
        row += step
    return source.line(row)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip()) if line.strip() else 0


def looks_back_further(target: Value, x: Array) -> bool:
    """Whether targets are made from earlier items of the series than the sample they belong to.

    Known where the targets were gathered in a loop that reads the series at ``[i - 2]`` as well as at ``[i]``, or were
    summed up or shifted along it, and the samples are that series item by item.
    """
    roots = {id(value) for value in ancestors(x) if isinstance(value, Array)}
    if x.shape is not None and same(x.shape[-1], 1) and any(remembers(value, roots) for value in ancestors(target)):
        return True
    offsets: dict[int, set[Dim]] = {}
    for value in ancestors(target):
        made = getattr(value, "made", None)
        if made is None or made.operation != "index" or len(made.sources) < 2:
            continue
        key = dim_of(made.sources[1])
        if key is not None and not key.known and id(made.sources[0]) in roots:
            offsets.setdefault(id(made.sources[0]), set()).add(key)
    return any(_steps_between(keys) for keys in offsets.values())


def remembers(value: Value, roots: set[int]) -> bool:
    """Whether a series was made from another one, item by item, from what came before: a running sum, a later copy."""
    made = getattr(value, "made", None)
    source = made.sources[0] if made is not None and made.sources else None
    one_series = isinstance(source, Array) and len(source.shape or ()) == 1
    if made is None or not one_series or id(source) not in roots:
        return False
    if made.operation in _LATER:
        shift = dim_of(made.sources[1]) if len(made.sources) > 1 else None
        return shift is not None and shift.known and shift.constant > 0
    return made.operation in _RUNNING or made.operation.startswith(("pandas.rolling.", "pandas.expanding."))


def _steps_between(keys: set[Dim]) -> bool:
    return any(same_symbols and differ(a, b) for a in keys for b in keys for same_symbols in (a.symbols == b.symbols,))
