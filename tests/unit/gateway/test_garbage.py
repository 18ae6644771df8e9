"""What lives long is not looked at by the collector, and what has died of it is freed all the same."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry

from flighttracker.settings import GatewaySettings
from flighttracker_gateway.garbage import FEWEST_ENDED, Garbage
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


def made() -> tuple[Garbage, Admission, ManualClock]:
    clock = ManualClock(0)
    admission = Admission(GatewaySettings(), clock, GatewayMetrics(CollectorRegistry()))
    return Garbage(admission, clock), admission, clock


def end(admission: Admission, count: int) -> None:
    for _ in range(count):
        with admission.entered("anna"):
            pass


def test_what_lives_is_put_aside() -> None:
    garbage, _, _ = made()
    kept = [Cycle() for _ in range(100)]
    garbage.look()
    assert gc.get_freeze_count() > len(kept)
    assert not {id(one) for one in kept} & {id(one) for one in gc.get_objects()}


def test_what_has_died_since_is_freed_when_enough_connections_have_ended() -> None:
    garbage, admission, _ = made()
    one = Cycle()
    gone = weakref.ref(one)
    garbage.look()
    del one
    end(admission, FEWEST_ENDED - 1)
    garbage.look()
    assert gone() is not None, "not worth a pause"
    end(admission, 1)
    garbage.look()
    assert gone() is None


def test_with_many_viewers_as_many_must_have_ended() -> None:
    garbage, admission, _ = made()
    admission.connections = 3 * FEWEST_ENDED
    one = Cycle()
    gone = weakref.ref(one)
    garbage.look()
    del one
    end(admission, 2 * FEWEST_ENDED)
    garbage.look()
    assert gone() is not None
    end(admission, FEWEST_ENDED)
    garbage.look()
    assert gone() is None


async def test_it_ends_with_everything_as_it_was() -> None:
    garbage, _, clock = made()
    running = asyncio.create_task(garbage.run())
    await until(lambda: clock.sleepers == 1)
    assert gc.get_freeze_count() > 0
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert gc.get_freeze_count() == 0
