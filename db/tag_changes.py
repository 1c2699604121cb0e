"""Changes of the vocabulary that admins make: shown before, made whole or not at all, undone.

    change = Change(What.MERGE, llm.id, str(language_model.id))
    seen = preview(db, change)                  # nothing has changed yet
    apply(db, change, seen.revision, "مینا")    # as it was shown, or WrongState
    undo(db, tags.revision(db))

Posts in the channel keep the tag that is printed in them; merged tags are found together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from bot.errors import WrongState
from bot.persian.folding import key
from db import facts, tags
from db.tags import Tag, TagKind, TagState

LONGEST_LABEL = 60
_UNDO = "tags undo"
_RANK = (TagState.REFUSED, TagState.PROPOSED, TagState.SEEN, TagState.OURS)
_ROW = "id, name, folded, kind, label, state, hidden, created"


class What(StrEnum):
    """What an admin may do to a tag; the value of the change in brackets."""

    RENAME = "name"
    """(the new name) The old one stays as an alias."""
    LABEL = "label"
    """(the text shown beside the tag; empty: none)"""
    KIND = "kind"
    """(a TagKind)"""
    HIDE = "hide"
    SHOW = "show"
    ADOPT = "adopt"
    REFUSE = "refuse"
    MERGE = "merge"
    """(the id of the tag that stays)"""
    ALIAS = "alias"
    """(another name)"""
    UNALIAS = "unalias"
    """(the alias that goes)"""


@dataclass(frozen=True, slots=True)
class Change:
    """One wish."""

    what: What
    tag_id: int
    value: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do: the tags concerned before and after it, and why it cannot be.

    `problem`: gone, itself, no-name, taken, too-long, same; empty: it can be made.
    """

    change: Change
    before: tuple[Tag, ...]
    after: tuple[Tag, ...]
    revision: int
    problem: str = ""

    @property
    def guide_changes(self) -> bool:
        """Whether a reader of the table of contents sees a difference."""
        return [*map(_line, self.before)] != [*map(_line, self.after)]


def _line(tag: Tag) -> tuple[object, ...]:
    return (tag.name, tag.label, tag.kind, tag.posts) if tag.shown else ()


def preview(db: Database, change: Change) -> Preview:
    """What `change` would do now; changes nothing."""
    tag, revision = tags.get(db, change.tag_id), tags.revision(db)
    if not tag:
        return Preview(change, (), (), revision, "gone")
    if change.what is What.MERGE:
        return _preview_merge(db, change, tag, revision)
    check = _PROBLEMS.get(change.what)
    problem = check(db, tag, change.value) if check else ""
    after = tag if problem else _CHANGED[change.what](tag, change.value)
    if not problem and after == tag:
        problem = "same"
    return Preview(change, (tag,), (after,), revision, problem)


def _preview_merge(db: Database, change: Change, tag: Tag, revision: int) -> Preview:
    other = tags.get(db, int(change.value)) if change.value.isdecimal() else None
    if not other or other.id == tag.id:
        return Preview(change, (tag,), (tag,), revision, "itself" if other else "gone")
    row = db.execute(
        "select count(*) from post_tags one join posts p on p.ordinal = one.ordinal"
        " where one.tag_id = ? and p.guest = 0 and not exists"
        " (select 1 from post_tags where tag_id = ? and ordinal = one.ordinal)",
        [tag.id, other.id],
    ).fetchone()
    after = replace(_united(tag, other), posts=other.posts + row[0])
    return Preview(change, (tag, other), (after,), revision)


def _united(tag: Tag, other: Tag) -> Tag:
    """`other` as it stands when `tag` has become part of it."""
    return replace(
        other,
        state=max(tag.state, other.state, key=_RANK.index),
        kind=other.kind or tag.kind,
        label=other.label or tag.label,
        aliases=_distinct(tag.name, *tag.aliases, *other.aliases),
    )


def _distinct(*names: str) -> tuple[str, ...]:
    """The names without those that are another spelling of a later one."""
    return tuple(sorted({key(name): name for name in names}.values()))


def _no_name(db: Database, tag: Tag, value: str) -> str:
    if not tags.is_name(value.removeprefix("#")):
        return "no-name"
    owner = tags.owner(db, value)
    return "taken" if owner not in (None, tag.id) else ""


