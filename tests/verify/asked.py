"""The first question: two equal samples, two targets, a stateless model."""

from __future__ import annotations

from math import log
from typing import Any

from handmade import array, case, compiled, layer, run, sequential

from lstmlint.api import Change, Claim, Cure

FLOOR = 2 * log(2) / 3
X = [[[1, 0, 0]], [[1, 0, 0]]]
Y = [[0, 1, 0], [0, 0, 1]]
MERGED = Cure("one sequence of 2 steps", (Change("merge-samples"),))
STATEFUL = Cure("stateful, batch of 1", (Change("make-stateful"),))


def asked(y: Any = Y, epochs: int = 300) -> Any:
    model = sequential(
        (None, 1, 3),
        layer("LSTM", 20),
        layer("Dense", 3, activation="sigmoid"),
        compiled=compiled("binary_crossentropy"),
    )
    ran = run(model, array(X), array(y), batch_size=2, epochs=epochs, shuffle=False)
    return case(Claim.CANNOT_LEARN, model, ran, MERGED, STATEFUL, floor=FLOOR)
