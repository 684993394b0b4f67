"""``keras.applications``: which shapes the networks take and give, as the differential tests ask Keras 3.15."""

from __future__ import annotations

from collections.abc import Mapping

from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.keras_model.graph import Layer, Shape

#: The channels of the last convolution, by network, and the side of the pictures that it is trained on.
FEATURES: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(("VGG16", "VGG19"), (512, 224)),
    **dict.fromkeys(("ResNet50", "ResNet101", "ResNet152", "ResNet50V2", "ResNet101V2", "ResNet152V2"), (2048, 224)),
    **dict.fromkeys(("InceptionV3", "Xception"), (2048, 299)),
    "InceptionResNetV2": (1536, 299),
    "MobileNet": (1024, 224),
    "DenseNet121": (1024, 224),
    "DenseNet169": (1664, 224),
    "DenseNet201": (1920, 224),
    "EfficientNetB0": (1280, 224),
    "EfficientNetB1": (1280, 240),
}
PREFIX = "keras.applications."


def application_input(layer: Layer) -> Shape:
    """Pictures of any size where the top is left out and none is given."""
    given = layer.config.shape("input_shape")
    if given is not None:
        return (None, *given)
    if not layer.config.is_none("input_shape"):
        return (None, unknown_dim(), unknown_dim(), unknown_dim())
    side = Dim(FEATURES[layer.kind.removeprefix(PREFIX)][1]) if layer.config.flag("include_top") else None
    return (None, side, side, Dim(3))


def application_output(layer: Layer, given: Shape | None) -> Shape | None:
    """``(batch, classes)`` with the top, ``(batch, features)`` pooled, else the last convolution."""
    batch = given[0] if given else None
    top, pooling = layer.config.flag("include_top"), layer.config.text("pooling")
    features = Dim(FEATURES[layer.kind.removeprefix(PREFIX)][0])
    if top:
        return (batch, layer.config.dim("classes") or unknown_dim())
    if top is None or not (pooling or layer.config.is_none("pooling")):
        return None
    if pooling:
        return (batch, features)
    sides = given[1:3] if given is not None and len(given) == 4 else (unknown_dim(), unknown_dim())
    return (batch, *(None if side is None else unknown_dim() for side in sides), features)
