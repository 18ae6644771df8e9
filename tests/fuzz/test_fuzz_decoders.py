"""For arbitrary bytes, each decoder returns a value or raises its own error: no other exception, no hang.

Half of the inputs are valid ones with a few bytes changed, because random bytes seldom get past the first check.
"""

from __future__ import annotations

import base64
import json
import tempfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flighttracker.avro import PositionCodec
from flighttracker.errors import FrameError, RecordRefusedError, SourceError, SpecError, StartError
from flighttracker.flight import refuse_out_of_range
from flighttracker.frame import COMPRESSED, HEADER_BYTES, decode_frame, read_header, split_frames
from flighttracker.query.flight_query import PARAMETERS, parse_flight_request
from flighttracker.settings import AuthSettings, GatewaySettings, GeneratorSettings, read_settings, write_settings
from flighttracker.spec import parse_tracker, read_tracker
from flighttracker_gateway.access.token_keys import read_keys
from flighttracker_gateway.access.tokens import Key, TokenRefusedError, check_token, refuse_token_in_url
from flighttracker_gateway.access.tokens import read_header as read_token_header
from flighttracker_gateway.owner.shard import ShardOwner
from flighttracker_gateway.picture.cursor import parse_since
from flighttracker_gateway.picture.picture import Picture
from flighttracker_generator.sources.kinds import Wanted
from flighttracker_generator.sources.opensky_states import read_states
from flighttracker_generator.sources.readsb_aircraft import read_aircraft
from tests.example_flights import NOW_MS, position
from tests.token_issuer import SECRET, token

FUZZ = settings(deadline=None, max_examples=100, print_blob=True)
CODEC = PositionCodec()

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["3c6444", "~adf01e", "ground", "NaN", "1e999", "-90.5"]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=12,
)


@st.composite
def damaged(draw: st.DrawFn, original: bytes) -> bytes:
    """Return the original with bytes changed, cut out or put in."""
    changed = bytearray(original)
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, max(0, len(changed) - 1)))
        match draw(st.sampled_from(["set", "cut", "put", "end"])):
            case "set":
                changed[place : place + 1] = bytes([draw(st.integers(0, 255))])
            case "cut":
                del changed[place : place + draw(st.integers(1, 8))]
            case "put":
                changed[place:place] = draw(st.binary(max_size=8))
            case _:
                del changed[place:]
    return bytes(changed)


def frames() -> list[bytes]:
    """Return a key frame and a delta of several aircraft, as an owner makes them."""
    owner = ShardOwner(0, 5, tick_interval_ms=1000, time_to_live_ms=60_000, max_aircraft=100)
    for number in range(9):
        owner.hear(position(icao24=f"{number:06x}", callsign=f"A{number}"))
    key = owner.tick(NOW_MS + 1000)
    for number in range(3, 12):
        owner.hear(position(icao24=f"{number:06x}", latitude_deg=number * 1.0, position_time=NOW_MS + 1500))
    return [key, owner.tick(NOW_MS + 2000)]


KEY_FRAME, DELTA_FRAME = frames()


def inflated(frame: bytes) -> bytes:
    """Return the same frame without compression, so that damage reaches the sections."""
    header = read_header(frame)
    if not header.flags & COMPRESSED:
        return frame
    payload = zlib.decompress(frame[HEADER_BYTES:], -15)
    plain = header._replace(flags=header.flags & ~COMPRESSED, payload_bytes=len(payload), inflated_bytes=len(payload))
    return plain.pack() + payload


@FUZZ
@given(
    st.binary(max_size=200)
    | damaged(KEY_FRAME)
    | damaged(DELTA_FRAME)
    | damaged(inflated(KEY_FRAME))
    | damaged(inflated(DELTA_FRAME))
)
def test_frames(data: bytes) -> None:
    with suppress(FrameError):
        header, _ = decode_frame(data)
        assert header.payload_bytes == len(data) - HEADER_BYTES
    with suppress(FrameError):
        for frame in split_frames(data):
            read_header(frame)


