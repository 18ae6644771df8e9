"""The addresses of a gateway."""

from __future__ import annotations

import pytest

from flighttracker.client import AddressError
from flighttracker.client.address import websocket_url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:8000", "ws://localhost:8000/ws"),
        ("http://localhost:8000/", "ws://localhost:8000/ws"),
        ("https://example.org/flights", "wss://example.org/flights/ws"),
        ("https://example.org/flights/", "wss://example.org/flights/ws"),
        ("wss://example.org/flights/ws", "wss://example.org/flights/ws"),
        ("ws://[::1]:8000", "ws://[::1]:8000/ws"),
    ],
)
def test_the_websocket_of_a_url(url: str, expected: str) -> None:
    assert websocket_url(url, {}) == expected


def test_a_query_is_added_as_a_gateway_reads_it() -> None:
    assert websocket_url("http://a", {"since": "0.5.0,1.5.0"}) == "ws://a/ws?since=0.5.0,1.5.0"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("localhost:8000", "is not the URL of a gateway: write http://HOST:PORT"),
        ("ftp://localhost", "is not the URL of a gateway"),
        ("http://", "is not the URL of a gateway"),
        ("http://localhost:port", "is not a URL"),
        ("http://me:secret@localhost", "has a user, a query or a fragment"),
        ("http://localhost/?token=secret", "has a user, a query or a fragment"),
    ],
)
def test_other_urls_are_rejected_without_their_secrets(url: str, said: str) -> None:
    with pytest.raises(AddressError, match=said) as raised:
        websocket_url(url, {})
    assert "secret" not in str(raised.value)
