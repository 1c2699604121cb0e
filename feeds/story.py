"""Which items tell one story, and why: a paper and its code, a launch and the report of it. Pure.

What decides is, in this order, what an item is and links to (arXiv ids, repositories, addresses),
the versioned names in its title, and rare words in company. In doubt two items are two stories: a
story told twice costs a tap, one swallowed is never seen. Says nothing about what becomes of a
found relation (merge, answer to a post, nothing): that is for who asks.
"""

from __future__ import annotations

import heapq
import math
import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise
from urllib.parse import urlsplit

from db.items import newer
from db.model import Item, Kind, Relation, RelationKind
from feeds.identity import arxiv_id, canonical_url, paper_of
from feeds.product import (
    AFTERMATH,
    DESCRIBING,
    LAUNCH,
    RELEASED,
    STOP,
    VARIANTS,
    Name,
    compare,
    fold,
    folded,
    names_in,
    words,
)

Rarity = Callable[[str], int]
"""How many of the recent items carry a mark: a word, a pair of words, or ``kind:address``."""

LINKED = timedelta(days=180)
"""Longest time between a paper and its code, or a page and the page about it."""
NEXT_VERSION = timedelta(days=120)
REPORTED = timedelta(days=17)
"""Longest time between an announcement and a report of it that is found by names alone."""
WORDED = timedelta(days=10)
"""The same, where only words agree."""
QUOTED = timedelta(days=7)
"""The same, where one links to the other."""
COMPANION = timedelta(days=2)
AT_ONCE = timedelta(days=3)
"""The same, where titles agree nearly word for word and nothing is known of their rarity."""

FEW_LINKS = 6
"""An item with more papers or repositories than this lists references: none is its subject."""
RARE = 4
"""Most recent items that may carry a mark for it to tell one story from another."""
WEIGHT = 9.0
"""Shared rarity (in bits) that words alone must bring."""
COVERED = 0.55
"""Share of the shorter title that the shared words must cover."""
AGREED = 0.7
"""The same of all the words of two titles, where nothing is known of their rarity."""
ASIDE = 3
"""Most words that a title may add to the same release of the same product."""
READ = 4_000
"""Characters of a text that are searched for addresses: not all the notes of a release."""
KNOWN = 5_000
"""Most items an index remembers."""
GROWN = 500
"""Items an index needs to know which words are rare."""
CANDIDATES = 120
"""Most items a new one is compared with."""


DIFFERENT = Relation("different")

_AMOUNT = re.compile(r"[$€£]\s?(\d+(?:\.\d+)?)\s?([a-z]?)|(\d+(?:,\d{3})+)", re.IGNORECASE)
_FIGURE = re.compile(r"(\d[\d,.]*)([a-z]{0,2})")
_MAKER = re.compile(
    r"\b([A-Z][\w.]*)(?:['’]s\b| (?:" + "|".join(sorted(RELEASED)) + r")\b)"
    r"|\b(?:by|from) ([A-Z][\w.]*\w)"
)
_PART = re.compile(r"\W*\bpart (\d{1,2})\b", re.IGNORECASE)
_REPO = re.compile(r"https?://(?:www\.)?github\.com/([\w.-]+)/([\w.-]+)", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s<>\"'()\[\]]+")
_ROUNDUP = re.compile(
    r"\b(?:digest|newsletter|weekly|roundup|round-up|this week in|top stories|issue #?\d+)\b", re.I
)
_GUIDE = re.compile(
    r"(?:how|why|what|when|building|build|designing|using|getting started|a guide|tutorial"
    r"|\d+ (?:ways|tips|lessons|things))\b",
    re.IGNORECASE,
)
_CLAUSES = re.compile(r"[,;!] (?=[A-Z0-9“\"])")

_USED = words("for on in at with not")
"""Words after a name by which a title speaks of a use of it."""
_DENIED = words("not no never won't isn't doesn't denies denied without")
COMPANIONS = words(
    "system card paper summary technical report appendix addendum faq model preview"
)
"""Words by which a post names itself as belonging to another of the same day."""
REPO_PAGES = words("features topics orgs sponsors marketplace about settings")
"""First parts of GitHub addresses that belong to no owner."""


class Marks:
    """What an item is recognised by, read from it once."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.at = item.published
        self.host = _host(item.url)
        self.title = item.title.replace("’", "'")
        # A short name before a colon is the subject, what follows explains it.
        self.head = re.split(r"(?<=\w)[:.](?:\s|$)| [–—|] ", self.title, maxsplit=1)[0]
        self.words = folded(self.title)
        self.names = tuple(names_in(self.title))
        self.own, self.mentions = _addresses(item)

    @cached_property
    def grams(self) -> frozenset[str]:
        """The title's words and pairs of neighbouring words, but those that say nothing."""
        told = [word for word in self.words if word not in STOP]
        pairs = (f"{one} {following}" for one, following in pairwise(told))
        return frozenset((*told, *pairs))

    @cached_property
    def topic(self) -> tuple[str, ...]:
        """What an announcement announces; empty where the title says more than a name."""
        head = folded(self.head)
        told = tuple(word for word in head if word not in LAUNCH and word not in self.orgs)
        launched = bool(head) and head[0] in LAUNCH
        return told if 1 <= len(told) <= (4 if launched else 3) else ()

    @cached_property
    def orgs(self) -> frozenset[str]:
        """The publisher, as a word that reports of others would name."""
        return frozenset((self.host.rpartition(".")[0].rpartition(".")[2], fold(self.item.source)))

    @cached_property
    def amounts(self) -> frozenset[str]:
        """Sums of money and large counts in the title."""
        found = _AMOUNT.finditer(self.title)
        return frozenset("".join(filter(None, match.groups())).lower() for match in found)

    @cached_property
    def figures(self) -> frozenset[tuple[str, str]]:
        """The numbers in the title, each with the unit written at it: ("7", "b")."""
        found = (_FIGURE.fullmatch(word) for word in self.words)
        return frozenset((match[1], match[2]) for match in found if match)

    @cached_property
    def makers(self) -> frozenset[str]:
        """Who brings something out by this title: *Acme releases…*, *Acme's…*, *…by Acme*."""
        found = _MAKER.finditer(self.title)
        told = {fold(one) for match in found for one in match.groups() if one}
        return frozenset(one for one in told if one not in STOP | RELEASED)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The title's words but those that say nothing, without the endings of grammar."""
        return frozenset(_stem(word) for word in self.words if word not in STOP)

    @cached_property
    def short(self) -> str:
        """The name a paper gives its work: *ToolSense* in "ToolSense: A Diagnostic…"."""
        name, colon, _ = self.title.partition(":")
        return _joined(name) if colon and len(name.split()) <= 4 else ""

    @cached_property
    def body(self) -> str:
        """Title and text in letters and digits only, to look for names of any spelling."""
        return _joined(f"{self.title} {self.item.text[:READ]}")

    @cached_property
    def repo(self) -> str:
        """owner/name of the repository this is a release of."""
        known, _, rest = self.item.identity.partition(":")
        return rest.rpartition("@")[0] if known == "github" else ""

    @cached_property
    def roundup(self) -> bool:
        """Whether this is a digest of many stories: none of them is swallowed by it."""
        clauses = [part for part in _CLAUSES.split(self.title) if len(part.split()) > 2]
        return len(clauses) > 2 or bool(_ROUNDUP.search(self.title))

    @cached_property
    def guide(self) -> bool:
        """Whether this shows how something is used or made; it announces nothing."""
        return bool(_GUIDE.match(self.title))

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Under what an index finds this item again."""
        named = (f"family:{name.family[-1]}" for name in self.names)
        begins = (f"code:{_joined(self.title.partition(' ')[0])}",)
        repo = (f"code:{_joined(self.repo.partition('/')[2])}",) if self.repo else ()
        short = (f"code:{self.short}",) if self.short else ()
        return (*self.own, *self.mentions, *named, *repo, *short, *begins, *sorted(self.grams))


def relation(new: Marks, old: Marks, rarity: Rarity) -> Relation:
    """How `new` stands to `old`, with the reasons; when in doubt, different."""
    found = _by_identity(new, old) or _by_version(new, old)
    if found:
        return found
    if _days(new, old) > LINKED.days or new.roundup or old.roundup:
        return DIFFERENT
    return (
        _by_link(new, old, rarity)
        or _by_code_name(new, old, rarity)
        or _by_paper_name(new, old, rarity)
        or _by_companion(new, old)
        or _by_name(new, old, rarity)
        or _by_maker(new, old)
        or _by_agreement(new, old)
        or _by_words(new, old, rarity)
        or DIFFERENT
    )


class Stories:
    """The recent items, by what they are recognised by."""

    def __init__(self, items: Iterable[Item] = ()) -> None:
        self._recent: deque[Marks] = deque()
        self._by_key: dict[str, list[Marks]] = defaultdict(list)
        for item in items:
            self.add(item)

    def __len__(self) -> int:
        return len(self._recent)

    def __contains__(self, item: Item) -> bool:
        known = self._by_key.get(item.identity, ())
        return any(marks.item.identity == item.identity for marks in known)

    def add(self, item: Item) -> None:
        """Remember an item; of more than KNOWN the one added first is forgotten."""
        marks = Marks(item if len(item.text) <= READ else replace(item, text=item.text[:READ]))
        self._recent.append(marks)
        for key in dict.fromkeys(marks.keys):
            self._by_key[key].append(marks)
        if len(self._recent) > KNOWN:
            self._forget(self._recent.popleft())

    def rarity(self, mark: str) -> int:
        """How many remembered items carry `mark`; of a word, how many would in a full index.

        A young index has met every word once or twice: that makes none of them rare.
        """
        times = len(self._by_key.get(mark, ()))
        known = len(self._recent)
        return times if ":" in mark or known >= GROWN else times * GROWN // max(known, 1)

    def related(self, item: Item) -> list[tuple[Item, Relation]]:
        """The remembered items that `item` is not different from, the surest first."""
        new = Marks(item)
        found = ((old.item, relation(new, old, self.rarity)) for old in self._candidates(new))
        told = [(old, how) for old, how in found if how.kind != "different"]
        return sorted(told, key=lambda pair: (-pair[1].score, _since(item, pair[0])))

    def _candidates(self, new: Marks) -> list[Marks]:
        """Those that share a mark, the rarest marks first: never all there are."""
        found: dict[int, Marks] = {}
        lists = (self._by_key[key] for key in new.keys if key in self._by_key)
        for carriers in heapq.nsmallest(24, lists, key=len):
            for old in carriers[-40:]:
                stored = old.item.id and old.item.id == new.item.id
                if old.item is not new.item and not stored:
                    found.setdefault(id(old), old)
            if len(found) >= CANDIDATES:
                break
        return list(found.values())

    def _forget(self, marks: Marks) -> None:
        for key in dict.fromkeys(marks.keys):
            self._by_key[key].remove(marks)
            if not self._by_key[key]:
                del self._by_key[key]


def _by_identity(new: Marks, old: Marks) -> Relation | None:
    """The same paper, page or repository by its address."""
    if new.item.identity == old.item.identity:
        revised = newer(new.item.revision, old.item.revision) and new.item.kind is Kind.PAPER
        if not revised:
            return Relation("same", 1.0, ({"kind": "identity", "id": new.item.identity},))
        versions = {"old": old.item.revision, "new": new.item.revision}
        return Relation("update", 1.0, ({"kind": "revision", **versions},))
    if new.repo and new.repo == old.repo and _days(new, old) <= NEXT_VERSION.days:
        tags = {"old": _tag(old.item), "new": _tag(new.item)}
        return Relation("update", 1.0, ({"kind": "version", "name": new.repo, **tags},))
    return None


def _by_version(new: Marks, old: Marks) -> Relation | None:
    """The next version of a product, or the next part of a series."""
    if Kind.PAPER in (new.item.kind, old.item.kind) or new.repo or old.repo:
        return None
    if _days(new, old) > NEXT_VERSION.days or new.roundup or old.roundup:
        return None
    return _next_part(new, old) or _next_version(new, old)


def _next_part(new: Marks, old: Marks) -> Relation | None:
    number, before = _PART.search(new.title), _PART.search(old.title)
    series = folded(new.title[: number.start()]) if number else []
    first = folded(old.title[: before.start()] if before else old.head)
    if not number or len(series) < 2 or series != first or new.item.source != old.item.source:
        return None
    numbers = {"old": int(before[1]) if before else 1, "new": int(number[1])}
    rising = numbers["new"] > numbers["old"]
    return Relation("update", 0.95, ({"kind": "part", **numbers},)) if rising else None


def _next_version(new: Marks, old: Marks) -> Relation | None:
    """Both titles are led by one product, the newer by a higher version."""
    mine, theirs = _leading(new), _leading(old)
    named = mine and not mine.sized and len(mine.family) > 1
    if mine and named and not old.names and old.topic == mine.family:
        versions = {"name": " ".join(mine.family), "old": "", "new": mine.version}
        return Relation("update", 0.8, ({"kind": "version", **versions},))
    if not (mine and theirs and compare(mine, theirs) == "higher"):
        return None
    if not (_announces(new, mine) and _announces(old, theirs)):
        return None
    versions = {"name": " ".join(mine.family), "old": theirs.version, "new": mine.version}
    return Relation("update", 0.85, ({"kind": "version", **versions},))


def _by_link(new: Marks, old: Marks, rarity: Rarity) -> Relation | None:
    """One is what the other links to, and is no mere reference of it."""
    for one, other in ((new, old), (old, new)):
        for address in sorted(one.mentions & other.own):
            if not _subject(one, other, address, rarity):
                continue
            kind: RelationKind = "release_of" if (new.repo or old.repo) else "same"
            return Relation(kind, 0.95, ({"kind": "link", "to": address},))
    return None


def _subject(one: Marks, other: Marks, address: str, rarity: Rarity) -> bool:
    """Whether an address that `one` links to, and `other` is, is what `one` is about."""
    if one.item.kind is other.item.kind is Kind.PAPER or (one.repo and other.repo):
        return False
    kind = address.partition(":")[0]
    alike = sum(1 for mention in one.mentions if mention.startswith(f"{kind}:"))
    shared = any(rarity(gram) <= RARE for gram in one.grams & other.grams)
    paper = one.item.kind is Kind.PAPER
    if kind == "repo":
        # A paper that names a tool it used links to it as it does to its own code.
        few = alike <= (3 if paper else 1) and rarity(address) <= RARE
        return few or (shared and alike <= FEW_LINKS)
    if kind == "arxiv":
        named = bool(other.short) and other.short in one.body
        alone = alike == 1 and _days(one, other) <= REPORTED.days
        return alike <= FEW_LINKS and (shared or named or alone)
    # Blogs link to their own older posts, guides and comments to what they speak of.
    if one.host == other.host or one.guide != other.guide or _clash(one, other):
        return False
    return alike <= 3 if paper else shared and _days(one, other) <= QUOTED.days


def _by_code_name(new: Marks, old: Marks, rarity: Rarity) -> Relation | None:
    """A repository called what a paper calls its work."""
    for code, paper in ((new, old), (old, new)):
        if not code.repo or paper.item.kind is not Kind.PAPER:
            continue
        name = _joined(code.repo.partition("/")[2])
        known = rarity(f"code:{name}") <= RARE and rarity(f"repo:{code.repo}") <= RARE
        parts = folded(code.repo.partition("/")[2].replace("_", " "))
        told = paper.body if len(parts) > 2 else ""
        titled = len(name) > 6 and name in _joined(paper.title)
        if known and (paper.short == name or titled or (told and name in told)) and len(name) > 3:
            return Relation("release_of", 0.8, ({"kind": "code-name", "name": name},))
    return None


def _by_paper_name(new: Marks, old: Marks, rarity: Rarity) -> Relation | None:
    """A post that begins with the name a paper gives its work."""
    for post, paper in ((new, old), (old, new)):
        if paper.item.kind is not Kind.PAPER or post.item.kind is Kind.PAPER or post.repo:
            continue
        name = paper.title.partition(":")[0].strip()
        coined = bool(re.search(r"\w[A-Z]|\d|\w-\w", name)) and " " not in name
        if not (paper.short and coined and len(paper.short) > 4 and not post.guide):
            continue
        begins = _joined(post.title.partition(" ")[0]) == paper.short
        if begins and rarity(f"code:{paper.short}") <= RARE and _days(new, old) <= REPORTED.days:
            days = _days(new, old)
            return Relation("same", 0.75, ({"kind": "name", "name": name, "days": days},))
    return None


def _by_companion(new: Marks, old: Marks) -> Relation | None:
    """Two posts of one source and day that differ only in "paper summary", "system card"…"""
    if not _same_publisher(new, old) or _days(new, old) > COMPANION.days or new.repo or old.repo:
        return None
    mine, theirs = set(new.words) - LAUNCH, set(old.words) - LAUNCH
    if mine == theirs or not (mine ^ theirs) <= COMPANIONS or not (mine & theirs):
        return None
    return Relation("same", 0.85, ({"kind": "companion", "words": sorted(mine ^ theirs)},))


def _by_name(new: Marks, old: Marks, rarity: Rarity) -> Relation | None:
    """An announcement, and a report by somebody else that is led by what it announces."""
    if _kept_apart(new, old) or _days(new, old) > REPORTED.days or _figures_clash(new, old):
        return None
    for launch, report in ((new, old), (old, new)):
        name = _announced(launch, report, rarity)
        if name:
            days = _days(new, old)
            score = round(0.8 - 0.01 * days, 2)
            return Relation("same", score, ({"kind": "name", "name": name, "days": days},))
    return None


def _announced(launch: Marks, report: Marks, rarity: Rarity) -> str:
    """What `launch` announces, if `report` is about just that; '' otherwise."""
    told, heard = _leading(launch), _leading(report)
    if told and heard and compare(told, heard) == "same":
        return told.text if _announces(launch, told) and not _in_use(report, heard) else ""
    topic = launch.topic
    if told or heard or len(topic) < 2 or rarity(" ".join(topic[:2])) > RARE:
        return ""
    at = _position(topic, report.words)
    # "OpenAI does deep research": who did it, and a verb, may stand before it.
    return " ".join(topic) if 0 <= at <= 2 else ""


def _by_maker(new: Marks, old: Marks) -> Relation | None:
    """Two titles that say of one product of one maker that it has come out, and little else."""
    if _kept_apart(new, old) or _days(new, old) > QUOTED.days or _clash(new, old):
        return None
    mine, theirs = _released(new, old), _released(old, new)
    if not (mine and theirs and compare(mine, theirs) == "same") or _figures_clash(new, old):
        return None
    named = frozenset((*mine.family, *theirs.family, *new.orgs, *old.orgs))
    if any(len(_aside(one, other, named)) > ASIDE for one, other in ((new, old), (old, new))):
        return None
    days = _days(new, old)
    score = round(0.8 - 0.01 * days, 2)
    return Relation("same", score, ({"kind": "name", "name": mine.text, "days": days},))


def _released(marks: Marks, other: Marks) -> Name | None:
    """The product that a title says has come out, when `other` names its maker too."""
    makers = (marks.makers | other.makers | marks.orgs | other.orgs) - AFTERMATH
    makers &= {*marks.words, *marks.orgs} & {*other.words, *other.orgs}
    name = _leading(marks, makers | RELEASED)
    if not name or not makers - {*name.family} or not RELEASED & {*marks.words}:
        return None
    following = marks.words[name.end : name.end + 1]
    # "releases Falcata-7B weights for phones": what comes out is not the product itself.
    known = STOP | RELEASED | DESCRIBING | {*other.words}
    return name if all(word in known for word in following) else None


def _aside(one: Marks, other: Marks, named: frozenset[str]) -> list[str]:
    """What a title tells that another does not, but for descriptions; what came of a thing
    released tells of another event, whatever else is shared."""
    known = STOP | RELEASED | DESCRIBING | named
    told = [word for word in one.words if word not in known and word not in one.makers]
    told = [word for word in told if _stem(word) not in other.stems and not word[0].isdigit()]
    return told + [word for word in told if word in AFTERMATH] * (ASIDE + 1)


def _by_agreement(new: Marks, old: Marks) -> Relation | None:
    """Titles of two publishers of which one says nearly all the other does and nothing else, a
    figure among it: enough where an index is too young to know what is rare."""
    if _kept_apart(new, old) or _days(new, old) > AT_ONCE.days:
        return None
    if _clash(new, old) or _figures_clash(new, old):
        return None
    shared = new.stems & old.stems
    counted = any(char.isdigit() for stem in shared for char in stem)
    if len(shared) < 4 or not counted or shared not in (new.stems, old.stems):
        return None
    if len(shared) < AGREED * len(new.stems | old.stems):
        return None
    if any(word in AFTERMATH or word in _DENIED for word in {*new.words} ^ {*old.words}):
        return None
    words = sorted({*new.words} & {*old.words} - STOP, key=lambda word: (-len(word), word))[:5]
    return Relation("same", 0.6, ({"kind": "words", "words": words, "days": _days(new, old)},))


def _figures_clash(new: Marks, old: Marks) -> bool:
    """Whether two titles give different figures of one unit: *7B* and *13B*."""
    units = {unit for _, unit in new.figures} & {unit for _, unit in old.figures}
    mine, theirs = (
        [{figure for figure, its in marks.figures if its == unit} for unit in sorted(units)]
        for marks in (new, old)
    )
    return any(one.isdisjoint(other) for one, other in zip(mine, theirs, strict=True))


def _stem(word: str) -> str:
    """A word without the endings of grammar, as far as letters tell: *opens*, *opened*, *open*."""
    bare = re.sub(r"(?<=\w{3})(?:ing|ed|es|s)$", "", word) if word.isalpha() else word
    return bare.removesuffix("e") if len(bare) > 3 else bare


def _by_words(new: Marks, old: Marks, rarity: Rarity) -> Relation | None:
    """Titles of two publishers that share enough of what is rare."""
    if _kept_apart(new, old) or _days(new, old) > WORDED.days or _clash(new, old):
        return None
    mine, theirs = new.grams | new.orgs, old.grams | old.orgs
    shared = mine & theirs
    weight = sum(_bits(gram, rarity) for gram in shared)
    shorter = min(sum(_bits(g, rarity) for g in marks.grams) for marks in (new, old))
    rare = [gram for gram in shared if rarity(gram) <= RARE]
    if len(rare) < 2 or weight < WEIGHT or weight < COVERED * shorter:
        return None
    told = sorted((" " in gram, rarity(gram), gram) for gram in rare)
    words = [gram for _, _, gram in told[:5]]
    score = round(min(0.75, 0.5 + weight / 100), 2)
    return Relation("same", score, ({"kind": "words", "words": words, "days": _days(new, old)},))


def _leading(marks: Marks, makers: frozenset[str] = frozenset()) -> Name | None:
    """The product a title begins with, after words of announcement and the publisher's name."""
    name = next(iter(marks.names), None)
    if name is None:
        return None
    before = [word for word in marks.words[: name.start] if word not in marks.orgs]
    return name if all(word in LAUNCH or word in makers for word in before) else None


def _announces(marks: Marks, name: Name) -> bool:
    """Whether a title says hardly more than that `name` is there; a report's verb may follow."""
    after = folded(marks.head)[name.end :]
    told = [word for word in after if word not in STOP and word not in name.family]
    return len(told) <= 3 and not _in_use(marks, name)


def _in_use(marks: Marks, name: Name) -> bool:
    """Whether a title speaks of what is done with a product: *Claude 3 models on Vertex AI*."""
    after = [word for word in marks.words[name.end :] if word not in LAUNCH]
    return bool(after) and after[0] in _USED


def _kept_apart(new: Marks, old: Marks) -> bool:
    """Whether no likeness of titles makes these one event: papers, releases, one publisher's
    posts, a guide and a piece of news."""
    kinds = {new.item.kind, old.item.kind}
    if Kind.PAPER in kinds or new.repo or old.repo or _same_publisher(new, old):
        return True
    return new.guide != old.guide


def _clash(new: Marks, old: Marks) -> bool:
    """Whether the titles name different makes of a product, or different sums of money."""
    if new.amounts and old.amounts and not new.amounts & old.amounts:
        return True
    pairs = [compare(one, other) for one in new.names for other in old.names]
    if "same" not in pairs and any(how != "unrelated" for how in pairs):
        return True
    return _varies(new, old) or _varies(old, new)


