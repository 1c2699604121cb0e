"""The hashtags: each tag with all the names that mean it, its kind, label and place.

A name is looked up by its key (bot.persian.folding.key). A key belongs to one tag, as the key of
its name, of an alias, or of both (an alias is also what a tag is called in texts), and every
function here keeps it so. Does not decide which change is made, nor what it does: see
db.tag_changes.

The states of a tag: ``ours`` (new posts are tagged from these), ``seen`` (met in posts only),
``proposed`` (wished for by the model; an admin decides), ``refused`` (an admin said no), and
``none``, the one row that stands for posts without any tag and is no hashtag.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from bot.persian.folding import key
from bot.persian.hashtags import hashtags
from bot.persian.typography import units
from db import facts
from db.model import stamp

LONGEST_NAME = 60
"""Characters of a name that an admin gives or a model proposes; Telegram takes more."""
MOST_PROPOSED = 200
"""Proposals kept; of more, those that the fewest drafts wanted go first."""

_PARTED = re.compile(r"[\s_\u200c-]+")
_REVISION = "tags revision"
"""The fact that counts changes of the vocabulary: who looked at an older one looks again."""
_SEEDED = "tags seeded"


class TagKind(StrEnum):
    """What a tag sorts posts by."""

    OPEN = ""
    TYPE = "type"
    SUBJECT = "subject"
    SERIES = "series"


class TagState(StrEnum):
    """Where a tag comes from, and whether new posts get it."""

    OURS = "ours"
    SEEN = "seen"
    PROPOSED = "proposed"
    REFUSED = "refused"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Tag:
    """A hashtag; `name` and `aliases` without ``#``, `posts` how many have it."""

    id: int
    name: str
    kind: TagKind = TagKind.OPEN
    label: str = ""
    state: TagState = TagState.SEEN
    hidden: bool = False
    posts: int = 0
    aliases: tuple[str, ...] = ()
    wishes: int = 0
    """How many drafts the model wanted it for."""

    @property
    def shown(self) -> bool:
        """Whether the table of contents has a line for it."""
        known = self.state in (TagState.OURS, TagState.SEEN)
        return known and not self.hidden and self.posts > 0


class View(StrEnum):
    """Which tags a list holds."""

    SUBJECTS = "subject"
    TYPES = "type"
    SERIES = "series"
    FOUND = "seen"
    PROPOSED = "proposed"
    HIDDEN = "hidden"


_VIEWS = {
    View.SUBJECTS: "kind in ('', 'subject') and state = 'ours' and hidden = 0",
    View.TYPES: "kind = 'type' and state in ('ours', 'seen') and hidden = 0",
    View.SERIES: "kind = 'series' and state in ('ours', 'seen') and hidden = 0",
    View.FOUND: "kind in ('', 'subject') and state = 'seen' and hidden = 0 and posts > 0",
    View.PROPOSED: "state = 'proposed'",
    View.HIDDEN: "state in ('ours', 'seen') and hidden = 1",
}
_COLUMNS = (
    "id, name, kind, label, state, hidden, posts,"
    " (select count(*) from tag_wishes where tag_id = tags.id),"
    " (select json_group_array(written) from"
    " (select written from tag_aliases where tag_id = tags.id order by written))"
)


def get(db: Database, tag_id: int) -> Tag | None:
    """The tag with this id, or None."""
    found = _select(db, "id = ? and state != 'none'", [tag_id])
    return found[0] if found else None


def find(db: Database, name: str) -> Tag | None:
    """The tag that `name` means, with or without ``#``, in any spelling; None: nobody's."""
    folded = key(name)
    tag_id = _owners(db, [folded]).get(folded) if folded else None
    return get(db, tag_id) if tag_id is not None else None


def view(db: Database, which: View, offset: int = 0, limit: int = 20) -> list[Tag]:
    """A page of the tags in a list: proposals by how many drafts want them, others by posts."""
    order = "8 desc, id" if which is View.PROPOSED else "posts desc, name, id"
    where = f"{_VIEWS[which]} order by {order} limit ? offset ?"
    return _select(db, where, [limit, offset])


def counts(db: Database) -> dict[View, int]:
    """How many tags each list holds."""
    columns = ", ".join(f"coalesce(sum({where}), 0)" for where in _VIEWS.values())
    row = db.execute(f"select {columns} from tags").fetchone()
    return dict(zip(_VIEWS, map(int, row), strict=True))


def seed(db: Database, rows: Mapping[str, Sequence[str]], types: set[str], now: datetime) -> None:
    """Put the channel's first vocabulary in: each row once in a database's life.

    A tag that an admin renamed, merged or hid does not come back; one met in posts before is
    adopted. `rows` are tags with their other names, `types` those that name a kind of post.
    """
    known = set(facts.get(db, _SEEDED, []))
    new = {tag: names for tag, names in rows.items() if key(tag) not in known}
    if not new:
        return
    with db.atomic():
        for tag, names in new.items():
            kind = TagKind.TYPE if tag in types else TagKind.SUBJECT
            _sow(db, tag, names, kind, now)
        facts.put(db, _SEEDED, sorted(known | {key(tag) for tag in new}))
        touch(db)


def _sow(db: Database, tag: str, names: Sequence[str], kind: TagKind, now: datetime) -> None:
    found = find(db, tag)
    if found is None:
        tag_id = _insert(db, tag, TagState.OURS, now, kind)
    else:
        tag_id = found.id
        db.execute(
            "update tags set state = 'ours', kind = iif(kind = '', ?, kind)"
            " where id = ? and state != 'ours'",
            [str(kind), tag_id],
        )
    # Of «long-context» and «longcontext», one key, the parted form is found in texts both ways.
    by_key = {key(name): name for name in sorted(names, key=lambda one: len(_PARTED.findall(one)))}
    for folded, name in by_key.items():
        if folded and owner(db, name) in (None, tag_id):
            add_alias(db, tag_id, name)


