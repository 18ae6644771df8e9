"""The AsyncAPI document describes what a running gateway sends, and what it accepts."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import jsonschema
import pytest
from scripts.reference.websocket import EVENTS, FROM_GATEWAY, document

from tests.example_flights import position
from tests.gateway_server import WAIT_S, RunningGateway, running_gateway

DOCUMENT = document()


def check(message: Any, name: str) -> None:
    """Validate a message against a schema of the document."""
    jsonschema.Draft202012Validator({**DOCUMENT, "$ref": f"#/components/schemas/{name}"}).validate(message)


async def sent_to(running: RunningGateway, subprotocol: str, *said: Any) -> list[Any]:
    """Return every text message that a client gets which says something, until the gateway drains."""
    async with running.connect(protocols=(subprotocol,)) as socket:
        found = [json.loads(await socket.receive_str(timeout=WAIT_S))]
        for message in said:
            await socket.send_json(message)
        await running.tick(position(position_time=running.clock.now_ms()))
        await running.gateway.hub.announce(viewers=3, stale_shards=[0], stale_since_ms=1, at_once=True)
        await asyncio.sleep(0.1)
        draining = asyncio.create_task(running.gateway.hub.drain(0.1))
        async for message in socket:
            if isinstance(message.data, str):
                found.append(json.loads(message.data))
            await running.clock.advance(100)
        draining.cancel()
    return found


@pytest.mark.parametrize(
    ("subprotocol", "said", "kinds"),
    [
        ("flights.v1.json", [], {"welcome", "frames", "state", "restart"}),
        (
            "flights.v1",
            [{"type": "resync"}, {"type": "token", "token": "any"}],
            {"welcome", "session", "state", "restart"},
        ),
        (
            "flights.v3",
            [
                {"type": "tiles", "class": 1, "tiles": [100], "exact": [position().icao24]},
                {"type": "tiles", "class": 2, "tiles": [3, 4]},
            ],
            {"welcome", "tiles", "exact", "state", "restart"},
        ),
    ],
)
async def test_messages_are_as_described(
    subprotocol: str, said: list[Any], kinds: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flighttracker_gateway.delivery.tile_shares.MAX_TILES_PER_USER", 1)
    async with running_gateway() as running:
        await running.tick(position())
        messages = await sent_to(running, subprotocol, *said)
    assert {message["type"] for message in messages} == kinds
    for message in messages:
        check(message, f"gateway_{message['type']}")
    for message in said:
        check(message, {"resync": "Resync", "tiles": "Tiles", "token": "NewToken"}[message["type"]])


def test_every_described_message_is_seen_above() -> None:
    seen = {"welcome", "frames", "state", "restart", "tiles", "exact", "session"}
    assert set(FROM_GATEWAY) == seen


@pytest.mark.parametrize("query", ["", "?fields=callsign"])
async def test_events_are_as_described(query: str) -> None:
    async with running_gateway() as running:
        await running.tick(position())
        async with running.session.get(f"{running.url}/api/v1/events{query}") as response:
            await running.gateway.events.round()
            await asyncio.sleep(0.1)
            await running.tick(position(latitude_deg=1.0, position_time=running.clock.now_ms()))
            await running.gateway.events.round()
            await asyncio.sleep(0.1)
            running.gateway.events.drain()
            text = await response.text()
    events = [dict(line.split(": ", 1) for line in event.split("\n")) for event in text.split("\n\n")[:-1]]
    seen = [event["event"] for event in events if "event" in event]
    assert {*seen} == {*EVENTS}
    for event in events:
        if "event" in event:
            check(json.loads(event["data"]), f"event_{event['event']}")


def test_a_message_with_another_field_does_not_fit() -> None:
    with pytest.raises(jsonschema.ValidationError, match="Additional properties are not allowed"):
        check({"type": "restart", "reconnect_after_ms": 1, "why": "x"}, "gateway_restart")


def test_references_of_the_document_lead_somewhere() -> None:
    references: list[str] = []

    def collect(node: Any) -> None:
        if isinstance(node, dict):
            references.extend(value for key, value in node.items() if key == "$ref")
        for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            collect(inner)

    collect(DOCUMENT)
    assert len(references) > 15
    for reference in references:
        target: Any = DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]
