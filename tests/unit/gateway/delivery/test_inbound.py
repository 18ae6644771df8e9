"""The budget of a client for a second, and the internals of `websockets` that the counting relies on."""

from __future__ import annotations

import inspect

import pytest
from websockets.frames import Frame, Opcode
from websockets.protocol import Protocol

from flighttracker.settings import LimitSettings
from flighttracker_gateway.delivery.inbound import InboundBudget
from tests.example_flights import NOW_MS
from tests.manual_clock import ManualClock

LIMITS = [
    LimitSettings(),
    LimitSettings(max_messages_per_s=0.1),
    LimitSettings(max_messages_per_s=1000.0, max_message_bytes=128),
    LimitSettings(max_messages_per_s=0.5, max_message_bytes=1_048_576),
]


@pytest.mark.parametrize("limits", LIMITS)
async def test_the_longest_messages_at_the_highest_rate_are_within_the_budget(limits: LimitSettings) -> None:
    clock = ManualClock(NOW_MS)
    budget = InboundBudget(limits, clock)
    frame_bytes = len(Frame(Opcode.TEXT, bytes(limits.max_message_bytes)).serialize(mask=True))
    for _ in range(100):
        assert budget.take_frame()
        # A message arrives in segments, and a ping with it.
        for segment in range(0, frame_bytes, 16_384):
            size = min(16_384, frame_bytes - segment)
            assert budget.take_read(size) == size
        assert budget.take_frame()
        assert budget.take_read(131) == 131
        await clock.advance(round(1000 / min(limits.max_messages_per_s, 1000)))


async def test_a_read_over_the_budget_is_truncated_at_the_budget() -> None:
    clock = ManualClock(NOW_MS)
    budget = InboundBudget(LimitSettings(max_message_bytes=1000, max_messages_per_s=1.0), clock)
    # 1,000 of the message and four frames of 256.
    assert budget.take_read(5000) == 2024
    assert budget.take_read(1) == 0
    await clock.advance(1000)
    assert budget.take_read(2024) == 2024


async def test_reads_of_one_byte_use_up_the_budget() -> None:
    budget = InboundBudget(LimitSettings(), ManualClock(NOW_MS))
    assert [budget.take_read(1) for _ in range(402)] == [1] * 400 + [0] * 2


def test_websockets_still_calls_what_is_overridden() -> None:
    parse = inspect.getsource(Protocol.parse)
    assert "self.recv_frame(frame)" in parse
    assert "except ProtocolError as exc:\n            self.fail(CloseCode.PROTOCOL_ERROR, str(exc))" in parse


def test_websockets_still_keeps_the_code_that_was_sent_first() -> None:
    assert "if self.state is OPEN:\n            if code != CloseCode.ABNORMAL_CLOSURE:" in inspect.getsource(
        Protocol.fail
    )
