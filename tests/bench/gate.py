"""What typography and gate together cost for one draft, beside `json.loads` of its answer.

Run with `make bench`. The drafts are the demo's recorded answers, each with its recorded source;
``first`` reads the source too, ``again`` is the answer after a repair, or a card. Seconds of the
processor, so that other work on the machine does not count.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles
from time import process_time

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from db.model import Item  # noqa: E402 - after the path is set
from feeds.read import READERS  # noqa: E402
from feeds.sources import parse  # noqa: E402
from prompts import source, vocabulary  # noqa: E402
from prompts.accept import accept  # noqa: E402

RECORDED = ROOT / "bot" / "demo" / "recorded"
ROUNDS = 10
MEASURED_AGAIN = 200
"""One `json.loads` is shorter than the clock's tick."""


def main() -> None:
    """Print medians, p95 and the ratio."""
    tags = vocabulary.load()
    drafts = _drafts()
    for item, answer in drafts:
        accept(answer, item, tags)
    first, again, parsed = [], [], []
    for number in range(ROUNDS):
        for item, answer in drafts:
            new = replace(item, text=f"{item.text} {'.' * number}")
            source.read.cache_clear()
            first.append(_ms(lambda: accept(answer, new, tags)))  # noqa: B023 (called at once)
            again.append(_ms(lambda: accept(answer, new, tags)))  # noqa: B023
            text = json.dumps(answer, ensure_ascii=False)
            loads = _ms(lambda: [json.loads(text) for _ in range(MEASURED_AGAIN)])  # noqa: B023
            parsed.append(loads / MEASURED_AGAIN)
    units = median(len(item.text) for item, _ in drafts)
    print(f"drafts: {len(drafts)} recorded answers, sources of {units:.0f} characters")
    print(f"typography and gate, first: median {median(first):.2f} ms, p95 {_p95(first):.2f} ms")
    print(f"typography and gate, again: median {median(again):.2f} ms, p95 {_p95(again):.2f} ms")
    print(f"json.loads of the answer: median {median(parsed):.4f} ms, p95 {_p95(parsed):.4f} ms")
    print(f"ratio of the p95: {_p95(first) / _p95(parsed):,.0f}")


def _drafts() -> list[tuple[Item, dict[str, object]]]:
    """The recorded items with their recorded answers."""
    answers = json.loads((RECORDED / "summaries.json").read_text("utf-8"))
    found: list[Item] = []
    told = (RECORDED / "sources.toml").read_text("utf-8")
    for one in parse(told.replace("$RECORDED", "https://recorded.example"), "recorded"):
        read = READERS[one.kind]
        found += read((RECORDED / one.url.rpartition("/")[2]).read_bytes(), one).items
    return [(item, answers[item.identity]["answer"]) for item in found if item.identity in answers]


def _ms(call: Callable[[], object]) -> float:
    started = process_time()
    call()
    return (process_time() - started) * 1000


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]


if __name__ == "__main__":
    main()
