"""Reads `aircraft.json` of readsb and its relatives. Pure; `readsb` fetches the file.

The relatives are dump1090 in all its generations, dump978, tar1090, and the v2 answers of the networks (adsb.lol,
adsb.fi, airplanes.live, ADS-B Exchange). They differ in names and types, not in meaning: times are ages, `seen_pos`
seconds before `now`. The country follows from the address. Addresses that begin with `~` are not ICAO's (TIS-B and
such). They are shown only if wanted, and never in place of an aircraft with the same address.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flighttracker.errors import SourceError
from flighttracker.flight import (
    AIRCRAFT_TYPE_CHARACTERS,
    NON_ICAO_ADDRESSES,
    REGISTRATION_CHARACTERS,
    FlightPosition,
)
from flighttracker_generator.simulation.aircraft_types import METRES_PER_FOOT, MPS_PER_FPM, MPS_PER_KNOT
from flighttracker_generator.simulation.states import country_of_address
from flighttracker_generator.sources.answers import Answer
from flighttracker_generator.sources.fields import (
    address,
    age_s,
    callsign,
    count_wrong_texts,
    declared_status,
    first,
    flag,
    name,
    quantity,
    squawk,
    status_of,
    text,
    time_s,
)
from flighttracker_generator.sources.json_text import decoded
from flighttracker_generator.sources.kinds import Wanted, address_type_of, category_of, skipped_as
from flighttracker_generator.sources.losses import Losses, shortened

SOURCE: Final = "readsb"
RECORDS_IN: Final = ("aircraft", "ac")
_TEXTS: Final = {"flight": "callsign", "r": "registration", "t": "aircraft_type", "ownOp": "operator"}
AIRCRAFT_ONLY: Final = Wanted()


def read_aircraft(body: bytes, received_ms: int = 0, wanted: Wanted = AIRCRAFT_ONLY) -> Answer:
    """Return the positions in an answer.

    Args:
        body: the answer.
        received_ms: our time, for programs that do not send theirs, milliseconds since 1970.
        wanted: what is shown besides aircraft with ICAO addresses.

    Raises:
        SourceError: `not_json`, `too_large`, or `wrong_shape` when it has no list of aircraft.
    """
    losses = Losses()
    document = decoded(body, RECORDS_IN, losses)
    # The first dump1090 sent nothing but the list.
    members = {"aircraft": document} if isinstance(document, list) else document
    lists = [members[name] for name in RECORDS_IN if name in members] if isinstance(members, dict) else []
    # A network sends null for an area without aircraft.
    if not lists or not all(isinstance(records, list | None) for records in lists):
        raise SourceError(f"the answer has no list of aircraft: {shortened(document)}", reason="wrong_shape")
    records = lists[0] or lists[-1] or []
    now_s = time_s(members.get("now"))
    if now_s is None and members.get("now") is not None:
        losses.field("now", members["now"], "the answer")
    positions, fingerprints, undated = [], [], set()
    taken = _icao_addresses(records) if wanted.non_icao_addresses else frozenset()
    for record in records:
        icao24 = _wanted_address(record, wanted, taken, losses)
        if not icao24:
            continue
        read = _position(record, icao24, received_ms / 1000 if now_s is None else now_s, losses)
        if read is None:
            continue
        position, is_dated, is_timed = read
        if reason := skipped_as(position.category, wanted):
            losses.record(reason)
        else:
            positions.append(position)
            fingerprints.append(_fingerprint(record, position, is_timed=is_timed))
            if not is_dated:
                undated.add(icao24)
    time_ms = None if now_s is None else round(now_s * 1000)
    return Answer(positions, fingerprints, time_ms, losses, frozenset(undated))


def _icao_addresses(records: list[Any]) -> frozenset[str]:
    return frozenset(
        address(record.get("hex")) for record in records if isinstance(record, dict) and not _is_non_icao(record)
    )


def _is_non_icao(record: Mapping[str, Any]) -> bool:
    sent_address = record.get("hex")
    is_marked = isinstance(sent_address, str) and sent_address.startswith("~")
    message_type = record.get("type")
    return is_marked or (isinstance(message_type, str) and message_type.strip().lower() in NON_ICAO_ADDRESSES)


def _wanted_address(record: object, wanted: Wanted, taken: frozenset[str], losses: Losses) -> str:
    """Return the address of a record that is wanted, or an empty text when the record is lost."""
    if not isinstance(record, dict):
        losses.record("malformed", record)
        return ""
    if _is_non_icao(record):
        icao24 = address(str(record.get("hex")).removeprefix("~"))
        if not wanted.non_icao_addresses or icao24 in taken:
            losses.record("non_icao_address")
            return ""
    else:
        icao24 = address(record.get("hex"))
    if not icao24:
        losses.record("malformed", record)
        return ""
    return icao24


def _position(
    record: Mapping[str, Any], icao24: str, now_s: float, losses: Losses
) -> tuple[FlightPosition, bool, bool] | None:
    """Return the position of an aircraft, whether its age is known and whether any age is, or None when it is lost."""
    seen_s = age_s(record.get("seen"), losses, icao24, "seen")
    # A position that is older than a minute is in a member of its own.
    place = record if _has_place(record) else record.get("lastPosition")
    if not isinstance(place, dict) or not _has_place(place):
        losses.record("no_position")
        return None
    latitude_deg = quantity("latitude_deg", (place["lat"],), 1.0, losses, icao24)
    longitude_deg = quantity("longitude_deg", (place["lon"],), 1.0, losses, icao24)
    if latitude_deg is None or longitude_deg is None:
        losses.record("bad_position", {"lat": place["lat"], "lon": place["lon"]})
        return None
    sent_age_s = age_s(place.get("seen_pos"), losses, icao24, "seen_pos")
    # The position is part of a message: it is at least as old as the last one, which is no older than the position.
    contact_age_s = (sent_age_s or 0.0) if seen_s is None else seen_s
    position_age_s = contact_age_s if sent_age_s is None else max(sent_age_s, contact_age_s)
    times_s = (now_s, position_age_s, contact_age_s)
    position = _report(record, icao24, (latitude_deg, longitude_deg), times_s, losses)
    if "" in (position.callsign, position.registration, position.aircraft_type, position.operator):
        count_wrong_texts(record, _TEXTS, losses, icao24)
    is_dated = sent_age_s is not None
    return position, is_dated, is_dated or seen_s is not None


def _fingerprint(record: Mapping[str, Any], position: FlightPosition, *, is_timed: bool) -> int:
    """Return the fingerprint of a record. Without any age, only its values distinguish old from new."""
    place = (position.latitude_deg, position.longitude_deg)
    if not is_timed:
        return hash((place, position.callsign, position.squawk, position.status, position.on_ground))
    last = record.get("lastPosition")
    age = record.get("seen_pos", last.get("seen_pos") if isinstance(last, dict) else None)
    return hash((place, str(age), *(str(record.get(member)) for member in ("seen", "messages", "rssi"))))


def _has_place(record: Mapping[str, Any]) -> bool:
    """Whether a record has a position; the first dump1090 sent 0, 0 or a flag when it had none."""
    if record.get("lat") is None or record.get("lon") is None or record.get("validposition") in (0, "0", False):
        return False
    return not (record["lat"] == 0 and record["lon"] == 0)


def _report(
    record: Mapping[str, Any],
    icao24: str,
    place_deg: tuple[float, float],
    times_s: tuple[float, float, float],
    losses: Losses,
) -> FlightPosition:
    now_s, position_age_s, contact_age_s = times_s
    sent_altitudes = (record.get("alt_baro"), record.get("altitude"))
    on_ground = _is_on_ground(record, sent_altitudes, losses, icao24)
    altitudes = () if on_ground else sent_altitudes
    baro_altitude_m = quantity("baro_altitude_m", altitudes, METRES_PER_FOOT, losses, icao24)
    geo_altitude_m = quantity("geo_altitude_m", (record.get("alt_geom"),), METRES_PER_FOOT, losses, icao24)
    sent_speeds = (record.get("gs"), record.get("speed"))
    ground_speed_mps = quantity("ground_speed_mps", sent_speeds, MPS_PER_KNOT, losses, icao24)
    sent_rates = tuple(record.get(member) for member in ("baro_rate", "geom_rate", "vert_rate"))
    vertical_rate_mps = quantity("vertical_rate_mps", sent_rates, MPS_PER_FPM, losses, icao24)
    code = squawk(record.get("squawk"), losses, icao24)
    return FlightPosition(
        icao24=icao24,
        callsign=callsign(record.get("flight")),
        registration=text(record.get("r"), REGISTRATION_CHARACTERS),
        aircraft_type=text(record.get("t"), AIRCRAFT_TYPE_CHARACTERS),
        operator=name(record.get("ownOp")),
        origin_country="" if _is_non_icao(record) else country_of_address(int(icao24, 16)),
        origin="",
        destination="",
        category=category_of(record.get("category"), record.get("t"), losses, icao24),
        address_type=address_type_of(record, losses, icao24),
        latitude_deg=place_deg[0],
        longitude_deg=place_deg[1],
        baro_altitude_m=baro_altitude_m,
        geo_altitude_m=geo_altitude_m,
        ground_speed_mps=ground_speed_mps,
        track_deg=quantity("track_deg", _tracks(record, on_ground=on_ground), 1.0, losses, icao24),
        vertical_rate_mps=vertical_rate_mps,
        on_ground=on_ground,
        squawk=code,
        status=status_of(
            on_ground=on_ground,
            ground_speed_mps=ground_speed_mps,
            altitude_m=geo_altitude_m if baro_altitude_m is None else baro_altitude_m,
            vertical_rate_mps=vertical_rate_mps,
            squawk=code,
            declared=declared_status(record.get("emergency"), losses, icao24),
        ),
        position_time=round((now_s - position_age_s) * 1000),
        last_contact=round((now_s - contact_age_s) * 1000),
        source=SOURCE,
    )


def _is_on_ground(record: Mapping[str, Any], sent_altitudes: tuple[object, ...], losses: Losses, icao24: str) -> bool:
    is_flagged = flag("on_ground", first(record, "gnd", "ground", "on_ground"), losses, icao24)
    return is_flagged or any(isinstance(value, str) and value.strip().lower() == "ground" for value in sent_altitudes)


def _tracks(record: Mapping[str, Any], *, on_ground: bool) -> tuple[object, ...]:
    """Return where the track may be. A heading is no track in the air, because of the wind."""
    if record.get("validtrack") in (0, "0", False):
        return ()
    return (record.get("track"), record.get("calc_track"), record.get("true_heading") if on_ground else None)
