"""The guide: what each of its messages should say. Pure.

One message holds it all while it can. Beyond, the longest sections move out into messages of
their own, and the root keeps their beginnings, counts and links. What even those cannot hold is a
link into the bot. Which message exists, is pinned or must be edited: see bot.channel.guide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from json import dumps

from bot.channel.lines import (
    EMPTY,
    Line,
    Piece,
    bold,
    embedded,
    hashtag,
    joined,
    line,
    link,
    named,
    weigh,
)
from bot.channel.post import Rendered
from bot.persian.alphabet import alphabetical
from bot.persian.dates import digits
from db.guide import Contents, SeriesParts, TagCount

ROOT = "root"
MESSAGES = {"type": 2, "subject": 4, "series": 4}
"""So many messages a section may fill beside the root."""
MOST_LINES = 250
"""More lines than the messages of a section hold; the rest need not be made."""
BEGINNINGS = (12, 6, 3, 0)
"""Lines that the root keeps of a section which moved out: the most that fit."""
LONGEST_TAG, LONGEST_LABEL, LONGEST_TITLE = 64, 40, 60
LONGEST_OWN = 600
"""UTF-16 units of the operator's heading, and of the footer."""
SLACK = 1.25
"""So much heavier a guide is taken to be before its sections move back into the root."""
_ADDRESS = "https://t.me/" + "x" * 50
"""Stands for the address of a message that is planned: longer than any."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the guide says itself; `{}` stands for a number."""

    heading: str
    sections: Mapping[str, str]
    posts: str
    tags: str
    series: str
    parts: str
    goes_on: str
    all_in_bot: str
    more_in_bot: str
    pages: str
    back: str
    page_of: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the tags: the operator's words, and the bot that deep links lead to."""

    words: Words
    bot: str
    heading: str = ""
    footer: str = ""

    def deep(self, what: str = "") -> str:
        """The link that opens a list of /toc in the bot (Bot features, "Deep linking")."""
        return f"https://t.me/{self.bot}?start=toc{what and '_'}{what}" if self.bot else ""


@dataclass(frozen=True, slots=True)
class _Section:
    """One kind of lines: in full for a message of its own, and in short for the root."""

    name: str
    lines: list[Line]
    short: list[Line]
    total: int
    count: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Which lines of each section the root keeps, and which fill messages of their own."""

    kept: Mapping[str, Sequence[Line]]
    pages: Mapping[str, Sequence[Sequence[Line]]] = field(default_factory=dict)


Address = Callable[[str], str]
"""The address of the message that shows a part; empty while there is none."""


def guide(known: Contents, frame: Frame, address: Address) -> dict[str, Rendered]:
    """Every part of the guide and what it should say, the root first.

    A section that has messages of its own keeps them until the root has ample room for it.
    """
    sections = [section for section in _sections(known, frame) if section.lines]
    had_pages = any(address(section.name) for section in sections)
    plan = _plan(sections, frame, SLACK if had_pages else 1.0)
    parts = {ROOT: joined(_root(sections, plan, frame, address))}
    for section in sections:
        pages = plan.pages.get(section.name, ())
        for number, lines in enumerate(pages, 1):
            is_cut = number == len(pages) and sum(map(len, pages)) < section.total
            page = _page(section, lines, (number, len(pages)), frame, address(ROOT), is_cut)
            parts[part_name(section.name, number)] = joined(page)
    return parts


def part_name(section: str, number: int) -> str:
    """``subject``, ``subject:2``, …"""
    return section if number == 1 else f"{section}:{number}"


def digest(message: Rendered) -> str:
    """A short sign that tells whether a message would change."""
    said = dumps([message.text, *message.entities], ensure_ascii=False, sort_keys=True)
    return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def by_count(tags: Iterable[TagCount]) -> list[TagCount]:
    """Tags as the guide lists them: the most used first, equals by the Persian alphabet."""
    return sorted(tags, key=lambda tag: (-tag.posts, alphabetical(tag.label or tag.name)))


def by_age(series: Iterable[SeriesParts]) -> list[SeriesParts]:
    """Series as the guide lists them: those that go on first, the newest before the older."""
    return sorted(series, key=lambda one: (not one.is_open, -one.newest))


def shown_name(tag: TagCount) -> str:
    """A tag in words, where it need not be tapped: its label, or its name."""
    return named(tag.label or tag.name.replace("_", " "), LONGEST_LABEL)


def _sections(known: Contents, frame: Frame) -> list[_Section]:
    words = frame.words
    made = []
    for name, tags in (("type", known.types), ("subject", known.subjects)):
        lines = [_tag_line(tag, frame) for tag in by_count(tags)[:MOST_LINES]]
        count = words.tags.format(digits(len(tags)))
        made.append(_Section(name, lines, lines, len(tags), count))
    ordered = by_age(known.series)[:MOST_LINES]
    full = [_series_line(one, frame) for one in ordered]
    short = [_short_series_line(one, frame) for one in ordered]
    total = len(known.series)
    count = words.series.format(digits(total))
    return [*made, _Section("series", full, short, total, count)]


def _tag_line(tag: TagCount, frame: Frame) -> Line:
    """«• #مقاله — مقاله‌ها · ۱۲ پست»: the tag searches in the app, the count opens the bot."""
    tappable = len(tag.name) <= LONGEST_TAG
    label = f" {named(tag.label, LONGEST_LABEL)}" if tag.label else ""
    name = hashtag(tag.name) if tappable else named(tag.name, LONGEST_LABEL)
    posts = frame.words.posts.format(digits(tag.posts))
    return line("• ", name, f"{label} · ", link(posts, frame.deep(str(tag.id))))


