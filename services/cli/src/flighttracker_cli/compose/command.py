"""The command `flighttracker compose`. It imports the rest when it runs, as the commands in `main.py` do."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from flighttracker.errors import StartError

PROJECT_NAME = r"^[a-z0-9][a-z0-9_-]*$"


@click.command(
    epilog="""\b
Examples:
  flighttracker compose > compose.yaml && docker compose up --detach
  flighttracker compose examples/europe.yaml --output europe.yaml
  flighttracker compose examples/opensky-account.yaml --secrets secrets > compose.yaml
  kubectl get flighttracker minimal -o yaml | flighttracker compose - > compose.yaml"""
)
@click.argument("file", required=False)
@click.option("--output", metavar="FILE", help="File to write instead of standard output.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port of the map on this computer."
)
@click.option(
    "--project-name",
    metavar="NAME",
    default="",
    help="Name of the project (needs Compose 2). Default: Compose takes that of the folder.",
)
@click.option(
    "--secrets",
    metavar="DIR",
    default="secrets",
    show_default=True,
    help="Directory of Secrets, as of flighttracker local.",
)
@click.option(
    "--image",
    "images",
    metavar="NAME=IMAGE",
    multiple=True,
    help="Another image: services, web, kafka, redis or schema-registry. Can be repeated.",
)
def compose(
    file: str | None, output: str | None, port: int, project_name: str, secrets: str, images: tuple[str, ...]
) -> None:
    """Print a Compose file that runs a tracker in Docker, without a cluster.

    It has the same Kafka, schema registry, Redis, generators, gateways and page as the operator creates from the same
    FILE, with their settings, health checks and limits of memory. Secrets become files: Secret NAME with key KEY is
    DIR/NAME/KEY. What Compose cannot express is an error, or a warning that names the field. Without FILE it is
    examples/minimal.yaml, - reads standard input.
    """
    import re

    from flighttracker_cli.compose.compose_text import compose_text
    from flighttracker_cli.compose.inputs import Options
    from flighttracker_cli.compose.unsupported import warnings
    from flighttracker_cli.tracker_file import read_or_exit

    if project_name and not re.fullmatch(PROJECT_NAME, project_name):
        raise StartError(
            f"--project-name {project_name} must have only small letters, digits, - and _, and not start with a sign"
        )
    tracker = read_or_exit(file)
    options = Options(port=port, project=project_name, secrets=secrets.rstrip("/") or "/", images=_images(images))
    words = ["flighttracker", "compose", *([file] if file else [])]
    words += ["--port", str(port)] if port != Options().port else []
    words += ["--project-name", project_name] if project_name else []
    words += ["--secrets", secrets] if secrets != Options().secrets else []
    words += [word for image in images for word in ("--image", image)]
    text = compose_text(tracker, options, f"{shlex.join(words)} > compose.yaml")
    for warning in warnings(tracker):
        click.echo(f"warning: {warning}", err=True)
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise StartError(f"--output {output}: cannot be written: {error.strerror}") from error


def _images(named: tuple[str, ...]) -> dict[str, str]:
    images = {}
    for text in named:
        name, separator, image = text.partition("=")
        if not separator or not name or not image:
            raise StartError(f"--image {text} must be NAME=IMAGE, such as services=registry.example.org/services:1.0")
        images[name] = image
    return images
