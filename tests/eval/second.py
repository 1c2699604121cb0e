"""Measure the second model: negations and swapped roles, which a mechanical gate cannot see.

    PEYK_CHECK_MODEL=… OPENAI_BASE_URL=… OPENAI_API_KEY=… python tests/eval/second.py [--wrong]

The set is tests/eval/second.json: sentences about recorded items, and the same sentences turned
round. Without a model it says so and is content. Needs the recordings in ../shared.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bot import config  # noqa: E402
from bot.config import Settings  # noqa: E402
from bot.models.door import LanguageModel, OpenAIModel  # noqa: E402
from db.model import Item, Kind  # noqa: E402
from feeds.second import doubted  # noqa: E402
from prompts.accept import Accepted  # noqa: E402
from prompts.claims import findings  # noqa: E402
from prompts.source import read  # noqa: E402
from tests.eval.gate import FIXTURES, recorded  # noqa: E402

AT_ONCE = 4


def cases() -> list[tuple[str, str, Item]]:
    """Kind, sentence and item of each case."""
    text = Path(__file__).with_name("second.json").read_text(encoding="utf-8")
    found = []
    for entry in json.loads(text):
        item = recorded(entry["recording"], entry["id"])
        found.append(("faithful", entry["said"], item))
        found += [(kind, said, item) for kind, said in entry["wrong"]]
    return found


async def measure(model: LanguageModel, *, show: bool) -> None:
    """Ask `model` about every case, and print the table."""
    places = asyncio.Semaphore(AT_ONCE)
    seconds: list[float] = []

    async def stopped(said: str, item: Item) -> bool:
        async with places:
            start = time.perf_counter()
            judged = await doubted(model, item, Accepted("", said, (), Kind.PAPER))
            seconds.append(time.perf_counter() - start)
        return bool(judged.reasons)

    found = cases()
    marks = await asyncio.gather(*(stopped(said, item) for _, said, item in found))
    by_kind: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for (kind, said, item), mark in zip(found, marks, strict=True):
        gate = bool(findings("", said, read(item.title, item.text, item.url)))
        by_kind[kind].append((mark, gate))
        if show and mark != (kind != "faithful"):
            print(f"--- {item.identity} {kind}: {said}")
    seconds.sort()
    print(f"{model.name}: p50 {seconds[len(seconds) // 2]:.2f} s, longest {seconds[-1]:.2f} s")
    print(f"{'kind':28}{'sentences':>10}{'stopped':>10}{'gate alone':>12}")
    for kind, pairs in by_kind.items():
        shares = [sum(pair[n] for pair in pairs) / len(pairs) for n in (0, 1)]
        print(f"{kind:28}{len(pairs):>10}{shares[0]:>10.1%}{shares[1]:>12.1%}")


async def _run(settings: Settings, *, show: bool) -> None:
    door = OpenAIModel(settings.llm_url, settings.llm_key, settings.check_model)
    try:
        await measure(door, show=show)
    finally:
        await door.close()


def main(arguments: list[str]) -> int:
    """Measure the configured model, if there is one."""
    settings = config.read()
    if not FIXTURES.is_dir():
        print("the recordings in ../shared are not part of a clone")
    elif not settings.check_model:
        print("second model: not measured, PEYK_CHECK_MODEL names none")
    else:
        asyncio.run(_run(settings, show="--wrong" in arguments))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
