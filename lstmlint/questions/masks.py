"""What becomes of a mask: where it is made, which layer on the way drops it, and what it cannot match."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.dims import Dim, least, same
from lstmlint.interpreter.own_layers import leaves_masks_alone
from lstmlint.interpreter.values import Array, Const, Made, Reference, Slice, Tensor
from lstmlint.keras_model.graph import EITHER, Layer, Model, Node, dim_of
from lstmlint.keras_model.masking import makes_mask
from lstmlint.keras_model.order import is_operation
from lstmlint.keras_model.training import LibraryCall, Run
from lstmlint.questions.provenance import call_at, made_by
from lstmlint.questions.state import single_x, single_y
from lstmlint.text.source import Span

#: Layers that give no mask on (measured on Keras 3.15: ``supports_masking`` is false).
DROP_THE_MASK = frozenset(
    {
        *("Conv1D", "SeparableConv1D", "DepthwiseConv1D", "Conv1DTranspose", "MaxPooling1D", "AveragePooling1D"),
        *("Reshape", "Permute", "Lambda", "ZeroPadding1D", "UpSampling1D", "Cropping1D", "EinsumDense"),
    }
)
#: Functions that may give the very tensor that they are given, its mask included.
_MAY_BE_THE_SAME = frozenset({"cast", "convert_to_tensor", "array", "identity", "constant", "custom_gradient"})
_PAD = "keras.utils.pad_sequences"
#: Over 15 steps of mostly zeros an LSTM or a GRU of 32 units learned which word a text held (0.98 right), over 50 it
#: did in one of four runs, over 100 in none, where a Bidirectional one always did (Keras 3.15, 1200 texts, 6 epochs).
LONG = 50
#: What keeps the padding's value as it is.
_KEEPS = frozenset(
    {"index", "Array.astype", "numpy.array", "numpy.asarray", "numpy.reshape", "Array.reshape", "numpy.expand_dims"}
    | {"EagerTensor.numpy", "tensorflow.constant", "tensorflow.convert_to_tensor", "tensorflow.cast"}
    | {"sklearn.model_selection.train_test_split"}
)


#: Rows written over zeros one by one, followed so far.
_MOST_FILLED = 64
#: What takes the mean off, if it is not told otherwise.
_STANDARDISES = frozenset(f"sklearn.preprocessing.StandardScaler.{name}" for name in ("transform", "fit_transform"))


@dataclass(frozen=True, slots=True, eq=False)
class Broken:
    """A mask that ``reader`` does not get from ``maker``: ``dropping`` gives none on, or it matches nothing.

    It matches nothing where it looks for ``wanted`` and the samples were padded with another number, by ``padded``: a
    Masking for its own number, an Embedding for id 0.
    """

    maker: Node
    dropping: Node | None = None
    reader: Node | None = None
    wanted: float = math.nan
    padded: tuple[Made, float] | None = None

    @property
    def written(self) -> bool:
        """Whether the program's own code drops it: a layer's ``call``, or an operator."""
        layer = self.dropping.layer if self.dropping is not None else None
        return layer is not None and (layer.own is not None or is_operation(layer))


@dataclass(frozen=True, slots=True, eq=False)
class Unmasked:
    """Padding that is read as words: made at ``place``, with no mask from ``embedding``, and ``last`` answers.

    ``each`` says that it answers at each step, so that the padding's answers count; ``light`` that it may well learn
    all the same.
    """

    place: Span | None
    embedding: Layer
    last: Layer
    each: bool
    light: bool


def broken_masks(model: Model, x: Array, facts: Facts) -> Iterator[Broken]:
    padded = padded_with(x, facts)
    lost = list(dropped_masks(model))
    for node in model.nodes:
        wanted = mask_value(node) if node.layer.kind == "Masking" else None
        other = wanted is not None and padded is not None and padded[1] != wanted
        gone = any(maker is node for maker, *_ in lost)
        if wanted is not None and not gone and (other or math.isnan(wanted)):
            yield Broken(node, wanted=wanted, padded=padded)
        if _masks_another_id(node, model, padded):
            yield Broken(node, wanted=0.0, padded=padded)
    for maker, dropping, reader in lost:
        inside = any(pads_texts(node.layer) for node in maker.producers)
        if maker.layer.kind == "Masking" or inside or (padded is not None and padded[1] == 0):
            yield Broken(maker, dropping, reader)


def _masks_another_id(node: Node, model: Model, padded: tuple[Made, float] | None) -> bool:
    """Whether an Embedding masks id 0, and the samples that it is given were padded with another number, and once."""
    if node.layer.kind != "Embedding" or not makes_mask(node) or padded is None or padded[1] == 0:
        return False
    tensor = node.inputs[0]
    while tensor.node is not None and tensor.node.layer.kind == "Masking":
        tensor = tensor.node.inputs[0]
    return padded_once(padded[0]) and tensor is model.inputs[0] and any(one.recurrent for one in model.layers)


def padded_once(padded: Made) -> bool:
    """Whether samples were not padded before: then it may be an end that was put behind them."""
    return all(made_by(source, _PAD) is None for source in padded.sources)


def dropped_masks(model: Model) -> Iterator[tuple[Node, Node, Node]]:
    """The layer that makes a mask, the one that drops it, and the recurrent one behind that needs it."""
    for node in every_node(model):
        if node.layer.recurrent and "mask" not in node.arguments and len(node.inputs) == 1:
            found = _lost(node.inputs[0], (), None, 60)
            if found is not None:
                yield *found, node


def every_node(model: Model) -> Iterator[Node]:
    """The calls of a model's graph, and those inside layers of the program's own."""
    waiting, seen = list(model.nodes), {id(node) for node in model.nodes}
    while waiting:
        node = waiting.pop(0)
        yield node
        inside = [tensor.node for tensor in node.traced if tensor.node is not None]
        for other in (*inside, *node.producers):
            if id(other) not in seen:
                seen.add(id(other))
                waiting.append(other)


def _lost(tensor: Tensor, around: tuple[Node, ...], dropping: Node | None, left: int) -> tuple[Node, Node] | None:
    """The layer that a tensor's mask should come from, and the one behind it that drops it.

    ``around`` are the layers of the program's own whose ``call`` the way leads through.
    """
    while around and any(tensor is given for given in around[-1].inputs):
        around = around[:-1]
    node = tensor.node
    if node is None or left == 0 or node.layer.recurrent or node.layer is EITHER:
        return None
    if makes_mask(node):
        return (node, dropping) if dropping is not None else None
    if node.layer.own is not None and leaves_masks_alone(node.layer.own) and tensor.index < len(node.traced):
        return _lost(node.traced[tensor.index], (*around, node), dropping, left - 1)
    if _is_new(node):
        ways = (_lost(one, around, around[0] if around else node, left - 1) for one in node.inputs)
        return next((way for way in ways if way is not None), None)
    if len(node.inputs) != 1 or (dropping is None and (node.layer.own is not None or is_operation(node.layer))):
        return None
    dropping = node if _drops(node) else dropping
    return _lost(node.inputs[0], around, dropping, left - 1)


def _drops(node: Node) -> bool:
    """An Embedding gives on no mask but its own: that of ids in front of it is one for each sample, not each step."""
    vectors = node.layer.kind == "Embedding" and node.layer.config.flag("mask_zero") is False
    return vectors or (node.layer.kind in DROP_THE_MASK and not _passes(node))


def _is_new(node: Node) -> bool:
    """An operator or a function that certainly makes another tensor, one without a mask."""
    name = node.layer.kind.rpartition(".")[2]
    return is_operation(node.layer) and name not in _MAY_BE_THE_SAME


def _passes(node: Node) -> bool:
    """A ``Lambda(..., mask=...)`` makes the mask of its output itself."""
    return node.layer.kind == "Lambda" and node.layer.config.has("mask")


def padded_with(x: Array, facts: Facts) -> tuple[Made, float] | None:
    """Where samples were padded, and with what, as long as nothing was done to the values since."""
    made = _original(x)
    call = call_at(facts, made) if made is not None else None
    if call is not None and isinstance(call.receiver, Layer) and pads_texts(call.receiver):
        return (made, 0.0) if made is not None else None
    value = call.arguments.get("value") if call is not None else None
    number = value.value if isinstance(value, Const) else None
    real = isinstance(number, int | float) and not isinstance(number, bool)
    return (made, float(number)) if made is not None and real and number is not None else None


def padded_and_scaled(x: Array, facts: Facts) -> tuple[Made, tuple[Made, float]] | None:
    """Where samples were standardised after they were padded, and where and with what they were.

    No mean of data is exactly what fills them up, so that the padding is another number then.
    """
    value, scaled = x, None
    for _ in range(20):
        made = value.made
        source = made.sources[0] if made is not None and made.sources else None
        if made is None or (scaled is not None and made.operation in (_PAD, "filled")):
            break
        if made.operation in _STANDARDISES and _takes_mean(call_at(facts, made)):
            scaled = made
        elif made.operation not in _KEEPS:
            return None
        if not isinstance(source, Array):
            return None
        value = source
    padded = padded_with(value, facts) or _filled_up(value)
    return (scaled, padded) if scaled is not None and padded is not None else None


def _takes_mean(call: LibraryCall | None) -> bool:
    scaler = call.receiver if call is not None else None
    told = scaler.fields.get("with_mean") if isinstance(scaler, Reference) else None
    return isinstance(told, Const) and told.value is True


def _filled_up(x: Array) -> tuple[Made, float] | None:
    """Where zeros stay behind, or in front of, what each sample was written over: ``x[i, :n] = rows``."""
    steps = x.shape[1] if x.shape is not None and len(x.shape) > 1 else None
    filled, buffer, parts = x.made, x, 0
    while buffer.made is not None and buffer.made.operation == "filled" and parts < _MOST_FILLED:
        before = buffer.made.sources[0]
        if steps is None or not isinstance(before, Array) or not is_part(buffer.made, steps):
            return None
        buffer, parts = before, parts + 1
    empty = buffer.made is not None and buffer.made.operation == "numpy.zeros"
    return (filled, 0.0) if filled is not None and parts and empty else None


def is_part(made: Made, steps: Dim) -> bool:
    """Whether some of a sample's steps are written, up to an end of its own: ``x[i, :n]``, ``x[i, -n:]``."""
    key = made.sources[3] if len(made.sources) > 3 else None
    ends = map(dim_of, (key.start, key.stop)) if isinstance(key, Slice) else ()
    return any(end is not None and end != Dim(0) and not same(end, steps) for end in ends)


