"""What recording answers to a poll costs beside a bare application that drops them, and the
leaderboard of 100,000 players beside one indexed query.

Run with `make bench`. Limits: 0.5 of the bare rate; p95 at most 2 times; medians of rounds. Both
bots are processes of their own on the same server and take turns; the crowd comes when they have
been idle for a moment, so that the work of their start is not counted (tests/bench/running.py
does). An answer is recorded when it is in the database, counted when scores and reviews have
followed (told, without a limit). The query is a plain prepared statement for the same ten lines,
names included; the board adds the reader's own place.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sqlite_utils import Database  # noqa: E402 - after the path is set

from bot.demo.server import EmbeddedTelegram  # noqa: E402
from db import players, questions, rounds  # noqa: E402
from db.questions import Question, Stage  # noqa: E402
from db.rounds import GROUP, Asked  # noqa: E402
from db.schema import open_db  # noqa: E402
from tests.bench import running  # noqa: E402

ROUNDS, ANSWERS, RATE_LIMIT = 5, 10_000, 0.5
PLAYERS, LOOKS, BOARD_LIMIT = 100_000, 1000, 2.0
IDLE_SECONDS = 3.0
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
QUERY = (
    "select s.user_id, p.name, s.points from scores s"
    " join players p on p.user_id = s.user_id where s.board = ? and s.public = 1"
    " order by s.points desc, s.reached, s.user_id limit 10"
)


def prepare(path: Path) -> None:
    """A database in which one poll is open in a group."""
    for old in path.parent.glob("peyk.db*"):
        old.unlink()
    with closing(open_db(path)) as db:
        asked = questions.add(
            db,
            Question("کدام؟", options=("الف", "ب"), correct=(0,), stage=Stage.APPROVED),
            NOW,
        )
        begun = rounds.begin(db, -100, 1, GROUP, [asked.id], datetime.now(UTC))
        assert begun
        poll = Asked(
            "77", begun.id, GROUP, 0, asked.id, -100, 1, (0,), datetime(2040, 1, 1, tzinfo=UTC)
        )
        rounds.asked(db, poll)


def crowd(telegram: EmbeddedTelegram) -> None:
    """Everybody answers the poll."""
    for number in range(ANSWERS):
        telegram.inject_update(
            {
                "poll_answer": {
                    "poll_id": "77",
                    "user": {"id": 10**9 + number, "is_bot": False, "first_name": "بازیکن"},
                    "option_ids": [number % 2],
                    "option_persistent_ids": [f"77{number % 2}"],
                }
            }
        )


async def answers(stage: running.Stage) -> bool:
    """Answers per second, until they are recorded and until they are counted."""
    rates: dict[str, list[float]] = {"bare": [], "recorded": [], "counted": []}
    for _ in range(ROUNDS):
        for side, command in (("bare", running.BARE_BOT), ("recorded", running.PEYK)):
            prepare(stage.folder / "peyk.db")
            arrived = await running.first_request(stage.telegram)
            process = await stage.start(*command, updates=ANSWERS)
            await asyncio.wait_for(arrived.wait(), 60)
            await asyncio.sleep(IDLE_SECONDS)
            crowd(stage.telegram)
            begun = perf_counter()
            if side == "bare":
                assert process.stdout
                await asyncio.wait_for(process.stdout.readline(), 120)
            else:
                await until(stage.folder, "select count(*) from round_answers")
            rates[side].append(ANSWERS / (perf_counter() - begun))
            if side == "recorded":
                await until(stage.folder, "select count(*) from answers")
                rates["counted"].append(ANSWERS / (perf_counter() - begun))
            await running.end(process)
    bare, recorded, counted = (median(rates[side]) for side in rates)
    print(
        f"  answers per second: bare no-op {bare:.0f}, peyk {recorded:.0f} recorded,"
        f" {counted:.0f} counted"
    )
    ratio = recorded / bare
    return running.say("answers", ratio, RATE_LIMIT, ratio >= RATE_LIMIT)


async def until(folder: Path, query: str) -> None:
    """Wait until the bot's database holds every answer."""
    with closing(sqlite3.connect(folder / "peyk.db", timeout=10)) as db:
        while db.execute(query).fetchone()[0] < ANSWERS:  # noqa: ASYNC110 - another process writes
            await asyncio.sleep(0.02)


def leaderboard(folder: Path) -> bool:
    """A board of many, half of them tied somewhere, beside its first ten lines alone."""
    with closing(open_db(folder / "board.db")) as db:
        fill(db)
        db.execute("pragma wal_checkpoint(truncate)")  # as a database is that grew slowly
        someone = Random(2)
        rounds_ = [looks(db, someone) for _ in range(ROUNDS)]
    query, ours = (median(times) for times in zip(*rounds_, strict=True))
    ratio = median(ours / query for query, ours in rounds_)
    print(f"  {PLAYERS:,} players, p95: query {query * 1e6:.0f} µs, board {ours * 1e6:.0f} µs")
    return running.say("leaderboard", ratio, BOARD_LIMIT, ratio <= BOARD_LIMIT)


def looks(db: Database, someone: Random) -> tuple[float, float]:
    """The p95 of the query and of the board, in seconds, taken in turns."""
    taken: dict[str, list[float]] = {"query": [], "board": []}
    for _ in range(LOOKS):
        reader = someone.randrange(1, PLAYERS)
        begun = perf_counter()
        db.conn.execute(QUERY, (players.EVER,)).fetchall()
        between = perf_counter()
        board, own = players.look(db, players.EVER, reader)
        taken["board"].append(perf_counter() - between)
        taken["query"].append(between - begun)
        assert len(board) == 10 and own and own.place >= 1
    query, ours = (quantiles(times, n=20)[-1] for times in taken.values())
    return query, ours


def fill(db: Database) -> None:
    """Players with up to 300 points each, through the same statements as answers take."""
    chance = Random(1)
    with db.atomic():
        db.conn.executemany(
            "insert into players (user_id, name, folded) values (?, ?, ?)",
            ((n, f"بازیکن {n}", f"بازیکن {n}") for n in range(1, PLAYERS + 1)),
        )
        for user in range(1, PLAYERS + 1):
            points = min(int(chance.expovariate(1 / 25)), 300)
            db.conn.execute(
                "insert into scores (board, user_id, points, answered, public, reached)"
                " values (?, ?, ?, ?, 1, '2026-11-21T08:00:00Z')",
                (players.EVER, user, points, points),
            )
            players.credit(db, user, True, "2026-11-22T08:00:00Z", [players.EVER])
        db.execute("delete from score_places")
        of_points = dict(db.execute("select points, count(*) from scores group by 1").fetchall())
        above = 0
        for points in range(max(of_points), 0, -1):
            above += of_points.get(points, 0)
            values = players.EVER, points - 1, above
            db.execute("insert into score_places values (?, ?, ?)", values)


async def main() -> bool:
    """Both comparisons, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        async with EmbeddedTelegram() as telegram:
            stage = running.Stage(telegram, Path(folder))
            fast = await answers(stage)
        return leaderboard(Path(folder)) and fast


if __name__ == "__main__":
    print("quizzes")
    sys.exit(0 if asyncio.run(main()) else 1)
