"""Our layer table against the installed Keras, on generated layers, arguments and input shapes.

``LSTMLINT_EXAMPLES`` sets how many calls are compared over all families (default 600).
"""

from __future__ import annotations

import os
import warnings

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from tests.differential import layers_cases, layers_unknown
from tests.differential.layers_both import Case, agree, ours
from tests.differential.layers_cases import FAMILIES, cases

keras = pytest.importorskip("keras")

EXAMPLES = int(os.environ.get("LSTMLINT_EXAMPLES", "600"))
KERAS_2_FAMILIES = (
    *(layers_cases.recurrent, layers_cases.bidirectional, layers_cases.rnn, layers_cases.time_distributed),
    *(layers_cases.flatten, layers_cases.concatenate, layers_cases.global_pooling),
)


def examples(count: int) -> settings:
    return settings(
        max_examples=max(count, 5),
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(autouse=True)
def _quiet_and_small() -> None:
    warnings.simplefilter("ignore")
    keras.backend.clear_session()


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
def test_agrees_with_keras_3(family: layers_cases.Family) -> None:
    @examples(EXAMPLES // len(FAMILIES))
    @given(cases((family,)))
    def compare(case: Case) -> None:
        agree(case, keras, 3)

    compare()


@pytest.mark.parametrize("family", KERAS_2_FAMILIES, ids=lambda family: family.__name__)
def test_agrees_with_keras_2(family: layers_cases.Family) -> None:
    tf_keras = pytest.importorskip("tf_keras")

    @examples(EXAMPLES // 20)
    @given(cases((family,)))
    def compare(case: Case) -> None:
        # An RNN of cells on more axes: Keras 2 runs the cells to find out, we say nothing.
        assume(case.spec.kind != "RNN" or len(case.shapes[0]) <= 3)
        agree(case, tf_keras, 2)

    compare()


@examples(EXAMPLES)
@given(cases(), st.lists(st.booleans(), max_size=12))
def test_less_knowledge_never_contradicts(case: Case, hidden: list[bool]) -> None:
    """With sizes as symbols and arguments unknown we refuse no call that runs, and every shape we give holds."""
    known = ours(case, 3)
    veil = layers_unknown.Veil(iter(hidden))
    layer, called = layers_unknown.call_veiled(case, veil)
    if layers_unknown.refuses(layer, called):
        assert known.stage != "ok", f"{case}: {layer.problem or called.problem}"
    elif known.stage == "ok" and not known.fails_later and len(called.outputs) == len(known.shapes):
        for tensor, shape in zip(called.outputs, known.shapes, strict=True):
            assert layers_unknown.fits(tensor.shape, shape, veil.values), f"{case}: {tensor.shape} is not {shape}"


@examples(EXAMPLES)
@given(cases(), st.lists(st.booleans(), max_size=6))
def test_unknown_ranks_are_accepted(case: Case, hidden: list[bool]) -> None:
    """Every layer takes a tensor of unknown rank, and what it then says of the output holds."""
    known = ours(case, 3)
    veil = layers_unknown.Veil(iter(hidden))
    layer, called = layers_unknown.call_veiled(case, veil, ranks_known=False)
    if known.stage != "ok":
        return
    assert not layers_unknown.refuses(layer, called), f"{case}: {called.problem}"
    if len(called.outputs) == len(known.shapes) and not known.fails_later:
        for tensor, shape in zip(called.outputs, known.shapes, strict=True):
            batchless = None if tensor.shape is None else tensor.shape[1:]
            assert layers_unknown.fits(batchless, shape[1:], veil.values), f"{case}: {tensor.shape} is not {shape}"
