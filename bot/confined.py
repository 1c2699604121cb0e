"""A child process that reads hostile bytes: what it is given, and what it may take."""

from __future__ import annotations

import os
import sys
from pathlib import Path

POLITE = 2
"""A little: somebody waits for the pages, too."""


def environment() -> dict[str, str]:
    """All the environment such a child gets: the parent's holds secrets."""
    root = str(Path(__file__).parents[1])
    return {"PYTHONPATH": os.pathsep.join([root, *filter(None, sys.path)])}


def confine(*, memory: int, seconds: int | None, nice: int = POLITE) -> None:
    """Give this process so many bytes of addresses and no files to write.

    `seconds` of a processor; None: no limit. Its parent's answers have the right of way by `nice`.
    Children of its own inherit all of it.
    """
    os.nice(nice)
    if sys.platform == "linux":
        import resource

        limits = {
            resource.RLIMIT_AS: memory,
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_FSIZE: 0,
        }
        if seconds is not None:
            limits[resource.RLIMIT_CPU] = seconds
        for limit, most in limits.items():
            resource.setrlimit(limit, (most, most))
