"""Optimizers, losses, metrics, callbacks, regularizers, initializers: objects that keep their arguments as fields."""

from __future__ import annotations

from typing import Any

from lstmlint.interpreter.library import Call, attribute, function, method
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.recording import record_call
from lstmlint.interpreter.values import Array, Const, Reference, Unknown, Value

_OPTIMIZER = (
    "weight_decay=None, clipnorm=None, clipvalue=None, global_clipnorm=None, use_ema=False, ema_momentum=0.99, "
    "ema_overwrite_frequency=None, loss_scale_factor=None, gradient_accumulation_steps=None, name=None"
)
_MOMENTS = f"learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-07, {_OPTIMIZER}"
_REDUCED = "reduction='sum_over_batch_size', name=None, dtype=None"
_NAMED = "name=None, dtype=None"
_DRAWN = "seed=None, input_axes=None, output_axes=None"

#: Constructors by module, with the parameters that Keras 3.15 gives them; what else is given is unexpected.
_CONSTRUCTORS: dict[str, dict[str, str]] = {
    "optimizers": {
        "SGD sgd": f"learning_rate=0.01, momentum=0.0, nesterov=False, {_OPTIMIZER}",
        "RMSprop rmsprop": (f"learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-07, centered=False, {_OPTIMIZER}"),
        "Adam adam": (f"learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-07, amsgrad=False, {_OPTIMIZER}"),
        "AdamW": (
            "learning_rate=0.001, weight_decay=0.004, beta_1=0.9, beta_2=0.999, epsilon=1e-07, amsgrad=False, "
            + _OPTIMIZER.partition(", ")[2]
        ),
        "Adamax adamax Nadam nadam Lamb": _MOMENTS,
        "Lion": f"learning_rate=0.001, beta_1=0.9, beta_2=0.99, {_OPTIMIZER}",
        "Adadelta adadelta": f"learning_rate=0.001, rho=0.95, epsilon=1e-07, {_OPTIMIZER}",
        "Adagrad adagrad": f"learning_rate=0.001, initial_accumulator_value=0.1, epsilon=1e-07, {_OPTIMIZER}",
        "Ftrl Adafactor Muon ScheduleFreeAdamW LossScaleOptimizer": "*args, **kwargs",
    },
    "optimizers.schedules": {
        "ExponentialDecay InverseTimeDecay": (
            "initial_learning_rate, decay_steps, decay_rate, staircase=False, name=None"
        ),
        "PiecewiseConstantDecay": "boundaries, values, name=None",
        "PolynomialDecay": (
            "initial_learning_rate, decay_steps, end_learning_rate=0.0001, power=1.0, cycle=False, name=None"
        ),
        "CosineDecay": "initial_learning_rate, decay_steps, alpha=0.0, name=None, warmup_target=None, warmup_steps=0",
        "CosineDecayRestarts": "initial_learning_rate, first_decay_steps, t_mul=2.0, m_mul=1.0, alpha=0.0, name=None",
    },
    "losses": {
        "BinaryCrossentropy CategoricalCrossentropy": (f"from_logits=False, label_smoothing=0.0, axis=-1, {_REDUCED}"),
        "SparseCategoricalCrossentropy": (
            "from_logits=False, ignore_class=None, reduction='sum_over_batch_size', axis=-1, name=None, dtype=None"
        ),
        "BinaryFocalCrossentropy": (
            "apply_class_balancing=False, alpha=0.25, gamma=2.0, from_logits=False, label_smoothing=0.0, axis=-1, "
            + _REDUCED
        ),
        "CategoricalFocalCrossentropy": (
            f"alpha=0.25, gamma=2.0, from_logits=False, label_smoothing=0.0, axis=-1, {_REDUCED}"
        ),
        "MeanSquaredError MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredLogarithmicError LogCosh": _REDUCED,
        "Hinge SquaredHinge CategoricalHinge Poisson KLDivergence CTC": _REDUCED,
        "Huber": f"delta=1.0, {_REDUCED}",
        "CosineSimilarity": f"axis=-1, {_REDUCED}",
        "Dice Tversky Circle": "*args, **kwargs",
    },
    "metrics": {
        "Accuracy CategoricalAccuracy SparseCategoricalAccuracy Mean Sum RootMeanSquaredError": _NAMED,
        "MeanSquaredError MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredLogarithmicError": _NAMED,
        "Hinge SquaredHinge CategoricalHinge Poisson KLDivergence LogCoshError": _NAMED,
        "BinaryAccuracy": f"{_NAMED}, threshold=0.5",
        "BinaryCrossentropy": f"{_NAMED}, from_logits=False, label_smoothing=0",
        "CategoricalCrossentropy": f"{_NAMED}, from_logits=False, label_smoothing=0, axis=-1",
        "SparseCategoricalCrossentropy": f"{_NAMED}, from_logits=False, ignore_class=None, axis=-1",
        "TopKCategoricalAccuracy SparseTopKCategoricalAccuracy": f"k=5, {_NAMED}",
        "Precision Recall": f"thresholds=None, top_k=None, class_id=None, {_NAMED}",
        "TruePositives TrueNegatives FalsePositives FalseNegatives": f"thresholds=None, {_NAMED}",
        "F1Score": f"average=None, threshold=None, {_NAMED}",
        "AUC CosineSimilarity MeanIoU R2Score MeanTensor MeanMetricWrapper": "*args, **kwargs",
    },
    "callbacks": {
        "EarlyStopping": (
            "monitor='val_loss', min_delta=0, patience=0, verbose=0, mode='auto', baseline=None, "
            "restore_best_weights=False, start_from_epoch=0"
        ),
        "ModelCheckpoint": (
            "filepath, monitor='val_loss', verbose=0, save_best_only=False, save_weights_only=False, mode='auto', "
            "save_freq='epoch', initial_value_threshold=None"
        ),
        "ReduceLROnPlateau": (
            "monitor='val_loss', factor=0.1, patience=10, verbose=0, mode='auto', min_delta=0.0001, cooldown=0, "
            "min_lr=0.0, **kwargs"
        ),
        "LearningRateScheduler": "schedule, verbose=0",
        "CSVLogger": "filename, separator=',', append=False",
        "TensorBoard TerminateOnNaN ProgbarLogger RemoteMonitor BackupAndRestore": "*args, **kwargs",
        "Callback History BaseLogger CallbackList": "*args, **kwargs",
    },
    "regularizers": {
        "L1 l1": "l1=0.01",
        "L2 l2": "l2=0.01",
        "L1L2 l1_l2": "l1=0.0, l2=0.0",
        "OrthogonalRegularizer orthogonal_regularizer": "factor=0.01, mode='rows'",
    },
    "initializers": {
        "Constant constant": "value=0.0",
        "Zeros zeros Ones ones": "",
        "RandomNormal random_normal TruncatedNormal truncated_normal": "mean=0.0, stddev=0.05, seed=None",
        "RandomUniform random_uniform": "minval=-0.05, maxval=0.05, seed=None",
        "GlorotNormal glorot_normal GlorotUniform glorot_uniform HeNormal he_normal HeUniform he_uniform": _DRAWN,
        "LecunNormal lecun_normal LecunUniform lecun_uniform": _DRAWN,
        "Orthogonal orthogonal": "gain=1.0, seed=None",
        "Identity identity": "gain=1.0",
        "VarianceScaling": f"scale=1.0, mode='fan_in', distribution='truncated_normal', {_DRAWN}",
    },
    "constraints": {
        "MaxNorm max_norm maxnorm": "max_value=2, axis=0",
        "NonNeg non_neg nonneg": "",
        "UnitNorm unit_norm unitnorm": "axis=0",
        "MinMaxNorm min_max_norm": "min_value=0.0, max_value=1.0, rate=1.0, axis=0",
    },
}


def _construct(call: Call) -> Value:
    """An object whose kind is its qualified name; the arguments are fields, defaults filled in."""
    fields = {key: value for key, value in call.arguments.items() if key not in ("args", "kwargs")}
    return Reference(call.name, fields, call.made())


def _names(group: str) -> list[str]:
    return [f"keras.{group}.{name}" for names in _CONSTRUCTORS[group] for name in names.split()]


for _group, _table in _CONSTRUCTORS.items():
    for _classes, _parameters in _table.items():
        function(" ".join(f"keras.{_group}.{name}" for name in _classes.split()), _parameters)(_construct)


@function("keras.optimizers.get keras.losses.get keras.metrics.get keras.regularizers.get keras.initializers.get")
def get(call: Call) -> Value:
    """A name stands for itself wherever Keras takes one."""
    return next(iter(call.items("args") or ()), call.unknown(f"what {call.name} gives"))


# --- losses and metrics called ----------------------------------------------------------------------------------------

_LOSS_FUNCTIONS = (
    "binary_crossentropy categorical_crossentropy sparse_categorical_crossentropy mean_squared_error mse MSE "
    "mean_absolute_error mae MAE mean_absolute_percentage_error mape MAPE mean_squared_logarithmic_error msle MSLE "
    "hinge squared_hinge categorical_hinge huber logcosh log_cosh poisson kl_divergence kld cosine_similarity "
    "binary_accuracy categorical_accuracy sparse_categorical_accuracy"
)


