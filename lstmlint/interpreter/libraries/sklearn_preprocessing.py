"""scikit-learn's scalers and encoders: objects that remember what they were fitted on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lstmlint.interpreter.dims import Dim, symbol_dim
from lstmlint.interpreter.library import Call, attribute, function, method
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.operators import from_dim
from lstmlint.interpreter.values import Array, Const, Reference, Scalar, Sequence, Unknown, Value

_MODULE = "sklearn.preprocessing."
#: What changes contents and keeps shapes.
_SCALERS = {
    "MinMaxScaler": "feature_range=(0, 1), copy=True, clip=False",
    "StandardScaler": "copy=True, with_mean=True, with_std=True",
    "RobustScaler": "with_centering=True, with_scaling=True, quantile_range=(25.0, 75.0), copy=True, **kwargs",
    "MaxAbsScaler": "copy=True",
    "Normalizer": "norm='l2', copy=True",
    "QuantileTransformer": "n_quantiles=1000, output_distribution='uniform', **kwargs",
    "PowerTransformer": "method='yeo-johnson', standardize=True, copy=True",
    "Binarizer": "threshold=0.0, copy=True",
}
_SCALER_KINDS = " ".join(_MODULE + name for name in _SCALERS)


def construct(call: Call) -> Value:
    """An estimator that keeps its arguments as fields."""
    fields = {key: value for key, value in call.arguments.items() if key not in ("args", "kwargs")}
    return Reference(call.name, fields, call.made())


for _name, _parameters in _SCALERS.items():
    function(_MODULE + _name, _parameters)(construct)
function("sklearn.impute.SimpleImputer sklearn.impute.KNNImputer", "*args, **kwargs")(construct)


# --- scalers ----------------------------------------------------------------------------------------------------------


def _matrix(value: Value) -> Array | Unknown:
    """What scikit-learn takes: two axes, which data that are not known have as well; anything else it refuses."""
    from lstmlint.interpreter.arrays import from_nested

    array = from_nested(value)
    if array is None or array.shape is None:
        return Array((symbol_dim("rows", key=("rows", value)), symbol_dim("columns", 1, key=("columns", value))))
    if len(array.shape) != 2:
        return Unknown(f"scikit-learn wants two axes, not {len(array.shape)}")
    return array


def _remember(call: Call, value: Value) -> None:
    fields, array = call.receiver.fields, _matrix(value)
    call.machine.memory.put(fields, "fitted", value)
    if isinstance(array, Array) and array.shape:
        call.machine.memory.put(fields, "width", from_dim(array.shape[1]))
    else:
        call.machine.memory.put(fields, "width", Unknown("the columns of what was fitted"))


@method(_SCALER_KINDS, "fit partial_fit", "X, y=None, sample_weight=None")
def fit_scaler(call: Call) -> Value:
    _remember(call, call["X"])
    return call.receiver


@method(_SCALER_KINDS, "fit_transform", "X, y=None, **kwargs")
def fit_transform(call: Call) -> Value:
    _remember(call, call["X"])
    return _scaled(call, call["X"])


@method(_SCALER_KINDS, "transform", "X, copy=None")
def transform(call: Call) -> Value:
    return _scaled(call, call["X"])


def _scaled(call: Call, value: Value) -> Value:
    array, made = _matrix(value), call.made(value)
    if isinstance(array, Unknown):
        return replace(array, made=made)
    low, high = _range(call.receiver, value)
    return Array(array.shape, _float(array.dtype), None, low, high, made=made)


def _float(dtype: str | None) -> str:
    return dtype if dtype in ("float16", "float32") else "float64"


def _range(scaler: Reference, value: Value) -> tuple[float | None, float | None]:
    """MinMaxScaler puts the data that it was fitted on, and only those, into its range."""
    if not scaler.kind.endswith(".MinMaxScaler") or scaler.fields.get("fitted") is not value:
        return None, None
    match scaler.fields.get("feature_range"):
        case Sequence(items=(Const(value=(int() | float()) as low), Const(value=(int() | float()) as high))):
            return float(low), float(high)
        case _:
            return None, None


@method(_SCALER_KINDS, "inverse_transform", "X, copy=None")
def inverse_transform(call: Call) -> Value:
    """The shape of what is given; contents as before scaling."""
    value = call["X"]
    array, made = _matrix(value), call.made(value)
    if isinstance(array, Unknown):
        return replace(array, made=made)
    return Array(array.shape, _float(array.dtype), made=made)


@attribute(_SCALER_KINDS, "data_min_ data_max_ data_range_ scale_ min_ mean_ var_ center_")
def statistics(machine: Machine, value: Any) -> Value:
    """One number a column."""
    from lstmlint.keras_model.graph import dim_of

    width = dim_of(value.fields.get("width"))
    return Array(None if width is None else (width,), "float64", made=value.made)


@attribute(_SCALER_KINDS, "n_features_in_")
def features_in(machine: Machine, value: Any) -> Value:
    found: Value = value.fields.get("width", Unknown("a scaler that was not fitted"))
    return found


@function(
    "sklearn.preprocessing.scale sklearn.preprocessing.minmax_scale sklearn.preprocessing.normalize "
    "sklearn.preprocessing.robust_scale sklearn.preprocessing.maxabs_scale",
    "X, *args, **kwargs",
)
def scale(call: Call) -> Value:
    array, made = call.array("X"), call.made(call["X"])
    if array is None or array.shape is None:
        return Unknown("scaled data that are not known", made)
    return Array(array.shape, _float(array.dtype), made=made)


# --- encoders ---------------------------------------------------------------------------------------------------------

function("sklearn.preprocessing.LabelEncoder sklearn.preprocessing.LabelBinarizer", "*args, **kwargs")(construct)
function("sklearn.preprocessing.MultiLabelBinarizer", "*, classes=None, sparse_output=False")(construct)
function(
    "sklearn.preprocessing.OneHotEncoder sklearn.preprocessing.OrdinalEncoder",
    "*args, categories='auto', drop=None, sparse=True, sparse_output=True, **kwargs",
)(construct)
function("sklearn.decomposition.PCA sklearn.decomposition.TruncatedSVD", "n_components=None, **kwargs")(construct)

_ENCODERS = " ".join(_MODULE + name for name in ("LabelEncoder", "LabelBinarizer", "OneHotEncoder", "OrdinalEncoder"))


def _classes(value: Value) -> tuple[Dim, tuple[Scalar, ...] | None]:
    """How many different labels there are, and which."""
    from lstmlint.interpreter.arrays import from_nested

    array = from_nested(value)
    if array is not None and array.elements is not None and array.rank == 1 and None not in array.elements:
        found = tuple(sorted(set(array.elements), key=lambda e: (isinstance(e, str), e)))
        return Dim(len(found)), found
    return symbol_dim("classes", 1, key=("unique", value)), None


def _fit_encoder(call: Call, value: Value) -> None:
    count, labels = _classes(value)
    fields, put = call.receiver.fields, call.machine.memory.put
    put(fields, "fitted", value)
    put(fields, "width", from_dim(count))
    put(fields, "classes_", Array((count,), None, labels, made=call.made(value)))


@method(_ENCODERS, "fit", "X=None, y=None")
def fit_encoder(call: Call) -> Value:
    _fit_encoder(call, _labels(call))
    return call.receiver


def _labels(call: Call) -> Value:
    return call["y"] if call.is_none("X") else call["X"]


@method(_ENCODERS, "fit_transform", "X=None, y=None")
def fit_encode(call: Call) -> Value:
    _fit_encoder(call, _labels(call))
    return _encoded(call, _labels(call))


@method(_ENCODERS, "transform", "X=None, y=None")
def encode(call: Call) -> Value:
    return _encoded(call, _labels(call))


def _encoded(call: Call, value: Value) -> Value:
    array, made = _array(value), call.made(value)
    count = call.receiver.fields.get("width")
    if array is None or array.shape is None:
        return Unknown("labels that are not known", made)
    match call.receiver.kind.rsplit(".", 1)[1]:
        case "LabelEncoder":
            return _label_ids(call, array, count)
        case "LabelBinarizer":
            return _binarized(array, count, call)
        case "OrdinalEncoder":
            return Array(array.shape, "float64", low=0.0, made=made)
        case _:
            return _one_hot(call, array, count)


def _array(value: Value) -> Array | None:
    from lstmlint.interpreter.arrays import from_nested

    return from_nested(value)


def _label_ids(call: Call, array: Array, count: Value | None) -> Value:
    """Ids from 0 to the number of classes less one, in sorted order of the labels."""
    known = call.receiver.fields.get("classes_")
    labels = known.elements if isinstance(known, Array) else None
    shape = array.shape[:1] if array.shape else None
    made = call.made(call["X"] if call.is_none("y") else call["y"])
    if labels is not None and array.elements is not None and all(e in labels for e in array.elements):
        ids = tuple(labels.index(e) for e in array.elements)
        return Array(shape, "int64", ids, 0.0, float(max(ids, default=0)), made=made)
    high = float(count.value - 1) if isinstance(count, Const) else None
    return Array(shape, "int64", None, 0.0, high, made=made)


def _binarized(array: Array, count: Value | None, call: Call) -> Value:
    """One column a class; two classes share one column."""
    made = call.made(_labels(call))
    if not isinstance(count, Const):
        width = symbol_dim("classes", 1, key=("binarized", call.receiver.fields.get("fitted")))
        return Array((array.shape[0], width) if array.shape else None, "int64", None, 0.0, 1.0, made=made)
    width = Dim(1 if count.value <= 2 else count.value)
    return Array((array.shape[0], width) if array.shape else None, "int64", None, 0.0, 1.0, made=made)


def _one_hot(call: Call, array: Array, count: Value | None) -> Value:
    """Wide as the categories of all columns together: known for a single column only."""
    if array.rank != 2 or array.shape is None:
        return Unknown("OneHotEncoder wants two axes", call.made(array))
    single = array.shape[1] == Dim(1)
    labels = None if array.elements is None else Dim(len(set(array.elements)))
    fitted = call.receiver.fields.get("fitted")
    drop, told = call.receiver.fields.get("drop"), call.receiver.fields.get("categories")
    plain = all(isinstance(one, Const) and one.value in (None, "auto") for one in (drop, told))
    width = labels if single and labels is not None and fitted is _labels(call) and plain else None
    if width is None:
        width = symbol_dim("classes", 1, key=("one-hot", fitted if plain else call.receiver))
    return Array((array.shape[0], width), "float64", None, 0.0, 1.0, "numpy", call.made(_labels(call)))


@method(_ENCODERS, "inverse_transform", "X=None, y=None, *args")
def decode(call: Call) -> Value:
    array = _array(_labels(call))
    made = call.made(_labels(call))
    if array is None or not array.shape:
        return Unknown("labels that are not known", made)
    two = call.receiver.kind.endswith(("OneHotEncoder", "OrdinalEncoder"))
    return Array((array.shape[0], Dim(1)) if two else array.shape[:1], None, made=made)


# --- PCA --------------------------------------------------------------------------------------------------------------

_PCA = "sklearn.decomposition.PCA sklearn.decomposition.TruncatedSVD"


@method(_PCA, "fit", "X, y=None")
def fit_pca(call: Call) -> Value:
    _remember(call, call["X"])
    return call.receiver


@method(_PCA, "fit_transform transform", "X, y=None")
def reduce_width(call: Call) -> Value:
    if call.name.endswith("fit_transform"):
        _remember(call, call["X"])
    array, made = _matrix(call["X"]), call.made(call["X"])
    from lstmlint.keras_model.graph import dim_of

    components = dim_of(call.receiver.fields.get("n_components"))
    if isinstance(array, Unknown) or array.shape is None:
        return Unknown("components of data that are not known", made)
    width = components or symbol_dim("components", 1, key=("components", call.receiver))
    return Array((array.shape[0], width), _float(array.dtype), made=made)


@method("sklearn.impute.SimpleImputer sklearn.impute.KNNImputer", "fit", "X, y=None")
def fit_imputer(call: Call) -> Value:
    return call.receiver


@method("sklearn.impute.SimpleImputer sklearn.impute.KNNImputer", "fit_transform transform", "X, y=None")
def impute(call: Call) -> Value:
    return _scaled(call, call["X"])


@method("Array", "toarray todense", "")
def dense(call: Call) -> Value:
    """The sparse matrix that an encoder gives, written out."""
    return replace(call.receiver, made=call.made(call.receiver))


__all__ = ["construct"]


_MULTI = _MODULE + "MultiLabelBinarizer"


@method(_MULTI, "fit", "y")
def fit_labels(call: Call) -> Value:
    call.machine.memory.put(call.receiver.fields, "fitted", call["y"])
    return call.receiver


@method(_MULTI, "fit_transform transform", "y")
def labelled(call: Call) -> Value:
    """A column for each label, with a 1 in as many of them as a sample has labels."""
    if call.name.endswith("fit_transform"):
        fit_labels(call)
    fields = call.receiver.fields
    rows, sparse = _samples(call["y"]), fields.get("sparse_output")
    if rows is None or not isinstance(sparse, Const) or sparse.value:
        return Unknown("labels that are not known", call.made(call["y"]))
    width = symbol_dim("labels", 1, key=("labels", fields.get("fitted")))
    return Array((rows, width), "int64", None, 0.0, 1.0, made=call.made(call["y"]))


def _samples(value: Value) -> Dim | None:
    match value:
        case Array(shape=(rows, *_)) | Sequence(length=rows):
            return rows
        case _:
            return None
