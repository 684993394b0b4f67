"""What callbacks do to the state of a model: before the first batch of a call, after it, between its batches."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.facts import Facts
from lstmlint.interpreter.attributes import class_member, is_callback, is_followed
from lstmlint.interpreter.values import Choice, Const, Function, Reference, Sequence, Unknown, Value
from lstmlint.keras_model.training import Run
from lstmlint.questions.state import resets_that_may

BATCH_HOOKS = frozenset({"on_batch_begin", "on_train_batch_begin", "on_batch_end", "on_train_batch_end"})
#: Before the first batch, and after the last one, of a whole call of ``fit``.
_ONCE = frozenset({"on_train_begin", "on_train_end"})
#: What holds others, which are not asked.
_SEVERAL = "keras.callbacks.CallbackList"


def unseen_callbacks(run: Run) -> bool:
    """Whether a call is given callbacks that are not known; they may reset states."""
    return not all(map(_is_known, _callbacks(run.arguments.get("callbacks"))))


def _callbacks(given: Value | None) -> tuple[Value, ...]:
    if isinstance(given, Sequence):
        return given.items if given.items is not None else (Unknown("callbacks"),)
    return () if given is None else (given,)


def _is_known(callback: Value) -> bool:
    """Whether all that a callback does has been followed."""
    match callback:
        case Const(value=None):
            return True
        case Choice(options=options):
            return all(not isinstance(one, Reference) and _is_known(one) for one in options)
        case Reference(kind="object", type=owner):
            sets_out = isinstance(class_member(owner, "set_model"), Function)
            return is_callback(owner) and is_followed(owner) and not sets_out
        case Reference(kind=kind, fields=fields) if kind.startswith("keras.callbacks.") and kind != _SEVERAL:
            return all(isinstance(value, Function | Const) for name, value in fields.items() if name.startswith("on_"))
        case _:
            return False


def hooks_that_reset(run: Run, facts: Facts) -> frozenset[str]:
    """The hooks of the callbacks of a call that reset the model's states, or may."""
    return frozenset(_hooks(run, facts))


def _hooks(run: Run, facts: Facts) -> Iterator[str]:
    for reset in resets_that_may(facts, run.model):
        name = reset.hook_of(run)
        if name is not None:
            yield name


def may_start_anew(run: Run, facts: Facts) -> bool:
    """Whether a call's own callbacks reset before its first batch, or may."""
    return unseen_callbacks(run) or any(name.endswith("_begin") for name in hooks_that_reset(run, facts))


def may_leave_nothing(run: Run, facts: Facts) -> bool:
    """Whether a call's own callbacks reset after its last batch, or may; or after each, so that nothing is carried."""
    names = hooks_that_reset(run, facts)
    return unseen_callbacks(run) or any(name.endswith("_end") or "batch" in name for name in names)


def resets_between_epochs(run: Run, facts: Facts) -> bool:
    """Whether the callbacks of a fit reset between two passes over its data."""
    return bool(hooks_that_reset(run, facts) - _ONCE)


def resets_each_batch(run: Run, facts: Facts) -> bool:
    return bool(hooks_that_reset(run, facts) & BATCH_HOOKS)
