"""The state of one interpretation: memory, bounds, the loops around the current statement, and what was recorded.

The bounds, all in one place or named here, so that no file can hang the tool or exhaust its memory:

- work: ``most_steps`` nodes are evaluated for one file, in proportion to its text, so that interpreting costs no more
  than ten times its parse beyond the floor; what is known by then is reported.
- depth: ``DEEPEST_CALLS``, ``DEEPEST_RECURSION``, ``MOST_RECURSIONS`` and ``DEEPEST_EXPRESSION`` here;
  ``loops.DEEPEST_LOOPS``; ``syntax.parse`` refuses what Python's own parser refuses.
- memory: literals keep ``evaluate.MOST_ITEMS`` items and arrays ``arrays.MOST_ELEMENTS`` elements; texts
  ``operators.LONGEST_TEXT`` characters and integers ``operators.LARGEST_BITS`` bits; sizes ``dims.MOST_TERMS`` terms;
  files 1 MB (``syntax.LARGEST_FILE``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import libcst as cst

from lstmlint.facts import Asked, Assigned, CellStep, Import, KeyMissed, Note, Stepped, Uncalled, Unpacked
from lstmlint.interpreter.leaving import Leaving
from lstmlint.interpreter.memory import Memory, Scope
from lstmlint.interpreter.values import Function, Made, Mapped, Reference, Sequence, Unknown, Value
from lstmlint.keras_model.graph import Layer, Model, Node
from lstmlint.keras_model.training import Compile, Hook, LibraryCall, Loop, Reset, Run
from lstmlint.syntax import Parsed
from lstmlint.text.source import Span

if TYPE_CHECKING:
    from lstmlint.interpreter.projects import Siblings

#: Nodes evaluated in one file: a floor, more for each character, never more than the last. Of 400 public scripts and
#: notebooks the median takes 0.14 steps for a character.
FEWEST_STEPS = 20_000
STEPS_FOR_A_CHARACTER = 2
MOST_STEPS = 150_000
#: Calls inside calls; each costs about fifteen Python frames.
DEEPEST_CALLS = 24
#: Of those, calls of one function.
DEEPEST_RECURSION = 5
#: Calls of a function by itself in one file: those that call themselves several times would come to hundreds.
MOST_RECURSIONS = 50
#: Expressions inside expressions.
DEEPEST_EXPRESSION = 150


#: Looking at this many items costs as much as evaluating a node.
ITEMS_FOR_A_STEP = 32

#: Where a deque keeps its ``maxlen``: it is a list that drops items at its other end.
MOST = "maxlen"


def most_steps(characters: int) -> int:
    """The bound on the work for a file of this length."""
    return min(FEWEST_STEPS + STEPS_FOR_A_CHARACTER * characters, MOST_STEPS)


class OutOfSteps(Exception):
    """The bound on the work for one file is reached; what is known so far is still reported."""


@dataclass(slots=True)
class Record:
    """What was written down, in program order."""

    imports: list[Import] = field(default_factory=list)
    models: list[Reference] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    events: list[Compile | Run | Reset] = field(default_factory=list)
    calls: list[LibraryCall] = field(default_factory=list)
    assigned: list[Assigned] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    unpacked: list[Unpacked] = field(default_factory=list)
    cell_steps: list[CellStep] = field(default_factory=list)
    #: Calls with states of their own at the first turn of a loop, by layer, place and loop, and those of the second.
    stepping: dict[tuple[int, Span | None, int], tuple[Node, Loop]] = field(default_factory=dict)
    stepped: list[Stepped] = field(default_factory=list)
    alone: list[int] = field(default_factory=list)
    uncalled: list[Uncalled] = field(default_factory=list)
    asked: dict[tuple[Span, str], Asked | None] = field(default_factory=dict)
    handled: dict[int, Value] = field(default_factory=dict)
    missed: list[KeyMissed] = field(default_factory=list)


class Machine:
    """Passed to everything that evaluates; rules never see it."""

    def __init__(self, parsed: Parsed, keras: int, siblings: Siblings | None = None) -> None:
        self.parsed = parsed
        self.keras = keras
        self.siblings = siblings
        self.memory = Memory()
        self.record = Record()
        self.loops: tuple[Loop, ...] = ()
        self.turn = 1
        self.guesses = 0  # how often the way of the program was not known: grows at each branch and loop
        self.left: Leaving | None = None  # of the loop that is running in this function
        self.undecided = 0  # branches around us whose condition is not known
        self.hooks: tuple[Hook, ...] = ()  # of callbacks that are running
        #: What the program has set Keras's ``image_data_format`` to.
        self.data_format: Value | None = None
        self.traced = 0  # layers of the program's own whose ``call`` is running
        self.on_data = False  # that `call` runs again, built before, on other data
        self.stack: list[Scope] = []
        self.active: list[Function] = []  # functions being executed, the innermost last
        self.called: set[int] = set()  # ids of function nodes that were executed
        self.recursions = 0  # calls of a function that was running already
        self.depth = 0
        self.guarded = 0  # handlers that catch what the running code raises
        self.uneven = False  # a turn of the current loop may end early
        #: Of models that only a function nobody calls has built: what they were when it ended.
        self.finished: dict[int, list[Model]] = {}
        #: Every model by its identity.
        self.models: dict[int, Reference] = {}
        #: The model that was last saved under each path.
        self.saved: dict[Any, Any] = {}
        #: Of each layer, by identity: the layer (kept alive) and its first call, or that in a Sequential as it stands.
        self.first_calls: dict[int, tuple[Layer, Node]] = {}
        #: Of each Sequential: what it was last built from, its calls and outputs, and the layers (kept alive).
        self.built: dict[int, tuple[Any, Any, Any]] = {}
        #: What stands for the weights of each model and layer that they were read of.
        self.variables: dict[int, Reference] = {}
        self.steps = 0
        self._most = most_steps(len(parsed.source.text))
        self._order = 0

    def step(self, count: int = 1) -> None:
        """Count work: a node evaluated, or as many items looked at as cost the same."""
        self.steps = min(self.steps + count, self._most + 1)
        if self.steps > self._most:
            raise OutOfSteps

    @property
    def steps_left(self) -> int:
        return self._most - self.steps

    @property
    def order(self) -> int:
        """A number that grows with program order."""
        self._order += 1
        return self._order

    @property
    def conditional(self) -> bool:
        return self.undecided > 0

    def ask(self, text: str, vocabulary: Value | None, span: Span, key: bool) -> None:
        """Write down that a text was looked for; None once it was looked for in anything but a vocabulary."""
        known, conditional = self.record.asked.get((span, text)), self.conditional or self.guarded > 0
        if vocabulary is None or (known is None and (span, text) in self.record.asked):
            self.record.asked[span, text] = None
        elif known is None or not any(vocabulary is one for one in known.vocabularies):
            others = () if known is None else known.vocabularies
            self.record.asked[span, text] = Asked(text, (*others, vocabulary), span, key, conditional)

    def handle(self, owner: Value) -> None:
        """Write down a model or layer whose weights are the program's own business from here on."""
        self.record.handled[id(owner)] = owner

    def span(self, node: cst.CSTNode) -> Span:
        return self.parsed.span(node)

    def made(self, operation: str, node: cst.CSTNode, *sources: Value) -> Made:
        return Made(operation, self.span(node), sources)

    def unknown(self, why: str, node: cst.CSTNode) -> Unknown:
        return Unknown(why, Made("unknown", self.span(node)))

    def note(self, why: str, span: Span | None = None) -> None:
        self.record.notes.append(Note(why, span))

    @contextmanager
    def perhaps(self, known: bool | None = None) -> Iterator[None]:
        """Inside a branch whose condition is not ``known``."""
        self.undecided += known is None
        try:
            yield
        finally:
            self.undecided -= known is None

    @contextmanager
    def inside_loop(self, loop: Loop) -> Iterator[None]:
        before, turn = self.loops, self.turn
        self.loops = (*before, loop)
        try:
            yield
        finally:
            self.loops, self.turn = before, turn

    @contextmanager
    def leaving(self) -> Iterator[Leaving]:
        """A loop: what stands where a branch leaves a turn, or the loop, is kept in what this gives."""
        before, self.left = self.left, Leaving(self.memory)
        try:
            yield self.left
        finally:
            self.left.close()
            self.left = before

    @contextmanager
    def tracing(self) -> Iterator[None]:
        """Inside the ``call`` of a layer, a model or a Lambda."""
        self.traced += 1
        try:
            yield
        finally:
            self.traced -= 1

    @contextmanager
    def given_data(self, again: bool) -> Iterator[None]:
        """While a subclassed model is called on data; ``again``: it was built on others before."""
        before, self.on_data = self.on_data, again
        try:
            yield
        finally:
            self.on_data = before

    @contextmanager
    def reading(self, parsed: Parsed) -> Iterator[None]:
        """Evaluate nodes of another file."""
        before = self.parsed
        self.parsed = parsed
        try:
            yield
        finally:
            self.parsed = before

    # --- lists, dicts and objects ---------------------------------------------------------------------------------

    def new_list(self, content: Sequence) -> Reference:
        return self._new("list", content)

    def new_dict(self, content: Mapped) -> Reference:
        return self._new("dict", content)

    def _new(self, kind: str, content: Sequence | Mapped) -> Reference:
        new = Reference(kind, {"content": content}, content.made)
        self.memory.born(new.fields)
        return new

    def freeze(self, value: Value, depth: int = 8) -> Value:
        """Lists, tuples and dicts as they stand now, with what they hold; other values are what they are."""
        match value:
            case Reference(kind="list" | "dict" | "set"):
                return self.freeze(value.fields["content"], depth)
            case Sequence(items=tuple() as items) if depth:
                self.step(len(items) // ITEMS_FOR_A_STEP)
                # ``[[0] * 2000] * 2000`` holds one list many times.
                once = {id(item): self.freeze(item, depth - 1) for item in {id(i): i for i in items}.values()}
                frozen = tuple(once[id(item)] for item in items)
                if all(a is b for a, b in zip(frozen, items, strict=True)):
                    return value
                return replace(value, items=frozen, element=None)
            case Sequence(element=element) if element is not None and depth:
                return replace(value, element=self.freeze(element, depth - 1))
            case Mapped() if depth:
                items = tuple((key, self.freeze(item, depth - 1)) for key, item in value.items)
                default = None if value.default is None else self.freeze(value.default, depth - 1)
                return Mapped(items, value.open, default, value.length, value.made, value.key)
            case _:
                return value
