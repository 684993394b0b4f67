"""Token ids go into a recurrent layer as quantities, or quantities into an Embedding as ids."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    IDS,
    KEEPS_IDS,
    Array,
    Confidence,
    Facts,
    Feed,
    Finding,
    Label,
    Layer,
    Made,
    Model,
    Node,
    Rule,
    Run,
    Severity,
    called_here,
    first_fit,
    ids_one_a_step,
    labels_in,
    misfed_by,
    one_hot_rows,
    operations,
)

rule = Rule(
    code="LST309",
    name="tokens-as-numbers",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="ids taken for amounts still train, and what that costs only the author's own score tells",
)

#: What gives numbers between whole ones.
DRAWN = frozenset(
    {"fit_transform", "transform", "rand", "random", "random_sample", "uniform", "sin", "cos", "normalize"}
)


#: Tables of measurements that scikit-learn brings along or draws.
MEASURED = frozenset(
    f"sklearn.datasets.{name}"
    for name in (
        *("load_iris", "load_wine", "load_breast_cancer", "load_diabetes", "load_boston"),
        *("fetch_california_housing", "make_regression", "make_classification"),
    )
)
#: What centres a column on 0, so that half of its values are negative.
CENTRED = tuple(f"{scaler}Scaler.{way}" for scaler in ("Standard", "Robust") for way in ("fit_transform", "transform"))


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    if not run.trains or first_fit(run, facts) is not run or run.model.opaque or run.model.problem is not None:
        return
    for index, value in enumerate(run.x[: len(run.model.inputs)]):
        layer = next((node.layer for node in readers(run.model, index) if node.layer.kind == "Embedding"), None)
        if not isinstance(value, Array):
            continue
        found = not_ids(value) if layer is not None else None
        if layer is not None and found is not None:
            yield of_embedding(run, layer, value, found, facts)
        ids = ids_one_a_step(value) if layer is None else None
        reader = next((node.layer for node in readers(run.model, index, ("Masking",)) if node.layer.recurrent), None)
        if ids is not None and reader is not None:
            yield of_recurrent(run, reader, ids, facts, _divided(value))


def readers(model: Model, index: int, past: tuple[str, ...] = ()) -> Iterator[Node]:
    """The layer calls that an input goes into, ``past`` layers of some kinds as well."""
    given = {id(model.inputs[index])}
    for node in model.nodes:
        if id(node.input) in given:
            yield node
            given.update(id(output) for output in node.outputs if node.layer.kind in past)


def not_ids(value: Array) -> str | None:
    """What data are that cannot be ids: one-hot rows, or fractions; None where they may be ids."""
    latest = next((made for made in operations(value) if made.operation not in KEEPS_IDS), None)
    if latest is not None and latest.operation.endswith(CENTRED):
        return f"numbers around 0, from `{latest.operation.split('.')[2]}`"
    if latest is not None and latest.operation in MEASURED:
        return f"measurements, from `{latest.operation.rpartition('.')[2]}`"
    if value.shape is None or value.low is None or value.high is None or value.low == value.high:
        return None
    if one_hot_rows(value):
        return "one-hot vectors"
    whole = value.elements is not None and all(float(e) == int(e) for e in value.elements if isinstance(e, int | float))
    fractions = (value.dtype or "").startswith("float") and value.low >= -1 and value.high <= 1 and not whole
    drawn = latest is not None and latest.operation.rpartition(".")[2] in DRAWN
    return f"fractions between {value.low:g} and {value.high:g}" if fractions and drawn else None


def of_embedding(run: Run, layer: Layer, value: Array, what: str, facts: Facts) -> Finding:
    place = called_here(layer, facts)
    ends = "every number is cut down to a whole one" + (", most of them to 0" if "measure" not in what else "")
    if "one-hot" in what:
        ends = "only rows 0 and 1 are ever read"
    refused = any(fed.how is Feed.RANK and fed.array is value for fed in misfed_by(run, facts))
    return Finding(
        place or run.call.span,
        f"`{layer.text}` looks up rows by whole numbers and is given {what}: "
        f"{'Keras raises ValueError, its input takes one id a step' if refused else ends}",
        Confidence.HIGH,
        severity=Severity.ERROR if refused else None,
        label="expects ids",
        help="give the ids themselves to the Embedding; or leave it out and give the recurrent layer the numbers",
        labels=(Label(run.call.span, f"gives {what}"),),
    )


def _divided(value: Array) -> bool:
    """Somebody who divides ids knows that they go in as quantities."""
    return any(made.operation == "arithmetic" and made.operator == "/" for made in operations(value))


def of_recurrent(run: Run, layer: Layer, ids: Made, facts: Facts, meant: bool) -> Finding:
    what = "words" if ids.operation in IDS else "names"
    labels = ((ids.span, f"ids of {what}"), (run.call.span, "trains on them"))
    return Finding(
        called_here(layer, facts) or run.call.span,
        f"`{layer.core.kind}` reads ids of {what} as quantities: 20 is twice 10 to it, however unlike they are",
        Confidence.HIGH if ids.operation in IDS else Confidence.MEDIUM,
        severity=Severity.INFO if meant else None,
        label=f"one number for a {what[:-1]}",
        help="put an `Embedding` in front, which gives each id a vector of its own, and give it the ids undivided",
        labels=labels_in(facts.source.path, labels),
    )
