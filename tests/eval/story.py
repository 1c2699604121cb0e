"""How well feeds.story tells which items are one story: precision and recall on labelled pairs.

    python -m tests.eval.story [--errors dev|held | --young]

Needs the recordings in ../shared. The pairs are in story_pairs.tsv, labelled and divided (by a
hash of each line) before anything was tuned; only errors of the dev half were ever looked at.
`--young`: the same pairs in archives of no, 50 and 500 other items, where rarity is hardly known.
Compared with a baseline: titles of which at least half of all words are shared (Jaccard).
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from db.model import Item, Kind, Link, Relation  # noqa: E402
from feeds import arxiv, github, rss  # noqa: E402
from feeds.identity import identity  # noqa: E402
from feeds.sources import Source  # noqa: E402
from feeds.story import Marks, Stories, relation  # noqa: E402

FIXTURES = ROOT.parent / "shared/fixtures"
PAIRS = Path(__file__).with_name("story_pairs.tsv")
JACCARD = 0.5
YOUNG = (0, 50, 500)
"""Sizes of the young archives."""
MERGED = ("same", "release_of")

BLOGS = {
    "anthropic": "anthropic_news.rss", "batch": "the_batch.rss", "openai": "openai_research.rss",
    "openai_blog": "openai_blog", "openai_dev": "openai_developer.rss", "meta": "meta_ai.rss",
    "openai-news": "openai-news", "ollama": "ollama.rss", "mistral": "mistral.rss",
    "cursor": "cursor.rss", "cohere": "cohere.rss", "goodfire": "goodfire.rss",
    "google": "google-ai", "weaviate": "weaviate.rss", "hf_blog": "huggingface_blog",
    "bair": "bair_blog", "gradient": "gradient_blog", "status": "anthropic-status",
}  # fmt: skip
RELEASES = {
    "vllm": ("github/releases/vllm_all.json", "vllm-project/vllm"),
    "vllmatom": ("github/atom/vllm.releases.atom", "vllm-project/vllm"),
    "claudecode": ("github/releases/claude_code_5.json", "anthropics/claude-code"),
    "ollamagh": ("github/atom/ollama.releases.atom", "ollama/ollama"),
    "mcp": ("github/atom/mcp-servers.releases.atom", "modelcontextprotocol/servers"),
}


@dataclass(frozen=True)
class Pair:
    """Two items and what a reader says of them."""

    label: str
    group: str
    old: Item
    new: Item
    dev: bool


class Recordings:
    """The recorded items by the names that story_pairs.tsv gives them."""

    @cached_property
    def blogs(self) -> dict[str, list[Item]]:
        return {name: list(_blog(name, stem)) for name, stem in BLOGS.items()}

    @cached_property
    def releases(self) -> dict[str, list[Item]]:
        return {name: _releases(*where) for name, where in RELEASES.items()}

    @cached_property
    def papers(self) -> dict[str, dict[str, str]]:
        listed = json.loads((FIXTURES / "feeds/hf/daily_papers.json").read_text())
        return {entry["paper"]["id"]: entry["paper"] for entry in listed}

    @cached_property
    def arxiv25(self) -> list[Item]:
        source = Source("arXiv", "arxiv", 6, categories=("cs.AI",))
        body = (FIXTURES / "arxiv/api/cs_ai_lg_cl_25.xml").read_bytes()
        return list(arxiv.parse(body, source).items)

    @cached_property
    def headlines(self) -> dict[str, Item]:
        """Each headline of a digest's title as an item, as a news site would bring it."""
        return {item.title: item for issue in self.blogs["batch"] for item in _headlines(issue)}

    def everything(self) -> list[Item]:
        """What stands for the recent items when rarity is counted."""
        plain = [item for items in self.blogs.values() for item in items]
        tagged = [item for items in self.releases.values() for item in items]
        listed = [self.find(f"paper: {paper}") for paper in self.papers]
        return [*plain, *tagged, *listed, *self.arxiv25, *self.headlines.values()]

    def find(self, name: str) -> Item:
        """The item a pair calls `name`."""
        source, _, title = name.partition(": ")
        title, _, date = title.partition(" @")
        if source in RELEASES:
            return next(item for item in self.releases[source] if item.url.endswith(f"/{title}"))
        if source in ("paper", "repo", "page", "listing", "revised"):
            return _listed(source, title, self.papers[title])
        if source == "code":
            return _first_release(self.find(f"arxiv25: {title}"))
        if source == "batch":
            return self.headlines[title]
        items = {"issue": self.blogs["batch"], "arxiv25": self.arxiv25}.get(source)
        found = self.blogs[source] if items is None else items
        return next(item for item in found if item.title == title and date in _date(item))


