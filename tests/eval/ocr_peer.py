"""What the figures of the reader are compared by: the shared vision server and scorer, and zerox.

zerox (PyPI ``py-zerox``) brings its own heavy world, so it lives in a virtual environment of its
own under the temporary folder, made when it is first wanted.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
import urllib.request
import venv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

SHARED = Path(__file__).resolve().parents[3] / "shared"
FIXTURES = SHARED / "fixtures" / "pdf"
PEER = Path(tempfile.gettempdir()) / "peyk-zerox"

_ASK_ZEROX = """
import asyncio, json, os, sys, time
os.environ["OPENAI_API_KEY"] = "none"
os.environ["OPENAI_API_BASE"] = sys.argv[1]
from pyzerox import zerox
import resource
async def main():
    started = time.monotonic()
    url, document, concurrency = sys.argv[1:]
    got = await zerox(file_path=document, model="openai/gpt-4o-mini", concurrency=int(concurrency))
    seconds = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"pages": [page.content for page in got.pages], "seconds": seconds,
                      "peak": peak}))
asyncio.run(main())
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A running vision server."""

    url: str

    def stats(self) -> dict[str, Any]:
        """Its counters."""
        address = f"{self.url.removesuffix('/v1')}/stats"
        with urllib.request.urlopen(address, timeout=5) as answer:
            counters: dict[str, Any] = json.load(answer)
            return counters


@contextmanager
def vision_server(*options: str) -> Iterator[Server]:
    """The shared vision server as a process on a free port."""
    with tempfile.TemporaryDirectory() as folder:
        port_file = Path(folder) / "port"
        log = (Path(folder) / "log").open("w")
        child = subprocess.Popen(
            [
                *(sys.executable, SHARED / "tools" / "vision_server.py"),
                *("--port", "0", "--port-file", port_file, *options),
            ],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            assert child.stdout
            child.stdout.readline()  # it says where it listens
            yield Server(f"http://127.0.0.1:{int(port_file.read_text())}/v1")
        finally:
            child.terminate()
            child.communicate()
            log.close()


def scorer() -> ModuleType:
    """The shared scorer, ``score(truth, text, meta)``."""
    path = SHARED / "tools" / "ocr_score.py"
    spec = importlib.util.spec_from_file_location("ocr_score", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def zerox_python() -> Path | None:
    """The Python of zerox' own environment; None, with a reason printed, when there is none."""
    python = PEER / "bin" / "python"
    if not python.exists():
        venv.create(PEER, with_pip=True)
    done = subprocess.run(
        [python, "-m", "pip", "install", "-q", "py-zerox"], capture_output=True, text=True
    )
    if done.returncode:
        print(f"zerox left out: it cannot be installed ({done.stderr.strip()[-200:]})")
        return None
    return python


def zerox(python: Path, url: str, document: Path, concurrency: int = 10) -> Mapping[str, Any]:
    """What zerox makes of a document: ``pages``, ``seconds`` of its call, ``peak`` MB."""
    done = subprocess.run(
        [python, "-c", _ASK_ZEROX, url, str(document), str(concurrency)],
        capture_output=True,
        text=True,
        timeout=600,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-500:])
    answer: Mapping[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer
