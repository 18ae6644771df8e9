"""Tests of the Leases of operators."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from flighttracker_operator.objects.leases import (
    STANDBY_ANNOTATION,
    Identity,
    Sightings,
    announcement,
    duration_s,
    holder,
    lease,
    place,
    release,
    renewal,
    rival,
)

OWN = Identity("maps/flights", "1.2.3")


@pytest.mark.parametrize(
    ("scope", "expected"),
    [("one", ("one", "flighttracker-operator")), (None, ("default", "flighttracker-operator-cluster"))],
)
def test_every_scope_has_its_lease(scope: str | None, expected: tuple[str, str]) -> None:
    assert place(scope) == expected
    made = lease(scope, OWN)
    assert (made["metadata"]["namespace"], made["metadata"]["name"]) == expected
    assert holder(made) == OWN
    assert duration_s(made) == 30


def test_a_lease_is_renewed_and_given_up_only_as_it_was_read() -> None:
    live = lease("one", OWN)
    live["metadata"]["resourceVersion"] = "7"
    for patch in (renewal(live, OWN), release(live)):
        assert patch["metadata"]["resourceVersion"] == "7"
    assert holder({**live, **release(live)}).name == ""


def test_an_operator_that_stands_by_shows_its_name_version_and_the_time() -> None:
    patch = announcement(OWN, datetime(2026, 1, 2, tzinfo=UTC))
    (text,) = patch["metadata"]["annotations"].values()
    assert text == "maps/flights (version 1.2.3) since 2026-01-02T00:00:00Z"


def test_an_operator_that_takes_over_is_no_longer_its_own_rival() -> None:
    live = lease("one", Identity("maps/other", "1"))
    live["metadata"]["resourceVersion"] = "7"
    live["metadata"]["annotations"] |= announcement(OWN, datetime(2026, 1, 2, tzinfo=UTC))["metadata"]["annotations"]
    assert rival(live).startswith("maps/flights")
    assert renewal(live, OWN)["metadata"]["annotations"][STANDBY_ANNOTATION] is None
    for other in ("maps/other", "maps/flight"):  # the name of one begins with that of the other
        assert STANDBY_ANNOTATION not in renewal(live, Identity(other, "1"))["metadata"]["annotations"]


def test_the_age_of_a_value_counts_from_its_last_change() -> None:
    sightings = Sightings()
    assert sightings.age_s("lease", 1, 100.0) == 0
    assert sightings.age_s("lease", 1, 130.0) == 30
    assert sightings.age_s("lease", 2, 140.0) == 0
    assert sightings.age_s("other", 2, 150.0) == 0
    assert sightings.age_s("lease", 2, 150.0) == 10
