"""What /ask is worth on labelled questions and answers: found, refused, borne out, shown wrongly.

    python -m tests.eval.answering [dev|held_out] [--all] [--models]

The labels are in tests/eval/answers (see the README there), written blind to the code; thresholds
were chosen with the half `dev` alone. The check has since been mended with both halves in view;
what the other half gave when it was met for the first time stands in answers/first_runs.json and
is printed beside. Needs the posts in ../shared.

``--all`` puts every wrong answer to every question, not to each third; ``--models`` asks the two
small models of the tests too, which takes a minute a question on a busy machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from sqlite_utils import Database

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from bot import answers  # noqa: E402
from bot.answers import Answer, Kind, Policy  # noqa: E402
from bot.models.door import Prompt, Reply  # noqa: E402
from bot.models.stream import StreamingModel, Token, Turn  # noqa: E402
from bot.persian import question as questions  # noqa: E402
from db import evidence, index, posts  # noqa: E402
from db.model import Post  # noqa: E402
from db.schema import open_db  # noqa: E402
from prompts import bearing, grounded, likeness  # noqa: E402
from prompts.names import skeleton  # noqa: E402
from tests import small_models  # noqa: E402
from tests.eval.answers import archive  # noqa: E402

FOLDER = Path(__file__).parent / "answers"
SHARED = ROOT.parent / "shared"
FIRST_RUNS = FOLDER / "first_runs.json"
SPLITS = ("dev", "held_out", "second")
"""`second`: a set written, blind again, after the code had been mended with the first in view."""
T = TypeVar("T")


@dataclass(frozen=True)
class Asked:
    """A labelled question."""

    number: int
    split: str
    kind: str
    posts: frozenset[int]
    text: str
    reply: str


@dataclass(frozen=True)
class Labelled:
    """An answer to a question about one post, and its label."""

    split: str
    post: int
    question: str
    kind: str
    """How far a supported one is from the post's words, or the fault of another."""
    supported: bool
    text: str


