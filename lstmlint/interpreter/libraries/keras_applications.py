"""``keras.applications.VGG16(...)``: a model whose input and output are known, and nothing between them."""

from __future__ import annotations

from lstmlint.interpreter.libraries.keras_ops import dtype_in, result, tensor_shape, tensors
from lstmlint.interpreter.library import Call, function
from lstmlint.interpreter.models import new_model
from lstmlint.interpreter.tensors import apply_layer
from lstmlint.interpreter.values import Tensor, Value
from lstmlint.keras_model.applications import FEATURES, PREFIX, application_input
from lstmlint.keras_model.graph import Config, Layer

_MODULES = (
    "vgg16 vgg19 resnet resnet50 resnet_v2 inception_v3 xception inception_resnet_v2 mobilenet densenet efficientnet"
)
_HOMES = ("", *(f"{module}." for module in _MODULES.split()))


@function(
    " ".join(f"{PREFIX}{home}{name}" for name in FEATURES for home in _HOMES),
    "include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000, *args, "
    "**kwargs",
)
def application(call: Call) -> Value:
    kind = f"{PREFIX}{call.name.rsplit('.', 1)[1]}"
    layer = Layer(kind, Config(call.arguments, call.given), call.site, made=call.made())
    given = call["input_tensor"]
    first = given if isinstance(given, Tensor) else Tensor(application_input(layer), "float32", made=call.made())
    outputs = apply_layer(call.machine, layer, first, {}, call.site.span, record=False)
    return new_model(call.machine, "functional", call.site, inputs=first, outputs=outputs, unseen=True)


@tensors(" ".join(f"{PREFIX}{home}preprocess_input" for home in _HOMES if home), "x, *args, **kwargs")
def preprocessed(call: Call) -> Value:
    value = call["x"]
    return result(call, (value,), tensor_shape(value), dtype_in(value))
