"""Later versions of papers that were posted, as items of their own.

A later version of any other paper is no news: see db.items.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlite_utils import Database

from db import items
from db.items import CHUNK, newer
from db.model import Item, ItemState, Kind, Link
from feeds.feed import CODE, PAPER
from feeds.identity import paper_of
from feeds.product import folded

_OF_A_VERSION_MORE = ("feed", "required-keyword", "backlog")
"""Reasons for which an entry is no news, and which say nothing of how a version differs."""


def revisions(db: Database, found: Sequence[Item]) -> list[Item]:
    """Of the entries of a poll the later versions of posted papers. Store them before the entries.

    One with a title, or with code, that the posted version had not is a candidate. Another is
    dropped; reasons: ``{"kind": "revision" or "revision-slight", "old", "new"}``.
    """
    papers = {item.identity: item for item in found if _is_version(item)}
    return [
        _revision(papers[known.identity], known)
        for start in range(0, len(papers), CHUNK)
        for known in items.posted(db, [*papers][start : start + CHUNK])
        if newer(papers[known.identity].revision, known.revision)
    ]


def earlier(db: Database, item: Item) -> Item | None:
    """The paper of which `item` is a later version, where that is an item of its own."""
    paper = paper_of(item.url) if item.kind is Kind.PAPER else None
    if not paper or not paper[1] or item.identity != f"arxiv:{paper[0]}{paper[1]}":
        return None
    return items.by_identity(db, f"arxiv:{paper[0]}")


def versions(item: Item) -> dict[str, str]:
    """Which version such an item is, and of which it is the later one."""
    told = (r for r in item.reasons if str(r["kind"]).startswith("revision"))
    return next(({"old": r["old"], "new": r["new"]} for r in told), {"old": "", "new": ""})


def _is_version(item: Item) -> bool:
    return item.kind is Kind.PAPER and bool(item.revision) and item.drop != "withdrawn"


def _revision(item: Item, known: Item) -> Item:
    """The later version of a `known` paper."""
    retitled = folded(item.title) != folded(known.title)
    news = retitled or bool(_code(item) - _code(known))
    kind = "revision" if news else "revision-slight"
    told = (r for r in item.reasons if r["kind"] not in _OF_A_VERSION_MORE)
    url = f"{item.url}{item.revision}"
    return replace(
        item,
        identity=f"{item.identity}{item.revision}",
        url=url,
        links=(Link(url, PAPER), *(link for link in item.links if link.url != item.url)),
        drop="",
        state=ItemState.NEW if news else ItemState.DROPPED,
        reasons=({"kind": kind, "old": known.revision, "new": item.revision}, *told),
    )


def _code(item: Item) -> set[str]:
    return {link.url for link in item.links if link.label == CODE}
