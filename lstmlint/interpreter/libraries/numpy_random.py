"""numpy.random: the old functions, RandomState, and default_rng's Generator."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.interpreter.arrays import broadcast, refused
from lstmlint.interpreter.assign import forget_contents
from lstmlint.interpreter.dims import Dim, unknown_dim
from lstmlint.interpreter.join import element_of
from lstmlint.interpreter.library import Call, function, method
from lstmlint.interpreter.requests import argument, dtype, given, one_dim, shape_of_value
from lstmlint.interpreter.values import Array, Const, Made, Reference, Sequence, Unknown, Value

_LEGACY = "numpy.random.RandomState"
_GENERATOR = "numpy.random.Generator"
_KINDS = f"{_LEGACY} {_GENERATOR}"


@function("numpy.random.RandomState", "seed=None")
def random_state(call: Call) -> Value:
    return Reference(_LEGACY, {}, call.made())


@function("numpy.random.default_rng numpy.random.Generator numpy.random.PCG64", "seed=None")
def default_rng(call: Call) -> Value:
    return Reference(_GENERATOR, {}, call.made())


@function("numpy.random.seed numpy.random.set_state", "*args, **kwargs")
@method(_KINDS, "seed", "*args, **kwargs")
def seed(call: Call) -> Value:
    return Const(None)


def _drawn(
    call: Call,
    shape: tuple[Dim, ...] | Unknown | None,
    kind: str | None,
    low: float | None = None,
    high: float | None = None,
) -> Value:
    from lstmlint.interpreter.libraries.numpy_creation import impossible

    if isinstance(shape, Unknown):
        return replace(shape, made=call.made())
    wrong = impossible(shape)
    if wrong is not None:
        return refused(wrong, call.made())
    return Array(shape, kind, None, low, high, made=call.made())


def _size(call: Call, *parameters: str) -> tuple[Dim, ...] | Unknown | None:
    """The shape of a draw: ``size``, else that of the parameters broadcast."""
    if given(call, "size"):
        return shape_of_value(call["size"])
    shape: tuple[Dim, ...] | Unknown | None = ()
    for name in parameters:
        if shape is None or isinstance(shape, Unknown):
            return shape
        shape = broadcast(shape, argument(call, name).shape)
    return shape


@function("numpy.random.rand numpy.random.randn", "*args")
@method(_LEGACY, "rand randn", "*args")
def rand(call: Call) -> Value:
    """Sizes are arguments of their own, not a tuple."""
    dims = [one_dim(value) for value in call.items("args") or ()]
    refusals = [dim for dim in dims if isinstance(dim, Unknown)]
    if any(isinstance(value, Sequence) for value in call.items("args") or ()):
        return refused("rand and randn take their sizes one by one, not as a tuple", call.made())
    if refusals:
        return replace(refusals[0], made=call.made())
    shape = tuple(dim for dim in dims if isinstance(dim, Dim))
    return _drawn(call, shape, "float64", *((0.0, 1.0) if call.name.endswith("rand") else (None, None)))


@function("numpy.random.random numpy.random.random_sample numpy.random.ranf numpy.random.sample", "size=None")
@method(_LEGACY, "random random_sample", "size=None")
@method(_GENERATOR, "random", "size=None, dtype=None, out=None")
def random(call: Call) -> Value:
    return _drawn(call, _size(call), dtype(call).of("float64"), 0.0, 1.0)


@method(_GENERATOR, "standard_normal standard_exponential", "size=None, dtype=None, *args, **kwargs")
def standard_draw(call: Call) -> Value:
    return _drawn(call, _size(call), dtype(call).of("float64"))


@function("numpy.random.standard_normal numpy.random.standard_exponential numpy.random.standard_cauchy", "size=None")
@method(_LEGACY, "standard_normal standard_exponential standard_cauchy", "size=None")
def old_standard_draw(call: Call) -> Value:
    return _drawn(call, _size(call), "float64")


@function("numpy.random.uniform", "low=0.0, high=1.0, size=None")
@method(_KINDS, "uniform", "low=0.0, high=1.0, size=None")
def uniform(call: Call) -> Value:
    ends = [end for end in (call.number("low"), call.number("high")) if end is not None]
    found = (min(ends), max(ends)) if len(ends) == 2 else (None, None)
    return _drawn(call, _size(call, "low", "high"), "float64", *found)


_TWO = "normal laplace logistic gumbel lognormal"
_ONE = "exponential rayleigh"


@function(
    " ".join(f"numpy.random.{name}" for name in _TWO.split()), "loc=0.0, scale=1.0, size=None, *, mean=0.0, sigma=1.0"
)
@method(_KINDS, _TWO, "loc=0.0, scale=1.0, size=None, *, mean=0.0, sigma=1.0")
def normal(call: Call) -> Value:
    found = _drawn(call, _size(call, "loc", "scale", "mean", "sigma"), "float64")
    plain = isinstance(found, Array) and call.name.endswith("normal") and not call.name.endswith("lognormal")
    return replace(found, made=call.made(call["loc"], call["scale"])) if plain else found


@function(" ".join(f"numpy.random.{name}" for name in _ONE.split()), "scale=1.0, size=None")
@method(_KINDS, _ONE, "scale=1.0, size=None")
def exponential(call: Call) -> Value:
    return _drawn(call, _size(call, "scale"), "float64", 0.0)


@function("numpy.random.gamma numpy.random.beta", "a, b=1.0, size=None, **kwargs")
@method(_KINDS, "gamma beta", "a, b=1.0, size=None, **kwargs")
def two_shapes(call: Call) -> Value:
    bounded = 1.0 if call.name.endswith("beta") else None
    return _drawn(call, _size(call, "a", "b") if not call.given & {"shape", "scale"} else None, "float64", 0.0, bounded)


@function("numpy.random.poisson numpy.random.geometric", "lam=1.0, size=None, **kwargs")
@method(_KINDS, "poisson geometric", "lam=1.0, size=None, **kwargs")
def poisson(call: Call) -> Value:
    return _drawn(call, _size(call, "lam") if "p" not in call.given else None, "int64", 0.0)


@function("numpy.random.binomial", "n, p, size=None")
@method(_KINDS, "binomial", "n, p, size=None")
def binomial(call: Call) -> Value:
    return _drawn(call, _size(call, "n", "p"), "int64", 0.0, argument(call, "n").high)


@function("numpy.random.multinomial", "n, pvals, size=None")
@method(_KINDS, "multinomial", "n, pvals, size=None")
def multinomial(call: Call) -> Value:
    """How often each class is drawn, along the last axis."""
    chances, size = argument(call, "pvals"), _size(call)
    shape = (*size, *chances.shape[-1:]) if isinstance(size, tuple) and chances.shape else None
    return _drawn(call, shape, "int64", 0.0, call.number("n"))


@function("numpy.random.multivariate_normal", "mean, cov, size=None, **kwargs")
@method(_KINDS, "multivariate_normal", "mean, cov, size=None, **kwargs")
def multivariate_normal(call: Call) -> Value:
    mean, size = argument(call, "mean"), _size(call)
    shape = (*size, *mean.shape) if isinstance(size, tuple) and mean.shape is not None else None
    return _drawn(call, shape, "float64")


# --- integers ---------------------------------------------------------------------------------------------------------


@function("numpy.random.randint", "low, high=None, size=None, dtype=None")
@method(_LEGACY, "randint", "low, high=None, size=None, dtype=None")
@method(_GENERATOR, "integers", "low, high=None, size=None, dtype=None, endpoint=False")
def integers(call: Call) -> Value:
    return _integers(call, 0 if call.flag("endpoint") else 1)


@function("numpy.random.random_integers", "low, high=None, size=None")
@method(_LEGACY, "random_integers", "low, high=None, size=None")
def random_integers(call: Call) -> Value:
    return _integers(call, 0)


def _integers(call: Call, cut: int) -> Value:
    last = "high" if given(call, "high") else "low"
    least, most = (argument(call, "low") if last == "high" else None), argument(call, last)
    low = 0.0 if least is None and not call.name.endswith("random_integers") else least.low if least else 1.0
    high = None if most.high is None else most.high - cut
    if low is not None and most.low is not None and most.rank == 0 and high is not None and high < low:
        return refused("low >= high", call.made())
    names = ("low", "high") if last == "high" else ("low",)
    return _drawn(call, _size(call, *names), dtype(call).of("int64"), low, high)


# --- drawing from what is there ---------------------------------------------------------------------------------------


@function("numpy.random.choice", "a, size=None, replace=True, p=None")
@method(_LEGACY, "choice", "a, size=None, replace=True, p=None")
@method(_GENERATOR, "choice", "a, size=None, replace=True, p=None, axis=0, shuffle=True")
def choice(call: Call) -> Value:
    array, size = argument(call, "a"), _size(call)
    made = call.made(call["a"], *(() if call.is_none("p") else (call["p"],)))
    if array.shape == ():
        high = None if array.high is None else array.high - 1
        found = _drawn(call, size, "int64", 0.0, high)
        return replace(found, made=made)
    if array.shape is None or not isinstance(size, tuple) or call.integer("axis") not in (0, None):
        return Array(None, array.dtype, None, array.low, array.high, made=made)
    if len(array.shape) > 1 and not call.name.startswith(_GENERATOR):
        return refused("choice takes an array of one axis", made)
    return Array((*size, *array.shape[1:]), array.dtype, None, array.low, array.high, made=made)


@function("numpy.random.permutation", "x")
@method(_LEGACY, "permutation", "x")
@method(_GENERATOR, "permutation permuted", "x, axis=0, out=None")
def permutation(call: Call) -> Value:
    size, made = call.dim("x"), call.made(call["x"])
    if size is not None:
        return Array((size,), "int64", None, 0.0, float(size.constant - 1) if size.known else None, made=made)
    array = argument(call, "x")
    if array.shape == ():
        return Array((unknown_dim(),), "int64", None, 0.0, made=made)
    return Array(array.shape, array.dtype, None, array.low, array.high, made=made)


@function("numpy.random.shuffle", "x, axis=0", raw=True)
@method(_KINDS, "shuffle", "x, axis=0", raw=True)
def shuffle(call: Call) -> Value:
    """In place: the contents are no longer known in their order."""
    value = call["x"]
    match value:
        case Reference(kind="list", fields={"content": Sequence() as content}):
            made = Made(call.name, call.site.span, (content,))
            loose = Sequence("list", None, content.length, element_of(content), made)
            call.machine.memory.put(value.fields, "content", loose)
        case Array():
            forget_contents(call.machine, value, value, call.made(value))
    return Const(None)


@function("numpy.random.bytes numpy.random.get_state", "*args")
@method(_KINDS, "bytes get_state spawn jumped", "*args")
def opaque(call: Call) -> Value:
    return call.unknown("random bytes")
