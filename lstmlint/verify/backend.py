"""The only import of TensorFlow: for the worker's own modules, in the worker's process.

``TF_USE_LEGACY_KERAS`` makes ``keras`` the ``tf_keras`` package, which keeps Keras 2's behaviour.
"""

from __future__ import annotations

import os
import warnings
from typing import Any

os.environ.update(
    CUDA_VISIBLE_DEVICES="-1",  # one device, so that the same seed gives the same numbers everywhere
    KERAS_BACKEND="tensorflow",
    KERAS_HOME="/nonexistent",  # nobody's keras.json, and none is written
    TF_CPP_MIN_LOG_LEVEL="3",
    TF_ENABLE_ONEDNN_OPTS="0",  # its operations may sum in another order from run to run
)
warnings.filterwarnings("ignore")

import numpy as np  # type: ignore[import-not-found, unused-ignore]  # noqa: E402
import tensorflow as tf  # type: ignore[import-untyped, import-not-found, unused-ignore]  # noqa: E402

LEGACY = os.environ.get("TF_USE_LEGACY_KERAS") == "1"
if LEGACY:
    import tf_keras as keras  # type: ignore[import-untyped, import-not-found, unused-ignore]
else:
    import keras  # type: ignore[import-untyped, import-not-found, unused-ignore]

tf.config.threading.set_inter_op_parallelism_threads(1)
tf.config.threading.set_intra_op_parallelism_threads(1)


def loss_between(model: Any, y: Any, y_pred: Any, training: bool = False) -> Any:
    """``compute_loss``, which Keras 2 has with other arguments."""
    if LEGACY:
        return model.compute_loss(None, y, y_pred, None)
    return model.compute_loss(y=y, y_pred=y_pred, training=training)


__all__ = ["LEGACY", "keras", "loss_between", "np", "tf"]
