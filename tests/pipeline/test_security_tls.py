"""HTTPS and WSS in the gateway itself: prepared messages over TLS, and a certificate that is renewed."""

from __future__ import annotations

import asyncio
import datetime
import logging
import socket
import ssl
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
import trustme
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from flighttracker.build_info import VERSION
from flighttracker.bus.memory import MemoryBus
from flighttracker.clock import SystemClock
from flighttracker.errors import StartError
from flighttracker.settings import AuthSettings, GatewaySettings, LimitSettings, TlsSettings
from flighttracker_gateway.run import run
from tests.example_flights import position
from tests.gateway_server import WAIT_S, Watcher, running_gateway, synthetic_frame, until


class Authority:
    """Creates certificates in the files that the gateway reads."""

    def __init__(self, folder: Path) -> None:
        self.ca = trustme.CA()
        self.certificate_file, self.key_file = folder / "tls.crt", folder / "tls.key"
        self.trust = ssl.create_default_context()
        self.ca.configure_trust(self.trust)
        self.renew()

    @property
    def settings(self) -> GatewaySettings:
        tls = TlsSettings(certificate_file=str(self.certificate_file), key_file=str(self.key_file))
        return GatewaySettings(
            tls=tls,
            limits=LimitSettings(slow_client_s=5.0, max_connects_per_s=10_000, max_connects_per_address_per_s=10_000),
        )

    def renew(self) -> trustme.LeafCert:
        made = self.ca.issue_cert("127.0.0.1")
        self.certificate_file.write_bytes(b"".join(part.bytes() for part in made.cert_chain_pems))
        self.key_file.write_bytes(made.private_key_pem.bytes())
        return made


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


async def shown_serial(url: str, trust: ssl.SSLContext) -> int:
    """Return the serial number of the certificate that a new connection gets."""
    host, port = url.removeprefix("https://").split(":")
    async with asyncio.timeout(WAIT_S):
        _, writer = await asyncio.open_connection(host, int(port), ssl=trust)
    der: Any = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    return x509.load_der_x509_certificate(der).serial_number


def serial_of(made: trustme.LeafCert) -> int:
    return x509.load_pem_x509_certificate(made.cert_chain_pems[0].bytes()).serial_number


async def test_pages_and_viewers_are_served_over_tls(authority: Authority) -> None:
    async with running_gateway(authority.settings, trust=authority.trust) as running:
        await running.tick(position())
        status, answer = await running.get("/api/v1/flights")
        assert (status, len(answer["flights"])) == (200, 1)
        async with running.session.get(running.url + "/health") as response:
            assert response.headers["Strict-Transport-Security"] == "max-age=31536000"
        async with running.connect(origin=running.url) as viewer_socket:
            viewer = Watcher(viewer_socket)
            assert (await viewer.text())["type"] == "welcome"
            await viewer.frames()
            for _ in range(3):
                sent = await running.tick(position(position_time=running.clock.now_ms()))
                assert await viewer.frames() == [sent]


async def test_large_messages_arrive_whole(authority: Authority) -> None:
    async with (
        running_gateway(authority.settings, trust=authority.trust) as running,
        running.connect() as viewer_socket,
    ):
        await Watcher(viewer_socket).text()
        for sequence in range(1, 4):
            frame = synthetic_frame(sequence, 300_000)
            await running.gateway.hub.broadcast([frame])
            async with asyncio.timeout(WAIT_S):
                message = await viewer_socket.receive()
            assert message.data == frame


def test_on_uvloop_a_client_that_does_not_read_is_detected(authority: Authority) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(leave_one_behind(authority))


async def test_over_tls_a_client_that_does_not_read_costs_little_memory_and_is_closed(authority: Authority) -> None:
    await leave_one_behind(authority)


