"""The weights of models and layers as the program reads them: whose they are is known, not how many."""

from __future__ import annotations

from lstmlint.interpreter.library import attribute
from lstmlint.interpreter.machine import Machine
from lstmlint.interpreter.values import Unknown, Value
from lstmlint.interpreter.variables import VARIABLE, VARIABLES, variable_of, variables_of

attribute("Model OwnLayer Layer", " ".join(VARIABLES))(variables_of)
attribute("Layer", "kernel recurrent_kernel bias embeddings gamma beta")(variable_of)


@attribute(VARIABLE, "shape dtype name path trainable")
def variable_details(machine: Machine, value: Value) -> Value:
    return Unknown("a detail of a weight")
