"""How fast feeds.taste raises the share of drafts that are approved, beside keywords alone.

    python -m tests.eval.taste [--seeds 5]

Replays 1,538 recorded arXiv papers as days of a hundred with an admin of a fixed, hidden taste
(topics, categories or a kind of work) who decides one time in ten at random. The operator's
keywords hit that taste only in part. One more admin changes
taste on the fourth day: what was learned first is then wrong, and has to heal. Simulated:
which papers have code (a fifth, by a hash of the title) and the order of papers (by the seed).
`best` is what somebody who knows the taste could reach with that day's papers, but for the
random decisions.
Needs the recordings in ../shared.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from db.model import Item, Kind, Link  # noqa: E402
from feeds import rank  # noqa: E402
from feeds.feed import CODE  # noqa: E402
from feeds.sources import Source  # noqa: E402
from feeds.taste import NEUTRAL, Taste  # noqa: E402

OAI = ROOT.parent / "shared/fixtures/arxiv/oai"
DAYS, PAPERS, DOZEN, PATIENCE = 15, 100, 12, 3
NOISE = 0.1
START = datetime(2026, 1, 5, 4, tzinfo=UTC)

Likes = Callable[[Item], bool]


@dataclass(frozen=True)
class Admin:
    """A hidden taste, and the keywords the operator wrote down before knowing it."""

    likes: Likes
    keywords: tuple[str, ...]
    later: Likes | None = None
    """What is liked from the fourth day on, where that changes."""


def words(*wanted: str, but: tuple[str, ...] = (), code: bool = False) -> Likes:
    """Likes items with one of these words and none of `but`, with code if `code`."""

    def likes(item: Item) -> bool:
        text = set(f"{item.title} {item.text}".casefold().replace(",", " ").split())
        return bool(text & set(wanted)) and not text & set(but) and (not code or has_code(item))

    return likes


def categories(*wanted: str) -> Likes:
    """Likes items of one of these arXiv categories."""
    return lambda item: bool(set(item.tags) & set(wanted))


coding = words("codes", "coding", "decoding", "channel", "capacity")
learning = words("learning", "neural", "robot", "robots", "robotic", "training")
ADMINS = {
    "topic (19% liked)": Admin(coding, ("channel", "algorithm", "network")),
    "rare topic (9%)": Admin(learning, ("learning", "system", "language")),
    "applied, no theory (15%)": Admin(
        words(
            *("software", "web", "user", "users", "social", "robot", "application"),
            but=("theorem", "quantum", "polynomial", "proof", "prove"),
        ),
        ("system", "model"),
    ),
    "systems with code (11%)": Admin(
        words("network", "networks", "distributed", "performance", "data", code=True),
        ("network", "quantum"),
    ),
    "categories (17%)": Admin(
        categories("cs.CR", "cs.DB", "cs.LG", "cs.NE"), ("security", "data", "algorithm")
    ),
    "changes on day 4": Admin(coding, ("channel", "algorithm"), later=learning),
}
"""The first three were looked at while the learner was tuned, the others only afterwards."""


def has_code(item: Item) -> bool:
    return any(link.label == CODE for link in item.links)


def recorded() -> list[Item]:
    """The recorded papers, one in five with a code link."""
    found: list[Item] = []
    for name in ("cs_2016_page1", "cs_2016_page103"):
        space = "{http://arxiv.org/OAI/arXiv/}"
        for record in ElementTree.parse(OAI / f"{name}.xml").iter(f"{space}arXiv"):
            field = {child.tag.removeprefix(space): child.text or "" for child in record}
            found.append(_paper(field))
    return found


def _paper(field: dict[str, str]) -> Item:
    url = f"https://arxiv.org/abs/{field['id']}"
    digest = hashlib.sha256(field["title"].encode()).digest()[0]
    code = (Link("https://github.com/a/b", CODE),) if digest % 5 == 0 else ()
    return Item(
        f"arxiv:{field['id']}", "arXiv", Kind.PAPER, " ".join(field["title"].split()),
        " ".join(field["abstract"].split()), url, (Link(url), *code),
        tags=tuple(field["categories"].split()),
    )  # fmt: skip


class Replay:
    """One admin, one order of papers, with or without learning."""

    def __init__(self, admin: Admin, papers: list[Item], seed: int, *, learn: bool) -> None:
        self._admin = admin
        self._random = random.Random(seed)
        self._papers = self._random.sample(papers, len(papers))
        self._verdicts: dict[str, bool] = {}
        self._source = Source("arXiv", "arxiv", DOZEN, keywords=admin.keywords)
        self._taste = Taste() if learn else None
        self._pool: list[tuple[int, Item]] = []

    def run(self) -> list[tuple[float, float]]:
        """Of each day: the share of the dozen that was approved, and the best possible one."""
        return [self._day(day) for day in range(DAYS)]

    def _day(self, day: int) -> tuple[float, float]:
        self._pool = [(since, item) for since, item in self._pool if day - since < PATIENCE]
        self._pool += [(day, item) for item in self._papers[day * PAPERS : (day + 1) * PAPERS]]
        verdicts = {item.identity: self._verdict(item, day) for _, item in self._pool}
        liked = sum(self._likes(item, day) for _, item in self._pool)
        best = min(liked, DOZEN) / DOZEN
        chosen = self._dozen(day)
        for item in chosen:
            if self._taste is not None:
                self._taste.learn(item, verdicts[item.identity])
        taken = {item.identity for item in chosen}
        self._pool = [entry for entry in self._pool if entry[1].identity not in taken]
        return mean(verdicts[item.identity] for item in chosen), best

    def _dozen(self, day: int) -> list[Item]:
        now = START + timedelta(days=day, hours=8)
        opinions = [self._taste.opinion(i) if self._taste else NEUTRAL for _, i in self._pool]
        points = [
            rank.tasted(rank.score(self._dated(since, item), self._source, now)[0], opinion)
            for (since, item), opinion in zip(self._pool, opinions, strict=True)
        ]
        return [self._pool[at][1] for at, _ in rank.lined_up(points, opinions, DOZEN)]

    @staticmethod
    def _dated(since: int, item: Item) -> Item:
        return Item(
            item.identity, item.source, item.kind, item.title, item.text, item.url, item.links,
            published=START + timedelta(days=since),
        )  # fmt: skip

    def _likes(self, item: Item, day: int) -> bool:
        later = self._admin.later if day >= 3 else None
        return (later or self._admin.likes)(item)

    def _verdict(self, item: Item, day: int) -> bool:
        # Drawn for every paper once, so that both ways of choosing meet the same admin.
        noise = random.Random(f"{item.identity} {self._source.keywords}")
        return noise.random() < 0.5 if noise.random() < NOISE else self._likes(item, day)


def curve(
    admin: Admin, papers: list[Item], seeds: int, *, learn: bool
) -> list[tuple[float, float]]:
    """Approved and best possible share of each day, over all seeds."""
    runs = [Replay(admin, papers, seed, learn=learn).run() for seed in range(seeds)]
    return [(mean(r[day][0] for r in runs), mean(r[day][1] for r in runs)) for day in range(DAYS)]


def main() -> None:
    """Print the curves and what learning gains."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=5)
    seeds = parser.parse_args().seeds
    papers = recorded()
    print(f"approved of the daily dozen, per cent; {len(papers)} papers, {seeds} orders\n")
    print(f"{'':34}" + "".join(f"{day + 1:4}" for day in range(DAYS)) + "   last 5 days")
    for name, admin in ADMINS.items():
        plain = curve(admin, papers, seeds, learn=False)
        taught = curve(admin, papers, seeds, learn=True)
        _row(f"{name:25} keywords", [share for share, _ in plain])
        _row(f"{'':25} learning", [share for share, _ in taught])
        _row(f"{'':25} best", [best for _, best in taught])
        gain = mean(s for s, _ in taught[-5:]) / max(mean(s for s, _ in plain[-5:]), 0.01)
        print(f"{'':25} gain in the last five days: x {gain:.2f}\n")


def _row(name: str, shares: list[float]) -> None:
    cells = "".join(f"{100 * share:4.0f}" for share in shares)
    print(f"{name:34}{cells}   {100 * mean(shares[-5:]):.0f}")


if __name__ == "__main__":
    main()
