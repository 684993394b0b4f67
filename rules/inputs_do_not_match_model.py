"""The arrays given for the inputs or outputs are not the model's, by their number or by their names."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    SCORED,
    Claim,
    Confidence,
    Experiment,
    Facts,
    Finding,
    Label,
    Mapped,
    Rule,
    Run,
    Severity,
    Value,
    argument_of,
    handed_otherwise,
    input_names,
    inputs_left_out,
    output_names,
    parts,
    shape_text,
)

rule = Rule(code="LST114", name="inputs-do-not-match-model", severity=Severity.ERROR, since="0.1.0")


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    model = run.model
    if model.opaque or not model.complete or run.turn > 1 or run.data_kind != "array" or any(inputs_left_out(model)):
        return
    for word, where, given, wanted in _counted(run):
        one_for_all = facts.keras == 2 and word == "output" and given == 1
        if given is not None and given != wanted and not one_for_all:
            yield _finding(run, word, where, given, wanted)
            return


@rule.on(Run)
def check_names(run: Run, facts: Facts) -> Iterator[Finding]:
    """Dicts whose keys are not the names of the inputs or outputs."""
    model = run.model
    if model.opaque or not model.complete or model.kind != "functional" or run.turn > 1 or facts.keras == 2:
        return
    for where, value, names in (("x", run.x_value, input_names(model)), ("y", run.y_value, output_names(model))):
        given = _keys(value)
        missing = [name for name in names if name not in given] if given and names else []
        if missing and (where == "x" or run.method in SCORED):
            whole = len(names) == len(model.inputs if where == "x" else model.outputs)
            named = handed_otherwise(run, where, "the model's own names", "dict", *names) if whole else None
            yield _misnamed(run, where, missing[0], given, named)
            return


@rule.on(Run)
def check_losses(run: Run, facts: Facts) -> Iterator[Finding]:
    """A dict of losses has one for each output, by its name, and no other."""
    model, compiled = run.model, run.model.compiled
    if model.opaque or not model.complete or model.kind != "functional" or run.turn > 1 or facts.keras == 2:
        return
    names, given = output_names(model), _keys(compiled.arguments.get("loss")) if compiled is not None else []
    missing = next((name for name in names if name not in given), None)
    if given and missing is not None and run.trains and next(facts.runs_of(model), None) is run:
        yield _misnamed(run, "loss", missing, given, None)


def _keys(value: Value | None) -> list[str]:
    if not isinstance(value, Mapped) or value.open:
        return []
    return [str(key.value) for key, _ in value.items]


def _misnamed(run: Run, where: str, missing: str, given: list[str], experiment: Experiment | None) -> Finding:
    word, compiled = "input" if where == "x" else "output", run.model.compiled
    keys = ", ".join(repr(key) for key in given[:4])
    of_loss = where == "loss" and compiled is not None
    labels = [Label(run.model.span, f"has the {word} `{missing}`"), *([Label(run.call.span, "raises here")] * of_loss)]
    return Finding(
        compiled.call.span if of_loss and compiled is not None else run.call.span,
        f"the model has an {word} `{missing}`, but the dict for `{where}` has the keys {keys}: Keras refuses it",
        Confidence.HIGH,
        label=f"nothing for `{missing}`",
        help=f"name each {'loss' if of_loss else 'array'} as the {word} it belongs to: `{missing}` is missing",
        labels=tuple(labels),
        experiment=experiment,
        untestable="" if experiment is not None else "names that the program does not write are not planned",
    )


def _counted(run: Run) -> Iterator[tuple[str, str, int | None, int]]:
    """What is counted, where it stands, how many there are and how many the model has."""
    inputs, outputs = len(run.model.inputs), len(run.model.outputs)
    yield "input", "x", _count(run.x_value), inputs
    if run.method in SCORED:
        yield "output", "y", _count(run.y_value), outputs
    validation = run.validation_data or ()
    if len(validation) >= 2:
        yield "input", "validation_data", _count(validation[0]), inputs
        yield "output", "validation_data", _count(validation[1]), outputs


def _count(value: Value | None) -> int | None:
    found = parts(value)
    return None if found is None else len(found)


def _finding(run: Run, word: str, where: str, given: int, wanted: int) -> Finding:
    tensors = run.model.inputs if word == "input" else run.model.outputs
    site = argument_of(run, where)
    return Finding(
        run.call.span if where != "validation_data" or site is None else site.span,
        f"`{where}` holds {_plural(given, 'array')} for a model with {_plural(wanted, word)}",
        Confidence.HIGH,
        label=f"{given} for {wanted}",
        help=f"give one array for each {word}: {', '.join(shape_text(tensor.shape) for tensor in tensors[:4])}",
        labels=(Label(run.model.span, f"has {_plural(wanted, word)}"),),
        experiment=Experiment(Claim.RAISES, run.model, run) if where != "validation_data" else None,
        untestable="validation data are not planned" if where == "validation_data" else "",
    )


def _plural(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
