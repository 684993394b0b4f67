"""What goes over the pipe to the worker: a plan as plain data.

A plan holds no code: layers, losses and optimizers are names from closed lists, everything else is numbers, text and
lists of them. ``validate.py`` refuses what is not described here.
"""

from __future__ import annotations

from typing import Any, TypedDict

#: A scalar, or a list of such things: what a layer argument can be.
Plain = Any

#: Layers in a wrapper: two directions, or stacked cells.
MOST_INNER = 16
#: Elements of one array, of one plan; layers of one model; training steps of one program.
MOST_ELEMENTS, MOST_LAYERS, MOST_STEPS = 20_000_000, 400, 2_000_000
#: Numbered values that are followed.
MOST_TAGS = 1_000_000

CLAIMS = (
    "raises",
    "cannot learn",
    "trains something else",
    "state matters",
    "state does not matter",
    "padding counts",
    "remembers nothing",
    "mixes samples",
    "cannot reach its targets",
    "scrambles values",
    "leaks",
    "becomes nan",
)
LOSSES = (
    "mean_squared_error",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_logarithmic_error",
    "huber",
    "log_cosh",
    "cosine_similarity",
    "kl_divergence",
    "poisson",
    "hinge",
    "squared_hinge",
    "categorical_hinge",
    "binary_crossentropy",
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
)
#: A loss of the program's own, which the training's ``own_loss`` describes.
OWN_LOSS = "own"
OPTIMIZERS = ("adam", "adamw", "adamax", "adadelta", "adagrad", "ftrl", "lion", "nadam", "rmsprop", "sgd")
#: Never built, whatever the layer table holds: they carry code.
CARRY_CODE = frozenset({"Lambda", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"})
#: Between two tensors, or a tensor and a number.
OPERATORS = ("+", "-", "*", "/", "==", "!=", "<", "<=", ">", ">=")
#: What an ``Operation`` between layers may be.
OPERATIONS = (
    *OPERATORS,
    *("[...]", "abs", "argmax", "cast", "clip", "concatenate", "exp", "expand_dims", "floor", "log", "matmul", "max"),
    *("maximum", "mean", "min", "minimum", "one_hot", "relu", "reshape", "round", "sigmoid", "sign", "softmax"),
    *("softplus", "sqrt", "square", "squeeze", "stack", "sum", "tanh", "transpose", "where"),
)
#: Those that take two values, or decide between two, and those that take any number of tensors as one list.
PAIRED = frozenset({*OPERATORS, "matmul", "maximum", "minimum", "where"})
JOINED = frozenset({"concatenate", "stack"})
DTYPES = ("float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool")
METHODS = ("fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch", "build")
TASKS = ("learnable", "previous-sample", "largest", "largest label")
#: What is asked of a loss or metric by itself.
OF_FUNCTIONS = ("matched", "unread")
PROBES = (
    *("reset", "order", "passes", "batches", "start", "padding", "placed", "memory", "neighbours", "reach", "free"),
    *("lookup", "tags", "calls", "handed", *OF_FUNCTIONS),
)
WAYS = (
    *("axes", "pieces", "overlap", "targets", "generator", "split", "scaler", "refitted", "pairs", "pad", "columns"),
    "softmax",
)
#: Calls that Keras is said to refuse.
CALLS = (
    *("function", "attribute", "adapt", "held out", "paired", "metrics", "batches", "variable", "untrained"),
    "dataset",
)
ORDERS = ("ordered", "shuffled")
RESETS = ("never", "epoch", "batch")


class LayerPlan(TypedDict):
    """``at`` is the place of the call: row, column, end row, end column; empty where there is none.

    An ``Operation`` has a ``name`` and ``values``, in which ``[i]`` is input number i of its node.
    """

    kind: str
    arguments: dict[str, Plain]
    inner: list[LayerPlan]
    at: list[int]


class InputPlan(TypedDict):
    """``shape`` without the batch axis; None is any size. ``name`` is empty where the program gives none."""

    shape: list[int | None]
    batch_size: int | None
    dtype: str
    name: str


class NodePlan(TypedDict):
    """A call of layer number ``layer``. A source is ``[node, output]``; node -1 - i is the model's input i."""

    layer: int
    inputs: list[list[int]]
    state: list[list[int]]
    listed: bool
    arguments: dict[str, Plain]


class ModelPlan(TypedDict):
    """``inputs`` is empty for a Sequential that takes its shape from the data; ``nodes`` for any Sequential.

    ``left_out``: how many of the last inputs the model is not told of.
    """

    kind: str
    inputs: list[InputPlan]
    layers: list[LayerPlan]
    nodes: list[NodePlan]
    outputs: list[list[int]]
    left_out: int


class ArrayPlan(TypedDict):
    """``values`` row by row, or None for values to be drawn between ``low`` and ``high``. ``classes``: ids below it."""

    shape: list[int]
    dtype: str
    values: list[float] | None
    low: float
    high: float
    classes: int | None


class DataPlan(TypedDict):
    """``steps`` is what is done to the arrays before training: ``["merge"]``, ``["reshape-x", 1, 2, 3]``,
    ``["list", "x"]``, ``["pad", 0.0]``; and how they are handed to Keras: ``["hand", "y", "dict", "mean", "scale"]``,
    ``["hand", "sample_weight", 40]``."""

    x: list[ArrayPlan]
    y: list[ArrayPlan]
    task: str
    steps: list[list[Any]]


class TrainingPlan(TypedDict):
    """``own_loss`` makes a loss of two inputs, the targets and the outputs, by nothing but an ``Operation`` each; None
    where ``loss`` has the names of Keras's own."""

    method: str
    loss: list[str]
    own_loss: ModelPlan | None
    from_logits: bool
    optimizer: str
    optimizer_arguments: dict[str, float]
    batch_size: int
    epochs: int
    order: str
    resets: str


class ProgramPlan(TypedDict):
    """``lookup`` is empty for a program that is run; else the name that Keras is asked for, and where it is called as
    well the argument, which may be empty. ``tags`` is empty as well; else the way that numbered values are sent, or
    the call that is tried, and its arguments."""

    name: str
    model: ModelPlan
    data: DataPlan
    training: TrainingPlan
    lookup: list[str]
    tags: list[Any]


class Plan(TypedDict):
    """``programs``: as written first, then the cures. ``notes`` say where the plan is not the program itself.

    ``doubt``: why a program that runs here is no proof that the program's own runs, empty where it is.
    """

    id: int
    claim: str
    probe: str
    seeds: list[int]
    floor: float | None
    programs: list[ProgramPlan]
    doubt: str
    notes: list[str]
