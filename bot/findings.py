"""What a check found: the record that `peyk doctor` prints and `peyk init` reads out."""

from __future__ import annotations

from dataclasses import dataclass

from bot.logs import redact


@dataclass(frozen=True, slots=True)
class Finding:
    """One check. Not `ok`: peyk cannot do its work. `ok` with advice: it can, but look at it."""

    check: str
    ok: bool
    what: str
    advice: str = ""

    def __str__(self) -> str:
        word = "WRONG" if not self.ok else "note" if self.advice else "ok"
        advice = f" → {self.advice}" if self.advice else ""
        return redact(f"{word:<5}  {self.check}: {self.what}{advice}")


def wrong(check: str, what: object, advice: str) -> Finding:
    """Something the operator must mend."""
    return Finding(check, False, " ".join(str(what).split())[:500], advice)
