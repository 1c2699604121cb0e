"""Tesseract, if it is installed: a reader that needs no model and no network.

Runs as a process with limits on time and memory, behind everything else that wants to run; the
picture goes in and the text comes out through pipes. Source: tesseract(1), prlimit(1), nice(1).
"""

from __future__ import annotations

import asyncio
import math
import os
import re
import shutil
import subprocess
from asyncio.subprocess import DEVNULL, PIPE, Process

from bot.documents.lines import paragraphs
from bot.documents.reader import Answer
from bot.errors import ModelBusy
from bot.persian.language import persian_share
from prompts.transcript import PERSIAN, clean

SECONDS = 60.0
"""For a page; dense ones take five."""
MEMORY = 1 << 30
LANGUAGES = ("fas", "eng")
BLOCK = "6"
"""Page segmentation mode "a single uniform block": right for a sample of lines."""
_COMMA = re.compile(r"(?<=[\u0620-\u06cc]),(?=\s)")
"""The Latin comma that it takes a Persian one for."""
WHOLE = "3"
"""Page segmentation mode "fully automatic"."""


class Tesseract:
    """Tesseract's Persian and English, as many at once as there are processors."""

    version = "tesseract-1"

    def __init__(self, program: str, languages: str) -> None:
        self._command = [*_limits(), program, "-", "-"]
        self._places = asyncio.Semaphore(os.cpu_count() or 1)
        self._languages = languages
        self.name = f"tesseract {languages}"

    async def read(self, jpeg: bytes, *, warmth: float = 0.0, before: str = "") -> Answer:
        """As in PageReader; tesseract knows neither warmth nor what stood before."""
        text = await self._run(jpeg, WHOLE, self._languages)
        return Answer(_COMMA.sub("،", clean(paragraphs(text))), model=self.name)

    async def glance(self, jpeg: bytes, like: str = "") -> str:
        """A few lines of text, as they stand, in the language of `like`. Raises ModelBusy."""
        return await self._run(jpeg, BLOCK, self._language_of(like))

    def _language_of(self, text: str) -> str:
        """One language where that will do: two take three times as long."""
        one = LANGUAGES[0] if persian_share(text) >= PERSIAN else LANGUAGES[1]
        return one if text and one in self._languages else self._languages

    async def _run(self, jpeg: bytes, mode: str, languages: str) -> str:
        async with self._places:
            try:
                child = await asyncio.create_subprocess_exec(
                    *(*self._command, "-l", languages, "--psm", mode),
                    # One thread each: several pages at once use the processors better.
                    env={"OMP_THREAD_LIMIT": "1", "PATH": os.defpath},
                    stdin=PIPE,
                    stdout=PIPE,
                    stderr=DEVNULL,
                )
            except OSError as error:
                raise ModelBusy(f"tesseract: {type(error).__name__}") from error
            return await _output(child, jpeg)


def find() -> Tesseract | None:
    """The installed tesseract with the languages it has; None when it cannot read Persian.

    Runs it for some milliseconds.
    """
    program = shutil.which("tesseract")
    if not program:
        return None
    try:
        asked = [program, "--list-langs"]
        told = subprocess.run(asked, capture_output=True, text=True, timeout=5).stdout.split()
    except (OSError, subprocess.TimeoutExpired):
        return None
    known = [language for language in LANGUAGES if language in told]
    return Tesseract(program, "+".join(known)) if LANGUAGES[0] in known else None


async def _output(child: Process, picture: bytes) -> str:
    """What the process says. Raises ModelBusy when it fails or takes too long."""
    try:
        async with asyncio.timeout(SECONDS):
            said, _ = await child.communicate(picture)
    except TimeoutError as error:
        raise ModelBusy(f"tesseract: no answer in {SECONDS:g} s") from error
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        raise ModelBusy(f"tesseract: exit code {child.returncode}")
    return said.decode("utf-8", "replace")


def _limits() -> list[str]:
    """What to put before a command so that it gets little."""
    nice, prlimit = shutil.which("nice"), shutil.which("prlimit")
    polite = [nice, "-n", "10"] if nice else []
    if not prlimit:
        return polite
    return [
        *polite,
        prlimit,
        f"--as={MEMORY}",
        f"--cpu={math.ceil(SECONDS)}",
        "--core=0",
        "--fsize=0",
    ]
