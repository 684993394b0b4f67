"""Generated layer calls: mostly what people write, sometimes what Keras must refuse."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.differential import layers_recurrent, layers_shaping, layers_values, layers_windows
from tests.differential.layers_both import Case
from tests.differential.layers_draw import Draw, Family

FAMILIES: tuple[Family, ...] = (
    *(*layers_recurrent.FAMILIES, *layers_shaping.FAMILIES),
    *(*layers_windows.FAMILIES, *layers_values.FAMILIES),
)


@st.composite
def cases(draw: Draw, families: tuple[Family, ...] = FAMILIES) -> Case:
    return draw(st.sampled_from(families))(draw)
