"""A dataset is indexed, or given to a function of tensors or a model: most often a window not put together."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Facts,
    Finding,
    LibraryCall,
    Made,
    Reference,
    Rule,
    Run,
    Severity,
    Span,
    Tagged,
    argument_of,
    call_refused,
    fed_to_model,
    labels_in,
    mapped_by,
    taken_for_tensor,
)

rule = Rule(code="LST131", name="dataset-taken-for-tensor", severity=Severity.ERROR, since="0.1.0")
_TOGETHER = "put each window together first: `dataset.flat_map(lambda window: window.batch(size))`"
_BOTH = (
    "put each window together first: "
    "`dataset.flat_map(lambda x, y: tf.data.Dataset.zip((x.batch(size), y.batch(size))))`"
)
_CURE = "each window put together"
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
    for run in facts.runs:
        fed = _fed(run) if run.call.span.path == facts.source.path else None
        if fed is not None and (fed[1].span if fed[1] is not None else id(fed[0])) not in told:
            yield _of_run(run, fed[1], facts)
            return


def _fed(run: Run) -> tuple[Reference, Made | None] | None:
    validated = fed_to_model(run.validation) if run.validation is not None else None
    return fed_to_model(run) or validated


def _of_run(run: Run, cut: Made | None, facts: Facts) -> Finding:
    """What ``fit`` is given: windows beside one another in a batch are still one dataset each."""
    name = "validation_data" if fed_to_model(run) is None else "x"
    site = argument_of(run, name) if name == "x" else run.call.keyword(name)
    text = f"`{site.text}`" if site is not None and len(site.text) < 40 else "the dataset"
    what = "window" if cut is not None else "sample"
    raises = "ValueError" if facts.keras == 3 else "TypeError"
    places = [(cut.span, "each window is a dataset of its own")] if cut is not None else []
    return Finding(
        run.call.span,
        f"each {what} in {text} is a dataset itself, where `{run.method}` needs a tensor: {raises}",
        Confidence.HIGH,
        label="datasets, not tensors",
        help=_BOTH if len(run.x) + len(run.y) > 1 else _TOGETHER,
        labels=labels_in(facts.source.path, places),
        experiment=call_refused(
            "dataset", (run.method, "batched", "dataset"), (run.method, "batched", "tensor"), _CURE
        ),
    )


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
    cure = _CURE if cut is not None else "a tensor"
    return call_refused("dataset", (name, place, "dataset"), (name, place, "tensor"), cure)


def _what(cut: Made | None) -> str:
    return "a window of `dataset.window`, which is a dataset itself," if cut is not None else "a dataset"
