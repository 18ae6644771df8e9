"""Probes a tracker's pods for aircraft, viewers, positions a second, and servers for which generators are waiting.

A tracker is probed every `PROBE_S`, and when another pod becomes ready. Probes run in the background with a short
timeout, so a pass never waits for them. While gateways are ready but show no aircraft yet, they are probed more often,
because Ready depends on the first aircraft. A probe reads /metrics, which needs no token, and /health of generators. If
the pods cannot be reached (an operator outside the cluster), no numbers are reported. Numbers are rounded to two digits
and only change by more than a tenth, so an idle tracker causes no writes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Final

import aiohttp

from flighttracker.metric_names import AIRCRAFT, GENERATED, HISTORY_FAILED_WRITES, SOURCE_ERRORS, VIEWERS
from flighttracker_operator.model.facts import Manifest
from flighttracker_operator.model.names import METRICS_PORT, REGISTRY_PORT
from flighttracker_operator.objects.store import TrackerKey
from flighttracker_operator.probing.addresses import ready_addresses
from flighttracker_operator.probing.answers import (
    RATE_S,
    Rate,
    by_label,
    history_numbers,
    lasting_states,
    nearly_full_volumes,
    source_pauses,
    source_states,
    steady,
    total,
    waits_for,
)
from flighttracker_operator.status import HistoryNumbers, Numbers

_logger = logging.getLogger(__name__)

PROBE_S: Final = 30.0
"""Interval between probes of a tracker."""
SHORTEST_S: Final = 1.0
"""Shortest interval, while the first aircraft or the first response is expected."""
NO_POSITIONS_S: Final = 10.0
"""Interval while there are generators that have written nothing, and no gateways."""
EMPTY_SHARE: Final = 0.1
"""While the map is empty, the next probe follows after this share of the time that it has been empty."""
RESPONSE_S: Final = 2.0
"""Timeout of a probe."""
TRACKERS_AT_ONCE: Final = 8
"""Trackers that are probed at the same time."""
GATEWAYS_TRIED: Final = 3
"""Gateways that are tried until one responds."""
UNREACHABLE_PROBES: Final = 3
"""Failed probes in a row after which the gateways count as unreachable."""
FAILING_PROBES: Final = 2
"""Probes in a row with failed writes after which the history counts as not written."""
MOST_BYTES: Final = 262_144
"""Longest response that is read."""
SUBJECTS: Final = "/apis/ccompat/v7/subjects"


@dataclass(slots=True)
class _ProbeState:
    """The state of the probes of one tracker.

    Attributes:
        numbers: the latest numbers.
        due_s: time of the next probe.
        failures: probes in a row to which no gateway responded.
        empty_since_s: since when the gateways have reported no aircraft; None if they report some.
        counters: by address of a generator, the positions that it has written, and its source's errors by reason.
        rate: positions a second of all generators.
        sources: by source, its state in the latest probe.
        source_pauses: when the pauses end that servers of sources asked for, seconds since 1970.
        lasting_sources: the same, without problems that the latest probe saw for the first time.
        addresses: addresses of the probed pods, by component; see `ready_addresses`.
        failed_writes: by address of a historian, the files that it could not write.
        failing_probes: probes in a row in which this number grew.
        timer: starts the next pass of the tracker, while the first aircraft are expected.
    """

    numbers: Numbers = field(default_factory=Numbers)
    due_s: float = 0.0
    failures: int = 0
    empty_since_s: float | None = None
    counters: dict[str, tuple[float, dict[str, float]]] = field(default_factory=dict)
    rate: Rate = field(default_factory=Rate)
    sources: dict[str, str] = field(default_factory=dict)
    source_pauses: dict[str, int] = field(default_factory=dict)
    lasting_sources: dict[str, str] = field(default_factory=dict)
    addresses: Mapping[str, list[str]] = field(default_factory=dict)
    failed_writes: dict[str, float] = field(default_factory=dict)
    failing_probes: int = 0
    timer: asyncio.TimerHandle | None = None


class Prober:
    """Probes the pods of all trackers and keeps the latest numbers.

    Args:
        changed: called with a tracker whose numbers have changed, or whose next probe is due.
    """

    def __init__(self, changed: Callable[[TrackerKey], None]) -> None:
        self._changed = changed
        self._states: dict[TrackerKey, _ProbeState] = {}
        self._tasks: dict[TrackerKey, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(TRACKERS_AT_ONCE)

    def numbers(self, key: TrackerKey) -> Numbers:
        """Return the latest numbers of a tracker."""
        state = self._states.get(key)
        return state.numbers if state is not None else Numbers()

    def probe(self, key: TrackerKey, pods: Iterable[Manifest], *, has_gateways: bool) -> None:
        """Start a probe of a tracker's pods if one is due, and return at once.

        Args:
            key: the tracker.
            pods: its pods.
            has_gateways: whether a gateway is ready, and so should respond.
        """
        state = self._states.setdefault(key, _ProbeState())
        is_first = has_gateways and not state.numbers.is_known and state.failures == 0
        addresses = ready_addresses(pods)
        is_due = asyncio.get_running_loop().time() >= state.due_s or addresses != state.addresses
        if key in self._tasks or not (is_due or is_first):
            return
        state.addresses = addresses
        task = asyncio.create_task(self._probe(key, state, addresses, has_gateways), name=f"probe {key}")
        self._tasks[key] = task
        task.add_done_callback(lambda _: self._tasks.pop(key, None))

    def forget(self, key: TrackerKey) -> None:
        """Drop the state of a deleted tracker."""
        state = self._states.pop(key, None)
        if state is not None and state.timer is not None:
            state.timer.cancel()

    async def close(self) -> None:
        """Cancel all probes and timers."""
        for key in list(self._states):
            self.forget(key)
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _probe(
        self,
        key: TrackerKey,
        state: _ProbeState,
        addresses: Mapping[str, list[str]],
        has_gateways: bool,
    ) -> None:
        before = state.numbers
        timeout = aiohttp.ClientTimeout(total=RESPONSE_S)
        async with self._slots, aiohttp.ClientSession(timeout=timeout) as session:
            metrics, (rate, source_error), waiting, registry_error, historians = await asyncio.gather(
                _gateway_metrics(session, addresses.get("gateway", [])),
                _source(session, state, addresses.get("generator", [])),
                _waiting(session, addresses.get("generator", [])),
                _registry_error(session, addresses.get("schema-registry", [])),
                _historian_metrics(session, addresses.get("historian", [])),
            )
        loop = asyncio.get_running_loop()
        state.numbers = _gateway_numbers(state, metrics, has_gateways, loop.time())
        state.numbers = replace(
            state.numbers,
            flights_per_s=None if rate is None else steady(rate, before.flights_per_s),
            has_positions=any(produced for produced, _ in state.counters.values()) if state.counters else None,
            source_error=source_error,
            sources=state.lasting_sources,
            source_pauses=state.source_pauses,
            history=_history(state, historians, rate, before.history),
            registry_error=registry_error,
            waits_for=waiting,
        )
        interval_s = _interval_s(state, has_gateways, loop.time())
        state.due_s = loop.time() + interval_s
        if self._states.get(key) is not state:
            return  # the tracker was deleted during the probe
        if state.numbers != before:
            self._changed(key)
        if interval_s < PROBE_S:
            state.timer = loop.call_at(state.due_s, self._changed, key)


def _gateway_numbers(state: _ProbeState, metrics: str | None, has_gateways: bool, now_s: float) -> Numbers:
    """Return the numbers from a gateway's metrics; also update `failures` and `empty_since_s`."""
    if not has_gateways:
        state.failures, state.empty_since_s = 0, None
        return Numbers()
    if metrics is None:
        state.failures += 1
        return Numbers(is_known=True) if state.failures >= UNREACHABLE_PROBES else state.numbers
    state.failures = 0
    aircraft, viewers = total(metrics, AIRCRAFT), total(metrics, VIEWERS)
    if aircraft is None or aircraft > 0:
        state.empty_since_s = None
    elif state.empty_since_s is None:
        state.empty_since_s = now_s
    return Numbers(
        is_known=True,
        aircraft=None if aircraft is None else int(steady(aircraft, state.numbers.aircraft)),
        viewers=None if viewers is None else int(steady(viewers, state.numbers.viewers)),
        full_volumes=nearly_full_volumes(metrics),
    )


