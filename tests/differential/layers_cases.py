"""Generated layer calls: mostly what people write, sometimes what Keras must refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.differential.layers_both import Case, PlainShape, Spec

Draw = Callable[[st.SearchStrategy[Any]], Any]
RECURRENT = ("LSTM", "GRU", "SimpleRNN")
ACTIVATIONS = ("relu", "tanh", None, "linear", "softmax", "softmaxx", "sigmoid")


#: Keywords that some layers of some Keras version take.
STRANGE = (("foo", 3), ("input_length", 4), ("batch_input_shape", (2, 4, 3)), ("weights", None), ("time_major", False))
Family = Callable[[Draw], Case]


def sometimes(draw: Draw, one_in: int = 12) -> bool:
    return draw(st.integers(1, one_in)) == 1


def size(draw: Draw, high: int = 6, none: bool = True) -> int | None:
    """An axis: small, None now and then."""
    return None if none and sometimes(draw, 4) else draw(st.integers(1, high))


def batch(draw: Draw) -> int | None:
    return draw(st.sampled_from((None, None, 2, 4)))


def shape(draw: Draw, rank: int, high: int = 6, known_last: bool = True) -> PlainShape:
    """A batch shape of ``rank`` axes, or now and then of another rank."""
    if sometimes(draw, 10):
        rank = draw(st.integers(1, 6))
    axes = [size(draw, high) for _ in range(rank - 2)]
    last = [size(draw, high, none=not known_last or sometimes(draw, 15))] if rank > 1 else []
    return (batch(draw), *axes, *last)


def count(draw: Draw, *, one_in: int = 15, high: int = 5) -> Any:
    """A number of units: positive, or now and then something Keras must refuse."""
    if sometimes(draw, one_in):
        return draw(st.sampled_from((0, -1, 2.5, "3", None, 2.0)))
    return draw(st.integers(1, high))


def maybe(draw: Draw, keywords: dict[str, Any], name: str, *values: Any, one_in: int = 3) -> None:
    """Add a keyword with one of the values, or leave it out."""
    if sometimes(draw, one_in):
        keywords[name] = draw(st.sampled_from(values))


def odd(draw: Draw, keywords: dict[str, Any]) -> dict[str, Any]:
    """Now and then a keyword that no layer has, or one that the base layer takes."""
    if sometimes(draw, 25):
        name, value = draw(st.sampled_from(STRANGE))
        keywords[name] = value
    if sometimes(draw, 25):
        keywords["trainable"] = False
    if sometimes(draw, 25):
        keywords["dtype"] = draw(st.sampled_from(("float32", "float16", "float64")))
    return keywords


def recurrent_spec(draw: Draw, kinds: tuple[str, ...] = RECURRENT, **fixed: Any) -> Spec:
    keywords: dict[str, Any] = {}
    for flag in ("return_sequences", "return_state", "go_backwards", "unroll"):
        maybe(draw, keywords, flag, True, False)
    maybe(draw, keywords, "stateful", True, one_in=6)
    maybe(draw, keywords, "activation", *ACTIVATIONS, one_in=5)
    maybe(draw, keywords, "dropout", 0.2, 0, one_in=6)
    maybe(draw, keywords, "implementation", 1, 2, one_in=15)
    return Spec(draw(st.sampled_from(kinds)), (count(draw),), odd(draw, keywords | fixed))


def recurrent(draw: Draw) -> Case:
    return Case(recurrent_spec(draw), (shape(draw, 3),))


def rnn(draw: Draw) -> Case:
    """RNN over one cell, a list of cells, or StackedRNNCells."""
    cells = ("LSTMCell", "GRUCell", "SimpleRNNCell")
    made = [Spec(draw(st.sampled_from(cells)), (count(draw, one_in=25),)) for _ in range(draw(st.integers(1, 3)))]
    form = draw(st.sampled_from(("one", "list", "stacked")))
    cell: Any = made[0] if form == "one" else made if form == "list" else Spec("StackedRNNCells", (made,))
    if sometimes(draw, 20):
        cell = draw(st.sampled_from((3, None, "LSTMCell")))
    keywords: dict[str, Any] = {}
    for flag in ("return_sequences", "return_state", "go_backwards", "unroll"):
        maybe(draw, keywords, flag, True, False)
    maybe(draw, keywords, "stateful", True, one_in=6)
    return Case(Spec("RNN", (cell,), keywords), (shape(draw, 3),))


def bidirectional(draw: Draw) -> Case:
    inner = recurrent_spec(draw, stateful=False) if sometimes(draw, 2) else recurrent_spec(draw)
    if sometimes(draw, 15):
        inner = draw(st.sampled_from((Spec("Dense", (3,)), 3, None)))
    keywords: dict[str, Any] = {}
    maybe(draw, keywords, "merge_mode", "concat", "sum", "mul", "ave", None, "max", one_in=2)
    if sometimes(draw, 5) and isinstance(inner, Spec):
        same = {k: v for k, v in inner.keywords.items() if k in ("return_sequences", "return_state", "stateful")}
        backwards = not inner.keywords.get("go_backwards", False) if not sometimes(draw, 6) else True
        changed = {"return_sequences": True} if sometimes(draw, 6) else {}
        units = inner.positional if not sometimes(draw, 4) else (count(draw),)
        keywords["backward_layer"] = Spec(inner.kind, units, same | changed | {"go_backwards": backwards})
    return Case(Spec("Bidirectional", (inner,), odd(draw, keywords)), (shape(draw, 3),))


def time_distributed(draw: Draw) -> Case:
    inner, rank = draw(
        st.sampled_from(
            (
                *(
                    (Spec("Dense", (3,)), 3),
                    (Spec("Dense", (2,)), 4),
                    (Spec("Flatten"), 4),
                    (Spec("Dropout", (0.5,)), 3),
                ),
                *((Spec("Conv1D", (2, 2)), 4), (Spec("MaxPooling1D"), 4), (Spec("Activation", ("relu",)), 3)),
                *((Spec("LSTM", (3,)), 4), (Spec("RepeatVector", (2,)), 3), (Spec("Reshape", ((2, 2),)), 3)),
                *((Spec("BatchNormalization"), 3), (Spec("TimeDistributed", (Spec("Dense", (2,)),)), 4)),
                *((Spec("Embedding", (10, 3)), 3), (Spec("GlobalAveragePooling1D"), 4), (3, 3), (None, 3)),
            )
        )
    )
    given = shape(draw, rank)
    if getattr(inner, "kind", "") == "MaxPooling1D" and len(given) > 4:
        given = given[:4]  # On more axes it pools them all, as no program means.
    return Case(Spec("TimeDistributed", (inner,)), (given,))


def dense(draw: Draw) -> Case:
    keywords: dict[str, Any] = {}
    maybe(draw, keywords, "activation", *ACTIVATIONS)
    return Case(Spec("Dense", (count(draw),), odd(draw, keywords)), (shape(draw, draw(st.integers(2, 4))),))


def embedding(draw: Draw) -> Case:
    spec = Spec("Embedding", (count(draw), count(draw)), odd(draw, {}))
    return Case(spec, (shape(draw, 2, known_last=False),), dtype=draw(st.sampled_from(("int32", "float32"))))


def repeat_vector(draw: Draw) -> Case:
    return Case(Spec("RepeatVector", (count(draw),), odd(draw, {})), (shape(draw, 2, known_last=False),))


def reshape(draw: Draw) -> Case:
    target: Any = tuple(draw(st.lists(st.sampled_from((1, 2, 3, 4, 6, 12, -1)), min_size=0, max_size=4)))
    given = (batch(draw), *draw(st.lists(st.sampled_from((1, 2, 3, 4, 6, 12, None)), max_size=4)))
    if None not in given[1:] and not sometimes(draw, 3):
        target = _factors(draw, given[1:])
    if sometimes(draw, 20):
        target = draw(st.sampled_from((3, None, (-2, 3), (None, 2), (-1, -1), 2.5)))
    return Case(Spec("Reshape", (target,), odd(draw, {})), (given,), dtype=draw(st.sampled_from(("float32", "int32"))))


def _factors(draw: Draw, axes: tuple[int, ...]) -> tuple[int, ...]:
    """A shape with the same number of elements, -1 in place of one axis now and then."""
    flat = sorted(axes, key=lambda _: draw(st.integers(0, 3)))
    if flat and sometimes(draw, 2):
        flat[draw(st.integers(0, len(flat) - 1))] = -1
    return tuple(flat)


def flatten(draw: Draw) -> Case:
    keywords: dict[str, Any] = {}
    maybe(draw, keywords, "data_format", "channels_first", "channels_last", None, "other", one_in=6)
    return Case(Spec("Flatten", (), odd(draw, keywords)), (shape(draw, draw(st.integers(1, 5)), known_last=False),))


def permute(draw: Draw) -> Case:
    rank = draw(st.integers(1, 3))
    dims: Any = tuple(draw(st.permutations(range(1, rank + 1))))
    if sometimes(draw, 12):
        dims = draw(st.sampled_from(((0, 1), (1, 1), (2, 3), 2, None, (1, 3))))
    return Case(Spec("Permute", (dims,)), (shape(draw, rank + 1, known_last=False),))


SAME: tuple[Spec, ...] = (
    *(Spec("Activation", (name,)) for name in ACTIVATIONS),
    *(Spec("Dropout", (rate,)) for rate in (0, 0.5, 1, 1.5, -0.1, "a", None)),
    *(Spec("GaussianDropout", (0.3,)), Spec("GaussianNoise", (2,)), Spec("GaussianNoise", (0.1,))),
    *(Spec("AlphaDropout", (0.3,)), Spec("AlphaDropout", (3,)), Spec("Masking"), Spec("Identity")),
    *(Spec("ReLU", (6.0,)), Spec("ReLU", (-1,)), Spec("ReLU", (), {"threshold": None}), Spec("LeakyReLU")),
    *(Spec("LeakyReLU", (0.1,)), Spec("LeakyReLU", (), {"alpha": 0.1}), Spec("LeakyReLU", (None,)), Spec("ELU")),
    *(Spec("Softmax"), Spec("ActivityRegularization", (0.1,)), Spec("Dropout", (), {"rate": 0.5, "seed": 3})),
)


def same_shape(draw: Draw) -> Case:
    spec = draw(st.sampled_from(SAME))
    spec = Spec(spec.kind, spec.positional, odd(draw, dict(spec.keywords)))
    given = shape(draw, draw(st.integers(2, 4)), known_last=False)
    return Case(spec, (given,), dtype=draw(st.sampled_from(("float32", "int32", "float64"))))


def spatial_dropout(draw: Draw) -> Case:
    rank = draw(st.integers(1, 3))
    rate = draw(st.sampled_from((0, 0.5, 1, 1.5)))
    return Case(Spec(f"SpatialDropout{rank}D", (rate,), odd(draw, {})), (shape(draw, rank + 2, known_last=False),))


def merge(draw: Draw) -> Case:
    kind = draw(st.sampled_from(("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")))
    shapes = _several(draw, 2 if kind == "Subtract" and not sometimes(draw) else draw(st.integers(1, 3)))
    return Case(Spec(kind, (), odd(draw, {})), shapes, listed=len(shapes) > 1 or not sometimes(draw, 2))


def _several(draw: Draw, number: int) -> tuple[PlainShape, ...]:
    """Shapes that are alike but for an axis now and then."""
    rank = draw(st.integers(2, 4))
    base = (batch(draw), *(size(draw, 4) for _ in range(rank - 1)))
    return tuple(_varied(draw, base) for _ in range(number))


def _varied(draw: Draw, base: PlainShape) -> PlainShape:
    axes = list(base)
    if sometimes(draw, 3):
        axes[draw(st.integers(0, len(axes) - 1))] = draw(st.sampled_from((1, 2, 3, None)))
    if sometimes(draw, 10):
        axes.append(draw(st.integers(1, 3)))
    return tuple(axes)


def concatenate(draw: Draw) -> Case:
    keywords: dict[str, Any] = {}
    maybe(draw, keywords, "axis", -1, 1, 2, -2, 0, 5, -3, 3, one_in=2)
    shapes = _several(draw, draw(st.integers(1, 3)))
    return Case(Spec("Concatenate", (), keywords), shapes, listed=len(shapes) > 1 or not sometimes(draw, 2))


def dot(draw: Draw) -> Case:
    axes = draw(st.sampled_from((1, 2, -1, (1, 1), (2, 2), (1, 2), (2, 1), (-1, -1), (-1, 1), "a", (1,), 3, [1, 1])))
    shapes = _several(draw, 2 if not sometimes(draw) else draw(st.integers(1, 3)))
    return Case(Spec("Dot", (axes,)), shapes, listed=len(shapes) > 1)


def tuple_size(draw: Draw, rank: int, high: int = 3) -> Any:
    """``kernel_size``: an integer, a tuple, or now and then a wrong one."""
    if sometimes(draw, 30):
        return draw(st.sampled_from((0, -1, "3", (1,) * (rank + 1), 2.5, None, (0,) * rank)))
    return draw(st.one_of(st.integers(1, high), st.tuples(*(st.integers(1, high) for _ in range(rank)))))


def window_keywords(draw: Draw, rank: int, *paddings: str) -> dict[str, Any]:
    keywords: dict[str, Any] = {}
    maybe(draw, keywords, "padding", *paddings, one_in=2)
    if sometimes(draw, 3):
        keywords["strides"] = tuple_size(draw, rank)
    if sometimes(draw, 8):
        keywords["data_format"] = draw(st.sampled_from(("channels_first", "channels_last", "Channels_Last", "x", None)))
    return keywords


def convolution(draw: Draw) -> Case:
    rank = draw(st.sampled_from((1, 1, 1, 2, 2, 3)))
    keywords = window_keywords(draw, rank, "valid", "same", "causal", "SAME", "full")
    if sometimes(draw, 5):
        keywords["dilation_rate"] = tuple_size(draw, rank, 2)
    maybe(draw, keywords, "activation", *ACTIVATIONS, one_in=8)
    family = draw(st.sampled_from(("Conv", "Conv", "Conv", "Separable", "Depthwise", "Transpose")))
    rank = min(rank, 2) if family in ("Separable", "Depthwise") else rank
    kind = {"Conv": f"Conv{rank}D", "Transpose": f"Conv{rank}DTranspose"}.get(family, f"{family}Conv{rank}D")
    first: tuple[Any, ...] = () if family == "Depthwise" else (count(draw, one_in=25, high=4),)
    if family == "Conv":
        maybe(draw, keywords, "groups", 1, 2, 3, 0, one_in=8)
    if family in ("Separable", "Depthwise"):
        maybe(draw, keywords, "depth_multiplier", 1, 2, 3, 0, one_in=5)
    if family == "Transpose":
        maybe(draw, keywords, "output_padding", 0, 1, (1,) * rank, None, one_in=6)
    return Case(Spec(kind, (*first, tuple_size(draw, rank)), odd(draw, keywords)), (shape(draw, rank + 2, 8),))


def pooling(draw: Draw) -> Case:
    rank = draw(st.sampled_from((1, 1, 2, 3)))
    keywords = window_keywords(draw, rank, "valid", "same", "causal", "SAME")
    pool: tuple[Any, ...] = () if sometimes(draw, 4) else (tuple_size(draw, rank),)
    kind = draw(st.sampled_from((f"MaxPooling{rank}D", f"AveragePooling{rank}D", f"MaxPool{rank}D", f"AvgPool{rank}D")))
    return Case(Spec(kind, pool, odd(draw, keywords)), (shape(draw, rank + 2, 8, known_last=False),))


def global_pooling(draw: Draw) -> Case:
    rank = draw(st.sampled_from((1, 1, 2, 3)))
    kind = draw(st.sampled_from((f"GlobalMaxPooling{rank}D", f"GlobalAveragePooling{rank}D", f"GlobalAvgPool{rank}D")))
    keywords: dict[str, Any] = {}
    maybe(draw, keywords, "keepdims", True, False)
    maybe(draw, keywords, "data_format", "channels_first", "channels_last", "x")
    return Case(Spec(kind, (), odd(draw, keywords)), (shape(draw, rank + 2, known_last=False),))


def conv_lstm(draw: Draw) -> Case:
    rank = draw(st.sampled_from((1, 2, 2, 3)))
    keywords = window_keywords(draw, rank, "valid", "same", "causal")
    if sometimes(draw, 6):
        keywords["dilation_rate"] = tuple_size(draw, rank, 2)
    for flag in ("return_sequences", "return_state", "go_backwards"):
        maybe(draw, keywords, flag, True, False)
    maybe(draw, keywords, "stateful", True, one_in=6)
    axes = tuple(size(draw, 6, none=sometimes(draw, 12)) for _ in range(rank + 1))
    given = (batch(draw), size(draw, 3), *axes) if not sometimes(draw, 10) else shape(draw, rank + 2)
    filters = draw(st.integers(1, 3))
    return Case(Spec(f"ConvLSTM{rank}D", (filters, tuple_size(draw, rank, 2)), odd(draw, keywords)), (given,))


def padding(draw: Draw) -> Case:
    """ZeroPadding and Cropping: an integer, or pairs."""
    rank = draw(st.integers(1, 3))
    pair = st.tuples(st.integers(0, 2), st.integers(0, 2))
    right = pair if rank == 1 else st.one_of(st.tuples(*(pair,) * rank), st.tuples(*(st.integers(0, 2),) * rank))
    amount: tuple[Any, ...] = (draw(st.one_of(st.integers(0, 2), right)),)
    if sometimes(draw, 8):
        amount = (draw(st.sampled_from((-1, "a", None, (1,), (1, 2, 3), ((1, 2),), ((1, 2), (1, -1)), 1.5))),)
    kind = draw(st.sampled_from((f"ZeroPadding{rank}D", f"Cropping{rank}D")))
    keywords: dict[str, Any] = {}
    maybe(draw, keywords, "data_format", "channels_first", "channels_last", "x", one_in=6)
    return Case(Spec(kind, () if sometimes(draw) else amount, keywords), (shape(draw, rank + 2, known_last=False),))


def upsampling(draw: Draw) -> Case:
    rank = draw(st.integers(1, 3))
    amount = () if sometimes(draw) else (tuple_size(draw, rank),)
    keywords: dict[str, Any] = {}
    maybe(draw, keywords, "data_format", "channels_first", "channels_last", "x", one_in=6)
    return Case(Spec(f"UpSampling{rank}D", amount, keywords), (shape(draw, rank + 2, known_last=False),))


def normalization(draw: Draw) -> Case:
    names = ("BatchNormalization", "LayerNormalization", "UnitNormalization", "RMSNormalization", "Normalization")
    keywords: dict[str, Any] = {}
    maybe(draw, keywords, "axis", -1, 1, 2, -2, 3, [1], [1, 2], (-1, 1), "a", None, 1.5, one_in=2)
    kind = draw(st.sampled_from(names))
    if kind == "Normalization" and keywords.get("axis") == (-1, 1):
        keywords.pop("axis")  # A repeated axis: it depends on the sizes what happens.
    if kind in names[:2]:
        maybe(draw, keywords, "scale", False, one_in=3)
        maybe(draw, keywords, "center", False, one_in=3)
    return Case(Spec(kind, (), odd(draw, keywords)), (shape(draw, draw(st.integers(2, 4)), known_last=False),))


def group_normalization(draw: Draw) -> Case:
    keywords: dict[str, Any] = {"groups": draw(st.sampled_from((1, 2, 2, 3, -1, 0, 1.5, 32)))}
    maybe(draw, keywords, "axis", -1, 1, 2, -2)
    return Case(Spec("GroupNormalization", (), keywords), (shape(draw, draw(st.integers(2, 4)), high=8),))


def prelu(draw: Draw) -> Case:
    keywords: dict[str, Any] = {}
    maybe(draw, keywords, "shared_axes", 1, [1], [1, 2], [2], (1, 3), one_in=2)
    return Case(Spec("PReLU", (), keywords), (shape(draw, draw(st.integers(2, 4)), known_last=False),))


def attention(draw: Draw) -> Case:
    kind = draw(st.sampled_from(("Attention", "AdditiveAttention")))
    keywords: dict[str, Any] = {}
    maybe(draw, keywords, "use_scale", True, False)
    if kind == "Attention":
        maybe(draw, keywords, "score_mode", "dot", "concat", "x")
    shapes = _several(draw, draw(st.sampled_from((1, 2, 2, 3, 4))))
    return Case(Spec(kind, (), odd(draw, keywords)), shapes, listed=len(shapes) > 1)


def multi_head_attention(draw: Draw) -> Case:
    keywords: dict[str, Any] = {}
    maybe(draw, keywords, "value_dim", 3, None, 0)
    maybe(draw, keywords, "output_shape", 5, (2, 3), None, one_in=4)
    batches = batch(draw)
    shapes = tuple((batches, size(draw, 4), size(draw, 4, none=sometimes(draw, 15))) for _ in range(2))
    if sometimes(draw, 3):
        last = size(draw, 4, none=sometimes(draw, 15))
        shapes += ((batches, shapes[1][1] if not sometimes(draw, 4) else size(draw), last),)
    heads = (count(draw, one_in=25), count(draw, one_in=25))
    return Case(Spec("MultiHeadAttention", heads, odd(draw, keywords)), shapes)


def einsum_dense(draw: Draw) -> Case:
    equations = (
        "ab,bc->ac",
        "abc,cd->abd",
        "...x,xy->...y",
        "abc,bcd->ad",
        "abc,cde->abde",
        "ab...,bc->ac...",
        "ab,cd->ad",
    )
    target = draw(st.sampled_from((3, (3,), (None, 3), (4, 3), (None, 2, 3), (2,), None)))
    keywords: dict[str, Any] = {}
    maybe(draw, keywords, "activation", *ACTIVATIONS, one_in=6)
    spec = Spec("EinsumDense", (draw(st.sampled_from((*equations, "ab->c"))), target), keywords)
    return Case(spec, (shape(draw, draw(st.integers(2, 4))),))


def numbers(draw: Draw) -> Case:
    """CategoryEncoding, Hashing, Discretization, Rescaling."""
    mode = draw(st.sampled_from(("int", "one_hot", "multi_hot", "count", "x")))
    kind = draw(st.sampled_from(("CategoryEncoding", "Hashing", "Discretization", "Rescaling")))
    bins = draw(st.sampled_from((3, 5, 0, -1, 2)))
    keywords: dict[str, Any] = {
        "CategoryEncoding": {"num_tokens": bins, "output_mode": mode},
        "Hashing": {"num_bins": bins, "output_mode": mode},
        "Discretization": {"bin_boundaries": [0.1, 0.5], "output_mode": mode},
        "Rescaling": {"scale": 0.5},
    }[kind]
    whole = kind in ("CategoryEncoding", "Hashing")
    given = (batch(draw), *(draw(st.sampled_from((1, 1, 2, 3, None))) for _ in range(draw(st.integers(0, 2)))))
    return Case(Spec(kind, (), keywords), (given,), dtype="int32" if whole else "float32")


def lookup(draw: Draw) -> Case:
    """TextVectorization, StringLookup and IntegerLookup with a written vocabulary."""
    kind = draw(st.sampled_from(("TextVectorization", "StringLookup", "IntegerLookup")))
    mode = draw(st.sampled_from(("int", "one_hot", "multi_hot", "count", "x")))
    words: list[Any] = [1, 2, 3] if kind == "IntegerLookup" else ["a", "b", "c", "d"]
    keywords: dict[str, Any] = {"output_mode": mode, "vocabulary": words}
    maybe(draw, keywords, "max_tokens", 10, 1, None)
    maybe(draw, keywords, "pad_to_max_tokens", True, one_in=4)
    if kind == "TextVectorization":
        maybe(draw, keywords, "output_sequence_length", 5, None, "a")
    else:
        maybe(draw, keywords, "num_oov_indices", 1, 2, 0)
    given = (batch(draw), *(draw(st.sampled_from((1, 1, 2, None))) for _ in range(draw(st.integers(0, 2)))))
    return Case(Spec(kind, (), keywords), (given,), dtype="int64" if kind == "IntegerLookup" else "string")


FAMILIES: tuple[Family, ...] = (
    *(recurrent, rnn, bidirectional, time_distributed, dense, embedding, repeat_vector, reshape, flatten, permute),
    *(same_shape, spatial_dropout, merge, concatenate, dot, convolution, pooling, global_pooling, conv_lstm, padding),
    *(upsampling, normalization, group_normalization, prelu, attention, multi_head_attention, einsum_dense, numbers),
    lookup,
)


@st.composite
def cases(draw: Draw, families: tuple[Family, ...] = FAMILIES) -> Case:
    return draw(st.sampled_from(families))(draw)
