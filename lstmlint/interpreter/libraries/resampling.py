"""Samples drawn again or made up for rare classes: scikit-learn's ``resample``, and imbalanced-learn."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.interpreter.dims import Dim, symbol_dim
from lstmlint.interpreter.libraries.sklearn_preprocessing import construct
from lstmlint.interpreter.libraries.sklearn_split import length_of
from lstmlint.interpreter.library import Call, function, method
from lstmlint.interpreter.values import Array, Made, Sequence, Table, Unknown, Value

_OVER = "RandomOverSampler SMOTE SMOTENC SMOTEN ADASYN BorderlineSMOTE KMeansSMOTE SVMSMOTE"
_UNDER = "RandomUnderSampler NearMiss TomekLinks EditedNearestNeighbours"
_KINDS = " ".join(
    [
        *(f"imblearn.over_sampling.{name}" for name in _OVER.split()),
        *(f"imblearn.combine.{name}" for name in ("SMOTEENN", "SMOTETomek")),
        *(f"imblearn.under_sampling.{name}" for name in _UNDER.split()),
    ]
)


@function(
    "sklearn.utils.resample",
    "*arrays, replace=True, n_samples=None, random_state=None, stratify=None, sample_weight=None",
)
def resample(call: Call) -> Value:
    """Rows of each array, the same ones."""
    arrays = call.items("arrays") or ()
    known = next((rows for array in arrays if (rows := length_of(array)) is not None), None)
    count = known if call.is_none("n_samples") else call.dim("n_samples")
    rows = count if count is not None else symbol_dim("rows", key=("resampled", call.site.span, call["n_samples"]))
    parts = tuple(_of_rows(array, rows, Made(call.name, call.site.span, (array,))) for array in arrays)
    if not parts:
        return call.unknown("a sample of nothing")
    return parts[0] if len(parts) == 1 else Sequence("list", parts, Dim(len(parts)), None, call.made(*arrays))


function(_KINDS, "**kwargs")(construct)


@method(_KINDS, "fit_resample fit_sample", "X, y, **kwargs")
def fit_resample(call: Call) -> Value:
    """As many samples of each class as the sampler thinks fit."""
    rows = symbol_dim("samples", key=("resampled", call.site.span, call["X"]))
    parts = tuple(_of_rows(call[name], rows, Made(call.name, call.site.span, (call[name],))) for name in ("X", "y"))
    return Sequence("tuple", parts, Dim(2), None, call.made(call["X"], call["y"]))


def _of_rows(value: Value, rows: Dim, made: Made) -> Value:
    match value:
        case Array(shape=(_, *rest)):
            flavour = value.flavour if value.flavour == "series" else "numpy"
            return Array((rows, *rest), value.dtype, None, value.low, value.high, flavour, made, value.name)
        case Table():
            return replace(value, rows=rows, made=made)
        case _:
            return Unknown(getattr(value, "why", "samples drawn from data that are not known"), made)
