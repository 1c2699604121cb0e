"""What a search costs: beside bare bm25 on the same index, and in a hundred times as many posts.

Run with `make bench`. One search: the query read and folded, the best 20 posts found and loaded,
title and snippet of each made with its marks. 100,000 realistic posts, queries of five kinds in
equal parts; then one word that stands in every tenth of 1,000,000 and of 10,000 posts.
"""

from __future__ import annotations

import gc
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice, pairwise
from pathlib import Path
from statistics import median
from time import perf_counter
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sqlite_utils import Database  # noqa: E402 - after the path is set

from bot.persian.folding import fold  # noqa: E402
from bot.persian.query import parse  # noqa: E402
from bot.persian.snippet import Wanted, shown  # noqa: E402
from db import index  # noqa: E402
from db.model import Post, stamp  # noqa: E402
from db.schema import open_db  # noqa: E402
from db.search import find  # noqa: E402
from tests.bench import persian_posts  # noqa: E402

POSTS = 100_000
SMALL, LARGE = 10_000, 1_000_000
BARE_LIMIT, GROWTH_LIMIT, FOLD_LIMIT = 1.0, 3.0, 150.0
QUERIES = 60
"""Of each kind."""
PAGE = 20
POOL = 5_000
"""Different texts in the large archives; there, a post without the word is short."""
MARK = "چلچله"
ZONE = ZoneInfo("Asia/Tehran")
CHUNK = 2_000

Row = tuple[int, str, str, str, str]
"""Message id, date, title, all the text, ``folded title / folded rest``."""


def fill(db: Database, rows: Iterator[Row]) -> None:
    """Put posts and what db.index makes of them in, without its care for tags and edits."""
    while chunk := list(islice(rows, CHUNK)):
        with db.atomic():
            db.conn.executemany(
                "insert into posts (ordinal, chat_id, message_id, text, title, published, dirty)"
                " values (? * 256, 1, ?, ?, ?, ?, 0)",
                [(number, number, text, name, day) for number, day, name, text, _ in chunk],
            )
            db.conn.executemany(
                "insert into post_index (rowid, title, body) values (? * 256, ?, ?)",
                [(row[0], *row[4].split(" / ", 1)) for row in chunk],
            )
    db.execute("insert into post_index (post_index) values ('optimize')")


def realistic() -> Iterator[Row]:
    """The posts of tests.bench.persian_posts."""
    for number, post in enumerate(persian_posts.posts(POSTS), 1):
        yield _row(number, post)


def _row(number: int, post: Post, more: str = "") -> Row:
    assert post.published
    name, rest = index.split(post.text + more)
    return number, stamp(post.published), name, post.text + more, f"{fold(name)} / {fold(rest)}"


def marked(count: int) -> Iterator[Row]:
    """`count` posts, every tenth of them with the word."""
    pool = list(persian_posts.posts(POOL))
    plain = [_row(0, post) for post in pool]
    with_word = [_row(0, post, f"\n{MARK}") for post in pool]
    for number in range(1, count + 1):
        place = number // 10 % POOL
        if number % 10 == 0:
            yield (number, *with_word[place][1:])
        else:
            _, day, name, _, folded = plain[place]
            yield number, day, name, name, f"{folded.partition(' / ')[0]} / "


def queries() -> list[tuple[str, str]]:
    """(as typed, as bare FTS5 takes it): common, middling and rare words, three words, phrases."""
    chance = random.Random(11)
    words = [word for word in persian_posts.vocabulary() if len(fold(word).split()) == 1]
    bands = (words[45:75], words[80:600], words[5_000:30_000])
    typed = [chance.choice(band) for band in bands for _ in range(QUERIES)]
    typed += [" ".join(chance.sample(words[45:400], 3)) for _ in range(QUERIES)]
    texts = islice(persian_posts.posts(POSTS), 0, QUERIES * 50, 50)
    phrases = [" ".join(_telling_pair(post.text.split())) for post in texts]
    plain = [(query, " ".join(f'"{word}"' for word in fold(query).split())) for query in typed]
    return plain + [(f'"{phrase}"', f'"{fold(phrase)}"') for phrase in phrases]


