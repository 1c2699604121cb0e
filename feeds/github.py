"""GitHub releases: the address to ask, and bytes -> items. Pure.

With a token the REST API is asked, which gives whole notes and says what is a prerelease
(https://docs.github.com/en/rest/releases/releases); without one, the public Atom feed.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from bot.errors import SourceError
from db.model import Item, Kind, Link
from feeds import plain
from feeds.feed import ENTRIES, RELEASE, Feed, bounded, entries, names, read, text_of, when
from feeds.identity import release_of
from feeds.sources import Source

_PRERELEASE = re.compile(
    r"(?:^|[\d._+/-])(?:rc|beta|alpha|dev|nightly|preview|pre|canary|snapshot)(?:[\d._+-]|$)"
    # 2.0b3 is a beta, but llama.cpp's b4321 is a release.
    r"|(?<=[\d.])[ab]\d",
    re.IGNORECASE,
)


def address(source: Source, *, rest: bool = False) -> str:
    """Where this repository's releases are found; REST only with a token: without one GitHub
    answers 60 requests an hour."""
    if source.url:
        return source.url
    if rest:
        return f"https://api.github.com/repos/{source.repo}/releases?per_page=30"
    return f"https://github.com/{source.repo}/releases.atom"


def parse(body: bytes, source: Source) -> Feed:
    """The releases in an answer of GitHub, Atom or REST. Raises SourceError when it is neither."""
    if body.lstrip()[:1] in (b"[", b"{"):
        found = [_from_rest(release, source) for release in _releases(body)]
    else:
        found = [_from_atom(entry, source) for entry in entries(read(body))]
    return Feed(tuple(bounded(item) for item in found if item))


def prerelease(tag: str) -> bool:
    """Whether a tag looks like a prerelease's: ``v1.0-rc1``, ``2.0b3``, ``nightly``."""
    return bool(_PRERELEASE.search(tag.rpartition("@")[2]))


def _releases(body: bytes) -> list[Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SourceError("the answer is broken JSON") from error
    if not isinstance(answer, list):
        said = answer.get("message", "") if isinstance(answer, dict) else ""
        raise SourceError(f"no list of releases; GitHub says: {plain.line(str(said))[:200]}")
    return [release for release in answer[:ENTRIES] if isinstance(release, dict)]


def _from_rest(release: dict[str, Any], source: Source) -> Item | None:
    tag = text_of(release, "tag_name")
    # A draft is seen by its authors only and may still be published under the same tag.
    if not tag or release.get("draft"):
        return None
    early = bool(release.get("prerelease")) or prerelease(tag)
    return _item(
        source,
        url=text_of(release, "html_url"),
        tag=tag,
        name=text_of(release, "name"),
        notes=plain.from_markdown(text_of(release, "body")),
        published=_moment(text_of(release, "published_at") or text_of(release, "created_at")),
        revision=text_of(release, "updated_at"),
        early=early,
    )


def _from_atom(entry: Any, source: Source) -> Item | None:
    url = text_of(entry, "link")
    release = release_of(url)
    tag = release[1] if release else _tag_in_id(text_of(entry, "id"))
    if not tag:
        return None
    content = entry.get("content") or [{}]
    moment = when(entry, "updated", "published")
    return _item(
        source,
        url=url,
        tag=tag,
        name=plain.line(text_of(entry, "title")),
        notes=plain.from_html(text_of(content[0], "value") or text_of(entry, "summary")),
        published=moment,
        revision=f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else "",
        early=prerelease(tag),
    )


def _item(
    source: Source,
    *,
    url: str,
    tag: str,
    name: str,
    notes: str,
    published: datetime | None,
    revision: str,
    early: bool,
) -> Item:
    release = release_of(url)
    repo = release[0] if release else source.repo.lower()
    shown = source.repo if repo == source.repo.lower() else repo
    page = url or f"https://github.com/{source.repo}/releases/tag/{tag}"
    return Item(
        identity=f"github:{repo}@{tag}",
        source=source.name,
        kind=Kind.RELEASE,
        title=_title(shown, tag, plain.line(name)),
        text=notes,
        url=page,
        links=(Link(page, RELEASE),),
        tags=names(source.tags),
        published=published,
        revision=revision,
        drop="prerelease" if early and not source.prereleases else "",
    )


def _title(repo: str, tag: str, name: str) -> str:
    """``owner/repo v1.2``, with the release's own name where it says more than the tag."""
    if not name or name == tag or name.removeprefix("v") == tag.removeprefix("v"):
        return f"{repo} {tag}"
    if repo.rpartition("/")[2].lower() in name.lower():
        return name if tag.lstrip("v") in name else f"{name} ({tag})"
    return f"{repo} {name}" if tag.lstrip("v") in name else f"{repo} {tag}: {name}"


def _tag_in_id(text: str) -> str:
    """The tag in an Atom id such as ``tag:github.com,2008:Repository/658928958/v0.32.15``."""
    match = re.fullmatch(r"tag:github\.com,2008:Repository/\d+/(.+)", text)
    return unquote(match[1]) if match else ""


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