def _series_line(series: SeriesParts, frame: Frame) -> Line:
    """«• مدل‌سازی زبان (ادامه دارد): ۱ / ۲ / ۳», each number leading to its part."""
    going = f" {frame.words.goes_on}" if series.is_open else ""
    title = f"• {named(series.title, LONGEST_TITLE)}{going}: "
    first, *others = [link(digits(part.number), part.url) for part in series.parts]
    if series.count == len(series.parts):
        return line(title, *_apart([first, *others], " / "))
    every = link(frame.words.all_in_bot.format(digits(series.count)), _deep(series, frame))
    return line(title, first, " / … / ", *_apart([*others, every], " / "))


def _short_series_line(series: SeriesParts, frame: Frame) -> Line:
    count = frame.words.parts.format(digits(series.count))
    title = link(named(series.title, LONGEST_TITLE), series.parts[0].url)
    return line("• ", title, " · ", link(count, _deep(series, frame)))


def _deep(series: SeriesParts, frame: Frame) -> str:
    return frame.deep(f"s{series.id}")


def _plan(sections: Sequence[_Section], frame: Frame, slack: float) -> Plan:
    """Move the longest section out of the root until the rest fits."""
    whole = {section.name: section.lines for section in sections}
    plan = Plan(whole)
    if weigh(_planned(sections, plan, frame)).fits(slack):
        return plan
    staying = sorted(sections, key=lambda section: sum(weigh(section.lines)))
    moved: list[_Section] = []
    while staying:
        moved.append(staying.pop())
        pages = {section.name: _pages(section, frame) for section in moved}
        for beginning in BEGINNINGS:
            kept = {section.name: section.lines for section in staying}
            kept |= {section.name: section.short[:beginning] for section in moved}
            plan = Plan(kept, pages)
            if weigh(_planned(sections, plan, frame)).fits():
                return plan
    return plan


def _planned(sections: Sequence[_Section], plan: Plan, frame: Frame) -> list[Line]:
    return _root(sections, plan, frame, lambda part: _ADDRESS)


def _pages(section: _Section, frame: Frame) -> list[list[Line]]:
    """The lines of a section as messages; what they cannot hold is left to the bot."""
    most = MESSAGES[section.name]
    around = weigh(_page(section, (), (most, most), frame, _ADDRESS, True))
    pages: list[list[Line]] = [[]]
    taken = around
    for one in section.lines:
        taken += one.weight
        if not taken.fits():
            if len(pages) == most:
                break
            pages.append([])
            taken = around + one.weight
        pages[-1].append(one)
    return pages


def _root(sections: Sequence[_Section], plan: Plan, frame: Frame, address: Address) -> list[Line]:
    title, *rest = _own(frame.heading or frame.words.heading)
    lines = [line(bold(title)), *map(line, rest)]
    for section in sections:
        head = line(bold(frame.words.sections[section.name]), f" ({section.count})")
        lines += [EMPTY, head, *plan.kept[section.name]]
        pages = plan.pages.get(section.name, ())
        numbers = [(part_name(section.name, n), digits(n)) for n in range(1, len(pages) + 1)]
        links = [link(shown, address(part)) for part, shown in numbers]
        if links:
            lines.append(line(f"{frame.words.pages} ", *_apart(links, " · ")))
    own = [EMPTY, *map(line, _own(frame.footer))] if frame.footer else []
    return [*lines, *own]


def _page(
    section: _Section,
    lines: Sequence[Line],
    place: tuple[int, int],
    frame: Frame,
    root: str,
    is_cut: bool,
) -> list[Line]:
    """A message of a section: the page of this number, of so many."""
    words = frame.words
    number = f" ({words.page_of.format(*map(digits, place))})" if place[1] > 1 else ""
    more = [line(link(words.more_in_bot.format(section.count), frame.deep()))] if is_cut else []
    head = [line(bold(words.sections[section.name]), number), EMPTY]
    return [*head, *lines, EMPTY, *more, line(link(words.back, root))]


def _apart(pieces: Iterable[Piece], by: str) -> list[Piece | str]:
    """`pieces` with `by` between them."""
    return [one for piece in pieces for one in (by, piece)][1:]


def _own(text: str) -> list[str]:
    """The operator's own words, tags and links as they are, cut where they are far too long."""
    return [embedded(one) for one in text[:LONGEST_OWN].split("\n")]
