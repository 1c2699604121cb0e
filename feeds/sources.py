"""Read sources.toml into a list of `Source`; everything that is wrong is reported at once.

Does not ask whether an address answers: see feeds.collect.probe. What admins add and decide from
chat comes to it in feeds.roster.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from bot.errors import ConfigError

SourceKind = Literal["arxiv", "github", "rss"]

DEFAULT_FILE = Path(__file__).with_name("default_sources.toml")
"""The set peyk starts with; the repository's sources.toml is a copy of it."""

MAX_PER_DAY: dict[SourceKind, int] = {"arxiv": 6, "github": 2, "rss": 3}
"""Drafts a day from one source, where its entry does not say."""


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of sources.toml, or one that admins added from chat."""

    name: str
    kind: SourceKind
    max_per_day: int
    url: str = ""
    """The operator's own address, in place of the one peyk would derive."""
    keywords: tuple[str, ...] = ()
    require: bool = False
    """True: an item without any of the keywords is not a candidate."""
    tags: tuple[str, ...] = ()
    weight: float = 1.0
    categories: tuple[str, ...] = ()
    via: str = "rss"
    """arXiv only: ``rss``, ``atom`` (the day's announcements) or ``api`` (the newest papers)."""
    repo: str = ""
    prereleases: bool = False
    added: bool = False
    """From chat: the operator did not write it, so it may not lead into a private network."""
    muted: bool = False
    """Not read, and none of its items drafted, until admins want it again."""
    boost: int = 0
    """Steps by which admins raised its items (below 0: lowered)."""


def load(path: Path) -> list[Source]:
    """The sources in `path`; the default set when no file has been made at all.

    Raises ConfigError naming every entry and key that is wrong.
    """
    if not path.exists() and path == Path("sources.toml"):
        path = DEFAULT_FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"cannot read the sources file {path} (PEYK_SOURCES): {error}"
        ) from error
    return parse(text, str(path))


