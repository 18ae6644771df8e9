"""An asynchronous client of a tracker: typed positions, as they change.

async with Client("http://localhost:8000", box=(5.5, 47, 15.5, 55)) as client:
    async for update in client:
        print(len(client.flights), "aircraft,", len(update.changed), "new positions")

flights = await fetch_flights("http://localhost:8000")     one picture
frame = to_pandas(await fetch_flights("http://localhost:8000"))    the same for pandas
"""

from flighttracker.bounding_box import BoundingBox
from flighttracker.client.client import Client, TokenSource, Update, fetch_flights
from flighttracker.client.dataframe import to_pandas
from flighttracker.client.errors import (
    AddressError,
    ClientError,
    RejectedError,
    TokenRejectedError,
    UnavailableError,
    VersionError,
)
from flighttracker.client.picture import Gap
from flighttracker.flight import FlightPosition

__all__ = [
    "AddressError",
    "BoundingBox",
    "Client",
    "ClientError",
    "FlightPosition",
    "Gap",
    "RejectedError",
    "TokenRejectedError",
    "TokenSource",
    "UnavailableError",
    "Update",
    "VersionError",
    "fetch_flights",
    "to_pandas",
]
