"""`Connection`: one WebSocket to a gateway, with errors that say what to do. `client` opens one after the other."""

from __future__ import annotations

import asyncio
import ssl
from http import HTTPStatus
from typing import Final, NoReturn

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidProxy,
    InvalidStatus,
    InvalidURI,
    NegotiationError,
)
from websockets.typing import Subprotocol

from flighttracker.client.errors import (
    AddressError,
    ClientError,
    RejectedError,
    TokenRejectedError,
    UnavailableError,
    VersionError,
)

SUBPROTOCOL: Final = Subprotocol("flights.v1")
OPEN_S: Final = 10.0
SILENCE_S: Final = 20.0
"""A gateway sends a frame each tick, so a longer silence means a dead connection."""

MAX_MESSAGE_BYTES: Final = 64 * 1024 * 1024
MAX_WAITING: Final = 16
"""Messages that wait until they are read. With more, the gateway is not read any more, and skips ticks itself."""

RESTARTING: Final = 1012
TOO_FAR_BEHIND: Final = 4408
NOT_AUTHORIZED: Final = 4401
_REJECTIONS: Final = frozenset({1003, 1007, 1009, 4400, 4429})


class LostError(Exception):
    """The connection ended, and another one may be opened.

    Attributes:
        reason: a sentence without a full stop.
        code: the close code of the gateway, or None.
    """

    def __init__(self, reason: str, code: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class _Problem(msgspec.Struct, frozen=True):
    detail: str
    reason: str = ""


class Connection:
    """An open connection."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def send(self, message: dict[str, str]) -> None:
        """Send a message. A connection that has ended is reported by `receive`."""
        try:
            await self._socket.send(msgspec.json.encode(message).decode())
        except ConnectionClosed:
            return

    async def receive(self, wait_s: float) -> str | bytes:
        """Return the next message.

        Raises:
            LostError: the connection ended, or there was no message for `wait_s` seconds.
            TokenRejectedError: the token has expired or was revoked.
            RejectedError: the gateway does not accept what this client sends.
        """
        try:
            async with asyncio.timeout(wait_s):
                return await self._socket.recv()
        except TimeoutError as error:
            raise LostError(f"the gateway was silent for {wait_s:g} s") from error
        except ConnectionClosed as error:
            close = error.rcvd
            code, reason = (close.code, close.reason) if close is not None else (None, "")
            _raise_for_close(code, reason or str(error))

    async def close(self) -> None:
        """Close the connection."""
        await self._socket.close()


def _raise_for_close(code: int | None, reason: str) -> NoReturn:
    if code == NOT_AUTHORIZED:
        raise TokenRejectedError(f"the gateway ended the connection: {reason}")
    if code in _REJECTIONS:
        raise RejectedError(f"the gateway ended the connection with {code}: {reason}")
    raise LostError(reason, code)


async def open_connection(url: str, *, token: str, tls: ssl.SSLContext | None, wait_s: float = OPEN_S) -> Connection:
    """Open a connection.

    Args:
        url: of the WebSocket, with its query.
        token: a JWT, or "" for none.
        tls: how to verify the gateway's certificate; None for the defaults of Python.
        wait_s: longest time to wait for the gateway, seconds.

    Raises:
        ClientError: of the kind that says whether trying again can help.
    """
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        socket = await connect(
            url,
            subprotocols=[SUBPROTOCOL],
            additional_headers=headers,
            ssl=(tls or True) if url.startswith("wss:") else None,
            compression=None,
            open_timeout=wait_s,
            ping_interval=None,  # frames come each tick, and a gateway counts pings
            close_timeout=2,
            max_size=MAX_MESSAGE_BYTES,
            max_queue=MAX_WAITING,
        )
    except InvalidStatus as error:
        raise _error_of_status(url, error) from error
    except NegotiationError as error:
        raise AddressError(f"{url} opens a WebSocket, but not that of a gateway: {error}") from error
    except (InvalidURI, InvalidProxy) as error:
        raise AddressError(str(error)) from error
    except InvalidHandshake as error:
        raise AddressError(f"{url} does not answer as a gateway does: {error}") from error
    except ssl.SSLCertVerificationError as error:
        raise AddressError(f"the certificate of {url} is not trusted ({error.verify_message}): pass `tls`") from error
    except ssl.SSLError as error:
        raise AddressError(f"{url} does not answer with TLS: is it http:// instead of https://?") from error
    except TimeoutError as error:
        raise UnavailableError(f"{url} did not answer within {wait_s:g} s") from error
    except OSError as error:
        raise UnavailableError(f"no gateway answers at {url}: {error}") from error
    if socket.subprotocol != SUBPROTOCOL:
        await socket.close()
        raise AddressError(f"{url} opens a WebSocket, but does not know {SUBPROTOCOL}: it is not that of a gateway")
    return Connection(socket)


def _error_of_status(url: str, error: InvalidStatus) -> ClientError:
    """Return the error of a handshake that was answered with an HTTP status."""
    response = error.response
    status = response.status_code
    try:
        problem = msgspec.json.decode(response.body or b"", type=_Problem)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        problem = None
    detail = problem.detail if problem is not None else f"{url} answers {status}"
    if status in (HTTPStatus.TOO_MANY_REQUESTS, *range(500, 600)):
        after = response.headers.get("Retry-After", "")
        return UnavailableError(detail, retry_after_s=float(after) if after.isdecimal() else None)
    if problem is None:
        return AddressError(f"{detail}, which is not the answer of a gateway: check host, port and path")
    if status == HTTPStatus.NOT_FOUND:
        return AddressError(f"{url}: {detail}")
    if status == HTTPStatus.UNAUTHORIZED or problem.reason.startswith("token"):
        return TokenRejectedError(detail)
    if problem.reason == "subprotocol":
        return VersionError(f"{detail} Update flighttracker.")
    return RejectedError(detail)