def _interval_s(state: _ProbeState, has_gateways: bool, now_s: float) -> float:
    """Return the time until the next probe."""
    if not has_gateways or state.failures >= UNREACHABLE_PROBES:
        return NO_POSITIONS_S if state.numbers.has_positions is False else PROBE_S
    if state.failures:
        return SHORTEST_S
    if state.empty_since_s is None:
        return RATE_S if state.counters and state.numbers.flights_per_s is None else PROBE_S
    return min(PROBE_S, max(SHORTEST_S, EMPTY_SHARE * (now_s - state.empty_since_s)))


async def _gateway_metrics(session: aiohttp.ClientSession, addresses: Iterable[str]) -> str | None:
    """Return the metrics of one gateway; each exports the aircraft of the whole map and all viewers."""
    for address in list(addresses)[:GATEWAYS_TRIED]:
        answer = await _get(session, f"{address}/metrics")
        if answer is not None and answer[0] == HTTPStatus.OK:
            return answer[1].decode(errors="replace")
    return None


async def _source(
    session: aiohttp.ClientSession, state: _ProbeState, addresses: Iterable[str]
) -> tuple[float | None, str]:
    """Return positions a second (None if not known yet) and the source's errors, from the generators that responded.

    An error of the source is kept until there are new positions.
    """
    counters: dict[str, tuple[float, dict[str, float]]] = {}
    reasons: set[str] = set()
    sources: dict[str, str] = {}
    pauses: dict[str, int] = {}
    for address in addresses:
        answer = await _get(session, f"http://{address}:{METRICS_PORT}/metrics")
        if answer is None or answer[0] != HTTPStatus.OK:
            continue
        text = answer[1].decode(errors="replace")
        sources |= source_states(text)
        pauses |= source_pauses(text)
        produced, errors = total(text, GENERATED), by_label(text, SOURCE_ERRORS, "reason")
        if produced is None:
            continue
        counters[address] = produced, errors
        known = state.counters.get(address, (0.0, {}))[1]
        reasons |= {reason for reason, count in errors.items() if count > known.get(reason, 0.0)}
    state.lasting_sources, state.sources = lasting_states(sources, state.sources), sources
    state.source_pauses = pauses
    written = {address: produced for address, (produced, _) in counters.items()}
    has_new = any(produced > state.counters.get(address, (0.0, {}))[0] for address, produced in written.items())
    state.counters = counters
    rate, error = state.rate.update(written, asyncio.get_running_loop().time()), ", ".join(sorted(reasons))
    return rate, error or ("" if has_new else state.numbers.source_error)


