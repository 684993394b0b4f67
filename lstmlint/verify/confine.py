"""What the worker may not do: write files, open sockets, start programs, outgrow its memory, outlive its parent."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import threading
import time
from typing import Any

#: The worker's exit code when its memory has outgrown the limit.
OUT_OF_MEMORY = 77

_FORBIDDEN = (
    "socket.connect",
    "socket.bind",
    "socket.sendto",
    "subprocess.Popen",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
)
_FORBIDDEN_TOO = ("os.system", "os.remove", "os.rename", "os.mkdir", "os.rmdir", "shutil.", "ftplib.", "urllib.")


def confine() -> None:
    """Give up files, network and programs for good. What the system does not offer is left out."""
    _limit("RLIMIT_FSIZE", 0)
    _limit("RLIMIT_CORE", 0)
    tempfile.tempdir = os.devnull  # or tempfile looks for a folder by writing to it
    sys.addaudithook(_refuse)


def _limit(name: str, value: int) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    with contextlib.suppress(AttributeError, ValueError, OSError):
        resource.setrlimit(getattr(resource, name), (value, value))


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook cannot be taken back, https://docs.python.org/3/library/audit_events.html."""
    if event.startswith(_FORBIDDEN) or event.startswith(_FORBIDDEN_TOO):
        raise PermissionError(f"the verifier's worker does no {event}")
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        raise PermissionError(f"the verifier's worker writes no files: {arguments[0]}")


def watch(memory: int) -> None:
    """End the process when it holds more than ``memory`` bytes (0: no limit), or when its parent is gone."""
    parent = os.getppid()

    def look() -> None:
        while True:
            if os.getppid() != parent:
                os._exit(1)
            if memory and resident() > memory:
                os._exit(OUT_OF_MEMORY)
            time.sleep(0.05)

    threading.Thread(target=look, daemon=True).start()


def resident() -> int:
    """Bytes of memory in use, 0 where the system does not tell. https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html"""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0
