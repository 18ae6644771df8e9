"""The query parameters of flights for /schema, which Litestar cannot infer: `flight_query` parses them itself.

`rest` and `rest_events` describe their operations with the classes here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, OpenAPIType, Operation, Parameter, Schema

from flighttracker.flight import ADDRESS_TYPES, CATEGORIES, STATUSES
from flighttracker.query import flight_query
from flighttracker.query.filters import PLACES
from flighttracker.query.flight_query import (
    ALTITUDES_FT,
    FIELDS,
    FORMATS,
    MAX_LIMIT,
    MAX_SPEED_KT,
    MAX_SPEED_MPS,
    MAX_TERMS,
    MAX_VALUES,
    ONLY,
)
from flighttracker.query.history_query import (
    DEFAULT_STEP_S,
    MAX_FLIGHTS_MS,
    MAX_FRAMES,
    MAX_TRACK_MS,
    STEPS_S,
    TRACK_FORMATS,
    TRACK_PARAMETERS,
)

GPX: Final = "application/gpx+xml"
CSV: Final = "text/csv"
GEOJSON: Final = "application/geo+json"

CHOSEN: Final = Schema(type=OpenAPIType.OBJECT, description="With the parameter fields: these fields only.")
"""What a flight may be instead of a FlightPosition."""

_BBOX: Final = r"^-?\d+(\.\d+)?(,-?\d+(\.\d+)?){3}$"
_TYPE: Final = r"^[ -~]{1,4}$"
_AIRPORT: Final = r"^[A-Za-z0-9]{4}$"
_ROUTE: Final = r"^[A-Za-z0-9]{4}-[A-Za-z0-9]{4}$"
_FIELDS: Final = f"^({'|'.join(FIELDS)})(,({'|'.join(FIELDS)}))*$"
_CURSOR: Final = r"^[A-Za-z0-9_-]{12}$"
_PERIODS: Final = (
    f"Flights: at most {MAX_FLIGHTS_MS // 3_600_000} hours after it; a track: {MAX_TRACK_MS // 86_400_000} days"
)
_OR: Final = "may be given more than once; the values are alternatives"


def _text(description: str, **schema: Any) -> tuple[str, Schema]:
    return description, Schema(type=OpenAPIType.STRING, **schema)


def _texts(description: str, **schema: Any) -> tuple[str, Schema]:
    items = Schema(type=OpenAPIType.STRING, **schema)
    return f"{description}; {_OR}", Schema(type=OpenAPIType.ARRAY, items=items, max_items=MAX_VALUES)


def _number(kind: OpenAPIType, description: str, lowest: int, highest: int) -> tuple[str, Schema]:
    return description, Schema(type=kind, minimum=lowest, maximum=highest)


_WHOLE: Final = OpenAPIType.INTEGER
_DESCRIPTIONS: Final[dict[str, tuple[str, Schema]]] = {
    "country": _texts("origin_country, in any case", min_length=1),
    "operator": _texts("name of the operator, in any case", min_length=1),
    "type": _texts("aircraft_type, an ICAO designator such as A20N", pattern=_TYPE),
    "airport": _texts("ICAO code of the origin or the destination, such as EGLL", pattern=_AIRPORT),
    "route": _texts("ICAO codes of origin and destination, such as EGLL-KJFK", pattern=_ROUTE),
    "category": _texts(f"emitter category: {', '.join(CATEGORIES)}", enum=[*CATEGORIES]),
    "address_type": _texts(f"how the position was received: {', '.join(ADDRESS_TYPES)}", enum=[*ADDRESS_TYPES]),
    "status": _texts(f"status of the flight: {', '.join(STATUSES)}", enum=[*STATUSES]),
    "where": _text(f"in the air or on the ground: {', '.join(PLACES)}", enum=[*PLACES]),
    "emergencies": _text(f"{ONLY}: aircraft that declare an emergency, by status or squawk", enum=[ONLY]),
    "min_speed_kt": _number(_WHOLE, "slowest ground speed, knots; an unknown speed does not match", 0, MAX_SPEED_KT),
    "max_speed_kt": _number(_WHOLE, "fastest ground speed, knots", 0, MAX_SPEED_KT),
    "min_speed_mps": _number(OpenAPIType.NUMBER, "slowest ground speed, m/s", 0, MAX_SPEED_MPS),
    "max_speed_mps": _number(OpenAPIType.NUMBER, "fastest ground speed, m/s", 0, MAX_SPEED_MPS),
    "min_altitude_ft": _number(
        _WHOLE, "lowest barometric altitude, feet; an unknown altitude does not match", *ALTITUDES_FT
    ),
    "max_altitude_ft": _number(_WHOLE, "highest barometric altitude, feet", *ALTITUDES_FT),
    "q": _text(
        f"search: part of a callsign, registration or address, in any case; up to {MAX_TERMS} with commas between"
    ),
    "bbox": _text("west,south,east,north in degrees; west > east crosses the 180th meridian", pattern=_BBOX),
    "fields": _text(
        f"the fields of each flight, with commas between; all without it: {', '.join(FIELDS)}", pattern=_FIELDS
    ),
    "format": _text(f"{' or '.join(FORMATS)}; else the header Accept decides", enum=[*FORMATS]),
    "limit": _number(_WHOLE, f"at most so many flights; {MAX_LIMIT} without it", 1, MAX_LIMIT),
    "cursor": _text(
        "next_cursor of the previous answer: the flights after that, with the same filters", pattern=_CURSOR
    ),
}


_MOMENT: Final = "milliseconds since 1970 UTC, or ISO 8601 such as 2026-07-01T12:00:00Z"
_HISTORY: Final[dict[str, tuple[str, Schema]]] = {
    "from": _text(f"first moment: {_MOMENT}", min_length=1),
    "to": _text(f"last moment, as from; the same moment without it. {_PERIODS}", min_length=1),
    "step_s": _number(
        OpenAPIType.NUMBER,
        f"seconds between two frames; {DEFAULT_STEP_S} without it. At most {MAX_FRAMES} frames",
        *STEPS_S,
    ),
    "format": _text(f"{', '.join(TRACK_FORMATS)}; else the header Accept decides", enum=[*TRACK_FORMATS]),
}


def history_parameters(names: Iterable[str], required: Sequence[str] = ()) -> list[Parameter]:
    """Return the descriptions of query parameters of the history."""
    described = ((name, *(_HISTORY.get(name) or _DESCRIPTIONS[name])) for name in names)
    return [
        Parameter(name=name, param_in="query", description=text, schema=schema, required=name in required)
        for name, text, schema in described
    ]


def parameters(names: Iterable[str]) -> list[Parameter]:
    """Return the descriptions of query parameters."""
    described = ((name, *_DESCRIPTIONS[name]) for name in names)
    return [
        Parameter(name=name, param_in="query", description=text, schema=schema, required=False)
        for name, text, schema in described
    ]


def add_geojson(operation: Operation) -> None:
    """Describe the second form of an answer."""
    answer = (operation.responses or {}).get("200")
    if isinstance(answer, OpenAPIResponse) and answer.content is not None:
        answer.content[GEOJSON] = OpenAPIMediaType(schema=Schema(type=OpenAPIType.OBJECT))


@dataclass
class OfTrack(Operation):
    """An operation that answers a track, in four formats."""

    def __post_init__(self) -> None:
        """Add the parameters, and the other formats."""
        self.parameters = [*(self.parameters or ()), *history_parameters(TRACK_PARAMETERS)]
        add_geojson(self)
        answer = (self.responses or {}).get("200")
        if isinstance(answer, OpenAPIResponse) and answer.content is not None:
            for media_type in (GPX, CSV):
                answer.content[media_type] = OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING))


@dataclass
class OfOneFlight(Operation):
    """An operation that answers one flight, with chosen fields, in two forms."""

    def __post_init__(self) -> None:
        """Add the parameters, and the second form."""
        self.parameters = [*(self.parameters or ()), *parameters(flight_query.FORM)]
        answer = (self.responses or {}).get("200")
        if isinstance(answer, OpenAPIResponse) and answer.content is not None:
            whole = answer.content["application/json"]
            if whole.schema is not None:
                whole.schema = Schema(any_of=[whole.schema, CHOSEN])
        add_geojson(self)


@dataclass
class OfFlights(Operation):
    """An operation that answers flights, in two forms."""

    def __post_init__(self) -> None:
        """Add the parameters, and the second form."""
        self.parameters = [*(self.parameters or ()), *parameters(flight_query.PARAMETERS)]
        add_geojson(self)
