"""The HTTP interface with requests that its own description allows, and with those that it forbids (Schemathesis).

Schemathesis checks each answer: its status and content type are described, there is no other 5xx, and invalid requests
are rejected.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from flighttracker.settings import GatewaySettings
from tests.fuzz.served import SETTINGS, served_gateway
from tests.gateway_server import RunningGateway
from tests.history_files import heard, write_history
from tests.token_issuer import bearer, secret_settings, token

EXAMPLES = 12
BEYOND = {"bbox", "min_speed_mps", "min_speed_kt", "min_altitude_ft", "cursor", "since", "from", "to"}
"""Parameters with rules that OpenAPI cannot express: south is at most north, the least at most the highest, a cursor is
from an answer with the same filters, `since` is without `icao24`, and `from` is a time that is not after `to`."""
OPERATIONS = 8
"""Least number of operations, to notice a description that lists none."""


@pytest.fixture(scope="module", name="open_gateway")
def without_tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    folder = tmp_path_factory.mktemp("history")
    write_history(folder, [heard(minute) for minute in range(-60, 0)])
    with served_gateway(history=folder) as running:
        yield running


@pytest.fixture(scope="module", name="locked_gateway")
def with_tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    with served_gateway(
        GatewaySettings(auth=secret_settings(tmp_path_factory.mktemp("secret")), limits=SETTINGS.limits)
    ) as running:
        yield running


def ask_everything(running: RunningGateway, mode: GenerationMode, headers: dict[str, str]) -> int:
    """Send `EXAMPLES` requests to each operation; return the number of operations."""
    schema: Any = schemathesis.openapi.from_url(running.url + "/schema/openapi.json")
    # The OpenAPI document does not list its own route, and events have no end: tests/pipeline/test_gateway_events.py.
    operations = [result.ok() for result in schema.exclude(path_regex="^/schema|/events$").get_all_operations()]
    for operation in operations:

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        )
        @given(operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            beyond = [positive_data_acceptance] if BEYOND & set(case.query or {}) else []
            case.call_and_validate(timeout=10, headers=headers, excluded_checks=beyond)

        try:
            ask()
        except Unsatisfiable:
            # Without parameters there is no invalid request.
            assert mode is GenerationMode.NEGATIVE
    return len(operations)


def test_valid_requests_are_answered_as_described(open_gateway: RunningGateway) -> None:
    assert ask_everything(open_gateway, GenerationMode.POSITIVE, {}) >= OPERATIONS


def test_invalid_requests_are_rejected_as_described(open_gateway: RunningGateway) -> None:
    assert ask_everything(open_gateway, GenerationMode.NEGATIVE, {}) >= OPERATIONS


def test_with_tokens_an_administrator_is_answered_as_described(locked_gateway: RunningGateway) -> None:
    # One of the requests signs the client out: later ones get 401, which is described, too.
    assert ask_everything(locked_gateway, GenerationMode.POSITIVE, bearer(token(scope="admin"))) >= OPERATIONS
