"""The data of a plan: the program's own where they are known, else generated ones of the same shapes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from lstmlint.api import Claim, Experiment, Facts, holds_out, loss_of_output, one_batch, refused_forms
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Array, Value
from lstmlint.keras_model.graph import Model, Shape
from lstmlint.keras_model.training import Run
from lstmlint.verify.amounts import fewer, generated, head, numbers, several
from lstmlint.verify.choose import vocabulary
from lstmlint.verify.given import steps_of
from lstmlint.verify.handing import values_in
from lstmlint.verify.schema import DTYPES, ArrayPlan, DataPlan, TrainingPlan
from lstmlint.verify.sizes import Sizes, Unplannable

#: Samples of generated data: enough for a task, few enough for seconds.
SAMPLES = 18
#: Samples taken for a crash or a probe where the program has more.
FEW = 96
#: Claims that the model alone decides, on whatever data.
OF_THE_MODEL = frozenset({Claim.RAISES, Claim.STATE_MATTERS, Claim.STATE_DOES_NOT_MATTER})


@dataclass(frozen=True, slots=True)
class DataPlanner:
    """The arrays of one run of a model, or of the model alone. ``notes`` hears of what is not the program itself."""

    experiment: Experiment
    facts: Facts
    model: Model
    run: Run | None
    sizes: Sizes
    notes: list[str]

    @property
    def steps_only(self) -> bool:
        """Whether one step tells: contents and length of the data do not matter then."""
        return self.experiment.claim is Claim.RAISES

    def data(self, training: TrainingPlan) -> DataPlan:
        x, y = ([self.array(value) for value in part] for part in (self.x, self.y))
        for array, value, tensor in zip(x, self.x, self.model.inputs, strict=False):
            words = vocabulary(self.model, tensor)
            if words is None:
                continue
            largest = max(self.sizes.number(words), 1) - 1e-6
            if getattr(value, "high", None) is None or self._too_many_by_choice(words, array["high"] > largest):
                array |= {"high": largest, "low": min(array["low"], largest)}
            if self.experiment.task == "largest":
                array |= {"values": None, "low": array["high"]}
        for loss, array, tensor in zip(training["loss"], y, self.model.outputs, strict=False):
            if loss == "sparse_categorical_crossentropy" and tensor.shape and tensor.shape[-1] is not None:
                array["classes"] = max(self.sizes.number(tensor.shape[-1]), 1)
            if self.experiment.task == "largest label":
                array |= {"values": None, "low": array["high"], "classes": None}
        if self.run is not None and (self.run.data_kind not in ("array", "unknown") or self._one_batch):
            x, y = ([several(array) for array in part] for part in (x, y))
        x, y = self._trained_on(x, y)
        own = all(array["values"] is not None for array in (*x, *y))
        if not own and self.experiment.task == "previous-sample":
            x, y = ([generated(array) for array in part] for part in (x, y))
        task = "learnable" if own else self.experiment.task  # own data ask for nothing else: evidence can be shared
        steps = steps_of(self.experiment, self.model, self.run, self.facts, self.sizes)
        data: DataPlan = {"x": x, "y": y, "task": task, "steps": steps}
        return self._cut(data, math.lcm(training["batch_size"], self.fixed_batch()))

    def _too_many_by_choice(self, words: Dim, more: bool) -> bool:
        """Whether there are more ids than words only because the words' number, which nobody knows, was chosen so."""
        return more and not words.known and self.experiment.task != "largest"

    def _trained_on(self, x: list[ArrayPlan], y: list[ArrayPlan]) -> tuple[list[ArrayPlan], list[ArrayPlan]]:
        """What `validation_split` leaves for the training: Keras takes the first samples, as many of y as of x."""
        rows = x[0]["shape"][0] if x and x[0]["shape"] else 0
        if self.run is None or not rows or not holds_out(self.run) or self.run.method != "fit":
            return x, y
        kept = math.floor(rows * (1 - (self.run.validation_split or 0)))
        cut = ([head(a, min(kept, a["shape"][0])) if a["shape"] and kept else a for a in part] for part in (x, y))
        return next(cut), next(cut)

    @property
    def _one_batch(self) -> bool:
        """Whether the run is given a single batch, and several are wanted."""
        return self.experiment.probe == "batches" and self.run is not None and one_batch(self.run)

    def fixed_batch(self) -> int:
        """The batch size that the model is built for, 1 where it takes any: a cut must leave the same rest of both."""
        shape = self.model.input_shape
        return 1 if not shape or shape[0] is None else max(self.sizes.number(shape[0]), 1)

    @property
    def x(self) -> tuple[Value, ...]:
        named = values_in(self.run.x_value) if self.run and self.experiment.probe == "handed" else None
        if self.run and self.run.x and not self._forms:
            return named or self.run.x
        return tuple(self.input_array(tensor.shape) for tensor in self.model.inputs)

    @property
    def y(self) -> tuple[Value, ...]:
        y = self.run.y if self.run and self.run.method != "predict" else ()
        if self.run and y and self.experiment.probe == "handed":
            y = values_in(self.run.y_value) or y
        if self.run and y and self._forms:
            return tuple(self._target_array(index, tensor.shape) for index, tensor in enumerate(self.model.outputs))
        known = all(isinstance(value, Array) and value.shape is not None for value in y)
        return y if known or self.experiment.claim not in OF_THE_MODEL else ()

    def input_array(self, shape: Shape | None) -> Array:
        """Data as the model's Input asks for, where the program trains nothing."""
        if shape is None:
            raise Unplannable("the shape of an input is not known")
        first, *rest = shape
        turns = 1 if self.steps_only else 2  # state is carried from one batch to the next
        samples = Dim(8) if first is None else first * turns
        return Array((samples, *(Dim(6) if dim is None else dim for dim in rest)), "float32")

    def _target_array(self, index: int, shape: Shape | None) -> Value:
        array = self.input_array(shape)
        sparse = self.run is not None and loss_of_output(self.run, index) == "sparse_categorical_crossentropy"
        return replace(array, shape=(*array.shape[:-1], Dim(1))) if sparse and array.shape else array

    @property
    def _forms(self) -> dict[str, str]:
        return refused_forms(self.run, self.facts.keras) if self.run is not None else {}

    def array(self, value: Value) -> ArrayPlan:
        if not isinstance(value, Array) or value.shape is None:
            raise Unplannable("the shape of the data is not known")
        low, high = value.low, value.high
        dtype = value.dtype if value.dtype in DTYPES else "float32"
        whole = dtype.startswith(("int", "uint"))
        return {
            "shape": [self.sizes.number(dim) for dim in value.shape],
            "dtype": dtype,
            "values": numbers(value),
            "low": 0.0 if low is None or not math.isfinite(low) else float(low),
            "high": (9.0 if whole else 1.0) if high is None or not math.isfinite(high) else float(high),
            "classes": None,
        }

    def _cut(self, data: DataPlan, batch: int) -> DataPlan:
        """Fewer samples where the program has many: whole batches, and the same rest in the last one."""
        arrays = (*data["x"], *data["y"])
        counts = {array["shape"][0] for array in arrays if array["shape"]}
        count = counts.pop() if len(counts) == 1 else 0
        known = all(array["values"] is not None for array in arrays)
        whole = known or self.steps_only or self.model.stateful is not False
        kept = fewer(count, batch, FEW if known or self.steps_only else SAMPLES, 2 if self.model.stateful else 1)
        if not whole and kept > batch:
            kept -= kept % batch
        if not 0 < kept < count:
            return data
        self.notes.append(f"{kept} of {count:,} samples")
        return {**data, "x": [head(a, kept) for a in data["x"]], "y": [head(a, kept) for a in data["y"]]}
