"""`spec.history`: what the tracker keeps of the past, for how long, and where.

The historian writes positions as Parquet files to a volume, which one pod writes, or to a bucket, which several share.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from flighttracker.spec.fields import (
    BUCKET,
    BUCKET_PREFIX,
    DURATION,
    NAME,
    SERVER_URL,
    BrokenRule,
    ObjectName,
    Quantity,
    Resources,
    SpecModel,
    Storage,
)
from flighttracker.spec.pod_template import PodTemplate, template_rules
from flighttracker.spec.quantities import in_units

ONE_STORE: Final = "cannot be combined with volume: leave one of them out"
ONE_WRITER: Final = "must be 1 without storage.s3: only one historian can write to a volume"
WITHIN_VOLUME: Final = "must be at most the size of storage.volume"

Duration = Annotated[str, Field(pattern=DURATION.regex, max_length=5)]


class HistoryVolume(Storage):
    """A persistent volume for the files."""

    size: Quantity = "20Gi"
    """Size of the volume. It can grow if the StorageClass allows it, never shrink."""
    reclaim: Literal["Delete", "Retain"] = "Delete"
    """What happens to the volume when the tracker is deleted. `Retain` keeps its claim, and a tracker of the same name
    continues its history."""


class HistoryBucket(SpecModel):
    """A bucket of Amazon S3 or of a store with its API. The operator never deletes what is in it."""

    endpoint: str | None = Field(default=None, pattern=SERVER_URL.regex, max_length=2048)
    """URL of the store: "https://minio.storage.svc:9000". If unset, Amazon S3 is used."""
    region: str | None = Field(default=None, pattern=NAME.regex, max_length=63)
    """Region of the bucket. Most stores other than Amazon's need none."""
    bucket: str = Field(pattern=BUCKET.regex, max_length=63)
    """Name of the bucket, which must exist."""
    prefix: str | None = Field(default=None, pattern=BUCKET_PREFIX.regex, max_length=512)
    """Prefix of the files' keys. Defaults to namespace and name of the tracker: "flights/europe"."""
    credentials_secret: ObjectName | None = None
    """Secret with `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, as Rook creates it for a bucket. If unset, the
    identity of the pods is used (`podTemplate.serviceAccountName`)."""
    ca_secret: ObjectName | None = None
    """Secret with `ca.crt`, the authority of the store's certificate. If unset, public authorities are trusted."""


class HistoryStorage(SpecModel):
    """Where the files are. Without a block, they are on a volume with the defaults of `volume`."""

    volume: HistoryVolume | None = None
    """A persistent volume for the files."""
    s3: HistoryBucket | None = None
    """A bucket for the files. It outlives the tracker."""

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield a second store."""
        if self.volume is not None and self.s3 is not None:
            yield BrokenRule("s3", ONE_STORE)


class History(SpecModel):
    """Keeps the past of the map, which viewers can go back to."""

    enabled: bool = False
    """Whether the past is kept. Turned off later, the files stay, and are continued when it is turned on again."""
    retention: Duration = "7d"
    """How long positions are kept, in hours, days or weeks: "12h", "7d", "8w"."""
    size_limit: Quantity | None = None
    """Most bytes of files; the oldest are deleted first. Defaults to 85 % of the volume, and to no limit with `s3`."""
    storage: HistoryStorage = HistoryStorage()
    """Where the files are."""
    replicas: int = Field(default=1, ge=1, le=32)
    """Number of historians, which share the partitions of the topic. More than 1 needs `storage.s3`."""
    resources: Resources = Resources()
    """CPU and memory of each historian."""
    pod_template: PodTemplate | None = None
    """Settings of the historians' pods, whose container is `historian`."""

    @property
    def volume(self) -> HistoryVolume | None:
        """The volume with the files; None if they are in a bucket."""
        return (self.storage.volume or HistoryVolume()) if self.storage.s3 is None else None

    def broken_rules(self) -> Iterator[BrokenRule]:
        """Yield several writers of a volume, a limit that it cannot hold, and what a template must not change."""
        if self.replicas > 1 and self.storage.s3 is None:
            yield BrokenRule("replicas", ONE_WRITER)
        volume = self.volume
        if self.size_limit is not None and volume is not None and in_units(self.size_limit) > in_units(volume.size):
            yield BrokenRule("sizeLimit", WITHIN_VOLUME)
        yield from template_rules(self.pod_template, "historian")
