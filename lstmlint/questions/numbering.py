"""Which fit of a tokenizer, text layer or encoder gave the numbers that a model is trained on, or asked about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.arrays import from_nested
from lstmlint.interpreter.dims import Dim
from lstmlint.interpreter.values import Array, Const, Reference, Scalar, Value
from lstmlint.keras_model.graph import all_layers
from lstmlint.keras_model.training import LibraryCall, Run
from lstmlint.questions.mixing import TEXT_LAYERS, number_alike, set_by_hand
from lstmlint.questions.provenance import alike, ancestors
from lstmlint.questions.vocabulary import WORDS_GIVEN

_TOKENIZER = "keras.preprocessing.text.Tokenizer."
_ENCODERS = tuple(
    f"sklearn.{module}."
    for module in (
        *(f"preprocessing.{name}" for name in ("LabelEncoder", "OrdinalEncoder", "OneHotEncoder", "LabelBinarizer")),
        *(f"feature_extraction.text.{name}" for name in ("CountVectorizer", "TfidfVectorizer")),
    )
)
#: Those that number classes in the order of their names.
_SORTING = tuple(name for name in _ENCODERS if ".preprocessing." in name)
_FITS = frozenset({"fit", "fit_transform", "fit_on_texts", "fit_on_sequences"})
_NUMBERS = frozenset({"transform", "fit_transform", "texts_to_sequences", "texts_to_matrix"})
_ADAPT, _LOOK_UP = "Layer.adapt", "Layer.__call__"
_TAKEN = ("X", "y", "texts", "sequences", "raw_documents", "data")


@dataclass(frozen=True, slots=True, eq=False)
class Renumbered:
    """``asked``, given to ``run``, has the numbers of ``fit``; the model has learned those of ``first``.

    ``moved`` is a class that certainly has another number, with the one of the training and the one that it has now.
    """

    run: Run
    asked: Value
    fit: LibraryCall
    first: LibraryCall
    moved: tuple[Scalar, int, int] | None = None


def renumbered(facts: Facts) -> Iterator[Renumbered]:
    """What models are asked about in other numbers than they are trained on, each fit once."""
    numberings = [call for call in facts.calls if _is(call, _NUMBERS) or _is_of_layer(call, _LOOK_UP)]
    told: set[int] = set()
    yield from _adapted_again(facts)
    for run in facts.checked_runs if numberings else ():
        for side in ("x", "y") if not run.trains else ():
            for index, asked in enumerate(getattr(run, side)):
                fits = list(_fits(asked, numberings, facts))
                learned = list(_learned(run, side, index, numberings, facts)) if fits else []
                anew = bool(learned) and not any(_same(one, other) for one in fits for other in learned)
                if anew and id(fits[0]) not in told and not any(_alike(fits[0], one) for one in learned):
                    told.add(id(fits[0]))
                    if _once(fits[0], run, facts):
                        yield Renumbered(run, asked, fits[0], learned[0], _moved(fits[0], learned[0]))


def _once(fit: LibraryCall, run: Run, facts: Facts) -> bool:
    """Whether the model is trained outside of each loop that the fit stands in, as folds are not."""
    return not any(set(fit.loops) & set(one.loops) for one in facts.runs_of(run.model) if one.trains)


def _adapted_again(facts: Facts) -> Iterator[Renumbered]:
    """Text layers inside a model that learn other words between its training and its answer."""
    told: set[int] = set()
    adapted = [call for call in facts.calls if _is_of_layer(call, _ADAPT)]
    for run in facts.runs if len(adapted) > 1 else ():
        trained = [one.order for one in facts.runs_of(run.model) if one.trains and one.order < run.order]
        for layer in all_layers(run.model) if trained and not run.trains else ():
            own = [fit for fit in adapted if fit.receiver in (layer, layer.core) and fit.order < run.order]
            before = [fit for fit in own if fit.order < trained[-1]]
            if not before or own[-1] is before[-1] or id(own[-1]) in told or not _once(own[-1], run, facts):
                continue
            told.add(id(own[-1]))
            if _known(own[-1], facts) and not alike(_taken(own[-1]), _taken(before[-1])):
                yield Renumbered(run, layer, own[-1], before[-1])


def _is_of_layer(call: LibraryCall, name: str) -> bool:
    return call.name == name and getattr(call.receiver, "kind", "") in TEXT_LAYERS


def _known(fit: LibraryCall, facts: Facts) -> bool:
    """Whether the numbers are those of the fit: not handed over afterwards, by ``set_weights`` or ``word_index``."""
    if fit.name.startswith(_TOKENIZER):
        return not set_by_hand(fit)
    return not any(call.receiver is fit.receiver for call in facts.calls_to(*WORDS_GIVEN))


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
            fits = (fit for fit in facts.calls if fit.receiver is call.receiver)
            fits = (fit for fit in fits if _is(fit, _FITS) or _is_of_layer(fit, _ADAPT))
            before = [fit for fit in fits if fit.order <= call.order]
            yield from (fit for fit in before[-1:] if _known(fit, facts))


def _same(one: LibraryCall, other: LibraryCall) -> bool:
    """The same fit, or one of another object on the very same data."""
    return one is other or (one.receiver is not other.receiver and alike(_taken(one), _taken(other)))


def _taken(fit: LibraryCall) -> Value | None:
    given = (fit.arguments.get(name) for name in _TAKEN)
    return next((value for value in given if value is not None and getattr(value, "value", "") is not None), None)


def _classes(fit: LibraryCall) -> dict[Scalar, int] | None:
    """The numbers that an encoder gives, where the labels stand in the program: those of the sorted classes."""
    owner, labels = fit.receiver, from_nested(_taken(fit))
    if not fit.name.startswith(_SORTING) or not isinstance(owner, Reference) or not isinstance(labels, Array):
        return None
    column = labels.rank == 1 or (labels.rank == 2 and labels.shape is not None and labels.shape[1] == Dim(1))
    if labels.elements is None or not column or len({type(one) for one in labels.elements}) != 1:
        return None
    if not isinstance(labels.elements[0], str | int):
        return None
    return {label: number for number, label in enumerate(sorted(set(labels.elements)))}  # type: ignore[type-var]


def _moved(fit: LibraryCall, first: LibraryCall) -> tuple[Scalar, int, int] | None:
    now, then = _classes(fit), _classes(first)
    both = ((label, then[label], number) for label, number in (now or {}).items() if then and label in then)
    return next((one for one in both if one[1] != one[2]), None)


def _is_auto(value: Value) -> bool:
    return isinstance(value, Const) and value.value == "auto"


def _alike(fit: LibraryCall, first: LibraryCall) -> bool:
    """Whether two fits certainly give all labels of the one the same numbers; the program may tell them the classes."""
    owners = [one.receiver for one in (fit, first) if isinstance(one.receiver, Reference)]
    if owners and all("categories" in owner.fields and not _is_auto(owner.fields["categories"]) for owner in owners):
        return True
    now, then = _classes(fit), _classes(first)
    return number_alike(fit, first) or (now is not None and then is not None and now.items() <= then.items())
