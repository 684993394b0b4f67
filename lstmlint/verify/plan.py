"""A finding's experiment as plain data: the program as written, and each cured one, for the worker to train.

What is not known (a layer argument, the model's own layers) makes a plan impossible, and the reason is the answer. What
is known only as a symbol gets a number; data that nobody has is generated with a task whose answer is known.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lstmlint.api import Claim, Cure, Experiment, Facts, Lookup
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Array, Const, Reference, Value
from lstmlint.keras_model.graph import Model, Node, Shape
from lstmlint.keras_model.training import Compile, Run
from lstmlint.verify.amounts import fewer, head, numbers, own_data, several, updates
from lstmlint.verify.changes import applies_to_arguments, apply_change, up_to
from lstmlint.verify.choose import choose, vocabulary
from lstmlint.verify.controls import narrowed, without_refused
from lstmlint.verify.lookups import plan_lookup
from lstmlint.verify.rebuild import Rebuilder
from lstmlint.verify.resets import resets
from lstmlint.verify.schema import (
    CLAIMS,
    DTYPES,
    LOSSES,
    OPTIMIZERS,
    ArrayPlan,
    DataPlan,
    Plan,
    ProgramPlan,
    TrainingPlan,
)
from lstmlint.verify.sizes import MOST_PARAMETERS, Sizes, Unplannable, parameters
from lstmlint.verify.validate import PlanError, check_plan

#: Weight updates that a program gets at least and at most, so that a slow start is not taken for a mistake.
LEAST_UPDATES, MOST_UPDATES = 300, 3000
#: Samples of generated data: enough for a task, few enough for seconds.
SAMPLES = 18
#: A generated task says nothing about the program's own optimizer: every program learns it with the same quick one.
GENERATED_UPDATES, GENERATED_OPTIMIZER, GENERATED_RATE = 400, "adam", 0.01
#: Samples taken for a crash or a probe where the program has more.
FEW = 96


@dataclass(slots=True)
class Planner:
    """Plans one experiment under one choice of sizes."""

    experiment: Experiment
    facts: Facts
    sizes: Sizes
    rebuilder: Rebuilder

    def plan(self, number: int, seeds: Sequence[int]) -> Plan:
        """Raises Unplannable with the reason where the finding cannot be put to the test."""
        choose(self.sizes, self.model, self.run)
        self._affordable()
        written = self._program()
        programs = [written, *(self._cured(written, cure) for cure in self.experiment.cures)]
        if self._steps_only and not self.experiment.cures:
            programs += self._controls(written)
        if self.experiment.claim is Claim.CANNOT_LEARN:
            programs = [self._long_enough(self._quick(program), written) for program in programs]
        plan: Plan = {
            "id": number,
            "claim": self.experiment.claim.value,
            "probe": self.experiment.probe,
            "seeds": list(seeds),
            "floor": self.experiment.floor,
            "programs": programs,
            "doubt": self._doubt,
            "notes": [],
        }
        plan["notes"] = [*dict.fromkeys((*self.rebuilder.notes, *self.sizes.chosen))][:64]
        try:
            return check_plan(plan)
        except PlanError as error:
            raise Unplannable(str(error)) from None

    @property
    def run(self) -> Run | None:
        """The run that is planned: none where its data are not known and the model alone can tell."""
        return None if self._substituted else self.experiment.run

    @property
    def _doubt(self) -> str:
        if self._substituted:
            return "on data of the model's own shape; the program's are not known"
        if self.run is not None and self.run.data_kind not in ("array", "unknown"):
            return "with whole batches; how the program's own data come is not known"
        if self._steps_only and self.run and self.run.y and not self._y:
            return "without its targets, which are not known"
        return "on Keras 3; the program is for Keras 2" if self.facts.keras == 2 else ""

    @property
    def _substituted(self) -> bool:
        run = self.experiment.run
        known = run is None or all(isinstance(value, Array) and value.shape is not None for value in run.x)
        return self._steps_only and not known

    @property
    def model(self) -> Model:
        return self.experiment.run.model if self.experiment.run else self.experiment.model

    @property
    def compiled(self) -> Compile | None:
        """The compile in force when the run happens."""
        if isinstance(self.model.compiled, Compile):
            return self.model.compiled
        return self.experiment.model.compiled if isinstance(self.experiment.model.compiled, Compile) else None

    @property
    def _steps_only(self) -> bool:
        """Whether one step tells: contents and length of the data do not matter then."""
        return self.experiment.claim is Claim.RAISES

    def _affordable(self) -> None:
        weights = parameters(self.model, self.sizes)
        if weights > MOST_PARAMETERS:
            raise Unplannable(
                f"the model has about {weights:,} parameters, more than the {MOST_PARAMETERS:,} trained here"
            )

    def _program(self) -> ProgramPlan:
        training = self._training()
        return {
            "name": "as written",
            "model": self.rebuilder.model(self.model),
            "data": self._data(training),
            "training": training,
            "lookup": [],
        }

    def _cured(self, written: ProgramPlan, cure: Cure) -> ProgramPlan:
        program = written
        for change in cure.changes:
            program = apply_change(program, change)
        return {**program, "name": cure.name}

    def _quick(self, program: ProgramPlan) -> ProgramPlan:
        if own_data(program):
            return program
        self.rebuilder.notes.append(f"generated data, {GENERATED_OPTIMIZER} at {GENERATED_RATE:g}")
        rate = {"learning_rate": GENERATED_RATE}
        training = {**program["training"], "optimizer": GENERATED_OPTIMIZER, "optimizer_arguments": rate}
        return {**program, "training": training}  # type: ignore[typeddict-item]

    def _long_enough(self, program: ProgramPlan, written: ProgramPlan) -> ProgramPlan:
        """Every program as many weight updates as the one as written, within bounds."""
        training, least = program["training"], LEAST_UPDATES if own_data(program) else GENERATED_UPDATES
        wanted = min(max(updates(written) * written["training"]["epochs"], least), MOST_UPDATES)
        batches = updates(program)
        epochs = min(max(training["epochs"], -(-wanted // batches)), max(MOST_UPDATES // batches, 1))
        if epochs != training["epochs"]:
            self.rebuilder.notes.append(f"{program['name']}: {epochs} epochs instead of {training['epochs']}")
        return {**program, "training": {**training, "epochs": epochs}}

    def _controls(self, written: ProgramPlan) -> Iterator[ProgramPlan]:
        """Without a cure, what shows the cause: the layers before the one that is refused, or data as the model
        asks."""
        training: TrainingPlan = {**written["training"], "method": "build"}
        refused = self.model.problem
        if refused is not None:
            yield from self._without(refused, {**written, "training": training})
        elif self.run is not None:
            x = [self.array(self._input_array(tensor.shape)) for tensor in self.model.inputs]
            data: DataPlan = {**written["data"], "x": x, "y": []}
            yield {**written, "name": "data as the model asks", "data": data, "training": training}

    def _without(self, refused: Node, written: ProgramPlan) -> Iterator[ProgramPlan]:
        """Programs that lack what is refused, as far as they can be planned."""
        prefix = list(up_to(refused.layer, written)) if not refused.state else []
        yield from prefix
        for name, model in () if prefix else without_refused(self.model, refused):
            with contextlib.suppress(Unplannable):
                x = [self.array(self._input_array(tensor.shape)) for tensor in model.inputs]
                data: DataPlan = {**written["data"], "x": x, "y": []}
                yield {**written, "name": name[:200], "model": self.rebuilder.model(model), "data": data}

    def _training(self) -> TrainingPlan:
        losses = self._losses()
        method = self.run.method if self.run else "build"
        if method in ("fit", "evaluate", "train_on_batch", "test_on_batch") and not (losses and self._y):
            method = "predict" if self._steps_only else method
        return {
            "method": method,
            "loss": losses,
            "from_logits": bool(self.compiled and self.compiled.from_logits),
            "optimizer": self._optimizer(),
            "optimizer_arguments": dict(self._optimizer_arguments()),
            "batch_size": self._batch_size(),
            "epochs": self._epochs(),
            "order": self._order(),
            "resets": resets(self.facts, self.model, self.run),
        }

    def _losses(self) -> list[str]:
        if self.compiled is None:
            return []
        known = [loss for loss in self.compiled.losses if loss in LOSSES]
        if len(known) < len(self.compiled.losses):
            if self._steps_only:
                return []
            raise Unplannable("the loss is not known")
        return known

    def _optimizer(self) -> str:
        name = ((self.compiled.optimizer if self.compiled else None) or "").lower()
        if name in OPTIMIZERS:
            return name
        if self.compiled and not self._steps_only:
            self.rebuilder.notes.append("the optimizer is not known here: adam")
        return "adam"

    def _optimizer_arguments(self) -> Iterator[tuple[str, float]]:
        """The learning rate, where the optimizer was made with one."""
        given = self.compiled.arguments.get("optimizer") if self.compiled else None
        for name in ("learning_rate", "lr"):
            value = given.fields.get(name) if isinstance(given, Reference) else None
            if isinstance(value, Const) and isinstance(value.value, (int, float)) and 0 < value.value < 1000:
                yield "learning_rate", float(value.value)
                return

    def _batch_size(self) -> int:
        if self.run and self.run.batch_size is not None:
            return max(self.sizes.number(self.run.batch_size), 1)
        return self._fixed_batch() if self._fixed_batch() > 1 else 32

    def _epochs(self) -> int:
        """Passes over the data: the epochs of one fit times the turns of the loops around it."""
        if self.run is None or self._steps_only:
            return 1
        turns = [loop.turns for loop in self.run.loops]
        known = [dim.value for dim in (self.run.epochs or Dim(1), *turns) if dim is not None and dim.value is not None]
        return max(math.prod(known), 1)

    def _order(self) -> str:
        return "ordered" if self.run is None or self.run.shuffle is False else "shuffled"

    def _data(self, training: TrainingPlan) -> DataPlan:
        x, y = ([self.array(value) for value in part] for part in (self._x, self._y))
        for array, value, tensor in zip(x, self._x, self.model.inputs, strict=False):
            ids = vocabulary(self.model, tensor, self.sizes)
            if ids and getattr(value, "high", None) is None:
                array["high"] = ids - 1e-6
            if ids and self.experiment.task == "largest":
                array |= {"values": None, "low": array["high"]}
        for loss, array, tensor in zip(training["loss"], y, self.model.outputs, strict=False):
            if loss == "sparse_categorical_crossentropy" and tensor.shape and tensor.shape[-1] is not None:
                array["classes"] = max(self.sizes.number(tensor.shape[-1]), 1)
            if self.experiment.task == "largest label":
                array |= {"values": None, "low": array["high"], "classes": None}
        if self.run is not None and (self.run.data_kind not in ("array", "unknown") or self._one_batch):
            x, y = ([several(array) for array in part] for part in (x, y))
        own = all(array["values"] is not None for array in (*x, *y))
        task = "learnable" if own else self.experiment.task  # own data ask for nothing else: evidence can be shared
        data: DataPlan = {"x": x, "y": y, "task": task, "steps": []}
        return self._cut(data, math.lcm(training["batch_size"], self._fixed_batch()))

    @property
    def _one_batch(self) -> bool:
        """Whether the run is given a single batch, and several are wanted."""
        return self.experiment.probe == "batches" and self.run is not None and self.run.method == "train_on_batch"

    def _fixed_batch(self) -> int:
        """The batch size that the model is built for, 1 where it takes any: a cut must leave the same rest of both."""
        shape = self.model.input_shape
        return 1 if not shape or shape[0] is None else max(self.sizes.number(shape[0]), 1)

    @property
    def _x(self) -> tuple[Value, ...]:
        if self.run and self.run.x:
            return self.run.x
        return tuple(self._input_array(tensor.shape) for tensor in self.model.inputs)

    @property
    def _y(self) -> tuple[Value, ...]:
        y = self.run.y if self.run and self.run.method != "predict" else ()
        known = all(isinstance(value, Array) and value.shape is not None for value in y)
        return y if known or not self._steps_only else ()

    def _input_array(self, shape: Shape | None) -> Value:
        """Data as the model's Input asks for, where the program trains nothing."""
        if shape is None:
            raise Unplannable("the shape of an input is not known")
        first, *rest = shape
        turns = 1 if self._steps_only else 2  # state is carried from one batch to the next
        samples = Dim(8) if first is None else first * turns
        return Array((samples, *(Dim(6) if dim is None else dim for dim in rest)), "float32")

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
        whole = known or self._steps_only or self.model.stateful is not False
        kept = fewer(count, batch, FEW if known or self._steps_only else SAMPLES, 2 if self.model.stateful else 1)
        if not whole and kept > batch:
            kept -= kept % batch
        if not 0 < kept < count:
            return data
        self.rebuilder.notes.append(f"{kept} of {count:,} samples")
        return {**data, "x": [head(a, kept) for a in data["x"]], "y": [head(a, kept) for a in data["y"]]}


def make_plan(
    experiment: Experiment | Lookup, facts: Facts, number: int = 0, seeds: Sequence[int] = (0, 1), shift: int = 0
) -> Plan:
    """The plan of an experiment; ``shift`` takes other numbers for sizes that are not known. Raises Unplannable."""
    if isinstance(experiment, Lookup):
        return plan_lookup(experiment, number, seeds)
    if experiment.claim.value not in CLAIMS:
        raise Unplannable(f"whether it {experiment.claim.value} is not tested by training")
    try:
        return _planned(experiment, facts, number, seeds, shift)
    except Unplannable:
        narrow = narrowed(experiment)
        if narrow is None:
            raise
        return _planned(narrow, facts, number, seeds, shift)


def _planned(experiment: Experiment, facts: Facts, number: int, seeds: Sequence[int], shift: int) -> Plan:
    sizes = Sizes(shift)
    names = (change.name for cure in experiment.cures for change in cure.changes if applies_to_arguments(change))
    planner = Planner(experiment, facts, sizes, Rebuilder(sizes, frozenset(names)))
    return planner.plan(number, seeds)
