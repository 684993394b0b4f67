"""Which fit of a tokenizer or encoder gave words and classes the numbers that a model is trained on, or asked about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.values import Value
from lstmlint.keras_model.training import LibraryCall, Run
from lstmlint.questions.provenance import alike, ancestors

_TOKENIZER = "keras.preprocessing.text.Tokenizer."
_ENCODERS = tuple(
    f"sklearn.{module}."
    for module in (
        *(f"preprocessing.{name}" for name in ("LabelEncoder", "OrdinalEncoder", "OneHotEncoder", "LabelBinarizer")),
        *(f"feature_extraction.text.{name}" for name in ("CountVectorizer", "TfidfVectorizer")),
    )
)
_FITS = frozenset({"fit", "fit_transform", "fit_on_texts", "fit_on_sequences"})
_NUMBERS = frozenset({"transform", "fit_transform", "texts_to_sequences", "texts_to_matrix"})
_TAKEN = ("X", "y", "texts", "sequences", "raw_documents")


@dataclass(frozen=True, slots=True, eq=False)
class Renumbered:
    """``asked``, given to ``run``, has the numbers of ``fit``; the model has learned those of ``first``."""

    run: Run
    asked: Value
    fit: LibraryCall
    first: LibraryCall


def renumbered(facts: Facts) -> Iterator[Renumbered]:
    """What models are asked about in other numbers than they are trained on, each fit once."""
    numberings = [call for call in facts.calls if _is(call, _NUMBERS)]
    told: set[int] = set()
    for run in facts.checked_runs if numberings else ():
        for side in ("x", "y") if not run.trains else ():
            for index, asked in enumerate(getattr(run, side)):
                fits = list(_fits(asked, numberings, facts))
                learned = list(_learned(run, side, index, numberings, facts)) if fits else []
                anew = bool(learned) and not any(_same(one, other) for one in fits for other in learned)
                if anew and id(fits[0]) not in told:
                    told.add(id(fits[0]))
                    yield Renumbered(run, asked, fits[0], learned[0])


def _is(call: LibraryCall, methods: frozenset[str]) -> bool:
    owner, _, method = call.name.rpartition(".")
    return method in methods and f"{owner}.".startswith((_TOKENIZER, *_ENCODERS)) and call.receiver is not None


def _learned(run: Run, side: str, index: int, numberings: list[LibraryCall], facts: Facts) -> Iterator[LibraryCall]:
    for one in facts.runs_of(run.model):
        values = getattr(one, side)
        if one.trains and index < len(values):
            yield from _fits(values[index], numberings, facts)


def _fits(value: Value, numberings: list[LibraryCall], facts: Facts) -> Iterator[LibraryCall]:
    """The fits whose numbers a value holds."""
    steps = {id(made) for one in ancestors(value) if (made := getattr(one, "made", None)) is not None}
    for call in numberings:
        if id(getattr(call.result, "made", None)) in steps:
            fits = (fit for fit in facts.calls if fit.receiver is call.receiver and _is(fit, _FITS))
            before = [fit for fit in fits if fit.order <= call.order]
            yield from before[-1:]


def _same(one: LibraryCall, other: LibraryCall) -> bool:
    """The same fit, or one of another object on the very same data."""
    return one is other or (one.receiver is not other.receiver and alike(_taken(one), _taken(other)))


def _taken(fit: LibraryCall) -> Value | None:
    given = (fit.arguments.get(name) for name in _TAKEN)
    return next((value for value in given if value is not None and getattr(value, "value", "") is not None), None)
