"""peyk as its operator meets it: a command in a folder, with an environment and nothing else."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.newsroom import Newsroom

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Said:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its output, read as JSON."""
        return json.loads(self.out)

    def line(self, words: str) -> str:
        """The one line of its output that holds `words`."""
        (line,) = [line for line in self.out.splitlines() if words in line]
        return line


async def peyk(folder: Path, *arguments: str, stdin: str = "", **environment: str) -> Said:
    """Run `peyk` with `arguments` in `folder` until it ends."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **environment},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(stdin.encode())
    assert process.returncode is not None
    return Said(process.returncode, out.decode(), err.decode())


def environment(room: Newsroom) -> dict[str, str]:
    """The settings of a newsroom, as its operator would write them."""
    admins = ",".join(str(one) for one in sorted(room.settings.admins))
    return {
        "PEYK_TELEGRAM_TOKEN": room.tg.token,
        "PEYK_TELEGRAM_API_URL": room.tg.url,
        "PEYK_CHANNEL": str(room.settings.channel),
        "PEYK_ADMIN_CHAT": str(room.settings.admin_chat),
        "PEYK_ADMINS": admins,
        "PEYK_DB": str(room.settings.db),
        "PEYK_SOURCES": str(room.settings.sources),
    }
