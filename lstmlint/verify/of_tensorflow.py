"""The closed list of TensorFlow's functions that a Keras tensor may be given to: plain data, for both sides.

The arguments beside the tensors are the verifier's own: what the program gives there changes nothing about whether a
Keras tensor is refused.
"""

from __future__ import annotations

from typing import Any

_ALONE = (
    *("abs", "exp", "sqrt", "square", "sign", "round", "negative", "sigmoid", "tanh", "identity", "zeros_like"),
    *("ones_like", "shape", "rank", "size", "transpose", "stop_gradient", "cumsum", "convert_to_tensor"),
    *("math.abs", "math.exp", "math.log", "math.sqrt", "math.square", "math.sign", "math.round", "math.negative"),
    *("math.tanh", "math.sigmoid", "math.softplus", "math.reciprocal", "math.rsqrt", "math.cumsum", "math.is_nan"),
    *("math.l2_normalize", "nn.l2_normalize", "nn.relu", "nn.elu", "nn.selu", "nn.gelu", "nn.leaky_relu"),
    *("nn.softmax", "nn.log_softmax", "nn.softplus", "nn.sigmoid", "nn.tanh"),
)
_OF_THE_BACKEND = (
    *("abs", "exp", "log", "sqrt", "square", "sum", "max", "min", "mean", "std", "var", "prod", "softmax", "sigmoid"),
    *("tanh", "relu", "expand_dims", "zeros_like", "ones_like", "l2_normalize", "transpose", "flatten"),
    *("batch_flatten", "shape"),
)
_WITH_1 = (  # an axis, or a number of pieces
    *("reduce_sum", "reduce_mean", "reduce_max", "reduce_min", "reduce_prod", "argmax", "argmin", "expand_dims"),
    *("math.reduce_sum", "math.reduce_mean", "math.reduce_max", "math.reduce_min", "math.reduce_prod"),
    *("math.reduce_std", "math.reduce_logsumexp", "math.argmax", "math.argmin", "split", "repeat"),
    *("keras.backend.argmax", "keras.backend.cumsum", "keras.backend.reverse"),
)
_WITH_A_NUMBER = (
    *("add", "subtract", "multiply", "divide", "pow", "maximum", "minimum", "equal", "not_equal", "greater", "less"),
    *("math.add", "math.subtract", "math.multiply", "math.divide", "math.divide_no_nan", "math.pow", "math.maximum"),
    *("math.minimum", "math.equal", "math.not_equal", "math.greater", "math.less"),
    *(f"keras.backend.{name}" for name in ("pow", "equal", "not_equal", "maximum", "minimum")),
)
#: Functions of a tensor, with their other arguments.
OF_ONE: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys((*_ALONE, *(f"keras.backend.{name}" for name in _OF_THE_BACKEND)), ()),
    **dict.fromkeys(_WITH_1, (1,)),
    **dict.fromkeys(_WITH_A_NUMBER, (2.0,)),
    **dict.fromkeys(("cast", "keras.backend.cast"), ("float32",)),
    **dict.fromkeys(("reshape", "keras.backend.reshape"), ((-1,),)),
    **dict.fromkeys(("clip_by_value", "keras.backend.clip"), (0.0, 1.0)),
    **dict.fromkeys(("nn.dropout", "keras.backend.dropout"), (0.5,)),
    "gather": (0,),
    "reverse": ([1],),
    "roll": (1, 1),
    "keras.backend.repeat_elements": (2, 1),
}
#: Functions of a list of tensors.
OF_SEVERAL: dict[str, tuple[Any, ...]] = {
    "concat": (-1,),
    "stack": (),
    "add_n": (),
    "math.add_n": (),
    "keras.backend.concatenate": (),
    "keras.backend.stack": (),
}
#: Functions of two tensors, the second turned round.
OF_TWO = ("matmul", "linalg.matmul")
FUNCTIONS = frozenset({*OF_ONE, *OF_SEVERAL, *OF_TWO})
#: Functions that a dataset may be given to as well, with their other arguments.
OF_A_DATASET: dict[str, dict[str, Any]] = {
    "cast": {"dtype": "float32"},
    "convert_to_tensor": {},
    "expand_dims": {"axis": 0},
    "gather": {"indices": 0},
    "one_hot": {"depth": 3},
    "pad": {"paddings": [[1, 1]]},
    "reduce_max": {},
    "reduce_mean": {},
    "reduce_min": {},
    "reduce_sum": {},
    "reshape": {"shape": (-1,)},
    "reverse": {"axis": [0]},
    "shape": {},
    "split": {"num_or_size_splits": 1},
    "squeeze": {},
    "transpose": {},
    "unstack": {"num": 4},
}
