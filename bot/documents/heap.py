"""Memory that was freed goes back to the system: for a process in which pictures come and go.

glibc raises the size from which it maps a piece of memory by itself, as soon as one such piece is
freed; then pictures lie among smaller things, and their room is not given back (mallopt(3),
M_MMAP_THRESHOLD). On other systems this does nothing.
"""

from __future__ import annotations

import ctypes
import sys

LARGE = 32 << 10
"""Bytes from which on a piece of memory is mapped by itself: glibc's own first value, kept."""
_M_MMAP_THRESHOLD = -3


def give_back() -> None:
    """Have large pieces given back as soon as they are freed, from now on."""
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
        if mallopt:
            mallopt(_M_MMAP_THRESHOLD, LARGE)
