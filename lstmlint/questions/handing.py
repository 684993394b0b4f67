"""Weights that are handed from one layer or model to another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.facts import Facts
from lstmlint.interpreter.values import Reference, Value
from lstmlint.keras_model.graph import Layer
from lstmlint.keras_model.training import LibraryCall
from lstmlint.questions.provenance import made_by
from lstmlint.text.source import Span


@dataclass(frozen=True, slots=True, eq=False)
class Misplaced:
    """``set_weights`` on ``taker``, a layer or a model, of what ``giver`` holds: ``why`` Keras raises."""

    call: LibraryCall
    taker: Value
    giver: Value
    why: str

    @property
    def whole(self) -> bool:
        """Whether all weights of a model are handed on at once."""
        return isinstance(self.taker, Reference)


def misplaced_weights(facts: Facts) -> Iterator[Misplaced]:
    """The first at each place, where a loop goes on to other layers."""
    told: set[Span] = set()
    for call in facts.calls_to("Layer.set_weights", "Model.set_weights"):
        made = getattr(call.result, "made", None)
        if made is None or not made.refused or call.conditional or call.call.span in told:
            continue
        taker, given = made.sources
        source = made_by(given, "Layer.get_weights", "Model.get_weights")
        giver = source.sources[0] if source is not None and source.sources else None
        if isinstance(giver, Layer | Reference) and giver is not taker:
            told.add(call.call.span)
            yield Misplaced(call, taker, giver, made.refused)
