"""How often search finds the meant post among its first three, for queries as people type them.

    python -m tests.eval.recall [--misses dev|held] [--posts N]

The pairs are in recall_pairs.tsv, written before anything was tuned; half of them (by a hash of
the line) are held out: only misses of the other half were looked at. Made posts about the same
things (tests.bench.persian_posts) stand between the meant ones. Compared with plain FTS5.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlite_utils import Database

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from bot.persian.folding import fold  # noqa: E402
from bot.persian.query import parse  # noqa: E402
from db import index, posts  # noqa: E402
from db.model import Post  # noqa: E402
from db.schema import open_db  # noqa: E402
from db.search import find  # noqa: E402
from tests.bench import persian_posts  # noqa: E402

PAIRS = Path(__file__).with_name("recall_pairs.tsv")
ZONE = ZoneInfo("Asia/Tehran")
FIRST = 3
MEANT = 1_000_000
"""Message ids of the meant posts begin here."""

Search = Callable[[Database, str], list[int]]
"""A query -> the message ids of what is found, best first."""


@dataclass(frozen=True)
class Pair:
    """A query, and the post it means."""

    kind: str
    post: int
    query: str
    dev: bool


def pairs() -> list[Pair]:
    """The pairs of the table."""
    return [
        Pair(kind, int(post), query, hashlib.sha256(line.encode()).digest()[0] % 2 == 0)
        for line in _lines("pair")
        for _, kind, post, query in [line.split("\t")]
    ]


def meant() -> Iterator[Post]:
    """The posts of the table, spread over the last years."""
    for line in _lines("post"):
        _, number, text = line.split("\t")
        published = datetime(2023, 1, 5, tzinfo=UTC) + timedelta(days=19 * int(number))
        yield Post(1, MEANT + int(number), text.replace(" / ", "\n"), published=published)


def _lines(kind: str) -> list[str]:
    return [line for line in PAIRS.read_text().splitlines() if line.startswith(f"{kind}\t")]


def archive(others: int) -> Database:
    """The meant posts among so many others, indexed, and once more as plain FTS5 has them."""
    db = open_db(":memory:")
    with db.atomic():
        for post in persian_posts.posts(others):
            posts.add(db, replace(post, chat_id=1))
        for post in meant():
            posts.add(db, post)
    while index.catch_up(db):
        pass
    db.execute("create virtual table bare using fts5(text)")
    db.execute("insert into bare (rowid, text) select message_id, text from posts")
    return db


def bare(db: Database, query: str) -> list[int]:
    """FTS5 as it comes."""
    words = " ".join(f'"{word}"' for word in query.replace('"', " ").split())
    rows = db.execute(
        "select rowid from bare where bare match ? order by rank limit ?", [words, FIRST]
    )
    return [row[0] for row in rows]


def folded(db: Database, query: str) -> list[int]:
    """FTS5 over folded posts, asked with the folded words."""
    words = " ".join(f'"{word}"' for word in fold(query).split())
    rows = db.execute(
        "select p.message_id from post_index i join posts p on p.ordinal = i.rowid"
        " where i.post_index match ? order by bm25(i.post_index, 4.0, 1.0) limit ?",
        [words or '""', FIRST],
    )
    return [row[0] for row in rows]


def whole(db: Database, query: str) -> list[int]:
    """What /search answers."""
    return [hit.message_id for hit in find(db, parse(query), ZONE, limit=FIRST).hits]


SEARCHES: dict[str, Search] = {"bare FTS5": bare, "folded": folded, "search": whole}


def told(db: Database, half: list[Pair]) -> None:
    """Print recall in the first three, by kind and search."""
    kinds = ["all", *dict.fromkeys(pair.kind for pair in half)]
    print(f"  {'':10}" + "".join(f"{kind:>16}" for kind in kinds))
    for name, search in SEARCHES.items():
        hits = [(pair.kind, MEANT + pair.post in search(db, pair.query)) for pair in half]
        cells = []
        for kind in kinds:
            of_it = [hit for of, hit in hits if kind in ("all", of)]
            cells.append(f"{sum(of_it) / len(of_it):.2f} ({sum(of_it)}/{len(of_it)})")
        print(f"  {name:10}" + "".join(f"{cell:>16}" for cell in cells))


def misses(db: Database, half: list[Pair]) -> None:
    """Print what search did not find."""
    for pair in half:
        found = find(db, parse(pair.query), ZONE, limit=FIRST)
        if MEANT + pair.post not in [hit.message_id for hit in found.hits]:
            how = f"instead «{found.instead}»" if found.instead else "partly" * found.partly
            print(f"  {pair.kind}: «{pair.query}» means {pair.post}; {found.total} found {how}")
            for hit in found.hits:
                print(f"      {hit.message_id} {hit.title[:70]}")


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser()
    options.add_argument("--misses", choices=("dev", "held"), default="")
    options.add_argument("--posts", type=int, default=3_000)
    chosen = options.parse_args()
    db = archive(chosen.posts)
    for name in ("dev", "held"):
        half = [pair for pair in pairs() if pair.dev == (name == "dev")]
        among = posts.count(db)
        print(f"{name}: {len(half)} pairs among {among} posts; found in the first {FIRST}:")
        told(db, half)
        if chosen.misses == name:
            misses(db, half)


if __name__ == "__main__":
    main()
