"""The child process of feeds.parse: jobs on standard input, answers on standard output."""

from __future__ import annotations

import gc
import pickle
import sys

from feeds.read import LENGTH, answer

MEMORY = 1 << 30
"""Bytes of address space the child may take: a hostile feed dies here, not in the bot."""


def main() -> None:
    """Answer jobs until standard input ends."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    gc.disable()  # nothing here lives long, and each collection would walk the whole feed
    while head := sys.stdin.buffer.read(LENGTH.size):
        job = pickle.loads(sys.stdin.buffer.read(*LENGTH.unpack(head)))
        for part in answer(job):
            frame = pickle.dumps(part)
            sys.stdout.buffer.write(LENGTH.pack(len(frame)) + frame)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
