"""What typesetting a draft costs beside `json.loads` of the model answer it came in.

Run with `make bench`. The drafts are the recorded summaries of the demo, each also brought to
about 2,000 characters; every draft is new to the typographer's memory of words in the first
round only, as in a running bot.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bot.persian.typography import typeset  # noqa: E402 - after the path is set

ROUNDS = 20
LENGTH = 2000


def main() -> None:
    """Print medians and p95."""
    drafts = _drafts()
    answers = [json.dumps({"title": "", "body": draft}) for draft in drafts]
    first = [_ms(typeset, draft) for draft in drafts]
    again = [_ms(typeset, draft) for _ in range(ROUNDS) for draft in drafts]
    parsed = [_ms(json.loads, answer) for _ in range(ROUNDS) for answer in answers]
    print(f"drafts: {len(drafts)} of {LENGTH} characters")
    print(f"typeset, first time: median {median(first):.2f} ms, p95 {_p95(first):.2f} ms")
    print(f"typeset: median {median(again):.2f} ms, p95 {_p95(again):.2f} ms")
    print(f"json.loads of its answer: median {median(parsed):.4f} ms")


def _drafts() -> list[str]:
    """Persian texts of the recorded answers, in pieces of one length."""
    recorded = (ROOT / "bot" / "demo" / "recorded" / "summaries.json").read_text("utf-8")
    texts = "\n\n".join(_bodies(json.loads(recorded)))
    pieces = [texts[at : at + LENGTH] for at in range(0, len(texts) - LENGTH + 1, LENGTH)]
    return pieces or [(texts * (LENGTH // len(texts) + 1))[:LENGTH]]


def _bodies(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["body"]] if isinstance(value.get("body"), str) else []
        return own + [body for inner in value.values() for body in _bodies(inner)]
    if isinstance(value, list):
        return [body for inner in value for body in _bodies(inner)]
    return []


def _ms(call: Callable[[str], object], text: str) -> float:
    started = perf_counter()
    call(text)
    return (perf_counter() - started) * 1000


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1] if len(times) > 1 else times[0]


if __name__ == "__main__":
    main()
