"""The `flighttracker` command: `local`, `generator`, `gateway`, `historian`, `validate`, `follow`, `examples`,
`crd` and `schema`.

`--help` documents the exit codes. An error that the user can fix is one line without a traceback; for a bug the line
says how to get one. Each command imports its modules when it runs: `--help` stays fast, and Ctrl-C during the imports
is handled.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Final, NoReturn

import click

from flighttracker.errors import FlightTrackerError, UserError
from flighttracker.extras import missing_extra
from flighttracker.redaction import presentable
from flighttracker_cli.compose.command import compose
from flighttracker_cli.history.command import history
from flighttracker_cli.interrupts import remember_interrupts, was_interrupted
from flighttracker_cli.options import log_format_option, log_level_option, secrets_option
from flighttracker_cli.role_commands import gateway, generator, historian

if TYPE_CHECKING:
    from flighttracker.telemetry import LogFormat
    from flighttracker_cli.validate import Output

FAILED: Final = 1
USER_ERROR: Final = 2
INTERRUPTED: Final = 130

_logger = logging.getLogger(__name__)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  flighttracker local                            show the map at http://localhost:8000
  flighttracker validate examples/*.yaml         check resources before applying them
  flighttracker follow --list                    find an aircraft to follow

\b
Exit codes:
  0    success; also local and the roles after Ctrl-C or SIGTERM
  1    a failure that may pass, or a bug
  2    an error that you can fix: arguments, a resource, a file, a port
  130  interrupted by Ctrl-C""",
)
@click.version_option(package_name="flighttracker", message="flighttracker %(version)s")
def cli() -> None:
    """A live flight map from one FlightTracker resource."""


cli.add_command(compose)
cli.add_command(history)
for role in (generator, gateway, historian):
    cli.add_command(role)


@cli.command(
    epilog="""\b
Examples:
  flighttracker local
  flighttracker local examples/europe.yaml --port 8001
  flighttracker local examples/opensky.yaml --secrets secrets
  kubectl get flighttracker minimal -o yaml | flighttracker local -"""
)
@click.argument("file", required=False, envvar="FLIGHTTRACKER_FILE")
@click.option(
    "--host",
    envvar="FLIGHTTRACKER_HOST",
    default="127.0.0.1",
    show_default=True,
    show_envvar=True,
    help="Address to listen on; 0.0.0.0 accepts other computers.",
)
@click.option(
    "--port",
    envvar="FLIGHTTRACKER_PORT",
    default=8000,
    show_default=True,
    show_envvar=True,
    type=click.IntRange(1, 65535),
    help="Port to listen on.",
)
@click.option("--page", metavar="DIR", help="Directory of a built page instead of the one in the package.")
@click.option(
    "--base-path",
    metavar="PATH",
    help="Path of the map behind a reverse proxy, such as /maps/north, instead of spec.web.basePath.",
)
@click.option(
    "--history",
    metavar="DIR|off",
    envvar="FLIGHTTRACKER_HISTORY",
    show_envvar=True,
    help="Where to keep the history: 24 hours, at most 2 GB. Default: a folder of the tracker in your data directory.",
)
@secrets_option
@click.option("--kafka", metavar="HOST:PORT", help="Bootstrap servers of a Kafka to use instead of the log in memory.")
@click.option("--redis", metavar="URL", help="Redis to use: redis://[:PASSWORD@]HOST:PORT/0.")
@click.option("--registry", metavar="URL", help="Schema registry to use (Confluent API).")
@log_level_option
@log_format_option
def local(
    file: str | None,
    host: str,
    port: int,
    page: str | None,
    base_path: str | None,
    history: str | None,
    secrets: str | None,
    kafka: str | None,
    redis: str | None,
    registry: str | None,
    log_level: str,
    log_format: LogFormat,
) -> None:
    """Run a tracker in this one process.

    FILE describes the tracker, - reads it from standard input; FLIGHTTRACKER_FILE can name it. Without FILE it is
    examples/minimal.yaml: 10,000 simulated aircraft, every setting at its default. Generator, log, gateway and page
    run together and exchange the same bytes as in a cluster. They need no Kafka, Redis or schema registry; --kafka,
    --redis and --registry use real ones. Until the first aircraft is on the map, /ready answers 503. Ctrl-C stops the
    tracker.
    """
    if any((kafka, redis, registry)) and not all((kafka, redis, registry)):
        raise click.UsageError("--kafka, --redis and --registry only work together: give all three, or none.")
    try:
        from flighttracker.telemetry import set_up_logging
        from flighttracker_cli.summary import describe_sources
        from flighttracker_cli.tracker_file import read_or_exit, with_base_path

        set_up_logging(log_level, log_format)
        tracker = read_or_exit(file)
        if base_path is not None:
            tracker = with_base_path(tracker, base_path)
        click.echo(f"FlightTracker '{tracker.metadata.name}': {describe_sources(tracker)}")

        # Imported after that line: on a busy machine it takes seconds.
        from flighttracker_cli.local import run_local
        from flighttracker_cli.local_plan import local_history, local_servers

        servers = local_servers(tracker, kafka, redis, registry) if kafka and redis and registry else None
        historian = local_history(tracker, history, servers)
        run_local(tracker, host=host, port=port, page=page, secrets=secrets, servers=servers, historian=historian)
    except (KeyboardInterrupt, Exception) as error:
        # Nothing is open yet. Some libraries turn an interrupt of their import into another exception.
        if not (isinstance(error, KeyboardInterrupt) or was_interrupted()):
            raise
        click.echo("\nStopped.")


