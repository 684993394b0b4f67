"""What each Keras layer requires of its input and what it gives, for Keras 3 and Keras 2.

``make_layer`` is the constructor, ``call_layer`` the call; both say where Keras refuses.
"""

from lstmlint.keras_model.layers import (
    activations,
    attention,
    cells,
    conv_lstm,
    convolutional,
    core,
    einsum,
    merging,
    normalization,
    pooling,
    preprocessing,
    recurrent,
    regularization,
    reshaping,
    sampling,
    wrappers,
)
from lstmlint.keras_model.layers.binding import ALIASES, accepted_keywords, make_layer
from lstmlint.keras_model.layers.calling import Called, call_layer
from lstmlint.keras_model.layers.declared import declared_input, declared_problem, input_problem, input_tensor
from lstmlint.keras_model.layers.models import call_model, calls_on, refusing_call
from lstmlint.keras_model.layers.recurrent import state_sizes
from lstmlint.keras_model.layers.table import LAYERS, LayerInput

#: Importing a family fills the table.
FAMILIES = (
    *(activations, attention, cells, conv_lstm, convolutional, core, einsum, merging, normalization),
    *(pooling, preprocessing, recurrent, regularization, reshaping, sampling, wrappers),
)

__all__ = [
    "ALIASES",
    "FAMILIES",
    "LAYERS",
    "Called",
    "LayerInput",
    "accepted_keywords",
    "call_layer",
    "call_model",
    "calls_on",
    "declared_input",
    "declared_problem",
    "input_problem",
    "input_tensor",
    "make_layer",
    "refusing_call",
    "state_sizes",
]
