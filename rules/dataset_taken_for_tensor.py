"""A dataset is indexed, or given to a function of tensors: most often a window that was not put together."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Facts,
    Finding,
    LibraryCall,
    Made,
    Rule,
    Severity,
    Span,
    Tagged,
    call_refused,
    labels_in,
    mapped_by,
    taken_for_tensor,
)

rule = Rule(code="LST131", name="dataset-taken-for-tensor", severity=Severity.ERROR, since="0.1.0")
_TOGETHER = "put each window together first: `dataset.flat_map(lambda window: window.batch(size))`"
_ONE = "go over its elements with `for`, or change each one with `dataset.map`"


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    """Each dataset once: the program ends at the first place."""
    told = set[Span | int]()
    for call in facts.calls:
        found = taken_for_tensor(call) if call.call.span.path == facts.source.path else None
        if found is not None:
            owner, cut = found
            which = cut.span if cut is not None else id(owner)
            if which not in told:
                told.add(which)
                yield _finding(call, cut, facts)


def _finding(call: LibraryCall, cut: Made | None, facts: Facts) -> Finding:
    text = " ".join(facts.source.slice(call.call.span).split())
    does = "is indexed" if call.name == "Dataset.__getitem__" else f"is given to `{call.call.callee_text}`"
    places = [(cut.span, "each window is a dataset of its own")] if cut is not None else []
    places += [(span, "raises here") for span in mapped_by(call, facts)]
    return Finding(
        call.call.span,
        f"`{text}`: {_what(cut)} {does} like a tensor: TypeError",
        Confidence.HIGH,
        label="a dataset, not a tensor",
        help=_TOGETHER if cut is not None else _ONE,
        labels=labels_in(facts.source.path, places),
        experiment=_experiment(call, cut),
        untestable="" if call.name != "tensorflow.constant" else "it takes no tensor either",
    )


def _experiment(call: LibraryCall, cut: Made | None) -> Tagged | None:
    if call.name == "tensorflow.constant":
        return None
    name = "[...]" if call.name == "Dataset.__getitem__" else call.name.rpartition(".")[2]
    place = "in map" if cut is not None else "alone"
    cure = "each window put together" if cut is not None else "a tensor"
    return call_refused("dataset", (name, place, "dataset"), (name, place, "tensor"), cure)


def _what(cut: Made | None) -> str:
    return "a window of `dataset.window`, which is a dataset itself," if cut is not None else "a dataset"
