"""How well titles of parts are told from other titles: python -m tests.eval.series [FOLDER]

Prints precision and recall over series_titles.tsv; with the folder of the seeds and exports, also
every title there that is taken for a part, to be judged by eye.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from bot.channel.series import Marker, goes_on, marker, same_name

TABLE = Path(__file__).with_name("series_titles.tsv")


def pairs() -> list[tuple[str, Marker | None]]:
    """Titles, and what is in them."""
    rows = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("# "):
            title, name, number = line.split("\t")
            told = Marker(name.removeprefix("-"), int(number)) if number else None
            rows.append((title, told))
    return rows


def right(found: Marker | None, told: Marker | None) -> bool:
    """Whether a title was read as a person reads it."""
    if not found or not told:
        return found is told
    return found.number == told.number and same_name(found.name, told.name)


def measure() -> tuple[float, float, list[str]]:
    """Precision, recall, and the titles that were misread."""
    rows = [(title, told, marker(title)) for title, told in pairs()]
    hits = sum(bool(told and right(found, told)) for _, told, found in rows)
    precision = hits / max(1, sum(found is not None for _, _, found in rows))
    recall = hits / sum(told is not None for _, told, _ in rows)
    return (
        precision,
        recall,
        [f"{t} -> {found}" for t, told, found in rows if not right(found, told)],
    )


def titles(folder: Path) -> list[str]:
    """The lines of the seeds, and the first lines of the exports."""
    lines = [
        line
        for path in sorted(folder.glob("seeds/*.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    for path in sorted(folder.glob("fixtures/export/*.json")):
        for message in json.loads(path.read_text(encoding="utf-8"))["messages"]:
            text = message.get("text", "")
            parts = text if isinstance(text, list) else [text]
            words = "".join(part if isinstance(part, str) else part["text"] for part in parts)
            lines += words.strip().splitlines()[:1]
    return [line for line in lines if line.strip()]


def main() -> None:
    precision, recall, misread = measure()
    print(f"{len(pairs())} titles: precision {precision:.3f}, recall {recall:.3f}")
    print(*misread, sep="\n")
    for folder in sys.argv[1:]:
        lines = titles(Path(folder))
        taken = [(line, found) for line in lines if (found := marker(line))]
        print(f"{len(lines)} lines of {folder}: {len(taken)} taken for parts")
        for line, found in taken:
            print(f"  {line[:80]}  ->  {found}")
        print(f"  «ادامه دارد»: {sum(map(goes_on, lines))}")


if __name__ == "__main__":
    main()
