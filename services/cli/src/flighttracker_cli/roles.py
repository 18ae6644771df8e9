"""`flighttracker generator`, `gateway` and `historian`: one role in its own process, as pods run it.

All settings come from the file that `plan` made.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import msgspec

from flighttracker.avro import PositionCodec
from flighttracker.clock import SystemClock
from flighttracker.errors import StartError
from flighttracker.settings import GatewaySettings, GeneratorSettings, HistorianSettings, ServerSettings, read_settings
from flighttracker_cli.backbone import open_bus, open_kafka, open_logs, open_registry, wait_for_server
from flighttracker_cli.until_signal import run_until_signal
from flighttracker_cli.waiting_probes import waiting_probes
from flighttracker_gateway.run import run as run_gateway
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_generator.probes import serve_probes
from flighttracker_generator.run import run as run_generator
from flighttracker_generator.waits import Waits
from flighttracker_schemas import flight_position_schema


def run_generator_role(config: str, replica: int | None) -> None:
    """Produce positions until a signal.

    Args:
        config: the settings file.
        replica: part of the fleet that this process produces; None takes that of the settings.

    Raises:
        StartError: the settings, or a file or server that they name, cannot be used.
    """
    settings = read_settings(Path(config), GeneratorSettings)
    if replica is not None:
        if replica >= settings.replicas:
            raise StartError(
                f"--replica {replica} does not exist: the settings have {settings.replicas}, counted from 0"
            )
        settings = msgspec.structs.replace(settings, replica=replica)
    run_until_signal(_generate(settings, _servers(settings.servers, config)))


def run_gateway_role(config: str) -> None:
    """Serve viewers until a signal.

    Args:
        config: the settings file.

    Raises:
        StartError: the settings, or a file or server that they name, cannot be used.
    """
    settings = read_settings(Path(config), GatewaySettings)
    run_until_signal(_serve(settings, _servers(settings.servers, config)))


def run_historian_role(config: str) -> None:
    """Keep the history until a signal.

    Args:
        config: the settings file.

    Raises:
        StartError: the settings, or a file or server that they name, cannot be used.
    """
    settings = read_settings(Path(config), HistorianSettings)
    run_until_signal(_keep(settings, _servers(settings.servers, config)))


async def _generate(settings: GeneratorSettings, servers: ServerSettings) -> None:
    clock, metrics, waits = SystemClock(), GeneratorMetrics(), Waits()
    async with (
        serve_probes(settings.metrics_port, metrics.registry, waits),
        open_registry(servers.registry, clock) as registry,
        open_logs(servers, clock, waits) as logs,
    ):
        schema = json.dumps(flight_position_schema())
        schema_id = await wait_for_server(lambda: registry.register(schema), clock, partial(waits.note, "registry"))
        await run_generator(settings, logs, clock, metrics=metrics, codec=PositionCodec(schema_id), waits=waits)


async def _serve(settings: GatewaySettings, servers: ServerSettings) -> None:
    clock, waits = SystemClock(), Waits()
    async with (
        open_registry(servers.registry, clock) as registry,
        waiting_probes(settings.host, settings.metrics_port, waits) as probes,
        open_bus(servers, clock, waits) as bus,
    ):
        await probes.close()
        await run_gateway(settings, bus, clock, schemas=registry)


async def _keep(settings: HistorianSettings, servers: ServerSettings) -> None:
    # Imported here: Arrow takes longer to load than everything else that a generator or a gateway needs.
    from flighttracker_historian.metrics import HistorianMetrics
    from flighttracker_historian.run import run as run_historian

    clock, metrics, waits = SystemClock(), HistorianMetrics(), Waits()
    async with (
        serve_probes(settings.metrics_port, metrics.registry, waits),
        open_registry(servers.registry, clock) as registry,
        open_kafka(servers.kafka, clock, waits) as logs,
    ):
        await run_historian(settings, logs.positions, clock, metrics=metrics, schemas=registry)


def _servers(servers: ServerSettings | None, config: str) -> ServerSettings:
    if servers is None:
        raise StartError(f"{config} has no servers: this command needs Kafka, Redis and a schema registry")
    return servers
