"""What only a tracker's own pods can tell: aircraft, viewers, positions a second, which server they wait for.

A tracker is asked at most every `ASK_S`, and when another pod has become ready, in the background, with a short time
limit: a pass never waits for it. While its gateways are up and show no aircraft yet it is asked again soon, because
somebody waits for the first ones. /metrics is asked, which answers without a token, and generators their /health. Where
nobody can be reached (an operator outside the cluster) nothing is said. Numbers are rounded to two digits and change
only when they are off by a tenth, so that an idle tracker writes nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Final

import aiohttp

from flighttracker.metric_names import AIRCRAFT, GENERATED, SOURCE_ERRORS, VIEWERS
from flighttracker.spec import FlightTracker
from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.model.names import COMPONENT_LABEL, GATEWAY_PORT, GENERATOR_PORT, REGISTRY_PORT
from flighttracker_operator.objects.store import TrackerKey
from flighttracker_operator.probing.answers import RATE_S, Rate, by_label, steady, total, waits_for
from flighttracker_operator.status import Numbers

_logger = logging.getLogger(__name__)

ASK_S: Final = 30.0
SOON_S: Final = 1.0
"""Until the next question while aircraft or an answer are waited for, at least."""
WAITING_S: Final = 10.0
"""Until the next question while there are generators that have written nothing, and no gateways."""
PATIENCE: Final = 0.1
"""Share of the time without aircraft after which is asked again, so that Ready comes at most a tenth late."""
ANSWER_S: Final = 2.0
AT_ONCE: Final = 8
"""Trackers that are asked at the same time."""
GATEWAYS_ASKED: Final = 3
SILENT: Final = 3
"""Questions in a row without an answer after which nobody is expected to answer."""
MOST_BYTES: Final = 262_144
"""Longest answer that is read."""
SUBJECTS: Final = "/apis/ccompat/v7/subjects"


@dataclass(slots=True)
class _Asked:
    """What is remembered of one tracker.

    Attributes:
        numbers: the latest answers.
        due_s: when it may be asked again.
        silent: questions in a row that no gateway answered.
        empty_since_s: since when gateways have told of no aircraft; None when they tell of some.
        counters: of each generator, how many positions it has written and how often its source failed.
        rate: positions a second of all of them.
        addresses: of the pods that were asked, by component.
        timer: brings it back, while the first aircraft are waited for.
    """

    numbers: Numbers = field(default_factory=Numbers)
    due_s: float = 0.0
    silent: int = 0
    empty_since_s: float | None = None
    counters: dict[str, tuple[float, dict[str, float]]] = field(default_factory=dict)
    rate: Rate = field(default_factory=Rate)
    addresses: Mapping[str, list[str]] = field(default_factory=dict)
    timer: asyncio.TimerHandle | None = None


class Asking:
    """The latest answers of every tracker's pods.

    Args:
        changed: called with a tracker whose numbers changed, or that is to be asked again.
    """

    def __init__(self, changed: Callable[[TrackerKey], None]) -> None:
        self._changed = changed
        self._asked: dict[TrackerKey, _Asked] = {}
        self._tasks: dict[TrackerKey, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)

    def numbers(self, key: TrackerKey) -> Numbers:
        """Return what is known now."""
        asked = self._asked.get(key)
        return asked.numbers if asked is not None else Numbers()

    def ask(self, key: TrackerKey, tracker: FlightTracker, pods: Iterable[Manifest], *, has_gateways: bool) -> None:
        """Ask a tracker's pods, unless they were asked a moment ago; returns at once.

        Args:
            key: the tracker.
            tracker: the resource.
            pods: its pods.
            has_gateways: whether gateways are said to be ready, and so should answer.
        """
        asked = self._asked.setdefault(key, _Asked())
        waited_for = has_gateways and not asked.numbers.is_known and asked.silent == 0
        addresses = _ready_addresses(pods)
        is_due = asyncio.get_running_loop().time() >= asked.due_s or addresses != asked.addresses
        if key in self._tasks or not (is_due or waited_for):
            return
        asked.addresses = addresses
        task = asyncio.create_task(self._ask(key, asked, tracker, addresses, has_gateways), name=f"ask {key}")
        self._tasks[key] = task
        task.add_done_callback(lambda _: self._tasks.pop(key, None))

    def forget(self, key: TrackerKey) -> None:
        """Drop a tracker that is gone."""
        asked = self._asked.pop(key, None)
        if asked is not None and asked.timer is not None:
            asked.timer.cancel()

    async def close(self) -> None:
        """End every question that is still open, and ask no more."""
        for key in list(self._asked):
            self.forget(key)
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _ask(
        self,
        key: TrackerKey,
        asked: _Asked,
        tracker: FlightTracker,
        addresses: Mapping[str, list[str]],
        has_gateways: bool,
    ) -> None:
        before = asked.numbers
        timeout = aiohttp.ClientTimeout(total=ANSWER_S)
        async with self._slots, aiohttp.ClientSession(timeout=timeout) as session:
            metrics, (rate, source_trouble), waiting, registry_trouble = await asyncio.gather(
                _gateway_metrics(session, tracker, addresses.get("gateway", [])),
                _source(session, asked, addresses.get("generator", [])),
                _waiting(session, addresses.get("generator", [])),
                _registry_trouble(session, addresses.get("schema-registry", [])),
            )
        loop = asyncio.get_running_loop()
        asked.numbers = _after(asked, metrics, has_gateways, loop.time())
        asked.numbers = replace(
            asked.numbers,
            flights_per_s=None if rate is None else steady(rate, before.flights_per_s),
            has_positions=any(produced for produced, _ in asked.counters.values()) if asked.counters else None,
            source_trouble=source_trouble,
            registry_trouble=registry_trouble,
            waits_for=waiting,
        )
        again_s = _again_s(asked, has_gateways, loop.time())
        asked.due_s = loop.time() + again_s
        if self._asked.get(key) is not asked:
            return  # forgotten meanwhile
        if asked.numbers != before:
            self._changed(key)
        if again_s < ASK_S:
            asked.timer = loop.call_at(asked.due_s, self._changed, key)


def _after(asked: _Asked, metrics: str | None, has_gateways: bool, now_s: float) -> Numbers:
    """Return what is known of the gateways after an answer, and note how long they have said nothing or of nothing."""
    if not has_gateways:
        asked.silent, asked.empty_since_s = 0, None
        return Numbers()
    if metrics is None:
        asked.silent += 1
        return Numbers(is_known=True) if asked.silent >= SILENT else asked.numbers
    asked.silent = 0
    aircraft, viewers = total(metrics, AIRCRAFT), total(metrics, VIEWERS)
    if aircraft is None or aircraft > 0:
        asked.empty_since_s = None
    elif asked.empty_since_s is None:
        asked.empty_since_s = now_s
    return Numbers(
        is_known=True,
        aircraft=None if aircraft is None else int(steady(aircraft, asked.numbers.aircraft)),
        viewers=None if viewers is None else int(steady(viewers, asked.numbers.viewers)),
    )


def _again_s(asked: _Asked, has_gateways: bool, now_s: float) -> float:
    if not has_gateways or asked.silent >= SILENT:
        return WAITING_S if asked.numbers.has_positions is False else ASK_S
    if asked.silent:
        return SOON_S
    if asked.empty_since_s is None:
        return RATE_S if asked.counters and asked.numbers.flights_per_s is None else ASK_S
    return min(ASK_S, max(SOON_S, PATIENCE * (now_s - asked.empty_since_s)))


async def _gateway_metrics(
    session: aiohttp.ClientSession, tracker: FlightTracker, addresses: Iterable[str]
) -> str | None:
    """Return the metrics of one gateway: each knows the whole map and all viewers."""
    scheme = "https" if tracker.spec.gateway.tls else "http"
    for address in list(addresses)[:GATEWAYS_ASKED]:
        answer = await _get(session, f"{scheme}://{address}:{GATEWAY_PORT}/metrics")
        if answer is not None and answer[0] == HTTPStatus.OK:
            return answer[1].decode(errors="replace")
    return None


async def _source(session: aiohttp.ClientSession, asked: _Asked, addresses: Iterable[str]) -> tuple[float | None, str]:
    """Return positions a second, None when that is not known yet, and why the source's answers could not be used.

    Over the generators that answered. A source that failed stays so until positions come.
    """
    counters: dict[str, tuple[float, dict[str, float]]] = {}
    reasons: set[str] = set()
    for address in addresses:
        answer = await _get(session, f"http://{address}:{GENERATOR_PORT}/metrics")
        if answer is None or answer[0] != HTTPStatus.OK:
            continue
        text = answer[1].decode(errors="replace")
        produced, errors = total(text, GENERATED), by_label(text, SOURCE_ERRORS, "reason")
        if produced is None:
            continue
        counters[address] = produced, errors
        known = asked.counters.get(address, (0.0, {}))[1]
        reasons |= {reason for reason, count in errors.items() if count > known.get(reason, 0.0)}
    written = {address: produced for address, (produced, _) in counters.items()}
    came = any(produced > asked.counters.get(address, (0.0, {}))[0] for address, produced in written.items())
    asked.counters = counters
    rate, trouble = asked.rate.of(written, asyncio.get_running_loop().time()), ", ".join(sorted(reasons))
    return rate, trouble or ("" if came else asked.numbers.source_trouble)


async def _waiting(session: aiohttp.ClientSession, addresses: Iterable[str]) -> dict[str, str]:
    """Return which servers the generators wait for, and why; the words of the last one that waits."""
    waiting: dict[str, str] = {}
    for address in addresses:
        answer = await _get(session, f"http://{address}:{GENERATOR_PORT}/health")
        if answer is not None and answer[0] == HTTPStatus.OK:
            waiting |= waits_for(answer[1])
    return waiting


async def _registry_trouble(session: aiohttp.ClientSession, addresses: list[str]) -> str | None:
    for address in addresses[:1]:
        answer = await _get(session, f"http://{address}:{REGISTRY_PORT}{SUBJECTS}")
        if answer is not None:
            return "" if answer[0] < HTTPStatus.INTERNAL_SERVER_ERROR else f"it answers with HTTP {answer[0]}"
    return None


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
        _logger.debug("%s does not answer: %s", url, error)
        return None
