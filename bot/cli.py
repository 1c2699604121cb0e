"""The commands of the shell: one short function each.

What the user did wrong becomes one line on stderr and exit 2; what could not be done, exit 1.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import sqlite3
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from bot import __version__, config, logs
from bot.config import Settings
from bot.errors import BadExport, ConfigError, PeykError

Command = Callable[[Settings, argparse.Namespace], int]
Add = Callable[..., argparse.ArgumentParser]

_BAR = 30
"""Characters of a progress bar."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = parser().parse_args(arguments)
    command: Command = options.command
    try:
        settings, invalid = config.examine()
        logs.set_up(settings.log_level, settings.secrets())
        if invalid and not options.invalid_allowed:
            raise ConfigError("; ".join(map(str, invalid)))
        return command(settings, options)
    except ConfigError as error:
        return _say(error, 2)
    except PeykError as error:
        return _say(error, 1)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone; nothing is wrong
        return 0


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = _Parser(prog="peyk", description="A Persian-language AI-news channel on Telegram.")
    top.add_argument("--version", action="version", version=f"peyk {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)

    def add(name: str, command: Command, help: str, *, invalid_allowed: bool = False) -> _Parser:
        one: _Parser = commands.add_parser(name, help=help, description=help)
        one.set_defaults(command=command, invalid_allowed=invalid_allowed)
        return one

    _running(add)
    _looking(add)
    _reading_texts(add)
    add("init", _init, "set peyk up: asks, checks, writes .env", invalid_allowed=True)
    backup = add("backup", _backup, "copy the database while the bot runs")
    backup.add_argument("path", type=Path, metavar="PATH", help="file to write")
    return top


def _running(add: Add) -> None:
    """The bot itself."""
    add("run", _run, "run the bot")
    demo = add("demo", _demo, "run the bot on an embedded Telegram; no account, no key")
    demo.add_argument("--port", type=int, default=8090, help="port of the page (8090)")
    demo.add_argument("--no-browser", action="store_true", help="open no browser window")
    once = add("once", _once, "one pass: poll, draft, send cards, publish what is due")
    _json_option(once)
    doctor = add("doctor", _doctor, "check everything", invalid_allowed=True)
    _json_option(doctor)
    doctor.add_argument("--alive", action="store_true", help="only: is the running bot healthy?")


def _looking(add: Add) -> None:
    """What is in the database."""
    drafts = add("drafts", _drafts, "list drafts")
    drafts.add_argument("--status", metavar="S", help="only drafts in this state")
    _json_option(drafts)
    posts = add("posts", _posts, "list published posts")
    posts.add_argument("--tag", metavar="T", default="", help="only posts with this hashtag")
    _json_option(posts)
    history = add("import", _import, "take in a channel's history (a Telegram Desktop export)")
    which = history.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "path", type=Path, metavar="PATH", nargs="?", help="the file, or its folder"
    )
    which.add_argument(
        "--forget",
        type=int,
        metavar="CHANNEL_ID",
        help="take another channel's imported posts out again",
    )
    history.add_argument("--apply", action="store_true", help="apply edits and deletions found")
    _json_option(history)
    search = add("search", _search, "find posts, as /search does")
    search.add_argument("query", metavar="QUERY", help='words, "a phrase", #tag, -not')
    search.add_argument("--limit", type=int, default=10, metavar="N", help="at most so many (10)")
    _json_option(search)
    question = add("ask", _ask, "answer a question from the archive, as /ask does")
    question.add_argument("question", metavar="QUESTION", help="in Persian")
    _json_option(question)
    _json_option(add("stats", _stats, "numbers about drafts, posts and models"))


