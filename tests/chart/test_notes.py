"""The notes that `helm install` prints."""

from __future__ import annotations

import pytest

from tests.chart.helm import CHART, helm


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), "kubectl -n flights wait --for=condition=Ready flighttracker/minimal --timeout=5m"),
        (("--set=watchNamespaces={team}",), "kubectl -n team wait --for=condition=Ready flighttracker/minimal"),
        (("--set=sample.enabled=true",), "kubectl -n flights wait --for=condition=Ready flighttracker/sample"),
        (("--set=rbac.create=false",), "rbac.create is false"),
    ],
)
def test_the_notes_show_the_next_command(arguments: tuple[str, ...], expected: str) -> None:
    answer = helm("install", "map", str(CHART), "--namespace=flights", "--dry-run=client", *arguments)
    assert expected in answer.stdout.partition("NOTES:")[2]
