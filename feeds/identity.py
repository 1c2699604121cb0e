"""What makes an entry of a feed one story, however it is addressed. Pure.

    arxiv:2410.10629            a paper, all its versions and mirrors
    github:owner/repo@tag       a release
    url:https://host/path       anything else

Does not decide what is news among them: see db.items and feeds.choose.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit, urlunsplit

# https://info.arxiv.org/help/arxiv_identifier.html: YYMM.NNNN(N) since April 2007, and before
# that archive(.SUBJECT)/YYMMNNN. The subject class is not part of an old identifier.
_ARXIV_ID = re.compile(
    r"(?P<new>\d{4}\.\d{4,5})(?:v(?P<v1>\d{1,3}))?(?!\d)"
    r"|(?P<archive>[a-z]+(?:-[a-z]+)?)(?:\.[A-Z]{2})?/(?P<old>\d{7})(?:v(?P<v2>\d{1,3}))?(?!\d)"
)
_PAPER_PATH = {
    "arxiv.org": ("/abs/", "/pdf/", "/html/", "/format/", "/list/"),
    "alphaxiv.org": ("/abs/", "/pdf/", "/html/", "/overview/"),
    "huggingface.co": ("/papers/",),
    "hf.co": ("/papers/",),
    "ar5iv.org": ("/abs/", "/html/"),
    "ar5iv.labs.arxiv.org": ("/html/",),
}
_RELEASE = re.compile(r"/([\w.-]+)/([\w.-]+)/releases/tag/(.+)")
_TRACKING = re.compile(
    r"utm_.*|mc_[ce]id|fbclid|gclid|dclid|msclkid|yclid|igshid|twclid|ref|ref_src|ref_url"
    r"|source|src|cmpid|campaign|_hs(?:enc|mi)|mkt_tok|spm|trk|at_.*|amp|share|ocid",
    re.IGNORECASE,
)


def arxiv_id(text: str) -> tuple[str, str] | None:
    """The first arXiv id in a short text as (id without version, version like ``v2`` or '')."""
    match = _ARXIV_ID.search(text[:200])
    if not match:
        return None
    version = match["v1"] or match["v2"] or ""
    paper = match["new"] or f"{match['archive']}/{match['old']}"
    return paper, f"v{int(version)}" if version else ""


def paper_of(url: str) -> tuple[str, str] | None:
    """The arXiv paper an address *is* (abs, pdf, html, alphaXiv, Hugging Face papers), if any."""
    parts = _split(url)
    if parts is None:
        return None
    host = (parts.hostname or "").removeprefix("www.").removeprefix("export.")
    for prefix in _PAPER_PATH.get(host, ()):
        if parts.path.startswith(prefix):
            rest = unquote(parts.path.removeprefix(prefix)).removesuffix(".pdf").rstrip("/")
            match = _ARXIV_ID.fullmatch(rest)
            return arxiv_id(rest) if match else None
    return None


def release_of(url: str) -> tuple[str, str] | None:
    """The GitHub release an address is, as (owner/repo in lower case, tag), if any."""
    parts = _split(url)
    if parts is None or (parts.hostname or "").removeprefix("www.") != "github.com":
        return None
    match = _RELEASE.fullmatch(parts.path.rstrip("/"))
    return (f"{match[1]}/{match[2]}".lower(), unquote(match[3])) if match else None


def canonical_url(url: str) -> str:
    """One spelling for the many addresses of a page.

    Drops the scheme's difference, ``www.``, default ports, fragments, tracking parameters, AMP
    endings and a trailing slash; sorts the remaining parameters. For comparing, not for opening.
    """
    parts = _split(url.strip())
    if parts is None or not parts.hostname:
        return url.strip()
    host = parts.hostname.removeprefix("www.").removeprefix("amp.")
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    path = re.sub(r"/amp/?$|\.amp(?=\.html$)|/$", "", re.sub(r"//+", "/", parts.path))
    query = sorted(
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _TRACKING.fullmatch(key)
    )
    return urlunsplit(("https", host + port, path, urlencode(query), ""))


def identity(url: str, *, guid: str = "", source: str = "", text: str = "") -> str:
    """The identity of an entry by its address, else its guid, else its words (per source)."""
    if paper := paper_of(url):
        return f"arxiv:{paper[0]}"
    if release := release_of(url):
        return f"github:{release[0]}@{release[1]}"
    if url:
        return f"url:{canonical_url(url)}"
    words = f"{source}\0{guid or text}"
    return "entry:" + hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:32]


def _split(url: str) -> SplitResult | None:
    """The parts of an address, or None where it cannot be one."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts
