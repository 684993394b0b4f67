"""What a loss or metric of the program's own makes of answers: a function from targets and outputs. In the worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lstmlint.verify.arrays import arrays
from lstmlint.verify.assemble import called_on
from lstmlint.verify.backend import np, tf
from lstmlint.verify.schema import ProgramPlan


def asked_alone(program: ProgramPlan, seed: int, probe: str) -> dict[str, Any]:
    """The program's model is the function, its two inputs are the targets and the outputs of one batch.

    It is called on tensors that are there: symbols cannot be cut along the batch.

    ``matched``: its value for outputs that are the targets, and for the same outputs each in the place of another.
    ``unread``: how many samples there are whose outputs it does not move with.
    """
    shapes = [array.shape for array in arrays(program, seed)[0]]
    random = np.random.default_rng(seed)
    truth, guess = (random.uniform(0.1, 0.9, shape).astype("float32") for shape in shapes)
    wanted = tf.constant(truth)
    return _PROBES[probe](lambda one: tf.reduce_mean(called_on(program["model"], (wanted, one))[0]), truth, guess)


def _matched(value: Callable[[Any], Any], truth: Any, guess: Any) -> dict[str, Any]:
    if truth.size != guess.size:
        return {"matched": None, "said": "targets and outputs are of other sizes"}
    perfect = truth.reshape(guess.shape)
    right, mixed = (float(value(tf.constant(one))) for one in (perfect, np.roll(perfect, 1, axis=0)))
    return {
        "matched": right,
        "mixed": mixed,
        "said": f"{right:.3g} for perfect outputs, {mixed:.3g} for those of the next sample",
    }


def _unread(value: Callable[[Any], Any], truth: Any, guess: Any) -> dict[str, Any]:
    given = tf.constant(guess)
    with tf.GradientTape() as tape:
        tape.watch(given)
        made = value(given)
    pull = tape.gradient(made, given)
    pulls = np.zeros(len(guess)) if pull is None else np.abs(pull.numpy()).reshape(len(guess), -1).max(axis=1)
    still = int((pulls == 0).sum())
    return {"unread": still, "samples": len(guess), "said": f"moves with {len(guess) - still} of {len(guess)} samples"}


_PROBES = {"matched": _matched, "unread": _unread}
