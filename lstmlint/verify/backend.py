"""The only import of TensorFlow: for the worker's own modules, in the worker's process."""

from __future__ import annotations

import os
import warnings

os.environ.update(
    CUDA_VISIBLE_DEVICES="-1",  # one device, so that the same seed gives the same numbers everywhere
    KERAS_BACKEND="tensorflow",
    KERAS_HOME="/nonexistent",  # nobody's keras.json, and none is written
    TF_CPP_MIN_LOG_LEVEL="3",
    TF_ENABLE_ONEDNN_OPTS="0",  # its operations may sum in another order from run to run
)
warnings.filterwarnings("ignore")

import keras  # type: ignore[import-untyped, import-not-found, unused-ignore]  # noqa: E402
import numpy as np  # type: ignore[import-not-found, unused-ignore]  # noqa: E402
import tensorflow as tf  # type: ignore[import-untyped, import-not-found, unused-ignore]  # noqa: E402

tf.config.threading.set_inter_op_parallelism_threads(1)
tf.config.threading.set_intra_op_parallelism_threads(1)

__all__ = ["keras", "np", "tf"]
