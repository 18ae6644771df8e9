"""A Compose file as YAML text: the same tracker gives the same text. Pure."""

from __future__ import annotations

from typing import Any, Final

import yaml

from flighttracker.build_info import VERSION
from flighttracker.spec import FlightTracker
from flighttracker_cli.compose.document import compose_document
from flighttracker_cli.compose.inputs import Options

WIDTH = 120

HEADER = """\
# yaml
# FlightTracker '{name}' for Docker Compose. Made by flighttracker {version}; to change it, change the resource and run
#
#   {command}
#
# Start it with `docker compose up --detach` (Compose 1.29 or newer). The map is at {url}, or at
# the port in FLIGHTTRACKER_PORT. `docker compose down` keeps the data, `docker compose down --volumes` deletes it.
#
# `setup` writes configuration into volumes, and generates passwords on the first start. Only the containers on
# `outside` can reach, or be reached from, other computers. Addresses are those of a cluster, as aliases.
{secrets}"""

SECRETS = """\
#
# Secrets are the files below {folder}, one folder for each Secret. The containers do not run as root, so others must
# be able to read the files (chmod o+r), and to enter their folders (chmod o+x).
"""


SHORT: Final = 90
"""A list of texts with at most this many characters is on one line."""


class _Dumper(yaml.SafeDumper):
    """Writes texts with several lines as they are, short lists on a line, and no anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - a method of PyYAML
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, indentless=False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # Numbers and pairs of numbers are quoted, because YAML 1.1 has numbers to the base of 60.
    style = "|" if "\n" in text else '"' if text.replace(":", "").isdigit() else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _list(dumper: yaml.SafeDumper, values: list[Any]) -> yaml.SequenceNode:
    is_short = all(isinstance(value, str) for value in values) and sum(len(value) + 2 for value in values) <= SHORT
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=is_short)


def _mapping(dumper: yaml.SafeDumper, values: dict[str, Any]) -> yaml.MappingNode:
    is_short = len(values) <= 1 and all(value in (True, False) or isinstance(value, str) for value in values.values())
    is_short = is_short and not any("\n" in str(value) for value in values.values())
    return dumper.represent_mapping("tag:yaml.org,2002:map", values.items(), flow_style=is_short)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _list)
_Dumper.add_representer(dict, _mapping)


def compose_text(tracker: FlightTracker, options: Options, command: str) -> str:
    """Return a Compose file.

    Args:
        tracker: the resource.
        options: the options of the command.
        command: the command line, for the comment at the top.

    Raises:
        StartError: the tracker needs Kubernetes, or an image of the options does not exist.
    """
    document = compose_document(tracker, options)
    web = document["services"].get("web", {})
    encrypted = "FLIGHTTRACKER_TLS" in web.get("environment", {}) or (not web and tracker.spec.gateway.tls is not None)
    base = tracker.spec.web.base_path
    header = HEADER.format(
        name=tracker.metadata.name,
        version=VERSION,
        command=command,
        url=f"{'https' if encrypted else 'http'}://localhost:{options.port}{base and f'{base}/'}",
        secrets=SECRETS.format(folder=options.secrets) if "secrets" in document else "",
    )
    body = {key: _escaped(value) for key, value in document.items()}
    shown = yaml.dump(body, Dumper=_Dumper, sort_keys=False, width=WIDTH, allow_unicode=True)
    return header + shown


def _escaped(value: Any, key: str = "") -> Any:
    """Return a value whose `$` Compose leaves alone, except in `ports`, which have a variable."""
    if isinstance(value, str):
        return value if key == "ports" else value.replace("$", "$$")
    if isinstance(value, dict):
        return {name: _escaped(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_escaped(inner, key) for inner in value]
    return value
