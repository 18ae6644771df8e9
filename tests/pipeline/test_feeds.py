"""Beast and BaseStation over real TCP connections: receivers that break, and feeders that misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from flighttracker.backoff import Backoff
from flighttracker.clock import SystemClock
from flighttracker.errors import StartError
from flighttracker.settings import SbsSource
from flighttracker_generator.sources.feeds import feed_reader, tcp
from tests import mode_s_bytes as mode_s
from tests.feed_streams import (
    HOST,
    INTERVAL_S,
    PLACE_DEG,
    Followed,
    Receiver,
    beast,
    following,
    is_closed,
    line,
    running_receiver,
    sending,
    until,
)
from tests.servers.process import free_port


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with running_receiver() as made:
        yield made


async def test_receiver_sends_positions(receiver: Receiver) -> None:
    receiver.sessions = [sending(mode_s.pair("4ca1a1", PLACE_DEG))]
    async with following(beast(connect=receiver.address)) as followed:
        await until(lambda: followed.heard == {"4ca1a1"})
        position = followed.latest("4ca1a1")
        assert position.latitude_deg == pytest.approx(PLACE_DEG[0], abs=1e-4)
        assert (position.source, position.address_type) == ("beast", "adsb_icao")
        assert abs(position.position_time - SystemClock().now_ms()) < 5_000
        assert followed.connections == 1
        assert followed.state == "fresh"


async def test_bytes_that_come_one_by_one(receiver: Receiver) -> None:
    data = mode_s.pair("1a1a1a", PLACE_DEG)
    receiver.sessions = [sending(*(data[at : at + 1] for at in range(len(data))))]
    async with following(beast(connect=receiver.address)) as followed:
        await until(lambda: followed.heard == {"1a1a1a"})


async def test_garbage_between_messages_is_counted(receiver: Receiver) -> None:
    bad = bytearray(mode_s.airborne("4ca1a1", PLACE_DEG, odd=False))
    bad[9] ^= 1
    data = b"\x1a3noise\x1a" + mode_s.frame(bytes(bad)) + b"\x00" * 9 + mode_s.pair("4ca1a2", PLACE_DEG)
    receiver.sessions = [sending(data)]
    async with following(beast(connect=receiver.address)) as followed:
        await until(lambda: followed.heard == {"4ca1a2"})
        # Once as the frame that it looks like, and once as the bytes after the damaged message.
        assert (followed.skipped("bad_crc"), followed.skipped("garbage")) == (1, 2)


async def test_connection_that_breaks_is_opened_again(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "RECONNECT", Backoff(first_s=0.05, longest_s=0.1))
    receiver.sessions = [
        sending(mode_s.pair("4ca1a1", PLACE_DEG)[:-5], then_s=0),
        sending(then_s=0),
        sending(mode_s.pair("4ca1a2", PLACE_DEG)),
    ]
    async with following(beast(connect=receiver.address)) as followed:
        await until(lambda: "4ca1a2" in followed.heard)
        assert followed.errors("closed") + followed.errors("connection") == 2
        assert receiver.connections == 3
        await until(lambda: followed.connections == 1)


async def test_receiver_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "RECONNECT", Backoff(first_s=0.05, longest_s=0.1))
    async with following(beast(connect=f"{HOST}:{free_port()}")) as followed:
        await until(lambda: followed.errors("connection") >= 3)
        assert followed.state == "unreachable"
        # The first batch says that the source answers.
        assert followed.batches == 0
        assert followed.connections == 0


async def test_waits_grow_while_a_receiver_is_not_there() -> None:
    async with following(beast(connect=f"{HOST}:{free_port()}")) as followed:
        await asyncio.sleep(1.2)
        assert 1 <= followed.errors("connection") <= 3


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("nowhere.invalid:30005", "dns"),
        ("169.254.169.254:80", "forbidden_target"),
        ("[::ffff:169.254.169.254]:80", "forbidden_target"),
    ],
)
async def test_addresses_that_cannot_be_used(address: str, reason: str) -> None:
    async with following(beast(connect=address)) as followed:
        await until(lambda: followed.errors(reason) == 1)


async def test_private_addresses_can_be_forbidden(receiver: Receiver) -> None:
    receiver.sessions = [sending(mode_s.pair("4ca1a1", PLACE_DEG))]
    async with following(beast(connect=receiver.address, is_private_forbidden=True)) as followed:
        await until(lambda: followed.errors("forbidden_target") == 1)
        assert receiver.connections == 0


async def test_silent_receiver_is_left(receiver: Receiver) -> None:
    receiver.sessions = [sending()]
    async with following(beast(connect=receiver.address, idle_s=0.2)) as followed:
        await until(lambda: followed.errors("idle") == 1)


@pytest.mark.parametrize(
    ("sent", "hint"),
    [
        (line("4CA1A1", 52.0) * 60, "which the source sbs reads"),
        (b"*8D4840D6202CC371C32CE0576098;\r\n" * 200, "raw text"),
        (b"HTTP/1.1 200 OK\r\n" * 300, "web server"),
        (b"\x00" * 9_000, "no message in the first"),
    ],
)  # fmt: skip
async def test_other_formats_are_named(
    receiver: Receiver, sent: bytes, hint: str, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.sessions = [sending(sent)]
    async with following(beast(connect=receiver.address)) as followed:
        await until(lambda: followed.errors("wrong_format") == 1)
    assert hint in caplog.text


async def test_beast_on_the_port_of_sbs_is_named(receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    receiver.sessions = [sending(mode_s.pair("4ca1a1", PLACE_DEG) * 100)]
    async with following(SbsSource(connect=receiver.address, interval_s=INTERVAL_S)) as followed:
        await until(lambda: followed.errors("wrong_format") == 1)
    assert "which the source beast reads" in caplog.text


async def test_base_station_lines(receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    data = b"\r\n" + line("4CA1A1", 52.25) + line("4CA1A2", 52.5, "MLAT") + b"x" * 2_000 + b"\n" + line("4CA1A3", 52.75)
    receiver.sessions = [sending(data[:70], data[70:])]
    async with following(SbsSource(connect=receiver.address, interval_s=INTERVAL_S)) as followed:
        await until(lambda: len(followed.heard) == 3)
        position = followed.latest("4ca1a2")
        assert (position.latitude_deg, position.address_type) == (52.5, "mlat")
        # The lines are of 2001.
        assert abs(position.position_time - SystemClock().now_ms()) < 5_000
        assert followed.skipped("too_long") == 1
    assert "its dates are" in caplog.text


async def test_several_feeders_are_one_picture() -> None:
    async with following(beast()) as followed:
        writers = [await followed.feeder(mode_s.pair(f"4ca1a{number}", PLACE_DEG)) for number in range(4)]
        await until(lambda: len(followed.heard) == 4)
        await until(lambda: followed.connections == 4)
        for writer in writers:
            writer.close()
        await until(lambda: followed.connections == 0)
        assert followed.errors("closed") + followed.errors("connection") == 4


async def test_fault_of_one_feeder_does_not_harm_others() -> None:
    async with following(beast()) as followed:
        good = await followed.feeder(mode_s.pair("4ca1a1", PLACE_DEG))
        await until(lambda: "4ca1a1" in followed.heard)
        await followed.feeder(b"\x1a" * 100_000)
        await followed.feeder(b"MSG,1\n" * 2_000)
        await followed.feeder(mode_s.frame(mode_s.airborne("4ca1a1", (-10.0, 100.0), odd=True))[:-2])
        await until(lambda: followed.errors("wrong_format") == 2)
        for number in range(5):
            good.write(mode_s.frame(mode_s.airborne("4ca1a1", (52.25 + number / 1000, 4.5), odd=number % 2 == 1)))
            await asyncio.sleep(0.06)
        await until(lambda: followed.latest("4ca1a1").latitude_deg > 52.2539)
        assert all(abs(position.latitude_deg - 52.25) < 0.01 for position in followed.positions)


async def test_feeder_that_lies_does_not_move_an_aircraft_that_another_hears() -> None:
    async with following(beast()) as followed:
        good, liar = await followed.feeder(), await followed.feeder()
        for number in range(12):
            good.write(mode_s.pair("4ca1a1", (52.25 + number / 10_000, 4.5)))
            liar.write(mode_s.pair("4ca1a1", (10.0 + number / 10_000, 100.0)))
            await asyncio.sleep(0.06)
        await until(lambda: len(followed.positions) >= 6)
        assert len({round(position.longitude_deg) for position in followed.positions}) == 1


async def test_feeders_beyond_the_limit_are_closed() -> None:
    async with following(beast(max_feeders=4)) as followed:
        kept = [await followed.feeder() for _ in range(2)]
        await until(lambda: followed.connections == 2)
        # Half of the places are for other addresses.
        assert await followed.is_refused()
        assert followed.errors("too_many_feeders") == 1
        kept[0].write(mode_s.pair("4ca1a1", PLACE_DEG))
        await until(lambda: followed.heard == {"4ca1a1"})
        kept.pop().close()
        await until(lambda: followed.connections == 1)
        kept.append(await followed.feeder(mode_s.pair("4ca1a2", PLACE_DEG)))
        await until(lambda: "4ca1a2" in followed.heard)


async def test_feeders_from_other_networks_are_closed() -> None:
    async with following(beast(allowed_networks=("10.0.0.0/8", "::1/128"))) as followed:
        assert await followed.is_refused()
        await until(lambda: followed.errors("not_allowed") == 1)


async def test_silent_feeder_is_closed() -> None:
    async with following(beast(idle_s=0.2)) as followed:
        await followed.feeder()
        await until(lambda: followed.errors("idle") == 1)
        await until(lambda: followed.connections == 0)


async def test_flood_is_thrown_away_and_others_are_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_reader, "BYTES_PER_S", 20_000)
    flood = mode_s.pair("4ca1a1", PLACE_DEG) * 20_000
    async with following(beast()) as followed:
        flooding, good = await followed.feeder(), await followed.feeder()
        flooding.write(flood)
        await until(lambda: followed.skipped("too_fast") > 0)
        good.write(mode_s.pair("4ca1a2", PLACE_DEG))
        await until(lambda: "4ca1a2" in followed.heard, seconds=3)


async def test_port_that_is_in_use_is_said_at_once() -> None:
    async with following(beast()) as followed:
        other = Followed(beast(listen_port=followed.port))
        with pytest.raises(StartError, match=f"cannot listen on port {followed.port}"):
            await asyncio.wait_for(other.collect(), 5)


async def test_port_and_connections_are_free_afterwards() -> None:
    async with following(beast()) as followed:
        port = followed.port
        reader, writer = await asyncio.open_connection(HOST, port)
        await until(lambda: followed.connections == 1)
    assert await is_closed(reader)
    with pytest.raises(ConnectionError):
        await asyncio.open_connection(HOST, port)
    writer.close()