def same_length(frame: bytes) -> st.SearchStrategy[bytes]:
    """Return the frame with bytes of its payload changed: its header still fits."""
    places = st.dictionaries(st.integers(HEADER_BYTES, len(frame) - 1), st.integers(0, 255), max_size=5)
    return places.map(lambda chosen: bytes(chosen.get(place, byte) for place, byte in enumerate(frame)))


@FUZZ
@given(same_length(inflated(KEY_FRAME)) | same_length(inflated(DELTA_FRAME)))
def test_a_picture_survives_damaged_frames(data: bytes) -> None:
    """A frame that decodes may still contradict the state: the picture rejects it, and accepts the next valid one."""
    picture = Picture()
    picture.apply(KEY_FRAME)
    with suppress(FrameError):
        picture.apply(data)
    fresh = Picture()
    fresh.apply(KEY_FRAME)
    assert len(fresh) == 9


def test_a_frame_that_inflates_endlessly_is_rejected_early() -> None:
    bomb = zlib.compressobj(9, zlib.DEFLATED, -15)
    payload = bomb.compress(bytes(20 * 1024 * 1024)) + bomb.flush()
    header = read_header(KEY_FRAME)._replace(flags=COMPRESSED, payload_bytes=len(payload), inflated_bytes=1_000)
    with pytest.raises(FrameError):
        decode_frame(header.pack() + payload)


@FUZZ
@given(st.binary(max_size=200) | damaged(CODEC.encode(position())))
def test_avro(data: bytes) -> None:
    with suppress(RecordRefusedError):
        refuse_out_of_range(CODEC.decode(data), NOW_MS, 0)


@FUZZ
@given(
    st.binary(max_size=60)
    | json_values.map(lambda value: json.dumps(value).encode())
    | st.builds(
        lambda at, vectors: json.dumps({"time": at, "states": vectors}).encode(),
        st.integers(),
        st.lists(st.lists(json_values, max_size=19), max_size=4),
    )
)
def test_answers_of_opensky(body: bytes) -> None:
    with suppress(SourceError):
        read_states(body)


@FUZZ
@given(
    st.binary(max_size=60)
    | json_values.map(lambda value: json.dumps(value).encode())
    | st.builds(
        lambda now, aircraft: json.dumps({"now": now, "aircraft": aircraft}).encode(),
        st.floats() | st.integers(),
        st.lists(
            st.fixed_dictionaries(
                {"hex": st.sampled_from(["3c6444", "~3c6444"]) | json_values},
                optional={
                    name: json_values | st.floats()
                    for name in (
                        *("lat", "lon", "seen", "seen_pos", "alt_baro", "gs", "track", "squawk", "flight"),
                        *(
                            "type",
                            "category",
                            "t",
                            "emergency",
                            "lastPosition",
                            "validposition",
                            "validtrack",
                            "ground",
                        ),
                    )
                },
            ),
            max_size=4,
        ),
    )
)
def test_answers_of_readsb(body: bytes) -> None:
    with suppress(SourceError):
        read_aircraft(body, NOW_MS, Wanted(vehicles=True, non_icao_addresses=True))
        read_aircraft(body)


@FUZZ
@given(
    st.fixed_dictionaries(
        {
            "apiVersion": st.just("flighttracker.io/v1alpha1") | json_values,
            "kind": st.just("FlightTracker") | json_values,
            "metadata": st.just({"name": "a"}) | json_values,
        },
        optional={
            "spec": st.dictionaries(
                st.sampled_from(["source", "gateway", "kafka", "redis", "web", "ingress", "podTemplate", "paused"]),
                json_values | st.dictionaries(st.sampled_from(["auth", "limits", "tls", "replicas"]), json_values),
                max_size=4,
            )
        },
    )
)
def test_resources(resource: dict[str, Any]) -> None:
    with suppress(SpecError):
        read_tracker(resource)


