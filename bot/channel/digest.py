"""The weekly digest: the week's posts by subject, a linked line each, as a draft. Pure.

When it is due and who sees it: see bot.steps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bot.channel.lines import EMPTY, Line, bold, joined, line, link, named
from bot.channel.post import Rendered, compose, problems
from bot.persian.dates import digits
from db.guide import WeekPost
from db.model import Draft, Kind

SOURCE = "peyk"
"""The source of items that no feed brought."""
ORIGIN = "extract:digest"
"""No model wrote it: it is made of the posts' own titles."""
LONGEST_TITLE = 90
PER_GROUP = (100, 12, 8, 5, 3, 2, 1)
"""Posts shown of each subject: the most that one message can hold."""

Group = tuple[str, list[WeekPost]]


@dataclass(frozen=True, slots=True)
class Words:
    """What the digest says itself; `{}` stands for a number."""

    title: str
    others: str
    more: str
    untitled: str


def draft(
    item_id: int,
    posts: Sequence[WeekPost],
    words: Words,
    tag: str,
    signature: str,
    more: str,
) -> Draft:
    """The digest of a week's posts (at least one); `more` leads to all of them, in the bot."""
    groups = by_subject(posts, words.others)
    for most in PER_GROUP:
        body = _body(groups, most, words, more)
        made = Draft(
            item_id=item_id,
            kind=Kind.NEWS,
            title=words.title.format(digits(len(posts))),
            body=body.text,
            entities=body.entities,
            tags=(tag,),
            origin=ORIGIN,
        )
        if not problems(compose(made, signature)):
            break
    return made


def by_subject(posts: Sequence[WeekPost], others: str) -> list[Group]:
    """The posts under the most frequent of their subjects, large groups first; what has no
    company of its subject comes last, as `others`."""
    counts = Counter(tag for post in posts for tag in post.tags)
    best = [max(post.tags, key=lambda tag: (counts[tag], -tag[0]), default=None) for post in posts]
    company = Counter(best)
    groups: dict[str, list[WeekPost]] = {}
    for post, tag in zip(posts, best, strict=True):
        name = others
        if tag and company[tag] > 1:
            name = tag[2] or tag[1].replace("_", " ")
        groups.setdefault(name, []).append(post)
    return sorted(groups.items(), key=lambda group: (group[0] == others, -len(group[1])))


def _body(groups: Sequence[Group], most: int, words: Words, more: str) -> Rendered:
    lines: list[Line] = []
    for name, posts in groups:
        lines.append(line(bold(named(name, LONGEST_TITLE))))
        for post in posts[:most]:
            title = named(post.title, LONGEST_TITLE) or words.untitled
            lines.append(line("• ", link(title, post.url)))
        lines.append(EMPTY)
    left = sum(max(0, len(posts) - most) for _, posts in groups)
    tail = [line(link(words.more.format(digits(left)), more))] if left else []
    return joined([*lines[:-1], *([EMPTY, *tail] if tail else [])])
