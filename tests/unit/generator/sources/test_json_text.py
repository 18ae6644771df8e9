"""JSON as badly written programs send it: only what is damaged is lost."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flighttracker.errors import SourceError
from flighttracker_generator.sources import json_text
from flighttracker_generator.sources.json_text import decoded
from flighttracker_generator.sources.losses import Losses

RECORDS: list[dict[str, Any]] = [{"hex": f"4b180{number}", "flight": "nan, inf,}", "lat": 47.5} for number in range(3)]
DOCUMENT: dict[str, Any] = {"now": 5.5, "aircraft": RECORDS, "total": 3}
BODY = json.dumps(DOCUMENT).encode()


def read(body: bytes) -> tuple[Any, Losses]:
    losses = Losses()
    return decoded(body, ("aircraft",), losses), losses


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(BODY),
        zlib.compress(BODY, 1),
        zlib.compress(BODY, 9),
        b"\xef\xbb\xbf" + BODY,
        BODY + b"\n\x00\x00\x00",
        BODY.replace(b"}]", b"},\n]"),
        BODY.replace(b"47.5}", b"47.5, }"),
    ],
    ids=["gzip", "zlib_fast", "zlib_best", "byte_order_mark", "zeros_at_the_end", "comma_in_list", "comma_in_object"],
)
def test_what_is_not_quite_json_is_read(body: bytes) -> None:
    document, losses = read(body)
    assert document == DOCUMENT
    assert not losses.records


@pytest.mark.parametrize("number", [b"nan", b"-nan", b"NaN", b"inf", b"-Infinity"])
def test_number_that_is_none_is_a_text_and_texts_stay(number: bytes) -> None:
    document, _ = read(BODY.replace(b"47.5", number, 1))
    assert document["aircraft"] == [RECORDS[0] | {"lat": number.decode()}, *RECORDS[1:]]


def test_bytes_that_are_not_utf8_damage_their_text_only() -> None:
    document, _ = read(BODY.replace(b"4b1800", b"4b\xff800"))
    assert document["aircraft"] == [RECORDS[0] | {"hex": "4b\ufffd800"}, *RECORDS[1:]]


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (b'"4b1801"', b'"4b1801'),
        (b'"4b1801"', b"4b1801"),
        (b'"hex": "4b1801"', b'"hex"'),
        (b'"4b1801",', b'"4b1801" {'),
    ],
)
def test_damaged_record_is_lost_alone(good: bytes, bad: bytes) -> None:
    document, losses = read(BODY.replace(good, bad))
    assert document == DOCUMENT | {"aircraft": [RECORDS[0], RECORDS[2]]}
    assert dict(losses.records) == {"not_json": 1}
    assert "4b1801" in losses.examples["not_json"] or "hex" in losses.examples["not_json"]


@settings(deadline=None, max_examples=300)
@given(
    st.integers(0, 4),
    st.lists(
        st.tuples(st.integers(0, 200), st.integers(0, 6), st.text('"{}[],:\\9n\x00', max_size=2)),
        min_size=1,
        max_size=4,
    ),
)
def test_whatever_happens_to_one_record_the_others_are_kept(which: int, damages: list[tuple[int, int, str]]) -> None:
    records = [
        {"hex": f"4b180{number}", "lat": 47.5, "lastPosition": {"lat": 1, "seen_pos": 70}, "mlat": ["lat"], "tisb": []}
        for number in range(5)
    ]
    parts = [json.dumps(record) for record in records]
    for place, cut, put in damages:
        at = place % (len(parts[which]) + 1)
        parts[which] = parts[which][:at] + put + parts[which][at + cut :]
    body = f'{{"now": 5.5, "aircraft": [{", ".join(parts)}], "total": 5}}'
    document, _ = read(body.encode())
    assert document["now"] == 5.5
    found = document["aircraft"]
    assert [record for number, record in enumerate(records) if number != which and record not in found] == []


@pytest.mark.parametrize("kept", [1, 2])
def test_file_that_ends_in_a_record_keeps_those_before(kept: int) -> None:
    end = BODY.index(f"4b180{kept}".encode()) + 3
    document, losses = read(BODY[:end])
    assert document == {"now": 5.5, "aircraft": RECORDS[:kept]}
    assert dict(losses.records) == {"not_json": 1}


def test_members_after_the_records_are_kept_too() -> None:
    body = json.dumps({"aircraft": RECORDS, "now": 5.5}).encode().replace(b'"4b1801"', b'"4b1801')
    document, _ = read(body)
    assert document == {"aircraft": [RECORDS[0], RECORDS[2]], "now": 5.5}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\x1f\x8bnot gzip",
        b'{"aircraft": [',
        b'{"aircraft": [{"hex": "4b1',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_what_has_nothing_to_read_is_an_error(body: bytes) -> None:
    with pytest.raises(SourceError) as caught:
        read(body)
    assert caught.value.reason == "not_json"


def test_long_answer_is_not_repaired(monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = json.dumps({"aircraft": RECORDS}).encode().replace(b'"4b1801"', b'"4b1801')
    monkeypatch.setattr(json_text, "MAX_REPAIRED_BYTES", len(damaged))
    assert len(read(damaged)[0]["aircraft"]) == 2
    monkeypatch.setattr(json_text, "MAX_REPAIRED_BYTES", len(damaged) - 1)
    with pytest.raises(SourceError) as caught:
        read(damaged)
    assert caught.value.reason == "not_json"


def test_small_answer_cannot_fill_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "MAX_UNPACKED_BYTES", 1_000_000)
    with pytest.raises(SourceError) as caught:
        read(gzip.compress(b" " * 1_000_001))
    assert caught.value.reason == "too_large"
