"""``train_test_split``, cross-validation and metrics of scikit-learn."""

from __future__ import annotations

from collections.abc import Callable

from lstmlint.interpreter.arrays import from_nested
from lstmlint.interpreter.dims import Dim, rounded_up, symbol_dim, truncated, unknown_dim
from lstmlint.interpreter.indexing import index_array
from lstmlint.interpreter.join import element_of
from lstmlint.interpreter.libraries.sklearn_preprocessing import construct
from lstmlint.interpreter.library import Call, function, method
from lstmlint.interpreter.operators import from_dim
from lstmlint.interpreter.values import Array, Const, Made, Sequence, Slice, Table, Unknown, Value
from lstmlint.interpreter.written_columns import mixed
from lstmlint.keras_model.graph import dim_of


def length_of(value: Value) -> Dim | None:
    """The samples of what scikit-learn takes as data."""
    match value:
        case Array(shape=(rows, *_)) | Table(rows=rows) | Sequence(length=rows):
            return rows
        case _:
            return None


@function(
    "sklearn.model_selection.train_test_split",
    "*arrays, test_size=None, train_size=None, random_state=None, shuffle=True, stratify=None",
)
def train_test_split(call: Call) -> Value:
    """Two parts of each array: train, test, train, test, ..."""
    arrays = call.items("arrays") or ()
    total = next((rows for array in arrays if (rows := length_of(array)) is not None), None)
    if not arrays:
        return call.unknown("a split of nothing")
    train, test = _sizes(call, total) if total is not None else (None, None)
    parts = tuple(
        _part(call, array, count, name) for array in arrays for name, count in (("train", train), ("test", test))
    )
    return Sequence("list", parts, Dim(len(parts)), None, call.made(*arrays))


def _sizes(call: Call, total: Dim) -> tuple[Dim, Dim]:
    """As scikit-learn counts: the test part is rounded up, the train part down, one is what the other leaves."""
    test, train = _size(call, "test_size", total, rounded_up), _size(call, "train_size", total, truncated)
    if call.is_none("test_size") and call.is_none("train_size"):
        test = rounded_up(total, 0.25)
    if test is None:
        test = total - train if train is not None and call.is_none("test_size") else unknown_dim()
    if train is None:
        train = total - test if call.is_none("train_size") else unknown_dim()
    return train, test


def _size(call: Call, name: str, total: Dim, rounded: Callable[[Dim, float], Dim]) -> Dim | None:
    match call.arguments.get(name):
        case Const(value=float() as fraction):
            return rounded(total, fraction)
        case value:
            return dim_of(value)


def _part(call: Call, array: Value, count: Dim | None, name: str) -> Value:
    made = Made(call.name, call.site.span, (array, Const(name)))
    if count is None:
        return Unknown(getattr(array, "why", "a part of data that are not known"), made)
    match array:
        case Array(shape=(rows, *rest)):
            ordered = _in_order(call, array, rows, count, name, made)
            flavour = array.flavour if array.flavour == "series" else "numpy"
            return ordered or Array((count, *rest), array.dtype, None, array.low, array.high, flavour, made, array.name)
        case Table():
            found = Table(count, array.width, array.columns, array.dtype, made)
            return found if name != "shuffled" and call.flag("shuffle") is not True else mixed(array, found)
        case Sequence():
            return call.machine.new_list(Sequence("list", None, count, element_of(array), made))
        case Array():
            return Array(None, array.dtype, flavour=array.flavour, made=made)
        case _:
            return Unknown(getattr(array, "why", "a part of data that are not known"), made)


def _in_order(call: Call, array: Array, rows: Dim, count: Dim, name: str, made: Made) -> Array | None:
    """Without shuffling the parts are slices, contents included."""
    if call.flag("shuffle") is not False or array.elements is None or not rows.known or not count.known:
        return None
    none = Const(None)
    key = Slice(none, from_dim(count), none) if name == "train" else Slice(from_dim(rows - count), none, none)
    found = index_array(array, (key,), made)
    return found if isinstance(found, Array) else None


# --- cross-validation -------------------------------------------------------------------------------------------------

