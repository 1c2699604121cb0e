"""The child process of bot.models.engine_room: llama.cpp's own server on a model's file.

A broken file or too little memory may take this process down; it costs the answers in flight. On
standard input comes one line of JSON (`Orders`), on standard output goes one: the address of the
server, or an error. It ends when standard input does, so it never outlives its parent.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.confined import confine

NICE = 5
"""The channel and the chat have the right of way."""
FIRST_TO_GO = 500
"""When the machine runs out of memory, Linux ends the model and not the bot (-1000 to 1000)."""
BATCHES = (8, 16, 32, 64)
"""Tokens of a question that are read in one go: a stop waits for the end of two."""
QUICK = 5_000_000_000
"""Bytes of a 4-bit model times tokens that a thread reads in a quarter of a second, about."""
CHECKPOINTS = 4
"""States of a model without an ordinary cache that are kept, so that it need not read anew."""
ADDRESSES = 4 << 30
"""Bytes of addresses beside what the model takes: libraries, stacks, what malloc reserves."""
PER_THREAD = 128 << 20
"""Of addresses, for the stack and the arena of a thread."""
WAITING = 4
"""Threads for callers beside those that are answered: to count tokens, to be told to wait."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What to run, and with how much."""

    path: str
    name: str
    """What it is called in answers."""
    key: str
    """What the server wants to hear from its callers."""
    context: int
    """Tokens of each slot."""
    slots: int
    threads: int
    memory: int
    """Bytes it should need."""


def main() -> None:
    """Serve until standard input ends."""
    orders = Orders(**json.loads(sys.stdin.readline()))
    _first_to_go()
    threads = orders.threads + orders.slots + WAITING
    # Twice: the file is mapped, and most of its weights are copied into a better order.
    addresses = 2 * orders.memory + ADDRESSES + threads * PER_THREAD
    confine(memory=addresses, seconds=None, nice=NICE)
    try:
        server = _serve(orders)
    except (ImportError, RuntimeError, MemoryError) as error:
        _say(error=str(error))
    else:
        _say(address=server.listening_address)
        sys.stdin.read()
    # Not the ordinary way: the server's own threads would be waited for.
    os._exit(0)


def _serve(orders: Orders) -> Any:
    """A running server; the bot knows no other part of the library."""
    library = importlib.import_module("xllamacpp")
    asked = library.CommonParams()
    asked.model.path = orders.path
    asked.model_alias = [orders.name]
    asked.hostnames = ["127.0.0.1"]
    asked.port = 0  # any that is free
    asked.api_keys = [orders.key]
    asked.n_parallel = orders.slots
    asked.n_ctx = orders.context * orders.slots
    asked.n_batch = asked.n_ubatch = batch(Path(orders.path).stat().st_size, orders.threads)
    asked.cpuparams.n_threads = asked.cpuparams_batch.n_threads = orders.threads
    asked.n_threads_http = orders.slots + WAITING
    asked.fit_params = False  # bot.models.local has seen to it
    asked.cache_ram_mib = 0  # what slots do not hold is read again; else it takes 8 GB
    asked.n_ctx_checkpoints = CHECKPOINTS
    asked.swa_full = True  # else a sliding window forgets the instructions all answers share
    asked.default_template_kwargs = {"enable_thinking": "false"}
    asked.verbosity = 1  # errors
    asked.ui = False
    return library.Server(asked)


def batch(size: int, threads: int) -> int:
    """How many tokens are read in one go by a model of so many bytes.

    llama.cpp sees that its caller has gone only between two of them. Small ones cost little, as on
    a processor reading is bound by its arithmetic and not by memory: 32 instead of 512 tokens took
    a fifth more time with 135M parameters, 16 a quarter more with 270M.
    """
    quick = QUICK * threads // max(1, size)
    return max((one for one in BATCHES if one <= quick), default=BATCHES[0])


def _first_to_go() -> None:
    try:
        Path("/proc/self/oom_score_adj").write_text(str(FIRST_TO_GO), encoding="ascii")
    except OSError:  # no Linux, or it is not ours to say
        return


def _say(**words: str) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
