"""`AnswerLeases`: the answers that are being sent, and a bound for the memory that slow clients keep in use. Pure.

A client that reads slowly keeps its answer in memory after the cache has dropped it, for up to `answer_s`. Answers of
several ticks, or with several filters, add up. Above `MAX_LEASED_BYTES` the client with the most bytes loses its oldest
answer: its connection is aborted. An answer that several clients are being sent counts once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final

MAX_LEASED_BYTES: Final = 64 * 1024 * 1024


class Lease:
    """One answer that is being sent to one client.

    Attributes:
        client: the client, a name from `client_of`.
        body: the content; None after the lease was taken back.
    """

    __slots__ = ("abort", "body", "client")

    def __init__(self, client: str, body: bytes, abort: Callable[[], None]) -> None:
        self.client = client
        self.body: bytes | None = body
        self.abort = abort


class AnswerLeases:
    """The answers that are being sent, oldest first.

    Attributes:
        held_bytes: memory of the answers.
    """

    def __init__(self) -> None:
        self.held_bytes = 0
        self._leases: dict[Lease, None] = {}
        self._uses: Counter[int] = Counter()

    def __len__(self) -> int:
        return len(self._leases)

    def lend(self, client: str, body: bytes, abort: Callable[[], None]) -> Lease:
        """Return a lease; call `give_back` when the answer was sent.

        Args:
            client: the client that it is sent to.
            body: the content.
            abort: ends the connection; called if the lease is taken back.
        """
        lease = Lease(client, body, abort)
        self._leases[lease] = None
        self._uses[id(body)] += 1
        if self._uses[id(body)] == 1:
            self.held_bytes += len(body)
        while len(self._leases) > 1 and self.held_bytes > MAX_LEASED_BYTES:
            self._take_back(self._victim())
        return lease

    def give_back(self, lease: Lease) -> None:
        """End a lease."""
        if lease in self._leases:
            self._end(lease)

    def _victim(self) -> Lease:
        """Return the oldest lease of the client whose answers have the most bytes."""
        bodies_of: dict[str, dict[int, int]] = {}
        for lease in self._leases:
            if lease.body is not None:
                bodies_of.setdefault(lease.client, {})[id(lease.body)] = len(lease.body)
        greediest = max(bodies_of, key=lambda client: sum(bodies_of[client].values()))
        return next(lease for lease in self._leases if lease.client == greediest)

    def _take_back(self, lease: Lease) -> None:
        self._end(lease)
        lease.body = None
        lease.abort()

    def _end(self, lease: Lease) -> None:
        del self._leases[lease]
        body = lease.body or b""
        self._uses[id(body)] -= 1
        if not self._uses[id(body)]:
            del self._uses[id(body)]
            self.held_bytes -= len(body)
