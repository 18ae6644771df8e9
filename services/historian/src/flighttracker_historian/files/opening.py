"""Returns the store that settings name."""

from __future__ import annotations

from pathlib import Path

from flighttracker.errors import StartError
from flighttracker.settings import HistorianSettings
from flighttracker_historian.files.s3 import S3Store
from flighttracker_historian.files.store import FolderStore


def store_of(settings: HistorianSettings) -> FolderStore | S3Store:
    """Return the store of a historian; it is reached with the first call.

    Raises:
        StartError: not exactly one store is set, or its credentials cannot be read.
    """
    if bool(settings.folder) == (settings.s3 is not None):
        raise StartError("set exactly one of folder and s3: a history is in one store")
    return S3Store(settings.s3) if settings.s3 is not None else FolderStore(Path(settings.folder))
