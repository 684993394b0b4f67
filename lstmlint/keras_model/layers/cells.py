"""RNN over cells, and cells stacked: ``keras/src/layers/rnn/rnn.py`` and ``stacked_rnn_cells.py``."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Const, Sequence
from lstmlint.keras_model.graph import Layer, Problem, Shape
from lstmlint.keras_model.layers.checks import (
    all_required,
    argument,
    every,
    one_input,
    rank_problem,
    refuse,
    shown,
    unit_dim,
)
from lstmlint.keras_model.layers.recurrent import (
    STATES,
    batch_and_steps,
    fixed_batch,
    known_features,
    known_steps,
    sequence_outputs,
    wrong_state,
)
from lstmlint.keras_model.layers.table import LAYERS, Given, LayerInput, Outputs, Validate, layer

_CELLS = frozenset({"LSTMCell", "GRUCell", "SimpleRNNCell", "StackedRNNCells"})


def _one_state(outer: Layer) -> Problem | None:
    """A single cell's only state must be a whole number; a list of states is looked at with the weights."""
    cell = outer.config["cell"]
    if not isinstance(cell, Layer) or cell.problem is None or STATES.get(cell.kind) != 1 or outer.keras == 2:
        return None
    return refuse(cell.problem.message, cell.problem.expected, cell.problem.found)


def _three_axes(outer: Layer, given: LayerInput) -> Problem | None:
    """Keras 3 takes another rank where it can (a shorter input's batch size for its features) and fails in training."""
    shape = given.shape
    if shape is None or len(shape) == 3 or stacked(outer) is None:
        return None
    if outer.keras == 2 and len(shape) > 3:
        return None
    late = outer.keras == 3 and (len(shape) > 3 or (len(shape) == 2 and shape[0] is not None))
    return replace(rank_problem(shape, "ndim=3"), stage="train" if late else "call")


def _is_cell(cell: Layer) -> bool:
    """A cell of Keras, or one of the program's own that may be a cell."""
    return cell.kind in _CELLS or cell.own is not None or cell.kind not in LAYERS


def _needs_cells(name: str) -> Validate:
    def check(outer: Layer) -> Problem | None:
        value = outer.config[name]
        wrong = next((inner.kind for inner in outer.inner if not _is_cell(inner)), None)
        if isinstance(value, Const):
            wrong = shown(argument(outer, name))
        return refuse(f"{outer.kind} needs cells, found {wrong}", "a cell", wrong) if wrong else None

    return check


def stacked(outer: Layer) -> tuple[Layer, ...] | None:
    """The cells one above the other, None where any is not one of Keras's."""
    if outer.inner and outer.inner[0].kind == "StackedRNNCells":
        return stacked(outer.inner[0])
    value = outer.config["cell" if outer.kind == "RNN" else "cells"]
    items = value.items if isinstance(value, Sequence) else (value,)
    whole = items is not None and len(items) == len(outer.inner)
    known = outer.inner and whole and all(inner.kind in STATES for inner in outer.inner)
    return outer.inner if known else None


def _in_list(outer: Layer) -> bool:
    """Whether each cell's states come as one entry: a list of cells, or StackedRNNCells."""
    return not isinstance(outer.config["cell"], Layer) or outer.inner[0].kind == "StackedRNNCells"


def _states(outer: Layer, cells: tuple[Layer, ...], batch: Dim | None) -> tuple[Shape | None, ...]:
    """The entries after the output; a stacked LSTMCell's entry is a list of two, so it has no shape of its own."""
    widths = [(unit_dim(cell, "units"), STATES[cell.kind]) for cell in cells]
    if _in_list(outer):
        return tuple((batch, width) if count == 1 else None for width, count in widths)
    width, count = widths[0]
    return ((batch, width),) * count


def _features(outer: Layer, given: LayerInput) -> Problem | None:
    return known_features(outer, given) if given.shape is None or len(given.shape) > 2 else None


def _rnn_requires(outer: Layer, given: LayerInput) -> Problem | None:
    """What Keras refuses while building comes before what it finds in training."""
    late = _three_axes(outer, given)
    if late is not None and late.stage == "call":
        return late
    return all_required(one_input, _features, fixed_batch, known_steps, _started)(outer, given) or late


def _started(outer: Layer, given: LayerInput) -> Problem | None:
    """``initial_state`` of another count or width than the one cell has; the GRU layer alone drops what is too much."""
    cells = stacked(outer)
    if not given.state or cells is None or _in_list(outer):
        return None
    return wrong_state(outer, given.state, (unit_dim(cells[0], "units"),) * STATES[cells[0].kind])


@layer(
    "RNN",
    "cell, return_sequences=False, return_state=False, go_backwards=False, stateful=False, unroll=False, "
    "zero_output_for_mask=False",
    requires=_rnn_requires,
    validate=every(_needs_cells("cell"), _one_state),
    keras2="cell, return_sequences=False, return_state=False, go_backwards=False, stateful=False, unroll=False, "
    "time_major=False",
)
def rnn(outer: Layer, given: LayerInput) -> Given:
    """The last cell's output, for every step with return_sequences, then the cells' states with return_state."""
    cells = stacked(outer)
    if outer.keras == 2 and given.shape is not None and len(given.shape) > 3:
        return None
    batch, steps = batch_and_steps(outer, given.shape)
    if cells is None:
        return _over_own_cell(outer, batch, steps)
    output = sequence_outputs(outer, batch, steps, (unit_dim(cells[-1], "units"),), ())
    match output:
        case Outputs(shapes=(shape,)):
            return Outputs((shape, *_states(outer, cells, batch)))
        case _:
            return output


def _over_own_cell(outer: Layer, batch: Dim | None, steps: Dim | None) -> Given:
    """A cell of the program's own tells its ``state_size``, and ``output_size`` where that is not the first state's."""
    states = outer.inner[0].config.dims("state_size") if len(outer.inner) == 1 else None
    if not states or None in states:
        return None
    told = outer.inner[0].config
    output = told.dim("output_size") if told.has("output_size") else states[0]
    return sequence_outputs(outer, batch, steps, (output,), tuple((size,) for size in states))


@layer("StackedRNNCells", "cells", validate=_needs_cells("cells"))
def stacked_cells(outer: Layer, given: LayerInput) -> Given:
    """Called by itself: the last cell's output, then the states of each, one after the other."""
    cells, batch = stacked(outer), given.shape[0] if given.shape else None
    if cells is None:
        return None
    states = ((batch, unit_dim(cell, "units")) for cell in cells for _ in range(STATES[cell.kind]))
    return Outputs(((batch, unit_dim(cells[-1], "units")), *states))
