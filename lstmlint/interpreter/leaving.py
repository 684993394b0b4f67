"""Where ``continue`` and ``break`` under a condition that is not known leave a loop: the states to join later."""

from __future__ import annotations

from lstmlint.interpreter.join import merge_branches
from lstmlint.interpreter.memory import Changes, Memory


class Leaving:
    """The states of one loop's branches that went on to its next turn, or to its end."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._loop = memory.mark()
        self._turn = self._loop
        self._continued: list[Changes] = []
        self._broken: list[Changes] = []

    @property
    def early(self) -> bool:
        """Whether a branch has ended the loop already."""
        return bool(self._broken)

    def begin_turn(self) -> None:
        self._turn = self._memory.mark()
        self._continued = []

    def note(self, flow: str) -> None:
        """A branch has just ended in this way: keep what it leaves behind, before it is undone."""
        if flow == "continue":
            self._continued.append(self._memory.changes(self._turn))
        elif flow == "break":
            self._broken.append(self._memory.changes(self._loop))

    def end_turn(self) -> None:
        self._join(self._turn, self._continued)
        self._memory.release()

    def join_breaks(self) -> bool:
        """At the end of the loop; says whether it may have been left early."""
        self._join(self._loop, self._broken)
        return self.early

    def close(self) -> None:
        self._memory.release()

    def _join(self, mark: int, others: list[Changes]) -> None:
        if others:
            reached = self._memory.changes(mark)
            self._memory.undo(mark)
            merge_branches(self._memory, [reached, *others], "depends on where a turn of a loop ends")
