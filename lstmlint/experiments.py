"""What an experiment can show about a finding, and how it is to be made: the words between rules and the verifier."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from lstmlint.keras_model.graph import Model
from lstmlint.keras_model.training import Run
from lstmlint.text.source import Span

#: Scalers whose arithmetic the verifier has.
SCALERS = frozenset({"MinMaxScaler", "StandardScaler", "MaxAbsScaler", "RobustScaler", "QuantileTransformer"})


class Claim(Enum):
    """What an experiment can show about a finding."""

    RAISES = "raises"
    CANNOT_LEARN = "cannot learn"
    TRAINS_SOMETHING_ELSE = "trains something else"
    STATE_MATTERS = "state matters"
    STATE_DOES_NOT_MATTER = "state does not matter"
    PADDING_COUNTS = "padding counts"
    REMEMBERS_NOTHING = "remembers nothing"
    MIXES_SAMPLES = "mixes samples"
    CANNOT_REACH = "cannot reach its targets"
    SCRAMBLES = "scrambles values"
    LEAKS = "leaks"
    BECOMES_NAN = "becomes nan"


@dataclass(frozen=True, slots=True)
class Change:
    """One step from the program as written to a cured one, from a closed list that the verifier knows.

    ``kind``: ``layer-argument`` (``target`` a layer's call span, ``name``, ``value``), ``drop-argument`` (``target``,
    ``name``), ``drop-layer`` (``target``), ``insert-layer`` (``name`` the kind, ``value`` its arguments as a dict;
    before the layer at ``target``, last where there is none), ``follow-layer`` (the same,
    behind it), ``input-shape`` (``value`` without the batch axis, None
    to keep it; ``name="batch_size"`` fixes the training's batch size as well), ``drop-input-axis`` (the first axis of
    input number ``value`` goes), ``all-inputs`` (those that the outputs need, and the model is not told of),
    ``merge-samples`` (one sequence of all the samples, every step returned),
    ``make-stateful`` (batch of one, ordered, state reset after each epoch),
    ``training`` (``name``: shuffle, batch_size, epochs, loss, optimizer, method, or resets, which is never, epoch or
    batch; ``value``), ``x-shape`` and ``y-shape`` (generated data of that shape, ``"n"`` standing for the samples),
    ``labels`` (generated labels below ``value``),
    ``handed`` (how the part ``name`` is handed to Keras, ``value`` as in a data step; None for an array by itself),
    ``reshape-x`` and ``reshape-y`` (``value`` the whole new shape, -1 allowed once), ``data-steps`` (``value`` what is
    done to the arrays instead, ``("pad", number)`` or nothing). ``value`` is plain data.
    """

    kind: str
    target: Span | None = None
    name: str = ""
    value: Any = None


@dataclass(frozen=True, slots=True)
class Cure:
    """A program in which the mistake is gone: ``name`` for people, ``changes`` in order."""

    name: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Experiment:
    """How to put a finding to the test: train ``model`` on ``run``'s data as written, and cured.

    ``floor`` is the loss below which the program cannot come, where the rule has computed it. ``task`` says what
    generated data asks for, where the program's own is not known: ``learnable`` (each target follows from its own
    sample), ``previous-sample`` (it follows from the sample before), ``largest`` or ``largest label`` (every id, or
    every label, is the largest there is).
    ``probe`` says what a claim about state compares: the outputs before and after a ``reset``, of batches in ``order``
    and shuffled, of the first and the second of two ``passes`` over the data, of ``batches`` that follow one another
    and that start from zeros, of a ``start`` from where the program has left the state and from zeros. A claim that
    something changes the outputs says what is changed: the vector of the ``padding``, the weights of the ``memory``,
    the ``neighbours`` of the first sample, the place where the padding is ``placed``; one about their ``reach`` changes
    the last weights, or leaves the answers ``free``, to be anything that the last activation gives. A claim that Keras
    raises may ask that the data are ``handed`` to it as the program does: by name, in lists, with weights.
    """

    claim: Claim
    model: Model
    run: Run | None = None
    cures: tuple[Cure, ...] = ()
    floor: float | None = None
    task: str = "learnable"
    probe: str = "reset"


@dataclass(frozen=True, slots=True)
class Lookup:
    """How to put to the test that Keras has no such name, or takes no such argument: by asking the installed one.

    ``name`` is canonical (``Model.predict_classes``, ``keras.layers.CuDNNLSTM``); ``argument`` is what it does not
    take, empty where the name itself is gone; ``instead`` is the name, or the argument, that took the place.
    """

    name: str
    argument: str = ""
    instead: str = ""

    @property
    def claim(self) -> Claim:
        return Claim.RAISES


@dataclass(frozen=True, slots=True)
class Tagged:
    """How to put to the test where values land: numbers that tell their own place are sent the program's way.

    ``way`` is one that ``verify/tags.py`` knows, ``written`` and ``cured`` its arguments: numbers, lists of sizes and
    words. ``cure`` names the second for people. Under ``Claim.RAISES`` it is a call that ``verify/refusals.py`` knows,
    which is tried on values made for it.
    """

    claim: Claim
    way: str
    written: tuple[Any, ...]
    cured: tuple[Any, ...]
    cure: str


def call_refused(way: str, written: tuple[Any, ...], cured: tuple[Any, ...], cure: str) -> Tagged:
    """That Keras, or TensorFlow under it, raises at a call, whatever the program's own values are."""
    return Tagged(Claim.RAISES, way, written, cured, cure)


def handed_otherwise(run: Run, part: str, name: str, *value: Any) -> Experiment:
    """That Keras refuses a run for how one part of its data is handed over, and not for anything else."""
    cure = Cure(name, (Change("handed", name=part, value=value or None),))
    return Experiment(Claim.RAISES, run.model, run, (cure,), probe="handed")