def _original(x: Array) -> Made | None:
    """What made the values as they still are: the padding of sequences, or the ids of texts."""
    made = x.made
    for _ in range(20):
        if made is None or made.operation in (_PAD, "Layer.__call__"):
            return made
        source = made.sources[0] if made.operation in _KEEPS and made.sources else None
        made = getattr(source, "made", None)
    return None


def pads_texts(layer: Layer) -> bool:
    """Whether a layer turns texts into word ids, the shorter ones filled up with zeros."""
    ids = layer.config.text("output_mode") == "int" and layer.config.flag("ragged") is False
    return layer.kind == "TextVectorization" and ids


def mask_value(node: Node) -> float | None:
    """What a Masking layer takes for padding."""
    value = node.layer.config["mask_value"]
    number = value.value if isinstance(value, Const) else None
    return float(number) if isinstance(number, int | float) and not isinstance(number, bool) else None


def unmasked_padding(run: Run, facts: Facts) -> Unmasked | None:
    """Where padding is read as words and counts."""
    x, layer = single_x(run), unmasked_embedding(run.model)
    weighted = "sample_weight" in [one.name for one in run.call.arguments]
    if x is None or layer is None or not run.trains or run.model.opaque or weighted:
        return None
    padded = made_by(x, _PAD)
    call = call_at(facts, padded) if padded is not None else None
    texts = _filled_texts(run.model, layer, x, facts)
    recurrent = [one for one in run.model.layers if one.recurrent]
    if (call is None and texts is None) or not recurrent or any(one.own is not None for one in recurrent):
        return None
    if call is not None and not _with_zeros(call):
        return None  # an Embedding masks zeros and nothing else
    # A mask goes no further than the first layer that ends the sequence: an encoder, in front of a decoder.
    last = next((one for one in recurrent if one.returns_sequences is not True), recurrent[-1])
    y = single_y(run)
    # Targets cut from the padded samples themselves end where the words do: the next word of a language model.
    own = made_by(y, _PAD) if y is not None else None
    each = last.returns_sequences is True and own not in (None, padded) and len(run.model.output_shape or ()) == 3
    forward = all(one.core.config.flag("go_backwards") is False for one in recurrent)
    behind = last.returns_sequences is False and forward and (texts or _padding_of(call) == "post")
    place = call.call.span if call is not None and texts is None else texts
    light = bool(texts) and not each and (last.kind == "Bidirectional" or not _fills_long(run.model, x))
    return Unmasked(place, layer, last, each, light) if each or behind else None


