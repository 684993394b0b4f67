"""An index given to an Embedding can equal or pass its `input_dim`."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
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
    Layer,
    Model,
    Rule,
    Run,
    Safety,
    Severity,
    called_here,
    labels_in,
    made_here,
    words_left_out,
)

rule = Rule(code="LST308", name="embedding-vocabulary-too-small", severity=Severity.ERROR, since="0.1.0")


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    for index, value in enumerate(run.x[: len(run.model.inputs)]):
        layer = embedding_of(run.model, index)
        size = layer.config.dim("input_dim") if layer else None
        if layer is None or size is None or not isinstance(value, Array):
            continue
        if size.value is None:
            yield from counted_words(layer, value, size, run, facts)
        elif value.high is not None and int(value.high) >= size.value and layer.call is not None:
            yield finding(layer, value, size.value, run, facts)


def counted_words(layer: Layer, value: Array, size: Dim, run: Run, facts: Facts) -> Iterator[Finding]:
    """As many rows as words, where nobody knows how many those are: they are numbered from 1, and row 0 counts."""
    found = words_left_out(value, size, facts)
    if found is None or layer.call is None:
        return
    words, missing = found
    argument = layer.call.keyword("input_dim") or layer.call.positional(0)
    rows = argument.text if argument is not None else str(size)
    shown = rows if size.anonymous else str(size)
    edits = (Edit(argument.value, f"{rows} + {missing}"),) if argument is not None else ()
    places = ((words.span, f"ids 1 to {words.count}"), (run.call.span, "looks them up"))
    yield Finding(
        called_here(layer, facts) or run.call.span,
        f"`{layer.text}` has rows 0 to {shown} - 1, but `{words.by}` numbers the words from 1 to {words.count}: "
        "Keras raises InvalidArgumentError on a CPU",
        Confidence.HIGH if words.whole else Confidence.MEDIUM,
        label=f"{shown} rows",
        help=f"no word has the number 0, which is kept for padding: `input_dim` must be {rows} + {missing}",
        labels=labels_in(run.call.span.path, places),
        notes=() if words.whole else ("assumes that the word with the last number occurs",),
        fix=Fix("make room for the number 0", Safety.SAFE, edits) if edits and called_here(layer, facts) else None,
        untestable="how many words there are is not in the program",
    )


def embedding_of(model: Model, index: int) -> Layer | None:
    """The Embedding that an input goes into."""
    for node in model.nodes:
        if node.layer.kind == "Embedding" and any(tensor is model.inputs[index] for tensor in node.inputs):
            return node.layer
    return None


def finding(layer: Layer, value: Array, size: int, run: Run, facts: Facts) -> Finding:
    name, highest = facts.name_of(value) or "x", int(value.high or 0)
    seen = value.elements is not None
    place, made = called_here(layer, facts), made_here(value, facts)
    argument = layer.call.keyword("input_dim") or layer.call.positional(0) if layer.call else None
    literal = argument is not None and argument.text == str(size)
    edits = (Edit(argument.value, str(highest + 1)),) if argument is not None and literal else ()
    return Finding(
        place or run.call.span,
        f"`{layer.text}` has rows 0 to {size - 1}, but the indices in `{name}` go up to {highest}: "
        "Keras raises InvalidArgumentError on a CPU",
        Confidence.HIGH if seen else Confidence.MEDIUM,
        label=f"{size} rows",
        help=f"`input_dim` must be the largest index plus 1: {highest + 1}",
        labels=((Label(made, f"indices up to {highest}"),) if made else ()) + (Label(run.call.span, "looks them up"),),
        notes=() if seen else ("assumes that the largest possible index occurs",),
        fix=Fix(f"make `input_dim` {highest + 1}", Safety.SAFE, edits) if edits else None,
        experiment=experiment(layer, highest, run),
    )


def experiment(layer: Layer, highest: int, run: Run) -> Experiment | None:
    if layer.call is None:
        return None
    change = Change("layer-argument", layer.call.span, "input_dim", highest + 1)
    return Experiment(Claim.RAISES, run.model, run, (Cure(f"input_dim={highest + 1}", (change,)),), task="largest")
