"""Python lists, an array of ragged samples or a ragged tensor are handed to a model."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    RAGGED,
    TEXTS,
    ArgumentSite,
    Change,
    Claim,
    Confidence,
    Const,
    Cure,
    Edit,
    Experiment,
    Facts,
    Finding,
    Fix,
    Label,
    Rule,
    Run,
    Safety,
    Sequence,
    Severity,
    Size,
    Tagged,
    Value,
    argument_of,
    call_refused,
    labels_in,
    library_name,
    made_at,
    ragged_input,
    refused_forms,
    same,
)

rule = Rule(code="LST113", name="lists-as-model-input", severity=Severity.ERROR, since="0.1.0")
_WORDS = {
    RAGGED: ("ragged", "pad the samples to one length with `pad_sequences`"),
    TEXTS: ("text", "number them first: a `LabelEncoder`, or `pd.factorize`"),
}


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    for name, form in refused_forms(run, facts.keras).items() if run.turn <= 1 else ():
        yield _finding(run, name, run.x_value if name == "x" else run.y_value, form, facts)


@rule.on(Run)
def check_batches(run: Run, facts: Facts) -> Iterator[Finding]:
    """Keras hands the batches of a generator to `tf.data`, where a list is no structure of arrays but one array."""
    if facts.keras == 2 or run.turn > 1 or run.method not in ("fit", "evaluate", "predict"):
        return
    if "KERAS_BACKEND" not in facts.source.text:
        sides = (one for one in (run, run.validation) if one is not None)
        told = next(((one, *told) for one in sides for told in _listed(one)), None)
        yield from (_of_batches(run, *told),) if told is not None else ()


@rule.on(Run)
def check_ragged(run: Run, facts: Facts) -> Iterator[Finding]:
    """Keras 2 had recurrent layers that took ragged tensors."""
    found = ragged_input(run, facts) if facts.keras == 3 and run.turn <= 1 else None
    if found is None:
        return
    made, node = found
    yield Finding(
        run.call.span,
        f"what the model is given is a ragged tensor, which `{node.layer.text}` does not take: crashes on Keras 3, "
        "works on Keras 2",
        Confidence.HIGH,
        label="x is ragged",
        help="pad it, and mask the padding: `.to_tensor()` before the model, in a dataset `.map(lambda x, y: "
        "(x.to_tensor(), y))`, and `Masking()` or `mask_zero=True` in it",
        labels=labels_in(run.call.span.path, [(made.span, "ragged")]),
        untestable="the verifier plans no ragged tensors",
    )


def _listed(run: Run) -> Iterator[tuple[str, Sequence]]:
    """What of the batches of a generator is a list of arrays."""
    if run.data_kind not in ("generator", "sequence"):
        return
    for name, value in (("inputs", run.x_value), ("targets", run.y_value)):
        if isinstance(value, Sequence) and value.kind == "list":
            yield name, value


def _of_batches(run: Run, side: Run, name: str, value: Sequence) -> Finding:
    return Finding(
        run.call.span,
        f"the {name} of each batch are a Python list, which Keras 3 refuses from a generator or `Sequence`",
        Confidence.HIGH,
        label="takes batches with a list in them",
        help="make tuples of the lists: `yield (a, b), y`; a generator gives a tuple, too: `yield x, y`",
        labels=labels_in(run.call.span.path, [(made_at(value), "a list")]),
        experiment=_experiment(side.data_kind, run.method if side is run else "evaluate", name, value),
        untestable="what else the batches hold is not planned",
    )


def _experiment(source: str, method: str, name: str, value: Sequence) -> Tagged | None:
    if method == "predict":
        return None
    count, array = len(value.items) if value.items else 2, ("array", 1)
    written, cured = ((one, count, *array) if name == "inputs" else (*array, one, count) for one in ("list", "tuple"))
    return call_refused("batches", (source, method, *written), (source, method, *cured), "a tuple")


def _finding(run: Run, name: str, value: Value | None, what: str, facts: Facts) -> Finding:
    site, place = argument_of(run, name), made_at(value)
    text = f"`{site.text}`" if site is not None and len(site.text) <= 40 else name
    label, advice = _WORDS.get(what, ("a list", f"make an array of it: `np.array({name})`"))
    return Finding(
        run.call.span,
        f"{text} is {what}, which Keras refuses as data",
        Confidence.HIGH,
        label=f"{name} is {label}",
        help=advice,
        labels=(Label(place, "made here"),) if place is not None and place not in run.call.span else (),
        fix=None if what in _WORDS else _fix(site, value, facts),
        experiment=Experiment(Claim.RAISES, run.model, run, (Cure("plain arrays", (Change("data-steps"),)),)),
    )


def _fix(site: ArgumentSite | None, value: Value | None, facts: Facts) -> Fix | None:
    """Only where every item has the same form, so that numpy makes a plain array of it."""
    numpy = library_name(facts, "numpy")
    if site is None or site.star or numpy is None or not (isinstance(value, Sequence) and _regular(value)):
        return None
    return Fix("make an array of the list", Safety.SAFE, (Edit(site.value, f"{numpy}.array({site.text})"),))


def _regular(value: Sequence) -> bool:
    if value.items is None:
        return isinstance(value.element, Const | Size)
    if all(isinstance(item, Const | Size) for item in value.items):
        return True
    lists = [item for item in value.items if isinstance(item, Sequence)]
    alike = all(same(item.length, lists[0].length) and _regular(item) for item in lists)
    return len(lists) == len(value.items) and alike