def pairs(recordings: Recordings) -> list[Pair]:
    """The labelled pairs."""
    lines = [line for line in PAIRS.read_text().splitlines() if not line.startswith("#")]
    return [_pair(line, recordings) for line in lines]


def _pair(line: str, recordings: Recordings) -> Pair:
    label, group, one, other = line.split("\t")
    dev = hashlib.sha256(line.encode()).digest()[0] % 2 == 0
    return Pair(label, group, recordings.find(one), recordings.find(other), dev)


def _blog(name: str, stem: str) -> Iterator[Item]:
    body = (FIXTURES / f"feeds/labs/{stem}.xml").read_bytes()
    yield from rss.parse(body, Source(name, "rss", 3, url="https://feeds.example/")).items


def _releases(path: str, repo: str) -> list[Item]:
    body = (FIXTURES / path).read_bytes()
    if path.endswith(".json"):
        kept = json.loads(body)
        body = json.dumps(kept["releases"] if isinstance(kept, dict) else kept).encode()
    source = Source(repo, "github", 3, repo=repo, prereleases=True)
    return list(github.parse(body, source).items)


def _headlines(issue: Item) -> Iterator[Item]:
    title = re.sub(r"^The Batch: ", "", issue.title)
    for number, headline in enumerate(re.split(r", (?=[A-Z0-9ox])|; |! ", title)):
        url = f"{issue.url}/{number}"
        # The issue's description is of another text; a headline stands alone.
        yield replace(
            issue, identity=f"url:{url}", title=headline, text="", url=url, links=(Link(url),)
        )


def _listed(what: str, paper: str, record: dict[str, str]) -> Item:
    """One of the shapes in which a listed paper reaches a reader."""
    url = f"https://arxiv.org/abs/{paper}"
    at = datetime.fromisoformat(record["publishedAt"]).astimezone(UTC)
    links = (Link(url, "paper"), *arxiv.links_in(record["summary"]))
    item = Item(
        f"arxiv:{paper}", "arXiv", Kind.PAPER, record["title"], record["summary"], url, links,
        published=at, revision="v1",
    )  # fmt: skip
    if what == "revised":
        return replace(item, revision="v2", published=at + timedelta(days=30))
    if what == "listing":
        page = f"https://huggingface.co/papers/{paper}"
        return replace(item, identity=identity(page), url=page, source="papers")
    if what == "repo":
        repo = record.get("githubRepo") or "https://github.com/none/given"
        return _release(repo, at + timedelta(days=14))
    if what == "page":
        first = record["ai_summary"].partition(". ")[0]
        page = record["projectPage"]
        return Item(
            identity(page), "reader", Kind.NEWS, first, record["ai_summary"], page,
            (Link(page),), published=at + timedelta(days=3),
        )  # fmt: skip
    return item


def _first_release(paper: Item) -> Item:
    assert paper.published
    code = next(link.url for link in paper.links if "github.com" in link.url)
    return _release(code, paper.published + timedelta(days=14))


def _release(repo: str, at: datetime) -> Item:
    name = re.sub(r".*github\.com/", "", repo).strip("/")
    url = f"https://github.com/{name}/releases/tag/v1.0"
    return Item(
        identity(url), name, Kind.RELEASE, f"{name} v1.0", "First release.", url, (Link(url),),
        published=at,
    )  # fmt: skip


def _date(item: Item) -> str:
    return f"{item.published:%Y-%m-%d}" if item.published else ""


def jaccard(one: Item, other: Item) -> float:
    """The share of all words of two titles that they have in common."""
    mine, theirs = (set(re.findall(r"\w+", i.title.casefold())) for i in (one, other))
    return len(mine & theirs) / max(len(mine | theirs), 1)


