"""`pad_sequences` gets floats and cuts them to integers, which is its default."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    Array,
    Claim,
    Confidence,
    Const,
    Facts,
    Finding,
    Fix,
    LibraryCall,
    Rule,
    Safety,
    Sequence,
    Severity,
    Tagged,
    Value,
    made_by,
)

rule = Rule(code="LST314", name="padding-truncates-floats", severity=Severity.WARNING, since="0.1.0")
#: What gives whole numbers as floats; a tokenizer's matrix holds ones or numbers of words unless it is told otherwise.
_WHOLE = (
    *("numpy.zeros", "numpy.ones", "numpy.round", "numpy.floor", "Array.astype", "keras.utils.to_categorical"),
    *(f"keras.preprocessing.text.Tokenizer.{name}" for name in ("texts_to_matrix", "sequences_to_matrix")),
)


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    if call.name != "keras.utils.pad_sequences" or call.call.span.path != facts.source.path or call.call.has_star:
        return
    dtype, given = call.arguments.get("dtype"), call.arguments.get("sequences")
    if not isinstance(dtype, Const) or dtype.value != "int32" or given is None or not has_fractions(given):
        return
    name = facts.name_of(given)
    yield Finding(
        call.call.span,
        f"`pad_sequences` makes int32 of the floats in {f'`{name}`' if name else 'the sequences'}: "
        "everything after the "
        "point is cut off",
        Confidence.HIGH,
        label="int32 by default",
        help="write `dtype='float32'`",
        fix=Fix("keep the floats", Safety.UNSAFE, (call.call.with_keyword("dtype", "'float32'"),)),
        experiment=Tagged(Claim.SCRAMBLES, "pad", ("int32",), ("float32",), "float32"),
    )


def has_fractions(value: Value, depth: int = 4) -> bool:
    """Whether a nesting of lists and arrays holds numbers that are not whole."""
    match value:
        case Const(value=float() as number):
            return not number.is_integer()
        case Array(elements=None, dtype=str() as dtype):
            return dtype.startswith("float") and not whole(value)
        case Array(elements=tuple() as elements):
            return any(isinstance(one, float) and not one.is_integer() for one in elements)
        case Sequence(items=tuple() as items) if depth:
            return any(has_fractions(item, depth - 1) for item in items)
        case Sequence(element=element) if depth and element is not None:
            return has_fractions(element, depth - 1)
        case _:
            return False


def whole(value: Array) -> bool:
    """Floats that hold whole numbers, as far as can be told."""
    return made_by(value, *_WHOLE) is not None
