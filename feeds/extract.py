"""A draft of an item without a model, and what every draft takes from its item. Pure.

Does not write a summary: see feeds.write.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from bot.persian.typography import plain, typeset, units, visible
from db.model import Draft, Item, Kind, Link
from prompts.render import phrase
from prompts.vocabulary import Vocabulary

_EXTRACT_UNITS = 1200
_SENTENCE_END = re.compile(r"[.!?؟](?=\s)|\n")


def extract(item: Item, vocabulary: Vocabulary) -> Draft:
    """A draft of `item` without a model: a Persian frame around the source's own words."""
    from prompts.accept import LONGEST_TITLE  # the gate is slow to import: not at every start

    frame = phrase(f"extract.title.{item.kind}", title="")
    title = _cut(" ".join(item.title.split()), LONGEST_TITLE - units(frame), re.compile(r"\s"))
    text = _cut(item.text.strip(), _EXTRACT_UNITS, _SENTENCE_END)
    said = phrase(f"extract.body.{item.kind}") if text else phrase("extract.bare")
    return Draft(
        item_id=item.id,
        kind=item.kind,
        title=_clean(phrase(f"extract.title.{item.kind}", title=title)),
        body=_clean(f"{said}\n\n{text}"),
        tags=tags(item, item.kind, (), vocabulary),
        links=links(item),
        origin="extract",
        remarks=({"kind": "extract"},),
    )


def links(item: Item) -> tuple[Link, ...]:
    """The addresses a post about `item` shows, with Persian labels.

    The page itself, then what the feed found to be its code; never what a model wrote.
    """
    labels = {link.url: link.label for link in item.links}  # see feeds.feed for what they say
    named = labels.get(item.url) if labels.get(item.url) in ("paper", "release") else item.kind
    page = Link(item.url, phrase(f"link.{named}"))
    code = (Link(url, phrase("link.code")) for url, label in labels.items() if label == "code")
    sound = {link.url: link for link in (page, *code) if _is_web_address(link.url)}
    return tuple(sound.values())[:2]


def tags(item: Item, kind: Kind, chosen: Sequence[str], vocabulary: Vocabulary) -> tuple[str, ...]:
    """The kind's tag, then those chosen and those of the source; at need, those mentioned."""
    from prompts.accept import MOST_TAGS

    of_kinds = set(vocabulary.known(Kind))
    found = list(vocabulary.known([kind, *chosen, *item.tags]))
    found = [tag for tag in found if tag not in of_kinds or tag == vocabulary.find(kind)]
    if len(found) < 3:
        mentioned = vocabulary.mentioned(f"{item.title}\n{item.title}\n{item.text}")
        found += [tag for tag in mentioned if tag not in {*of_kinds, *found}][:2]
    return tuple(found[:MOST_TAGS])


def _clean(text: str) -> str:
    """Foreign text as a draft may hold it: set, and without anything that becomes a link."""
    return plain(typeset(text)).strip()


def _cut(text: str, most: int, end: re.Pattern[str]) -> str:
    """`text`, or its beginning to the last `end` within `most` UTF-16 units and an ellipsis."""
    if units(text) <= most:
        return text
    head = text[:most]
    while units(head) > most - 1:
        head = head[: -max(1, (units(head) - most) // 2)]
    ends = [match.end() for match in end.finditer(head)]
    if not ends or ends[-1] < most // 2:
        ends = [match.start() for match in re.finditer(r"\s", head)] or [len(head)]
    return head[: ends[-1]].rstrip() + "…"


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        clean = url == visible(url) and not re.search(r"\s", url) and "@" not in parts.netloc
        return parts.scheme in ("http", "https") and bool(parts.hostname) and clean
    except ValueError:
        return False
