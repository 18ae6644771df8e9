"""Parses the query of /api/v1/flights, with a sentence for each mistake. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, NamedTuple

from flighttracker.bounding_box import BoundingBox, parse_bounding_box
from flighttracker.flight import ADDRESS_TYPES, CATEGORIES, STATUSES
from flighttracker_gateway.picture.picture import FlightQuery

PARAMETERS: Final = (
    "country",
    "status",
    "category",
    "address_type",
    "min_speed_mps",
    "max_speed_mps",
    "bbox",
    "limit",
    "format",
)
FORMATS: Final = ("json", "geojson")
MAX_LIMIT: Final = 1_000_000
MAX_SPEED_MPS: Final = 1_500


class FlightRequest(NamedTuple):
    """The filters, the largest number of flights (None: all), and one of `FORMATS` (None: decided by Accept)."""

    query: FlightQuery
    limit: int | None
    format: str | None


def parse_flight_request(parameters: Mapping[str, str]) -> FlightRequest:
    """Return the parsed query parameters.

    Raises:
        ValueError: a value is not allowed; the message is a sentence for the caller.
    """
    query = FlightQuery(
        country=parameters.get("country"),
        status=_word(parameters, "status", STATUSES),
        category=_word(parameters, "category", CATEGORIES),
        address_type=_word(parameters, "address_type", ADDRESS_TYPES),
        min_speed_mps=_speed(parameters, "min_speed_mps"),
        max_speed_mps=_speed(parameters, "max_speed_mps"),
        bounding_box=_bounding_box(parameters["bbox"]) if "bbox" in parameters else None,
    )
    if None not in (query.min_speed_mps, query.max_speed_mps) and query.min_speed_mps > query.max_speed_mps:  # type: ignore[operator]
        raise ValueError(f"min_speed_mps is {query.min_speed_mps:g}, more than max_speed_mps, {query.max_speed_mps:g}.")
    return FlightRequest(query, _limit(parameters), _word(parameters, "format", FORMATS))


def _word(parameters: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str | None:
    value = parameters.get(name)
    if value is not None and value not in allowed:
        raise ValueError(f"{name} is {value[:64]!r}; it may be {', '.join(allowed)}.")
    return value


def _number(value: str, what: str, lowest: float, highest: float) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not lowest <= number <= highest:
        raise ValueError(f"{what} is {value[:64]!r}; it must be a number from {lowest:g} to {highest:g}.")
    return number


def _speed(parameters: Mapping[str, str], name: str) -> float | None:
    return _number(parameters[name], name, 0, MAX_SPEED_MPS) if name in parameters else None


def _limit(parameters: Mapping[str, str]) -> int | None:
    value = parameters.get("limit")
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 7 and 1 <= int(value) <= MAX_LIMIT):
        raise ValueError(f"limit is {value[:64]!r}; it must be a whole number from 1 to {MAX_LIMIT}.")
    return int(value)


def _bounding_box(value: str) -> BoundingBox:
    try:
        return parse_bounding_box(value)
    except ValueError as error:
        raise ValueError(f"{error}.") from error
