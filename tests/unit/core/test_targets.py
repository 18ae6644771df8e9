"""Which addresses a source may have, however they are written."""

from __future__ import annotations

import pytest

from flighttracker.targets import why_forbidden


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "fd00:ec2::254",
        "FD00:0EC2:0:0:0:0:0:254",
        "::ffff:169.254.169.254",
        "::ffff:a9fe:a9fe",
        "64:ff9b::169.254.169.254",
        "2002:a9fe:a9fe::1",
        "::169.254.169.254",
        "::ffff:0:169.254.169.254",
        "64:ff9b:1::169.254.169.254",
        "64:ff9b:1:a9fe:a9:fe00::",
        "64:ff9b:1:a9:fe:a9fe::",
        "64:ff9b:1:0:a9:fea9:fe00:0",
        "169.254.170.2",
        "100.100.100.200",
        "168.63.129.16",
    ],
)
def test_metadata_services_are_always_forbidden(address: str) -> None:
    assert "metadata" in why_forbidden(address, is_private_forbidden=False)
    assert why_forbidden(address, is_private_forbidden=True)


PRIVATE = [
    "10.0.0.1",
    "172.16.5.4",
    "192.168.1.10",
    "127.0.0.1",
    "0.0.0.0",
    "169.254.7.7",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fd12:3456::1",
    "ff02::1",
    "::ffff:192.168.1.10",
    "64:ff9b::10.0.0.1",
    "2002:0a00:0001::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_allowed_unless_they_are_forbidden(address: str) -> None:
    assert why_forbidden(address, is_private_forbidden=False) == ""
    assert "public internet" in why_forbidden(address, is_private_forbidden=True)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "receiver.local", ""]
)
def test_public_addresses_and_names_are_allowed(address: str) -> None:
    assert why_forbidden(address, is_private_forbidden=True) == ""