@function(
    " ".join(f"keras.{module}.{name}" for module in ("losses", "metrics") for name in _LOSS_FUNCTIONS.split()),
    "y_true, y_pred, *args, **kwargs",
)
def loss_function(call: Call) -> Value:
    """One value for every sample and step: the last axis is reduced."""
    truth, guess = call.array("y_true"), call["y_pred"]
    made = call.made(call["y_true"], guess)
    shape = getattr(guess, "shape", None)
    if not isinstance(guess, Array) or not shape:
        shape = truth.shape if truth is not None and isinstance(guess, Array) else None
    return Array(shape[:-1] if shape else None, "float32", flavour="tensor", made=made)


@method(" ".join(_names("losses")), "__call__ call", "y_true, y_pred, sample_weight=None")
def call_loss(call: Call) -> Value:
    """A loss object gives the mean over everything, unless its reduction says otherwise."""
    made = call.made(call["y_true"], call["y_pred"])
    reduction = call.receiver.fields.get("reduction")
    whole = isinstance(reduction, Const) and reduction.value in ("sum_over_batch_size", "sum", "auto", "mean")
    return Array(() if whole and not call.name.endswith(".call") else None, "float32", flavour="tensor", made=made)


@method(" ".join(_names("metrics")), "update_state reset_state reset_states")
def update_metric(call: Call) -> Value:
    return Const(None, call.made(*(call.items("args") or ())))


@method(" ".join(_names("metrics")), "result __call__")
def metric_result(call: Call) -> Value:
    return Array((), "float32", flavour="tensor", made=call.made(*(call.items("args") or ())))


@method(" ".join(_names("optimizers")), "apply_gradients minimize build")
def apply_gradients(call: Call) -> Value:
    return Const(None, call.made(*(call.items("args") or ())))


@method(" ".join(_names("initializers")), "__call__", "shape, dtype=None")
def initialize(call: Call) -> Value:
    return Array(call.shape("shape"), "float32", flavour="tensor", made=call.made(call["shape"]))


@attribute("keras.callbacks.History", "history")
def history(machine: Machine, value: Any) -> Value:
    """The curves of a run: one list a metric, as long as there were epochs. Rules ask for its keys."""
    return Reference("keras.callbacks.History.history", dict(value.fields), value.made)


@method("keras.callbacks.History.history", "__getitem__ get", "key, default=None")
def curve(call: Call) -> Value:
    """One curve, written down with the keys that there are."""
    result = Unknown("a curve of a training run", call.made(call.receiver))
    known = call.receiver.fields.get("keys")
    if known is not None and call.name.endswith("__getitem__"):
        values = {"key": call["key"], "known": known}
        record_call(call.machine, "History.history", "history", call.site, values, result, call.receiver, {})
    return result


@method("keras.callbacks.History.history", "keys values items")
def curves(call: Call) -> Value:
    return call.unknown("the curves of a training run")
