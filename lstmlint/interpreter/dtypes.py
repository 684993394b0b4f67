"""Element types by numpy's names: how they are written, how they promote, and contents converted to them.

Text of any length is ``str``. Source: numpy 2's promotion rules (NEP 50).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from lstmlint.interpreter.values import Const, Library, Scalar, Value

_OF_SCALAR = {bool: "bool", int: "int64", float: "float64", complex: "complex128", str: "str"}
_BITS = {
    **{f"{kind}int{bits}": ("u" if kind else "i", bits) for kind in ("", "u") for bits in (8, 16, 32, 64)},
    **{f"float{bits}": ("f", bits) for bits in (16, 32, 64)},
    **{f"complex{bits}": ("c", bits) for bits in (64, 128)},
    "bool": ("b", 1),
}
_SPELLINGS = {
    "int": "int64",
    "float": "float64",
    "complex": "complex128",
    "bool_": "bool",
    "double": "float64",
    "single": "float32",
    "half": "float16",
    "int_": "int64",
    "float_": "float64",
    "long": "int64",
    "longlong": "int64",
    "intp": "int64",
    "intc": "int32",
    "uint": "uint64",
    "ubyte": "uint8",
    "byte": "int8",
    "short": "int16",
    "cfloat": "complex128",
    "csingle": "complex64",
    "str_": "str",
    "unicode_": "str",
    "object_": "object",
    "?": "bool",
    "b": "int8",
    "B": "uint8",
    "h": "int16",
    "i": "int32",
    "l": "int64",
    "f": "float32",
    "d": "float64",
    "e": "float16",
    "f2": "float16",
    "f4": "float32",
    "f8": "float64",
    "i1": "int8",
    "i2": "int16",
    "i4": "int32",
    "i8": "int64",
    "u1": "uint8",
    "U": "str",
    "O": "object",
}
_SMALLEST_FLOAT = {8: 16, 16: 32, 32: 64, 64: 64, 1: 16}


def scalar_dtype(value: Scalar) -> str | None:
    return _OF_SCALAR.get(type(value))


def is_integer(dtype: str | None) -> bool:
    return _BITS.get(dtype or "", ("", 0))[0] in ("i", "u")


def is_float(dtype: str | None) -> bool:
    return _BITS.get(dtype or "", ("", 0))[0] == "f"


def is_number(dtype: str | None) -> bool:
    """Whether arithmetic works on it: not text, objects or what is not known."""
    return dtype in _BITS


def named(text: str) -> str | None:
    """``"f4"``, ``"float"``, ``"<f8"`` as the canonical name; None where it is none that is followed."""
    text = text.lstrip("<=|")
    if text in _BITS or text in ("str", "object"):
        return text
    return _SPELLINGS.get(text) or ("str" if text[:1] == "U" and text[1:].isdigit() else None)


def dtype_of(value: Value | None) -> str | None:
    """What a ``dtype=`` argument names: text, ``np.float32``, ``float``; None where not known."""
    match value:
        case Const(value=str() as text):
            return named(text)
        case Library(name=name):
            return named(name.rpartition(".")[2])
        case _:
            return None


def wider(left: str | None, right: str | None) -> str | None:
    """The type of arithmetic between two arrays, as numpy promotes; None where it is not known or refused."""
    if left == right:
        return left
    if "object" in (left, right) and None not in (left, right):
        return "object"
    if left not in _BITS or right not in _BITS:
        return None
    (kind, bits), (other, others) = sorted((_BITS[left], _BITS[right]), key=lambda pair: "biufc".index(pair[0][0]))
    match kind, other:
        case "b", _:
            return _name(other, others)
        case "i", "u":
            return _signed_with_unsigned(bits, others)
        case "i" | "u", "f":
            return _name("f", max(_SMALLEST_FLOAT[bits], others))
        case "i" | "u", "c":
            return _name("c", max(2 * max(_SMALLEST_FLOAT[bits], 32), others))
        case "f", "c":
            return _name("c", max(2 * bits, others))
        case _:
            return _name(other, max(bits, others))


def _signed_with_unsigned(signed: int, unsigned: int) -> str:
    if signed > unsigned:
        return f"int{signed}"
    return f"int{2 * unsigned}" if unsigned < 64 else "float64"


def _name(kind: str, bits: int) -> str:
    return "bool" if kind == "b" else {"i": "int", "u": "uint", "f": "float", "c": "complex"}[kind] + str(bits)


def with_scalar(dtype: str | None, scalar: object) -> str | None:
    """The type of an array with a plain Python number: only a number of a higher kind widens the array."""
    if dtype not in _BITS:
        return None
    kind, bits = _BITS[dtype]
    match scalar:
        case bool():
            return dtype
        case int():
            return "int64" if kind == "b" else dtype
        case float():
            return dtype if kind in "fc" else "float64"
        case complex():
            return "complex128" if kind in "biu" else dtype if kind == "c" else _name("c", max(64, 2 * bits))
        case _:
            return None


def floating(dtype: str | None) -> str | None:
    """The type of ``sin`` of an array, or of a true quotient's parts."""
    if dtype not in _BITS:
        return None
    kind, bits = _BITS[dtype]
    return dtype if kind in "fc" else _name("f", _SMALLEST_FLOAT[bits])


def convert(elements: Iterable[Scalar], dtype: str | None) -> tuple[Scalar, ...] | None:
    """Contents as an array of that type holds them; None where a value does not fit or the type is not followed."""
    if dtype is None:
        return tuple(elements)
    try:
        return tuple(_converted(element, dtype) for element in elements)
    except (ValueError, TypeError, OverflowError, struct.error):
        return None


def _converted(element: Scalar, dtype: str) -> Scalar:
    kind, bits = _BITS.get(dtype, ("", 0))
    if not kind:
        if type(element) is str and dtype == "str":
            return element
        raise TypeError(dtype)
    if isinstance(element, (str, bytes)) or element is None:
        raise TypeError("text")
    if kind == "c":
        return complex(element) if bits == 128 else _no_value()
    if isinstance(element, complex):
        raise TypeError("complex")
    return _real(element, kind, bits)


def _real(element: float, kind: str, bits: int) -> Scalar:
    match kind:
        case "b":
            return bool(element)
        case "f":
            return rounded(float(element), bits)
    number = int(element)
    low, high = (0, 2**bits - 1) if kind == "u" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return number if low <= number <= high else _no_value()


def rounded(number: float, bits: int) -> float:
    """To the nearest float of that many bits."""
    if bits == 64:
        return number
    code = "e" if bits == 16 else "f"
    result: float = struct.unpack(code, struct.pack(code, number))[0]
    return result


def _no_value() -> Scalar:
    raise ValueError("does not fit")
