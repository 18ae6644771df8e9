"""Connects to a receiver over TCP. Used by `tcp`.

Each address of the name is checked when it is used, as for HTTP (`flighttracker.outgoing`), and tried in turn.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Final

from flighttracker.errors import SourceError
from flighttracker.outgoing import ForbiddenTargetError, Guard
from flighttracker_generator.sources.unreached import system_words

CONNECT_S: Final = 10.0
BUFFER_BYTES: Final = 65_536
"""What a connection may hold that was not read; the sender waits beyond it."""
_MAX_ADDRESSES: Final = 8

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def split_address(address: str) -> tuple[str, int]:
    """Return host and port of "host:port"; an IPv6 address is in brackets."""
    host, _, port = address.rpartition(":")
    return host.removeprefix("[").removesuffix("]"), int(port)


async def dial(address: str, guard: Guard) -> Streams:
    """Connect to "host:port".

    Raises:
        SourceError: `dns`, `forbidden_target`, `timeout` or `connection`.
    """
    host, port = split_address(address)
    try:
        async with asyncio.timeout(CONNECT_S):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
            return await _first_of([str(each[4][0]) for each in found[:_MAX_ADDRESSES]], port, guard)
    except TimeoutError as error:
        raise SourceError(f"no connection to {address} in {CONNECT_S:g} s", reason="timeout") from error
    except socket.gaierror as error:
        raise SourceError(f"cannot resolve {host}: {error.strerror}", reason="dns") from error
    except ForbiddenTargetError as error:
        raise SourceError(f"cannot connect to {address}: {error}", reason="forbidden_target") from error
    except OSError as error:
        raise SourceError(f"cannot connect to {address}: {system_words(error)}", reason="connection") from error


async def _first_of(places: list[str], port: int, guard: Guard) -> Streams:
    for place in places[:-1]:
        try:
            return await _open(place, port, guard)
        except OSError:
            continue
    return await _open(places[-1], port, guard)


async def _open(place: str, port: int, guard: Guard) -> Streams:
    guard.check(place)
    reader, writer = await asyncio.open_connection(place, port, limit=BUFFER_BYTES)
    keep_alive(writer)
    return reader, writer


def keep_alive(writer: asyncio.StreamWriter) -> None:
    """Let the system notice that the other side is gone."""
    made = writer.get_extra_info("socket")
    if made is not None:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
