"""Real Kafka, Redis and schema registry on this computer, and a tracker on them: `make backbone`, `make run-backbone`.

Starts the servers of the tests on free loopback ports, prints their addresses, and stops them on Ctrl-C. With
`--run FILE` it also starts one generator, one historian and several gateways as separate processes, as pods run them,
and a proxy in front of the gateways that sends each connection to the next reachable one. The history ends with Kafka.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec
import pytest

from flighttracker.settings import GatewaySettings, GeneratorSettings, HistorianSettings, write_settings
from flighttracker_cli.local_plan import local_history, local_servers, plan_local
from flighttracker_cli.tracker_file import read_tracker_file
from tests.servers.certificates import make_certificates
from tests.servers.kafka_server import KafkaServer
from tests.servers.process import LOOPBACK, ServerProcess, free_port
from tests.servers.redis_server import RedisServer
from tests.servers.registry_server import RegistryServer

COMMAND: Final = str(Path(sys.executable).with_name("flighttracker"))
PAGE: Final = Path(__file__).parents[1] / "web" / "out"
STOP_S: Final = 20.0
CHUNK_BYTES: Final = 64 * 1024


def main() -> None:
    """Parse the arguments and run until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", metavar="FILE", help="a FlightTracker to run on the servers")
    parser.add_argument("--gateways", type=int, default=2, help="how many gateways (default: 2)")
    parser.add_argument("--port", type=int, default=8000, help="port of the map (default: 8000)")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with suppress(KeyboardInterrupt), tempfile.TemporaryDirectory(prefix="flighttracker-") as folder:
        _run(Path(folder), arguments.run, arguments.gateways, arguments.port)


def _run(folder: Path, tracker_file: str | None, gateways: int, port: int) -> None:
    with ExitStack() as stack:
        print("Starting Kafka, Redis and the schema registry (half a minute) ...", flush=True)
        kafka, redis, registry = start_servers(folder, stack)
        print(f"  Kafka     {kafka.bootstrap_servers}\n  Redis     {redis.url}\n  Registry  {registry.url}", flush=True)
        if tracker_file is None:
            print(
                "\nRun a tracker on them in another terminal:\n"
                f"  flighttracker local examples/minimal.yaml --kafka {kafka.bootstrap_servers} --redis {redis.url} "
                f"--registry {registry.url}\n\nPress Ctrl-C to stop.",
                flush=True,
            )
            signal.pause()
            return
        tracker = read_tracker_file(tracker_file)
        servers = local_servers(tracker, kafka.bootstrap_servers, redis.url, registry.url)
        page = str(PAGE) if (PAGE / "index.html").is_file() else ""
        made = plan_local(tracker, secrets=None, page_directory=page, servers=servers)
        ports = [free_port() for _ in range(gateways)]
        historian = local_history(tracker, str(folder / "history"), servers)
        assert historian is not None
        historian = msgspec.structs.replace(historian, port=free_port())
        gateway = msgspec.structs.replace(made.gateway, history_url=f"http://{LOOPBACK}:{historian.port}")
        for process in role_commands(folder, made.generator, gateway, ports, historian=historian):
            stack.enter_context(running(process))
        print(f"  Gateways  {', '.join(f'http://{LOOPBACK}:{number}' for number in ports)}")
        print(f"\n  Map       http://localhost:{port}\n\nPress Ctrl-C to stop.", flush=True)
        asyncio.run(serve_front(port, ports))


def start_servers(folder: Path, stack: ExitStack) -> tuple[KafkaServer, RedisServer, RegistryServer]:
    """Start the three servers, which stop with the stack; exit with a message if one is not installed."""
    try:
        certificates = make_certificates(folder)
        kafka = KafkaServer(_made(folder / "kafka"), certificates)
        redis = RedisServer(_made(folder / "redis"), certificates)
        registry = RegistryServer(_made(folder / "registry"))
    except pytest.skip.Exception as missing:
        sys.exit(f"error: {missing}")
    for server in (kafka, redis, registry):
        stack.callback(ServerProcess.stop, server)
        server.start()
    return kafka, redis, registry


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def role_commands(
    folder: Path,
    generator: GeneratorSettings,
    gateway: GatewaySettings,
    ports: list[int],
    *,
    historian: HistorianSettings | None = None,
    log_level: str = "info",
) -> Iterator[list[str]]:
    """Yield the command of each role, with settings as the operator writes them: generator, historian, gateways."""

    def command(
        role: str, settings: GeneratorSettings | GatewaySettings | HistorianSettings, name: str = ""
    ) -> list[str]:
        file = folder / f"{name or role}.json"
        file.write_bytes(write_settings(settings))
        return [COMMAND, role, "--log-level", log_level, "--config", str(file)]

    yield command("generator", generator)
    if historian is not None:
        yield command("historian", historian)
    for port in ports:
        yield command("gateway", msgspec.structs.replace(gateway, port=port), f"gateway-{port}")


@contextmanager
def running(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process during the context; terminate it afterwards, and kill it if it does not stop."""
    process = subprocess.Popen(command, start_new_session=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def serve_front(port: int, gateways: list[int]) -> None:
    """Proxy connections to the gateways in turn, until cancelled; unreachable gateways are skipped."""
    turns = itertools.cycle(gateways)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for gateway in itertools.islice(turns, len(gateways)):
            try:
                to_reader, to_writer = await asyncio.open_connection(LOOPBACK, gateway)
            except OSError:
                continue
            await asyncio.gather(_pass_on(reader, to_writer), _pass_on(to_reader, writer))
            return
        writer.close()

    async with await asyncio.start_server(serve, LOOPBACK, port) as server:
        await server.serve_forever()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(CHUNK_BYTES):
            writer.write(data)
            await writer.drain()
    writer.close()


if __name__ == "__main__":
    main()
