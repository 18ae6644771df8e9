"""What only a tracker's own pods can tell: viewers, positions a second, whether the registry serves schemas.

Asked at most every `ASK_S` for one tracker, in the background, with a short time limit: a pass never waits for it.
Where nobody can be reached (an operator outside the cluster, a gateway that wants tokens) nothing is said. Numbers are
rounded to two digits and change only when they are off by a tenth, so that an idle tracker writes nothing.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Final

import aiohttp
import msgspec

from flighttracker.spec import FlightTracker
from flighttracker_operator.facts import Manifest
from flighttracker_operator.names import COMPONENT_LABEL, GATEWAY_PORT, GENERATOR_PORT, REGISTRY_PORT
from flighttracker_operator.status import Numbers
from flighttracker_operator.store import TrackerKey

LOG: Final = logging.getLogger(__name__)

ASK_S: Final = 30.0
ANSWER_S: Final = 2.0
AT_ONCE: Final = 8
"""Trackers that are asked at the same time."""
MOST_BYTES: Final = 65_536
"""Longest answer that is read."""
CHANGE: Final = 0.1
"""A number changes when it is off by more than this share of itself."""
SUBJECTS: Final = "/apis/ccompat/v7/subjects"
PRODUCED: Final = "flights_generated_total"


class Asking:
    """The latest answers of every tracker's pods.

    Args:
        changed: called with a tracker whose numbers changed.
    """

    def __init__(self, changed: Callable[[TrackerKey], None]) -> None:
        self._changed = changed
        self._numbers: dict[TrackerKey, Numbers] = {}
        self._asked_s: dict[TrackerKey, float] = {}
        self._produced: dict[TrackerKey, dict[str, tuple[float, float]]] = {}
        self._tasks: dict[TrackerKey, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)

    def numbers(self, key: TrackerKey) -> Numbers:
        """Return what is known now."""
        return self._numbers.get(key, Numbers())

    def ask(self, key: TrackerKey, tracker: FlightTracker, pods: Iterable[Manifest]) -> None:
        """Ask a tracker's pods, unless they were asked a moment ago; returns at once."""
        now_s = asyncio.get_running_loop().time()
        if key in self._tasks or now_s - self._asked_s.get(key, -ASK_S) < ASK_S:
            return
        self._asked_s[key] = now_s
        addresses = _ready_addresses(pods)
        task = asyncio.create_task(self._ask(key, tracker, addresses), name=f"ask {key}")
        self._tasks[key] = task
        task.add_done_callback(lambda _: self._tasks.pop(key, None))

    def forget(self, key: TrackerKey) -> None:
        """Drop a tracker that is gone."""
        for known in (self._numbers, self._asked_s, self._produced):
            known.pop(key, None)

    async def close(self) -> None:
        """End every question that is still open."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _ask(self, key: TrackerKey, tracker: FlightTracker, addresses: Mapping[str, list[str]]) -> None:
        before = self.numbers(key)
        timeout = aiohttp.ClientTimeout(total=ANSWER_S)
        async with self._slots, aiohttp.ClientSession(timeout=timeout) as session:
            viewers = await self._viewers(session, tracker, addresses.get("gateway", []))
            rate = await self._rate(session, key, addresses.get("generator", []))
            trouble = await self._registry_trouble(session, addresses.get("schema-registry", []))
        found = Numbers(
            viewers=None if viewers is None else int(steady(viewers, before.viewers)),
            flights_per_s=None if rate is None else steady(rate, before.flights_per_s),
            registry_trouble=trouble,
        )
        if found != before:
            self._numbers[key] = found
            self._changed(key)

    async def _viewers(
        self, session: aiohttp.ClientSession, tracker: FlightTracker, addresses: list[str]
    ) -> float | None:
        """Return the viewers of all gateways: each gateway knows of the others."""
        scheme = "https" if tracker.spec.gateway.tls else "http"
        for address in addresses[:1]:
            answer = await _get(session, f"{scheme}://{address}:{GATEWAY_PORT}/api/stats")
            if answer is not None and answer[0] == HTTPStatus.OK:
                try:
                    return float(msgspec.json.decode(answer[1])["viewers"])
                except (msgspec.DecodeError, KeyError, TypeError, ValueError):
                    return None
        return None

    async def _rate(self, session: aiohttp.ClientSession, key: TrackerKey, addresses: list[str]) -> float | None:
        """Return positions a second since the last question, over the generators that answered both times."""
        now_s = asyncio.get_running_loop().time()
        counts: dict[str, tuple[float, float]] = {}
        for address in addresses:
            answer = await _get(session, f"http://{address}:{GENERATOR_PORT}/metrics")
            if answer is not None and answer[0] == HTTPStatus.OK:
                counts[address] = (now_s, _sum_of(answer[1].decode(errors="replace"), PRODUCED))
        before = self._produced.get(key, {})
        self._produced[key] = counts
        rates = [
            (count - before[address][1]) / (at_s - before[address][0])
            for address, (at_s, count) in counts.items()
            if address in before and at_s > before[address][0] and count >= before[address][1]
        ]
        return sum(rates) if rates else None

    async def _registry_trouble(self, session: aiohttp.ClientSession, addresses: list[str]) -> str | None:
        for address in addresses[:1]:
            answer = await _get(session, f"http://{address}:{REGISTRY_PORT}{SUBJECTS}")
            if answer is not None:
                return "" if answer[0] < HTTPStatus.INTERNAL_SERVER_ERROR else f"it answers with HTTP {answer[0]}"
        return None


def steady(value: float, before: float | None) -> float:
    """Return a number with two digits; the one before while it is still about right."""
    if before is not None and abs(value - before) <= CHANGE * max(value, before):
        return before
    if value < 1:
        return 0.0
    digits = 1 - math.floor(math.log10(value))
    return round(value, digits)


def _ready_addresses(pods: Iterable[Manifest]) -> dict[str, list[str]]:
    """Return the addresses of the pods that are ready, by component."""
    found: dict[str, list[str]] = {}
    for pod in pods:
        status = pod.get("status", {})
        ready = any(one["type"] == "Ready" and one["status"] == "True" for one in status.get("conditions", ()))
        if ready and status.get("podIP"):
            address = status["podIP"]
            component = (pod["metadata"].get("labels") or {}).get(COMPONENT_LABEL, "")
            found.setdefault(component, []).append(f"[{address}]" if ":" in address else address)
    return found


async def _get(session: aiohttp.ClientSession, url: str) -> tuple[int, bytes] | None:
    """Return status and body, None when nobody answered in time."""
    try:
        # A gateway's own certificate is for its public name, and what is asked for is no secret.
        async with session.get(url, ssl=False) as answer:
            body = bytearray()
            async for chunk in answer.content.iter_chunked(MOST_BYTES):
                body += chunk
                if len(body) > MOST_BYTES:
                    return None
            return answer.status, bytes(body)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        LOG.debug("%s does not answer: %s", url, error)
        return None


def _sum_of(metrics: str, name: str) -> float:
    """Return the sum of a counter over its labels."""
    lines = (line for line in metrics.splitlines() if line.startswith((f"{name} ", f"{name}{{")))
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines)
