"""The names that are no columns are those of the installed pandas."""

from __future__ import annotations

import pytest

from lstmlint.interpreter.pandas_names import FRAME_NAMES
from tests.unit.interpreter.following import known


def test_all_public_names_of_a_frame_are_known() -> None:
    pandas = pytest.importorskip("pandas")
    public = {name for name in dir(pandas.DataFrame) if not name.startswith("_")}
    assert public <= FRAME_NAMES


def test_any_other_attribute_is_a_column() -> None:
    assert known("import pandas as pd\nr = pd.read_csv('a.csv').price.to_numpy()") == known(
        "import pandas as pd\nr = pd.read_csv('a.csv')['price'].to_numpy()"
    )
