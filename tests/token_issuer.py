"""Tokens for tests, as from an identity provider, and its JWKS on a loopback port."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from flighttracker.settings import AuthSettings
from tests.example_flights import NOW_MS

SECRET = "a secret of at least thirty-two bytes, for tests only"
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | str


def claims(**changes: Any) -> dict[str, Any]:
    """Return claims that are valid for an hour from `NOW_MS`; a change to None leaves the claim out."""
    made = {
        "sub": "amelia",
        "aud": "flights",
        "iss": "https://id.example",
        "exp": NOW_MS // 1000 + 3600,
        "jti": "token-1",
        "scope": "openid view",
    } | changes
    return {name: value for name, value in made.items() if value is not None}


def token(key: PrivateKey = SECRET, algorithm: str = "HS256", kid: str | None = None, **changes: Any) -> str:
    """Return a token with `claims`."""
    return jwt.encode(claims(**changes), key, algorithm, headers={"kid": kid} if kid is not None else None)


def bearer(shown: str) -> dict[str, str]:
    """Return the header with a token."""
    return {"Authorization": f"Bearer {shown}"}


def secret_settings(folder: Path, **changes: Any) -> AuthSettings:
    """Return settings for HS256 with `SECRET` in a file."""
    file = folder / "secret"
    file.write_text(SECRET + "\n")
    given: dict[str, Any] = {"audience": "flights", "issuer": "https://id.example", **changes}
    return AuthSettings(mode="token", hs256_secret_file=str(file), **given)


def jwk(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, kid: str | None, **more: str) -> dict[str, Any]:
    """Return the public key as an entry of a JWKS."""
    public: dict[str, Any]
    if isinstance(key, rsa.RSAPrivateKey):
        public = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    else:
        public = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    public.pop("key_ops", None)
    return public | ({"kid": kid} if kid is not None else {}) | more


class JwksServer:
    """Serves `keys`, or `body` unchanged, with `status`; counts the requests.

    Attributes:
        moved_to: where an answer says to look; `/elsewhere` has the keys with status 200.
        hold: when set to an event, an answer waits for it.
    """

    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] = []
        self.body: bytes | None = None
        self.status = 200
        self.asked = 0
        self.moved_to = ""
        self.hold: asyncio.Event | None = None
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.hold is not None:
            await self.hold.wait()
        body = self.body if self.body is not None else json.dumps({"keys": self.keys}).encode()
        headers = {"Location": self.moved_to} if self.moved_to else None
        return web.Response(body=body, status=self.status, content_type="application/json", headers=headers)

    async def answer_elsewhere(self, request: web.Request) -> web.Response:
        return web.json_response({"keys": self.keys})


@asynccontextmanager
async def jwks_server() -> AsyncIterator[JwksServer]:
    """Serve a JWKS inside the context."""
    server = JwksServer()
    app = web.Application()
    app.router.add_get("/keys", server.answer)
    app.router.add_get("/elsewhere", server.answer_elsewhere)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    server.url = f"http://127.0.0.1:{port}/keys"
    try:
        yield server
    finally:
        await runner.cleanup()
