"""The registry client against a real registry, and against one that misbehaves on purpose."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from aiohttp import web

from flighttracker.clock import SystemClock
from flighttracker.errors import BusError, StartError
from flighttracker.registry import MAX_ANSWER_BYTES, SchemaRegistry
from flighttracker.settings import RegistrySettings
from flighttracker_schemas import FLIGHT_POSITION_AVSC, flight_position_schema
from tests.servers.process import LOOPBACK, free_port
from tests.servers.registry_server import RegistryServer

pytest_plugins = ["tests.servers.fixtures"]

WAIT_S = 30.0
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def opened(url: str, **changes: object) -> AsyncIterator[SchemaRegistry]:
    fields: dict[str, object] = {
        "url": url,
        "subject": f"flights-{uuid4().hex}-value",
        "attempts": 3,
        "first_wait_s": 0.01,
        **changes,
    }
    registry = SchemaRegistry(RegistrySettings(**fields), SystemClock())  # type: ignore[arg-type]
    try:
        await registry.open()
        yield registry
    finally:
        await registry.close()


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """Run a server that answers everything with one handler."""
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(application)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, LOOPBACK, port).start()
    try:
        yield f"http://{LOOPBACK}:{port}"
    finally:
        await runner.cleanup()


def with_field(**field: Any) -> str:
    schema = flight_position_schema()
    schema["fields"].append(field)
    return msgspec.json.encode(schema).decode()


class TestRealRegistry:
    async def test_a_schema_has_one_id_and_is_found_by_it(self, registry_server: RegistryServer) -> None:
        async with opened(registry_server.url) as writer, opened(registry_server.url) as reader:
            schema_id = await writer.register(FLIGHT_POSITION_AVSC)
            assert await writer.register(FLIGHT_POSITION_AVSC) == schema_id
            assert await reader.schema(schema_id) == flight_position_schema()

    async def test_an_unknown_id_is_none_until_it_is_known(self, registry_server: RegistryServer) -> None:
        async with opened(registry_server.url) as registry:
            assert await registry.schema(2_000_000_000) is None

    async def test_a_new_field_with_a_default_is_accepted(self, registry_server: RegistryServer) -> None:
        evolved = with_field(name="mach", type=["null", "float"], default=None)
        async with opened(registry_server.url) as registry:
            first = await registry.register(FLIGHT_POSITION_AVSC)
            assert await registry.register(evolved) != first

    async def test_a_new_field_without_a_default_is_rejected_with_the_reason(
        self, registry_server: RegistryServer
    ) -> None:
        broken = with_field(name="mach", type="float")
        async with opened(registry_server.url) as registry:
            await registry.register(FLIGHT_POSITION_AVSC)
            with pytest.raises(StartError, match=r"rejects the schema under .*BACKWARD_TRANSITIVE.*mach"):
                await registry.register(broken)

    async def test_every_older_version_counts(self, registry_server: RegistryServer) -> None:
        """BACKWARD_TRANSITIVE: a field that was taken out may not come back without a default."""
        with_mach = with_field(name="mach", type="float", default=0)
        async with opened(registry_server.url) as registry:
            await registry.register(FLIGHT_POSITION_AVSC)
            await registry.register(with_mach)
            with pytest.raises(StartError, match="rejects the schema"):
                await registry.register(with_field(name="mach", type="float"))

    async def test_an_invalid_schema_is_rejected(self, registry_server: RegistryServer) -> None:
        async with opened(registry_server.url) as registry:
            with pytest.raises(StartError, match=r"rejects the request \(HTTP 4\d\d\)"):
                await registry.register('{"type": "record"}')

    async def test_known_schemas_need_no_registry(self, registry_server: RegistryServer) -> None:
        async with opened(registry_server.url) as registry:
            schema_id = await registry.register(FLIGHT_POSITION_AVSC)
            await asyncio.to_thread(registry_server.kill)
            try:
                async with asyncio.timeout(2 * WAIT_S):
                    assert await registry.schema(schema_id) == flight_position_schema()
                    with pytest.raises(BusError, match="did not answer 3 times"):
                        await registry.schema(schema_id + 1)
            finally:
                await asyncio.to_thread(registry_server.start)
            assert await registry.register(FLIGHT_POSITION_AVSC) > 0


class TestTrouble:
    async def test_a_registry_that_recovers_is_asked_again(self) -> None:
        asked = 0

        async def handler(_: web.Request) -> web.Response:
            nonlocal asked
            asked += 1
            if asked < 3:
                return web.json_response({"message": "starting"}, status=503)
            return web.json_response({"schema": FLIGHT_POSITION_AVSC})

        async with serving(handler) as url, opened(url) as registry:
            assert await registry.schema(7) == flight_position_schema()
            assert await registry.schema(7) == flight_position_schema()
        assert asked == 3

    async def test_a_registry_that_hangs_is_a_bus_error_in_bounded_time(self) -> None:
        over = asyncio.Event()

        async def handler(_: web.Request) -> web.Response:
            await over.wait()
            return web.Response()

        async with serving(handler) as url, opened(url, request_timeout_s=0.1) as registry, asyncio.timeout(WAIT_S):
            with pytest.raises(BusError, match=r"did not answer 3 times: .*Timeout"):
                await registry.schema(7)
            over.set()

    async def test_the_account_is_sent_and_a_rejection_says_what_to_check(self, tmp_path: Path) -> None:
        (tmp_path / "username").write_text("flights\n")
        (tmp_path / "password").write_text("not-a-secret\n")
        files = {"username_file": str(tmp_path / "username"), "password_file": str(tmp_path / "password")}

        async def handler(request: web.Request) -> web.Response:
            if request.headers.get("Authorization") != "Basic ZmxpZ2h0czpub3QtYS1zZWNyZXQ=":
                return web.Response(status=401)
            return web.json_response({"schema": FLIGHT_POSITION_AVSC})

        async with serving(handler) as url:
            async with opened(url, **files) as registry:
                assert await registry.schema(7) == flight_position_schema()
            async with opened(url) as stranger:
                with pytest.raises(StartError, match=r"rejects our account \(HTTP 401\): check username_file"):
                    await stranger.schema(7)

    async def test_a_server_without_the_api_is_reported(self) -> None:
        async def handler(_: web.Request) -> web.Response:
            return web.Response(text="<html>Welcome to nginx!</html>")

        async with serving(handler) as url, opened(url) as registry:
            with pytest.raises(StartError, match=r"does not have the Confluent API: .* ends with /apis/ccompat/v7"):
                await registry.schema(7)

    async def test_redirects_are_not_followed(self) -> None:
        async def handler(request: web.Request) -> web.Response:
            if request.path.startswith("/elsewhere"):
                return web.json_response({"schema": FLIGHT_POSITION_AVSC})
            raise web.HTTPTemporaryRedirect(f"/elsewhere{request.path}")

        async with serving(handler) as url, opened(url) as registry:
            with pytest.raises(StartError, match=r"redirects \(HTTP 307\) to /elsewhere"):
                await registry.schema(7)

    async def test_a_name_that_leads_to_a_metadata_service_is_not_asked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def looked_up(host: Any, port: Any, *arguments: Any, **options: Any) -> list[Any]:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", port))]

        monkeypatch.setattr(socket, "getaddrinfo", looked_up)
        async with opened("http://registry.test") as registry, asyncio.timeout(WAIT_S):
            with pytest.raises(StartError, match=r"169\.254\.169\.254 is a metadata service"):
                await registry.schema(7)

    async def test_an_endless_answer_is_not_kept(self) -> None:
        async def handler(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            with suppress(ConnectionError):
                while True:
                    await response.write(b" " * 65_536)
            return response

        async with serving(handler) as url, opened(url) as registry, asyncio.timeout(WAIT_S):
            with pytest.raises(StartError, match="longer than 1048576 bytes"):
                await registry.schema(7)

    @pytest.mark.parametrize("schema_id", [-1, 2**32, 2**70, True, "1", 1.5])
    async def test_an_id_that_fits_no_record_is_reported(self, schema_id: object) -> None:
        async def handler(request: web.Request) -> web.Response:
            return web.json_response({"compatibilityLevel": "FORWARD_TRANSITIVE", "id": schema_id})

        async with serving(handler) as url, opened(url) as registry:
            with pytest.raises(StartError, match="does not have the Confluent API"):
                await registry.register(FLIGHT_POSITION_AVSC)

    async def test_a_small_answer_that_unpacks_to_much_is_not_kept(self) -> None:
        packed = gzip.compress(bytes(32 * MAX_ANSWER_BYTES))

        async def handler(_: web.Request) -> web.Response:
            return web.Response(body=packed, headers={"Content-Encoding": "gzip"})

        async with serving(handler) as url, opened(url) as registry:
            with pytest.raises(StartError, match="longer than"):
                await registry.schema(1)

    async def test_an_answer_that_drips_is_a_bus_error_in_bounded_time(self) -> None:
        async def handler(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            with suppress(ConnectionError):
                while True:
                    await response.write(b" ")
                    await asyncio.sleep(0.05)  # slow, and never silent for as long as a request may take
            return response

        async with asyncio.timeout(WAIT_S), serving(handler) as url, opened(url, request_timeout_s=0.2) as registry:
            with pytest.raises(BusError):
                await registry.schema(1)

    async def test_a_schema_that_is_not_avro_is_reported(self) -> None:
        async def handler(_: web.Request) -> web.Response:
            return web.json_response({"schema": "{}", "schemaType": "JSON"})

        async with serving(handler) as url, opened(url) as registry:
            with pytest.raises(StartError, match="is JSON, but only AVRO is supported"):
                await registry.schema(7)

    async def test_an_address_without_a_scheme_is_refused(self) -> None:
        async with opened("registry:8081") as registry:
            with pytest.raises(StartError, match="'registry:8081' is not the address of a schema registry"):
                await registry.schema(7)

    async def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        missing = str(tmp_path / "username")
        with pytest.raises(StartError, match=f"cannot read {missing}"):
            async with opened("http://127.0.0.1", username_file=missing):
                pass

    async def test_no_more_schemas_than_the_bound_are_kept(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("flighttracker.registry.MAX_SCHEMAS", 1)
        asked: list[str] = []

        async def handler(request: web.Request) -> web.Response:
            asked.append(request.path.rsplit("/", 1)[1])
            return web.json_response({"schema": FLIGHT_POSITION_AVSC})

        async with serving(handler) as url, opened(url) as registry:
            for schema_id in (1, 2, 2, 1):
                assert await registry.schema(schema_id) == flight_position_schema()
        assert asked == ["1", "2", "2"]
