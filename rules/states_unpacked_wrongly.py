"""States are taken apart into too many or few names, or for one tensor: those of a layer, a model, or of a cell."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    CallSite,
    Claim,
    Confidence,
    Experiment,
    Facts,
    Finding,
    Fix,
    Label,
    Made,
    Model,
    Node,
    Rule,
    Run,
    Safety,
    Sequence,
    Severity,
    cell_faults,
    labels_in,
    made_at,
    model_of,
    source_of,
    states_as_input,
)

rule = Rule(code="LST112", name="states-unpacked-wrongly", severity=Severity.ERROR, since="0.1.0")


@rule.on(Node)
def check(node: Node, facts: Facts) -> Iterator[Finding]:
    """Output and states go together into a layer that takes one tensor."""
    source = states_as_input(node)
    if source is None or source.span is None or node.layer.call is None:
        return
    model = model_of(node, facts)
    call = source.layer.core.call
    yield Finding(
        source.layer.call.span if source.layer.call is not None else source.span,
        f"`{source.layer.text}` gives {len(source.outputs)} tensors, its output and its states,"
        f" and all of them go into `{node.layer.text}`",
        Confidence.HIGH,
        label=f"return_state=True: {len(source.outputs)} tensors",
        help=_help(model, len(source.outputs)),
        labels=(Label(node.layer.call.span, "takes one tensor"),),
        fix=_fix(call, model),
        experiment=Experiment(Claim.RAISES, model, next(facts.runs_of(model), None)) if model is not None else None,
    )


def _help(model: Model | None, count: int) -> str:
    if model is not None and model.kind == "sequential":
        return "drop `return_state=True`: a Sequential model hands on one tensor"
    names = ", ".join(("output", "h", "c", "h_back", "c_back")[:count])
    return f"take them apart, `{names} = ...`, and pass the output on"


def _fix(call: CallSite | None, model: Model | None) -> Fix | None:
    if call is None or model is None or model.kind != "sequential":
        return None
    edit = call.without_keyword("return_state")
    return Fix("return the output only", Safety.SAFE, (edit,)) if edit is not None else None


@rule.on(Facts)
def check_names(facts: Facts, _: Facts) -> Iterator[Finding]:
    for unpacked in facts.unpacked:
        node = source_of(unpacked.value)
        if node is None or not node.layer.recurrent or node.layer.call is None or len(node.outputs) == unpacked.names:
            continue
        count = len(node.outputs)
        word = "tensor" if count == 1 else "tensors"
        yield Finding(
            unpacked.span,
            f"`{node.layer.text}` gives {count} {word}, and {unpacked.names} names are waiting for them",
            Confidence.HIGH,
            label=f"{unpacked.names} names",
            help=_names_help(node, count),
            labels=(Label(node.layer.call.span, f"gives {count} {word}"),),
        )


def _names_help(node: Node, count: int) -> str:
    if not node.layer.returns_state:
        return "write `return_state=True` in the layer, so that it gives its states as well"
    names = ", ".join(
        ("output", "h", "c") if count == 3 else ("output", "state") if count == 2 else ("output", "*states")
    )
    return f"take them apart as `{names}`"


@rule.on(Run)
def check_answers(run: Run, facts: Facts) -> Iterator[Finding]:
    """What a model with several outputs predicts: a list of arrays."""
    if run.turn > 1 or run.model.opaque or run.model.output_structure == "dict":
        return
    for unpacked in facts.unpacked:
        match unpacked.value:
            case Sequence(items=(_, _, *_) as items, made=Made(receiver=receiver, span=span)):
                if receiver is None or span != run.call.span:
                    continue
                count = len(items)
            case _:
                continue
        yield Finding(
            unpacked.span,
            f"`{run.call.callee_text}` gives {count} arrays, one for each output of the model, and {unpacked.names} "
            f"{'names are' if unpacked.names > 1 else 'name is'} waiting for them",
            Confidence.HIGH,
            label=f"{unpacked.names} names",
            help=f"name all {count}, `_` what is not needed, or make the model with the outputs that are",
            labels=labels_in(unpacked.span.path, [(run.model.span, f"has {count} outputs")]),
        )


@rule.on(Facts)
def check_cells(facts: Facts, _: Facts) -> Iterator[Finding]:
    """A cell of the program's own, which Keras 2 tries when the layer is called and Keras 3 at the first step."""
    for fault in cell_faults(facts):
        layer = fault.step.layer
        sizes = made_at(fault.step.cell.config["state_size"])
        runs = (run for run in facts.runs if any(layer is node.layer.core for node in run.model.nodes))
        run = next(runs, None)
        places = (
            (sizes, "the sizes of its states"),
            (layer.call.span if layer.call is not None else None, "calls it"),
            (run.call.span if run is not None and facts.keras == 3 else None, "fails at the first step"),
        )
        if fault.span.path != facts.source.path:
            continue
        yield Finding(
            fault.span,
            fault.what,
            Confidence.HIGH,
            label=fault.label,
            help=fault.help,
            labels=labels_in(fault.span.path, places),
            untestable="the verifier does not run code of the program",
        )