def _with_zeros(call: LibraryCall) -> bool:
    given = call.arguments.get("value")
    return given is None or (isinstance(given, Const) and given.value == 0)


def _fills_long(model: Model, x: Array) -> bool:
    """Whether texts are filled up to a length over which a layer forgets, as far as that is known."""
    filled = next((node.outputs[0].shape for node in model.nodes if pads_texts(node.layer)), x.shape)
    steps = filled[-1] if filled else None
    return steps is not None and least(steps) >= LONG


def _filled_texts(model: Model, embedding: Layer, x: Array, facts: Facts) -> Span | None:
    """Where texts get zeros behind them up to a fixed length: in the model, or in front of it."""
    before = next((one for node in model.nodes if node.layer is embedding for one in node.producers), None)
    if before is not None:
        return before.span if _fills_texts(before.layer) else None
    made = _original(x)
    call = call_at(facts, made) if made is not None else None
    layer = call.receiver if call is not None and isinstance(call.receiver, Layer) else None
    if layer is None or made is None or not _fills_texts(layer) or not x.shape or _are_full(made, layer):
        return None
    length = layer.config.dim("output_sequence_length")
    return made.span if length is not None and same(x.shape[-1], length) else None


def _fills_texts(layer: Layer) -> bool:
    splits = layer.config.text("split") is not None
    return pads_texts(layer) and splits and layer.config.has("output_sequence_length")


def _are_full(made: Made, layer: Layer) -> bool:
    """Whether all the texts are known, and have as many words as they are filled up to."""
    texts, length = made.sources[0] if made.sources else None, layer.config.number("output_sequence_length")
    words = texts.elements if isinstance(texts, Array) else None
    return words is not None and length is not None and all(len(str(text).split()) >= length for text in words)


def _padding_of(call: LibraryCall | None) -> str | None:
    given = call.arguments.get("padding") if call is not None else None
    return given.value if isinstance(given, Const) and isinstance(given.value, str) else None


def unmasked_embedding(model: Model) -> Layer | None:
    """The Embedding that the ids of the model's only input, or of its texts, go into, without a mask."""
    for node in model.nodes:
        before = next(node.producers, None)
        given = before.input if before is not None and pads_texts(before.layer) else node.input
        if node.layer.kind == "Embedding" and len(model.inputs) == 1 and given is model.inputs[0]:
            return node.layer if node.layer.config.flag("mask_zero") is False else None
    return None
