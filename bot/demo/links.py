"""Which addresses Telegram takes as links, and the form in which it keeps them.

Source: TDLib's LinkManager and HttpUrl.
"""

import re
from urllib.parse import quote, urlsplit

_SCHEME = re.compile(r"^(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?P<slashes>//)?")
_HOST = re.compile(r"^[^\s/?#@:\[\]<>\"]+$")
_OWN = ("tg", "ton", "tonsite")


def checked_link(url: str) -> str | None:
    """The address in Telegram's form, or None where it does not take it.

    A missing scheme becomes http, a missing path a slash, the host is in lower case; a host
    needs a dot, so that `localhost` is refused.
    """
    found = _SCHEME.match(url)
    scheme = found["scheme"].lower() if found and found["slashes"] else ""
    if scheme in _OWN:
        return url
    if scheme not in ("", "http", "https"):
        return None
    return _web_link(url if scheme else f"http://{url}")


def _web_link(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    if "." not in host or not _HOST.match(host) or host.startswith("."):
        return None
    user = f"{parts.netloc.rsplit('@', 1)[0]}@" if "@" in parts.netloc else ""
    where = f"{parts.scheme.lower()}://{user}{host}{f':{port}' if port else ''}"
    return where + _path(url)


def _path(url: str) -> str:
    """Everything after the host, beginning with a slash, blanks encoded."""
    rest = re.sub(r"^[^:]+://[^/?#]*", "", url, count=1)
    rest = "".join(quote(c) if c <= " " else c for c in rest)
    return rest if rest.startswith("/") else f"/{rest}"
