"""How much memory is free for a model, and how many processors there are."""

from __future__ import annotations

import os
import re
from pathlib import Path

_GROUP = Path("/sys/fs/cgroup")


def available(group: Path = _GROUP, machine: Path = Path("/proc/meminfo")) -> int | None:
    """Bytes that can be taken without others suffering; None: the system does not tell.

    A container's own limit counts too (cgroup v2, ``memory.max``).
    """
    told = [_free(machine), _left(group)]
    return min((one for one in told if one is not None), default=None)


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _free(machine: Path) -> int | None:
    try:
        found = re.search(r"^MemAvailable:\s+(\d+) kB", machine.read_text(encoding="ascii"), re.M)
    except (OSError, ValueError):
        return None
    return int(found[1]) * 1024 if found else None


def _left(group: Path) -> int | None:
    try:
        most = int((group / "memory.max").read_text(encoding="ascii"))
        used = int((group / "memory.current").read_text(encoding="ascii"))
        cached = re.search(
            r"^inactive_file (\d+)", (group / "memory.stat").read_text(encoding="ascii"), re.M
        )
    except (OSError, ValueError):  # none, or "max"
        return None
    return max(0, most - used + (int(cached[1]) if cached else 0))
