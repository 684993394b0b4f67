"""Calls of numpy to draw from: ``X`` an operand, ``A`` an axis of it, ``M`` an ``axis=`` argument, ``K`` a small number."""

# ruff: noqa: E501 - a table, read line by line

from __future__ import annotations

_UNARY = ["sin", "cos", "exp", "tanh", "sqrt", "abs", "square", "floor", "ceil", "round", "sign", "isnan", "log1p", "negative", "rint", "nan_to_num", "logical_not", "zeros_like", "ones_like", "empty_like", "ravel", "transpose", "atleast_1d", "atleast_2d", "atleast_3d", "fliplr", "flipud", "flip", "squeeze", "copy", "asarray", "array", "triu", "tril", "diag", "unique", "shape", "size", "ndim", "average", "argwhere", "flatnonzero", "cumsum", "isfinite", "float32", "int64", "ascontiguousarray"]
_FOLDED = ["sum", "mean", "std", "var", "min", "max", "prod", "any", "all", "median", "argmax", "argmin", "amax", "count_nonzero", "ptp", "nanmean"]
_METHODS = ["sum", "mean", "std", "var", "min", "max", "prod", "any", "all", "argmax", "argmin"]
TEMPLATES = (
    *(f"np.{name}(X)" for name in _UNARY),
    *(f"np.{name}(X, axis=M)" for name in _FOLDED if name not in ("argmax", "argmin")),
    *(f"np.{name}(X, axis=M, keepdims=True)" for name in _FOLDED if name not in ("argmax", "argmin")),
    *(f"np.{name}(X, axis=A)" for name in ("argmax", "argmin", "cumsum", "sort", "argsort", "diff", "squeeze", "flip")),
    *(f"X.{name}(axis=M)" for name in _METHODS if name not in ("argmax", "argmin")),
    *(f"X.{name}()" for name in _METHODS),
    *("X.ravel()", "X.flatten()", "X.copy()", "X.tolist()", "X.squeeze()", "X.cumsum()", "X.round(1)", "X.argsort()"),
    *("X.shape", "X.size", "X.ndim", "X.T", "X.shape[0]", "len(X)", "X.dtype", "X.shape[-1] * 2", "X.shape[1:]"),
    *("X.astype('float32')", "X.astype(int)", "X.astype(np.float64)", "X.astype(bool)", "X.astype('int8')"),
    *("np.swapaxes(X, A, A)", "X.swapaxes(A, A)", "np.moveaxis(X, A, A)", "np.rollaxis(X, A)", "np.rollaxis(X, A, A)"),
    *("np.expand_dims(X, A)", "np.expand_dims(X, axis=(0, K))", "np.broadcast_to(X, (2, *X.shape))"),
    *("np.repeat(X, K, axis=A)", "np.repeat(X, K)", "X.repeat(2, axis=A)", "np.tile(X, K)", "np.tile(X, (K, 1))"),
    *("np.tile(X, (2, 1, K))", "np.roll(X, K)", "np.roll(X, K, axis=A)", "np.rot90(X)", "np.rot90(X, K)"),
    *("np.split(X, K, axis=A)", "np.split(X, [1, 3], axis=A)", "np.array_split(X, 3)", "np.hsplit(X, 2)", "np.vsplit(X, 2)"),
    *("np.split(X, 2)", "np.array_split(X, 2, axis=A)", "np.clip(X, 0, 1)", "np.clip(X, -1.5, None)", "X.clip(0, 2)"),
    *("np.append(X, X)", "np.append(X, X, axis=A)", "np.append(X, [1])", "np.delete(X, 0, axis=A)", "np.delete(X, K)"),
    *("np.insert(X, 0, 5)", "np.insert(X, 0, 0, axis=0)", "np.percentile(X, 50, axis=M)", "np.percentile(X, [25, 75])"),
    *("np.quantile(X, 0.5, axis=A)", "np.round(X, 2)", "np.around(X)", "-X", "~X", "abs(X)", "np.nonzero(X)", "np.where(X)"),
    *("np.isin(X, [1, 2])", "np.unique(X, return_counts=True)", "np.bincount(X)", "np.linalg.norm(X, axis=A)"),
    *("np.diff(X)", "np.diff(X, n=2, axis=A)", "np.take(X, [0, 1], axis=A)", "np.take(X, 0)", "np.sort(X)", "np.full_like(X, 3)"),
    *("np.meshgrid(np.arange(3), np.arange(2))", "np.resize(X, (2, 3))", "X.item()", "np.interp(X, [0, 1], [0, 10])"),
    *("np.convolve(X, [1, 1, 1])", "np.convolve(X, np.ones(3) / 3, mode='valid')", "np.convolve(X, [1, 2], 'same')"),
    *("np.digitize(X, [0, 1, 2])", "np.searchsorted([1, 2, 3], X)", "np.gradient(X)", "np.polyfit(np.arange(4), np.arange(4), K)"),
    *("[row for row in X]", "np.array([row for row in X])", "np.stack([row * 2 for row in X])", "list(X)", "np.array(list(X))"),
    *("np.array(X.tolist())", "int(X.sum())", "[x.shape for x in (X, X)]", "np.expand_dims(X, -1)", "X[..., np.newaxis]"),
    *("np.array([X[i:i + 3] for i in range(3)])", "np.array([X[i:i + 2] for i in range(len(X) - 2)])"),
    *("np.float32(X)", "np.argmax(X)", "np.argmax(X, axis=A, keepdims=True)", "np.tile(X[:1], (n, 1))", "X - X.mean(axis=0)"),
    *("(X - np.min(X)) / (np.max(X) - np.min(X))", "X[:, 0]", "X[-2:]", "X[:-1]", "X[1:] - X[:-1]", "X[:, None]"),
)  # fmt: skip
