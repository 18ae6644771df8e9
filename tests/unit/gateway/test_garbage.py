"""Long-lived objects are frozen, and their garbage is collected after enough connections have ended."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry

from flighttracker.settings import GatewaySettings
from flighttracker_gateway.access.client_shares import ClientShares
from flighttracker_gateway.delivery.viewer import Encoding
from flighttracker_gateway.garbage import FEWEST_ENDED, GarbageCollection
from flighttracker_gateway.metrics import GatewayMetrics
from flighttracker_gateway.websocket.admission import Admission
from tests.gateway_server import until
from tests.manual_clock import ManualClock


class Cycle:
    """An object that only the collector can free."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def made() -> tuple[GarbageCollection, Admission, ManualClock]:
    clock = ManualClock(0)
    settings = GatewaySettings()
    admission = Admission(settings, ClientShares(settings.limits, clock), clock, GatewayMetrics(CollectorRegistry()))
    return GarbageCollection(admission, clock), admission, clock


def end(admission: Admission, count: int) -> None:
    for _ in range(count):
        with admission.entered("anna", Encoding.BINARY):
            pass


def test_live_objects_are_frozen() -> None:
    garbage, _, _ = made()
    kept = [Cycle() for _ in range(100)]
    garbage.collect_and_freeze()
    assert gc.get_freeze_count() > len(kept)
    assert not {id(one) for one in kept} & {id(one) for one in gc.get_objects()}


def test_garbage_is_collected_when_enough_connections_have_ended() -> None:
    garbage, admission, _ = made()
    one = Cycle()
    gone = weakref.ref(one)
    garbage.collect_and_freeze()
    del one
    end(admission, FEWEST_ENDED - 1)
    garbage.collect_and_freeze()
    assert gone() is not None, "collected before it was worth the pause"
    end(admission, 1)
    garbage.collect_and_freeze()
    assert gone() is None


def test_garbage_is_collected_when_as_many_connections_have_ended_as_are_open() -> None:
    garbage, admission, _ = made()
    admission.connections = 3 * FEWEST_ENDED
    one = Cycle()
    gone = weakref.ref(one)
    garbage.collect_and_freeze()
    del one
    end(admission, 2 * FEWEST_ENDED)
    garbage.collect_and_freeze()
    assert gone() is not None
    end(admission, FEWEST_ENDED)
    garbage.collect_and_freeze()
    assert gone() is None


async def test_everything_is_unfrozen_when_it_ends() -> None:
    garbage, _, clock = made()
    running = asyncio.create_task(garbage.run())
    await until(lambda: clock.sleepers == 1)
    assert gc.get_freeze_count() > 0
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert gc.get_freeze_count() == 0
