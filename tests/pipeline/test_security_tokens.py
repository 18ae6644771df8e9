"""The life of a token as clients see it: used, renewed, expired, revoked, and with rotated keys."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from flighttracker.bus.memory import MemorySessions
from flighttracker.bus.revoked import RevokedTokens
from flighttracker.errors import BusError
from flighttracker.settings import AuthSettings, GatewaySettings
from tests.example_flights import NOW_MS, position
from tests.gateway_server import RunningGateway, Watcher, running_gateway, until
from tests.token_issuer import bearer, jwk, jwks_server, secret_settings, token

NOW_S = NOW_MS // 1000


@pytest.fixture
def locked(tmp_path: Path) -> GatewaySettings:
    return GatewaySettings(auth=secret_settings(tmp_path, leeway_s=0))


def with_token(shown: str) -> dict[str, Any]:
    return {"protocols": ("flights.v1", f"bearer.{shown}")}


async def refusal(running: RunningGateway, **options: Any) -> tuple[int, str]:
    """Return status and challenge of a handshake that must be rejected."""
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await running.connect(**options)
    assert refused.value.headers is not None
    return refused.value.status, refused.value.headers.get("WWW-Authenticate", "")


@pytest.mark.parametrize("way", ["header", "subprotocol"])
async def test_a_viewer_with_a_token_sees_flights_and_learns_its_expiry(locked: GatewaySettings, way: str) -> None:
    options = {"headers": bearer(token())} if way == "header" else with_token(token())
    async with running_gateway(locked) as running:
        await running.tick(position())
        async with running.connect(**options) as socket:
            assert socket.protocol == "flights.v1", "the token is never repeated"
            viewer = Watcher(socket)
            assert (await viewer.text())["expires_ms"] == (NOW_S + 3600) * 1000
            await viewer.frames()
            assert viewer.picture.find("3c6444") is not None


async def test_a_rejected_client_learns_what_to_do(locked: GatewaySettings) -> None:
    async with running_gateway(locked) as running:
        assert await refusal(running) == (401, 'Bearer realm="flights"')
        assert await refusal(running, headers=bearer(token(exp=NOW_S))) == (
            401,
            'Bearer realm="flights", error="invalid_token", error_description="The token has expired."',
        )
        assert await refusal(running, headers=bearer(token(scope="stats"))) == (
            403,
            'Bearer realm="flights", error="insufficient_scope", error_description="The token lacks the scope view."',
        )
        assert running.metric("flights_tokens_refused_total", reason="expired") == 1
        assert running.metric("flights_ws_refused_total", reason="token_scope") == 1


async def test_a_token_in_the_url_is_rejected_even_with_a_valid_one(locked: GatewaySettings) -> None:
    async with running_gateway(locked) as running:
        assert (await refusal(running, headers=bearer(token()), query=f"?token={token()}"))[0] == 400
        for path in ("/api/v1/flights", "/api/v1/stats", "/health"):
            status, answer = await running.get(f"{path}?access_token={token()}", headers=bearer(token(scope="admin")))
            assert status == 400
            assert answer["detail"].startswith("A token must not be in a URL, because URLs are logged: send it in")


async def test_a_browser_that_offers_only_a_token_learns_what_is_missing(locked: GatewaySettings) -> None:
    async with running_gateway(locked) as running:
        assert (await refusal(running, protocols=(f"bearer.{token()}",)))[0] == 400


async def test_the_connection_ends_with_the_token(locked: GatewaySettings) -> None:
    async with running_gateway(locked) as running:
        async with running.connect(**with_token(token(exp=NOW_S + 60))) as socket:
            await running.clock.advance(59_999)
            await running.gateway.auth.look()
            assert not socket.closed
            await running.clock.advance(1)
            await running.gateway.auth.look()
            assert await Watcher(socket).closed() == (4401, "the token has expired")
        assert running.metric("flights_ws_closed_total", code="4401") == 1


async def test_the_watch_ends_a_connection_within_two_seconds_of_its_expiry_and_the_leeway(tmp_path: Path) -> None:
    settings = GatewaySettings(auth=secret_settings(tmp_path, leeway_s=30))
    async with running_gateway(settings) as running:
        watching = asyncio.create_task(running.gateway.auth.run())
        async with running.connect(**with_token(token(exp=NOW_S + 60))) as socket:
            viewer = Watcher(socket)
            await viewer.text()
            for passed_ms in (60_000, 28_000):
                await until(lambda: running.clock.sleepers == 1)
                await running.clock.advance(passed_ms)
            await until(lambda: running.clock.sleepers == 1)
            await running.tick(position(position_time=running.clock.now_ms()))
            await viewer.frames()
            assert len(running.gateway.hub) == 1
            await until(lambda: running.clock.sleepers == 1)
            await running.clock.advance(3_000)
            assert await viewer.closed() == (4401, "the token has expired")
        watching.cancel()


async def test_a_token_is_renewed_without_a_new_connection(locked: GatewaySettings) -> None:
    async with running_gateway(locked) as running:
        await running.tick(position())
        first = running.clock.now_ms() // 1000 + 60
        async with running.connect(**with_token(token(exp=first))) as socket:
            viewer = Watcher(socket)
            await viewer.text()
            await viewer.frames()
            await socket.send_json({"type": "token", "token": token(exp=first + 600)})
            assert await viewer.text() == {"type": "session", "expires_ms": (first + 600) * 1000}
            await running.clock.advance(120_000)
            await running.gateway.auth.look()
            await running.tick(position(position_time=running.clock.now_ms()))
            await viewer.frames()
            assert not socket.closed


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": NOW_S - 1}, "The token has expired."),
        ({"sub": "mallory"}, "the new token is another user's: connect again"),
        ({"scope": "stats"}, "The token lacks the scope view."),
    ],
)
async def test_an_invalid_renewal_closes_the_connection(
    locked: GatewaySettings, changes: dict[str, Any], reason: str
) -> None:
    async with running_gateway(locked) as running, running.connect(**with_token(token())) as socket:
        await socket.send_json({"type": "token", "token": token(**changes)})
        assert await Watcher(socket).closed() == (4401, reason)


async def test_without_tokens_a_renewal_changes_nothing() -> None:
    async with running_gateway() as running, running.connect() as socket:
        viewer = Watcher(socket)
        assert (await viewer.text())["expires_ms"] is None
        await socket.send_json({"type": "token", "token": "anything"})
        assert await viewer.text() == {"type": "session", "expires_ms": None}


async def test_signing_out_ends_the_session_at_every_gateway(locked: GatewaySettings) -> None:
    async with running_gateway(locked) as here, running_gateway(locked) as there:
        there.gateway.auth.revocations._sessions = here.bus.sessions
        async with (
            here.connect(**with_token(token())) as one,
            there.connect(**with_token(token())) as two,
            there.connect(**with_token(token(jti="token-2"))) as other,
        ):
            async with here.session.delete(here.url + "/api/v1/session", headers=bearer(token())) as response:
                assert response.status == 204
            assert await Watcher(one).closed() == (4401, "the token was revoked")
            await there.clock.advance(2_000)
            await there.gateway.auth.look()
            assert await Watcher(two).closed() == (4401, "the token was revoked")
            assert not other.closed
        for running in (here, there):
            assert (await refusal(running, **with_token(token())))[0] == 401
            assert (await running.get("/api/v1/flights", headers=bearer(token())))[0] == 401
        assert there.metric("flights_tokens_refused_total", reason="revoked") == 2


async def test_a_revoked_token_stays_revoked_for_its_longest_lifetime(tmp_path: Path) -> None:
    settings = GatewaySettings(auth=secret_settings(tmp_path, leeway_s=30))
    longest_s = 31 * 86_400 + 30
    shown = bearer(token(exp=NOW_S + longest_s))
    async with running_gateway(settings) as running:
        assert (await running.get("/api/v1/flights", headers=shown))[0] == 200
        await running.gateway.auth.revoke("token-1")
        last_ms = (longest_s + 30) * 1000 - 1
        for passed_ms, detail in ((last_ms, "The token was revoked."), (1, "The token has expired.")):
            await running.clock.advance(passed_ms)
            await running.gateway.auth.look()
            status, answer = await running.get("/api/v1/flights", headers=shown)
            assert (status, answer.get("detail")) == (401, detail)


@pytest.mark.parametrize("jti", [None, "token-2", "https://id.example/tokens/2"])
async def test_only_an_administrator_can_revoke_any_token_by_its_id(locked: GatewaySettings, jti: str | None) -> None:
    async with running_gateway(locked) as running:
        shown = token(jti=jti)
        _, session = await running.get("/api/v1/session", headers=bearer(shown))
        url = f"{running.url}/api/v1/revocations/{session['token_id']}"
        for own, status in ((shown, 403), (token(scope="stats"), 403), (token(jti="admin-1", scope="admin"), 204)):
            async with running.session.put(url, headers=bearer(own)) as response:
                assert response.status == status
        assert (await running.get("/api/v1/flights", headers=bearer(shown)))[0] == 401
        assert (await running.get("/api/v1/flights", headers=bearer(token())))[0] == 200


async def test_an_administrator_revokes_a_token_by_its_jti(locked: GatewaySettings) -> None:
    async with running_gateway(locked) as running:
        url = f"{running.url}/api/v1/revocations/token-2"
        async with running.session.put(url, headers=bearer(token(scope="admin"))) as response:
            assert response.status == 204
        assert (await running.get("/api/v1/flights", headers=bearer(token(jti="token-2"))))[0] == 401
        assert (await running.get("/api/v1/flights", headers=bearer(token())))[0] == 200


async def test_a_session_says_who_it_is(locked: GatewaySettings) -> None:
    content = b'["jti","https://id.example","token-1"]'
    token_id = f"sha256:{hashlib.sha256(content).hexdigest()}"
    async with running_gateway(locked) as running:
        assert await running.get("/api/v1/session", headers=bearer(token(scope="stats view"))) == (
            200,
            {
                "mode": "token",
                "subject": "amelia",
                "scopes": ["stats", "view"],
                "expires_ms": (NOW_S + 3600) * 1000,
                "token_id": token_id,
            },
        )
        assert (await running.get("/api/v1/session"))[0] == 401


async def test_without_tokens_anyone_may_view_and_no_one_may_revoke() -> None:
    async with running_gateway() as running:
        _, session = await running.get("/api/v1/session")
        assert (session["mode"], session["scopes"], session["expires_ms"]) == ("none", ["stats", "view"], None)
        async with running.session.put(running.url + "/api/v1/revocations/x") as response:
            assert response.status == 403
        async with running.session.delete(running.url + "/api/v1/session") as response:
            assert response.status == 404


class AwaySessions(MemorySessions):
    """Sessions whose server is unavailable."""

    async def revoked(self) -> RevokedTokens:
        raise BusError("away")

    async def revoke(self, token_id: str, until_ms: int, *, user: str | None = None) -> None:
        raise BusError("away")


async def test_while_sessions_are_unavailable_revoked_tokens_stay_revoked(locked: GatewaySettings) -> None:
    async with running_gateway(locked) as running:
        await running.gateway.auth.revoke("token-1")
        running.gateway.auth.revocations._sessions = AwaySessions(running.clock)
        await running.clock.advance(2_000)
        await running.gateway.auth.look()
        assert (await refusal(running, **with_token(token())))[0] == 401
        async with running.connect(**with_token(token(jti="token-2"))) as socket:
            assert (await Watcher(socket).text())["type"] == "welcome"
        async with running.session.delete(running.url + "/api/v1/session", headers=bearer(token(jti="2"))) as response:
            assert (response.status, response.headers["Retry-After"]) == (503, "5")


async def test_a_gateway_that_has_not_read_the_revoked_tokens_rejects_all(locked: GatewaySettings) -> None:
    async with running_gateway(locked) as running:
        running.gateway.auth.revocations._revoked = None
        running.gateway.auth.revocations._read_ms = None
        running.gateway.auth.revocations._sessions = AwaySessions(running.clock)
        status, answer = await running.get("/api/v1/flights", headers=bearer(token()))
        assert (status, answer.get("detail")) == (503, "The revoked tokens are not known yet; try again.")
        assert (await refusal(running, **with_token(token())))[0] == 503


async def test_keys_rotate_while_viewers_watch() -> None:
    old, new = rsa.generate_private_key(public_exponent=65_537, key_size=2048), ec.generate_private_key(ec.SECP256R1())
    async with jwks_server() as issuer:
        issuer.keys = [jwk(old, "old")]
        auth = AuthSettings(mode="token", jwks_url=issuer.url, audience="flights", min_refresh_s=10)
        async with running_gateway(GatewaySettings(auth=auth)) as running:
            first, second = token(old, "RS256", "old"), token(new, "ES256", "new", jti="token-2")
            async with running.connect(**with_token(first)) as socket:
                await Watcher(socket).text()
                assert (await refusal(running, **with_token(second)))[0] == 401
                issuer.keys.append(jwk(new, "new"))
                await running.clock.advance(10_000)
                async with running.connect(**with_token(second)):
                    pass
                assert not socket.closed
            forged = token(new, "ES256", "old")
            assert (await refusal(running, **with_token(forged)))[0] == 401


async def test_unavailable_keys_are_reported_and_not_called_a_bad_token() -> None:
    async with jwks_server() as issuer:
        issuer.status = 500
        auth = AuthSettings(mode="token", jwks_url=issuer.url)
        async with running_gateway(GatewaySettings(auth=auth)) as running:
            key = ec.generate_private_key(ec.SECP256R1())
            status, answer = await running.get("/api/v1/flights", headers=bearer(token(key, "ES256", "a")))
            assert (status, answer["detail"]) == (503, "The keys of the tokens are not known yet; try again.")


async def test_a_token_for_another_application_is_rejected_without_an_audience_too() -> None:
    """One identity provider signs the tokens of many applications with the same key."""
    key = ec.generate_private_key(ec.SECP256R1())
    async with jwks_server() as issuer:
        issuer.keys = [jwk(key, "a")]
        auth = AuthSettings(mode="token", jwks_url=issuer.url)
        async with running_gateway(GatewaySettings(auth=auth)) as running:
            for audience in ("another", ["another", "flights"], ["another"]):
                shown = token(key, "ES256", "a", aud=audience)
                status, answer = await running.get("/api/v1/flights", headers=bearer(shown))
                assert (status, answer["reason"]) == (401, "audience")
                assert (await refusal(running, **with_token(shown)))[0] == 401
            assert (await running.get("/api/v1/flights", headers=bearer(token(key, "ES256", "a", aud=None))))[0] == 200


async def test_scripts_of_an_allowed_site_may_send_a_token(tmp_path: Path) -> None:
    settings = GatewaySettings(auth=secret_settings(tmp_path), allowed_origins=("https://map.example",))
    asked = {"Origin": "https://map.example", "Access-Control-Request-Method": "GET"}
    asked["Access-Control-Request-Headers"] = "authorization"
    async with running_gateway(settings) as running:
        async with running.session.options(running.url + "/api/v1/flights", headers=asked) as response:
            assert response.status == 204
            assert "authorization" in response.headers["Access-Control-Allow-Headers"].lower()
            assert response.headers["Access-Control-Allow-Origin"] == "https://map.example"
            assert response.headers.get("Access-Control-Allow-Credentials") != "true"
        asked["Origin"] = "https://elsewhere.example"
        async with running.session.options(running.url + "/api/v1/flights", headers=asked) as response:
            assert "Access-Control-Allow-Origin" not in response.headers
        headers = {"Origin": "https://map.example"}
        async with running.session.get(running.url + "/api/v1/flights", headers=headers) as response:
            assert response.status == 401
            assert json.loads(await response.read())["detail"].startswith("A token is needed")