def _lines(name: str, ending: str) -> list[str]:
    """The lines of both sets."""
    paths = (FOLDER / f"{name}.{ending}", FOLDER / f"{name}_second.{ending}")
    return [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def asked() -> list[Asked]:
    """The questions of the tables."""
    lines = _lines("questions", "tsv")
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [
        Asked(
            int(number),
            split,
            kind,
            frozenset(int(one) for one in named.split(",") if one != "-"),
            text,
            reply,
        )
        for number, split, kind, named, text, reply in rows
    ]


def labelled() -> list[Labelled]:
    """The answers that are labelled."""
    found = []
    for line in _lines("support", "jsonl"):
        row = json.loads(line)
        about = (row["split"], row["post"], row["question"])
        found += [Labelled(*about, one["distance"], True, one["text"]) for one in row["supported"]]
        found += [Labelled(*about, one["fault"], False, one["text"]) for one in row["unsupported"]]
    return found


def wrong() -> list[str]:
    """The answers of a server that is always wrong."""
    return [
        line for line in (FOLDER / "wrong.txt").read_text(encoding="utf-8").splitlines() if line
    ]


class Shelf:
    """The archive asked about, in memory."""

    def __init__(self, shared: Path) -> None:
        self.posts = {one.id: one for one in archive.posts(shared)}
        self.db = open_db(":memory:")
        with self.db.atomic():
            for one in self.posts.values():
                posts.add(self.db, Post(1, one.id, one.text, published=one.date))
        while index.catch_up(self.db):
            pass
        self._known: dict[object, Any] = {}

    async def ask(self, question: Callable[[Database], T]) -> T:
        """As db.reader.Reader, but what was asked before is not looked for again."""
        key = getattr(question, "args", None) or question
        if key not in self._known:
            self._known[key] = question(self.db)
        found: T = self._known[key]
        return found

    def passage(self, post: int) -> str:
        """A whole post as a passage."""
        title, rest = index.split(self.posts[post].text, None)
        return f"{title}\n{rest}"


# -- Retrieval and the gate ---------------------------------------------------------------------


def found(shelf: Shelf, one: Asked) -> evidence.Evidence:
    """The evidence for a question."""
    needs = answers.needs_of(questions.read(one.text))
    return evidence.gather(shelf.db, needs, answers.PASSAGES, skeleton)


def retrieval(shelf: Shelf, half: Sequence[Asked]) -> dict[str, list[int]]:
    """How often a post that answers is first or among the first three; what is let through."""
    counts: dict[str, list[int]] = {}

    def count(name: str, true: bool) -> None:
        cell = counts.setdefault(name, [0, 0])
        cell[0] += true
        cell[1] += 1

    for one in half:
        there = found(shelf, one)
        numbers = [passage.hit.message_id for passage in there.passages]
        enough = there.coverage >= answers.ENOUGH and bool(questions.read(one.text).words)
        if one.kind == "answerable":
            count("hit@1", bool(one.posts & {*numbers[:1]}))
            count("hit@3", bool(one.posts & {*numbers}))
            count("answerable let through", enough)
        else:
            count(f"stopped: {one.kind}", not enough)
            count("stopped: all unanswerable", not enough)
    return counts


# -- The check ----------------------------------------------------------------------------------


def support(shelf: Shelf, half: Sequence[Labelled]) -> dict[str, list[int]]:
    """Right verdicts of the check, by distance and by fault."""
    counts: dict[str, list[int]] = {}
    for one in half:
        verdict = grounded.check(
            one.text, {1: shelf.passage(one.post)}, questions.read(one.question)
        )
        right = bool(verdict.reasons) != one.supported
        whole = (
            "uncited" if one.kind == "uncited" else ("supported" if one.supported else "faults")
        )
        for name in (f"{'ok' if one.supported else 'fault'}: {one.kind}", f"all: {whole}"):
            cell = counts.setdefault(name, [0, 0])
            cell[0] += right
            cell[1] += 1
    return counts


# -- Models -------------------------------------------------------------------------------------


class Scripted:
    """A model that says what `say` makes of its prompt."""

    name = "scripted"

    def __init__(self, say: Callable[[Prompt], str]) -> None:
        self.say = say

    async def complete(self, prompt: Prompt) -> Reply:
        """All at once."""
        return Reply(self.say(prompt))

    async def stream(
        self,
        prompt: Prompt,
        *,
        earlier: Sequence[Turn] = (),
        top_logprobs: int = 0,
        stop: Sequence[str] = (),
        seed: int | None = None,
    ) -> AsyncGenerator[Token]:
        """In words."""
        for word in self.say(prompt).split(" "):
            yield Token(f"{word} ")


def quoting(prompt: Prompt) -> str:
    """What an ideal model quotes: the sentence of the passages that has most of the question."""
    told = re.sub(r"<<<\w+\n|\n\w+>>>", "", prompt.user)
    passages, _, question = told.rpartition("\n\n")
    words = likeness.read(question.partition(":")[2]).words
    best, most = "نمی‌دانم", 0.0
    for block in passages.split("\n\n["):
        number, _, text = block.partition("] ")
        digits = "".join(filter(str.isdigit, number[-3:]))
        for sentence in bearing.passage(f"\n{text}").sentences:
            there = likeness.read(sentence)
            met = sum(word.is_in(there) for word in words) / (len(words) or 1)
            if met > most and len(there.words) > 3:
                best, most = f"{sentence.strip(' .')} [{digits}].", met
    return best


async def answered(
    shelf: Shelf, one: Asked, model: StreamingModel, policy: Policy | None = None
) -> Answer:
    """The last event of a question."""
    events = [
        event
        async for event in answers.answer(one.text, archive=shelf, model=model, policy=policy)
    ]
    assert isinstance(events[-1], Answer)
    return events[-1]


async def shown_wrongly(shelf: Shelf, half: Sequence[Asked], each: int) -> list[int]:
    """How many wrong answers are shown, of how many; each is put to every so many-th question."""
    shown = tried = 0
    for one in half:
        for number, text in enumerate(wrong()):
            if (number + one.number) % each == 0:
                said = await answered(shelf, one, Scripted(lambda _, text=text: text))
                tried += 1
                shown += said.kind in (Kind.ARCHIVE, Kind.GENERAL)
    return [shown, tried]


async def with_model(shelf: Shelf, half: Sequence[Asked], path: Path) -> dict[str, list[int]]:
    """Answers of a real model to the questions that are let through."""
    from bot.models.homes import FromFile, Limits, OnDisk
    from bot.models.local import LocalModel

    counts: dict[str, list[int]] = {}
    model = LocalModel(FromFile(OnDisk(path), Limits(threads=2)))
    try:
        for one in half:
            said = await answered(shelf, one, model, Policy(context=4096, count=model.count))
            if {"no-evidence", "no-question"} & {*said.reasons}:
                continue
            right = bool(one.posts & {source.message_id for source in said.sources})
            shown = said.kind is Kind.ARCHIVE
            for name, true in (
                ("shown as answers", shown),
                ("... of a right post", shown and right),
            ):
                cell = counts.setdefault(name, [0, 0])
                cell[0] += true
                cell[1] += 1
    finally:
        await model.close()
    return counts


async def quoted(shelf: Shelf, half: Sequence[Asked]) -> dict[str, list[int]]:
    """Answers of a model that quotes: shown, and resting on a post that answers."""
    counts: dict[str, list[int]] = {}
    for one in half:
        said = await answered(shelf, one, Scripted(quoting))
        shown = said.kind is Kind.ARCHIVE
        right = shown and bool(one.posts & {source.message_id for source in said.sources})
        name = "answerable" if one.kind == "answerable" else "unanswerable"
        for column, true in (("shown", shown), ("of a right post", right)):
            cell = counts.setdefault(f"{name}, {column}", [0, 0])
            cell[0] += true
            cell[1] += 1
    return counts


def told(heading: str, counts: dict[str, list[int]], first: dict[str, Any] | None = None) -> None:
    """Print figures, and what the first run gave."""
    print(heading)
    for name, (right, of) in counts.items():
        before = (first or {}).get(name)
        beside = f"   first run {before[0]}/{before[1]}" if before else ""
        print(f"  {name:34} {right:4}/{of:<4} {right / of if of else 0:6.1%}{beside}")


async def figures(shelf: Shelf, split: str, each: int = 1) -> dict[str, dict[str, list[int]]]:
    """All figures of one half, under their headings."""
    half = [one for one in asked() if one.split == split]
    return {
        "retrieval, and the gate before the model": retrieval(shelf, half),
        "the check of answers": support(shelf, [one for one in labelled() if one.split == split]),
        "a model that quotes the sentence nearest to the question": await quoted(shelf, half),
        "a server that is always wrong": {
            "wrong answers shown": await shown_wrongly(shelf, half, each)
        },
    }


async def run(splits: Sequence[str], *, all_: bool, models: bool) -> None:
    """Print the figures, those of the first run beside."""
    shelf = Shelf(SHARED)
    first = json.loads(FIRST_RUNS.read_text(encoding="utf-8"))
    for split in splits:
        print(f"== {split}")
        for heading, counts in (await figures(shelf, split, 1 if all_ else 3)).items():
            told(heading, counts, first.get(split))
        if models:
            half = [one for one in asked() if one.split == split]
            with TemporaryDirectory() as folder:
                for path in (small_models.smol(), small_models.gemma(Path(folder))):
                    told(path.stem, await with_model(shelf, half, path))


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("splits", nargs="*", metavar="|".join(SPLITS))
    parser.add_argument("--all", action="store_true", dest="all_")
    parser.add_argument("--models", action="store_true")
    options = parser.parse_args()
    asyncio.run(run(options.splits or SPLITS, all_=options.all_, models=options.models))


if __name__ == "__main__":
    main()
