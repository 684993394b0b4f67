"""What Keras 3 no longer takes: arguments, methods, functions, layers and modules.

Measured on Keras 3.15.1 beside tf_keras 2.21: each name here raises on the first. What the second takes is gone since
Keras 3; the rest went with an earlier version of Keras 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lstmlint.keras_model.oldest import RENAMED


@dataclass(frozen=True, slots=True)
class Removed:
    """``instead`` is the new name where there is one with the same meaning, ``help`` what to write where there is not.

    ``harmless``: leaving it out changes nothing in what the program computes. ``early``: late versions of Keras 2 do
    not take it either.
    """

    instead: str | None = None
    help: str = ""
    harmless: bool = False
    early: bool = False


_THREADS = Removed(help="give them to the `PyDataset` that makes the batches", harmless=True)
_GENERATOR = {"workers": _THREADS, "use_multiprocessing": _THREADS, "max_queue_size": _THREADS}
_RECURRENT_KINDS = ("LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
_BATCH_SHAPE = Removed(help="put `Input(batch_shape=...)` before the first layer")
_ANY_LAYER = {
    "batch_input_shape": _BATCH_SHAPE,
    "batch_size": Removed(help="put `Input(shape=..., batch_size=...)` before the first layer"),
    "weights": Removed(help="call `set_weights` on the layer once it is built"),
    "dynamic": Removed(help="compile with `run_eagerly=True`"),
}
_RECURRENT_LAYER = {
    "input_length": Removed(help="give the steps and features as `Input(shape=(steps, features))`"),
    "time_major": Removed(help="swap the two leading axes of the data, and leave it out"),
}


_ORDERING = Removed(help="write `data_format`: `channels_last` for `tf`, `channels_first` for `th`", early=True)
#: Layers of pictures and films that Keras 1 told where the channels are.
_OF_PICTURES = (
    "Conv",
    "Convolution",
    "MaxPooling",
    "AveragePooling",
    "UpSampling",
    "ZeroPadding",
    "Cropping",
    "Flatten",
)


def _oldest(names: Mapping[str, str]) -> dict[str, Removed]:
    return {old: Removed(new, early=True) for old, new in names.items()}


#: By the canonical name of what is called, then by argument.
REMOVED_ARGUMENTS: Mapping[str, Mapping[str, Removed]] = {
    "keras.Input": {"batch_input_shape": Removed("batch_shape")},
    "keras.Model": {"input": Removed("inputs", early=True), "output": Removed("outputs", early=True)},
    "Model.fit": {**_GENERATOR, "nb_epoch": Removed("epochs", early=True)},
    "Model.predict": _GENERATOR,
    "Model.evaluate": _GENERATOR,
    "Layer.reset_states": {
        "states": Removed(
            help="assign to the layer's variables: `for own, new in zip(layer.states, states): own.assign(new)`"
        )
    },
    "Model.compile": {
        "sample_weight_mode": Removed(help="give `sample_weight` one weight for each step", harmless=True),
        "target_tensors": Removed(help="give the targets to `fit`", harmless=True),
    },
    "keras.callbacks.ModelCheckpoint": {"period": Removed(help="write `save_freq='epoch'`, or a number of batches")},
    "keras.callbacks.TensorBoard": {
        "write_grads": Removed(help="it is gone", harmless=True),
        "batch_size": Removed(help="it is gone", harmless=True),
    },
    **{f"keras.layers.{kind}": _oldest(names) for kind, names in RENAMED.items()},
    "keras.layers.SimpleRNN": {
        "implementation": Removed(help="it is gone", harmless=True),
        **_oldest(RENAMED["SimpleRNN"]),
    },
}
OPTIMIZERS = frozenset({"SGD", "RMSprop", "Adam", "AdamW", "Adagrad", "Adadelta", "Adamax", "Nadam", "Ftrl"})


def removed_argument(callee: str, name: str) -> Removed | None:
    """What became of an argument of a function, class or method by its canonical name; None where it is still there."""
    found = REMOVED_ARGUMENTS.get(callee, {}).get(name)
    module, _, kind = callee.rpartition(".")
    if found is None and module == "keras.layers" and kind not in ("InputLayer", "Input"):
        own = _RECURRENT_LAYER.get(name) if kind in _RECURRENT_KINDS else None
        own = own or (_ORDERING if name == "dim_ordering" and kind.startswith(_OF_PICTURES) else None)
        found = own or (None if kind == "Embedding" and name == "weights" else _ANY_LAYER.get(name))
    if found is None and module == "keras.optimizers" and kind in OPTIMIZERS and name == "lr":
        found = Removed("learning_rate")
    return found


#: By method of a model: what to call instead, or in words.
REMOVED_METHODS: Mapping[str, Removed] = {
    "fit_generator": Removed("fit"),
    "evaluate_generator": Removed("evaluate"),
    "predict_generator": Removed("predict"),
    "predict_proba": Removed("predict"),
    "predict_classes": Removed(
        "predict", "take the classes from `predict`: `.argmax(axis=-1)`, or `> 0.5` for one output"
    ),
    "to_yaml": Removed("to_json"),
}

#: The second argument of the generator methods by position, and the third.
POSITIONS = {
    "fit_generator": ("steps_per_epoch", "epochs"),
    "evaluate_generator": ("steps",),
    "predict_generator": ("steps",),
}

#: Layers that `keras.layers` no longer has.
REMOVED_LAYERS: Mapping[str, Removed] = {
    "CuDNNLSTM": Removed("LSTM"),
    "CuDNNGRU": Removed("GRU"),
    "ThresholdedReLU": Removed(help="write it as a `Lambda`, or with `ReLU(threshold=...)`"),
    "Merge": Removed(help="use `Concatenate`, `Add` or `Multiply` on the outputs of two branches"),
    "LocallyConnected1D": Removed(help="Keras 3 has none"),
    "LocallyConnected2D": Removed(help="Keras 3 has none"),
    "MaxoutDense": Removed(help="Keras 3 has none"),
    "Highway": Removed(help="Keras 3 has none"),
    "TimeDistributedDense": Removed(help="use `TimeDistributed(Dense(...))`"),
    "DenseFeatures": Removed(help="use `keras.utils.FeatureSpace`"),
}

#: Modules and names that are not under `keras` any more; those that start with `keras.` were found there by Keras 2.
REMOVED_NAMES: Mapping[str, str] = {
    **{
        f"keras.layers.{module}": "keras.layers"
        for module in (
            *("core", "recurrent", "embeddings", "wrappers", "merge", "normalization", "convolutional", "pooling"),
            *("noise", "advanced_activations", "convolutional_recurrent", "cudnn_recurrent"),
        )
    },
    "keras.engine": "keras.layers and keras.models",
    "keras.utils.np_utils": "keras.utils",
    "keras.utils.vis_utils": "keras.utils",
    "keras.utils.generic_utils": "keras.utils",
    "keras.utils.data_utils": "keras.utils",
    "keras.utils.multi_gpu_model": "tf.distribute.MirroredStrategy",
    "keras.preprocessing.text": "keras.layers.TextVectorization, or tensorflow.keras.preprocessing.text",
    "keras.preprocessing.sequence.TimeseriesGenerator": "keras.utils.timeseries_dataset_from_array",
    "keras.preprocessing.sequence.skipgrams": "tensorflow.keras.preprocessing.sequence",
    "keras.preprocessing.image.ImageDataGenerator": "tensorflow.keras.preprocessing.image",
    "keras.wrappers.scikit_learn": "the package scikeras",
    "keras.objectives": "keras.losses",
    "keras.legacy.interfaces": "nothing",
    "keras.models.model_from_yaml": "keras.models.model_from_json",
    "keras.regularizers.l1l2": "keras.regularizers.L1L2",
    "keras.constraints.maxnorm": "keras.constraints.MaxNorm",
    "keras.losses.cosine_proximity": "keras.losses.cosine_similarity",
}

#: Functions that `keras.backend` still has.
BACKEND_KEPT = frozenset(
    {
        *(
            "backend",
            "clear_session",
            "epsilon",
            "floatx",
            "get_uid",
            "image_data_format",
            "is_float_dtype",
            "is_int_dtype",
        ),
        *("is_keras_tensor", "result_type", "set_epsilon", "set_floatx", "set_image_data_format", "standardize_dtype"),
    }
)


def removed_name(written: str) -> tuple[str, str] | None:
    """The name that Keras 3 does not have, and where its content is now; None for a name that it has."""
    found = next((name for name in REMOVED_NAMES if written == name or written.startswith(name + ".")), None)
    if found is not None:
        return found, REMOVED_NAMES[found]
    if written.startswith("keras.backend.") and written.split(".")[2] not in BACKEND_KEPT:
        return written, "keras.ops, or tensorflow.keras.backend"
    return None
