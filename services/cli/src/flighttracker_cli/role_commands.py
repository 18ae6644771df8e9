"""The commands of the roles, as pods run them. They import the rest when they run, as the commands in `main.py` do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from flighttracker_cli.options import config_option, log_format_option, log_level_option

if TYPE_CHECKING:
    from flighttracker.telemetry import LogFormat


@click.command(
    epilog="""\b
Examples:
  flighttracker generator --config generator.json
  flighttracker generator --config generator.json --replica 1"""
)
@config_option
@click.option(
    "--replica",
    envvar="FLIGHTTRACKER_REPLICA",
    show_envvar=True,
    type=click.IntRange(0),
    help="Part of the fleet that this process produces, counted from 0.",
)
@log_level_option
@log_format_option
def generator(config: str, replica: int | None, log_level: str, log_format: LogFormat) -> None:
    """Run one generator, as a pod does: write positions from the source to Kafka."""
    from flighttracker.telemetry import set_up_logging
    from flighttracker_cli.roles import run_generator_role

    set_up_logging(log_level, log_format)
    run_generator_role(config, replica)


@click.command(
    epilog="""\b
Examples:
  flighttracker gateway --config gateway.json"""
)
@config_option
@log_level_option
@log_format_option
def gateway(config: str, log_level: str, log_format: LogFormat) -> None:
    """Run one gateway, as a pod does: serve positions from Kafka and Redis to browsers."""
    from flighttracker.telemetry import set_up_logging
    from flighttracker_cli.roles import run_gateway_role

    set_up_logging(log_level, log_format)
    run_gateway_role(config)


@click.command(
    epilog="""\b
Examples:
  flighttracker historian --config historian.json"""
)
@config_option
@log_level_option
@log_format_option
def historian(config: str, log_level: str, log_format: LogFormat) -> None:
    """Run one historian, as a pod does: keep positions from Kafka as Parquet files in a folder or a bucket."""
    from flighttracker.telemetry import set_up_logging
    from flighttracker_cli.roles import run_historian_role

    set_up_logging(log_level, log_format)
    run_historian_role(config)
