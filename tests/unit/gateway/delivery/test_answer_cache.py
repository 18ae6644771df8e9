"""Answers are built once a tick, one at a time; the cache and the queue are bounded."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable

import brotli
import pytest

from flighttracker_gateway.delivery import answer_cache
from flighttracker_gateway.delivery.answer_cache import Answers, BusyError
from tests.manual_clock import ManualClock

NOW_MS = 1_700_000_000_000


class Source:
    """Content that counts its encodings, and the concurrent ones."""

    def __init__(self, size: int = 1_000) -> None:
        self.made = 0
        self.at_once = 0
        self.most_at_once = 0
        self._size = size

    def encode(self) -> Callable[[], AsyncIterator[bytes]]:
        async def parts() -> AsyncIterator[bytes]:
            self.made += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            for _ in range(3):
                await asyncio.sleep(0)
            yield b"%d " % self.made
            yield b"x" * self._size
            self.at_once -= 1

        return parts


async def test_concurrent_requests_for_one_answer_encode_and_compress_it_once() -> None:
    kept, source = Answers(ManualClock(NOW_MS), 1.0), Source()
    got = await asyncio.gather(*(kept.get("a", "br", 1, source.encode()) for _ in range(50)))
    assert (source.made, len({id(answer.bodies["br"]) for answer in got})) == (1, 1)
    assert brotli.decompress(got[0].bodies["br"]) == got[0].bodies[""] == b"1 " + b"x" * 1_000
    zipped = await kept.get("a", "gzip", 1, source.encode())
    assert (source.made, gzip.decompress(zipped.bodies["gzip"])) == (1, got[0].bodies[""])


async def test_an_answer_lasts_a_tick_and_longer_while_its_picture_does_not_change() -> None:
    clock, source = ManualClock(NOW_MS), Source()
    kept = Answers(clock, 1.0)
    first = await kept.get("a", "", 1, source.encode())
    await clock.advance(999)
    assert await kept.get("a", "", 2, source.encode()) is first
    await clock.advance(1)
    assert await kept.get("a", "", 1, source.encode()) is first
    second = await kept.get("a", "", 2, source.encode())
    assert (second is not first, second.tag != first.tag, source.made) == (True, True, 2)
    of_the_moment = await kept.get("b", "", None, source.encode())
    await clock.advance(1_000)
    assert await kept.get("b", "", None, source.encode()) is not of_the_moment


async def test_after_the_clock_is_set_back_no_old_answer_is_used() -> None:
    clock, source = ManualClock(NOW_MS), Source()
    kept = Answers(clock, 1.0)
    await kept.get("a", "", None, source.encode())
    await clock.advance(-60_000)
    await kept.get("a", "", None, source.encode())
    assert source.made == 2


async def test_different_answers_are_built_one_at_a_time_and_few_wait() -> None:
    kept, source = Answers(ManualClock(NOW_MS), 1.0), Source()
    asked = [
        kept.get(number, "br", 1, source.encode(), f"client {number % 5}")
        for number in range(answer_cache.MAX_WAITING + 8)
    ]
    got = await asyncio.gather(*asked, return_exceptions=True)
    rejected = [answer for answer in got if isinstance(answer, BusyError)]
    assert (len(rejected), source.made, source.most_at_once) == (8, answer_cache.MAX_WAITING, 1)
    assert rejected[0].retry_after_s == answer_cache.RETRY_AFTER_S
    await kept.get("later", "", 1, source.encode())


async def test_one_client_waits_for_a_bounded_number_of_answers() -> None:
    kept, source = Answers(ManualClock(NOW_MS), 1.0), Source()
    most = answer_cache.MAX_WAITING_OF_CLIENT
    asked = [kept.get(number, "", 1, source.encode(), "greedy") for number in range(most + 3)]
    got = await asyncio.gather(*asked, kept.get("modest", "", 1, source.encode(), "modest"), return_exceptions=True)
    assert [type(answer).__name__ for answer in got] == ["Answer"] * most + ["ClientBusyError"] * 3 + ["Answer"]
    await kept.get("later", "", 1, source.encode(), "greedy")


async def test_cached_answers_are_bounded_in_number_and_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, source = Answers(ManualClock(NOW_MS), 1.0), Source()
    for number in range(answer_cache.MAX_ANSWERS + 1):
        await kept.get(number, "", 1, source.encode())
    await kept.get(answer_cache.MAX_ANSWERS, "", 1, source.encode())
    assert source.made == answer_cache.MAX_ANSWERS + 1, "the latest is kept"
    await kept.get(0, "", 1, source.encode())
    assert source.made == answer_cache.MAX_ANSWERS + 2, "the oldest is not"
    monkeypatch.setattr(answer_cache, "MAX_BYTES", 2_500)
    await kept.get("large", "", 1, source.encode())
    assert 0 < kept.held_bytes <= 2_500
    huge = await kept.get("huge", "", 1, Source(5_000).encode())
    assert (len(huge.bodies[""]), kept.held_bytes) == (5_002, 0), "sent, and not kept"


async def test_a_client_that_disconnects_does_not_cancel_the_answer_of_others() -> None:
    kept, source = Answers(ManualClock(NOW_MS), 1.0), Source()
    first = asyncio.create_task(kept.get("a", "br", 1, source.encode()))
    second = asyncio.create_task(kept.get("a", "br", 1, source.encode()))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).bodies[""].startswith(b"1 ")
    assert source.made == 1


async def test_a_failure_reaches_its_clients_and_the_next_request_builds_it_again() -> None:
    kept, source = Answers(ManualClock(NOW_MS), 1.0), Source()

    async def fails() -> AsyncIterator[bytes]:
        yield b""
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await kept.get("a", "", 1, fails)
    assert (await kept.get("a", "", 1, source.encode())).bodies[""].startswith(b"1 ")


async def test_short_content_has_no_coding() -> None:
    kept = Answers(ManualClock(NOW_MS), 1.0)
    answer = await kept.get("a", "br", 1, Source(10).encode())
    assert answer.bodies["br"] is answer.bodies[""]
