"""The layers that a plan may name, out of the linter's own table."""

from __future__ import annotations

from lstmlint.verify.schema import CARRY_CODE


def known_layers() -> frozenset[str]:
    """The closed list: every layer of the linter's table that carries no code, and a model of such layers in a row."""
    import lstmlint.keras_model.layers  # noqa: F401  fills the table
    from lstmlint.keras_model.layers.table import LAYERS

    return (frozenset(LAYERS) - CARRY_CODE) | {"Sequential", "Operation"}


def parameters_of(kind: str) -> frozenset[str]:
    """The names of a known layer's own arguments: ``input_dim`` is one of Embedding's, not of LSTM's."""
    from lstmlint.keras_model.layers.table import LAYERS

    known = kind in LAYERS and kind in known_layers()
    return frozenset(parameter.name for parameter in LAYERS[kind].parameters) if known else frozenset()
