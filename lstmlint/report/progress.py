"""While experiments run: which finding, and the losses of the program as written and cured, falling or not."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from lstmlint.verify.verdict import Event

#: Points of the small curve that is shown for each program.
_POINTS = 28


class Progress:
    """A table on the terminal that is gone in the end. ``hear`` is told of every event."""

    def __init__(self, console: Console) -> None:
        self._live = Live(console=console, transient=True, refresh_per_second=8)
        self._title = "starting TensorFlow"
        self._losses: dict[tuple[str, int], list[tuple[int, float]]] = {}

    def __enter__(self) -> Progress:
        self._live.start()
        self._live.update(self._table())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._live.stop()

    def hear(self, event: Event) -> None:
        if event.kind != "training":
            self._losses.clear()
        elif event.loss is not None:
            self._losses.setdefault((event.program, event.seed), []).append((event.epoch, event.loss))
        self._title = f"verifying {event.index + 1} of {event.count}"
        self._live.update(self._table())

    def _table(self) -> Table:
        # The modules of the verifier are needed only where it runs.
        from lstmlint.verify.evidence import curve_text

        table = Table.grid(padding=(0, 2))
        table.add_row(Text(self._title, style="bold"))
        high = max((loss for curve in self._losses.values() for _, loss in curve), default=0.0)
        for (program, seed), curve in self._losses.items():
            style = "red" if program == "as written" else "green"
            row = (program[:30], f"seed {seed}", f"loss {curve[-1][1]:.3f}", curve_text(curve, high, _POINTS))
            table.add_row(*(Text(cell, style=style) for cell in row))
        return table
