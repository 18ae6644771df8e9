"""One aircraft at every hop, in text: record, Avro bytes, shard, frames, and what gateways and pages decode. Pure.

The bytes come from the codecs, owner and table that the roles use, so they are the bytes that a tracker sends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

import msgspec
import numpy as np

from flighttracker.avro import PREFIX_BYTES, PositionCodec, schema_id_of
from flighttracker.flight import FlightPosition
from flighttracker.frame import COLUMNS, HEADER_BYTES, ShardTable, decode_frame, positions_of
from flighttracker.frame.layout import NULL
from flighttracker.partition import murmur2, shard_of
from flighttracker.plan import Plan
from flighttracker.tiles import CLASSES
from flighttracker_cli.tile_hop import explain_tiles
from flighttracker_gateway.owner.shard import ShardOwner

_EPOCH: Final = 1
_BYTES_PER_LINE: Final = 16
_UNITS: Final = {"_deg": "degrees", "_m": "m", "_mps": "m/s"}
_STEPS: Final = dict(
    zip(
        COLUMNS,
        ("1e-5 degree", "1e-5 degree", "25 ft", "kt", "0.1 degree", "64 ft/min", "0.1 s", "0.1 s", "25 ft", "", ""),
        strict=True,
    )
)
_HEADER_FIELDS: Final = (
    ("magic", 0, 3, '"FLT"'),
    ("version", 3, 4, ""),
    ("kind", 4, 5, "1 key frame, 2 delta frame"),
    ("flags", 5, 6, "1: the payload is deflated"),
    ("shard", 6, 8, ""),
    ("epoch", 8, 16, "grows when the shard's owner changes"),
    ("sequence", 16, 20, "grows by one with each tick"),
    ("payload_bytes", 20, 24, ""),
    ("tick_time_ms", 24, 32, ""),
    ("inflated_bytes", 32, 36, ""),
    ("tick_interval_ms", 36, 40, ""),
)


class Round(NamedTuple):
    """The positions that the source gave at one moment."""

    time_ms: int
    positions: Sequence[FlightPosition]


def explain(icao24: str, rounds: Sequence[Round], made: Plan) -> Iterator[str]:
    """Yield the lines that show one aircraft at every hop.

    Args:
        icao24: the aircraft; the first round has it.
        rounds: one round for each tick, the first becomes a key frame.
        made: the plan, which says how many shards there are and how long a tick is.
    """
    record = _latest(icao24, rounds[:1])
    shard = shard_of(icao24.encode(), made.shards)
    yield f"Aircraft {icao24} of FlightTracker '{made.tracker}'"
    yield from _heading(1, "Source", "one FlightPosition, as the generator makes it")
    yield from _fields(record)
    yield from _avro(record)
    yield from _heading(3, "Shard", "Kafka's partitioner picks the shard from the address")
    hashed = murmur2(icao24.encode())
    yield f"   murmur2({icao24!r}) = {hashed:#010x}, without its sign bit, mod {made.shards} shards = shard {shard}"
    frames = list(_frames(shard, rounds, made))
    yield from _heading(4, "Frames", f"the owner of shard {shard} sends one each tick, the same to every gateway")
    table = ShardTable()
    yield from _frame(icao24, frames[0], table)
    if len(frames) > 2:
        yield ""
        yield f"   {len(frames) - 2} delta frames without {icao24} follow, and then:"
    for frame in frames[1:-1]:
        header, content = decode_frame(frame)
        table.apply(content, header.tick_time_ms)
    for frame in frames[1:][-1:]:
        yield ""
        yield from _frame(icao24, frame, table)
    yield from _heading(5, "Gateways", "what they, and clients of flights.v1, decode from these frames")
    yield from _comparison(_latest(icao24, rounds), _decoded(icao24, table))
    yield from _heading(6, "Browser", f"the tile that it gets with flights.v3, up to zoom {CLASSES[-1].finest_zoom}")
    times_ms = [heard.time_ms for heard in rounds]
    yield from explain_tiles(icao24, list(zip(times_ms, frames, strict=True)), round(made.gateway.tick_s * 1000))


def _latest(icao24: str, rounds: Sequence[Round]) -> FlightPosition:
    return next(position for heard in reversed(rounds) for position in heard.positions if position.icao24 == icao24)


def _heading(number: int, name: str, words: str) -> Iterator[str]:
    yield ""
    yield f"{number}  {name}: {words}"


def _fields(position: FlightPosition) -> Iterator[str]:
    for field, value in msgspec.structs.asdict(position).items():
        yield f"   {field:<18} {_shown(field, value)}"


def _shown(field: str, value: object) -> str:
    if value is None or value == "":
        return "unknown"
    if field in ("position_time", "last_contact") and isinstance(value, int):
        return f"{value} ms since 1970 ({datetime.fromtimestamp(value / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC)"
    if isinstance(value, float):
        unit = _UNITS[f"_{field.rpartition('_')[2]}"]
        return f"{round(value, 6):.9g} {unit}"
    return str(value)


def _avro(position: FlightPosition) -> Iterator[str]:
    value = PositionCodec().encode(position)
    yield from _heading(2, "Avro", f"{len(value)} bytes on the topic, key {position.icao24!r}")
    yield f"   {value[:1].hex():<12} Confluent framing: the magic byte"
    yield f"   {value[1:PREFIX_BYTES].hex(' '):<12} the schema's id in the registry, {schema_id_of(value)}, big-endian"
    yield f"   then {len(value) - PREFIX_BYTES} bytes of Avro, field after field without names:"
    yield from _hex_dump(value[PREFIX_BYTES:])


def _hex_dump(data: bytes) -> Iterator[str]:
    for at in range(0, len(data), _BYTES_PER_LINE):
        line = data[at : at + _BYTES_PER_LINE]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in line)
        yield f"   {at:04x}  {line.hex(' '):<{3 * _BYTES_PER_LINE - 1}}  {text}"


def _frames(shard: int, rounds: Sequence[Round], made: Plan) -> Iterator[bytes]:
    settings = made.gateway
    owner = ShardOwner(
        shard,
        _EPOCH,
        tick_interval_ms=round(settings.tick_s * 1000),
        time_to_live_ms=round(settings.time_to_live_s * 1000),
        max_aircraft=settings.limits.max_slots_per_shard,
    )
    for heard in rounds:
        for position in heard.positions:
            if shard_of(position.icao24.encode(), made.shards) == shard:
                owner.hear(position)
        yield owner.tick(heard.time_ms)


def _frame(icao24: str, frame: bytes, table: ShardTable) -> Iterator[str]:
    """Yield the content of a frame, and apply the frame to the table of a reader."""
    header, content = decode_frame(frame)
    aircraft = len(content.added.slots) + len(content.updated.slots)
    kind = "key frame" if header.is_key else "delta frame"
    each = f", {len(frame) / aircraft:.1f} each" if aircraft else ""
    yield f"   {kind}: {len(frame):,} bytes for {aircraft:,} aircraft{each}"
    for name, start, end, words in _HEADER_FIELDS:
        value = "" if name == "magic" else getattr(header, name, frame[start])
        yield f"     {frame[start:end].hex(' '):<24} {name:<18}{value!s:<15}{words}".rstrip()
    first = frame[HEADER_BYTES : HEADER_BYTES + _BYTES_PER_LINE]
    yield f"     {first.hex(' ')} …  payload"
    before = table.dynamic.copy()
    table.apply(content, header.tick_time_ms)
    slot = _slot_of(icao24, table)
    if slot in content.added.slots:
        yield f"     {icao24} takes slot {slot}, with its texts and these columns:"
        place = int(np.flatnonzero(content.added.slots == slot)[0])
        for column, value in zip(COLUMNS, content.added.dynamic[:, place], strict=True):
            yield f"       {column:<15}{_number(int(value)):>11}  {_STEPS[column]}".rstrip()
    elif slot in content.updated.slots:
        yield f"     {icao24} is slot {slot}, and its columns change by:"
        place = int(np.flatnonzero(content.updated.slots == slot)[0])
        for column, difference, old in zip(
            COLUMNS, content.updated.differences[:, place], before[:, slot], strict=True
        ):
            yield f"       {column:<15}{difference:>+11}  from {_number(int(old))} {_STEPS[column]}".rstrip()
    else:
        yield f"     {icao24} did not report in this tick"


def _number(value: int) -> str:
    return "unknown" if value == NULL else str(value)


def _slot_of(icao24: str, table: ShardTable) -> int:
    taken = table.taken_slots()
    return int(taken[table.identities["icao24"][taken] == int(icao24, 16)][0])


def _decoded(icao24: str, table: ShardTable) -> FlightPosition:
    slot = _slot_of(icao24, table)
    place = [slot]
    (position,) = positions_of(
        table.identities[place], table.names, table.dynamic[:, place], table.position_time_ms[place]
    )
    return position


def _comparison(sent: FlightPosition, decoded: FlightPosition) -> Iterator[str]:
    """Yield the decoded fields, each with the value that was sent where rounding changed it."""
    sent_fields = msgspec.structs.asdict(sent)
    for field, value in msgspec.structs.asdict(decoded).items():
        was = _shown(field, sent_fields[field])
        shown = _shown(field, value)
        yield f"   {field:<18} {shown}" + ("" if shown == was else f"  (sent: {was})")