def _varies(one: Marks, other: Marks) -> bool:
    """Whether `one` is of another make of what both name: *gpt-oss-safeguard*, *gpt-oss*."""
    both = set(one.words) & set(other.words)
    following = (after for word, after in pairwise(one.words) if word in both)
    return any(word in VARIANTS and word not in both for word in following)


def _same_publisher(new: Marks, old: Marks) -> bool:
    return new.item.source == old.item.source or (bool(new.host) and new.host == old.host)


def _addresses(item: Item) -> tuple[frozenset[str], frozenset[str]]:
    """What an item is, and what it links to or names: papers, repositories, pages."""
    own = {item.identity, f"url:{canonical_url(item.url)}"} if item.url else {item.identity}
    linked = (link.url for link in item.links)
    written = (url.rstrip(".,;:") for url in _URL.findall(item.text[:READ]))
    mentions: set[str] = set()
    for url in dict.fromkeys((item.url, *linked, *written)):
        if url:
            (own if url == item.url else mentions).update(_known_as(url))
    if item.identity.startswith("github:"):
        own.add("repo:" + item.identity[7:].rpartition("@")[0])
    if "arxiv" in item.text[:READ].casefold():
        mentions.update(_papers(item.text[:READ]))
    return frozenset(own), frozenset(mentions - own)


