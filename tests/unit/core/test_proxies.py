"""HTTP_PROXY, HTTPS_PROXY and NO_PROXY mean what they mean elsewhere."""

from __future__ import annotations

import pytest

from flighttracker.proxies import is_direct, proxy_for

PROXY = "http://proxy.test:3128"


@pytest.mark.parametrize(
    ("url", "environment", "proxy"),
    [
        ("http://receiver.test/a", {"HTTP_PROXY": PROXY}, PROXY),
        ("http://receiver.test/a", {"http_proxy": PROXY, "HTTP_PROXY": "http://other.test"}, PROXY),
        ("https://receiver.test/a", {"HTTPS_PROXY": "proxy.test:3128"}, PROXY),
        ("https://receiver.test/a", {"https_proxy": "https://proxy.test"}, "https://proxy.test"),
        ("https://receiver.test/a", {"HTTP_PROXY": PROXY}, ""),
        ("http://receiver.test/a", {"HTTPS_PROXY": PROXY}, ""),
        ("http://receiver.test/a", {"HTTP_PROXY": " "}, ""),
        ("http://receiver.test/a", {}, ""),
        ("http://receiver.test/a", {"HTTP_PROXY": PROXY, "NO_PROXY": "receiver.test"}, ""),
        ("http://receiver.test/a", {"HTTP_PROXY": PROXY, "NO_PROXY": "other", "no_proxy": "receiver.test"}, ""),
        ("http://RECEIVER.test./a", {"HTTP_PROXY": PROXY, "NO_PROXY": "receiver.test"}, ""),
        ("http://localhost:8080/a", {"HTTP_PROXY": PROXY}, ""),
        ("http://127.0.0.1/a", {"HTTP_PROXY": PROXY}, ""),
        ("http://[::1]/a", {"HTTP_PROXY": PROXY}, ""),
    ],
)
def test_the_proxy_of_a_url(url: str, environment: dict[str, str], proxy: str) -> None:
    assert proxy_for(url, environment) == proxy


@pytest.mark.parametrize("value", ["socks5://proxy.test:1080", "ftp://proxy.test", "http://"])
def test_what_is_no_http_proxy_is_rejected(value: str) -> None:
    with pytest.raises(ValueError, match="HTTP_PROXY must be"):
        proxy_for("http://receiver.test/", {"HTTP_PROXY": value})


@pytest.mark.parametrize(
    ("host", "exceptions", "expected"),
    [
        ("receiver.test", "*", True),
        ("receiver.test", "a.test, receiver.test", True),
        ("receiver.test", "a.test receiver.test", True),
        ("receiver.test", "RECEIVER.TEST", True),
        ("www.receiver.test", "receiver.test", True),
        ("www.receiver.test", ".receiver.test", True),
        ("www.receiver.test", "*.receiver.test", True),
        ("receiver.test", ".receiver.test", True),
        ("myreceiver.test", "receiver.test", False),
        ("receiver.test", "receiver.test:80", True),
        ("receiver.test", "receiver.test:8080", False),
        ("10.1.2.3", "10.0.0.0/8", True),
        ("10.1.2.3", "10.1.0.0/16,192.168.0.0/16", True),
        ("11.1.2.3", "10.0.0.0/8", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3", "10.1.2.3:80", True),
        ("10.1.2.3", "2.3", False),
        ("fd00::7", "fd00::/8", True),
        ("fd00::7", "fd00::7", True),
        ("fd00::7", "[fd00::7]:80", True),
        ("fd00::7", "[fd00::7]:81", False),
        ("receiver.test", "", False),
        ("receiver.test", " , ,", False),
        ("receiver.test", "10.0.0.0/8", False),
        ("receiver.test", ".", False),
    ],
)
def test_no_proxy(host: str, exceptions: str, expected: bool) -> None:
    assert is_direct(host, 80, exceptions) is expected