async def leave_one_behind(authority: Authority) -> None:
    """The bound of the write buffer must also apply to bytes that are not encrypted yet."""
    async with running_gateway(authority.settings, trust=authority.trust) as running:
        host, port = running.url.removeprefix("https://").split(":")
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        plain.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plain, (host, int(port)))
        reader, writer = await asyncio.open_connection(
            sock=plain, ssl=authority.trust, server_hostname=host, limit=1024
        )
        writer.write(
            b"GET /ws HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Protocol: flights.v1\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        async with asyncio.timeout(WAIT_S):
            assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        async with running.connect() as healthy:
            viewer = Watcher(healthy)
            await viewer.text()
            await until(lambda: running.gateway.admission.connections == 2)
            sequence = 0
            while running.metric("flights_ws_slow_clients") == 0:
                sequence += 1
                assert sequence < 200, "a client that reads nothing was never found to be slow"
                await running.gateway.hub.broadcast([synthetic_frame(sequence, 50_000)])
                async with asyncio.timeout(WAIT_S):
                    await healthy.receive()
            (slow,) = running.gateway.hub._slow
            held_bytes = slow.socket.transport.get_write_buffer_size()  # type: ignore[attr-defined]
            assert held_bytes < 3 * 64 * 1024
            await running.clock.advance(5_001)
            running.gateway.hub.close_overdue()
            await until(lambda: running.gateway.admission.connections == 1)
        writer.transport.abort()


async def test_a_renewed_certificate_is_used_without_disconnects(authority: Authority) -> None:
    async with (
        running_gateway(authority.settings, trust=authority.trust) as running,
        running.connect() as viewer_socket,
    ):
        assert running.certificate is not None
        viewer = Watcher(viewer_socket)
        await viewer.text()
        before = await shown_serial(running.url, authority.trust)
        renewed = serial_of(authority.renew())
        await running.certificate.look()
        assert before != renewed
        assert await shown_serial(running.url, authority.trust) == renewed
        await running.gateway.hub.broadcast([synthetic_frame(1, 1_000)])
        async with asyncio.timeout(WAIT_S):
            assert (await viewer_socket.receive()).type is aiohttp.WSMsgType.BINARY
        assert running.gateway.admission.connections == 1


async def test_the_certificate_is_watched(authority: Authority) -> None:
    async with running_gateway(authority.settings, trust=authority.trust) as running:
        assert running.certificate is not None
        watching = asyncio.create_task(running.certificate.run())
        await until(lambda: running.clock.sleepers == 1)
        renewed = serial_of(authority.renew())
        await running.clock.advance(5_000)
        await until(lambda: running.clock.sleepers == 1)
        assert await shown_serial(running.url, authority.trust) == renewed
        watching.cancel()


async def test_a_gateway_stops_cleanly_while_a_viewer_leaves(authority: Authority) -> None:
    async with running_gateway(authority.settings, trust=authority.trust) as running:
        viewer_socket = await running.connect()
        await until(lambda: len(running.gateway.hub) == 1)
        (viewer,) = running.gateway.hub
        protocol: Any = viewer.socket
        closing = asyncio.create_task(viewer_socket.close())
        async with asyncio.timeout(WAIT_S):
            while not protocol.transport.is_closing():
                await asyncio.sleep(0)
        protocol.shutdown()
        await closing
        await until(lambda: not running.server.server_state.tasks)


@pytest.mark.parametrize("spoilt", ["half", "empty", "gone", "other key", "other certificate"])
async def test_mismatched_files_leave_the_old_certificate(
    authority: Authority, spoilt: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with running_gateway(authority.settings, trust=authority.trust) as running:
        assert running.certificate is not None
        before = await shown_serial(running.url, authority.trust)
        match spoilt:
            case "half":
                authority.certificate_file.write_bytes(authority.certificate_file.read_bytes()[:300])
            case "empty":
                authority.key_file.write_bytes(b"")
            case "gone":
                authority.key_file.unlink()
            case "other key":
                authority.key_file.write_bytes(trustme.CA().issue_cert("a.example").private_key_pem.bytes())
            case "other certificate":
                # The first of two files is written: OpenSSL would drop the key that does not belong to it.
                other = authority.ca.issue_cert("127.0.0.1")
                authority.certificate_file.write_bytes(other.cert_chain_pems[0].bytes())
        for _ in range(3):
            await running.certificate.look()
        assert await shown_serial(running.url, authority.trust) == before
        warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
        assert len(warnings) == 1
        assert "changed and cannot be used, the certificate of before stays" in warnings[0]
        renewed = serial_of(authority.renew())
        await running.certificate.look()
        assert await shown_serial(running.url, authority.trust) == renewed


async def test_the_expiry_of_the_certificate_is_a_metric(authority: Authority) -> None:
    made = authority.ca.issue_cert("127.0.0.1", not_after=datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC))
    authority.certificate_file.write_bytes(b"".join(part.bytes() for part in made.cert_chain_pems))
    authority.key_file.write_bytes(made.private_key_pem.bytes())
    async with running_gateway(authority.settings, trust=authority.trust) as running:
        assert running.metric("flights_tls_certificate_expiry_timestamp_seconds") == 1_893_456_000
    async with running_gateway() as running, running.session.get(running.url + "/metrics") as response:
        assert "flights_tls_certificate" not in await response.text()


async def test_old_tls_and_plain_http_are_refused(authority: Authority) -> None:
    async with running_gateway(authority.settings, trust=authority.trust) as running:
        host, port = running.url.removeprefix("https://").split(":")
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        authority.ca.configure_trust(old)
        old.set_ciphers("DEFAULT:@SECLEVEL=0")
        with pytest.warns(DeprecationWarning, match="TLSv1_1 is deprecated"):
            old.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.warns(DeprecationWarning, match="TLSv1 is deprecated"):
            old.minimum_version = ssl.TLSVersion.TLSv1
        with pytest.raises((ssl.SSLError, ConnectionResetError)):
            await asyncio.open_connection(host, int(port), ssl=old)
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET /api/v1/flights HTTP/1.1\r\nHost: test\r\n\r\n")
        async with asyncio.timeout(WAIT_S):
            with suppress(ConnectionResetError):
                assert b"HTTP/1.1" not in await reader.read(-1)
        writer.close()


async def test_a_running_gateway_serves_https_and_reloads_its_certificate(authority: Authority) -> None:
    files = {"certificate_file": str(authority.certificate_file), "key_file": str(authority.key_file)}
    tls = TlsSettings(**files, poll_s=0.1)
    settings = GatewaySettings(port=0, drain_s=0.1, tls=tls)
    url = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(run(settings, MemoryBus(1), SystemClock(), ready=url.set_result))
    async with asyncio.timeout(WAIT_S):
        assert (await url).startswith("https://127.0.0.1:")
        connector = aiohttp.TCPConnector(ssl=authority.trust)
        async with (
            aiohttp.ClientSession(connector=connector) as session,
            session.get(url.result() + "/health") as answer,
        ):
            assert answer.status == 200
        renewed = serial_of(authority.renew())
        async with asyncio.timeout(WAIT_S):
            while await shown_serial(url.result(), authority.trust) != renewed:
                await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def passphrase(authority: Authority) -> None:
    key = serialization.load_pem_private_key(authority.key_file.read_bytes(), None)
    encryption = serialization.BestAvailableEncryption(b"secret")
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    authority.key_file.write_bytes(pem)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (
            lambda made: made.certificate_file.unlink(),
            r"cannot serve HTTPS with .*tls\.crt and .*tls\.key: .*No such file",
        ),
        (lambda made: made.certificate_file.write_text("hello"), r"no certificate and key in PEM, or the two do not"),
        (passphrase, r"the key has a passphrase: store it without one"),
    ],
    ids=["missing", "no PEM", "passphrase"],
)
async def test_an_unusable_certificate_is_reported_with_what_to_do(
    authority: Authority, spoil: Any, words: str
) -> None:
    spoil(authority)
    settings = GatewaySettings(port=0, tls=authority.settings.tls)
    with pytest.raises(StartError, match=words):
        async with asyncio.timeout(WAIT_S):
            await run(settings, MemoryBus(1), SystemClock())


async def test_a_secret_that_is_too_short_keeps_the_gateway_from_starting(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("short")
    auth = AuthSettings(mode="token", hs256_secret_file=str(tmp_path / "secret"))
    with pytest.raises(StartError, match="at least 32"):
        async with asyncio.timeout(WAIT_S):
            await run(GatewaySettings(port=0, auth=auth), MemoryBus(1), SystemClock())


async def test_a_client_that_does_not_finish_the_tls_handshake_is_disconnected(authority: Authority) -> None:
    limits = LimitSettings(request_head_s=0.2)
    settings = msgspec.structs.replace(authority.settings, limits=limits)
    async with running_gateway(settings, trust=authority.trust) as running:
        host, port = running.url.removeprefix("https://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"\x16\x03\x01")
        async with asyncio.timeout(WAIT_S):
            assert await reader.read() == b""
        writer.close()
        assert await running.get("/health") == (200, {"status": "alive", "version": VERSION})
