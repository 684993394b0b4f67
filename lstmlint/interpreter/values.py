"""The abstract domain: what the interpreter knows about a value instead of the value itself.

Values are immutable and travel freely. What Python programs change in place (lists, dicts, objects, models)
is a ``Reference``: an identity whose content lives in the interpreter's memory, so that branches can be undone
and joined. Unknown is a value with a reason, never None and never an exception.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from lstmlint.interpreter.dims import Dim
from lstmlint.text.source import Span

Scalar: TypeAlias = int | float | complex | bool | str | bytes | None


@dataclass(frozen=True, slots=True)
class Made:
    """How a value came to be: the operation, where it stands, and what it worked on.

    ``operation`` is a qualified library name (``numpy.reshape``), or one of the interpreter's own words:
    ``literal``, ``index``, ``window`` (items cut by a moving slice and gathered in a loop), ``arithmetic``,
    ``parameter``, ``attribute``. ``refused`` is why the library raises there, where the value is only what was meant:
    a reshape that cannot keep the number of elements gives an array of the requested shape all the same. A model's or
    layer's answer to data names it as the ``receiver``, arithmetic on arrays its ``operator``. What is ``filled`` was
    made at ``span``, and written into at ``written``.
    """

    operation: str
    span: Span
    sources: tuple[Value, ...] = ()
    refused: str = ""
    receiver: Value | None = None
    operator: str = ""
    written: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """Nothing is known, and why. ``text`` says that it is a Python text all the same, whatever stands in it.

    ``vocabulary`` is the Tokenizer or text layer that it is a word of, where it is any: it may still be None, or a text
    without capitals and signs. ``number`` says that it is one number, as a condition found.
    """

    why: str
    made: Made | None = None
    text: bool = False
    vocabulary: Value | None = None
    number: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Const:
    """A Python scalar: a number, text, True, None, Ellipsis."""

    value: Any
    made: Made | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Size:
    """An integer that is a size, known as a polynomial over symbols."""

    dim: Dim
    made: Made | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    start: Value
    stop: Value
    step: Value


@dataclass(frozen=True, slots=True, eq=False)
class Array:
    """A numpy array, an eager tensor or a pandas Series.

    ``shape`` is None where even the rank is unknown. ``elements`` holds the contents row by row where they are few
    and known; ``low`` and ``high`` bound the contents (inclusive) where that is known. ``output`` is the model's output
    that a prediction holds, as long as nothing is done to it. ``boxed`` says that an item may be a list or an array of
    its own, as those of pandas' columns of objects. ``drawn`` is the pass over a dataset that gave it, or that a model
    made over it to predict this; its source is the dataset.
    """

    shape: tuple[Dim, ...] | None
    dtype: str | None = None
    elements: tuple[Scalar, ...] | None = None
    low: float | None = None
    high: float | None = None
    flavour: str = "numpy"  # numpy | tensor | series | dataset
    made: Made | None = None
    name: str | None = None  # of a Series: its column
    output: Tensor | None = None
    boxed: bool = False
    drawn: Made | None = None

    @property
    def rank(self) -> int | None:
        return None if self.shape is None else len(self.shape)


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """A list or tuple as it stands: either all ``items``, or ``length`` times something like ``element``.

    ``turns`` tells in which order loops inside loops put the items in: how many turns each has, the outermost first.
    """

    kind: str  # list | tuple | set
    items: tuple[Value, ...] | None
    length: Dim
    element: Value | None = None
    made: Made | None = None
    turns: tuple[Dim, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Mapped:
    """A dict as it stands. ``open`` says that it may have other keys as well, like ``key``, with values like
    ``default``."""

    items: tuple[tuple[Const, Value], ...] = ()
    open: bool = False
    default: Value | None = None
    length: Dim | None = None
    made: Made | None = None
    key: Value | None = None

    @property
    def count(self) -> Dim | None:
        """How many keys there are, where that is known."""
        return self.length if self.open else Dim(len(self.items))

    def get(self, key: object) -> Value | None:
        for known, value in self.items:
            if type(known.value) is type(key) and known.value == key:
                return value
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A pandas DataFrame: rows, and columns by name where the names are known.

    ``filled`` holds what was assigned to columns since the table was ``made`` in the way that each entry names.
    ``boxed`` names the columns whose cells may hold lists or arrays, ``...`` for any of them.
    """

    rows: Dim
    width: Dim
    columns: tuple[Scalar, ...] | None = None
    dtype: str | None = None
    made: Made | None = None
    filled: tuple[tuple[Scalar, Value, Made | None], ...] = ()
    boxed: frozenset[Any] = frozenset()

    def given_to(self, name: object) -> Value | None:
        """What the program put into a column of this very table."""
        return next((value for own, value, since in self.filled if own == name and since is self.made), None)

    def holds_lists(self, name: Scalar) -> bool:
        """Whether a cell of a column may hold a list; None stands for a column whose name is not known."""
        return ... in self.boxed or name in self.boxed or (name is None and bool(self.boxed))


