"""Which addresses peyk may connect to."""

from ipaddress import ip_address

import httpx
import pytest

from feeds.reach import GuardedTransport, Unreachable, allowed, public


@pytest.mark.parametrize("address", ["151.101.1.42", "8.8.8.8", "2606:4700::1111"])
def test_the_internet_is_open(address):
    assert public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "::",
        "::1",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "fec0::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
    ],
)
def test_every_other_network_is_closed(address):
    assert not public(ip_address(address))


def test_link_local_needs_to_be_written_as_a_number():
    metadata = ip_address("169.254.169.254")

    assert allowed(metadata, named=True, literal=True)
    assert not allowed(metadata, named=True, literal=False)
    assert allowed(ip_address("192.168.1.1"), named=True, literal=False)


class Recorder(httpx.AsyncBaseTransport):
    """Takes every request and says it went well."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(200)


@pytest.fixture
def resolves(monkeypatch):
    """Decides what a name resolves to."""

    def to(*addresses: str) -> None:
        async def getaddrinfo(_loop, _host, port, **_kind):
            return [(0, 0, 0, "", (address, port)) for address in addresses]

        monkeypatch.setattr("asyncio.base_events.BaseEventLoop.getaddrinfo", getaddrinfo)

    return to


async def test_the_connection_goes_to_the_address_that_was_checked(resolves):
    resolves("93.184.215.14")
    inner = Recorder()

    await GuardedTransport([], inner).handle_async_request(
        httpx.Request("GET", "https://example.org/feed")
    )

    (request,) = inner.requests
    assert request.url == "https://93.184.215.14/feed"
    assert request.headers["Host"] == "example.org"
    assert request.extensions["sni_hostname"] == "example.org"


async def test_a_public_name_of_a_private_address_is_refused(resolves):
    resolves("10.0.0.7")
    inner = Recorder()

    with pytest.raises(Unreachable):
        await GuardedTransport([], inner).handle_async_request(
            httpx.Request("GET", "http://rebind.example/")
        )
    assert inner.requests == []


async def test_of_mixed_addresses_only_the_public_are_tried(resolves):
    resolves("127.0.0.1", "93.184.215.14")
    inner = Recorder()

    await GuardedTransport([], inner).handle_async_request(
        httpx.Request("GET", "http://mixed.example/")
    )

    assert [request.url.host for request in inner.requests] == ["93.184.215.14"]


async def test_the_next_address_is_tried_when_one_is_dead(resolves):
    resolves("93.184.215.14", "93.184.215.15")

    class HalfDead(Recorder):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.host.endswith("14"):
                raise httpx.ConnectError("refused")
            return await super().handle_async_request(request)

    inner = HalfDead()
    await GuardedTransport([], inner).handle_async_request(
        httpx.Request("GET", "http://two.example/")
    )

    assert [request.url.host for request in inner.requests] == ["93.184.215.15"]
