"""Draw what the program prints, in its own colours, as ``docs/*.svg``: ``python docs/pictures.py``."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

sys.path.insert(0, str(Path(__file__).parent))

from readme import ROOT, run

DOCS = ROOT / "docs"
#: Columns of the terminal that is drawn; longer lines are broken between words.
COLUMNS = 118
PICTURES = {
    "check.svg": "lstmlint check --verify --select LST201 fixtures/stack_overflow/asked.py",
    "fix.svg": "lstmlint fixtures/projects/forecast/train.py",
}
#: Dark, with enough contrast for text that a terminal shows dim.
BLACK, RED, GREEN, YELLOW = (60, 64, 72), (240, 113, 120), (152, 195, 121), (229, 192, 123)
BLUE, MAGENTA, CYAN, WHITE = (97, 175, 239), (198, 120, 221), (86, 182, 194), (220, 223, 228)
THEME = TerminalTheme((24, 26, 31), WHITE, [BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE])


def main() -> int:
    for name, command in PICTURES.items():
        (DOCS / name).write_text(drawn(command), encoding="utf-8")
    return 0


def drawn(command: str) -> str:
    """An SVG of a terminal in which the command was typed."""
    console = Console(width=COLUMNS, record=True, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.assemble(("$ ", "dim"), (command, "bold")), soft_wrap=True)
    for line in coloured(command).split("\n"):
        console.print(Text.from_ansi(line), highlight=False)
    picture = console.export_svg(title="lstmlint", theme=THEME)
    # Without this librsvg drops the spaces that a line begins with.
    return picture.replace("<svg ", '<svg xml:space="preserve" ', 1)


def coloured(command: str) -> str:
    """The output with colours. Raises where the command could not run."""
    return run(f"{command} --color always")


if __name__ == "__main__":
    sys.exit(main())