def _known_as(url: str) -> set[str]:
    """The marks of an address."""
    if paper := paper_of(url):
        return {f"arxiv:{paper[0]}"}
    repo = _REPO.match(url)
    if repo and repo[1].casefold() not in REPO_PAGES:
        return {f"repo:{repo[1]}/{repo[2]}".casefold().removesuffix(".git").rstrip(".")}
    parts = urlsplit(canonical_url(url))
    # A home page is nobody's subject.
    return {f"url:{canonical_url(url)}"} if parts.path.strip("/") or _personal(url) else set()


def _personal(url: str) -> bool:
    """Whether an address without a path may still be a project's page."""
    return _host(url).endswith((".github.io", ".gitlab.io", ".vercel.app", ".netlify.app"))


def _papers(text: str) -> Iterator[str]:
    for match in re.finditer(r"arxiv[:\s]{1,2}(\d{4}\.\d{4,5})", text, re.IGNORECASE):
        if paper := arxiv_id(match[1]):
            yield f"arxiv:{paper[0]}"


def _bits(gram: str, rarity: Rarity) -> float:
    """How much a shared mark says: the rarer, the more; a pair adds little to its words."""
    bits = math.log2(KNOWN / (1 + min(rarity(gram), KNOWN - 1)))
    return bits / (8 if " " in gram else 3)


def _position(phrase: tuple[str, ...], words: list[str]) -> int:
    """Where `phrase` stands in `words`; -1 where it does not."""
    size = len(phrase)
    places = range(len(words) - size + 1)
    return next((at for at in places if tuple(words[at : at + size]) == phrase), -1)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _joined(text: str) -> str:
    """Letters and digits only: Flash-GMM, flash_gmm and FlashGMM are one."""
    return re.sub(r"[\W_]+", "", text).casefold()


def _tag(item: Item) -> str:
    """The tag of a release."""
    return item.identity.rpartition("@")[2]


def _days(one: Marks, other: Marks) -> int:
    return _apart(one.at, other.at).days


def _since(one: Item, other: Item) -> float:
    return _apart(one.published, other.published).total_seconds()


def _apart(one: datetime | None, other: datetime | None) -> timedelta:
    """The time between two moments; undated items are taken as of one day."""
    return abs(one - other) if one and other else timedelta()