def _reading_texts(add: Add) -> None:
    """What the bot does with texts, without the bot."""
    ocr = add("ocr", _ocr, "read a PDF, or pictures of pages, into Markdown")
    ocr.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a PDF, or pictures")
    ocr.add_argument(
        "-o", "--output", type=Path, metavar="OUT", help="file to write: Markdown, .txt or .docx"
    )
    ocr.add_argument("--pages", metavar="1-3,7", default="", help="only these pages")
    ocr.add_argument("--full", action="store_true", help="trust no text that the file carries")
    typeset = add("typeset", _typeset, "set Persian text: standard input to standard output")
    typeset.add_argument("--json-lines", action="store_true", help='one {"id", "text"} a line')
    check = add("check", _check, "check drafts against their sources (JSON on stdin)")
    check.add_argument("--json-lines", action="store_true", help="one draft a line")
    evaluate = add("eval", _eval, "try a model on stored items: pass rates, tokens, cost, seconds")
    evaluate.add_argument("--model", metavar="M", help="its name (PEYK_SUMMARY_MODEL)")
    evaluate.add_argument("--n", type=_count, default=20, metavar="N", help="items (20)")
    _json_option(evaluate)


def _json_option(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="machine-readable output")


def _run(settings: Settings, options: argparse.Namespace) -> int:
    from bot.app import Peyk, only_one, require, stop_on_signals
    from db.schema import open_db

    require(settings)

    async def run() -> None:
        stop = stop_on_signals()
        db = open_db(settings.db)
        try:
            async with Peyk(settings, db) as peyk:
                await peyk.run(stop)
        finally:
            db.close()

    # What is loaded now stays: a full collection, which stops everything, need not look at it.
    gc.freeze()
    with only_one(settings.db):
        asyncio.run(run())
    return 0


def _demo(settings: Settings, options: argparse.Namespace) -> int:
    from bot.tryout import show

    asyncio.run(show(settings, port=options.port, browser=not options.no_browser))
    return 0


def _once(settings: Settings, options: argparse.Namespace) -> int:
    from bot.app import Peyk, only_one, require
    from bot.steps import Pass
    from db.schema import open_db

    require(settings)

    async def once() -> Pass:
        db = open_db(settings.db)
        try:
            async with Peyk(settings, db) as peyk:
                return await peyk.once()
        finally:
            db.close()

    with only_one(settings.db):
        outcome = asyncio.run(once())
    summary = asdict(outcome) | {"errors": [logs.redact(error) for error in outcome.errors]}
    if options.json:
        _print_json(summary)
    else:
        counts = ", ".join(
            f"{k.replace('_', ' ')} {v}" for k, v in summary.items() if k != "errors"
        )
        print(counts)
        for error in summary["errors"]:
            print(f"failed: {error}")
    return 1 if outcome.errors else 0


def _doctor(settings: Settings, options: argparse.Namespace) -> int:
    from bot import doctor

    if options.alive:
        return doctor.alive(settings)
    return doctor.run(settings, config.examine()[1], as_json=options.json)


def _ocr(settings: Settings, options: argparse.Namespace) -> int:
    from bot.ocr_shell import read_files, write

    out: Path | None = options.output
    if out and not out.parent.is_dir():
        raise ConfigError(f"{out}: the folder does not exist")
    reading = read_files(
        settings, options.files, wanted=options.pages, full=options.full, told=sys.stderr
    )
    text = asyncio.run(reading)
    if out:
        write(out, text)
    else:
        sys.stdout.write(text)
    return 0


def _typeset(settings: Settings, options: argparse.Namespace) -> int:
    from bot.filters import typeset_json, typeset_text

    if options.json_lines:
        sys.stdout.writelines(typeset_json(sys.stdin))
    else:
        sys.stdout.write(typeset_text(sys.stdin.read()))
    return 0


def _check(settings: Settings, options: argparse.Namespace) -> int:
    from bot.checking import check_lines, check_text
    from prompts import vocabulary

    tags = vocabulary.load()
    one = [check_text(sys.stdin.read(), tags)] if not options.json_lines else []
    sound = True
    for verdict in one or check_lines(sys.stdin, tags):
        sound = sound and bool(verdict["ok"])
        print(json.dumps(verdict, ensure_ascii=False), flush=True)
    return 0 if sound else 1


def _eval(settings: Settings, options: argparse.Namespace) -> int:
    from bot import evaluate

    name = options.model or settings.summary_model
    if not name:
        raise ConfigError("no model to try: give --model, or set PEYK_SUMMARY_MODEL")
    db = _existing(settings)
    told = asyncio.run(evaluate.run(settings, db, name, options.n, _progress))
    if options.json:
        _print_json(told)
    else:
        print(evaluate.table(told))
    return 0 if told["calls"] else 1


