"""The data that scikit-learn brings along, in their true shapes."""

from __future__ import annotations

from lstmlint.interpreter.dims import Dim, symbol_dim
from lstmlint.interpreter.library import Call, function, method
from lstmlint.interpreter.values import Array, Const, Made, Reference, Sequence, Unknown, Value

#: Samples, features, and the largest class of a classification.
_SETS: dict[str, tuple[int, int, int | None]] = {
    "load_iris": (150, 4, 2),
    "load_wine": (178, 13, 2),
    "load_breast_cancer": (569, 30, 1),
    "load_digits": (1797, 64, 9),
    "load_diabetes": (442, 10, None),
    "load_boston": (506, 13, None),
    "fetch_california_housing": (20640, 8, None),
    "fetch_covtype": (581012, 54, 7),
}


@function(" ".join(f"sklearn.datasets.{name}" for name in _SETS), "*args, return_X_y=False, as_frame=False, **kwargs")
def load(call: Call) -> Value:
    """``data`` and ``target`` by attribute or key, or as a pair."""
    name = call.name.rsplit(".", 1)[1]
    if call.flag("as_frame") is not False or (name == "load_digits" and ("n_class" in call.arguments)):
        return Unknown("data of scikit-learn in another form", call.made())
    data, target = _arrays(name, call.made())
    if call.flag("return_X_y"):
        return Sequence("tuple", (data, target), Dim(2), None, call.made())
    return Reference("sklearn.utils.Bunch", {"data": data, "target": target}, call.made())


def _arrays(name: str, made: Made) -> tuple[Array, Array]:
    rows, width, top = _SETS[name]
    data = Array((Dim(rows), Dim(width)), "float64", made=made)
    if top is None:
        return data, Array((Dim(rows),), "float64", made=made)
    return data, Array((Dim(rows),), "int64", None, 0.0, float(top), made=made)


@function("sklearn.datasets.fetch_20newsgroups", "*args, return_X_y=False, **kwargs")
def newsgroups(call: Call) -> Value:
    """A list of texts, and the number of each one's group."""
    made, count = call.made(), symbol_dim("texts", 1)
    data = Sequence("list", None, count, Unknown("a text of a newsgroup", made, text=True), made)
    target = Array((count,), "int64", None, 0.0, 19.0, made=made)
    if call.flag("return_X_y"):
        return Sequence("tuple", (data, target), Dim(2), None, made)
    return Reference("sklearn.utils.Bunch", {"data": data, "target": target}, made)


@function(
    "sklearn.datasets.make_regression sklearn.datasets.make_classification",
    "n_samples=100, n_features=None, **kwargs",
)
def make(call: Call) -> Value:
    rows = call.dim("n_samples")
    default = Dim(100) if call.name.endswith("regression") else Dim(20)
    width = default if call.is_none("n_features") else call.dim("n_features")
    if rows is None or width is None or "n_targets" in call.arguments:
        return Unknown("made data of a size that is not known", call.made())
    classes = call.arguments.get("n_classes", Const(2))
    high = float(classes.value - 1) if isinstance(classes, Const) and isinstance(classes.value, int) else None
    data = Array((rows, width), "float64", made=call.made())
    if call.name.endswith("regression"):
        return Sequence("tuple", (data, Array((rows,), "float64", made=call.made())), Dim(2))
    return Sequence("tuple", (data, Array((rows,), "int64", None, 0.0, high, made=call.made())), Dim(2))


@method("sklearn.utils.Bunch", "__getitem__ get", "key, default=None")
def item(call: Call) -> Value:
    name = call.text("key")
    found: Value | None = call.receiver.fields.get(name)
    return found if found is not None else call.unknown("a detail of data of scikit-learn")
