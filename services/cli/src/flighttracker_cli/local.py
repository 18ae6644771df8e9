"""`flighttracker local`: generator, bus, gateway and historian in one process, with the settings that pods would get.

The bus is in memory, or on real servers when their addresses are given. When one role fails, the other is cancelled and
the failure is raised: a map that half works never stays up. The gateway's /metrics has the metrics of both.
"""

from __future__ import annotations

import asyncio
import errno
import json
import socket
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NoReturn

import click
import msgspec

from flighttracker.avro import PositionCodec
from flighttracker.bus.base import Bus
from flighttracker.bus.memory import MemoryBus
from flighttracker.clock import Clock, SystemClock
from flighttracker.errors import StartError
from flighttracker.plan import Plan
from flighttracker.redaction import redacted
from flighttracker.registry import SchemaRegistry
from flighttracker.settings import HistorianSettings, ServerSettings
from flighttracker.spec import FlightTracker
from flighttracker_cli.first_aircraft import FirstAircraft
from flighttracker_cli.history_socket import history_socket
from flighttracker_cli.joined_metrics import JoinedRegistry
from flighttracker_cli.local_plan import check_secrets, plan_local, report_no_history
from flighttracker_cli.packaged_files import Folder, find_folder
from flighttracker_cli.summary import only_in_a_cluster
from flighttracker_cli.until_signal import run_until_signal
from flighttracker_gateway.run import run as run_gateway
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_generator.run import run as run_generator
from flighttracker_generator.waits import Waits
from flighttracker_schemas import flight_position_schema


def run_local(
    tracker: FlightTracker,
    *,
    host: str,
    port: int,
    page: str | None,
    secrets: str | None,
    servers: ServerSettings | None = None,
    historian: HistorianSettings | None = None,
) -> NoReturn:
    """Run a tracker until Ctrl-C, then end the process.

    Args:
        tracker: the resource.
        host: address to listen on.
        port: port to listen on.
        page: directory of the built page; None takes that of the package, or of the checkout if it is built.
        secrets: directory of the Secrets that the resource names; None without one.
        servers: Kafka, Redis and registry to run on; None for the bus in memory.
        historian: where to keep the history; None keeps none.

    Raises:
        StartError: the port is in use, or a Secret or the page is missing.
    """
    directory = _page_directory(page)
    made = plan_local(tracker, secrets=secrets, host=host, port=port, page_directory=directory, servers=servers)
    check_secrets(made.gateway, secrets)
    try:
        run_until_signal(_run(tracker, made, historian), farewell="\nStopped.")
    except StartError as error:
        if isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.EADDRINUSE:
            # The gateway does not know the options of this command.
            words = f"stop the process that uses it, or choose another with --port (make run PORT={port + 1})"
            raise StartError(f"port {port} is in use: {words}") from error
        raise


async def _run(tracker: FlightTracker, made: Plan, historian: HistorianSettings | None) -> None:
    clock = SystemClock()
    servers = made.gateway.servers
    if servers is None:
        await _run_roles(tracker, made, historian, MemoryBus(shards=made.shards, clock=clock), clock)
        return
    # Imported here: the clients of Kafka and Redis take a tenth of the time to start.
    from flighttracker_cli.backbone import open_bus, open_registry, wait_for_server

    async with open_registry(servers.registry, clock) as registry, open_bus(servers, clock, Waits()) as bus:
        schema = json.dumps(flight_position_schema())
        codec = PositionCodec(await wait_for_server(lambda: registry.register(schema), clock))
        await _run_roles(tracker, made, historian, bus, clock, registry, codec)


async def _run_roles(
    tracker: FlightTracker,
    made: Plan,
    historian: HistorianSettings | None,
    bus: Bus,
    clock: Clock,
    schemas: SchemaRegistry | None = None,
    codec: PositionCodec | None = None,
) -> None:
    metrics = GeneratorMetrics()
    registry = JoinedRegistry(metrics.registry)
    first_aircraft = FirstAircraft(tracker.spec.used_sources, registry)
    async with AsyncExitStack() as stack:
        gateway, listener = made.gateway, None
        if historian is not None:
            try:
                url, listener = stack.enter_context(history_socket())
                gateway = msgspec.structs.replace(gateway, history_url=url)
            except StartError as error:
                report_no_history(error)
        roles = await stack.enter_async_context(asyncio.TaskGroup())

        def on_ready(_: str) -> None:
            _print_banner(tracker, made)
            roles.create_task(first_aircraft.report(clock, click.echo), name="first aircraft")

        serving = run_gateway(
            gateway,
            bus,
            clock,
            schemas=schemas,
            registry=registry,
            ready=on_ready,
            waiting_for=first_aircraft.waiting_for,
        )
        roles.create_task(serving, name="gateway")
        generating = run_generator(made.generator, bus, clock, metrics=metrics, codec=codec)
        roles.create_task(generating, name="generator")
        if historian is not None and listener is not None:
            keeping = _keep_history(historian, bus, clock, schemas, registry, listener)
            roles.create_task(keeping, name="historian")


async def _keep_history(
    settings: HistorianSettings,
    bus: Bus,
    clock: Clock,
    schemas: SchemaRegistry | None,
    registry: JoinedRegistry,
    listener: socket.socket,
) -> None:
    """Keep the history; a folder that cannot be used is reported, and the map runs without a past."""
    # Imported here: Arrow takes half a second to load, and the map does not wait for it.
    from flighttracker_historian.metrics import HistorianMetrics
    from flighttracker_historian.run import run as run_historian

    metrics = HistorianMetrics()
    registry.join(metrics.registry)
    try:
        await run_historian(settings, bus.positions, clock, metrics=metrics, schemas=schemas, listeners=(listener,))
    except StartError as error:
        report_no_history(error)
    finally:
        # Requests are refused then, instead of waiting for an answer.
        listener.close()


def _page_directory(page: str | None) -> str:
    """Return the directory of the built page, by default the installed one; empty if there is none."""
    if page is not None:
        if not (Path(page) / "index.html").is_file():
            raise StartError(f"--page {page} has no index.html: build the page with `make web`, or leave out --page")
        return page
    folder = find_folder(Folder.PAGE)
    return str(folder) if folder is not None and (folder / "index.html").is_file() else ""


def _shown_host(host: str) -> str:
    """Return the host of a URL that a browser on this computer can open."""
    if host in ("127.0.0.1", "0.0.0.0", "::", "::1"):  # noqa: S104 - a comparison, not a bind
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _print_banner(tracker: FlightTracker, made: Plan) -> None:
    scheme = "http" if made.gateway.tls is None else "https"
    url = f"{scheme}://{_shown_host(made.gateway.host)}:{made.gateway.port}{made.gateway.base_path}"
    click.echo()
    if made.gateway.page_directory:
        click.echo(f"  Map      {click.style(f'{url}/' if made.gateway.base_path else url, bold=True)}")
    elif tracker.spec.web.enabled:
        click.echo("  Map      the page is not built: run `make web`, then start again")
    click.echo(f"  Flights  {url}/api/v1/flights")
    click.echo(f"  Metrics  {url}/metrics\n")
    if (servers := made.gateway.servers) is not None:
        addresses = (servers.kafka.bootstrap_servers, servers.redis.shown_url, redacted(servers.registry.url))
        click.echo("  Servers  Kafka {}, Redis {}, registry {}\n".format(*addresses))
    for note in only_in_a_cluster(tracker, has_servers=servers is not None):
        click.echo(f"  Note     {note}\n")
    click.echo("Press Ctrl-C to stop.")
