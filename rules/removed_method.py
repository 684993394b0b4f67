"""A method, function or module that Keras 3 no longer has."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.api import (
    POSITIONS,
    REMOVED_METHODS,
    CallSite,
    Confidence,
    Edit,
    Facts,
    Finding,
    Fix,
    Import,
    LibraryCall,
    Lookup,
    Rule,
    Run,
    Safety,
    Severity,
    Span,
    removed_argument,
    removed_name,
    renamed_method,
)

rule = Rule(code="LST502", name="removed-method", severity=Severity.ERROR, since="0.1.0", keras=frozenset({3}))


@rule.on(LibraryCall)
def check_methods(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    kind, _, name = call.name.rpartition(".")
    removed = REMOVED_METHODS.get(name) if kind == "Model" else None
    if removed is None or call.call.span.path != facts.source.path:
        return
    instead = removed.help or f"call `{removed.instead}`"
    edits = tuple(cure(call, facts))
    yield Finding(
        call.call.callee,
        f"models have no method `{name}` in Keras 3: crashes on Keras 3, works on Keras 2",
        Confidence.HIGH,
        label="AttributeError",
        help=instead,
        fix=Fix(f"call `{removed.instead}`", Safety.SAFE, edits) if edits else None,
        experiment=Lookup(call.name, instead=f"Model.{removed.instead}" if removed.instead else ""),
    )


@rule.on(Import)
def check_imports(one: Import, facts: Facts) -> Iterator[Finding]:
    yield from gone(one.written, one.span)


@rule.on(LibraryCall)
def check_functions(call: LibraryCall, facts: Facts) -> Iterator[Finding]:
    """Names read off a module: `K.expand_dims`. One that was imported by itself is told at the import."""
    imported = any(one.written == call.written for one in facts.imports)
    if call.call.span.path == facts.source.path and not imported and "." in call.call.callee_text:
        yield from gone(call.written, call.call.callee)


def gone(written: str, span: Span) -> Iterator[Finding]:
    found = removed_name(written)
    if found is not None:
        yield Finding(
            span,
            f"Keras 3 has no `{found[0]}`: crashes on Keras 3, works on Keras 2",
            Confidence.HIGH,
            label="not there any more",
            help=f"look in {found[1]}",
            experiment=Lookup(found[0]),
        )


def cure(call: LibraryCall, facts: Facts) -> Iterator[Edit]:
    """The edits that call what took the method's place."""
    site, name = call.call, call.name.rpartition(".")[2]
    if site.has_star:
        return
    new = REMOVED_METHODS[name].instead or name
    if name.endswith("_generator"):
        yield from from_generator(site, name, new)
    elif name == "predict_classes":
        yield from classes(site, facts)
    else:
        yield renamed_method(site, new)


def from_generator(site: CallSite, name: str, new: str) -> Iterator[Edit]:
    """``fit_generator(g, 10, 5, workers=2)`` -> ``fit(g, steps_per_epoch=10, epochs=5)``."""
    positional = [argument for argument in site.arguments if argument.name is None]
    names = POSITIONS[name]
    dropped = [a.name for a in site.arguments if a.name and removed_argument(f"Model.{new}", a.name)]
    if len(positional) > len(names) + 1 or len(dropped) > 1:
        return
    yield renamed_method(site, new)
    for word, argument in zip(names, positional[1:], strict=False):
        yield Edit(argument.span, f"{word}={argument.text}")
    generator = site.keyword("generator")
    if generator is not None:
        yield Edit(generator.span, f"x={generator.text}")
    edit = site.without_keyword(dropped[0]) if dropped and dropped[0] else None
    yield from (edit,) if edit else ()


def classes(site: CallSite, facts: Facts) -> Iterator[Edit]:
    """The classes by hand, where the width of the model's output is known."""
    run: Run | None = next((run for run in facts.runs if run.call.span == site.span), None)
    shape = run.model.output_shape if run else None
    width = shape[-1].value if shape and shape[-1] is not None else None
    if width is None:
        return
    end, start = Span(site.span.path, site.span.end, site.span.end), site.span.start
    yield renamed_method(site, "predict")
    if width > 1:
        yield Edit(end, ".argmax(axis=-1)")
    else:
        yield Edit(Span(site.span.path, start, start), "(")
        yield Edit(end, ' > 0.5).astype("int32")')
