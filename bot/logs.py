"""What the operator reads: one line per event on stderr, without any secret in it."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable
from urllib.parse import quote

_TOKEN = re.compile(r"(?<!\d)\d{5,}(?::|%3A)[A-Za-z0-9_-]{20,}")
"""Also where it follows a letter, as in ``/bot123456:ABC…/getMe``."""
_known: list[str] = []


def hide(secrets: Iterable[str]) -> None:
    """Never show these values again, in whatever form they come."""
    for secret in secrets:
        for form in (secret, quote(secret, safe=""), repr(secret)[1:-1]):
            if len(form) >= 4 and form not in _known:
                _known.append(form)
    _known.sort(key=len, reverse=True)


def redact(text: object) -> str:
    """`text` with every known secret, and whatever looks like a bot token, blotted out."""
    shown = str(text)
    for secret in _known:
        shown = shown.replace(secret, "***")
    return _TOKEN.sub("***", shown)


class RedactingFormatter(logging.Formatter):
    """Redacts the finished line: message, arguments, exception and stack alike."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def set_up(level: str, secrets: Iterable[str] = ()) -> None:
    """Log to stderr at `level`; libraries that log request URLs are kept down a level."""
    hide(secrets)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("httpx", "httpcore", "httpx2", "httpcore2", "telegram.ext"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    # openai tells at INFO of each retry; what it sends at DEBUG is of use to who asks for that.
    chatty = logging.DEBUG if level == "DEBUG" else logging.WARNING
    logging.getLogger("openai").setLevel(max(chatty, logging.getLevelName(level)))
    # A job that is still running when its turn comes again is no fault, and neither is one cut
    # off at the end; what really fails in a job comes to handlers.errors.
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    sys.excepthook = _uncaught


def _uncaught(kind: type[BaseException], error: BaseException, trace: object) -> None:
    logging.getLogger("peyk").critical(
        "stopped by an unexpected error", exc_info=(kind, error, error.__traceback__)
    )
