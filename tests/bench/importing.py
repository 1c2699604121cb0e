"""What importing a channel's history costs: rate and memory, beside bare json.loads of the file.

Run with `make bench`. An export of 100,000 made-up Persian posts (tests/bench/persian_posts.py) is
imported into a new database, again into the same, and read with json.loads alone; each in a
process of its own, which says its seconds and the most memory it ever held.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from subprocess import run

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.bench.persian_posts import posts  # noqa: E402 - after the path is set

POSTS = 100_000
MEMORY_LIMIT = 60.0
"""Megabytes above what the imported modules take: whatever the size of the file."""

MEASURE = """
import json, resource, sys, time
from pathlib import Path
{prepare}
loaded = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
begun = time.perf_counter()
{work}
seconds = time.perf_counter() - begun
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([seconds, (peak - loaded) / 1024, peak / 1024]))
"""
BARE = ("", "json.loads(Path(sys.argv[1]).read_bytes())")
IMPORT = (
    "from bot import importing; from db.schema import open_db; from datetime import UTC\n"
    "import feeds.export, db.index; db = open_db(sys.argv[2])",
    "importing.run(db, Path(sys.argv[1]), None, UTC)",
)


def write(path: Path, count: int) -> None:
    """An export of so many posts."""
    with path.open("w", encoding="utf-8") as file:
        file.write('{"name": "پیک", "type": "public_channel", "id": 1500000001, "messages": [\n')
        for post in posts(count):
            if post.message_id > 1:
                file.write(",\n")
            assert post.published
            end = sum(entity["length"] for entity in post.entities)
            parts = [{"type": "bold", "text": post.text[:end]}] if end else []
            parts.append({"type": "plain", "text": post.text[end:]})
            told = {
                **{"id": post.message_id, "type": "message"},
                "date": post.published.isoformat(),
                "date_unixtime": str(int(post.published.timestamp())),
                **{"from": "پیک", "from_id": "channel1500000001"},
                **{"text": parts, "text_entities": parts},
            }
            file.write(json.dumps(told, ensure_ascii=False, indent=1))
        file.write("\n]}\n")


def measured(how: tuple[str, str], *arguments: Path) -> tuple[float, float, float]:
    """Seconds, megabytes above the start, and megabytes in all, of one process."""
    code = MEASURE.format(prepare=how[0], work=how[1])
    command = [sys.executable, "-c", code, *map(str, arguments)]
    said = run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    seconds, grown, peak = json.loads(said.stdout)
    return seconds, grown, peak


def main() -> bool:
    """Measure and print; False when a limit is missed."""
    with tempfile.TemporaryDirectory() as folder:
        file, database = Path(folder) / "result.json", Path(folder) / "peyk.db"
        write(file, POSTS)
        print(f"  {POSTS:,} posts, {file.stat().st_size / 1e6:.0f} MB")
        grown = {}
        for name, how in (("json.loads", BARE), ("import", IMPORT), ("import again", IMPORT)):
            seconds, grown[name], peak = measured(how, file, database)
            rate = POSTS / seconds
            print(
                f"  {name:<13} {seconds:6.1f} s, {rate:8,.0f} posts/s,"
                f" peak {peak:4.0f} MB (+{grown[name]:.0f})"
            )
        print(f"  database {database.stat().st_size / 1e6:.0f} MB")
    fits = max(grown["import"], grown["import again"]) <= MEMORY_LIMIT
    verdict = "ok" if fits else "MISSED"
    print(
        f"{'memory of an import, MB':<24} {grown['import']:6.0f}  limit {MEMORY_LIMIT}  {verdict}"
    )
    return fits


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