def parse(text: str, where: str = "sources.toml") -> list[Source]:
    """The sources written in `text`. Raises ConfigError naming all that is wrong, and `where`."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{where} is not valid TOML: {error}") from error
    wrong: list[str] = []
    sources = [
        source
        for kind, number, entry in _entries(tables, wrong)
        if (source := _source(kind, entry, f"[[{kind}]] #{number}", wrong))
    ]
    wrong += _repeated(source.name for source in sources)
    if wrong:
        raise ConfigError(f"{where}: " + "; ".join(wrong))
    return sources


def named_origins(sources: Iterable[Source]) -> frozenset[str]:
    """``host:port`` of each address the operator wrote: these may lie in a private network."""
    return frozenset(origin(source.url) for source in sources if source.url and not source.added)


def read_entry(entry: Mapping[str, Any]) -> Source:
    """The source that admins added as `entry`: a ``kind``, and keys as in sources.toml.

    Raises ConfigError naming all that is wrong.
    """
    kind, wrong = entry.get("kind"), list[str]()
    values = {key: value for key, value in entry.items() if key != "kind"}
    if kind not in MAX_PER_DAY:
        raise ConfigError(f"unknown kind of source {kind!r}")
    source = _source(kind, values, f"added [[{kind}]]", wrong)
    if source is None:
        raise ConfigError("; ".join(wrong))
    return replace(source, added=True)


def origin(url: str) -> str:
    """``host:port`` of an address, lower-case, the default port filled in."""
    parts = urlsplit(url)
    return f"{parts.hostname or ''}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def _entries(tables: dict[str, Any], wrong: list[str]) -> list[tuple[SourceKind, int, Any]]:
    found: list[tuple[SourceKind, int, Any]] = []
    for kind, entries in tables.items():
        if kind not in MAX_PER_DAY:
            wrong.append(f"unknown table {kind!r}; use [[arxiv]], [[github]] or [[rss]]")
        elif not isinstance(entries, list):
            wrong.append(f"[{kind}]: write [[{kind}]], with two brackets")
        else:
            found += [(kind, number, entry) for number, entry in enumerate(entries, 1)]
    return found


def _repeated(names: Iterable[str]) -> list[str]:
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    return [f"two sources are called {name!r}; give one a `name`" for name in twice]


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a text")
    return value.strip()


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
        raise ValueError("must be a list of texts")
    return tuple(text.strip() for text in value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 1000:
        raise ValueError("must be a whole number from 0 to 1000")
    return value


def _weight(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= 100:
        raise ValueError("must be a number above 0, at most 100")
    return float(value)


def _url(value: Any) -> str:
    text = _text(value)
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("must be an address that starts with http:// or https://")
    return text


def _categories(value: Any) -> tuple[str, ...]:
    categories = _texts(value)
    # Names such as cs.CL, stat.ML, hep-th, cond-mat.dis-nn: https://arxiv.org/category_taxonomy
    if not all(c.replace(".", "").replace("-", "").isalnum() and c.isascii() for c in categories):
        raise ValueError("must be arXiv categories such as cs.CL")
    return categories


def _repo(value: Any) -> str:
    text = _text(value)
    owner, slash, name = text.partition("/")
    plain = (owner + name).replace("-", "").replace("_", "").replace(".", "")
    if not (slash and owner and name and plain.isalnum() and plain.isascii()):
        raise ValueError("must be owner/name, as in ggml-org/llama.cpp")
    return text


def _via(value: Any) -> str:
    if value not in ("rss", "atom", "api"):
        raise ValueError('must be "rss", "atom" or "api"')
    return str(value)


Check = Callable[[Any], Any]

COMMON: dict[str, Check] = {
    "url": _url,
    "name": _text,
    "max_per_day": _whole,
    "keywords": _texts,
    "require": _flag,
    "tags": _texts,
    "weight": _weight,
}
KEYS: dict[SourceKind, dict[str, Check]] = {
    "arxiv": COMMON | {"categories": _categories, "via": _via},
    "github": COMMON | {"repo": _repo, "prereleases": _flag},
    "rss": COMMON,
}
"""Every key an entry may have, with the check of its value."""

NEEDED: dict[SourceKind, tuple[str, ...]] = {
    "arxiv": ("categories", "url"),
    "github": ("repo",),
    "rss": ("url",),
}
"""Of these keys an entry needs at least one."""


def _source(kind: SourceKind, entry: Any, where: str, wrong: list[str]) -> Source | None:
    if not isinstance(entry, dict):
        wrong.append(f"{where}: must be a table of keys")
        return None
    before = len(wrong)
    values: dict[str, Any] = {}
    for key, value in entry.items():
        check = KEYS[kind].get(key)
        if check is None:
            wrong.append(f"{where}: unknown key {key!r} (known: {', '.join(KEYS[kind])})")
            continue
        try:
            values[key] = check(value)
        except ValueError as error:
            wrong.append(f"{where}: {key} {error}")
    if not any(key in entry for key in NEEDED[kind]):
        wrong.append(f"{where}: needs {' or '.join(NEEDED[kind])}")
    if values.get("require") and not values.get("keywords"):
        wrong.append(f"{where}: require = true needs keywords")
    if len(wrong) > before:
        return None
    defaults: dict[str, Any] = {"name": _name(kind, values), "max_per_day": MAX_PER_DAY[kind]}
    return Source(kind=kind, **(defaults | values))


def _name(kind: SourceKind, values: dict[str, Any]) -> str:
    """What to call a source whose entry does not say."""
    if kind == "github":
        return str(values["repo"])
    if kind == "arxiv" and "categories" in values:
        return "arXiv " + "+".join(values["categories"])
    parts = urlsplit(values["url"])
    return f"{parts.netloc.rpartition('@')[2]}{parts.path}".rstrip("/")
