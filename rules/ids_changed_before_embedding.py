"""A layer between the ids and their Embedding makes other numbers of them."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Confidence, Facts, Finding, Label, Layer, Node, Rule, Severity, called_here

rule = Rule(
    code="LST327",
    name="ids-changed-before-embedding",
    severity=Severity.WARNING,
    since="0.1.0",
    untestable="ids taken for amounts still train, and what that costs only the author's own score tells",
)

#: Layers whose outputs are no ids, whatever went in, and what an Embedding makes of them.
SCALES = "scales the ids it keeps and sets the rest to 0: in training the Embedding looks up other rows"
MOVES = "moves the ids: in training the Embedding looks up other rows"
CUT = "gives quantities: the Embedding cuts them down to whole numbers, and nothing before it learns"
CHANGES = {
    "Dropout": SCALES,
    **dict.fromkeys(("GaussianNoise", "GaussianDropout", "AlphaDropout"), MOVES),
    **dict.fromkeys(("BatchNormalization", "LayerNormalization", "UnitNormalization"), CUT),
    **dict.fromkeys(("Dense", "LSTM", "GRU", "SimpleRNN", "Conv1D"), CUT),
}


@rule.on(Node)
def check(node: Node, facts: Facts) -> Iterator[Finding]:
    place = called_here(node.layer, facts)
    if node.layer.kind != "Embedding" or place is None or node.problem is not None:
        return
    for before in node.producers:
        effect, made = CHANGES.get(before.layer.kind), called_here(before.layer, facts)
        if effect is None or made is None or not _changes(before.layer):
            continue
        yield Finding(
            made,
            f"`{before.layer.text}` in front of `{node.layer.text}` {effect}",
            Confidence.HIGH,
            label="changes the ids",
            help=f"put the Embedding first, and `{before.layer.kind}` behind it",
            labels=(Label(place, "looks up rows by them"),),
        )


def _changes(layer: Layer) -> bool:
    """A rate of 0 leaves the ids alone."""
    return "rate" not in layer.config.values or bool(layer.config.number("rate"))
