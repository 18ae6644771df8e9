"""Every HTTPS client of the roles uses the proxy of the environment and trusts a private authority, in a process each.

The process cannot resolve the name of the server, so an answer has come through the proxy.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import sys
from pathlib import Path

import pytest
import trustme
from aiohttp import web

from flighttracker_operator.manifests.outgoing import CA_DIRECTORY, environment
from flighttracker_operator.model.policy import Outgoing, Policy
from tests.forward_proxy import forward_proxy, lead_to_this_machine
from tests.unit.operator.manifests.cases import facts, tracker

CLIENTS = Path(__file__).with_name("outgoing_clients.py")
NAMES = ("source", "keys", "registry", "traces")
NEVER_RESOLVED = "server.test"


async def _run(name: str, port: int, environment: dict[str, str]) -> str:
    """Run one client in a process and return its errors."""
    others = ("_proxy", "_ca_bundle", "ssl_cert_file")  # of this machine, which no pod has
    inherited = {name: value for name, value in os.environ.items() if not name.lower().endswith(others)}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(CLIENTS),
        name,
        f"https://{NEVER_RESOLVED}:{port}",
        env={**inherited, **environment},
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        _, error = await process.communicate()
    return error.decode()


def _environment(proxy: str, folder: str) -> dict[str, str]:
    """Return the environment of a pod with this proxy, and its certificates in this folder."""
    outgoing = Outgoing(https_proxy=proxy, ca_config_map="bundle")
    variables = environment(tracker(), facts(policy=Policy(outgoing=outgoing)))
    return {one["name"]: one["value"].replace(CA_DIRECTORY, folder) for one in variables}


@pytest.mark.parametrize("name", NAMES)
async def test_a_client_uses_the_proxy_and_the_authorities_of_its_environment(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_to_this_machine(monkeypatch, NEVER_RESOLVED)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.crt"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(NEVER_RESOLVED).configure_cert(context)
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.json_response({"keys": [], "schema": '"string"'})

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    port = runner.addresses[0][1]
    try:
        async with forward_proxy() as proxy:
            variables = _environment(proxy.url, str(tmp_path))
            error = await _run(name, port, variables)
            assert len(asked) == 1, error
            assert {line.rpartition(" ")[0] for line in proxy.asked} == {f"CONNECT {NEVER_RESOLVED}:{port}"}
            variables = {key: value for key, value in variables.items() if not value.endswith("ca.crt")}
            error = await _run(name, port, variables)
            assert len(asked) == 1, "without the authority, the server's certificate is not trusted"
            assert "CERTIFICATE_VERIFY_FAILED" in error
    finally:
        await runner.cleanup()