def _telling_pair(words: Sequence[str]) -> tuple[str, str]:
    """Two neighbouring words of which neither stands in every other sentence."""
    return next(pair for pair in pairwise(words) if not set(pair) & set(persian_posts.COMMON))


def search(db: Database, query: str) -> int:
    """One search as the bot makes it; returns how many posts it shows."""
    found = find(db, parse(query), ZONE, limit=PAGE)
    return len(shown(((hit.title, hit.text) for hit in found.hits), Wanted(found.wanted)))


def bare(db: Database, match: str) -> int:
    """FTS5 and bm25 alone."""
    rows = db.conn.execute(
        "select rowid from post_index where post_index match ? order by bm25(post_index) limit ?",
        (match, PAGE),
    )
    return len(rows.fetchall())


def timed(call: Callable[[], object], times: int = 3) -> float:
    """Milliseconds of one call, the best of some."""
    seconds = []
    for _ in range(times):
        start = perf_counter()
        call()
        seconds.append(perf_counter() - start)
    return min(seconds) * 1000


def p95(values: Sequence[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def beside_bm25(folder: Path) -> Iterator[tuple[str, float, float | None]]:
    """The figures of the realistic archive."""
    db = open_db(folder / "realistic.db")
    fill(db, realistic())
    asked = queries()
    gc.collect()
    both = [
        (timed(partial(search, db, query)), timed(partial(bare, db, match)))
        for query, match in asked  # in turns: what else the machine does then slows both
    ]
    ours, theirs = zip(*both, strict=True)
    db.close()
    yield "search_p95_ms", p95(ours), None
    yield "search_bare_bm25_p95_ms", p95(theirs), None
    yield "search_p95_ratio", p95(ours) / p95(theirs), BARE_LIMIT
    yield "search_p50_ms", median(ours), None
    yield "search_bare_bm25_p50_ms", median(theirs), None
    names = ("common", "middling", "rare", "three_words", "phrase")
    for place, name in enumerate(names):
        part = slice(place * QUERIES, (place + 1) * QUERIES)
        yield f"search_{name}_p50_ms", median(ours[part]), None
        yield f"search_bare_{name}_p50_ms", median(theirs[part]), None


def growth(folder: Path) -> Iterator[tuple[str, float, float | None]]:
    """One word in every tenth post, in a small and in a large archive."""
    dbs = {count: open_db(folder / f"{count}.db") for count in (SMALL, LARGE)}
    times: dict[int, list[float]] = {count: [] for count in dbs}
    for count, db in dbs.items():
        fill(db, marked(count))
        assert search(db, MARK) == PAGE
    for _ in range(41):  # in turns: what else the machine does then slows both
        for count, db in dbs.items():
            times[count].append(timed(partial(search, db, MARK), 1))
    for count in dbs:
        yield f"search_tenth_of_{count}_ms", median(times[count]), None
    yield "search_growth_ratio", median(times[LARGE]) / median(times[SMALL]), GROWTH_LIMIT


def folding() -> Iterator[tuple[str, float, float | None]]:
    """Microseconds to fold a post of 700 characters, its words seen before as most are."""
    texts = [post.text for post in persian_posts.posts(2_500)]
    for text in texts[:2_000]:
        fold(text)
    each = [timed(partial(fold, text[:700]), 1) * 1000 for text in texts[2_000:]]
    yield "folding_700_us", median(each), FOLD_LIMIT


def main() -> bool:
    """Print ``name value limit ok|MISSED`` lines; whether every limit was kept."""
    kept = True
    with tempfile.TemporaryDirectory() as folder:
        for measure in (folding(), beside_bm25(Path(folder)), growth(Path(folder))):
            for name, value, limit in measure:
                ok = limit is None or value <= limit
                kept = kept and ok
                verdict = "" if limit is None else f" {limit:g} {'ok' if ok else 'MISSED'}"
                print(f"{name} {value:.3f}{verdict}", flush=True)
    return kept


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
