"""`flighttracker-operator`: manages the FlightTrackers of a cluster, or of some of its namespaces.

The operator runs with one replica (`Recreate`). A pass is idempotent, even if it is interrupted or run by two operators
at once: it applies complete objects, and random values are only created, never overwritten. Operators of different
releases would still replace each other's objects forever, so each holds a Lease for its scope (`reconcile.tenure`).
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from flighttracker.errors import UserError
from flighttracker.telemetry import LogFormat, set_up_logging
from flighttracker_operator.cluster.api import connect
from flighttracker_operator.cluster.sync import Scope, scopes_of
from flighttracker_operator.cluster.watch import Watch
from flighttracker_operator.model.images import TAG, images_of
from flighttracker_operator.model.policy import Policy, read_policy
from flighttracker_operator.model.runbooks import PLACEHOLDER, RUNBOOK_URL, is_runbook_url
from flighttracker_operator.objects.kinds import INGRESS_CLASSES, OPTIONAL_GROUPS, Kind
from flighttracker_operator.objects.leases import Identity
from flighttracker_operator.objects.nesting import READABLE_LEVELS
from flighttracker_operator.reconcile.loop import RESYNC_S, Loop
from flighttracker_operator.reconcile.waves import WaveSettings
from flighttracker_operator.server import serve

_logger = logging.getLogger(__name__)

EXIT_USER: Final = 2
DEFAULT_PORT: Final = 8080


class NamespaceName(click.types.StringParamType):
    """A namespace; in the environment, commas separate several."""

    envvar_list_splitter = ","


def _checked_runbook_url(value: str) -> str:
    if not is_runbook_url(value):
        raise click.BadParameter(f"must be a URL with {PLACEHOLDER}, such as {RUNBOOK_URL}")
    return value


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--namespace",
    "namespaces",
    multiple=True,
    type=NamespaceName(),
    envvar="WATCH_NAMESPACE",
    show_envvar=True,
    metavar="NS",
    help="Namespace to manage; repeat for more. Default: the whole cluster.",
)
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Log format: text for people, json for machines.",
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
    help="Minimum level of log messages.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="Port of /health, /ready and /metrics; 0 selects a free port, which is logged.",
)
@click.option(
    "--resync-seconds",
    type=click.FloatRange(1, 3600),
    default=RESYNC_S,
    show_default=True,
    help="Time between full comparisons with the cluster.",
)
@click.option(
    "--policy",
    "policy_file",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="FLIGHTTRACKER_POLICY",
    show_envvar=True,
    help="JSON file with limits for authors of FlightTrackers. Default: the defaults of the chart.",
)
@click.option(
    "--without-api",
    "without",
    multiple=True,
    type=click.Choice(sorted({*OPTIONAL_GROUPS, INGRESS_CLASSES.plural})),
    help="Optional API that the operator has no rights for, and does without; repeat for more.",
)
@click.option(
    "--upgrade-trackers",
    type=click.IntRange(0, 10_000),
    default=WaveSettings().trackers,
    show_default=True,
    help="Trackers whose pods a new release replaces at the same time, at most; 0 for all.",
)
@click.option(
    "--upgrade-ready-seconds",
    type=click.FloatRange(1, 86_400),
    default=WaveSettings().ready_s,
    show_default=True,
    help="Time in which such a tracker must be Ready again; otherwise no other tracker is upgraded until it is.",
)
@click.option(
    "--runbook-url",
    default=RUNBOOK_URL,
    show_default=True,
    envvar="FLIGHTTRACKER_RUNBOOK_URL",
    show_envvar=True,
    metavar="URL",
    callback=lambda _context, _option, value: _checked_runbook_url(value),
    help="Page about an alert of a tracker, with {name} for the name of the alert.",
)
@click.option(
    "--name",
    envvar="FLIGHTTRACKER_OPERATOR",
    metavar="NAME",
    help="Name among the operators of a cluster; the same after a restart. Default: host name and process id.",
)
@click.version_option(TAG, prog_name="flighttracker-operator")
def main(
    namespaces: tuple[str, ...],
    log_format: LogFormat,
    log_level: str,
    port: int,
    resync_seconds: float,
    policy_file: Path | None,
    upgrade_trackers: int,
    upgrade_ready_seconds: float,
    without: tuple[str, ...],
    runbook_url: str,
    name: str | None,
) -> None:
    """Turn FlightTracker resources into running trackers.

    The cluster is that of KUBECONFIG or ~/.kube/config, else the one in which the operator runs.
    """
    set_up_logging(log_level, log_format)
    sys.setrecursionlimit(READABLE_LEVELS)
    logging.getLogger("kopf").setLevel(logging.CRITICAL)  # `Watch` logs why a watch stopped
    try:
        policy = read_policy(policy_file) if policy_file else Policy()
        own = Identity(name or f"{socket.gethostname()}-{os.getpid()}", TAG)
        waves = WaveSettings(upgrade_trackers, upgrade_ready_seconds)
        scopes = scopes_of(namespaces)
        work = _run(scopes, policy, own, port, resync_seconds, waves, frozenset(without), runbook_url)
        asyncio.run(work)
    except UserError as error:
        _logger.error("%s", error)  # noqa: TRY400 - no bug, so no traceback
        sys.exit(EXIT_USER)


async def _run(
    scopes: Sequence[Scope],
    policy: Policy,
    own: Identity,
    port: int,
    resync_s: float,
    waves: WaveSettings,
    without: frozenset[str],
    runbook_url: str,
) -> None:
    """Run until SIGTERM or SIGINT."""
    async with connect() as api:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        images = images_of(os.environ)

        def follow(kinds: frozenset[Kind]) -> None:
            watch.follow(kinds)

        loop = Loop(
            api,
            scopes,
            images,
            policy,
            own,
            without=without,
            resync_s=resync_s,
            waves=waves,
            runbook_url=runbook_url,
            watch=follow,
        )
        watch = Watch(api.configuration, scopes, loop.on_change, loop.on_deletion, loop.is_known)
        async with serve(loop.health, port) as bound:
            where = f"namespaces {', '.join(filter(None, scopes))}" if scopes[0] else "the whole cluster"
            _logger.info("version %s manages %s at %s; port %d", TAG, where, api.configuration.host, bound)
            work = asyncio.create_task(loop.run(), name="loop")
            ended = asyncio.create_task(stop.wait(), name="stop")
            await asyncio.wait({work, ended}, return_when=asyncio.FIRST_COMPLETED)
            work.cancel()
            ended.cancel()
            await asyncio.gather(work, ended, return_exceptions=True)
            await watch.stop()
        if not stop.is_set() and not work.cancelled():
            work.result()
        _logger.info("stopped")


if __name__ == "__main__":
    main()
