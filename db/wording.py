"""The words of the archive, asked by a query: how it may spell them, and what a slip meant.

Gives expressions of FTS5 (https://sqlite.org/fts5.html#full_text_query_syntax), every word of
them quoted. Does not weigh or show posts: see db.search.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

from sqlite_utils import Database

from bot.persian.folding import fold, tokens
from bot.persian.query import Query, Term
from bot.persian.slips import allowance, beginnings, distance

FEW = 1_000
"""Posts: a word in fewer of them may be two words without the space."""
SHORTEST_PART = 2
SHORTEST_BEGINNING = 3
"""Letters that must be typed of a word to have it completed."""
MOST_UNKNOWN = 3
"""Mistyped words of a query that are guessed; with more it is in another language."""
TRIES = 4
"""Corrected queries that are tried."""
_PERSIAN = re.compile(r"[^\W\da-z]")
_READ = 4_000
"""Words of the archive that one mistyped word is compared with, at most."""
_LOOKED_THROUGH = 20_000
"""Words of the archive that are heard for one that sounds like another."""
_WEIGHED = 6
"""Near words of which it is looked up how common they are."""
_COMMON = 200
"""Posts after which one word is as common as another."""


@dataclass(frozen=True, slots=True)
class Group:
    """One or two terms of a query, in all their spellings."""

    match: str
    wanted: frozenset[str]
    """Folded words that it finds; ``word*`` stands for all that begin so."""


def groups(db: Database, terms: Sequence[Term]) -> list[Group]:
    """The terms as the archive spells them: «پیش پردازش» for «پیشپردازش», and the other way."""
    found: list[Group] = []
    rest = list(terms)
    while rest:
        term = rest.pop(0)
        joint = _joined(db, term, rest[0]) if rest else None
        if joint:
            rest.pop(0)
        found.append(joint or _spelt(db, term))
    return found


def completed(db: Database, found: Sequence[Group]) -> list[Group] | None:
    """Groups whose words nobody wrote become those that begin so; None: there are none."""
    changed = [group if is_there(db, group.match) else _begun(group) for group in found]
    return changed if changed != list(found) else None


def is_there(db: Database, match: str) -> bool:
    """Whether any post matches."""
    return number(db, match, 1) > 0


def number(db: Database, match: str, most: int) -> int:
    """How many posts match, counted up to `most`."""
    sql = "select count(*) from (select 1 from post_index where post_index match ? limit ?)"
    return int(db.conn.execute(sql, (match, most)).fetchone()[0])


def of_script(db: Database, *, latin: bool) -> Iterator[str]:
    """The archive's words in Latin letters, or in all others; as many as can be looked through."""
    ends = ("a", "{") if latin else ("{", "\U0010ffff")
    sql = "select term from post_words where term >= ? and term < ? limit ?"
    yield from (row[0] for row in db.execute(sql, [*ends, _LOOKED_THROUGH]))


def size(db: Database, most: int) -> int:
    """How many posts the index knows, counted up to `most`."""
    sql = "select count(*) from (select 1 from posts where deleted is null limit ?)"
    return int(db.conn.execute(sql, (most,)).fetchone()[0])


def corrected(db: Database, query: Query, right: Container[str] = frozenset()) -> Iterator[Query]:
    """`query` with the words that stand in no post replaced by near ones, the likeliest first.

    A folded word that is `right` means what it says, whether any post has it or not.
    """
    unknown = [
        (place, word)
        for place, term in enumerate(query.terms)
        for word in term.words
        if not term.exact and word not in right and not is_there(db, quoted(word))
    ]
    if 0 < len(unknown) <= MOST_UNKNOWN:
        choices = [near_words(db, word) for _, word in unknown]
        # The likeliest of all first, then the others of the first word, and so on.
        for chosen in islice(product(*choices), TRIES):
            other = query
            for (place, word), near in zip(unknown, chosen, strict=True):
                other = _replaced(db, other, place, word, near)
            yield other


def near_words(db: Database, word: str) -> list[str]:
    """The archive's words that somebody who wrote `word` may have meant, the likeliest first."""
    most = allowance(word)
    if not most:
        return []
    near = {
        other: away
        for other in islice(_vocabulary(db, word), _READ)
        if other != word and (away := distance(word, other, most)) <= most
    }
    first = sorted(near, key=lambda other: (near[other], other))[:_WEIGHED]
    common = {other: number(db, quoted(other), _COMMON) for other in first}
    return sorted(first, key=lambda other: near[other] - 0.4 * common[other] / _COMMON)[:TRIES]


def quoted(*words: str) -> str:
    """Words that follow one another, as FTS5 writes it; folded words hold no quotes."""
    return f'"{" ".join(words)}"'


