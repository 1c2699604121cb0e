"""Starts many peyks quickly: everything is imported once, each `peyk run` is a forked process.

Reads lines of JSON {"env": {...}, "log": path} on stdin, answers {"pid": n} and later
{"exit": n}. What a test may ask of a run, by environment:

PEYK_TEST_FROM, PEYK_TEST_NUMBER: it dies by its own hand (SIGKILL) just before the N-th SQL
statement, counted from the first that contains FROM; SQLite's own trace shows every one.
PEYK_TEST_PATIENCE: seconds it waits for an answer of Telegram.

Waits are shortened; nothing else differs from `python -m bot run`.
"""

import json
import os
import pkgutil
import signal
import sqlite3
import ssl
import sys
from datetime import timedelta
from functools import cache
from importlib import import_module
from typing import Any

from telegram.request import HTTPXRequest

import bot.app
import bot.schedule
import handlers
from bot import flood, updates
from bot.certificates import trusted
from bot.channel import publish
from bot.cli import main

connect = sqlite3.connect


class Trace:
    """Counts statements."""

    def __init__(self, trigger: str, number: int) -> None:
        self.trigger, self.number, self.seen = trigger, number, 0

    def __call__(self, statement: str) -> None:
        """Called by SQLite before each statement runs."""
        if self.seen or self.trigger in statement:
            self.seen += 1
            print(f"STATEMENT {self.seen} {' '.join(statement.split())[:90]}", flush=True)
            if self.seen == self.number:
                os.kill(os.getpid(), signal.SIGKILL)


def shorten() -> None:
    """Make peyk less patient than it is in earnest."""
    publish.RETRY = timedelta(seconds=0.5)
    assert publish.Publisher.__init__.__kwdefaults__
    publish.Publisher.__init__.__kwdefaults__["settle"] = 0.3
    bot.schedule.PUBLISH_EVERY = timedelta(seconds=1)
    updates.CALM = 0.0
    flood.PER_GROUP, flood.OVERALL = (10_000, 1.0), (10_000, 1.0)
    ssl.create_default_context = cache(ssl.create_default_context)  # the dearest part of a start


def load() -> None:
    """Import what a run loads when it needs it, and what each would do anew."""
    later = [f"handlers.{module.name}" for module in pkgutil.iter_modules(handlers.__path__)]
    for name in (*later, *bot.schedule.NEEDS, "bot.persian.typesetting", "feeds.draft"):
        import_module(name)
    trusted()
    HTTPXRequest()


def prepare(env: dict[str, str]) -> None:
    """Do in the new process what its environment asks for."""
    if trigger := env.get("PEYK_TEST_FROM"):
        trace = Trace(trigger, int(env["PEYK_TEST_NUMBER"]))

        def traced(*arguments: Any, **options: Any) -> sqlite3.Connection:
            connection = connect(*arguments, **options)
            connection.set_trace_callback(trace)
            return connection

        sqlite3.connect = traced
    if patience := env.get("PEYK_TEST_PATIENCE"):
        request = bot.app.HTTPXRequest

        def impatient(**options: Any) -> Any:
            asked = "read_timeout" in options
            return request(**options | ({"read_timeout": float(patience)} if asked else {}))

        bot.app.HTTPXRequest = impatient


def run(order: dict[str, Any]) -> None:
    """Become a peyk; never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.update(order["env"])
    code = 70
    try:
        prepare(order["env"])
        code = main(["run"])
    finally:
        sys.stdout.flush()
        os._exit(code)


def reap(*_: object) -> None:
    """Say which runs have ended."""
    while True:
        try:
            pid, _status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        os.write(1, json.dumps({"exit": pid}).encode() + b"\n")


def serve() -> None:
    """Fork a peyk per line, until stdin ends."""
    shorten()
    load()
    signal.signal(signal.SIGCHLD, reap)
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            run(json.loads(line))
        os.write(1, json.dumps({"pid": pid}).encode() + b"\n")


serve()
