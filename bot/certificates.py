"""The certificates that connections trust: read once, for all clients of the process."""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """httpx's own choice (certifi, or SSL_CERT_FILE); reading it takes 25 ms."""
    return httpx.create_ssl_context()
