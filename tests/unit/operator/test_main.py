"""Options of the operator that come from the environment, as OLM sets them."""

from __future__ import annotations

from pathlib import Path

import pytest

from flighttracker_operator.main import main


@pytest.mark.parametrize(
    ("value", "expected"),
    [("", ()), ("team-a", ("team-a",)), ("team-a,team-b", ("team-a", "team-b"))],
)
def test_commas_separate_the_namespaces_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, value: str, expected: tuple[str, ...]
) -> None:
    monkeypatch.setenv("WATCH_NAMESPACE", value)
    assert main.make_context("flighttracker-operator", []).params["namespaces"] == expected


def test_arguments_win_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCH_NAMESPACE", "team-a")
    monkeypatch.setenv("FLIGHTTRACKER_POLICY", "/etc/policy.json")
    params = main.make_context("flighttracker-operator", ["--namespace=team-b"]).params
    assert params["namespaces"] == ("team-b",)
    assert params["policy_file"] == Path("/etc/policy.json")
