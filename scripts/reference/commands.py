"""Reference of the command line: `--help` of every command, as it is printed."""

from __future__ import annotations

import click
from click.testing import CliRunner

from flighttracker_cli.main import cli


def command_names() -> list[str]:
    """Return the name of every command."""
    return sorted(cli.commands)


def help_of(*command: str) -> str:
    """Return what `flighttracker COMMAND --help` prints."""
    result = CliRunner().invoke(cli, [*command, "--help"], prog_name="flighttracker", terminal_width=100)
    if result.exit_code:
        raise click.ClickException(result.output)
    return result.output


def page() -> str:
    """Return the page."""
    sections = [f"# Command line\n\n```text\n{help_of()}```\n"]
    sections += [f"## {name}\n\n```text\n{help_of(name)}```\n" for name in command_names()]
    return "\n".join(sections)
