"""The list of revoked tokens of a real gateway: how long it keeps a token, and how much of it one user may fill."""

from __future__ import annotations

from pathlib import Path

import pytest

from flighttracker.settings import GatewaySettings
from tests.example_flights import NOW_MS
from tests.gateway_server import RunningGateway, running_gateway
from tests.token_issuer import bearer, secret_settings, token

NOW_S = NOW_MS // 1000
ADMIN = token(jti="admin", sub="root", scope="admin")


@pytest.fixture
def locked(tmp_path: Path) -> GatewaySettings:
    return GatewaySettings(auth=secret_settings(tmp_path, leeway_s=30))


@pytest.fixture
def small_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list can have six tokens: at most four from sign-outs, and of these two from one user."""
    for name, most in (("MAX_REVOKED", 6), ("MAX_SIGNED_OUT", 4), ("MAX_SIGNED_OUT_PER_USER", 2)):
        monkeypatch.setattr(f"flighttracker.bus.memory.sharing.{name}", most)


async def sign_out(running: RunningGateway, shown: str) -> tuple[int, str]:
    """Return status and reason of signing out."""
    async with running.session.delete(running.url + "/api/v1/session", headers=bearer(shown)) as response:
        return response.status, "" if response.status == 204 else (await response.json(content_type=None))["reason"]


async def revoke(running: RunningGateway, token_id: str) -> tuple[int, str]:
    """Return status and reason of a revocation by an administrator."""
    url = f"{running.url}/api/v1/revocations/{token_id}"
    async with running.session.put(url, headers=bearer(ADMIN)) as response:
        return response.status, "" if response.status == 204 else (await response.json(content_type=None))["reason"]


async def ask(running: RunningGateway, shown: str) -> int:
    status, _ = await running.get("/api/v1/flights", headers=bearer(shown))
    return status


def one_of(user: str, number: int = 1) -> str:
    return token(sub=user, jti=f"{user}-{number}")


async def test_a_token_is_kept_for_as_long_as_it_could_be_accepted(locked: GatewaySettings) -> None:
    """Until it expires, for the leeway after that, and for a minute by which clocks of gateways may differ."""
    async with running_gateway(locked) as running:
        shown = token(exp=NOW_S + 60)
        assert await sign_out(running, shown) == (204, "")
        await running.clock.advance(89_999)
        _, answer = await running.get("/api/v1/flights", headers=bearer(shown))
        assert answer["reason"] == "revoked"
        await running.clock.advance(1)
        _, answer = await running.get("/api/v1/flights", headers=bearer(shown))
        assert answer["reason"] == "expired"
        await running.clock.advance(59_999)
        assert len((await running.bus.sessions.revoked()).ids) == 1
        await running.clock.advance(1)
        assert (await running.bus.sessions.revoked()).ids == set()


async def test_a_revocation_by_an_administrator_is_kept_for_as_long_as_any_token_can_live(
    locked: GatewaySettings,
) -> None:
    async with running_gateway(locked) as running:
        assert await revoke(running, "token-2") == (204, "")
        await running.clock.advance((31 * 86_400 + 60 + 60) * 1000 - 1)
        assert len((await running.bus.sessions.revoked()).ids) == 1
        await running.clock.advance(1)
        assert (await running.bus.sessions.revoked()).ids == set()


async def test_sign_outs_of_many_users_leave_room_for_administrators(locked: GatewaySettings, small_list: None) -> None:
    async with running_gateway(locked) as running:
        for user in ("a", "b", "c", "d"):
            assert await sign_out(running, one_of(user)) == (204, "")
        assert await sign_out(running, one_of("e")) == (503, "full_signed_out")
        assert await ask(running, one_of("e")) == 200, "the answer said that the token was not revoked"
        assert await revoke(running, "e-1") == (204, "")
        assert await ask(running, one_of("e")) == 401
        assert await revoke(running, "e-2") == (204, "")
        assert await revoke(running, "e-3") == (503, "full_revoked")
        for outcome, times in (("signed_out", 4), ("revoked", 2), ("full_signed_out", 1), ("full_revoked", 1)):
            assert running.metric("flights_revocations_total", outcome=outcome) == times


async def test_one_user_cannot_fill_the_list(locked: GatewaySettings, small_list: None) -> None:
    async with running_gateway(locked) as running:
        for number, answer in ((1, (204, "")), (2, (204, "")), (3, (429, "full_user"))):
            assert await sign_out(running, one_of("mallory", number)) == answer
        assert await sign_out(running, one_of("amelia")) == (204, "")


async def test_a_user_is_a_subject_of_one_issuer(tmp_path: Path, small_list: None) -> None:
    settings = GatewaySettings(auth=secret_settings(tmp_path, issuer=""))
    async with running_gateway(settings) as running:
        for issuer in ("a", "b"):
            for number in (1, 2):
                assert await sign_out(running, token(iss=issuer, jti=str(number))) == (204, "")


async def test_short_tokens_make_room_as_they_expire(locked: GatewaySettings, small_list: None) -> None:
    """Kept for 31 days, four sign-outs would have filled the list."""
    async with running_gateway(locked) as running:
        for number in range(20):
            now_s = running.clock.now_ms() // 1000
            assert await sign_out(running, token(sub="amelia", jti=str(number), exp=now_s + 60)) == (204, "")
            await running.clock.advance(100_000)


async def test_the_metrics_show_how_full_the_list_is(locked: GatewaySettings) -> None:
    async with running_gateway(locked) as running:
        assert running.metric("flights_revoked_tokens_limit", kind="all") == 10_000
        assert running.metric("flights_revoked_tokens_limit", kind="signed_out") == 8_000
        await sign_out(running, one_of("amelia"))
        await revoke(running, "token-2")
        await running.clock.advance(2_000)
        await running.gateway.auth.look()
        assert running.metric("flights_revoked_tokens", kind="all") == 2
        assert running.metric("flights_revoked_tokens", kind="signed_out") == 1
