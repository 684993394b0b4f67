"""In which form data are handed to a model, where that is not one that Keras takes."""

from __future__ import annotations

from lstmlint.interpreter.dims import differ
from lstmlint.interpreter.values import Array, Const, Made, Sequence, Size, Value
from lstmlint.keras_model.training import Run

RAGGED, TEXTS = "an object array: its samples have different lengths", "an array of texts"
LIST, ARRAYS = "a Python list", "a Python list of arrays"


def refused_forms(run: Run, keras: int) -> dict[str, str]:
    """``x`` and ``y``, as far as they are in a form that Keras refuses, and that form."""
    if run.data_kind not in ("array", "unknown"):
        return {}
    parts = (("x", run.x_value, len(run.model.inputs)), ("y", run.y_value, len(run.model.outputs)))
    # A model may look words up, a loss does not.
    forms = {
        name: TEXTS if name == "y" and _texts(value) else _form(value, count, keras) for name, value, count in parts
    }
    return {name: form for name, form in forms.items() if form}


def _texts(value: Value | None) -> bool:
    return isinstance(value, Array) and value.dtype == "str"


def _form(value: Value | None, wanted: int, keras: int) -> str:
    """Why Keras cannot take this as data, empty where it can or where that is not known."""
    match value:
        case Array(dtype="object"):
            return RAGGED
        case Sequence(kind="list", items=tuple() as items) if keras == 3 and items:
            plain = all(isinstance(item, Const | Size | Sequence) for item in items)
            return LIST if plain else ""
        case Sequence(kind="list", items=None, element=(Const() | Size() | Sequence())) if keras == 3:
            return LIST
        case Sequence(kind="list", made=Made(operation="Array.tolist")) if keras == 3:
            return LIST
        case Sequence(kind="list", items=None, element=Array(), length=length) if keras == 3 and wanted == 1:
            return ARRAYS if differ(length, 1) else ""
        case _:
            return ""
