"""The archive the labelled questions are asked of: posts read at run time from the shared files.

Persian posts of one exported channel and of scraped channel pages, and a Chinese channel as
distractors. No sentence of theirs is kept in the repository: the labels name posts by number.
`python -m tests.eval.answers.archive SHARED [ID…]` prints posts to be read by eye.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

PERSIAN = re.compile(r"[\u0621-\u06cc]")
FURNITURE = frozenset(
    {
        "This media is not supported in your browser",
        "VIEW IN TELEGRAM",
        "Please open Telegram to view this post",
        "Tensorflow(@CVision)",
        "Deep learning channel",
        "Singular Thinker",
        "@SingularThinker",
        "Telegram",
        "Photo",
        "Audio",
    }
)
SHORTEST = 30  # characters; less is a scrap of the page, not a post
TITLE = 80  # a line shorter than this is a title where only titles part the posts
FIRST_DAY = datetime(2024, 10, 1, 9, tzinfo=UTC)  # scraped pages carry no dates


@dataclass(frozen=True, slots=True)
class Post:
    """One post; `id` is unique over all origins and stays as long as the shared files do."""

    id: int
    date: datetime
    text: str
    origin: str


def posts(shared: Path) -> list[Post]:
    """Every post with text, by id: Chinese 1-1048, Persian 2841-2864, scraped from 100 001 on."""
    export, seeds = shared / "fixtures" / "export", shared / "seeds"
    found = [
        *exported(export / "trantor_library.result.json"),
        *exported(export / "data_ml.result.json"),
    ]
    # 003 is the page of the very channel data_ml is exported from, so it is not read twice.
    for number, cut in ((0, by_reactions), (1, by_blank_lines), (2, by_titles), (4, by_reactions)):
        page = next(seeds.glob(f"{number:03}_*.txt"))
        found += scraped(page, 100_000 * (number + 1), list(cut(lines(page))))
    return sorted(found, key=lambda post: post.id)


def exported(path: Path) -> Iterator[Post]:
    """The messages of a Telegram Desktop export that have text; quizzes have none."""
    for message in json.loads(path.read_text(encoding="utf-8"))["messages"]:
        text = plain(message.get("text", ""))
        if message["type"] == "message" and text:
            date = datetime.fromtimestamp(int(message["date_unixtime"]), UTC)
            yield Post(message["id"], date, text, path.name.partition(".")[0])


def plain(text: str | list[str | dict[str, Any]]) -> str:
    """An export's text without its markup."""
    parts = [text] if isinstance(text, str) else text
    return "".join(part if isinstance(part, str) else part["text"] for part in parts).strip()


def lines(page: Path) -> list[str]:
    """The lines of a page below the channel's own description, if it has one."""
    text = page.read_text(encoding="utf-8")
    return (text.partition("\nDownload Telegram\n")[2] or text).split("\n")


def by_reactions(page: list[str]) -> Iterator[list[str]]:
    """Posts that end in reactions; under a channel's name stands the post replied to, cut off."""
    post: list[str] = []
    for line in page:
        if reactions(line):
            yield post
            post = []
        elif not line.endswith(("…", "…»")):
            post.append(line)
    yield post


def reactions(line: str) -> bool:
    """Whether a line is pictures with their counts."""
    pictures = any(letter > "\u2000" for letter in line)
    counts = any(letter.isdecimal() for letter in line)
    return pictures and counts and not any(letter.isalpha() for letter in line)


def by_blank_lines(page: list[str]) -> Iterator[list[str]]:
    """Lecture notes: a paragraph is a post."""
    for line in page:
        yield [line]


def by_titles(page: list[str]) -> Iterator[list[str]]:
    """Posts that begin with a short line; lines with no Persian are advertisements."""
    post: list[str] = []
    for line in page:
        if PERSIAN.search(line):
            if len(line) < TITLE:
                yield post
                post = []
            post.append(line)
    yield post


def scraped(page: Path, base: int, cuts: list[list[str]]) -> Iterator[Post]:
    """The cuts that are posts, numbered in the order of the page, an hour apart."""
    number = 0
    for cut in cuts:
        text = tidy(cut)
        if len(text) >= SHORTEST:
            number += 1
            date = FIRST_DAY + timedelta(days=base // 10_000, hours=number)
            yield Post(base + number, date, text, page.stem)


def tidy(cut: list[str]) -> str:
    """A post without the page's furniture and without lines said twice (link previews)."""
    kept: list[str] = []
    for line in (line.strip() for line in cut):
        if line not in FURNITURE and (not line or line not in kept):
            kept.append(line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def main() -> None:
    """Print the posts named, or the beginning of every scraped and Persian one."""
    wanted = {int(number) for number in sys.argv[2:]}
    for post in posts(Path(sys.argv[1])):
        if post.id in wanted:
            print(f"== {post.id} {post.date:%F} {post.origin}\n{post.text}\n")
        elif not wanted and post.id > 2000:
            print(post.id, len(post.text), post.text[:80].replace("\n", " / "), sep="\t")


if __name__ == "__main__":
    main()
