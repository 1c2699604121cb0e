"""Does a small model's own doubt tell supported answers from unsupported ones?

    python -m tests.eval.doubt [--posts N]

The model reads a passage and its question, then the labelled answer token by token; entropy,
varentropy and surprisal are those of bot.models.doubt. Each figure is given as the chance that an
unsupported answer has more of it than a supported one (AUC: 0.5 tells nothing), over all answers
and within each post. The model is Gemma 3 270M; of SmolLM2, to which a Persian letter is several
tokens, the server does not tell enough. Some ten minutes for all posts.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from bot.models.doubt import of_token  # noqa: E402
from bot.models.engine_room import EngineRoom  # noqa: E402
from tests import small_models  # noqa: E402
from tests.eval.answering import SHARED, Labelled, Shelf, labelled  # noqa: E402

SUBTLE = ("negated", "wrong number", "wrong name", "swapped roles", "wrong relation")
"""Faults that no word gives away."""
UNSUPPORTED = 2
"""Answers of a post that it does not bear out; of those that it does, one."""
LONGEST_PASSAGE, LONGEST_ANSWER = 450, 60
"""Characters, tokens: reading takes its time."""
TOP = 20


@dataclass(frozen=True)
class Measured:
    """An answer, and a model's doubt in it."""

    post: int
    supported: bool
    figures: dict[str, float]


def chosen(posts: int) -> Iterator[Labelled]:
    """One supported and a few unsupported answers to each of so many posts."""
    of_post = defaultdict(list)
    for one in labelled():
        of_post[one.post].append(one)
    luck = random.Random(7)
    for post in luck.sample(sorted(of_post), min(posts, len(of_post))):
        near = [one for one in of_post[post] if one.supported and one.kind == "near"]
        subtle = [one for one in of_post[post] if one.kind in SUBTLE]
        yield from [*near[:1], *luck.sample(subtle, min(UNSUPPORTED, len(subtle)))]


async def doubt(http: httpx.AsyncClient, passage: str, one: Labelled) -> Measured:
    """The model's doubt in an answer, token by token."""
    before = f"متن: {passage[:LONGEST_PASSAGE]}\n\nپرسش: {one.question}\nپاسخ:"
    head = (await post(http, "/tokenize", content=before, add_special=True))["tokens"]
    said = await post(http, "/tokenize", content=" " + one.text.replace(" [1]", ""))
    told: list[tuple[float, float, float]] = []
    for at, token in enumerate(said["tokens"][:LONGEST_ANSWER]):
        prompt = [*head, *said["tokens"][:at]]
        answer = await post(
            http, "/completion", prompt=prompt, n_predict=1, n_probs=TOP, cache_prompt=True
        )
        if not answer.get("completion_probabilities"):
            continue  # the token is a part of a letter
        top = answer["completion_probabilities"][0]["top_logprobs"]
        logprobs = [each["logprob"] for each in top]
        # Of a token that is not among the likeliest only this much is known.
        its = next((each["logprob"] for each in top if each["id"] == token), min(logprobs) - 1)
        told.append((*of_token(logprobs), -its))
    means = [sum(column) / len(told) for column in zip(*told, strict=True)]
    names = ("entropy", "varentropy", "surprisal")
    return Measured(one.post, one.supported, dict(zip(names, means, strict=True)))


async def post(http: httpx.AsyncClient, path: str, **asked: Any) -> dict[str, Any]:
    """What llama.cpp's own interface answers."""
    answer = await http.post(path, json=asked)
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


def auc(supported: Sequence[float], others: Sequence[float]) -> float:
    """The chance that one of the others is larger."""
    wins = sum((two > one) + 0.5 * (two == one) for one in supported for two in others)
    return wins / (len(supported) * len(others))


def print_figures(model: str, found: Sequence[Measured]) -> None:
    """One line for each figure."""
    print(f"{model}: {sum(one.supported for one in found)} supported answers of {len(found)}")
    for name in found[0].figures:
        ok, bad = (
            [one.figures[name] for one in found if one.supported is kind] for kind in (True, False)
        )
        within = [
            (two.figures[name] > one.figures[name])
            for one in found
            for two in found
            if one.supported and not two.supported and one.post == two.post
        ]
        means = f"supported {sum(ok) / len(ok):5.2f}  unsupported {sum(bad) / len(bad):5.2f}"
        chances = f"AUC {auc(ok, bad):.2f}  within a post {sum(within) / len(within):.2f}"
        print(f"  {name:10} {means}  {chances}")


async def run(path: Path, posts: int) -> None:
    """Measure one model."""
    shelf, room = Shelf(SHARED), EngineRoom()
    await room.start(path, name=path.stem, context=4096, slots=1, threads=2, memory=4 << 30)
    key = {"Authorization": f"Bearer {room.key}"}
    try:
        address = room.address.removesuffix("/v1")
        async with httpx.AsyncClient(base_url=address, headers=key, timeout=600) as http:
            found = [await doubt(http, shelf.passage(one.post), one) for one in chosen(posts)]
    finally:
        await room.stop()
    print_figures(path.stem, found)


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--posts", type=int, default=48)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        asyncio.run(run(small_models.gemma(Path(folder)), options.posts))


if __name__ == "__main__":
    main()
