"""What one session of a program saves and the next one loads, while the numbers of its texts differ between the two."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.unordered import unordered_texts
from lstmlint.interpreter.values import Const, Made, Mapped, Reference, Sequence, Value
from lstmlint.keras_model.training import LibraryCall, Run
from lstmlint.questions.names import path_in, same_path
from lstmlint.questions.provenance import alike, ancestors

_SAVES = ("Model.save", "Model.save_weights", "keras.models.save_model", "keras.saving.save_model")
_LOADS = ("keras.models.load_model", "keras.saving.load_model", "Model.load_weights")
#: What may write the numbers down, or keep the order of a set.
_KEEPS = re.compile(
    r"pickle|json|joblib|dill|yaml|shelve|csv|sql|PYTHONHASHSEED|\.write|savez|savetxt|np\.save|numpy\.save|dump"
)


@dataclass(frozen=True, slots=True, eq=False)
class Renumbered:
    """``numbered`` gives texts of a set their numbers; the model of ``load`` has learned those of another session."""

    numbered: Made
    load: LibraryCall
    save: LibraryCall
    run: Run


def numbered_by_session(facts: Facts) -> Iterator[Renumbered]:
    """Numbers of texts in the order of a set, that a model of an earlier session is asked by."""
    pair = _carried(facts) if not _KEEPS.search(facts.source.text) else None
    if pair is None:
        return
    load, save = pair
    trained = {id(made) for run in facts.runs if run.trains for made in _numbered(run)}
    told: set[int] = set()
    for run in facts.runs:
        for made in _numbered(run) if not run.trains and run.order > load.order else ():
            if id(made) in trained and id(made) not in told:
                told.add(id(made))
                yield Renumbered(made, load, save, run)


def _carried(facts: Facts) -> tuple[LibraryCall, LibraryCall] | None:
    """A model is loaded from a file that only this program writes, later on: so an earlier session wrote it."""
    if any(call.name.endswith("ModelCheckpoint") for call in facts.calls):
        return None
    first = min(facts.alone, default=None)
    saves = [call for call in facts.calls_to(*_SAVES) if first is None or call.order < first]
    for load in facts.calls_to(*_LOADS):
        same = [save for save in saves if _same_file(save, load)]
        later = bool(same) and all(save.order > load.order and not set(save.loops) & set(load.loops) for save in same)
        if later and load.conditional and (first is None or load.order < first):
            return load, same[0]
    return None


def _same_file(save: LibraryCall, load: LibraryCall) -> bool:
    one, other = path_in(save), path_in(load)
    written = isinstance(one, Const) and isinstance(other, Const)
    return same_path(one, other) or (one is not None and not written and alike(one, other))


def _numbered(run: Run) -> Iterator[Made]:
    """Where the texts were numbered, in the order of a set, by whose numbers the data of a run are made."""
    for value in run.x:
        for one in ancestors(value):
            made = getattr(one, "made", None)
            source = made.sources[0] if made is not None and made.operation == "index" and made.sources else None
            if isinstance(source, Reference) and isinstance(content := source.fields.get("content"), Mapped):
                yield from _numbers_of(content)


def _numbers_of(content: Mapped) -> Iterator[Made]:
    for number in (content.default, *(value for _, value in content.items[:1])):
        made = getattr(number, "made", None)
        if isinstance(made, Made) and made.operation == "builtins.enumerate" and _in_no_order(made.sources[0]):
            yield made


def _in_no_order(texts: Value) -> bool:
    return isinstance(texts, Sequence) and unordered_texts(texts)
