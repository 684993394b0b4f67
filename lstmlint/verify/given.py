"""What the program's data are besides numbers in a shape: a list, full of holes, or padded."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from lstmlint.api import RAGGED, TEXTS, Claim, Experiment, Facts, gaps, mask_value, refused_forms
from lstmlint.interpreter.values import Array, Const
from lstmlint.keras_model.graph import Model, Node
from lstmlint.keras_model.training import Run
from lstmlint.questions.forms import ARRAYS
from lstmlint.questions.masks import padded_with
from lstmlint.verify.handing import handed
from lstmlint.verify.sizes import Sizes

#: Data steps of the worker, by the form that the facts tell.
_STEPS = {RAGGED: "ragged", TEXTS: "text", ARRAYS: "arrays"}


def steps_of(experiment: Experiment, model: Model, run: Run | None, facts: Facts, sizes: Sizes) -> list[list[Any]]:
    """What is to be done to arrays of numbers so that they are as the facts have them, as far as the claim is of it."""
    if run is None:
        return []
    if experiment.claim is Claim.BECOMES_NAN:
        return [["nan", part] for part in _with_holes(model, run, facts)][:1]
    if experiment.probe == "handed":
        return list(handed(run, sizes))
    if experiment.probe == "placed":
        return [["pad", _filler(model, run, facts)]]
    if experiment.claim is not Claim.RAISES:
        return []
    return [[_STEPS.get(form, "list"), part] for part, form in refused_forms(run, facts.keras).items()]


def _with_holes(model: Model, run: Run, facts: Facts) -> Iterator[str]:
    """The parts that hold nan: those that a shift leaves unfilled, and what a mask that looks for nan is made for."""
    masks = (node for node in model.nodes if node.layer.kind == "Masking")
    if any(_looks_for_nan(node) for node in masks):
        yield "x"
    for part, values in (("x", run.x), ("y", run.y)):
        if any(isinstance(value, Array) and gaps(value, facts) is not None for value in values):
            yield part


def _looks_for_nan(node: Node) -> bool:
    value = node.layer.config["mask_value"]
    return isinstance(value, Const) and isinstance(value.value, float) and math.isnan(value.value)


def _filler(model: Model, run: Run, facts: Facts) -> float:
    """What the program pads with; else what the model masks."""
    first = run.x[0] if run.x else None
    padded = padded_with(first, facts) if isinstance(first, Array) else None
    masks = (mask_value(node) for node in model.nodes if node.layer.kind == "Masking")
    filler = padded[1] if padded is not None else next((one for one in masks if one is not None), 0.0)
    return 0.0 if math.isnan(filler) else filler
