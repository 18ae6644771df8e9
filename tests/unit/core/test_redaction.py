"""No credential is left in text, and text without credentials is unchanged."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flighttracker.errors import BusError, SpecError, SpecMistake, StartError
from flighttracker.redaction import redacted


@pytest.mark.parametrize(
    "text",
    [
        "cannot reach http://pi:s3cret@127.0.0.1:8080/aircraft.json: refused",
        "redis://:s3cret@redis:6379/0",
        'spec.source.beast.connect is "pi:s3cret@receiver:30005"',
        "cannot reach pi:a:s3cret@[fd00::1]:30003",
        'spec.source.beast.connect is "pi:s3cret@receiver"',
        "https://s3cret@host/?x=1",
        "http://pi:p@s3cret@host/path",
        "http://pi:s3cret/with/slash@host/path",
        "http://pi:s3cret?@host/path",
        'spec.url is "http://pi:s3"cret@host"',
        r"cannot reach http:\\pi:s3cret@host/path",
        "the link //pi:s3cret@host:80/path",
        "moved to /login?next=https%3A%2F%2Fpi%3As3cret%40host%2Fpath",
        "sasl.mechanism=PLAIN sasl.password=s3cret",
        "ssl.keystore.password = s3cret",
        "AWS_SECRET_ACCESS_KEY=s3cret",
        '{"user": "pi", "password": "s3cret"}',
        '{"access_token":"s3cret"}',
        "https://host/data#access_token=s3cret",
        "https://host/data?key=s3cret&lat=1",
        "https://host/data?lat=1&api_key=s3cret",
        "https://host/data?X-Amz-Signature=s3cret",
        "https://host/data?access_token=s3cret#part",
        "Authorization: Bearer s3cret",
        "{'Authorization': 'Basic s3cret='}",
        '{"proxy-authorization":"s3cret"}',
        "X-API-Key: s3cret",
        "x-auth-token=s3cret",
        "Cookie: session=s3cret",
        "the server got bearer s3cret.s3cret.s3cret",
        "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzM2NyZXQifQ.s3cret",
    ],
)
def test_credentials_are_removed(text: str) -> None:
    assert "s3cret" not in redacted(text)
    assert 's3"cret' not in redacted(text)
    assert "***" in redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        "cannot reach http://host:8080/tar1090/data/aircraft.json",
        "https://tiles.example.org/{z}/{x}/{y}@2x.png",
        "http://host:8080/a@b",
        "https://host/api/v1/flights?bbox=1,2,3,4&limit=5",
        "the key 3c1915 of shard 3; token expired; session=4f2a closed",
        "Basic authentication is not supported",
        "write the Bearer token into credentialsSecret",
        "mail me@example.org",
        '{"subject": "acct:amelia@id.example"}',
        "the password: at least 8 characters; passwordFile is missing",
        "https%3A%2F%2Fhost%2Fa%40b",
        "https://host/tiles//a/b@2x.png",
        "image docker.io/flighttracker:1.0@sha256:12345",
        "",
    ],
)
def test_other_text_is_unchanged(text: str) -> None:
    assert redacted(text) == text


def test_the_rest_of_the_text_stays() -> None:
    text = "readsb: cannot reach http://pi:pw@host:80/a?key=k&x=1: refused"
    assert redacted(text) == "readsb: cannot reach http://***@host:80/a?key=***&x=1: refused"


@given(
    st.text(st.characters(codec="ascii", exclude_characters="/?#@ \t\r\n\x0b\x0c\x1c\x1d\x1e\x1f"), min_size=4),
    st.text(st.characters(codec="ascii", categories=["L", "N"])),
)
def test_no_password_of_a_url_is_left(password: str, user: str) -> None:
    assert f":{password}@" not in redacted(f"get http://{user}:{password}@host/path: refused")


@pytest.mark.parametrize(
    "part", ["://", "://a:b", "?", "&key", "x-key", "bearer ", "eyJaaaaaaaa.", "authorization:", "a", "a:b", "a:"]
)
def test_hostile_text_costs_linear_time(part: str) -> None:
    began_s = time.process_time()
    redacted(part * (200_000 // len(part)))
    assert time.process_time() - began_s < 2.0


@pytest.mark.parametrize("error", [StartError, BusError])
def test_the_text_of_every_error_is_redacted(error: type[Exception]) -> None:
    assert str(error("no answer from http://pi:s3cret@host")) == "no answer from http://***@host"


def test_the_text_of_every_mistake_is_redacted() -> None:
    mistake = SpecMistake("spec.url", '"http://pi:s3cret@host"', "must be another")
    assert str(SpecError([mistake])) == 'spec.url is "http://***@host", but must be another'