EXAMPLE = (Path(__file__).parents[2] / "examples" / "europe.yaml").read_bytes()


@FUZZ
@given(damaged(EXAMPLE))
def test_files_of_resources(data: bytes) -> None:
    with suppress(SpecError):
        parse_tracker(data.decode("utf-8", "replace"), source="fuzz")


@FUZZ
@given(damaged(write_settings(GatewaySettings())) | damaged(write_settings(GeneratorSettings())) | st.binary())
def test_settings_files(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "settings.json"
        file.write_bytes(data)
        with suppress(StartError):
            read_settings(file, GatewaySettings)
        with suppress(StartError):
            read_settings(file, GeneratorSettings)


@FUZZ
@given(st.text(max_size=40) | st.from_regex(r"[0-9]{1,5}\.[0-9]{1,20}\.[0-9]{1,12}(,[0-9.]{1,9}){0,3}"))
def test_cursors(text: str) -> None:
    with suppress(ValueError):
        assert parse_since(text)


@FUZZ
@given(st.dictionaries(st.sampled_from(PARAMETERS) | st.text(max_size=8), st.text(max_size=30), max_size=4))
def test_queries(parameters: dict[str, str]) -> None:
    with suppress(ValueError):
        parse_flight_request({name: [value] for name, value in parameters.items()})


def signed(payload: bytes) -> str:
    return jwt.PyJWS().encode(payload, SECRET, "HS256")


def headed(header: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=") + ".e30.c2ln"


texts_of_tokens = (
    st.text(max_size=60)
    | st.binary(max_size=60).map(lambda data: data.decode("latin-1"))
    | damaged(token().encode()).map(lambda data: data.decode("latin-1"))
    | st.binary(max_size=60).map(signed)
    | st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64"]), json_values, max_size=5).map(headed)
    | st.dictionaries(
        st.sampled_from(["exp", "sub", "aud", "iss", "jti", "nbf", "scope", "scp"]), json_values, max_size=8
    ).map(lambda claims: signed(json.dumps(claims).encode()))
)


@FUZZ
@given(texts_of_tokens)
def test_tokens(shown: str) -> None:
    auth = AuthSettings(mode="token", audience="flights", issuer="https://id.example")
    for read in (
        lambda: read_token_header(shown),
        lambda: check_token(shown, Key("", "HS256", SECRET.encode()), auth, NOW_MS),
    ):
        with suppress(TokenRefusedError):
            read()


@FUZZ
@given(st.binary(max_size=60) | json_values.map(lambda value: json.dumps({"keys": value}).encode()))
def test_keys_of_tokens(answer: bytes) -> None:
    with suppress(ValueError):
        read_keys(answer)


@FUZZ
@given(st.binary(max_size=60))
def test_query_strings(query: bytes) -> None:
    with suppress(TokenRefusedError):
        refuse_token_in_url(query)


DEEP = b"[" * 50_000


@pytest.mark.parametrize(
    ("read", "error"),
    [
        (lambda: read_states(b'{"time": 1, "states": [[' + DEEP), SourceError),
        (lambda: read_aircraft(b'{"now": 1, "aircraft": [{"a": ' + DEEP), SourceError),
        (lambda: read_keys(b'{"keys": ' + DEEP), ValueError),
        (lambda: parse_tracker(DEEP[:5_000].decode(), source="fuzz"), SpecError),
        (
            lambda: check_token(
                signed(b'{"x": ' + DEEP), Key("", "HS256", SECRET.encode()), AuthSettings(mode="token"), NOW_MS
            ),
            TokenRefusedError,
        ),
        (
            lambda: read_token_header(base64.urlsafe_b64encode(DEEP[:2900]).decode().rstrip("=") + ".e30.e30"),
            TokenRefusedError,
        ),
    ],
    ids=["opensky", "readsb", "jwks", "resource", "claims", "header"],
)
def test_deeply_nested_input_raises_the_usual_error(read: Callable[[], object], error: type[Exception]) -> None:
    with pytest.raises(error):
        read()
