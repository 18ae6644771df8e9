"""Shared by the tests of mistakes: the error lines of a text or a spec."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from flighttracker.errors import SpecError
from flighttracker.spec import parse_tracker

HEAD = "apiVersion: flighttracker.io/v1alpha1\nkind: FlightTracker\nmetadata: {name: a}\n"


def lines_of(text: str) -> list[str]:
    with pytest.raises(SpecError) as raised:
        parse_tracker(text, source="test.yaml")
    assert raised.value.__notes__ == ["in test.yaml"]
    return str(raised.value).splitlines()


def lines_of_spec(spec: str) -> list[str]:
    return lines_of(HEAD + "spec:\n" + indent(dedent(spec).strip("\n"), "  ") + "\n")