@dataclass(slots=True, eq=False)
class Reference:
    """Something with an identity that the program can change: its content is in ``fields``.

    ``kind`` tells what it is: ``list`` and ``dict`` keep their content under ``"content"`` (a Sequence or a Mapped);
    ``object`` has its attributes as fields; a library object (``sklearn.preprocessing.MinMaxScaler``) and a Keras
    model keep what their methods need. Change fields only through ``Memory.put``.
    """

    kind: str
    fields: dict[Any, Any] = field(default_factory=dict)
    made: Made | None = None
    type: Value | None = None  # of an object: its class


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """A module, function or class of a library, by its qualified name; ``written`` is the name as imported."""

    name: str
    written: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function of the linted program. ``node`` and ``scope`` are the interpreter's own."""

    name: str
    node: Any
    scope: Any
    defaults: Mapping[str, Value]
    span: Span
    receiver: Value | None = None
    owner: Value | None = None  # the class it was defined in, for super()
    static: str = ""  # staticmethod | classmethod | property | custom_gradient


@dataclass(frozen=True, slots=True, eq=False)
class Class:
    """A class of the linted program."""

    name: str
    bases: tuple[Value, ...]
    scope: Any
    span: Span
    fields: tuple[str, ...] = ()  # annotated in its body: what a dataclass takes, in order


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """A library method bound to what it was taken from: ``X.reshape``, ``model.fit``."""

    receiver: Value
    name: str
    span: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """A sibling module of the linted file, interpreted once."""

    name: str
    scope: Any


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """One of several values, depending on a condition that cannot be decided."""

    options: tuple[Value, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """A symbolic Keras tensor. ``node`` is the layer call it came from (a ``keras_model.graph.Node``).

    An Input has no node. A dim of None is Keras's None: any size. ``shape`` None: not even the rank is known.
    """

    shape: tuple[Dim | None, ...] | None
    dtype: str | None = None
    node: Any = None
    index: int = 0
    made: Made | None = None
    name: str | None = None


Value: TypeAlias = (
    Unknown
    | Const
    | Size
    | Slice
    | Array
    | Sequence
    | Mapped
    | Table
    | Reference
    | Library
    | Function
    | Class
    | Method
    | Module
    | Choice
    | Tensor
    | Any  # Layer, from keras_model.graph, which builds on this module
)


#: How the number was made by which a ``Sequence`` is asked for its first batch.
BATCH_INDEX = "index of a batch"
#: How a word that is known was made, of the vocabulary that it stands in.
WORD = "word"


def vocabulary_of(value: Value | None) -> Value | None:
    """The Tokenizer or text layer whose word a value is, where it is any."""
    match value:
        case Unknown(vocabulary=found):
            return found
        case Const(value=str(), made=Made(operation="word", sources=(found,))):
            return found
        case _:
            return None


def rows_of(value: Value | None) -> Dim | None:
    """The length of the first axis of an array or a table, where it is known that there is one."""
    match value:
        case Array(shape=(rows, *_)) | Table(rows=rows):
            return rows
        case _:
            return None


def keys_in(key: Value) -> tuple[Value, ...]:
    """What stands in the brackets of ``x[key]``: the items of a tuple, else the one key."""
    return key.items if isinstance(key, Sequence) and key.kind == "tuple" and key.items is not None else (key,)


def constants(items: Collection[Value] | None) -> list[Any] | None:
    """The Python values of items that are all constants, else None."""
    if items is None:
        return None
    found = [item.value for item in items if isinstance(item, Const)]
    return found if len(found) == len(items) else None


def history(value: Value, limit: int = 200) -> Iterator[Made]:
    """The steps that led to a value, the latest first, breadth first, at most ``limit``."""
    waiting, seen = [value], 0
    while waiting and seen < limit:
        made = getattr(waiting.pop(0), "made", None)
        if made is None:
            continue
        seen += 1
        yield made
        waiting.extend(made.sources)
