"""Labels that start at 1, or pass the number of classes."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    ArgumentSite,
    Array,
    Change,
    Claim,
    Confidence,
    Cure,
    Dim,
    Edit,
    Experiment,
    Facts,
    Finding,
    Fix,
    Label,
    LibraryCall,
    Rule,
    Run,
    Safety,
    Severity,
    Size,
    Vocabulary,
    argument_of,
    certain_bounds,
    is_none,
    loss_of_output,
    made_here,
    words_left_out,
)

rule = Rule(code="LST312", name="labels-out-of-range", severity=Severity.ERROR, since="0.1.0")

SPARSE = "sparse_categorical_crossentropy"


@rule.on(LibraryCall)
def to_categorical(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    if call.name != "keras.utils.to_categorical" or call.conditional or call.call.span.path != facts.source.path:
        return
    labels = next((call.arguments[name] for name in ("x", "y") if not is_none(call.arguments[name])), None)
    site = call.call.positional(0) or call.call.keyword("x") or call.call.keyword("y")
    given = call.arguments.get("num_classes")
    classes = getattr(given, "value", None)
    bounds = certain_bounds(labels) if isinstance(labels, Array) else None
    if isinstance(given, Size) and labels and (found := words_left_out(labels, given.dim, facts)) is not None:
        yield words_finding(call, *found)
    if site is None or bounds is None or not isinstance(classes, int) or isinstance(classes, bool) or classes < 1:
        return
    if bounds[1] >= classes:
        number = call.call.keyword("num_classes") or call.call.positional(1)
        wider = number if number is not None and number.text == str(classes) else None
        yield Finding(
            call.call.span,
            f"labels from {bounds[0]:g} to {bounds[1]:g} do not fit {classes} classes, which are 0 to {classes - 1}: "
            "`to_categorical` raises IndexError",
            Confidence.HIGH,
            label=f"classes 0 to {classes - 1}",
            help=advice(site, bounds, classes),
            labels=where(labels, bounds, facts),
            fix=shifted(site, bounds, classes) or widened(wider, bounds),
            untestable="`to_categorical` raises before a model is asked",
        )


def words_finding(call: LibraryCall, words: Vocabulary, missing: int) -> Finding:
    number = call.call.keyword("num_classes") or call.call.positional(1)
    classes = number.text if number is not None else words.count
    return Finding(
        call.call.span,
        f"words are numbered from 1 to {words.count}, which does not fit {classes} classes, from 0:"
        " `to_categorical` raises IndexError",
        Confidence.HIGH if words.whole else Confidence.MEDIUM,
        label=f"{classes} classes",
        help=f"the number 0 is no word's, but takes a class: `{classes} + {missing}` classes are needed",
        untestable="how many words there are is not in the program",
    )


@rule.on(Run)
def sparse_loss(run: Run, facts: Facts) -> Iterator[Finding]:
    for index, (value, output) in enumerate(zip(run.y, run.model.outputs, strict=False)):
        units = output.shape[-1] if output.shape else None
        bounds = certain_bounds(value) if isinstance(value, Array) else None
        if bounds is None or not isinstance(units, Dim) or units.value is None or run.model.problem is not None:
            continue
        inside = bounds[0] >= 0 and bounds[1] < units.value
        if loss_of_output(run, index) != SPARSE or inside or not run.trains:
            continue
        site = argument_of(run, "y")
        yield Finding(
            run.call.span,
            f"labels from {bounds[0]:g} to {bounds[1]:g} do not fit an output of {counted(units.value)}: "
            f"`{SPARSE}` raises InvalidArgumentError",
            Confidence.HIGH,
            label=f"classes 0 to {units.value - 1}" if units.value > 1 else "class 0 alone",
            help=advice(site, bounds, units.value),
            labels=where(value, bounds, facts),
            fix=shifted(site, bounds, units.value) if len(run.y) == 1 else None,
            experiment=Experiment(Claim.RAISES, run.model, run, (fitting(units.value),), task="largest label")
            if len(run.y) == 1 and bounds[1] >= units.value
            else None,
            untestable="only one output's labels, and only those that are too large, are put to the test",
        )


def counted(classes: int) -> str:
    return "one class, 0" if classes == 1 else f"{classes} classes, which are 0 to {classes - 1}"


def fitting(classes: int) -> Cure:
    return Cure(f"labels below {classes}", (Change("labels", value=classes),))


def from_one(bounds: tuple[float, float], classes: int) -> bool:
    return bounds == (1, classes)


def advice(site: ArgumentSite | None, bounds: tuple[float, float], classes: int) -> str:
    if from_one(bounds, classes):
        return f"count from 0: `{site.text if site else 'y'} - 1`"
    return f"labels count from 0, so {int(bounds[1]) + 1} classes are needed for a largest label of {bounds[1]:g}"


def shifted(site: ArgumentSite | None, bounds: tuple[float, float], classes: int) -> Fix | None:
    """``y - 1`` where the labels are 1 to the number of classes."""
    if site is None or not from_one(bounds, classes) or not site.text.replace(".", "").isidentifier():
        return None
    return Fix("count the labels from 0", Safety.SAFE, (Edit(site.value, f"{site.text} - 1"),))


def widened(number: ArgumentSite | None, bounds: tuple[float, float]) -> Fix | None:
    if number is None or bounds[0] < 0:
        return None
    classes = str(int(bounds[1]) + 1)
    return Fix(f"make room for {classes} classes", Safety.SAFE, (Edit(number.value, classes),))


def where(value: object, bounds: tuple[float, float], facts: Facts) -> tuple[Label, ...]:
    place = made_here(value, facts)
    return (Label(place, f"{bounds[0]:g} to {bounds[1]:g}"),) if place is not None else ()
