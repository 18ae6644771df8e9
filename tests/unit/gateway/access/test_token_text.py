"""The canonical text of a token: each other way to write the same bytes is rejected."""

from __future__ import annotations

import json

import pytest

from flighttracker_gateway.access.token_text import TokenParts, decode_object, decode_parts, digest


def test_the_parts_of_a_token_are_decoded() -> None:
    assert decode_parts("e30.e30K._-8") == TokenParts(b"{}", b"{}\n", b"\xff\xef")
    assert decode_parts("e30.e30.") == TokenParts(b"{}", b"{}", b"")


@pytest.mark.parametrize(
    "text",
    ["", "e30", "e30.e30", "e30.e30.e30.e30", "....."],
)
def test_a_token_has_three_parts(text: str) -> None:
    with pytest.raises(ValueError, match="three parts"):
        decode_parts(text)


@pytest.mark.parametrize(
    "part",
    [
        "e30=",
        "e3 0",
        " e30",
        "e30\n",
        "e\t30",
        "e30\xa0",
        "+/8",
        "a",
        "abcde",
        "e30%3D",
        "é30",
        "e\u200b30",
        "e3\uff10",
    ],
)
def test_other_characters_and_impossible_lengths_are_rejected(part: str) -> None:
    for text in (f"{part}.e30.e30", f"e30.{part}.e30", f"e30.e30.{part}"):
        with pytest.raises(ValueError, match="base64url"):
            decode_parts(text)


@pytest.mark.parametrize("part", ["e31", "e3F", "_-9", "AB", "A_"])
def test_unused_bits_are_zero(part: str) -> None:
    with pytest.raises(ValueError, match="unused bits"):
        decode_parts(f"e30.e30.{part}")


def test_an_object_is_read_as_json() -> None:
    assert decode_object('{"a": [1, {"b": "é"}], "B": null}'.encode()) == {"a": [1, {"b": "é"}], "B": None}


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b'{"a": 1, "a": 1}', "repeated"),
        (b'{"a": 1, "\\u0061": 2}', "repeated"),
        (b'{"x": [{"a": 1, "a": 2}]}', "repeated"),
        (b'{"x": NaN}', "NaN is not JSON"),
        (b'{"x": -Infinity}', "-Infinity is not JSON"),
        (b"[]", "not an object"),
        (b'"{}"', "not an object"),
        (b"", "Expecting value"),
        (b"{} {}", "Extra data"),
        (b"\xff{}", "decode"),
        (b"\xef\xbb\xbf{}", "BOM"),
        ("{}".encode("utf-16-le"), "Expecting property name"),
        (b"[" * 100_000, "too deeply"),
        (b'{"x": ' + b"9" * 5_000 + b"}", "integer"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_what_can_be_read_in_two_ways_is_rejected(data: bytes, detail: str) -> None:
    with pytest.raises(ValueError, match=detail):
        decode_object(data)


def test_a_digest_depends_on_the_content_and_not_on_the_spelling() -> None:
    texts = ['{"a": 1, "b": "é"}', '{"b":"\\u00e9","a":1}']
    assert len({digest(json.loads(text)) for text in texts}) == 1
    assert len({digest(value) for value in (["jti", "a", "b"], ["jti", "ab", ""], ["claims", {"jti": "b"}])}) == 3
    assert digest({"a": "\ud800"}).startswith("sha256:"), "a lone surrogate has a digest, too"


def test_a_value_that_is_nested_too_deeply_has_no_digest() -> None:
    value: list[object] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(ValueError, match="too deeply"):
        digest(value)