def _no_alias(db: Database, tag: Tag, value: str) -> str:
    """Other names may be of several words: they are looked for in the texts of sources too."""
    if not key(value) or len(value) > tags.LONGEST_NAME or "\n" in value:
        return "no-name"
    owner = tags.owner(db, value)
    return "same" if owner == tag.id else "taken" if owner is not None else ""


_PROBLEMS: dict[What, Callable[[Database, Tag, str], str]] = {
    What.RENAME: _no_name,
    What.ALIAS: _no_alias,
    What.LABEL: lambda db, tag, value: "too-long" if len(value) > LONGEST_LABEL else "",
    What.KIND: lambda db, tag, value: "" if value in set(TagKind) else "gone",
}
_CHANGED: dict[What, Callable[[Tag, str], Tag]] = {
    What.RENAME: lambda tag, value: _renamed(tag, value.removeprefix("#")),
    What.LABEL: lambda tag, value: replace(tag, label=" ".join(value.split())),
    What.KIND: lambda tag, value: replace(tag, kind=TagKind(value)),
    What.HIDE: lambda tag, value: replace(tag, hidden=True),
    What.SHOW: lambda tag, value: replace(tag, hidden=False),
    What.ADOPT: lambda tag, value: replace(
        tag, state=TagState.OURS, hidden=False, kind=tag.kind or TagKind.SUBJECT
    ),
    What.REFUSE: lambda tag, value: replace(tag, state=TagState.REFUSED),
    What.ALIAS: lambda tag, value: replace(
        tag, aliases=tuple(sorted([*tag.aliases, value.removeprefix("#")]))
    ),
    What.UNALIAS: lambda tag, value: replace(
        tag, aliases=tuple(name for name in tag.aliases if name != value)
    ),
}


def _renamed(tag: Tag, name: str) -> Tag:
    others = _distinct(*tag.aliases, tag.name)
    kept = tuple(other for other in others if key(other) != key(name))
    return replace(tag, name=name, aliases=kept)


def apply(db: Database, change: Change, revision: int, who: str) -> Tag:
    """Make a change that was shown at `revision`; returns the tag that is there now.

    Raises WrongState when the vocabulary changed since, or the change cannot be made.
    """
    with db.atomic():
        seen = preview(db, change)
        if seen.revision != revision or seen.problem:
            raise WrongState(f"tags: {seen.problem or 'changed since they were shown'}")
        reindex = change.what in (What.MERGE, What.UNALIAS, What.RENAME, What.ALIAS)
        _remember(db, change, [tag.id for tag in seen.before], who, reindex=reindex)
        if change.what is What.MERGE:
            merge(db, change.tag_id, seen.after[0])
        else:
            _write(db, seen.after[0])
        if change.what is What.UNALIAS:
            _index_again(db, [change.tag_id])
        tags.touch(db)
    changed = tags.get(db, seen.after[0].id)
    assert changed
    return changed


def _write(db: Database, tag: Tag) -> None:
    """Make the row and the aliases of a tag what `tag` says."""
    db.execute("delete from tag_aliases where tag_id = ?", [tag.id])
    db.execute(
        "update tags set name = ?, folded = ?, kind = ?, label = ?, state = ?, hidden = ?"
        " where id = ?",
        [tag.name, key(tag.name), str(tag.kind), tag.label, str(tag.state), tag.hidden, tag.id],
    )
    for name in tag.aliases:
        tags.add_alias(db, tag.id, name)


def merge(db: Database, tag_id: int, into: Tag) -> None:
    """Move all that a tag has to `into`, which is written as given; the tag's row goes."""
    both = {"old": tag_id, "new": into.id}
    db.execute("delete from tag_aliases where tag_id in (:old, :new)", both)
    for statement in (
        "insert or ignore into post_tags (tag_id, ordinal)"
        " select :new, ordinal from post_tags where tag_id = :old",
        "delete from post_tags where tag_id = :old",
        "update series set tag_id = :new where tag_id = :old",
        "insert or ignore into tag_wishes (tag_id, draft_id)"
        " select :new, draft_id from tag_wishes where tag_id = :old",
        "delete from tags where id = :old",
    ):
        db.execute(statement, both)
    _write(db, into)


def _index_again(db: Database, ids: Iterable[int]) -> None:
    """Have db.index read the tags of these posts from their texts once more."""
    for tag_id in ids:
        db.execute(
            "update posts set dirty = 1"
            " where ordinal in (select ordinal from post_tags where tag_id = ?)",
            [tag_id],
        )


