"""Why not even the number of axes of data is known: where on its way the rank was lost, and whose doing that is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from lstmlint.interpreter.arrays import from_nested, refusal
from lstmlint.interpreter.values import Array, Reference, Sequence, Table, Tensor, Unknown, Value

#: Steps looked at on the way back.
MOST_STEPS = 400
#: What gives data that only a file, or a machine elsewhere, holds.
READERS = frozenset(
    [
        "numpy.load",
        "numpy.fromfile",
        "numpy.loadtxt",
        "numpy.genfromtxt",
        "pickle.load",
        "pickle.loads",
        "_pickle.load",
        "_pickle.loads",
        "cPickle.load",
        "pickle5.load",
        "dill.load",
        "joblib.load",
        "sklearn.externals.joblib.load",
        "json.load",
        "json.loads",
        "yaml.load",
        "yaml.safe_load",
        "scipy.io.loadmat",
        "scipy.io.wavfile.read",
        "h5py.File",
        "keras.utils.HDF5Matrix",
        "keras.utils.io_utils.HDF5Matrix",
        "tensorflow_datasets.load",
        "datasets.load_dataset",
        "tensorflow.data.TFRecordDataset",
        "librosa.load",
        "xarray.open_dataset",
        "netCDF4.Dataset",
    ]
)


class Origin(Enum):
    """Who could tell the rank."""

    CALLER = "a parameter of a function that nobody calls"
    FILE = "a file"
    PROGRAM = "the program"


@dataclass(frozen=True, slots=True)
class Lost:
    """The step at which the rank was lost, in words, and who could have told it."""

    why: str
    origin: Origin


def has_rank(value: Value) -> bool:
    match value:
        case Array(shape=tuple()) | Tensor(shape=tuple()) | Table():
            return True
        case Sequence():
            # Numbers in lists, which Keras 2 takes as an array.
            array = from_nested(value, value.made)
            return array is not None and array.shape is not None and refusal(array) is None
        case _:
            return False


def rank_lost(value: Value) -> Lost:
    """The first step on the way of data without a known rank after which it is not known."""
    current, seen = value, set[int]()
    while len(seen) < MOST_STEPS:
        seen.add(id(current))
        before = next((one for one in _made_from(current) if _lost(one) and id(one) not in seen), None)
        if before is None:
            break
        current = before
    return Lost(_words(current), _origin(current))


def _made_from(value: Value) -> Iterator[Value]:
    """What a value was made from, and what a list of it holds."""
    match value:
        case Sequence(items=tuple() as items):
            yield from items[:64]
        case Sequence(element=element):
            yield element
        case Reference(kind="list", fields={"content": content}):
            yield content
        case Array() | Unknown() if value.made is not None:
            yield from value.made.sources


def _lost(value: Value) -> bool:
    """Whether what is made of this value has no known rank either."""
    match value:
        case Unknown() | Array(shape=None):
            return True
        case Sequence() | Reference(kind="list"):
            return any(_lost(one) for one in _made_from(value))
        case _:
            return False


def _words(value: Value) -> str:
    match value:
        case Unknown(why=why):
            return why
        case Array(made=made) if made is not None:
            return f"{made.operation} gives an array of an unknown number of axes"
        case Tensor():
            return "a tensor of an unknown number of axes"
        case Sequence() | Reference(kind="list"):
            return "a list of something that is not known"
        case _:
            return "it is no array"


def _origin(value: Value) -> Origin:
    operation = value.made.operation if isinstance(value, (Array, Unknown)) and value.made is not None else ""
    if operation == "parameter":
        return Origin.CALLER
    return Origin.FILE if operation in READERS else Origin.PROGRAM
