"""`flighttracker local`: generator, bus and gateway in one process, with the settings that pods would get.

Ctrl-C (SIGINT) or SIGTERM cancels the roles, which close what they opened; a second one ends the process at once.
When a role fails the other is cancelled and the failure is raised, so that a half-working map never stays up. The
gateway's /metrics shows what both count. `main.py` is the only caller.
"""

from __future__ import annotations

import asyncio
import errno
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, NoReturn

import click
import uvloop

from flighttracker.bus.memory import MemoryBus
from flighttracker.clock import SystemClock
from flighttracker.errors import StartError
from flighttracker.plan import Plan
from flighttracker.spec import FlightTracker
from flighttracker_cli.here import plan_here
from flighttracker_cli.summary import describe_source, only_in_a_cluster
from flighttracker_cli.together import JoinedRegistry
from flighttracker_gateway.run import run as run_gateway
from flighttracker_generator.metrics import GeneratorMetrics
from flighttracker_generator.run import run as run_generator

_INTERRUPTED: Final = 130


def run_local(tracker: FlightTracker, *, host: str, port: int, page: str | None, secrets: str | None) -> NoReturn:
    """Run a tracker until Ctrl-C, then end the process.

    Args:
        tracker: the resource.
        host: address to listen on.
        port: port to listen on.
        page: directory of the built page; None takes that of the checkout when it is built.
        secrets: directory of the Secrets that the resource names; None when there is none.

    Raises:
        StartError: the port is in use, a Secret or the page is not there.
    """
    made = plan_here(tracker, secrets=secrets, host=host, port=port, page_directory=_page_directory(page))
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_run_until_signal(made, lambda: _print_banner(tracker, made)))
            click.echo("\nStopped.")
            # The roles have closed what they opened. A thread that still makes the fleet cannot be cancelled, and the
            # loop, and then the interpreter, would wait for it.
            os._exit(0)
    except StartError as error:
        if isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.EADDRINUSE:
            # The gateway does not know our options.
            words = f"stop what uses it or choose another with --port (make run PORT={port + 1})"
            raise StartError(f"port {port} is in use: {words}") from error
        raise


async def _run_until_signal(made: Plan, on_ready: Callable[[], None]) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, _stop_or_end, stop)
    roles = asyncio.create_task(_run_roles(made, on_ready), name="roles")
    stopped = asyncio.create_task(stop.wait(), name="stop")
    await asyncio.wait((roles, stopped), return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    roles.cancel()
    try:
        with suppress(asyncio.CancelledError):
            await roles
    except BaseExceptionGroup as group:
        first = _first_cause(group)
        raise first from first.__cause__


async def _run_roles(made: Plan, on_ready: Callable[[], None]) -> None:
    clock = SystemClock()
    metrics = GeneratorMetrics()
    bus = MemoryBus(shards=made.shards, clock=clock)
    try:
        async with asyncio.TaskGroup() as roles:
            serving = run_gateway(
                made.gateway, bus, clock, registry=JoinedRegistry(metrics.registry), ready=lambda _: on_ready()
            )
            roles.create_task(serving, name="gateway")
            generating = run_generator(made.generator, bus, clock, metrics=metrics)
            roles.create_task(generating, name="generator")
    finally:
        await bus.close()


def _stop_or_end(stop: asyncio.Event) -> None:
    if stop.is_set():
        os._exit(_INTERRUPTED)
    stop.set()


def _first_cause(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return what a person should read of several failures: the first that happened."""
    first: BaseException = group
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first


def _page_directory(page: str | None) -> str:
    """Return the directory of the built page, the checkout's when none is named; empty when it is not built."""
    if page is not None:
        if not (Path(page) / "index.html").is_file():
            raise StartError(f"--page {page} holds no index.html: build the page with `make web`, or leave --page out")
        return page
    built = (folder / "web" / "out" for folder in Path(__file__).parents if (folder / "pyproject.toml").is_file())
    return next((str(directory) for directory in built if (directory / "index.html").is_file()), "")


def _shown_host(host: str) -> str:
    """Return what a browser on this computer can open."""
    if host in ("127.0.0.1", "0.0.0.0", "::", "::1"):  # noqa: S104 - only compared with
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _print_banner(tracker: FlightTracker, made: Plan) -> None:
    url = f"http://{_shown_host(made.gateway.host)}:{made.gateway.port}"
    click.echo(f"FlightTracker '{made.tracker}': {describe_source(tracker.spec.source.chosen)}\n")
    if made.gateway.page_directory:
        click.echo(f"  Map      {click.style(url, bold=True)}")
    elif tracker.spec.web.enabled:
        click.echo("  Map      the page is not built: run `make web`, then start again")
    click.echo(f"  Flights  {url}/api/flights")
    click.echo(f"  Metrics  {url}/metrics\n")
    for note in only_in_a_cluster(tracker):
        click.echo(f"  Note     {note}\n")
    click.echo("Press Ctrl-C to stop.")
