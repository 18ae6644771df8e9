"""Options that several commands have."""

from __future__ import annotations

from typing import Final

import click

_LEVELS: Final = ("debug", "info", "warning", "error")

log_level_option = click.option(
    "--log-level", default="warning", show_default=True, type=click.Choice(_LEVELS), help="Log this level and above."
)
log_format_option = click.option(
    "--log-format", default="text", show_default=True, type=click.Choice(["text", "json"]), help="Format of the log."
)
config_option = click.option(
    "--config", metavar="FILE", required=True, help="Settings of the role, the JSON file that the operator writes."
)
secrets_option = click.option(
    "--secrets", metavar="DIR", help="Directory of Secrets: one folder for each Secret, one file for each key."
)