def _line(name: str, verdicts: list[tuple[bool, bool]]) -> str:
    """Precision and recall of (found, wanted) pairs as a line."""
    right = sum(found and wanted for found, wanted in verdicts)
    found, wanted = (sum(column) for column in zip(*verdicts, strict=True))
    precision = f"{right / found:.3f} ({right}/{found})" if found else "none found"
    recall = f"{right / wanted:.3f} ({right}/{wanted})" if wanted else "none to find"
    return f"  {name:30} precision {precision:15} recall {recall}"


def _told(half: list[tuple[Pair, Relation]]) -> None:
    """Print the figures of one half of the pairs."""
    one_story = [pair.label in ("same", "release_of") for pair, _ in half]
    related = [pair.label != "different" for pair, _ in half]
    merged = [how.kind in ("same", "release_of") for _, how in half]
    found = [how.kind != "different" for _, how in half]
    overlap = [jaccard(pair.old, pair.new) >= JACCARD for pair, _ in half]
    print(_line("one story", list(zip(merged, one_story, strict=True))))
    print(_line("one story or an update of it", list(zip(found, related, strict=True))))
    print(_line("title overlap: one story", list(zip(overlap, one_story, strict=True))))
    print(_line("title overlap: or an update", list(zip(overlap, related, strict=True))))
    for group in dict.fromkeys(pair.group for pair, _ in half if pair.label != "different"):
        of_it = [(p, h) for p, h in half if p.group == group and p.label != "different"]
        right = sum(how.kind == pair.label for pair, how in of_it)
        print(f"      {group:10} {right} of {len(of_it)} with the right kind")


def _errors(half: list[tuple[Pair, Relation]]) -> None:
    for pair, how in half:
        if how.kind != pair.label:
            print(f"  {pair.label} told as {how.kind} [{pair.group}] {how.reasons}")
            for item in (pair.old, pair.new):
                print(f"      {_date(item)} {item.source}: {item.title[:90]}")


def _stream(items: list[Item]) -> None:
    """Print what is found, and how fast, when all recordings arrive by date."""
    known = {(item.identity, item.source): item for item in reversed(items)}
    stories, seconds, merges, updates = Stories(), [], 0, 0
    for item in sorted(known.values(), key=_date):
        start = perf_counter()
        related = stories.related(item)
        seconds.append(perf_counter() - start)
        merges += any(how.kind == "same" for _, how in related)
        updates += any(how.kind == "update" for _, how in related)
        stories.add(item)
    seconds.sort()
    print(f"stream: {len(known)} items by date, {merges} merged, {updates} updates; for each one")
    middle, late = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.95)]
    print(
        f"  p50 {1000 * middle:.2f} ms, p95 {1000 * late:.2f} ms, max {1000 * seconds[-1]:.1f} ms"
    )


def _young(judged: list[Pair], everything: list[Item]) -> None:
    """Print precision and recall where the index holds few items beside the pair's older one."""
    by_chance = sorted(everything, key=lambda item: hashlib.sha256(item.url.encode()).digest())
    for size in YOUNG:
        for name in ("dev", "held"):
            verdicts = []
            for pair in (pair for pair in judged if pair.dev == (name == "dev")):
                rarity = Stories([*by_chance[:size], pair.old]).rarity
                kind = relation(Marks(pair.new), Marks(pair.old), rarity).kind
                found, wanted = kind in MERGED, pair.label in MERGED
                verdicts.append((found, wanted))
            print(_line(f"{name}, {size} others: one story", verdicts))


def main() -> None:
    """Print the figures, and the errors of one half where asked for."""
    recordings = Recordings()
    everything = recordings.everything()
    if sys.argv[1:] == ["--young"]:
        _young(pairs(recordings), everything)
        return
    rarity = Stories(everything).rarity
    judged = [(p, relation(Marks(p.new), Marks(p.old), rarity)) for p in pairs(recordings)]
    for name in ("dev", "held"):
        half = [(pair, how) for pair, how in judged if pair.dev == (name == "dev")]
        positive = sum(pair.label != "different" for pair, _ in half)
        print(f"{name}: {len(half)} pairs, {positive} of them one story or an update")
        _told(half)
        if sys.argv[1:] == ["--errors", name]:
            _errors(half)
    _stream(everything)


if __name__ == "__main__":
    main()
