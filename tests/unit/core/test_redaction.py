"""No credential is left in text, and text without credentials is unchanged."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flighttracker.errors import BusError, SourceError, SpecError, SpecMistake, StartError
from flighttracker.redaction import redacted, shortened


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
        '{"token": "s3cret", "user": "pi"}',
        "{'api_key': b's3cret'}",
        r'{"body": "{\"token\": \"a\\\"s3cret\"}"}',
        "('Authorization', 'Basic s3cret')",
        "DB_PASS=a&s3cret",
        'spec.url is "http://pi:a s3cret@host/path"',
        'spec.source.beast.connect is "s3cret@receiver:30005"',
        "moved to http://pi:s3cret…",
        "curl -u pi:s3cret https://host",
        "requirepass s3cret",
        "moved to /login?next=https%253A%252F%252Fpi%253As3cret%2540host",
        "moved to /login?next=https%3A%2F%2Fpi%3Aa%2Fs3cret%40host",
        '{"secret":"a, \\"s3cret"}',
        "password='a s3cret'",
        "password=a,s3cret;s3cret",
        "aws_session_token: s3cret",
        'password: "a s3cret"',
        "  password: s3cret",
        "{user: pi, token: s3cret}",
        "flighttracker --token s3cret local",
        "<registryPassword>s3cret</registryPassword>",
        "connect as pi:s3cret@receiver failed",
        "Cookie: theme=dark; session=s3cret",
        'Authorization: Digest username="pi", response="s3cret"',
        "the answer with api-key=s3cret",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIs3cret\nabc\n-----END RSA PRIVATE KEY-----",
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
        'spec.gateway.auth is "Bearer s3cret", but must be a mapping',
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
        "bearer authentication. See RFC 6750",
        "mail me@example.org",
        '{"subject": "acct:amelia@id.example"}',
        "the password: at least 8 characters; passwordFile is missing",
        "spec.kafka.auth.passwordSecret: Required value",
        "the token: expired",
        'spec.kafka.saslSecret is "map-1"; "clientCertificateSecret": "map-2", hs256Secret: map-3',
        "compass=3 bypass=no",
        "moved to http://host:80… and http://[fd00::1]:80…",
        '{"token": null, "tokens": 3, "tokenFile": "/run/token"}',
        "basic authentication; Basic HTTP login; basic understanding",
        "kafka-0:9092,kafka-1:9092,2@kafka-2:9093",
        "1@kafka-0:9093,2@kafka-1:9093",
        "wait 12:30:00.5 s, then 13:00",
        "-----BEGIN CERTIFICATE-----\nMIIabc\n-----END CERTIFICATE-----",
        "https%3A%2F%2Fhost%2Fa%40b",
        "https://host/tiles//a/b@2x.png",
        "image docker.io/flighttracker:1.0@sha256:12345",
        "",
    ],
)
def test_other_text_is_unchanged(text: str) -> None:
    assert redacted(text) == text


def test_an_account_in_base64_is_removed() -> None:
    assert redacted("the server got basic cGk6czNjcmV0 twice") == "the server got basic *** twice"


@given(st.integers(10, 60), st.integers(0, 60))
def test_no_cut_shows_a_password(most: int, before: int) -> None:
    assert "s3cret" not in shortened(f"{'x' * before} http://pi:s3cret@host/path", most)
    assert len(shortened("x" * 100, most)) == most


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
    "part",
    [
        "://",
        "://a:b",
        "?",
        "&key",
        "x-key",
        "bearer ",
        "eyJaaaaaaaa.",
        "authorization:",
        "a",
        "a:b",
        "a:",
        "%3A%2F%2F",
        "%3A%2F%2Fa%3A",
        '"token":',
        '\\"token\\":\\"',
        "password=",
        "password: a,",
        "-----BEGIN PRIVATE KEY-----",
        "basic ",
        "a.",
        "--",
        "-u ",
    ],
)
def test_hostile_text_costs_linear_time(part: str) -> None:
    began_s = time.process_time()
    redacted(part * (200_000 // len(part)))
    assert time.process_time() - began_s < 2.0


@pytest.mark.parametrize("error", [StartError, BusError])
def test_the_text_of_every_error_is_redacted(error: type[Exception]) -> None:
    assert str(error("no answer from http://pi:s3cret@host")) == "no answer from http://***@host"


def test_no_text_of_others_has_hidden_characters() -> None:
    said = "No\x1b[2J\x9b31m\u202eabc\r\nERROR forged\u2028"
    assert str(SourceError(said, reason="a")) == "No[2J31mabc\nERROR forged"
    assert shortened(said, 100) == "No[2J31mabc ERROR forged"


def test_hidden_characters_hide_no_password() -> None:
    assert "s3cret" not in str(
        SourceError("http://pi:s3cret@pi/a".replace("3", "3\u200b") + " pass\u00adword=s3cret", reason="a")
    )


def test_the_text_of_every_mistake_is_redacted() -> None:
    mistake = SpecMistake("spec.url", '"http://pi:s3cret@host"', "must be another")
    assert str(SpecError([mistake])) == 'spec.url is "http://***@host", but must be another'
