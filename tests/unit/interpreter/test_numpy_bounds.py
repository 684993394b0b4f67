"""Arrays of any size cost nothing, and what is written into one is no longer known under any of its names."""

from __future__ import annotations

import time

import pytest

from lstmlint.interpreter.run import interpret
from lstmlint.interpreter.values import Array, Value
from lstmlint.syntax import parse
from lstmlint.text.source import SourceFile

BOMBS = (
    "np.zeros((10**9, 10**9))",
    "np.zeros((9**9**9, 3))",
    "np.zeros((1,) * 1000)",
    "np.arange(10**30)",
    "np.arange(0, 1, 1e-300)",
    "np.tile(np.arange(1000), 10**9)",
    "np.repeat(np.arange(2000), 10**12, axis=0)",
    "np.pad(np.arange(5), 10**15)",
    "np.split(np.arange(10**9), 10**8)",
    "np.arange(2000).reshape(-1, 1) * np.arange(2000)",
    "np.array([[1] * 2000] * 2000)",
    "np.concatenate([np.arange(2000)] * 4000)",
    "np.zeros((0, 10**18)).T.reshape(-1)",
    "np.array([1, 2]) ** 10**9",
    "np.transpose(np.zeros((2,) * 64))",
    "np.bincount([10**12])",
    "list(itertools.product(range(1000), repeat=8))",
    "math.pow(10, 10**9)",
)


def assigned(text: str) -> dict[str, Value]:
    facts = interpret(parse(SourceFile("program.py", f"import itertools, math\nimport numpy as np\n{text}\n")), keras=3)
    return {one.name: one.value for one in facts.assigned}


@pytest.mark.parametrize("text", BOMBS)
def test_costs_nothing(text: str) -> None:
    start = time.perf_counter()
    assert "x" in assigned(f"x = {text}")
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize("view", ["a[1:]", "a.reshape(2, 3)", "a.reshape(2, 3).T", "np.asarray(a)[::-1]"])
@pytest.mark.parametrize("written", ["a[0] = 100", "v[0] = 100", "a.fill(7)", "np.random.shuffle(a)", "a.sort()"])
def test_a_view_forgets_with_its_array(view: str, written: str) -> None:
    values = assigned(f"a = np.arange(6)\nv = {view}\nc = a + 1\n{written}\nx, y, z = a, v, c")
    array, seen, copied = values["x"], values["y"], values["z"]
    assert isinstance(array, Array)
    assert isinstance(seen, Array)
    assert isinstance(copied, Array)
    assert array.elements is None
    assert seen.elements is None
    assert copied.elements == (1, 2, 3, 4, 5, 6)


def test_a_table_has_the_bounds_of_its_columns() -> None:
    """As long as the program itself put each of them in: by name, or by an attribute that is a column."""
    steps = (
        *("import pandas as pd", "t = pd.DataFrame({'a': [1, 2], 'b': [3, 4]})", "first = t.values"),
        *("t.b = t.a * 10", "second = t.iloc[1:].values", "row = t.iloc[0].values"),
        *("t['a'] = t.a.shift(1)", "third = t.to_numpy()", "t.loc[0, 'a'] = 50", "last = t.values"),
    )
    values = assigned("\n".join(steps))
    found = {name: (one.low, one.high) for name, one in values.items() if isinstance(one, Array)}
    assert found["first"] == (1, 4)
    assert found["second"] == (2, 20)
    assert found["row"] == found["third"] == (1, 20)
    assert found["last"] == (None, None)
