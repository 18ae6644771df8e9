"""The command `flighttracker history export`. It imports the rest when it runs, as the commands in `main.py` do."""

from __future__ import annotations

from typing import Final

import click

from flighttracker.errors import UserError

FORMATS: Final = ("parquet", "csv", "geojson")


@click.group()
def history() -> None:
    """Use the history that a tracker keeps."""


@history.command(
    epilog="""\b
Examples:
  flighttracker history export --from 2026-07-01T22:00Z --to 2026-07-02T04:00Z --output night.parquet
  flighttracker history export --from 2026-07-01 --to 2026-07-02 --bbox 5,45,15,55 --format csv > alps.csv
  flighttracker history export --from 2026-07-01T12:00Z --to 2026-07-01T13:00Z --format geojson --output noon.geojson
  flighttracker history export --config historian.json --from 2026-07-01 --to 2026-07-08 --output week.parquet"""
)
@click.option("--from", "from_", metavar="TIME", required=True, help="First moment: ISO 8601, UTC without an offset.")
@click.option("--to", metavar="TIME", required=True, help="Moment after the last one.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    help="Default: that of the name of --output. geojson has a line for each aircraft and hour.",
)
@click.option("--bbox", metavar="W,S,E,N", help="Positions in this box only: west,south,east,north in degrees.")
@click.option("--output", metavar="FILE", help="File to write; csv and geojson go to standard output without it.")
@click.option(
    "--history",
    "folder",
    metavar="DIR",
    envvar="FLIGHTTRACKER_HISTORY",
    show_envvar=True,
    help="Folder of the history. Default: that of flighttracker local without FILE.",
)
@click.option("--config", metavar="FILE", help="Settings of a historian instead: they name its folder or its bucket.")
def export(
    from_: str,
    to: str,
    format_: str | None,
    bbox: str | None,
    output: str | None,
    folder: str | None,
    config: str | None,
) -> None:
    """Write the kept positions between two moments to one file.

    Straight flight has few positions: the history keeps what the others do not predict within 30 m, and one a minute.
    The command reads the files themselves, so no tracker has to run. The number of positions goes to standard error.
    """
    from flighttracker.bounding_box import parse_bounding_box
    from flighttracker.query.period import parse_moment
    from flighttracker_cli.history.export import Export, run_export

    try:
        from_ms, to_ms = parse_moment(from_, "--from"), parse_moment(to, "--to")
        box = None if bbox is None else parse_bounding_box(bbox)
    except ValueError as error:
        raise UserError(str(error)) from error
    if from_ms >= to_ms:
        raise UserError("--to must be after --from")
    if format_ is None:
        ending = (output or "").rpartition(".")[2]
        if ending not in FORMATS:
            raise UserError(f"--format is missing: {', '.join(FORMATS)}, or an --output that ends in one of them")
        format_ = ending
    if format_ == "parquet" and output is None:
        raise UserError("--output is missing: Parquet cannot be written to standard output")
    run_export(Export(from_ms, to_ms, format_, box, output), folder=folder, config=config)
