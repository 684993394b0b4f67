"""``tf.image``, ``tf.signal`` and the decoding of media: what they do to axes.

Source: TensorFlow 2.21.
"""

from __future__ import annotations

from lstmlint.interpreter.dims import Dim, floor_divide, unknown_dim
from lstmlint.interpreter.libraries.keras_ops import dims_in, result, tensor_shape, tensors
from lstmlint.interpreter.library import Call
from lstmlint.interpreter.values import Array, Value
from lstmlint.keras_model.graph import dim_of

_SAME = (
    "flip_left_right flip_up_down random_flip_left_right random_flip_up_down adjust_brightness adjust_contrast "
    "adjust_hue adjust_saturation random_brightness random_contrast random_hue random_saturation "
    "per_image_standardization"
)


@tensors(" ".join(f"tensorflow.image.{name}" for name in _SAME.split()), "image, *args, **kwargs")
def same_image(call: Call) -> Value:
    return result(call, (call["image"],), tensor_shape(call["image"]))


@tensors("tensorflow.image.convert_image_dtype", "image, dtype, saturate=False, name=None")
def converted(call: Call) -> Value:
    return result(call, (call["image"],), tensor_shape(call["image"]), call.text("dtype"))


@tensors("tensorflow.image.resize tensorflow.image.resize_with_pad", "images, size, *args, **kwargs")
def resized(call: Call) -> Value:
    """Height and width, the last but one axes, become those asked for."""
    shape = tensor_shape(call["images"])
    sizes = dims_in(call["size"]) or [None, None]
    if call.name.endswith("pad"):
        more = call.items("args") or ()
        sizes = [dim_of(call["size"]), dim_of(more[0]) if more else None]
    if shape is None or len(shape) < 3 or len(sizes) != 2:
        return result(call, (call["images"],), None, "float32")
    asked = tuple(size if size is not None else unknown_dim() for size in sizes)
    return result(call, (call["images"],), (*shape[:-3], *asked, shape[-1]), "float32")


@tensors(
    "tensorflow.io.decode_png tensorflow.io.decode_jpeg tensorflow.image.decode_png tensorflow.image.decode_jpeg",
    "contents, channels=0, *args, **kwargs",
)
def decoded(call: Call) -> Value:
    """``(height, width, channels)``, as the file says."""
    channels = call.dim("channels")
    depth = channels if channels is not None and channels.known and channels.constant else unknown_dim()
    return Array((unknown_dim(), unknown_dim(), depth), "uint8", flavour="tensor", made=call.made(call["contents"]))


@tensors(
    "tensorflow.signal.stft",
    "signals, frame_length, frame_step, fft_length=None, window_fn=None, pad_end=False, name=None",
)
def stft(call: Call) -> Value:
    """``(..., frames, fft_length // 2 + 1)``."""
    shape, length, step = tensor_shape(call["signals"]), call.dim("frame_length"), call.dim("frame_step")
    if not shape:
        return result(call, (call["signals"],), None, "complex64")
    samples, fft = shape[-1], call.dim("fft_length")
    known = samples is not None and length is not None and step is not None and call.flag("pad_end") is False
    frames = floor_divide(samples - length, step) + 1 if known else unknown_dim()  # type: ignore[operator,arg-type]
    bins = floor_divide(fft, Dim(2)) + 1 if fft is not None else unknown_dim()
    return result(call, (call["signals"],), (*shape[:-1], frames, bins), "complex64")
