"""How many hard cases the typographer gets right, by group; and how many other libraries do.

    python -m tests.eval.typography [--failures]

The cases are in tests/persian/typography_cases.tsv: ``|`` there is a half-space, ``\\n``,
``\\u202e`` and the like are the characters they name. Direction marks are no part of them (see
tests/persian/test_direction.py). The held-out group was written before the first line of the
typographer, which passed 38 of its 40 on the first run. Libraries count where they happen to be
installed, each with all it offers switched on; `lenient` forgives what is a matter of house style.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from bot.persian.typography import typeset  # noqa: E402 - after the path is set

TABLE = ROOT / "tests" / "persian" / "typography_cases.tsv"
ZWNJ = "\u200c"
Typographer = Callable[[str], str]

_ESCAPES = re.compile(r"\\(u[0-9a-f]{4}|[ntr\\])")
_DIRECTION = re.compile("[\u200e\u200f\u2060]")
# Two right spellings: «خانه‌ی» and «خانهٔ», «کار‌ها» and «کارها», «LLM‌ها» and «LLMها», "…" and "...".
_STYLE = (
    (re.compile(f"ه(?:{ZWNJ}ی|ی|\u0654)(?![\\w{ZWNJ}])"), "هٔ"),
    (re.compile(f"(?<=[اآدذرزژوA-Za-z0-9]){ZWNJ}"), ""),
    (re.compile(f"ای(?:ن|نک){ZWNJ}?که"), "اینکه"),
    (re.compile(r" ?\.\.\.|…"), "…"),
    (re.compile("[–-]"), "-"),
    (re.compile('[‹›"“”]'), '"'),
    (re.compile("٬"), ""),
)


@dataclass(frozen=True, slots=True)
class Case:
    """What a typographer is given, and what is right."""

    group: str
    name: str
    text: str
    want: str


def cases() -> list[Case]:
    """All rows of the table."""
    rows = TABLE.read_text("utf-8").splitlines()[1:]
    parts = (row.split("\t") for row in rows)
    return [Case(group, name, _read(text), _read(want)) for group, name, text, want in parts]


def unmarked(text: str) -> str:
    """`text` without the marks that only steer its direction."""
    return _DIRECTION.sub("", text)


def main() -> None:
    """Print a line per group and a column per typographer."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--failures", action="store_true", help="show what peyk gets wrong")
    options = parser.parse_args()
    table, tools = cases(), {"peyk": typeset, **dict(_libraries())}
    groups = Counter(case.group for case in table)
    columns = {name: _passes(tool, table) for name, tool in tools.items()}
    print(f"{'group':<14}{'cases':>6}" + "".join(f"{name:>14}" for name in tools))
    for group, count in groups.items():
        print(f"{group:<14}{count:>6}" + "".join(f"{_cell(columns[n], group):>14}" for n in tools))
    print(f"{'all':<14}{len(table):>6}" + "".join(f"{_cell(columns[n]):>14}" for n in tools))
    if options.failures:
        for case in table:
            if unmarked(typeset(case.text)) != case.want:
                print(f"{case.group}, {case.name}: {typeset(case.text)!r}, not {case.want!r}")


def _read(field: str) -> str:
    return _ESCAPES.sub(_escaped, field.replace("|", ZWNJ))


def _escaped(match: re.Match[str]) -> str:
    code = match[1]
    named = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
    return named[code] if code in named else chr(int(code[1:], 16))


def _passes(tool: Typographer, table: list[Case]) -> list[tuple[str, bool, bool]]:
    """For each case its group, and whether it passes: strictly, and house style forgiven."""
    results = []
    for case in table:
        try:
            got = unmarked(tool(case.text))
        except Exception as error:  # foreign code; a crash is a failure
            got = repr(error)
        results.append((case.group, got == case.want, _styled(got) == _styled(case.want)))
    return results


def _styled(text: str) -> str:
    for pattern, one in _STYLE:
        text = pattern.sub(one, text)
    return text


def _cell(results: list[tuple[str, bool, bool]], group: str = "") -> str:
    of_group = [result for result in results if group in ("", result[0])]
    strict, lenient = (sum(result[index] for result in of_group) for index in (1, 2))
    return f"{strict} ({lenient})"


def _libraries() -> Iterator[tuple[str, Typographer]]:
    for name, make in _MAKERS.items():
        with suppress(ImportError):
            yield name, make()


def _hazm() -> Typographer:
    from hazm import Normalizer

    return Normalizer().normalize


def _shekar() -> Typographer:
    from shekar import Normalizer

    return Normalizer()


def _parsivar() -> Typographer:
    from parsivar import Normalizer

    return Normalizer(statistical_space_correction=False).normalize


def _negar() -> Typographer:
    from negar.virastar import PersianEditor

    return lambda text: str(PersianEditor(text))


def _davat() -> Typographer:
    from davat import normalize_persian  # its other steps take links, names and tags out

    return lambda text: str(normalize_persian(text, use_dictionary=True))


def _rishe() -> Typographer:
    from rishe import Normalizer

    return Normalizer().normalize


def _farsflow() -> Typographer:
    from farsflow import clean

    return clean


_MAKERS: dict[str, Callable[[], Typographer]] = {
    "hazm": _hazm,
    "shekar": _shekar,
    "parsivar": _parsivar,
    "negar": _negar,
    "davat": _davat,
    "rishe": _rishe,
    "farsflow": _farsflow,
}

if __name__ == "__main__":
    main()