@cli.command(
    epilog="""\b
Examples:
  flighttracker validate examples/*.yaml
  flighttracker validate --defaults examples/minimal.yaml
  kubectl get flighttrackers -o yaml | flighttracker validate -
  flighttracker validate --output json examples/*.yaml"""
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--defaults", is_flag=True, help="Print each resource with all defaults, including those of its source and servers."
)
@click.option(
    "--output",
    default="text",
    show_default=True,
    type=click.Choice(["text", "json"]),
    help="Format of the result; json is a list with an object for each resource.",
)
@log_level_option
def validate(files: tuple[str, ...], defaults: bool, output: Output, log_level: str) -> None:
    """Check FlightTracker resources and report every mistake.

    FILE may be - for standard input. It may have several documents, and lists; resources of other kinds beside a
    FlightTracker are skipped. A mistake is reported as FILE:LINE: what is wrong. The exit code is 2 when one resource
    is invalid. Warnings about access do not change it.
    """
    from flighttracker.telemetry import set_up_logging
    from flighttracker_cli.validate import run_validate

    set_up_logging(log_level, "text")
    if not run_validate(files, with_all_defaults=defaults, output=output):
        sys.exit(USER_ERROR)


@cli.command(
    epilog="""\b
Example:
  flighttracker schema > flighttracker.schema.json

\b
Then begin a resource with:
  # yaml-language-server: $schema=flighttracker.schema.json"""
)
def schema() -> None:
    """Print the JSON Schema of FlightTracker, for editors."""
    import json

    from flighttracker.spec.editor_schema import editor_schema

    click.echo(json.dumps(editor_schema(), indent=2))


@cli.command(
    epilog="""\b
Examples:
  flighttracker follow --list
  flighttracker follow 3c1915
  flighttracker follow 3c1843 examples/europe.yaml"""
)
@click.argument("icao24", required=False)
@click.argument("file", required=False)
@click.option("--list", "list_some", is_flag=True, help="List some aircraft of the source.")
@secrets_option
@log_level_option
def follow(icao24: str | None, file: str | None, list_some: bool, secrets: str | None, log_level: str) -> None:
    """Show one aircraft at every step from source to browser.

    ICAO24 is its address, six hex digits. FILE describes the tracker; without FILE it is examples/minimal.yaml. The
    command asks the source itself, so no tracker has to run. It prints the position, its Avro bytes, its shard, the
    frames that carry it, and what a browser decodes from them.
    """
    from flighttracker.telemetry import set_up_logging
    from flighttracker_cli.follow import run_follow
    from flighttracker_cli.tracker_file import read_or_exit

    set_up_logging(log_level, "text")
    if list_some and icao24 is not None and file is None:
        icao24, file = None, icao24
    if icao24 is None and not list_some:
        raise click.UsageError("Missing argument 'ICAO24': name an aircraft, or list some with --list.")
    run_follow(icao24, read_or_exit(file), file=file, secrets=secrets)


@cli.command(
    epilog="""\b
Examples:
  flighttracker examples
  flighttracker examples europe > europe.yaml
  flighttracker examples minimal | kubectl apply -f -"""
)
@click.argument("name", required=False)
def examples(name: str | None) -> None:
    """Print an example resource, or list the examples without NAME."""
    from flighttracker_cli.examples import example_summaries, example_text

    if name is not None:
        click.echo(example_text(name), nl=False)
        return
    summaries = example_summaries()
    width = max(map(len, summaries))
    for example, summary in summaries.items():
        click.echo(f"{example:<{width}}  {summary}")


@cli.command(epilog="\b\nExample:\n  flighttracker crd | kubectl apply --server-side -f -")
def crd() -> None:
    """Print the CustomResourceDefinition of FlightTracker."""
    from flighttracker_cli.examples import crd_text

    click.echo(crd_text(), nl=False)


def main() -> NoReturn:
    """Run the command of the arguments and end the process with its exit code."""
    remember_interrupts()
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(USER_ERROR)
    except UserError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(USER_ERROR)
    except FlightTrackerError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader closed the pipe: `flighttracker validate … | head -1`.
        sys.stderr.close()
        sys.exit(FAILED)
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and (explained := missing_extra(error)) is not None:
            click.echo(f"error: {explained}", err=True)
            sys.exit(USER_ERROR)
        if _logger.isEnabledFor(logging.DEBUG):
            _logger.exception("this is a bug")
        else:
            what = presentable(f"{type(error).__name__}: {error}")
            click.echo(f"error: this is a bug: {what} (--log-level debug shows where)", err=True)
        sys.exit(FAILED)
    sys.exit(0)
