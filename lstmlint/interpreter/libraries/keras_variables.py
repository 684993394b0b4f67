"""The weights of models and layers as the program reads them: whose they are is known, not how many."""

from __future__ import annotations

from lstmlint.interpreter.library import Call, attribute, method
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.values import Const, Reference, Unknown, Value
from lstmlint.interpreter.variables import VARIABLE, VARIABLES, variable_of, variables_of

attribute("Model OwnLayer Layer", " ".join(VARIABLES))(variables_of)
attribute("Layer", "kernel recurrent_kernel bias embeddings gamma beta")(variable_of)

#: Where a metric of the program's own says that it has made weights.
_WEIGHED = "weights of its own"


@method("OwnMetric", "add_weight add_variable", "*args, **kwargs", raw=True)
def weight_of_metric(call: Call) -> Value:
    call.machine.memory.put(call.receiver.fields, _WEIGHED, True)
    return Reference(VARIABLE, {"owner": call.receiver}, call.made())


@attribute("OwnMetric", " ".join(VARIABLES))
def weights_of_metric(machine: Machine, metric: Reference) -> Value:
    """Keras 3 does not count a `tf.Variable` among them."""
    return variables_of(machine, metric) if _WEIGHED in metric.fields else Unknown("the weights of a metric")


@method("OwnMetric", "__init__ update_state reset_state reset_states", "*args, **kwargs", raw=True)
def metric_nothing(call: Call) -> Value:
    return Const(None)


@attribute(VARIABLE, "shape dtype name path trainable")
def variable_details(machine: Machine, value: Value) -> Value:
    return Unknown("a detail of a weight")