def _progress(done: int, of: int) -> None:
    """How far it is, on a terminal: ``[####      ] 8/20``."""
    if sys.stderr.isatty():
        full = _BAR * done // of
        end = "\n" if done == of else ""
        print(f"\r[{'#' * full:{_BAR}}] {done}/{of}", end=end, file=sys.stderr, flush=True)


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise ValueError
    return count


def _init(settings: Settings, options: argparse.Namespace) -> int:
    from bot import first_steps

    return first_steps.run()


def _drafts(settings: Settings, options: argparse.Namespace) -> int:
    from db import drafts
    from db.model import State

    if options.status and options.status not in set(State):
        raise ConfigError(f"--status: no such state; one of {', '.join(State)}")
    states = [State(options.status)] if options.status else []
    found = drafts.find(_existing(settings), states, newest=True)
    rows = [asdict(draft) for draft in found]
    return _show(rows, options, lambda row: f"{row['id']:>5}  {row['state']:<10}  {row['title']}")


def _posts(settings: Settings, options: argparse.Namespace) -> int:
    from db import posts

    rows = posts.find(_existing(settings), options.tag)

    def line(row: dict[str, Any]) -> str:
        first = str(row["text"]).strip().partition("\n")[0] or f"({row['kind']})"
        at = datetime.fromisoformat(str(row["published"])).astimezone(settings.timezone)
        return f"{at:%Y-%m-%d %H:%M}  {row['url']}  {first}"

    if not rows and not options.json:
        print("no post found", file=sys.stderr)
    return _show(rows, options, line)


def _import(settings: Settings, options: argparse.Namespace) -> int:
    from bot import importing
    from db import tags
    from db.model import Kind
    from db.schema import open_db
    from prompts import vocabulary

    if options.forget is not None:
        return _forget(settings, options)
    path = options.path / "result.json" if options.path.is_dir() else options.path
    if not path.is_file():
        raise ConfigError(f"{path}: there is no such file")
    db = open_db(settings.db)
    first = vocabulary.load()
    tags.seed(db, first.tags, set(first.known(Kind)), datetime.now(UTC))
    told = -1.0

    def show(report: importing.Report) -> None:
        nonlocal told
        if report.seconds - told >= (0.1 if sys.stderr.isatty() else 10.0):
            told = report.seconds
            end = "" if sys.stderr.isatty() else "\n"
            print(f"\r{importing.bar(report)}", end=end, file=sys.stderr, flush=True)

    try:
        report = importing.run(
            *(db, path, settings.channel, settings.timezone), apply=options.apply, progress=show
        )
    except BadExport as error:
        print(end="\n" if told >= 0 and sys.stderr.isatty() else "", file=sys.stderr)
        raise ConfigError(f"{path}: {error}") from error
    finally:
        db.close()
    print(f"\r{importing.bar(report)}", file=sys.stderr)
    if told_of := importing.remark(report):
        print(f"peyk: {told_of}", file=sys.stderr)
    if options.json:
        _print_json(asdict(report) | {"differences": report.differences})
    else:
        print("\n".join(importing.summary(report)))
    return 0