_OF_FIVE = (
    "sklearn.model_selection.KFold sklearn.model_selection.StratifiedKFold sklearn.model_selection.TimeSeriesSplit "
    "sklearn.model_selection.GroupKFold sklearn.model_selection.RepeatedKFold "
    "sklearn.model_selection.StratifiedGroupKFold sklearn.model_selection.GroupShuffleSplit"
)
_OF_TEN = (
    "sklearn.model_selection.ShuffleSplit sklearn.model_selection.StratifiedShuffleSplit "
    "sklearn.model_selection.LeaveOneOut"
)
function(_OF_FIVE, "n_splits=5, *args, **kwargs")(construct)
function(_OF_TEN, "n_splits=10, *args, **kwargs")(construct)
_BY_GROUPS = (
    "sklearn.model_selection.LeaveOneGroupOut sklearn.model_selection.LeavePGroupsOut "
    "sklearn.model_selection.LeavePOut sklearn.model_selection.RepeatedStratifiedKFold"
)
function(_BY_GROUPS, "*args, **kwargs")(construct)
#: Splitters whose number of folds depends on the data, or on how often all of them are repeated.
_UNCOUNTED = frozenset((*_BY_GROUPS.split(), "sklearn.model_selection.RepeatedKFold"))
_ALL_FOLDS = f"{_OF_FIVE} {_OF_TEN} {_BY_GROUPS}"


@method(_ALL_FOLDS, "split", "X, y=None, groups=None")
def split(call: Call) -> Value:
    """Pairs of arrays of indices, one pair a fold; the test part of KFold is ``n / n_splits`` where that is whole."""
    made = call.made(call["X"])
    rows = length_of(call["X"])
    if rows is None and (array := from_nested(call["X"])) is not None:
        rows = length_of(array)
    counted = None if call.receiver.kind in _UNCOUNTED else dim_of(call.receiver.fields.get("n_splits"))
    folds = counted or unknown_dim()
    test = _fold(call.receiver.kind, rows, folds)
    train = rows - test if rows is not None and call.receiver.kind.endswith("KFold") else unknown_dim()
    high = float(rows.constant - 1) if rows is not None and rows.known else None
    pair = tuple(Array((size,), "int64", None, 0.0, high, made=made) for size in (train, test))
    return Sequence("list", None, folds, Sequence("tuple", pair, Dim(2), None, made), made)


def _fold(kind: str, rows: Dim | None, folds: Dim) -> Dim:
    from lstmlint.interpreter.dims import exact_quotient

    if rows is None or not kind.endswith(".KFold"):
        return unknown_dim()
    return exact_quotient(rows, folds) or unknown_dim()


@method(_ALL_FOLDS, "get_n_splits", "*args")
def n_splits(call: Call) -> Value:
    unknown = call.unknown("the number of folds")
    found: Value = call.receiver.fields.get("n_splits", unknown)
    return unknown if call.receiver.kind in _UNCOUNTED else found


# --- metrics and the rest ---------------------------------------------------------------------------------------------

_SCORES = (
    "mean_squared_error mean_absolute_error r2_score accuracy_score f1_score precision_score recall_score "
    "roc_auc_score mean_absolute_percentage_error median_absolute_error root_mean_squared_error "
    "mean_squared_log_error explained_variance_score log_loss balanced_accuracy_score matthews_corrcoef "
    "cohen_kappa_score fbeta_score hamming_loss jaccard_score zero_one_loss"
)


@function(" ".join(f"sklearn.metrics.{name}" for name in _SCORES.split()), "y_true, y_pred, *args, **kwargs")
def score(call: Call) -> Value:
    """A number, unless it is asked for by class or column."""
    made = call.made(call["y_true"], call["y_pred"])
    if "average" in call.arguments or "multioutput" in call.arguments:
        return Unknown("a score", made)
    return Array((), "float64", made=made)


@function("sklearn.metrics.classification_report", "y_true, y_pred, *args, **kwargs")
def report(call: Call) -> Value:
    return Unknown("a report", call.made(call["y_true"], call["y_pred"]), text="output_dict" not in call.arguments)


@function("sklearn.utils.shuffle", "*arrays, random_state=None, n_samples=None")
def shuffle(call: Call) -> Value:
    """The same rows in another order: contents by place are no longer known."""
    arrays = call.items("arrays") or ()
    parts = tuple(_part(call, array, length_of(array), "shuffled") for array in arrays)
    if not parts:
        return call.unknown("a shuffle of nothing")
    return parts[0] if len(parts) == 1 else Sequence("list", parts, Dim(len(parts)), None, call.made(*arrays))


@function("sklearn.utils.class_weight.compute_class_weight", "class_weight, *, classes, y")
def class_weight(call: Call) -> Value:
    classes = call.array("classes")
    return Array(None if classes is None else classes.shape, "float64", made=call.made(call["y"]))


@function("sklearn.metrics.confusion_matrix", "y_true, y_pred, *args, **kwargs")
def confusion_matrix(call: Call) -> Value:
    size = symbol_dim("classes", 1, key=("unique", call["y_true"]))
    return Array((size, size), "int64", low=0.0, made=call.made(call["y_true"], call["y_pred"]))


__all__ = ["length_of"]
