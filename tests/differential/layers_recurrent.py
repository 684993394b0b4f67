"""Calls of recurrent layers and of what wraps them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.differential.layers_both import Case, Spec
from tests.differential.layers_draw import (
    ACTIVATIONS,
    Draw,
    Family,
    batch,
    count,
    maybe,
    odd,
    shape,
    size,
    sometimes,
    tuple_size,
    window_keywords,
)

RECURRENT = ("LSTM", "GRU", "SimpleRNN")


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


FAMILIES: tuple[Family, ...] = (recurrent, rnn, bidirectional, time_distributed, conv_lstm)