def _spelt(db: Database, term: Term) -> Group:
    whole = quoted(*term.words)
    if term.exact:
        return Group(whole, frozenset(term.words))
    joint = fold("".join(term.words))
    also = _parted(db, joint) if len(term.words) == 1 else []
    if len(term.words) > 1 and " " not in joint and is_there(db, quoted(joint)):
        also = [(joint,)]
    match = " OR ".join([whole, *(quoted(*words) for words in also)])
    wanted = frozenset((*term.words, *(word for words in also for word in words)))
    return Group(f"({match})" if also else match, wanted)


def _joined(db: Database, one: Term, other: Term) -> Group | None:
    """Two words that the archive also writes as one."""
    if one.exact or other.exact or len(one.words) + len(other.words) > 2:
        return None
    (first,), (second,) = one.words, other.words
    joint = fold(first + second)
    if " " in joint or not is_there(db, quoted(joint)):
        return None
    either = f"(({quoted(first)} AND {quoted(second)}) OR {quoted(joint)})"
    return Group(either, frozenset((first, second, joint)))


def _parted(db: Database, word: str) -> list[tuple[str, ...]]:
    """The pairs of words that stand side by side in the archive and make this rare word."""
    if len(word) < 2 * SHORTEST_PART or number(db, quoted(word), FEW) >= FEW:
        return []
    places = range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)
    # An ending that the whole word lost, its shorter last part may have kept: «پیشبینی».
    ends = ("", "ی") if _PERSIAN.match(word) else ("",)
    pairs = (
        tuple(fold(f"{word[:place]} {word[place:]}{end}").split())
        for place in places
        for end in ends
    )
    return [
        pair
        for pair in dict.fromkeys(pairs)
        if len(pair) == 2
        and all(is_there(db, quoted(word)) for word in pair)
        and _follow(db, pair)
    ]


def _follow(db: Database, pair: tuple[str, ...]) -> bool:
    """Whether the words follow one another anywhere; of common ones, in the newest posts."""
    if min(number(db, quoted(word), FEW) for word in pair) < FEW:
        return is_there(db, quoted(*pair))
    sql = (
        "select 1 from post_index where post_index match ? and rowid >="
        " (select min(ordinal) from (select ordinal from posts order by ordinal desc limit ?))"
        " limit 1"
    )
    return db.conn.execute(sql, (quoted(*pair), FEW)).fetchone() is not None


def _begun(group: Group) -> Group:
    (word,) = group.wanted if len(group.wanted) == 1 else ("",)
    if len(word) < SHORTEST_BEGINNING:
        return group
    return Group(f"{quoted(word)}*", frozenset((f"{word}*",)))


def _replaced(db: Database, query: Query, place: int, word: str, near: str) -> Query:
    """The query with another word at one place, also in its text."""
    term = query.terms[place]
    said = [near if one == word else one for one in term.words]
    written = " ".join(_written(db, one) for one in said)
    grown = len(written) - (term.end - term.start)
    terms = [
        replace(one, start=one.start + grown, end=one.end + grown)
        if one.start >= term.end
        else one
        for one in query.terms
    ]
    terms[place] = replace(term, words=tuple(said), end=term.start + len(written))
    text = query.text[: term.start] + written + query.text[term.end :]
    return replace(query, text=text, terms=tuple(terms))


def _written(db: Database, word: str) -> str:
    """A folded word as the newest post that has it writes it."""
    row = db.execute(
        "select p.title || char(10) || p.text from post_index i"
        " join posts p on p.ordinal = i.rowid where i.post_index match ?"
        " order by i.rowid desc limit 1",
        [quoted(word)],
    ).fetchone()
    text = row[0] if row else ""
    return next((text[start:end] for one, start, end in tokens(text) if one == word), word)


def _vocabulary(db: Database, word: str) -> Iterator[str]:
    """The archive's words that begin about as `word` does."""
    for beginning in beginnings(word):
        rows = db.execute(
            "select term from post_words where term >= ? and term < ?",
            [beginning, beginning + "\U0010ffff"],
        )
        yield from (row[0] for row in rows)


def all_of(found: Iterable[Group]) -> Group:
    """What has every one of the groups."""
    every = list(found)
    match = " AND ".join(group.match for group in every)
    return Group(match, _words(every))


def any_of(found: Iterable[Group]) -> Group:
    """What has at least one of the groups."""
    every = list(found)
    return Group(" OR ".join(f"({group.match})" for group in every), _words(every))


def _words(found: Iterable[Group]) -> frozenset[str]:
    return frozenset(word for group in found for word in group.wanted)