def of_series(db: Database, name: str, now: datetime) -> int | None:
    """The id of the tag that a series is given: made where it is new; None: no fit name.

    A tag that has no kind yet becomes one of series; a subject stays a subject.
    """
    if not is_name(name.removeprefix("#")):
        return None
    with db.atomic():
        tag_id = owner(db, name)
        if tag_id is None:
            tag_id = _insert(db, name, TagState.OURS, now, TagKind.SERIES)
        db.execute("update tags set kind = 'series' where id = ? and kind = ''", [tag_id])
        touch(db)
    return tag_id


def propose(db: Database, names: Iterable[str], draft_id: int, now: datetime) -> list[Tag]:
    """Note that a draft wanted these tags; returns those that wait for an admin's word.

    Only names that are fit to be tags (prompts.accept sees to the rest). What an admin refused is
    not asked again, and neither is what the vocabulary has.
    """
    wanted = []
    with db.atomic():
        for name in names:
            tag = find(db, name)
            if not tag and is_name(name):
                tag = get(db, _insert(db, name, TagState.PROPOSED, now))
            if tag and tag.state in (TagState.PROPOSED, TagState.SEEN) and not tag.hidden:
                _wish(db, tag.id, draft_id)
                wanted.append(tag.id)
        _forget_the_least_wanted(db)
    return [tag for tag_id in wanted if (tag := get(db, tag_id))]


def _wish(db: Database, tag_id: int, draft_id: int) -> None:
    db.execute("insert or ignore into tag_wishes values (?, ?)", [tag_id, draft_id])


def _forget_the_least_wanted(db: Database) -> None:
    db.execute(
        "delete from tags where id in (select id from tags where state = 'proposed'"
        " order by (select count(*) from tag_wishes where tag_id = tags.id) desc, id desc"
        " limit -1 offset ?)",
        [MOST_PROPOSED],
    )


def wanted(db: Database, least: int) -> list[Tag]:
    """The tags outside the vocabulary that at least so many drafts wanted, most wanted first."""
    return _select(
        db,
        "state in ('proposed', 'seen') and hidden = 0 and id in (select tag_id from tag_wishes"
        " group by tag_id having count(*) >= ?) order by 8 desc, id",
        [least],
    )


def wishing(db: Database, tag_id: int, limit: int = 5) -> list[int]:
    """The newest drafts that wanted a tag."""
    rows = db.execute(
        "select draft_id from tag_wishes where tag_id = ? order by draft_id desc limit ?",
        [tag_id, limit],
    )
    return [row[0] for row in rows]


def vocabulary(db: Database) -> dict[str, tuple[str, ...]]:
    """What new posts are tagged from: ``#tag`` -> its other names."""
    rows = db.execute(
        "select name, (select json_group_array(written) from"
        " (select written from tag_aliases where tag_id = tags.id order by written))"
        " from tags where state = 'ours' and hidden = 0 and kind != 'series' order by id"
    )
    return {f"#{name}": tuple(json.loads(names)) for name, names in rows}


def revision(db: Database) -> int:
    """A number that rises with each change of the vocabulary."""
    return int(facts.get(db, _REVISION, 0))


def touch(db: Database) -> int:
    """Say that the vocabulary changed; returns the new revision."""
    risen = revision(db) + 1
    facts.put(db, _REVISION, risen)
    return risen


def is_name(name: str) -> bool:
    """Whether `name`, without ``#``, can be a tag of ours: all of it blue in the app, not long."""
    whole = [(0, units(name) + 1, name)]
    return len(name) <= LONGEST_NAME and bool(key(name)) and hashtags(f"#{name}") == whole


def add_alias(db: Database, tag_id: int, written: str) -> None:
    """Give a tag another name, of which nobody else has the key."""
    db.execute(
        "insert or ignore into tag_aliases (folded, written, tag_id) values (?, ?, ?)",
        [key(written), written.removeprefix("#"), tag_id],
    )


def owner(db: Database, name: str) -> int | None:
    """The id of the tag that has the key of `name`, or None."""
    return _owners(db, [key(name)]).get(key(name))


def _insert(
    db: Database, name: str, state: TagState, now: datetime, kind: TagKind = TagKind.OPEN
) -> int:
    row = db.execute(
        "insert into tags (name, folded, kind, state, created) values (?,?,?,?,?) returning id",
        [name.removeprefix("#"), key(name), str(kind), str(state), stamp(now)],
    ).fetchone()
    return int(row[0])


def _owners(db: Database, keys: Sequence[str]) -> dict[str, int]:
    marks = _marks(keys)
    rows = db.execute(
        f"select folded, id from tags where folded in ({marks}) union all"
        f" select folded, tag_id from tag_aliases where folded in ({marks})",
        [*keys, *keys],
    )
    return dict(rows.fetchall())


def _marks(values: Sequence[Any]) -> str:
    return ",".join("?" * len(values))


def _select(db: Database, where: str, values: Sequence[Any]) -> list[Tag]:
    rows = db.execute(f"select {_COLUMNS} from tags where {where}", [*values])
    return [
        Tag(
            *(row[0], row[1], TagKind(row[2]), row[3], TagState(row[4]), bool(row[5]), row[6]),
            aliases=tuple(json.loads(row[8])),
            wishes=row[7],
        )
        for row in rows
    ]
