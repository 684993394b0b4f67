"""Datasets of the files in a folder: texts, images and sounds with the numbers of their folders.

Source: Keras 3.15.1, ``*_dataset_utils.py``. What is shuffled is put in another order on each pass, whatever the seed;
of ``subset="both"`` the second part never is.
"""

from __future__ import annotations

from lstmlint.interpreter.dims import Dim, symbol_dim, unknown_dim
from lstmlint.interpreter.libraries.tensorflow_data import dataset
from lstmlint.interpreter.library import Call, function
from lstmlint.interpreter.values import Array, Made, Sequence, Value

#: Labels behind the batch axis; ``categorical`` has one column a folder.
_LABELS: dict[str | None, tuple[tuple[Dim, ...], str]] = {"int": ((), "int32"), "binary": ((Dim(1),), "float32")}
_CHANNELS = {"rgb": 3, "rgba": 4, "grayscale": 1}
_MORE = "shuffle=True, seed=None, validation_split=None, subset=None, follow_links=False, **kwargs"


@function(
    "keras.utils.text_dataset_from_directory",
    f"directory, labels='inferred', label_mode='int', class_names=None, batch_size=32, max_length=None, {_MORE}",
)
def text_dataset(call: Call) -> Value:
    return _of_files(call, (), "str")


@function(
    "keras.utils.image_dataset_from_directory",
    "directory, labels='inferred', label_mode='int', class_names=None, color_mode='rgb', batch_size=32, "
    "image_size=(256, 256), shuffle=True, seed=None, validation_split=None, subset=None, interpolation='bilinear', "
    "follow_links=False, crop_to_aspect_ratio=False, pad_to_aspect_ratio=False, data_format=None, **kwargs",
)
def image_dataset(call: Call) -> Value:
    sizes = call.shape("image_size") if "image_size" in call.given else (Dim(256), Dim(256))
    channels = _CHANNELS.get(call.text("color_mode") or "")
    if sizes is None or len(sizes) != 2 or not call.is_none("data_format") or call.machine.data_format is not None:
        return _of_files(call, None, "float32")
    return _of_files(call, (*sizes, unknown_dim() if channels is None else Dim(channels)), "float32")


@function(
    "keras.utils.audio_dataset_from_directory",
    "directory, labels='inferred', label_mode='int', class_names=None, batch_size=32, sampling_rate=None, "
    f"output_sequence_length=None, ragged=False, {_MORE}",
)
def audio_dataset(call: Call) -> Value:
    length = call.dim("output_sequence_length") or unknown_dim()
    return _of_files(call, (length, unknown_dim()) if call.flag("ragged") is False else None, "float32")


def _of_files(call: Call, axes: tuple[Dim, ...] | None, dtype: str) -> Value:
    """One dataset, or two of ``subset="both"``, of the contents with these axes."""
    mixed = call.made() if call.flag("shuffle") is True else None
    if call.text("subset") == "both":
        parts = _part(call, axes, dtype, mixed), _part(call, axes, dtype, None)
        return Sequence("list", parts, Dim(2), None, call.made())
    if not call.is_none("subset") and call.text("subset") is None:
        return call.unknown("one part of a folder or both")
    return _part(call, axes, dtype, mixed)


def _part(call: Call, axes: tuple[Dim, ...] | None, dtype: str, mixed: Made | None) -> Value:
    single = call.is_none("batch_size")
    batch = () if single else (call.dim("batch_size") or unknown_dim(),)
    contents = Array(None if axes is None else (*batch, *axes), dtype, flavour="tensor", made=call.made())
    made, element = call.made(), contents if _unlabelled(call) else _pair(call, contents, batch)
    return dataset(element, made, batched=not single, batch_size=call["batch_size"], shuffled=mixed)


def _unlabelled(call: Call) -> bool:
    return call.is_none("label_mode") or call.is_none("labels")


def _pair(call: Call, contents: Array, batch: tuple[Dim, ...]) -> Value:
    mode = call.text("label_mode")
    axes, dtype = _LABELS.get(mode, ((symbol_dim("classes", 1),), "float32"))
    labels = Array(None if mode is None else (*batch, *axes), dtype, flavour="tensor", made=call.made())
    return Sequence("tuple", (contents, labels), Dim(2))
