"""A loss reads tensors of the model's graph: a loss function from its closure, or `model.add_loss`."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Facts,
    Finding,
    LibraryCall,
    Rule,
    Run,
    Severity,
    Span,
    Tensor,
    closed_over,
    labels_in,
    made_at,
)

rule = Rule(
    code="LST129",
    name="loss-on-symbolic-tensors",
    severity=Severity.ERROR,
    since="0.1.0",
    keras=frozenset({3}),
    untestable="the verifier does not run functions of the program",
)
_CURE = "give it what it needs as an output of the model, or call `self.add_loss` in the `call` of a layer of your own"


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    told = set[Span]()
    for run in facts.runs:
        for place, tensor, what in closed_over(run, facts) if run.trains else ():
            if place not in told:
                told.add(place)
                yield _finding(run, place, tensor, what, facts)


def _finding(run: Run, place: Span, tensor: Tensor, what: str, facts: Facts) -> Finding:
    name = facts.name_of(tensor)
    called = f"`{name}`" if name else "a tensor of the model's graph"
    places = ((made_at(tensor), "a symbol of the graph"), (run.call.span, "raises here"))
    return Finding(
        place,
        f"the {what} reads {called}, which stands for a tensor of the model's graph and has no values:"
        f" `{run.method}` crashes on Keras 3 (ValueError)",
        Confidence.HIGH,
        label="a Keras tensor, not values",
        help=_CURE if what == "loss" else "give it what it needs as an output of the model",
        labels=labels_in(facts.source.path, places),
    )


@rule.on(LibraryCall)
def added(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    """Keras 3 takes no loss of a model that stands already, whatever it is."""
    # The class of a model of the program's own calls it in its `call`.
    if call.name not in ("Model.add_loss", "Model.add_metric") or call.traced or call.conditional:
        return
    if any(one.written.startswith("tf_keras") for one in facts.imports):
        return  # Keras 2 by its own name
    model = next((one for one in facts.models if one.identity == id(call.receiver)), None)
    if model is None or model.kind not in ("functional", "sequential") or call.call.span.path != facts.source.path:
        return
    name, what = call.name.removeprefix("Model."), call.name.removeprefix("Model.add_")
    yield Finding(
        call.call.callee,
        f"a model takes no {what} by `{name}` once it stands: crashes on Keras 3, works on Keras 2",
        Confidence.HIGH,
        label="NotImplementedError" if what == "metric" or model.kind == "functional" else "ValueError",
        help=f"give `compile` the {what}, or call `self.add_loss` in the `call` of a layer of your own"
        if what == "loss"
        else "give `compile` the metric, or update one in the `call` of a layer of your own",
    )
