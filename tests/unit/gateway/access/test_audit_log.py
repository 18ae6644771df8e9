"""Who is named in the audit log, and how."""

from __future__ import annotations

import pytest

from flighttracker_gateway.access.audit_log import Asker, asker_of, one_word


@pytest.mark.parametrize(
    ("scope", "session", "asker"),
    [
        ({"client": ("192.0.2.7", 5), "state": {"request_id": "r"}}, "", Asker("192.0.2.7", "r")),
        ({"client": ("192.0.2.7", 5)}, "s", Asker("192.0.2.7", "s")),
        ({"client": None}, "", Asker("", "")),
    ],
)
def test_the_asker_is_that_of_the_request_or_the_session(scope: dict[str, object], session: str, asker: Asker) -> None:
    assert asker_of(scope, session) == asker


def test_an_ipv6_client_is_its_network() -> None:
    assert Asker("2001:db8::1").client == Asker("2001:db8::2").client
    assert Asker("2001:db8::1").client != Asker("2001:db8:0:1::1").client


@pytest.mark.parametrize(
    "text", ["a b", "a\tb", 'a"b', "a=b", "a%20b", "a\\b", "\x00", "\x85", "\ud800", "\u2066", "\xa0"]
)
def test_one_word_is_printable_and_has_no_separator(text: str) -> None:
    word = one_word(text)
    assert word.isprintable()
    assert not set(word) & set(' "=\\')


def test_different_texts_are_different_words() -> None:
    assert len({one_word(text) for text in ("a b", "a%20b", "a\u200bb", "ab", "a\xa0b")}) == 5
