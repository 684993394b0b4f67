"""Everything the interpreter wrote down about one file: what rules ask."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.interpreter.keys import Kind
from lstmlint.interpreter.values import Mapped, Sequence, Value
from lstmlint.keras_model.graph import Layer, Model, Node
from lstmlint.keras_model.training import UNSEEN, Compile, LibraryCall, Loop, Reset, Run
from lstmlint.text.source import SourceFile, Span


@dataclass(frozen=True, slots=True, eq=False)
class Import:
    """A name brought in from a library: ``name`` canonical, ``written`` as in the file, ``bound`` the local name."""

    name: str
    written: str
    bound: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Note:
    """Something the interpreter could not follow, and why."""

    why: str
    span: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Unpacked:
    """``a, b = value`` where ``value`` cannot give that many: Python raises here."""

    names: int
    value: Value
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """``word == "<end>"`` or ``ids["<start>"]``, where the other words are always those of ``vocabularies``.

    ``key`` says that a dict was asked, which raises where the text is not in it. ``conditional`` says that it stands in
    a branch, or where exceptions are handled.
    """

    text: str
    vocabularies: tuple[Value, ...]
    span: Span
    key: bool
    conditional: bool


@dataclass(frozen=True, slots=True, eq=False)
class KeyMissed:
    """``owner[key]``, as written, where every key of the dict is of the kind ``keys`` (texts or numbers) and ``key``
    of the other: Python raises KeyError. It stands in no branch, and nothing handles the error."""

    owner: str
    key: str
    keys: Kind
    content: Mapped
    value: Value
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class CellStep:
    """One step of a ``cell`` of the program's own inside the recurrent ``layer``.

    ``states`` is the tuple that its ``call`` is given, one tensor for each size of ``state_size``, ``result`` what
    it returns: the output and the new states, if it is right. ``straight`` says that there is no branch in it.
    """

    layer: Layer
    cell: Layer
    states: Sequence
    result: Value
    straight: bool


@dataclass(frozen=True, slots=True, eq=False)
class Stepped:
    """A recurrent layer, or a cell, that is called with states in a ``loop``: at its ``first`` turn and at the next."""

    first: Node
    second: Node
    loop: Loop
    conditional: bool


@dataclass(frozen=True, slots=True, eq=False)
class Uncalled:
    """``layer.reset_states`` where it is not called: what it does is not done. ``owner`` is layer, model or metric."""

    method: str
    owner: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Assigned:
    """A module-level or function name bound to a value: where arrays got their names."""

    name: str
    value: Value
    span: Span
    order: int


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """``keras`` is the version spoken of, 2 or 3. ``models`` are the last snapshots, in the order they were made;
    ``nodes`` every layer call, also outside a model; ``events`` compile, run and reset in program order. ``alone``
    says from which number of that order on each function is followed that nobody calls, with objects of its own.
    ``handled`` are the models and layers whose weights the program reads as variables, freezes, or gives to what is
    not followed."""

    source: SourceFile
    keras: int
    imports: tuple[Import, ...] = ()
    models: tuple[Model, ...] = ()
    nodes: tuple[Node, ...] = ()
    events: tuple[Compile | Run | Reset, ...] = ()
    calls: tuple[LibraryCall, ...] = ()
    assigned: tuple[Assigned, ...] = ()
    notes: tuple[Note, ...] = ()
    unpacked: tuple[Unpacked, ...] = ()
    cell_steps: tuple[CellStep, ...] = ()
    alone: tuple[int, ...] = ()
    asked: tuple[Asked, ...] = ()
    uncalled: tuple[Uncalled, ...] = ()
    handled: tuple[Value, ...] = ()
    missed: tuple[KeyMissed, ...] = ()
    stepped: tuple[Stepped, ...] = ()

    @property
    def runs(self) -> Iterator[Run]:
        return (event for event in self.events if isinstance(event, Run))

    @property
    def checked_runs(self) -> Iterator[Run]:
        """Every run, and after a fit the evaluation of its validation data."""
        return (one for run in self.runs for one in (run, run.validation) if one is not None)

    @property
    def resets(self) -> Iterator[Reset]:
        return (event for event in self.events if isinstance(event, Reset))

    def together(self, first: int, second: int) -> bool:
        """Whether two moments can be of one run of the program: not in two functions that nobody calls."""
        begun = [bisect_right(self.alone, order) for order in (first, second)]
        return 0 in begun or begun[0] == begun[1]

    def runs_of(self, model: Model) -> Iterator[Run]:
        return (run for run in self.runs if run.model.identity == model.identity)

    def resets_of(self, model: Model) -> Iterator[Reset]:
        """Resets of the model or of one of its layers."""
        for reset in self.resets:
            whole = reset.model is not None and reset.model.identity == model.identity
            of_layer = any(reset.layer is layer or reset.layer is layer.core for layer in model.layers)
            if (whole or of_layer) and reset.method != UNSEEN:
                yield reset

    def calls_to(self, *names: str) -> Iterator[LibraryCall]:
        return (call for call in self.calls if call.name in names)

    def calls_at(self, span: Span) -> Iterator[LibraryCall]:
        return (call for call in self.calls if call.call.span == span)

    def name_of(self, value: Value) -> str | None:
        """The user's name for a value, the latest one it was bound to."""
        return next((a.name for a in reversed(self.assigned) if a.value is value), None)
