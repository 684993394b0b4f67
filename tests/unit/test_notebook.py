"""Cells as one module, magics harmless, and edits that touch nothing but the sources they change."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest

from lstmlint.text.magics import without_magics
from lstmlint.text.notebook import BrokenNotebook, edited_notebook, read_notebook
from lstmlint.text.source import Position


def code(text: str, count: int | None = None) -> dict[str, Any]:
    lines = text.splitlines(keepends=True)
    return {"cell_type": "code", "execution_count": count, "metadata": {}, "outputs": [], "source": lines}


def markdown(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def notebook(*cells: dict[str, Any], **metadata: Any) -> bytes:
    document = {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(document, indent=1) + "\n").encode()


def test_cells_are_numbered_among_all_cells() -> None:
    source = read_notebook("n.ipynb", notebook(markdown("# Title"), code("a = 1\nb = 2"), markdown("x"), code("c = 3")))
    assert source.text == "a = 1\nb = 2\nc = 3\n"
    assert [(cell.number, cell.first_row, cell.rows) for cell in source.cells] == [(2, 1, 2), (4, 3, 1)]
    cell = source.cell_at(3)
    assert cell is not None
    assert cell.number == 4


def test_an_indented_cell_is_read_as_jupyter_runs_it() -> None:
    document = notebook(code("a = 1"), code("  b = 2\n  c = f(b)\n"), code(" d = ("), code("e = 3"))
    source = read_notebook("n.ipynb", document)
    assert source.text == "a = 1\nif True:\n  b = 2\n  c = f(b)\n\n\ne = 3\n"
    assert [(cell.number, cell.first_row) for cell in source.cells] == [(1, 1), (2, 3), (3, 6), (4, 7)]
    assert [place for place, _ in source.problems] == [Position(6, 1)]
    at = source.offset(Position(4, 7))
    edited = json.loads(edited_notebook(document, source, [(at, at + 1, "g")]))
    assert "".join(edited["cells"][1]["source"]) == "  b = 2\n  c = g(b)\n"


@pytest.mark.parametrize(
    "cell",
    [
        "%matplotlib inline\nimport keras",
        "!pip install keras\nimport keras",
        "!pip install \\\n    keras\nimport keras",
        "files = !ls data\nimport keras",
        "%time model.fit(X, y)",
        "%%time\nmodel.fit(X, y)",
        "for i in range(3):\n    !echo {i}\nx = 1",
        "pip install keras\nimport keras",
        "model.fit?\nimport keras",
        "?model\nimport keras",
        "%%bash\nls -l | grep x\n",
        "system = 3\n%cd data\nprint(system)",
    ],
)
def test_magics_become_python_of_the_same_rows(cell: str) -> None:
    harmless = without_magics(cell)
    ast.parse(harmless)
    assert harmless.count("\n") == cell.count("\n")


def test_a_timed_statement_keeps_its_columns() -> None:
    harmless = without_magics("%time model.fit(X, y)")
    assert harmless.index("model.fit") == 6
    assert ast.parse(harmless)


@pytest.mark.parametrize(
    "cell",
    [
        "x = (1\n  % 3)\n",
        'text = """\n%matplotlib inline\n!ls\n"""\n',
        "system = load = time = 3\nsystem\n",
        "print('100%' \n % 3)",
    ],
)
def test_python_that_looks_like_magic_stays(cell: str) -> None:
    assert without_magics(cell) == cell


def test_percent_in_brackets_stays_beside_a_real_magic() -> None:
    harmless = without_magics("%matplotlib inline\nx = (100\n     % 7)\n'''\n!not a shell line\n'''\n")
    assert harmless == "pass\nx = (100\n     % 7)\n'''\n!not a shell line\n'''\n"


def test_a_broken_cell_is_told_and_left_out() -> None:
    source = read_notebook("n.ipynb", notebook(code("import keras"), code("x = (\ny = 1"), code("z = 3")))
    assert source.text == "import keras\n\n\nz = 3\n"
    [(place, message)] = source.problems
    assert place.row == 2
    assert "never closed" in message or "syntax" in message


def test_cells_run_in_another_order() -> None:
    assert read_notebook("n.ipynb", notebook(code("a", 2), code("b", 1))).out_of_order
    assert not read_notebook("n.ipynb", notebook(code("a", 1), code("b"), code("c", 7))).out_of_order


def test_other_languages_have_no_code_here() -> None:
    assert read_notebook("n.ipynb", notebook(code("library(keras)"), language_info={"name": "R"})).text == ""


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"cells": [', "JSON"),
        (b"[]", "not a notebook"),
        (b'{"worksheets": []}', "format 3"),
        (b'{"cells": [3]}', "not a notebook"),
        (b"\xff{}", "UTF-8"),
        (b"[" * 100_000, "JSON"),
    ],
)
def test_broken_notebooks_say_why(data: bytes, words: str) -> None:
    with pytest.raises(BrokenNotebook, match=words):
        read_notebook("n.ipynb", data)


@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("as_list", [True, False])
def test_edits_change_one_source_and_no_other_byte(indent: int | None, as_list: bool) -> None:
    cells = [markdown("# é"), code("x = 1.50\n"), code("lstm = LSTM(64)\nend = 1\n")]
    cells[1]["outputs"] = [{"data": {"image/png": "AAAA\n"}, "value": 1.10}]
    if not as_list:
        cells[2]["source"] = "".join(cells[2]["source"])
    before = json.dumps({"cells": cells, "metadata": {"a": 1.0}}, indent=indent).replace("1.1,", "1.10,").encode()
    source = read_notebook("n.ipynb", before)
    at = source.text.index("(64") + 3
    after = edited_notebook(before, source, [(at, at, ", return_sequences=True")])
    assert after == before.replace(b"LSTM(64)", b"LSTM(64, return_sequences=True)")


def test_edits_that_add_and_remove_lines_keep_the_layout() -> None:
    before = notebook(code("a = 1\nb = 2\nc = 3\n"))
    source = read_notebook("n.ipynb", before)
    start, end = source.offset(Position(2, 1)), source.offset(Position(3, 1))
    assert edited_notebook(before, source, [(start, end, "")]) == notebook(code("a = 1\nc = 3\n"))
    assert edited_notebook(before, source, [(start, start, "é = 0\n")]) == notebook(
        code("a = 1\né = 0\nb = 2\nc = 3\n")
    ).replace(b"\\u00e9", "é".encode())
