"""Which network addresses a feed may lead to, and a transport that connects to no other.

A feed's redirect could otherwise make peyk read the machine's own network (SSRF). The name is
resolved once and the connection goes to the very address that was checked, so that a name that
changes its answer (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

Address = IPv4Address | IPv6Address

_NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: IPv4 addresses inside IPv6 ones."""

UNNAMED = "peyk.unnamed"
"""Extension of a request made for an address that the operator did not write."""

TRIES = 3
"""Addresses of one name that are tried in turn."""


class Unreachable(httpx.TransportError):
    """The host has no address that peyk may connect to."""


def public(address: Address) -> bool:
    """Whether an address belongs to the open Internet (IANA's special-purpose registries)."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return public(inner)
        if address.teredo or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def allowed(address: Address, *, named: bool, literal: bool) -> bool:
    """Whether to connect: public addresses always, private ones where the operator named them.

    Link-local addresses, where clouds keep their metadata, only when written as a number.
    """
    return public(address) or (named and (literal or not address.is_link_local))


class Private(Unreachable):
    """The host lies in a private network."""


class GuardedTransport(httpx.AsyncBaseTransport):
    """Resolves, checks and pins every connection; `named` holds ``host:port`` the operator wrote.

    A request whose extension UNNAMED is true gains nothing by them. A wrapper of httpx's own
    transport, of the same shape.
    """

    def __init__(self, named: Collection[str], inner: httpx.AsyncBaseTransport) -> None:
        self._named = frozenset(named)
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer to `request`, from an address that has been checked.

        Raises Unreachable when there is none, and httpx's own errors.
        """
        name = request.url.host
        may_be_named = not request.extensions.get(UNNAMED)
        addresses = await self._addresses(request.url, may_be_named=may_be_named)
        for address in addresses:
            pinned = self._pinned(request, name, address)
            try:
                return await self._inner.handle_async_request(pinned)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if address == addresses[-1]:
                    raise
        raise AssertionError("unreachable: _addresses never returns an empty list")

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()

    async def _addresses(self, url: httpx.URL, *, may_be_named: bool) -> list[Address]:
        port = url.port or (443 if url.scheme == "https" else 80)
        named = may_be_named and f"{url.host}:{port}".lower() in self._named
        try:
            found, literal = [ip_address(url.host)], True
        except ValueError:
            found, literal = await _resolve(url.host, port), False
        good = [one for one in found if allowed(one, named=named, literal=literal)]
        if not good:
            raise Private(f"{url.host} lies in a private network")
        return good[:TRIES]

    @staticmethod
    def _pinned(request: httpx.Request, name: str, address: Address) -> httpx.Request:
        # The certificate is checked against the name, as always: httpcore takes it from here.
        return httpx.Request(
            request.method,
            request.url.copy_with(host=str(address)),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions | {"sni_hostname": name},
        )


async def _resolve(host: str, port: int) -> list[Address]:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"no address for {host}") from error
    return list(dict.fromkeys(ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))
