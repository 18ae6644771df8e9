"""`Answers`: answers that are the same for every client, each encoded once a tick and compressed once for each coding.

The first request of a tick starts the work, and requests that arrive meanwhile wait for the same result. One answer is
made at a time, and clients take turns. The event loop runs after each list of flights that is encoded, and the answer
is compressed in a thread without the interpreter lock. A tick therefore waits a few milliseconds at most, and other
clients one answer, whatever a client requests.

The cache keeps at most `MAX_ANSWERS` and `MAX_BYTES`, and at most `MAX_WAITING` different answers wait to be made,
`MAX_WAITING_OF_CLIENT` of them for one client.
"""

from __future__ import annotations

import asyncio
import gzip
import secrets
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable, Hashable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import brotli

from flighttracker.clock import Clock
from flighttracker.errors import RetryableError
from flighttracker_gateway.delivery.fair_turns import FairTurns, Wish

MAX_ANSWERS: Final = 64
MAX_BYTES: Final = 64 * 1024 * 1024
MAX_WAITING: Final = 64
MAX_WAITING_OF_CLIENT: Final = 16
RETRY_AFTER_S: Final = 1.0
FEWEST_BYTES: Final = 500
"""Shorter content, and content that does not become a tenth shorter, is sent without a coding."""

_BROTLI_QUALITY: Final = 1
_GZIP_LEVEL: Final = 1
"""An answer lives for one tick. Higher levels take twice the time for a tenth fewer bytes."""


class BusyError(RetryableError):
    """Too many answers are waiting to be made."""


class ClientBusyError(BusyError):
    """Too many answers of one client are waiting to be made."""


@dataclass(slots=True)
class Answer:
    """One answer.

    Attributes:
        tag: differs for any two answers of all gateways.
        version: of the picture that it shows; None when the answer does not depend on it alone.
        made_ms: when it was made, milliseconds since 1970.
        bodies: the content by its coding; "" is always there.
    """

    tag: str
    version: int | None
    made_ms: int
    bodies: dict[str, bytes] = field(default_factory=dict)

    @property
    def held_bytes(self) -> int:
        """Memory of the bodies."""
        return sum({id(body): len(body) for body in self.bodies.values()}.values())


class _Making(NamedTuple):
    """An answer that is being made, or waits for that."""

    task: asyncio.Task[Answer]
    wish: Wish


class Answers:
    """Keeps the answers of the latest tick.

    Args:
        clock: the time.
        tick_s: how long an answer is used at least.
    """

    def __init__(self, clock: Clock, tick_s: float) -> None:
        self._clock = clock
        self._tick_ms = round(tick_s * 1000)
        self._kept: OrderedDict[Hashable, Answer] = OrderedDict()
        self._making: dict[tuple[Hashable, str], _Making] = {}
        self._turns = FairTurns()
        self._waiting_of: Counter[str] = Counter()
        self._name = secrets.token_hex(4)
        self._made = 0

    @property
    def held_bytes(self) -> int:
        """Memory of the kept answers."""
        return sum(answer.held_bytes for answer in self._kept.values())

    async def get(
        self,
        key: Hashable,
        coding: str,
        version: int | None,
        encode: Callable[[], AsyncIterator[bytes]],
        client: str = "",
    ) -> Answer:
        """Return an answer that has a body in a coding.

        Args:
            key: which answer; what is kept for it is used for one tick, and longer while `version` is the same.
            coding: "br", "gzip", or "" for none.
            version: of the picture; None when the answer changes with time, too.
            encode: yields the content.
            client: who asks, a name from `client_of`.

        Raises:
            BusyError: too many different answers are requested; `ClientBusyError` if this client alone requests them.
        """
        kept = self._current(key, version)
        if kept is not None and coding in kept.bodies:
            return kept
        known = self._making.get((key, coding))
        if known is None:
            if self._waiting_of[client] >= MAX_WAITING_OF_CLIENT:
                detail = (
                    f"{MAX_WAITING_OF_CLIENT} different answers are being prepared for you, the maximum; try again."
                )
                raise ClientBusyError(detail, retry_after_s=RETRY_AFTER_S)
            if len(self._making) >= MAX_WAITING:
                detail = "The gateway is preparing as many different answers as it can; try again."
                raise BusyError(detail, retry_after_s=RETRY_AFTER_S)
            wish = Wish(client)
            making = self._make(key, coding, version, encode, wish)
            known = _Making(asyncio.create_task(making, name="gateway: answer"), wish)
            self._making[key, coding] = known
            self._waiting_of[client] += 1
            known.task.add_done_callback(lambda _: self._made_for(key, coding, client))
        # Who asks for what a client with many wishes waits for does not wait for all of these.
        self._turns.join(known.wish, client)
        # A client that hangs up must not end the work for the others.
        return await asyncio.shield(known.task)

    def _made_for(self, key: Hashable, coding: str, client: str) -> None:
        self._making.pop((key, coding))
        self._waiting_of[client] -= 1
        if not self._waiting_of[client]:
            del self._waiting_of[client]

    async def _make(
        self,
        key: Hashable,
        coding: str,
        version: int | None,
        encode: Callable[[], AsyncIterator[bytes]],
        wish: Wish,
    ) -> Answer:
        async with self._turns.turn(wish):
            answer = self._current(key, version)
            if answer is None:
                self._made += 1
                answer = Answer(f"{self._name}-{self._made:x}", version, self._clock.now_ms())
                answer.bodies[""] = b"".join([part async for part in encode()])
            if coding not in answer.bodies:
                answer.bodies[coding] = await asyncio.to_thread(_compressed, answer.bodies[""], coding)
            self._keep(key, answer)
            return answer

    def _current(self, key: Hashable, version: int | None) -> Answer | None:
        answer = self._kept.get(key)
        if answer is None:
            return None
        is_new = 0 <= self._clock.now_ms() - answer.made_ms < self._tick_ms
        if not is_new and (version is None or version != answer.version):
            return None
        self._kept.move_to_end(key)
        return answer

    def _keep(self, key: Hashable, answer: Answer) -> None:
        self._kept[key] = answer
        self._kept.move_to_end(key)
        while self._kept and (len(self._kept) > MAX_ANSWERS or self.held_bytes > MAX_BYTES):
            self._kept.popitem(last=False)


def _compressed(content: bytes, coding: str) -> bytes:
    """Return the content in a coding; unchanged when the coding is not worth it."""
    if len(content) < FEWEST_BYTES:
        return content
    if coding == "br":
        coded = brotli.compress(content, quality=_BROTLI_QUALITY)
    else:
        coded = gzip.compress(content, _GZIP_LEVEL, mtime=0)
    return coded if len(coded) < 0.9 * len(content) else content
