"""Titles, hashtags and the search index: brought up to date with the posts, never by hand.

Whoever writes a post marks it `dirty`; `catch_up` makes the rest true again. Readers of the index
call it first: with nothing to do it costs one look at an empty index.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlite_utils import Database

from bot.persian.folding import VERSION, fold, key
from bot.persian.hashtags import hashtags
from db import facts, tag_changes, tags
from db.model import stamp

AT_ONCE = 50
"""Posts of one transaction: nobody else can write while it lasts (some 20 ms)."""
LONGEST_TITLE = 120
"""Characters of a title."""

UNTAGGED = 0
"""The tag, shown nowhere, of the posts that have none: so they are counted and paged like any."""
_FOLDING = "index folding"
"""The fact that tells which folding made the index."""

_Row = tuple[int, int, str, str, str, str | None]


def catch_up(db: Database, limit: int = 100, *, at_once: int = AT_ONCE) -> int:
    """Bring up to `limit` changed posts into the index, oldest first; returns how many."""
    done = 0
    while done < limit and _is_behind(db):
        with db.atomic():
            done += _take(db, min(at_once, limit - done))
    return done


def _is_behind(db: Database) -> bool:
    return db.conn.execute("select 1 from posts where dirty = 1 limit 1").fetchone() is not None


def _take(db: Database, most: int) -> int:
    rows: list[_Row] = db.conn.execute(
        "select id, ordinal, text, entities, poll, deleted from posts"
        " where dirty = 1 order by ordinal limit ?",
        (most,),
    ).fetchall()
    known: dict[str, int] = {}
    for post_id, ordinal, text, entities, poll, deleted in rows:
        title, rest = split(text, json.loads(poll) if poll else None)
        if deleted:
            _set_tags(db, ordinal, set())
            db.conn.execute("delete from post_index where rowid = ?", (ordinal,))
        else:
            found = hashtags(text, json.loads(entities) if "#" in text else ())
            _set_tags(db, ordinal, _ids(db, [tag for _, _, tag in found], known) or {UNTAGGED})
            db.conn.execute(
                "insert or replace into post_index (rowid, title, body) values (?, ?, ?)",
                (ordinal, fold(title), fold(f"{rest}\n{_addresses(entities)}")),
            )
        db.conn.execute(
            "update posts set title = ?, dirty = 0 where id = ?", (shortened(title), post_id)
        )
    return len(rows)


def _addresses(entities: str) -> str:
    """Where the words of a post lead: so a paper is found by its number, a project by its name."""
    if '"url"' not in entities:
        return ""
    return " ".join(str(entity.get("url", "")) for entity in json.loads(entities))


def _ids(db: Database, written: list[str], known: dict[str, int]) -> set[int]:
    """The ids of the tags that are written so."""
    for tag in written:
        if tag not in known:
            known[tag] = _id(db, tag)
    return {known[tag] for tag in written}


def _id(db: Database, written: str) -> int:
    """The id of the tag that is written so; one that nobody knew is `seen` from now on."""
    if not key(written):
        return UNTAGGED  # made of nothing that search sees
    tag = tags.owner(db, written)
    if tag is not None:
        return tag
    made = db.conn.execute(
        "insert into tags (name, folded, created) values (?, ?, ?)",
        (written, key(written), stamp(datetime.now(UTC))),
    )
    return made.lastrowid or UNTAGGED


def _set_tags(db: Database, ordinal: int, wanted: set[int]) -> None:
    """Make a post carry exactly these tags."""
    rows = db.conn.execute("select tag_id from post_tags where ordinal = ?", (ordinal,))
    had = {row[0] for row in rows}
    db.conn.executemany(
        "delete from post_tags where tag_id = ? and ordinal = ?",
        [(tag, ordinal) for tag in had - wanted],
    )
    db.conn.executemany(
        "insert into post_tags (tag_id, ordinal) values (?, ?)",
        [(tag, ordinal) for tag in sorted(wanted - had)],
    )


def follow_folding(db: Database) -> bool:
    """Have everything indexed anew if a peyk that folds otherwise made the index; once, at start.

    Returns whether it was so; `catch_up` then does the work.
    """
    made_by = facts.get(db, _FOLDING)
    if made_by == VERSION:
        return False
    with db.atomic():
        facts.put(db, _FOLDING, VERSION)
        if made_by is not None:
            tag_changes.refold(db)
            db.execute("update posts set dirty = 1")
    return made_by is not None


def split(text: str, poll: dict[str, Any] | None = None) -> tuple[str, str]:
    """The title of a post (its first line of words, or its question), and all the rest."""
    if poll:
        told = (text, *poll.get("options", ()), poll.get("explanation", ""))
        return " ".join(str(poll["question"]).split()), "\n".join(filter(None, told))
    lines = text.splitlines()
    first = next((n for n, line in enumerate(lines) if _is_title(line)), None)
    if first is None:
        first = next((n for n, line in enumerate(lines) if line.strip()), None)
    if first is None:
        return "", ""
    words = lines[first].split()
    end = _without_tags(words)
    others = [*lines[:first], " ".join(words[end:]), *lines[first + 1 :]]
    return " ".join(words[:end]), "\n".join(filter(None, others))


def _without_tags(words: list[str]) -> int:
    """How many of the words stand before the hashtags that end the line; all, if none do."""
    end = len(words)
    while end and words[end - 1].startswith("#"):
        end -= 1
    return end or len(words)


def _is_title(line: str) -> bool:
    """Whether a line says something, and is no signature, hashtags, names or ornaments."""
    if line.startswith("@") and "|" in line:
        return False
    words = (word for word in line.split() if any(map(str.isalnum, word)))
    return any(not word.lstrip("([«").startswith(("#", "@")) for word in words)


def shortened(title: str) -> str:
    """A title of at most `LONGEST_TITLE` characters, cut between words."""
    if len(title) <= LONGEST_TITLE:
        return title
    cut = title[: LONGEST_TITLE - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ،,:;؛.-") + "…"