async def _historian_metrics(session: aiohttp.ClientSession, addresses: Iterable[str]) -> dict[str, str]:
    """Return the metrics of the historians that respond, by address."""
    found = {}
    for address in addresses:
        answer = await _get(session, f"http://{address}:{METRICS_PORT}/metrics")
        if answer is not None and answer[0] == HTTPStatus.OK:
            found[address] = answer[1].decode(errors="replace")
    return found


def _history(
    state: _ProbeState, metrics: Mapping[str, str], rate: float | None, before: HistoryNumbers | None
) -> HistoryNumbers | None:
    """Return what the historians report, or None if none responds; also update `failed_writes` and `failing_probes`."""
    if not metrics:
        return None
    failed = {address: total(text, HISTORY_FAILED_WRITES) or 0.0 for address, text in metrics.items()}
    grew = any(count > state.failed_writes.get(address, 0.0) for address, count in failed.items())
    state.failed_writes = failed
    state.failing_probes = state.failing_probes + 1 if grew else 0
    return history_numbers(metrics.values(), rate, before, fails_to_write=state.failing_probes >= FAILING_PROBES)


async def _waiting(session: aiohttp.ClientSession, addresses: Iterable[str]) -> dict[str, str]:
    """Return the servers for which generators are waiting, with the reason of the last generator that is."""
    waiting: dict[str, str] = {}
    for address in addresses:
        answer = await _get(session, f"http://{address}:{METRICS_PORT}/health")
        if answer is not None and answer[0] == HTTPStatus.OK:
            waiting |= waits_for(answer[1])
    return waiting


async def _registry_error(session: aiohttp.ClientSession, addresses: list[str]) -> str | None:
    for address in addresses[:1]:
        answer = await _get(session, f"http://{address}:{REGISTRY_PORT}{SUBJECTS}")
        if answer is not None:
            return "" if answer[0] < HTTPStatus.INTERNAL_SERVER_ERROR else f"it responds with HTTP {answer[0]}"
    return None


async def _get(session: aiohttp.ClientSession, url: str) -> tuple[int, bytes] | None:
    """Return status and body, or None without a response in time."""
    try:
        # A gateway's certificate names its public host, and metrics are not secret.
        async with session.get(url, ssl=False) as answer:
            body = bytearray()
            async for chunk in answer.content.iter_chunked(MOST_BYTES):
                body += chunk
                if len(body) > MOST_BYTES:
                    return None
            return answer.status, bytes(body)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        _logger.debug("%s does not respond: %s", url, error)
        return None
