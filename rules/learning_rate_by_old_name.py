"""`optimizer.lr`, the old name of the learning rate: Keras 3 reads nothing there, and has nothing to read."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import Confidence, Edit, Facts, Finding, Fix, LibraryCall, Lookup, Rule, Safety, Severity

rule = Rule(
    code="LST511",
    name="learning-rate-by-old-name",
    severity=Severity.WARNING,
    since="0.1.0",
    keras=frozenset({3}),
)


@rule.on(LibraryCall)
def check(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    if call.name not in ("Optimizer.lr", "Optimizer.lr=") or call.call.span.path != facts.source.path:
        return
    text, site = call.call.callee_text, call.call
    name = f"{text[: -len('lr')]}learning_rate"
    if call.name == "Optimizer.lr":
        yield Finding(
            site.span,
            f"optimizers have no `lr` in Keras 3: `{text}` crashes on Keras 3 (AttributeError), works on Keras 2",
            Confidence.HIGH,
            label="AttributeError",
            help=f"the learning rate is `{name}`: read it with `float(...)`, set it with `{name} = ...`",
            severity=Severity.ERROR,
            experiment=Lookup("Optimizer.lr", instead="Optimizer.learning_rate"),
        )
    else:
        yield Finding(
            site.span,
            f"`{text} = ...` sets an attribute that Keras 3 never reads: the learning rate stays as it was",
            Confidence.HIGH,
            label="not the learning rate",
            help=f"write `{name} = ...`",
            fix=Fix("call it `learning_rate`", Safety.UNSAFE, (Edit(site.callee, "learning_rate"),)),
            untestable="it raises nothing, and no experiment watches the learning rate",
        )
