"""``tf.strings``, ``tf.ragged``, ``tf.image`` and ``tf.signal`` run for real, against the shapes that we give them.

``LSTMLINT_EXAMPLES`` sets how many calls are drawn (default 200).
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lstmlint.interpreter.values import Array
from tests.differential.data_compare import ours

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
tf = pytest.importorskip("tensorflow")

HEAD = "import numpy as np\nimport tensorflow as tf\nimport keras\n"
SETTINGS = settings(
    max_examples=int(os.environ.get("LSTMLINT_EXAMPLES", "200")) // 2,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
TEXTS = ["'a b'", "['a b', 'c']", "[['a b'], ['c']]", "np.array(['a b', 'c d e'])", "tf.constant([['a', 'b']])"]
CALLS = [
    "tf.strings.lower({0})",
    "tf.strings.strip({0})",
    "tf.strings.regex_replace({0}, 'a', 'b')",
    "tf.strings.length({0})",
    "tf.strings.to_hash_bucket_fast({0}, 9)",
    "tf.strings.split({0})",
    "tf.strings.unicode_split({0}, 'UTF-8')",
    "tf.strings.reduce_join({0})",
    "tf.strings.reduce_join({0}, axis=-1)",
    "tf.strings.join([{0}, '!'])",
    "tf.strings.join(['[START]', {0}, '[END]'], separator=' ')",
]
RAGGED = [
    "tf.ragged.constant([[1, 2], [3]])",
    "tf.ragged.constant([1, 2])",
    "tf.ragged.constant([[[1], [2]], [[3]]])",
    "tf.ragged.constant([[1, 2], [3]]).to_tensor()",
    "tf.ragged.constant([[1, 2], [3]], ragged_rank=1) + 1",
    "tf.ragged.constant([[0.5], [1.5, 2.5]])",
]
VECTORIZERS = ["", "output_sequence_length=4", "split='character'", "output_mode='multi_hot'"]


def check(line: str) -> bool:
    """The axes, and the sizes that both know, are the same; whether anything was known."""
    names: dict[str, Any] = {}
    try:
        exec(HEAD + line, names)
    except tf.errors.OpError:
        return True
    real, value = names["v"].shape.as_list(), ours(HEAD + line + "\n")["v"]
    assert isinstance(value, Array), (line, value)
    if value.shape is None:
        return False
    assert len(value.shape) == len(real), (line, value.shape, real)
    pairs = [(dim.value, size) for dim, size in zip(value.shape, real, strict=True)]
    assert all(dim is None or size is None or dim == size for dim, size in pairs), (line, value.shape, real)
    assert value.dtype in (None, "str") or value.dtype == names["v"].dtype.name, (line, value.dtype, names["v"].dtype)
    return True


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("call", CALLS)
def test_texts(call: str, text: str) -> None:
    assert check(f"v = {call.format(text)}")


@pytest.mark.parametrize("line", RAGGED)
def test_ragged(line: str) -> None:
    assert check(f"v = {line}")


@pytest.mark.parametrize("text", ["'a b'", "['a b', 'c']", "np.array(['a b', 'c d e'])", "[['a b'], ['c']]"])
@pytest.mark.parametrize("options", VECTORIZERS)
def test_text_vectorization(options: str, text: str) -> None:
    assert check(f"layer = keras.layers.TextVectorization({options})\nlayer.adapt(['a b', 'c'])\nv = layer({text})")


@SETTINGS
@given(data=st.data())
def test_images_and_signals(data: st.DataObject) -> None:
    size = st.integers(1, 6)
    shape = tuple(data.draw(st.lists(size, min_size=3, max_size=4)))
    height, width = data.draw(size), data.draw(size)
    samples, length, step = data.draw(st.integers(1, 60)), data.draw(st.integers(1, 16)), data.draw(st.integers(1, 9))
    fft = data.draw(st.sampled_from(["", f", fft_length={length + data.draw(size)}"]))
    line = data.draw(
        st.sampled_from(
            [
                f"v = tf.image.resize(np.zeros({shape}), ({height}, {width}))",
                f"v = tf.image.flip_left_right(np.zeros({shape}))",
                f"v = tf.image.resize_with_pad(np.zeros({shape}), {height}, {width})",
                f"v = tf.signal.stft(np.zeros((2, {samples}), 'float32'), {length}, {step}{fft})",
                f"v = tf.image.per_image_standardization(np.zeros({shape}, 'float32'))",
            ]
        )
    )
    check(line)
