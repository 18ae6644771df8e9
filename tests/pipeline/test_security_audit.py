"""The audit log of a real gateway: its lines about rejected tokens and revocations."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from flighttracker.settings import GatewaySettings
from flighttracker.telemetry import JsonFormatter, TextFormatter
from tests.example_flights import NOW_MS
from tests.gateway_server import RunningGateway, Watcher, running_gateway
from tests.token_issuer import bearer, secret_settings, token

NOW_S = NOW_MS // 1000
FORGED = token("another secret that is long enough to be one", sub="mallory")


@pytest.fixture
def locked(tmp_path: Path) -> GatewaySettings:
    return GatewaySettings(auth=secret_settings(tmp_path, leeway_s=0), trusted_proxies=("127.0.0.1",))


@pytest.fixture(autouse=True)
def _info(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


def records(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name == "flighttracker_gateway.access.audit_log"]


def audit(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """Return the lines of the audit log as a machine reads them, without what differs each time."""
    lines = [json.loads(JsonFormatter().format(record)) for record in records(caplog)]
    return [
        {name: line[name] for name in line if name not in ("time", "level", "logger", "request", "token_id")}
        for line in lines
    ]


async def get(running: RunningGateway, shown: str, address: str = "192.0.2.7") -> int:
    """Ask for flights with a token, from an address behind a trusted proxy."""
    headers = bearer(shown) | {"X-Forwarded-For": address}
    return (await running.get("/api/v1/flights", headers=headers))[0]


@pytest.mark.parametrize(
    ("shown", "status", "reason", "subject"),
    [
        (FORGED, 401, "signature", "-"),
        ("garbage", 401, "malformed", "-"),
        (token(exp=NOW_S - 1), 401, "expired", "amelia"),
        (token(aud="other"), 401, "audience", "amelia"),
        (token(scope="stats"), 403, "scope", "amelia"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
async def test_a_rejected_token_is_one_line_with_subject_address_and_reason(
    locked: GatewaySettings, caplog: pytest.LogCaptureFixture, shown: str, status: int, reason: str, subject: str
) -> None:
    """The subject is only known if the signature is valid: an attacker must not choose it."""
    line = {"message": "rejected a token", "reason": reason, "subject": subject, "address": "192.0.2.7"}
    async with running_gateway(locked) as running:
        assert await get(running, shown) == status
        assert audit(caplog) == [line]
        headers = bearer(shown) | {"X-Forwarded-For": "192.0.2.7"}
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await running.connect(headers=headers)
        assert audit(caplog) == [line, line]
    assert shown not in caplog.text


async def test_a_renewal_that_is_rejected_has_the_address_of_the_connection(
    locked: GatewaySettings, caplog: pytest.LogCaptureFixture
) -> None:
    async with running_gateway(locked) as running:
        headers = bearer(token()) | {"X-Forwarded-For": "192.0.2.9"}
        async with running.connect(headers=headers) as socket:
            viewer = Watcher(socket)
            session = (await viewer.text())["session"]
            await socket.send_json({"type": "token", "token": token(sub="mallory", exp=NOW_S - 1)})
            await viewer.closed()
        (line,) = audit(caplog)
        assert (line["subject"], line["address"], line["reason"]) == ("mallory", "192.0.2.9", "expired")
        assert json.loads(JsonFormatter().format(records(caplog)[0]))["request"] == session


async def test_a_request_without_a_token_is_no_line(locked: GatewaySettings, caplog: pytest.LogCaptureFixture) -> None:
    """The page asks without one first: that is no attempt to sign in."""
    async with running_gateway(locked) as running:
        assert (await running.get("/api/v1/flights"))[0] == 401
        assert audit(caplog) == []


async def test_every_revocation_is_one_line(locked: GatewaySettings, caplog: pytest.LogCaptureFixture) -> None:
    admin = bearer(token(sub="root", jti="admin", scope="admin")) | {"X-Forwarded-For": "192.0.2.1"}
    user = bearer(token()) | {"X-Forwarded-For": "192.0.2.7"}
    async with running_gateway(locked) as running:
        async with running.session.delete(running.url + "/api/v1/session", headers=user) as response:
            assert response.status == 204
        for number in range(100):
            url = f"{running.url}/api/v1/revocations/token-{number}"
            async with running.session.put(url, headers=admin) as response:
                assert response.status == 204
            # An address may send 50 requests at once, and 200 a second.
            await running.clock.advance(20)
        lines = audit(caplog)
    signed_out = {"message": "revocation of a token", "reason": "signed_out", "subject": "amelia"}
    assert lines[0] == signed_out | {"address": "192.0.2.7"}
    revoked = {"message": "revocation of a token", "reason": "revoked", "subject": "root", "address": "192.0.2.1"}
    assert lines[1:] == [revoked] * 100
    assert [record.__dict__["fields"]["token_id"] for record in records(caplog)[1:3]] == ["token-0", "token-1"]


async def test_a_revocation_that_failed_is_a_line_too(
    locked: GatewaySettings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flighttracker.bus.memory.sharing.MAX_SIGNED_OUT_PER_USER", 0)
    async with running_gateway(locked) as running:
        async with running.session.delete(running.url + "/api/v1/session", headers=bearer(token())) as response:
            assert response.status == 429
        assert [line["reason"] for line in audit(caplog)] == ["full_user"]


async def test_a_token_in_the_place_of_its_id_is_rejected_and_not_logged(
    locked: GatewaySettings, caplog: pytest.LogCaptureFixture
) -> None:
    short = token(aud=None, iss=None, jti=None, scope=None, sub="a")
    assert len(short) < 256
    async with running_gateway(locked) as running:
        url = f"{running.url}/api/v1/revocations/{short}"
        async with running.session.put(url, headers=bearer(token(scope="admin"))) as response:
            assert response.status == 400
    ours = [record for record in caplog.records if not record.name.startswith(("asyncio", "aiohttp"))]
    assert not [record for record in ours if short in f"{record.getMessage()} {record.__dict__.get('fields')}"]


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("a\nreason=ok subject=root", "a%0Areason%3Dok%20subject%3Droot"),
        ("\x1b[2Jgone", "%1B[2Jgone"),
        ("\u202eadmin", "%E2%80%AEadmin"),
        ("a\u2028b\u200bc", "a%E2%80%A8b%E2%80%8Bc"),
        ("Zoë@example.org", "Zoë@example.org"),
        ("x" * 200, "x" * 128 + "…"),
    ],
)
async def test_a_subject_cannot_look_like_anything_else(
    locked: GatewaySettings, caplog: pytest.LogCaptureFixture, subject: str, shown: str
) -> None:
    async with running_gateway(locked) as running:
        assert await get(running, token(sub=subject, exp=NOW_S - 1)) == 401
        (line,) = audit(caplog)
        assert line["subject"] == shown
        text = TextFormatter(coloured=False).format(records(caplog)[0])
        assert f" subject={shown} address=192.0.2.7 " in text
        assert text.isprintable()


async def test_a_flood_from_one_address_hides_no_other(
    locked: GatewaySettings, caplog: pytest.LogCaptureFixture
) -> None:
    async with running_gateway(locked) as running:
        for _ in range(40):
            assert await get(running, token(exp=NOW_S - 1), "192.0.2.66") == 401
            # A rejected token counts as ten of the 200 requests a second of an address.
            await running.clock.advance(100)
        assert len(audit(caplog)) == 5
        await get(running, token(sub="bessie", exp=NOW_S - 1), "192.0.2.7")
        assert audit(caplog)[-1]["subject"] == "bessie"
        assert audit(caplog)[-1]["left_out_of_clients"] == 35


async def test_a_flood_from_many_addresses_is_a_bounded_number_of_lines(
    locked: GatewaySettings, caplog: pytest.LogCaptureFixture
) -> None:
    async with running_gateway(locked) as running:
        for number in range(150):
            await get(running, FORGED, f"198.51.100.{number}")
        assert len(audit(caplog)) == 60
        await running.clock.advance(60_000)
        await get(running, FORGED)
        assert audit(caplog)[-1]["left_out"] == 90
        assert running.metric("flights_tokens_refused_total", reason="signature") == 151
