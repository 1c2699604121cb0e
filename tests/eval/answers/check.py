"""Whether the labelled data is whole: python -m tests.eval.answers.check SHARED

Reads both sets of questions and passages and wrong.txt against the archive; prints the counts and
every fault, and exits 1 if there is one. Nothing of the bot is imported.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.eval.answers.archive import Post, posts

HERE = Path(__file__).parent
KINDS = ("answerable", "nearby", "outside", "elsewhere")
SPLITS = ("dev", "held_out", "second")
SETS = ("", "_second")  # what the names of the files of a set end in
FAULTS = frozenset(
    {
        "wrong number",
        "wrong name",
        "swapped roles",
        "negated",
        "added claim",
        "other subject",
        "wrong relation",
        "overgeneralised",
        "fluent nonsense",
        "contradiction",
        "English answer",
        "uncited",
    }
)
COPIED = 8  # words in a row that stand in a post are a copy
LETTERS = str.maketrans({"ي": "ی", "ك": "ک", "\u200c": None, "ۀ": "ه", "أ": "ا", "آ": "ا"})


def words(text: str) -> list[str]:
    """Words as compared for copies: no half-spaces (the posts lost theirs), no marks."""
    folded = text.casefold().translate(LETTERS)
    return re.findall(r"\w+", re.sub(r"[\u064b-\u0655]", "", folded))


def runs(text: str) -> set[tuple[str, ...]]:
    """Every run of words long enough to be a copy."""
    found = words(text)
    return {tuple(found[at : at + COPIED]) for at in range(len(found) - COPIED + 1)}


def questions(which: str) -> list[list[str]]:
    """The rows of a set's questions."""
    text = (HERE / f"questions{which}.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]


def passages(which: str) -> list[dict[str, Any]]:
    """The rows of a set's passages."""
    text = (HERE / f"support{which}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def wrong() -> list[str]:
    """The answers of wrong.txt."""
    return (HERE / "wrong.txt").read_text(encoding="utf-8").splitlines()


def misnumbered(rows: list[list[str]], archive: dict[int, Post]) -> Iterator[str]:
    """Rows of questions that are malformed or name posts that are not there."""
    for at, row in enumerate(rows, 1):
        if len(row) != 6 or row[0] != str(at) or row[1] not in SPLITS or row[2] not in KINDS:
            yield f"question {at}: malformed"
        elif (row[2] == "answerable") != (row[3] != "-") or (row[3] == "-") != (row[5] == "-"):
            yield f"question {at}: posts and answer do not fit its kind"
        elif row[3] != "-" and not {int(one) for one in row[3].split(",")} <= archive.keys():
            yield f"question {at}: no such post"


def mislabelled(rows: list[dict[str, Any]], archive: dict[int, Post]) -> Iterator[str]:
    """Rows of support that are malformed, unknown, or cite what they should not."""
    for row in rows:
        if row["post"] not in archive or row["split"] not in SPLITS or not row["question"]:
            yield f"passage {row['post']}: malformed or no such post"
        for answer in row["supported"] + row["unsupported"]:
            if answer.get("fault", "uncited") not in FAULTS:
                yield f"passage {row['post']}: {answer['fault']} is no fault"
            if ("[1]" in answer["text"]) == (answer.get("fault") == "uncited"):
                yield f"passage {row['post']}: citation: {answer['text']}"


def repeated(texts: list[str]) -> Iterator[str]:
    """Texts that stand twice."""
    counts = Counter(" ".join(words(text)) for text in texts)
    yield from (f"twice: {text}" for text, count in counts.items() if count > 1)


def copied(texts: list[str], archive: dict[int, Post]) -> Iterator[str]:
    """Texts that hold a run of words of a post."""
    known = set[tuple[str, ...]]().union(*(runs(post.text) for post in archive.values()))
    yield from (f"copied: {text}" for text in texts if runs(text) & known)


def counts(asked: list[list[str]], told: list[dict[str, Any]]) -> Iterator[str]:
    """What there is of each kind."""
    yield f"questions: {dict(Counter((row[2], row[1]) for row in asked))}"
    for split in SPLITS:
        rows = [row for row in told if row["split"] == split]
        near = Counter(answer["distance"] for row in rows for answer in row["supported"])
        bad = Counter(answer["fault"] for row in rows for answer in row["unsupported"])
        yield f"{split}: {len(rows)} passages, {near.total()} supported {dict(near)}"
        yield f"{split}: {bad.total()} unsupported {dict(bad)}"
    yield f"wrong: {len(wrong())}"


def main() -> None:
    """Print the counts and the faults."""
    archive = {post.id: post for post in posts(Path(sys.argv[1]))}
    asked = [row for which in SETS for row in questions(which)]
    told = [row for which in SETS for row in passages(which)]
    answers = [one["text"] for row in told for one in row["supported"] + row["unsupported"]]
    texts = [*answers, *wrong(), *(row[4] for row in asked)]
    faults = [
        *(fault for which in SETS for fault in misnumbered(questions(which), archive)),
        *mislabelled(told, archive),
        *repeated(texts),
        *(
            twice
            for which in SETS
            for twice in repeated([str(row["post"]) for row in passages(which)])
        ),
        *copied([*texts, *(row[5] for row in asked)], archive),
    ]
    print(*counts(asked, told), *faults, f"{len(faults)} faults", sep="\n")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
