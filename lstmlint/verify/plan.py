"""A finding's experiment as plain data: the program as written, and each cured one, for the worker to train.

What is not known (a layer argument, the model's own layers) makes a plan impossible, and the reason is the answer. What
is known only as a symbol gets a number; data that nobody has is generated with a task whose answer is known.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lstmlint.api import Claim, Cure, Experiment, Facts, Lookup, Tagged, refused_forms
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Array
from lstmlint.keras_model.graph import Model, Node
from lstmlint.keras_model.training import Compile, Run
from lstmlint.questions.own_losses import as_model
from lstmlint.verify.amounts import own_data, updates
from lstmlint.verify.changes import applies_to_arguments, apply_change, up_to
from lstmlint.verify.choose import choose
from lstmlint.verify.compiling import known_optimizer, learning_rate
from lstmlint.verify.controls import narrowed, without_refused
from lstmlint.verify.lookups import plan_lookup, plan_tagged
from lstmlint.verify.planned_data import OF_THE_MODEL, DataPlanner
from lstmlint.verify.rebuild import Rebuilder
from lstmlint.verify.resets import resets, resets_before, undecided
from lstmlint.verify.schema import (
    LOSSES,
    OWN_LOSS,
    DataPlan,
    ModelPlan,
    Plan,
    ProgramPlan,
    TrainingPlan,
)
from lstmlint.verify.sizes import MOST_PARAMETERS, Sizes, Unplannable, parameters
from lstmlint.verify.validate import PlanError, check_plan

#: Weight updates that a program gets at least and at most, so that a slow start is not taken for a mistake.
LEAST_UPDATES, MOST_UPDATES = 300, 3000
#: A generated task says nothing about the program's own optimizer: every program learns it with the same quick one.
GENERATED_UPDATES, GENERATED_OPTIMIZER, GENERATED_RATE = 400, "adam", 0.01


#: The doubt about what Keras 3 says to a program for Keras 2.
OTHER_KERAS = "on Keras 3; the program is for Keras 2"


@dataclass(slots=True)
class Planner:
    """Plans one experiment under one choice of sizes."""

    experiment: Experiment
    facts: Facts
    sizes: Sizes
    rebuilder: Rebuilder

    def plan(self, number: int, seeds: Sequence[int]) -> Plan:
        """Raises Unplannable with the reason where the finding cannot be put to the test."""
        unknown = undecided(self.experiment, self.facts)
        if unknown:
            raise Unplannable(unknown)
        choose(self.sizes, self.model, self.run)
        self._affordable()
        written = self._program()
        programs = [written, *self._cures(written)]
        if self._steps_only and not self.experiment.cures:
            programs += self._controls(written)
        if self.experiment.claim is Claim.CANNOT_LEARN:
            programs = [self._long_enough(self._quick(program, written), written) for program in programs]
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
        if self._steps_only and self.run and self.run.y and not self._material.y:
            return "without its targets, which are not known"
        return OTHER_KERAS if self.facts.keras == 2 else ""

    @property
    def _substituted(self) -> bool:
        run = self.experiment.run
        known = run is None or all(isinstance(value, Array) and value.shape is not None for value in run.x)
        if run is not None and refused_forms(run, self.facts.keras):
            return False
        taken_apart = run is not None and run.data_kind == "unknown"
        return self.experiment.claim in OF_THE_MODEL and (taken_apart or not known)

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
    def _material(self) -> DataPlanner:
        return DataPlanner(self.experiment, self.facts, self.model, self.run, self.sizes, self.rebuilder.notes)

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
            "data": self._material.data(training),
            "training": training,
            "lookup": [],
            "tags": [],
        }

    def _cures(self, written: ProgramPlan) -> Iterator[ProgramPlan]:
        """The cures that can be planned; raises Unplannable where there are some and none can."""
        reason, planned = None, 0
        for cure in self.experiment.cures:
            try:
                yield self._cured(written, cure)
                planned += 1
            except Unplannable as why:
                reason = why
        if reason is not None and not planned:
            raise reason

    def _cured(self, written: ProgramPlan, cure: Cure) -> ProgramPlan:
        program = written
        for change in cure.changes:
            program = apply_change(program, change)
        return {**program, "name": cure.name}

    def _quick(self, program: ProgramPlan, written: ProgramPlan) -> ProgramPlan:
        """A quick optimizer where the data are not the program's, or its training is too short to show anything."""
        own, trained = own_data(program), updates(written) * written["training"]["epochs"]
        if own and trained >= LEAST_UPDATES:
            return program
        what = "few updates" if own else "generated data"
        self.rebuilder.notes.append(f"{what}, {GENERATED_OPTIMIZER} at {GENERATED_RATE:g}")
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
            x = [self._material.array(self._material.input_array(tensor.shape)) for tensor in self.model.inputs]
            data: DataPlan = {**written["data"], "x": x, "y": [], "steps": []}
            yield {**written, "name": "data as the model asks", "data": data, "training": training}

    def _without(self, refused: Node, written: ProgramPlan) -> Iterator[ProgramPlan]:
        """Programs that lack what is refused, as far as they can be planned."""
        prefix = list(up_to(refused.layer, written)) if not refused.state else []
        yield from prefix
        for name, model in () if prefix else without_refused(self.model, refused):
            with contextlib.suppress(Unplannable):
                x = [self._material.array(self._material.input_array(tensor.shape)) for tensor in model.inputs]
                data: DataPlan = {**written["data"], "x": x, "y": []}
                yield {**written, "name": name[:200], "model": self.rebuilder.model(model), "data": data}

    def _training(self) -> TrainingPlan:
        losses, own_loss = self._losses()
        method = self.run.method if self.run else "build"
        if method in ("fit", "evaluate", "train_on_batch", "test_on_batch") and not (losses and self._material.y):
            parts = {change.name for cure in self.experiment.cures for change in cure.changes}
            if self.experiment.probe == "handed" and parts != {"x"}:
                raise Unplannable("the losses are not known, and how targets are handed over shows with them only")
            method = "predict" if self._steps_only else method
        return {
            "method": "build" if method == "call" else method,
            "loss": losses,
            "own_loss": own_loss,
            "from_logits": bool(self.compiled and self.compiled.from_logits),
            "optimizer": self._optimizer_name(),
            "optimizer_arguments": dict(learning_rate(self.compiled)),
            "batch_size": self._batch_size(),
            "epochs": self._epochs(),
            "order": self._order(),
            "resets": self._resets(),
        }

    def _resets(self) -> str:
        if self.experiment.probe == "start" and self.experiment.run is not None:
            return resets_before(self.facts, self.experiment.run)
        return resets(self.facts, self.model, self.run)

    def _losses(self) -> tuple[list[str], ModelPlan | None]:
        """The names of the losses, and the one of the program's own."""
        if self.compiled is None:
            return [], None
        known = [loss for loss in self.compiled.losses if loss in LOSSES]
        if len(known) == len(self.compiled.losses):
            return known, None
        own = self._own_loss()
        if own is None and not self._steps_only:
            raise Unplannable("the loss is not known")
        return ([OWN_LOSS] if own is not None else []), own

    def _own_loss(self) -> ModelPlan | None:
        """The one loss of the program's own, where it can be made of operations.

        A shape inside it would be that of one batch, and what a training comes to by it has no floor that is known.
        """
        alone = as_model(self.run.loss, self.run.call.span) if self.run is not None else None
        if alone is None or self.experiment.claim is Claim.CANNOT_LEARN or len(self.model.outputs) != 1:
            return None
        with contextlib.suppress(Unplannable):
            plan = self.rebuilder.model(alone)
            return None if any(one["arguments"].get("name") == "reshape" for one in plan["layers"]) else plan
        return None

    def _optimizer_name(self) -> str:
        name = known_optimizer(self.compiled)
        if name is None and self.compiled and not self._steps_only:
            self.rebuilder.notes.append("the optimizer is not known here: adam")
        return name or "adam"

    def _batch_size(self) -> int:
        if self.run and self.run.batch_size is not None:
            return max(self.sizes.number(self.run.batch_size), 1)
        first = next(iter(self.run.x), None) if self.run and self.run.data_kind not in ("array", "unknown") else None
        if isinstance(first, Array) and first.shape:
            return max(self.sizes.number(first.shape[0]), 1)  # what a dataset gives is a batch
        return self._material.fixed_batch() if self._material.fixed_batch() > 1 else 32

    def _epochs(self) -> int:
        """Passes over the data: the epochs of one fit times the turns of the loops around it."""
        if self.run is None or self._steps_only:
            return 1
        turns = [loop.turns for loop in self.run.loops]
        known = [dim.value for dim in (self.run.epochs or Dim(1), *turns) if dim is not None and dim.value is not None]
        return max(math.prod(known), 1)

    def _order(self) -> str:
        return "ordered" if self.run is None or self.run.shuffle is False else "shuffled"


