"""``python -m lstmlint`` and the ``lstmlint`` command."""

from __future__ import annotations

import sys

from lstmlint.cli import main

if __name__ == "__main__":
    sys.exit(main())