def _forget(settings: Settings, options: argparse.Namespace) -> int:
    from bot import importing
    from db import home

    db = _existing(settings)
    if options.forget == home.known(db, settings.channel):
        raise ConfigError(f"--forget: {options.forget} is the channel of PEYK_CHANNEL")

    def show(gone: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{gone:,}", end="", file=sys.stderr, flush=True)

    gone = importing.forget(db, options.forget, show)
    if options.json:
        _print_json({"forgotten": gone})
    else:
        print(f"forgotten: {gone:,} posts of {options.forget}")
    return 0


def _search(settings: Settings, options: argparse.Namespace) -> int:
    from bot.persian.query import parse
    from bot.persian.snippet import Wanted, shown
    from db import index, search
    from prompts import glossary

    if not 0 < options.limit <= search.CAP:
        raise ConfigError(f"--limit: must be from 1 to {search.CAP}")
    query = parse(options.query)
    wrong = f"there is no such day: {', '.join(query.no_days)}" if query.no_days else ""
    if query.is_empty:
        raise ConfigError(f"QUERY: {wrong or 'there is nothing to look for in it'}")
    if wrong:
        print(wrong, file=sys.stderr)
    db = _existing(settings)
    index.follow_folding(db)
    while index.catch_up(db):
        pass
    right = glossary.load().words
    found = search.find(db, query, settings.timezone, limit=options.limit, right=right)
    if options.json:
        _print_json(asdict(found) | {"wanted": sorted(found.wanted)})
        return 0
    if found.instead:
        print(f"(no post with these words; shown for: {found.instead})")
    if found.partly:
        print("(no post with all of these words; shown for some of them)")
    texts = shown(((hit.title, hit.text) for hit in found.hits), Wanted(found.wanted))
    if not found.hits:
        print("no post found", file=sys.stderr)
    for hit, (title, part) in zip(found.hits, texts, strict=True):
        at = hit.published.astimezone(settings.timezone)
        print(f"{at:%Y-%m-%d}  {hit.url}  {title.text or f'({hit.kind})'}")
        if part.text:
            print(f"            {part.text}")
    return 0


def _ask(settings: Settings, options: argparse.Namespace) -> int:
    from bot import ask_shell
    from db import index

    if not options.question.strip():
        raise ConfigError("QUESTION: there is nothing to answer in it")
    if settings.log_level == "INFO":  # the preview is what there is to see
        for name in ("bot", "peyk"):
            logging.getLogger(name).setLevel(logging.WARNING)
    db = _existing(settings)
    index.follow_folding(db)
    while index.catch_up(db):
        pass
    try:
        answer = asyncio.run(ask_shell.ask(settings, options.question, sys.stderr))
    except ask_shell.Failed as failure:
        print(f"peyk: {logs.redact(str(failure))}", file=sys.stderr)
        if options.json:
            _print_json({"kind": "failed", "sources": list(map(asdict, failure.sources))})
        else:
            print("\n".join(ask_shell.posts(failure.sources)).strip() or "no post found")
        return 1
    print(ask_shell.as_json(answer) if options.json else ask_shell.text(answer))
    return 0


def _stats(settings: Settings, options: argparse.Namespace) -> int:
    from bot.numbers import numbers

    counted = numbers(_existing(settings), datetime.now(UTC))
    if options.json:
        _print_json(counted)
    else:
        for name, value in counted.items():
            print(f"{name}: {_counted(value)}")
    return 0


def _counted(value: Any) -> str:
    """Numbers for the eye: ``sent 3, rejected 1``; a count of counts in brackets."""
    if isinstance(value, dict):
        counts = (
            f"{k} ({_counted(v)})" if isinstance(v, dict) else f"{k} {v}"
            for k, v in value.items()
            if v is not None
        )
        return ", ".join(counts) or "none"
    return str(value)


def _backup(settings: Settings, options: argparse.Namespace) -> int:
    if not options.path.parent.is_dir():
        raise ConfigError(f"{options.path}: the folder does not exist")
    source = _existing(settings).conn
    if options.path.exists() and options.path.samefile(settings.db):
        raise ConfigError(f"{options.path}: this is the database itself")
    part = options.path.with_name(options.path.name + ".part")
    try:
        part.unlink(missing_ok=True)
        with sqlite3.connect(part) as copy:
            source.backup(copy)
        copy.close()
        part.replace(options.path)
    except (OSError, sqlite3.Error) as error:
        raise ConfigError(f"{options.path}: {error}") from error
    print(f"{options.path}: {options.path.stat().st_size} bytes")
    return 0


def _existing(settings: Settings) -> Any:
    """The database, which these commands do not create."""
    from db.schema import open_db

    if not settings.db.is_file():
        raise ConfigError(f"{settings.db} (PEYK_DB) does not exist yet; `peyk run` makes it")
    return open_db(settings.db)


def _show(
    rows: Sequence[dict[str, Any]],
    options: argparse.Namespace,
    line: Callable[[dict[str, Any]], str],
) -> int:
    if options.json:
        _print_json(rows)
    else:
        for row in rows:
            print(line(row))
    return 0


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def _say(error: PeykError, code: int) -> int:
    print(f"peyk: {logs.redact(error)}", file=sys.stderr)
    return code
