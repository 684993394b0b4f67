"""What is left of TensorFlow: gradient tapes, scopes, seeds, switches of the session."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.interpreter.library import Call, function, method
from lstmlint.interpreter.values import Array, Choice, Const, Made, Reference, Sequence, Unknown, Value


@function("tensorflow.GradientTape", "persistent=False, watch_accessed_variables=True")
def gradient_tape(call: Call) -> Value:
    return Reference("GradientTape", dict(call.arguments), call.made())


@method("GradientTape", "gradient", "target, sources, *args, **kwargs")
def gradient(call: Call) -> Value:
    """Gradients are shaped as what they are taken of."""
    return _gradient_of(call["sources"], call.made(call["target"]))


def _gradient_of(source: Value, made: Made) -> Value:
    match source:
        case Array(shape=shape):
            return Array(shape, "float32", flavour="tensor", made=made)
        case Reference(kind="variable") | Choice():
            return Array(None, "float32", flavour="tensor", made=made)
        case Sequence(items=tuple() as items, length=length):
            return Sequence("list", tuple(_gradient_of(item, made) for item in items), length, None, made)
        case Sequence(element=element, length=length) if element is not None:
            return Sequence("list", None, length, _gradient_of(element, made), made)
        case _:
            return Unknown("the gradients of a model", made)


@method("GradientTape", "watch reset stop_recording __enter__", "*args")
def watch(call: Call) -> Value:
    return Const(None)


@function("tensorflow.function", "func=None, *args, **kwargs", raw=True)
def compiled(call: Call) -> Value:
    """``tf.function(f)`` is ``f``."""
    return call["func"]


@function(
    "tensorflow.random.set_seed tensorflow.set_random_seed tensorflow.compat.v1.set_random_seed tensorflow.get_logger "
    "tensorflow.keras.backend.clear_session keras.backend.clear_session keras.backend.set_session "
    "keras.backend.set_floatx keras.backend.set_learning_phase "
    "tensorflow.disable_v2_behavior tensorflow.enable_eager_execution tensorflow.config.experimental.set_memory_growth "
    "tensorflow.config.run_functions_eagerly tensorflow.global_variables_initializer tensorflow.print "
    "tensorflow.config.experimental_run_functions_eagerly tensorflow.reset_default_graph "
    "tensorflow.logging.set_verbosity "
    "tensorflow.disable_eager_execution tensorflow.debugging.set_log_device_placement "
    "keras.utils.enable_interactive_logging "
    "tensorflow.debugging.assert_equal tensorflow.summary.scalar keras.mixed_precision.set_global_policy "
    "keras.config.set_dtype_policy keras.config.set_floatx"
)
def switch(call: Call) -> Value:
    """Nothing that shapes depend on."""
    return Const(None, call.made())


@function("keras.backend.image_data_format keras.config.image_data_format", "")
def image_data_format(call: Call) -> Value:
    return call.machine.data_format or Const("channels_last")


@function(
    "keras.backend.set_image_data_format keras.config.set_image_data_format keras.backend.set_image_dim_ordering",
    "data_format",
)
def set_image_data_format(call: Call) -> Value:
    """Layers that are made from now on have the channels there; ``th`` and ``tf`` are the oldest Keras's words."""
    order = call.text("data_format") if not call.machine.conditional else None
    known = {"th": "channels_first", "tf": "channels_last"}.get(order or "", order)
    call.machine.data_format = Unknown("an order of channels that is not known") if known is None else Const(known)
    return Const(None, call.made())


@function("keras.backend.floatx keras.config.floatx", "")
def floatx(call: Call) -> Value:
    return Const("float32")


@function("keras.backend.epsilon keras.config.epsilon", "")
def epsilon(call: Call) -> Value:
    return Const(1e-07)


@function("keras.backend.backend keras.config.backend", "")
def backend(call: Call) -> Value:
    return Const("tensorflow")


@function(
    "tensorflow.distribute.MirroredStrategy tensorflow.distribute.TPUStrategy tensorflow.distribute.OneDeviceStrategy "
    "tensorflow.distribute.get_strategy tensorflow.distribute.experimental.TPUStrategy "
    "tensorflow.distribute.MultiWorkerMirroredStrategy tensorflow.Session tensorflow.InteractiveSession "
    "tensorflow.ConfigProto tensorflow.device tensorflow.name_scope tensorflow.variable_scope tensorflow.Graph "
    "tensorflow.GPUOptions tensorflow.train.Checkpoint tensorflow.train.CheckpointManager "
    "tensorflow.summary.create_file_writer"
)
def scope(call: Call) -> Value:
    return Reference("tensorflow.scope", {}, call.made(*(call.items("args") or ())))


@method("tensorflow.scope", "scope as_default __enter__", "")
def enter(call: Call) -> Value:
    return call.receiver


@function("tensorflow.config.list_physical_devices tensorflow.config.experimental.list_physical_devices", "*args")
def devices(call: Call) -> Value:
    return call.unknown("the devices of the machine")


@function("tensorflow.is_tensor keras.backend.is_keras_tensor keras.ops.is_tensor", "x")
def is_tensor(call: Call) -> Value:
    return call.unknown("whether it is a tensor")


@function("tensorflow.executing_eagerly", "")
def eager(call: Call) -> Value:
    return Const(True)


@function(
    "tensorflow.TensorSpec tensorflow.TensorShape tensorflow.RaggedTensorSpec", "shape=None, dtype=None, name=None"
)
def spec(call: Call) -> Value:
    if call.name.endswith("TensorShape"):
        shape = call["shape"]
        return replace(shape, made=call.made(shape)) if isinstance(shape, Sequence) else shape
    return Reference(call.name, dict(call.arguments), call.made())


@function("tensorflow.io.read_file", "*args, **kwargs")
def text(call: Call) -> Value:
    return Array((), "string", flavour="tensor", made=call.made(*(call.items("args") or ())))


@function("tensorflow.sequence_mask", "lengths, maxlen=None, dtype=None, name=None")
def sequence_mask(call: Call) -> Value:
    from lstmlint.interpreter.libraries.keras_ops import result, tensor_shape

    shape = tensor_shape(call["lengths"])
    return result(call, (call["lengths"],), None if shape is None else (*shape, call.dim("maxlen")), "bool")


@function("keras.backend.ctc_batch_cost", "y_true, y_pred, input_length, label_length")
@function(
    "tensorflow.nn.ctc_loss",
    "labels, logits, label_length, logit_length, logits_time_major=True, unique=None, blank_index=None, name=None",
)
def ctc(call: Call) -> Value:
    return call.unknown("what CTC costs")
