"""`spec.aircraftTable`: who an aircraft is, from a table of registrations, types and operators by address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import Field

from flighttracker.spec.fields import BrokenRule, ObjectName, WebUrl, userinfo_rule
from flighttracker.spec.http_access import HttpAccount
from flighttracker.spec.source import SOURCE_ACCOUNT

ONE_TABLE: Final = "or file must be set, and not both"
CLAIM_OF_A_FILE: Final = "needs file, which is the path of the table in it"

PARENTS: Final = r"(^|/)\.\.(/|$)"
"""A path with `..` leads out of its volume, to the Secrets of the pod."""
NO_PARENTS: Final = "cannot have .. in it: use the whole path"

FilePath = Annotated[str, Field(min_length=1, max_length=512)]


class AircraftTableSpec(HttpAccount):
    """A table of aircraft. It adds registration, type and operator to positions whose source does not know them."""

    url: WebUrl | None = None
    """Address of the table: `aircraft.csv.gz` of tar1090-db, `aircraftDatabase.csv` of OpenSky, `aircrafts.json` of
    Mictronics, or another CSV file with an address column; with or without gzip."""
    file: FilePath | None = None
    """Path of the table, instead of `url`, or of a folder with the shards of readsb or tar1090. It is read again when
    it changes. In a cluster it is relative to `volumeClaim`."""
    volume_claim: ObjectName | None = None
    """PersistentVolumeClaim with `file`. Every generator mounts it, read-only. `flighttracker local` ignores it."""
    interval_seconds: float = Field(default=86_400.0, ge=60, le=2_592_000)
    """Seconds between two requests to `url`. A server with `ETag` or `Last-Modified` sends the table only if it
    changed."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield those of every HTTP source, no table or two, a path with .., and a claim without a file."""
        yield from super().broken_rules()
        yield from userinfo_rule("url", self.url, SOURCE_ACCOUNT)
        if (self.url is None) == (self.file is None):
            yield BrokenRule("url", ONE_TABLE)
        if self.file is not None and re.search(PARENTS, self.file):
            yield BrokenRule("file", NO_PARENTS)
        if self.volume_claim is not None and self.file is None:
            yield BrokenRule("volumeClaim", CLAIM_OF_A_FILE)
