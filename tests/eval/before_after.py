"""Draw one page of twenty real items: an answer as it came, and what we make of it.

    python tests/eval/before_after.py [PAGE.html [PICTURE.png]]

The items and their summaries are those of tests/eval/gate. No model was asked: the answer on the
right is such a summary with the slips of a small model put in, and in every second one a wrong
fact, as the page says. Needs the recordings in ../shared; the picture needs Chromium.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bot.persian.dates import digits  # noqa: E402 - after the path is set
from bot.persian.typography import visible  # noqa: E402
from prompts.accept import Accepted, Reason, accept  # noqa: E402
from prompts.vocabulary import load  # noqa: E402
from tests.eval.gate import FIXTURES, recorded  # noqa: E402

ITEMS = 20
WIDTH, HEIGHT = 1280, 1560
# What small models write for Persian letters, digits and signs.
_SLIPS = str.maketrans("یک۰۱۲۳۴۵۶۷۸۹٫٬،؛؟٪«»‌", 'يك0123456789.,,;?%"" ')
_STYLE = """
:root { --ink: #1d2733; --soft: #5d6b7a; --line: #dfe5ea; --paper: #fff; --doubt: #c2410c; }
body { margin: 0; background: #eef2f5; color: var(--ink);
  font: 17px/1.95 Vazirmatn, "Noto Naskh Arabic", "Noto Sans Arabic", Tahoma, sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 28px 24px 60px; }
h1 { font-size: 27px; margin: 0 0 4px; } header p { margin: 0 0 22px; color: var(--soft); }
article { background: var(--paper); border: 1px solid var(--line); border-radius: 16px;
  margin: 0 0 20px; display: grid; grid-template-columns: 1fr 1fr; overflow: hidden; }
.name { grid-column: 1 / -1; padding: 8px 22px; background: #f7f9fb; color: var(--soft);
  border-bottom: 1px solid var(--line); font-size: 14px; display: flex; gap: 14px;
  justify-content: space-between; }
.side { padding: 14px 22px 18px; } .side + .side { border-inline-start: 1px solid var(--line); }
.side h2 { font-size: 18px; margin: 0 0 6px; line-height: 1.7; } .side p { margin: 0 0 8px; }
.raw { color: #5b4b4b; background: #fdf9f6; }
mark { background: none; color: inherit; text-decoration: underline wavy var(--doubt) 2px;
  text-underline-offset: 6px; }
.doubts { grid-column: 1 / -1; border-top: 1px solid var(--line); padding: 10px 22px 14px;
  background: #fff8f3; } .doubts div { margin: 4px 0; }
.why { color: var(--doubt); } .source { direction: ltr; text-align: left; color: var(--soft);
  font: 14px/1.6 system-ui, sans-serif; border-left: 3px solid #f3c9ae; padding-left: 10px; }
.doubts.none { background: #f6fbf7; } .sound { color: #15803d; }
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """One item of the page."""

    identity: str
    raw: tuple[str, str]
    after: Accepted
    wrong: str
    """The wrong fact that was put in; empty: none."""


def shown() -> Iterator[Shown]:
    """The items of the newest sets, in every second one a wrong fact."""
    vocabulary = load()
    entries: list[dict[str, Any]] = []
    for name in ("blind", "blind_2"):
        text = (Path(__file__).parent / "gate" / f"{name}.json").read_text(encoding="utf-8")
        entries += json.loads(text)
    for number, entry in enumerate(entries[::3]):
        item = recorded(entry["recording"], entry["id"])
        title, body = entry["title"], entry["body"]
        errors = [one for one in entry["by_hand"] if number % 2 == 0 and one[1] in body]
        _, old, new = errors[number // 2 % len(errors)] if errors else ("", "", "")
        body = body.replace(old, new, 1) if old else body
        raw = (title.translate(_SLIPS), body.translate(_SLIPS))
        after = accept({"title": raw[0], "body": raw[1], "tags": []}, item, vocabulary)
        yield Shown(item.identity, raw, after, new)


def page(items: list[Shown]) -> str:
    """The page, right to left."""
    count = digits(len(items))
    doubted = digits(sum(bool(one.after.reasons) for one in items))
    wrong = digits(sum(bool(one.wrong) for one in items))
    return f"""<!doctype html>
<html lang="fa" dir="rtl"><meta charset="utf-8"><title>پیک: پیش و پس</title>
<style>{_STYLE}</style><main><header><h1>از پاسخ خام تا پیش‌نویس</h1>
<p>{count} خبر ضبط‌شده. راست: خلاصه با لغزش‌های یک مدل کوچک؛ در {wrong} خلاصه یک خطا گذاشته‌ایم.
چپ: همان متن پس از حروف‌نگاری، با تردیدهای دروازه در {doubted} خلاصه و جملهٔ منبع.</p></header>
{"".join(map(_article, items))}</main></html>
"""


def _article(one: Shown) -> str:
    doubts = "".join(map(_doubt, one.after.reasons))
    put_in = f"خطای گذاشته‌شده: {escape(one.wrong)}" if one.wrong else "بی خطا"
    words = [word for reason in one.after.reasons for word in reason.get("words", ())]
    told = doubts or '<div class="sound">هر عدد، نام و ادعا در منبع پیدا شد.</div>'
    return (
        f'<article><div class="name"><bdi>{escape(one.identity)}</bdi><span>{put_in}</span></div>'
        f'<div class="side raw">{_text(*one.raw)}</div>'
        f'<div class="side">{_text(one.after.title, one.after.body, words)}</div>'
        f'<div class="doubts{"" if doubts else " none"}">{told}</div></article>\n'
    )


def _text(title: str, body: str, doubted: list[str] | None = None) -> str:
    paragraphs = "".join(f"<p>{_marked(part, doubted or [])}</p>" for part in body.split("\n\n"))
    return f"<h2>{_marked(title, doubted or [])}</h2>{paragraphs}"


def _marked(text: str, words: list[str]) -> str:
    """`text` as HTML, the first place of each of `words` underlined."""
    shown = escape(text)
    for word in dict.fromkeys(map(escape, words)):
        shown = shown.replace(word, f"<mark>{word}</mark>", 1)
    return shown


def _doubt(reason: Reason) -> str:
    source = visible(str(reason.get("source", "")))
    told = f'<div class="source">{escape(source)}</div>' if source else ""
    why = escape(str(reason.get("message", reason["kind"])))
    return f'<div><span class="why">{why}</span>{told}</div>'


def draw(html: Path, picture: Path) -> bool:
    """A picture of the top of the page; False where there is no Chromium."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        return False
    with tempfile.TemporaryDirectory() as profile:
        command = [
            *(browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *(f"--user-data-dir={profile}", f"--window-size={WIDTH},{HEIGHT}"),
            *(f"--screenshot={picture.resolve()}", html.resolve().as_uri()),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    return True


def main(arguments: list[str]) -> int:
    """Write the page, and the picture when one is asked for."""
    if not FIXTURES.is_dir():
        print("the recordings in ../shared are not part of a clone")
        return 1
    html = Path(arguments[0] if arguments else "before_after.html")
    items = list(islice(shown(), ITEMS))
    html.write_text(page(items), encoding="utf-8")
    print(f"{html}: {len(items)} items, {html.stat().st_size} bytes")
    if len(arguments) > 1 and not draw(html, Path(arguments[1])):
        print("no Chromium here, no picture")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
