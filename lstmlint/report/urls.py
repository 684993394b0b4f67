"""Where a rule's page can be read on the web."""

from __future__ import annotations

#: The published pages, once there are any; ``{name}`` is the rule's file name.
PAGES: str | None = None


def rule_url(name: str) -> str | None:
    return None if PAGES is None else PAGES.format(name=name.replace("-", "_"))
