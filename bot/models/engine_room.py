"""A model's file, served by a child process: started, watched, ended.

A process of its own, because C++ that fails takes its process with it; because ending it is
certain and gives all memory back; and because it can be made to wait for the bot. It listens on
loopback only, to whoever knows the key. What it does is in bot.models.engine; when it is started
and ended is decided in bot.models.local.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import sys
from collections import deque
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path

from bot.confined import environment
from bot.errors import ModelBusy, ModelError, ModelMissing
from bot.models.engine import Orders

log = logging.getLogger(__name__)

OPENING = 300.0
"""Seconds a model may take to load: 8 GB from a slow disk take two minutes."""
_LIBRARY = "xllamacpp"
_COMPLAINT = " E "
"""What marks an error among llama.cpp's log lines."""
_SIGNALS = {4: " (is this processor too old for it?)", 9: " (out of memory?)"}
_WORST = 200
_LINES = 40


def require_engine() -> None:
    """Raise ModelMissing when llama.cpp is not installed."""
    if find_spec(_LIBRARY) is None:
        raise ModelMissing(
            "xllamacpp is not installed, so PEYK_LOCAL_MODEL cannot be run here;"
            " `make local`, or pip install 'peyk[local]', brings it"
        )


class EngineRoom:
    """One running model. `start` and `stop` may be called again and again, not side by side."""

    def __init__(self, *, opening: float = OPENING) -> None:
        self.address = ""
        """Of the API, while the model runs."""
        self.key = ""
        self._opening = opening
        self._child: asyncio.subprocess.Process | None = None
        self._heard: deque[str] = deque(maxlen=_LINES)
        self._watching: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Whether a model is loaded, as far as is known."""
        return bool(self.address)

    @property
    def pid(self) -> int | None:
        """The child's process id, while there is one."""
        return self._child.pid if self._child else None

    async def start(
        self, path: Path, *, name: str, context: int, slots: int, threads: int, memory: int
    ) -> None:
        """Load the model at `path`.

        Raises ModelMissing when llama.cpp is not installed, ModelBusy when memory is short or it
        takes too long, ModelError when it cannot load the file.
        """
        require_engine()
        self.key = secrets.token_urlsafe(24)
        orders = Orders(str(path), name, self.key, context, slots, threads, memory)
        try:
            async with asyncio.timeout(self._opening):
                self.address = f"{await self._launch(orders)}/v1"
        except TimeoutError as error:
            raise ModelBusy(f"the local model was not loaded in {self._opening:g} s") from error
        finally:
            if not self.running:
                await self.stop()

    async def stop(self) -> None:
        """End the child; all it held is free when this returns."""
        child, self._child = self._child, None
        watching, self._watching = self._watching, None
        self.address = ""
        if child is None:
            return
        if child.returncode is None:
            child.kill()
        ended = asyncio.ensure_future(_ended(child, watching))
        try:
            await asyncio.shield(ended)
        except asyncio.CancelledError:  # it is dying: no child is left behind
            await ended
            raise

    async def _launch(self, orders: Orders) -> str:
        self._heard.clear()
        try:
            child = self._child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "bot.models.engine"),
                env=environment(),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
        except OSError as error:
            raise ModelBusy(f"no process for the local model: {error.strerror}") from error
        self._watching = asyncio.create_task(self._watch(child))
        assert child.stdin and child.stdout
        try:
            child.stdin.write(json.dumps(asdict(orders)).encode() + b"\n")
            await child.stdin.drain()
            said = json.loads(await child.stdout.readline() or b"{}")
        except (OSError, ValueError):
            said = {}
        if "address" in said:
            return str(said["address"])
        if "error" not in said:
            await child.wait()
        await asyncio.sleep(0)  # what it complained of comes through another pipe
        raise self._failure(str(said.get("error", "")), child.returncode)

    def _failure(self, said: str, code: int | None) -> ModelError:
        """What a start that failed is to be called."""
        complaint = next((line for line in self._heard if _COMPLAINT in line), "")
        why = complaint.partition(_COMPLAINT)[2].strip() or said or f"its process {_end(code)}"
        if "libgomp" in why:
            return ModelMissing(f"the local model needs a system library (libgomp1): {why}")
        short = any(word in why for word in ("insufficient memory", "failed to allocate", "alloc"))
        kind = ModelBusy if short or code == -9 else ModelError
        return kind(f"the local model could not be loaded: {why[:_WORST]}")

    async def _watch(self, child: asyncio.subprocess.Process) -> None:
        """Note what the child complains of, and its end when nobody asked for it."""
        assert child.stderr
        while True:
            try:
                line = await child.stderr.readline()
            except ValueError:  # longer than the buffer
                continue
            if not line:
                break
            self._heard.append(line.decode(errors="replace").strip())
            log.debug("llama.cpp: %s", self._heard[-1])
        unasked = self._child is child and self.running
        if unasked:
            self.address = ""
        code = await child.wait()
        if unasked:
            log.error("the local model's process %s; the next question starts it anew", _end(code))


async def _ended(child: asyncio.subprocess.Process, watching: asyncio.Task[None] | None) -> None:
    await child.wait()
    if watching is not None:
        await watching


def _end(code: int | None) -> str:
    """How a process ended, in words."""
    if code is not None and code < 0:
        return f"was ended by signal {-code}{_SIGNALS.get(-code, '')}"
    return f"ended with code {code}"