def make_plan(
    experiment: Experiment | Lookup | Tagged,
    facts: Facts,
    number: int = 0,
    seeds: Sequence[int] = (0, 1),
    shift: int = 0,
) -> Plan:
    """The plan of an experiment; ``shift`` takes other numbers for sizes that are not known. Raises Unplannable."""
    if isinstance(experiment, Lookup):
        return plan_lookup(experiment, number, seeds)
    if isinstance(experiment, Tagged):
        return plan_tagged(experiment, number, seeds, shift, OTHER_KERAS if facts.keras == 2 else "")
    try:
        return _planned(experiment, facts, number, seeds, shift)
    except Unplannable:
        narrow = narrowed(experiment)
        if narrow is None:
            raise
        return _planned(narrow, facts, number, seeds, shift)


def on_keras_2(plan: Plan) -> Plan:
    """The plan where tf_keras is asked, which is Keras 2."""
    doubt = "" if plan["doubt"] == OTHER_KERAS else plan["doubt"]
    return {**plan, "doubt": doubt, "notes": [*plan["notes"], "on tf_keras, which is Keras 2"]}


def _planned(experiment: Experiment, facts: Facts, number: int, seeds: Sequence[int], shift: int) -> Plan:
    sizes = Sizes(shift)
    names = (change.name for cure in experiment.cures for change in cure.changes if applies_to_arguments(change))
    planner = Planner(experiment, facts, sizes, Rebuilder(sizes, frozenset(names)))
    return planner.plan(number, seeds)