def _remember(db: Database, change: Change, ids: list[int], who: str, *, reindex: bool) -> None:
    """Note how the tags concerned were, so that the change can be undone."""
    some = ",".join(map(str, ids))
    told: dict[str, Any] = {
        "what": str(change.what),
        "who": who,
        "revision": tags.revision(db) + 1,
        "reindex": reindex,
        "tags": db.execute(f"select {_ROW} from tags where id in ({some})").fetchall(),
        "aliases": db.execute(
            f"select folded, written, tag_id from tag_aliases where tag_id in ({some})"
        ).fetchall(),
        "series": db.execute(f"select id, tag_id from series where tag_id in ({some})").fetchall(),
    }
    facts.put(db, _UNDO, told)


def last(db: Database) -> tuple[What, str] | None:
    """The change that `undo` would take back, and who made it; None: there is none."""
    told = facts.get(db, _UNDO)
    fits = told and told["revision"] == tags.revision(db)
    return (What(told["what"]), told["who"]) if fits else None


def undo(db: Database, revision: int) -> Tag:
    """Take the last change back; returns the tag it was about.

    Raises WrongState when there is none, or the vocabulary is not at `revision` any more.
    """
    with db.atomic():
        told = facts.get(db, _UNDO)
        if not last(db) or tags.revision(db) != revision:
            raise WrongState("tags: there is nothing to take back")
        ids = [row[0] for row in told["tags"]]
        _reclaim(db, told, next(id for id in ids if tags.get(db, id)))
        if told["reindex"]:
            _index_again(db, ids)
        _restore(db, told, ids)
        facts.put(db, _UNDO, None)
        tags.touch(db)
    tag = tags.get(db, ids[0])
    assert tag
    return tag


def _reclaim(db: Database, told: dict[str, Any], kept: int) -> None:
    """Take back the names that posts have given tags of their own meanwhile.

    Raises WrongState where an admin has done something with such a tag.
    """
    ids = [row[0] for row in told["tags"]]
    for name in [row[1] for row in (*told["tags"], *told["aliases"])]:
        owner = tags.owner(db, name)
        other = None if owner in (None, *ids) else tags.get(db, owner or 0)
        if not other:
            continue
        if replace(other, id=0, name="", posts=0) != Tag(0, ""):
            raise WrongState("tags: a name has come to mean another tag meanwhile")
        into = tags.get(db, kept)
        assert into
        merge(db, other.id, into)


def _restore(db: Database, told: dict[str, Any], ids: list[int]) -> None:
    for tag_id in ids:
        db.execute("delete from tag_aliases where tag_id = ?", [tag_id])
    for row in told["tags"]:
        db.execute(
            f"insert into tags ({_ROW}) values (?,?,?,?,?,?,?,?) on conflict (id) do update set"
            " name = excluded.name, folded = excluded.folded, kind = excluded.kind,"
            " label = excluded.label, state = excluded.state, hidden = excluded.hidden",
            row,
        )
    db.conn.executemany("insert into tag_aliases values (?,?,?)", told["aliases"])
    for series_id, tag_id in told["series"]:
        db.execute("update series set tag_id = ? where id = ?", [tag_id, series_id])


def refold(db: Database) -> None:
    """Give all names the keys of today's folding; tags whose names now meet become one."""
    with db.atomic():
        while both := _meeting(db):
            _unite(db, *both)
        kept = _all(db)
        # Keys may change places between rows: none is in the way of another.
        db.execute("update tags set folded = char(0) || id where state != 'none'")
        db.execute("delete from tag_aliases")
        for tag in kept:
            _write(db, replace(tag, aliases=_distinct(*tag.aliases)))
        tags.touch(db)


def _all(db: Database) -> list[Tag]:
    rows = db.execute("select id from tags where state != 'none' order by id").fetchall()
    return [tag for row in rows if (tag := tags.get(db, row[0]))]


def _meeting(db: Database) -> tuple[Tag, Tag] | None:
    """Two tags that have a name in common, the one that stays first."""
    owners: dict[str, Tag] = {}
    for tag in sorted(_all(db), key=lambda one: (-_RANK.index(one.state), -one.posts, one.id)):
        for name in (tag.name, *tag.aliases):
            if owners.setdefault(key(name), tag).id != tag.id:
                return owners[key(name)], tag
    return None


def _unite(db: Database, stays: Tag, goes: Tag) -> None:
    merge(db, goes.id, _united(goes, stays))
