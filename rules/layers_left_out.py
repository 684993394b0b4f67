"""A model that predicts holds layers that were never trained, while others were trained or loaded."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Confidence,
    Facts,
    Finding,
    Label,
    Layer,
    Model,
    Rule,
    Run,
    Severity,
    all_layers,
    answers,
    begins_like_a_trained_one,
    call_refused,
    handed_on,
    has_weights,
    loaded_for_nothing,
    receiver_text,
    untrained_twin,
    weighted_layer,
)

rule = Rule(code="LST116", name="layers-left-out", severity=Severity.WARNING, since="0.1.0")
_TWO = "the trained model and the one that answers are two, and no loss shows that"
#: Calls by which weights may come from elsewhere.
_WEIGHTS = ("load_weights", "set_weights", "restore", "apply_gradients", "assign", "train_on_batch")


@rule.on(Facts)
def check(facts: Facts, _: Facts) -> Iterator[Finding]:
    """Only where every weight is accounted for: nothing is loaded into layers, and no loop of one's own trains."""
    if any(call.name.endswith(_WEIGHTS) for call in facts.calls):
        return
    trained, told = set[int](), set[int]()
    for run in facts.runs:
        model = run.model
        if run.trains:
            trained.update(id(weighted_layer(layer)) for layer in all_layers(model))
        if not answers(run) or model.opaque or not model.complete or model.identity in told:
            continue
        weighted = [layer for layer in all_layers(model) if has_weights(layer) and layer.model is None]
        fresh = [layer for layer in weighted if id(weighted_layer(layer)) not in trained and layer.call is not None]
        unused = loaded_for_nothing(run, fresh, facts)
        apart = begins_like_a_trained_one(run, facts)
        if fresh and (len(fresh) < len(weighted) or unused is not None or apart):
            told.add(model.identity)
            yield _finding(run, fresh, unused)
            if unused is not None:
                return


@rule.on(Run)
def check_compiled(run: Run, facts: Facts) -> Iterator[Finding]:
    """A model is trained that was never compiled, while another one with its layers was."""
    model = run.model
    if run.method not in ("fit", "train_on_batch") or model.compiled is not None or model.opaque or run.turn > 1:
        return
    if handed_on(model, facts):
        return
    layers = {id(layer) for layer in all_layers(model) if has_weights(layer)}
    others = (one for one in facts.models if one.compiled is not None and one.identity != model.identity)
    other = next((one for one in others if any(id(layer) in layers for layer in all_layers(one))), None)
    if other is not None and model.kind in ("functional", "sequential"):
        yield _not_compiled(run, other)


def _not_compiled(run: Run, other: Model) -> Finding:
    called, right = (f"`{one.name}`" if one.name else "a model" for one in (run.model, other))
    return Finding(
        run.call.span,
        f"{called} was never compiled, so `{run.method}` raises; {right} was, which has the same layers",
        Confidence.HIGH,
        label="not compiled",
        help=f"call `{run.method}` on {right}, or compile this model as well",
        labels=(Label(run.model.span, "not compiled"), Label(other.compiled.call.span, "compiled here")),
        severity=Severity.ERROR,
        experiment=call_refused("untrained", (run.method, "as it is"), (run.method, "compiled"), "`compile` before"),
    )


def _finding(run: Run, fresh: list[Layer], unused: Model | None) -> Finding:
    call = fresh[0].call
    assert call is not None
    more = f" and {len(fresh) - 1} more" if len(fresh) > 1 else ""
    end = ", while the model that is loaded is not used" if unused is not None else ""
    places = ((call.span, "never trained"), (run.call.span, "predicts with it"))
    span = unused.span if unused is not None else call.span
    return Finding(
        span,
        f"`{fresh[0].text}`{more} {'are' if more else 'is'} in a model that predicts, and "
        f"{'were' if more else 'was'} never trained{end}",
        Confidence.MEDIUM,
        label="loaded, and not used" if unused is not None else "never trained",
        help="build the model for inference from the layers that were trained, or from those of the loaded model",
        labels=tuple(Label(place, text) for place, text in places if place != span),
        notes=("assumes that nothing outside this file sets the weights",),
        untestable=_TWO,
    )


@rule.on(Run)
def twin(run: Run, facts: Facts) -> Iterator[Finding]:
    """A model is built anew to answer, and gets nothing of what another one like it has learned."""
    first = next((one for one in facts.runs_of(run.model) if answers(one)), None)
    found = untrained_twin(run, facts) if run is first else None
    if found is None:
        return
    training, copied = found
    name, learned = receiver_text(run.call.callee_text), receiver_text(training.call.callee_text)
    span = copied.call.span if copied is not None else run.call.span
    places = [(training.call.span, "trains the other one"), (run.model.span, "new weights"), (run.call.span, "answers")]
    yield Finding(
        span,
        f"`{name}` answers with the weights that it was built with: `{learned}` has the same layers and was trained, "
        f"and its weights were copied {'before that' if copied else 'nowhere'}",
        Confidence.MEDIUM,
        label="copies what is not learned yet" if copied is not None else "never trained",
        help=f"after training, and before `{name}` answers: `{name}.set_weights({learned}.get_weights())`",
        labels=tuple(Label(place, text) for place, text in places if place.path == span.path and place != span),
        notes=("assumes that nothing outside this file sets the weights",),
        untestable=_TWO,
    )
