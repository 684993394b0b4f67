"""Arguments of layers by their names of Keras 1, which Keras took up to 2.2: ``keras/legacy/interfaces.py`` of then."""

from __future__ import annotations

from collections.abc import Mapping

_WEIGHTS = {
    "init": "kernel_initializer",
    "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint",
}
_DENSE = {**_WEIGHTS, "output_dim": "units", "bias": "use_bias"}
_RECURRENT = {
    "output_dim": "units",
    "init": "kernel_initializer",
    "inner_init": "recurrent_initializer",
    "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer",
    "b_regularizer": "bias_regularizer",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
}
_CONVOLUTION = {**_WEIGHTS, "nb_filter": "filters", "border_mode": "padding", "bias": "use_bias"}
_CONVOLUTION_1D = {**_CONVOLUTION, "filter_length": "kernel_size", "subsample_length": "strides"}
_POOLING_1D = {"pool_length": "pool_size", "stride": "strides", "border_mode": "padding"}

#: By kind of layer, then by the oldest name: what it is called since Keras 2.
RENAMED: Mapping[str, Mapping[str, str]] = {
    "Dense": _DENSE,
    "Dropout": {"p": "rate"},
    **{key: {"p": "rate"} for key in ("SpatialDropout1D", "SpatialDropout2D", "GaussianDropout")},
    "GaussianNoise": {"sigma": "stddev"},
    "Embedding": {
        "init": "embeddings_initializer",
        "W_regularizer": "embeddings_regularizer",
        "W_constraint": "embeddings_constraint",
    },
    "SimpleRNN": _RECURRENT,
    **{key: {**_RECURRENT, "inner_activation": "recurrent_activation"} for key in ("LSTM", "GRU")},
    **dict.fromkeys(("Conv1D", "Convolution1D"), _CONVOLUTION_1D),
    **{key: {**_CONVOLUTION, "subsample": "strides"} for key in ("Conv2D", "Convolution2D", "Conv3D", "Convolution3D")},
    **dict.fromkeys(("MaxPooling1D", "AveragePooling1D"), _POOLING_1D),
    **{f"{key}Pooling{axes}D": {"border_mode": "padding"} for key in ("Max", "Average") for axes in (2, 3)},
    "UpSampling1D": {"length": "size"},
    "BatchNormalization": {"beta_init": "beta_initializer", "gamma_init": "gamma_initializer"},
}
