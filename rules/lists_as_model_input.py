"""Python lists, or an array of ragged samples, are handed to a model."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    ArgumentSite,
    Array,
    Confidence,
    Const,
    Edit,
    Facts,
    Finding,
    Fix,
    Label,
    Made,
    Rule,
    Run,
    Safety,
    Sequence,
    Severity,
    Size,
    Value,
    argument_of,
    differ,
    library_name,
    made_at,
    same,
)

rule = Rule(
    code="LST113",
    name="lists-as-model-input",
    severity=Severity.ERROR,
    since="0.1.0",
    untestable="the verifier hands arrays to Keras, never lists",
)
_RAGGED, _TEXTS = "an object array: its samples have different lengths", "an array of texts"
_WORDS = {
    _RAGGED: ("ragged", "pad the samples to one length with `pad_sequences`"),
    _TEXTS: ("text", "number them first: a `LabelEncoder`, or `pd.factorize`"),
}


@rule.on(Run)
def check(run: Run, facts: Facts) -> Iterator[Finding]:
    for name, value, count in (("x", run.x_value, len(run.model.inputs)), ("y", run.y_value, len(run.model.outputs))):
        if run.turn > 1 or run.data_kind not in ("array", "unknown"):
            continue
        # A model may look words up, a loss does not.
        texts = name == "y" and isinstance(value, Array) and value.dtype == "str"
        what = _TEXTS if texts else _what(value, count, facts.keras)
        if what:
            yield _finding(run, name, value, what, facts)


@rule.on(Run)
def check_batches(run: Run, facts: Facts) -> Iterator[Finding]:
    """Keras hands the batches of a generator to `tf.data`, where a list is no structure of arrays but one array."""
    if facts.keras == 2 or run.turn > 1 or run.method not in ("fit", "evaluate", "predict"):
        return
    if "KERAS_BACKEND" not in facts.source.text:
        told = next((told for one in (run, run.validation) if one is not None for told in _listed(one)), None)
        yield from (_of_batches(run, *told),) if told is not None else ()


def _listed(run: Run) -> Iterator[tuple[str, Sequence]]:
    """What of the batches of a generator is a list of arrays."""
    if run.data_kind not in ("generator", "sequence"):
        return
    for name, value in (("inputs", run.x_value), ("targets", run.y_value)):
        if isinstance(value, Sequence) and value.kind == "list":
            yield name, value


def _of_batches(run: Run, name: str, value: Sequence) -> Finding:
    place = made_at(value)
    inside = place is not None and place.path == run.call.span.path
    return Finding(
        run.call.span,
        f"the {name} of each batch are a Python list, which Keras 3 refuses from a generator or `Sequence`",
        Confidence.HIGH,
        label="takes batches with a list in them",
        help="make tuples of the lists: `yield (a, b), y`; a generator gives a tuple, too: `yield x, y`",
        labels=(Label(place, "a list"),) if place is not None and inside else (),
    )


def _what(value: Value | None, wanted: int, keras: int) -> str:
    """Why Keras cannot take this as data, empty where it can or where that is not known."""
    match value:
        case Array(dtype="object"):
            return _RAGGED
        case Sequence(kind="list", items=tuple() as items) if keras == 3 and items:
            plain = all(isinstance(item, Const | Size | Sequence) for item in items)
            return "a Python list" if plain else ""
        case Sequence(kind="list", items=None, element=(Const() | Size() | Sequence())) if keras == 3:
            return "a Python list"
        case Sequence(kind="list", made=Made(operation="Array.tolist")) if keras == 3:
            return "a Python list"
        case Sequence(kind="list", items=None, element=Array(), length=length) if keras == 3 and wanted == 1:
            return "a Python list of arrays" if differ(length, 1) else ""
        case _:
            return ""


def _finding(run: Run, name: str, value: Value | None, what: str, facts: Facts) -> Finding:
    site = argument_of(run, name)
    text = f"`{site.text}`" if site is not None and len(site.text) <= 40 else name
    place = made_at(value)
    label, advice = _WORDS.get(what, ("a list", f"make an array of it: `np.array({name})`"))
    return Finding(
        run.call.span,
        f"{text} is {what}, which Keras refuses as data",
        Confidence.HIGH,
        label=f"{name} is {label}",
        help=advice,
        labels=(Label(place, "made here"),) if place is not None and place not in run.call.span else (),
        fix=None if what in _WORDS else _fix(site, value, facts),
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
