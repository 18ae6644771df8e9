"""Positions as a pandas data frame. Needs the extra `pandas`, which is imported with the first call."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import msgspec

from flighttracker.extras import missing_extra
from flighttracker.flight import FlightPosition

if TYPE_CHECKING:
    import pandas as pd

TIMES: Final = ("position_time", "last_contact")


def to_pandas(flights: Iterable[FlightPosition]) -> pd.DataFrame:
    """Return a row for each position: the fields of `FlightPosition`, indexed by `icao24`.

    Unknown numbers are NaN, unknown texts are empty, and times are timestamps in UTC.

    Raises:
        StartError: pandas is not installed; the message has the command.
    """
    try:
        import pandas as pd
    except ModuleNotFoundError as error:
        if (explained := missing_extra(error)) is None:
            raise
        raise explained from error
    names = [field.name for field in msgspec.structs.fields(FlightPosition)]
    rows = map(msgspec.structs.astuple, flights)
    frame = pd.DataFrame.from_records(list(rows), columns=names)
    numbers = [name for name in names if name.endswith(("_m", "_mps", "_deg"))]
    frame[numbers] = frame[numbers].astype("float64")
    for name in TIMES:
        frame[name] = pd.to_datetime(frame[name], unit="ms", utc=True)
    return frame.set_index("icao24")
