"""Decides which network addresses a source or a key server may have. Pure; `outgoing` asks it before each connection.

The author of a resource chooses its addresses, and pods inside the cluster send requests to them. Metadata services of
clouds, which return credentials to any client, are never allowed. Private addresses are allowed, because receivers are
on local networks, unless the operator forbids them.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

Address = IPv4Address | IPv6Address

METADATA: Final = frozenset(
    ip_address(text)
    for text in (
        "169.254.169.254",  # AWS, Azure, GCP, OpenStack, DigitalOcean and others
        "fd00:ec2::254",  # AWS
        "fd20:ce::254",  # GCP
        "169.254.170.2",  # AWS ECS: credentials of a task
        "169.254.170.23",  # AWS EKS: credentials of a pod
        "fd00:ec2::23",
        "100.100.100.200",  # Alibaba
        "168.63.129.16",  # Azure: the host's own agent
        "192.0.0.192",  # Oracle
    )
)
"""Metadata services of clouds: they return credentials and settings of the machine."""

_NAT64: Final = IPv6Network("64:ff9b::/96")

_LOCAL_NAT64: Final = IPv6Network("64:ff9b:1::/48")
"""For translators of a network of its own (RFC 8215), which choose where the IPv4 address begins (RFC 6052)."""

_OTHER_WAYS: Final = (IPv6Network("::ffff:0:0:0/96"), IPv6Network("::/96"))
"""IPv4 addresses at the end of IPv4-translated (RFC 2765) and IPv4-compatible addresses (RFC 4291)."""


def why_forbidden(address: str, *, is_private_forbidden: bool) -> str:
    """Return why a connection to an IP address is forbidden, as the end of a sentence; empty when it is allowed.

    Args:
        address: as text, an IPv6 scope (`%eth0`) included; what is no address is allowed, because it is resolved first.
        is_private_forbidden: whether only addresses of the public internet are allowed.
    """
    try:
        first = ip_address(address)
    except ValueError:
        return ""
    for each in _meanings(first):
        if each in METADATA:
            return "is a metadata service of a cloud"
        if is_private_forbidden and (not each.is_global or each.is_multicast):
            return "is not on the public internet, and this cluster forbids other targets"
    return ""


def _meanings(address: Address) -> Iterator[Address]:
    """Yield the address without a scope, and the IPv4 address that an IPv6 address embeds."""
    if isinstance(address, IPv4Address):
        yield address
        return
    plain = IPv6Address(int(address))
    carried = [plain.ipv4_mapped, plain.sixtofour, *(plain.teredo or ())]
    last = IPv4Address(int(plain) & 0xFFFF_FFFF)
    if plain in _LOCAL_NAT64:
        # The 8 bits from 64 on are always zero, and the address goes on behind them.
        around_zeros = [((int(plain) >> 64) << 56 | int(plain) & (1 << 56) - 1) >> shift for shift in (40, 32, 24)]
        carried += [last, *(IPv4Address(bits & 0xFFFF_FFFF) for bits in around_zeros)]
    is_other_way = any(plain in network for network in (_NAT64, *_OTHER_WAYS)) and int(last) > 1
    if is_other_way:
        carried.append(last)
    # A mapped or translated address is only a way to write the IPv4 address.
    yield from (each for each in carried if each is not None)
    if plain.ipv4_mapped is None and not is_other_way:
        yield plain
